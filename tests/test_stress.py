"""The pack of a thousand rules: as many as it says, and the engines agree on it."""

from __future__ import annotations

from pathlib import Path

from polars.testing import assert_frame_equal

from benchmarks import stress
from checker import pipeline


def test_a_thousand_rules_on_both_engines(tmp_path: Path) -> None:
    pack = pipeline.sound_pack(stress.write(tmp_path))
    plan = pipeline.compile_rules(pack, stress.AS_OF)
    assert len(plan.obligations) == stress.RULES
    assert len({str(duty.require) for duty in plan.obligations}) == stress.RULES, "no two are the same"
    tables = pipeline.from_frames(pack, stress.records(3))
    assert tables.frames["item"].height == 3 * stress.CHILDREN
    fast, meant = (pipeline.evaluate(plan, tables, engine) for engine in ("columnar", "reference"))  # type: ignore[arg-type]
    assert set(fast.counts["verdict"]) == {"pass", "fail", "unknown"}
    cell = ["obligation", "unit", "verdict"]
    assert_frame_equal(fast.counts.sort(cell), meant.counts.sort(cell))
