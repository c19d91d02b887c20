"""The demonstration data: made anew byte for byte, and every rule has somebody who complies and somebody who does not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from checker import check

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "examples" / "nantong"
DATES = ("2019-12-31", "2020-12-31")


def test_the_generator_makes_the_same_files(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "generator"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made, kept = ({path.relative_to(root): path for path in root.rglob("*.xlsx")} for root in (tmp_path, DEMO))
    assert made.keys() == kept.keys()
    assert [str(name) for name in kept if made[name].read_bytes() != kept[name].read_bytes()] == []


@pytest.fixture(scope="module")
def verdicts() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for day in DATES:
        run = check("nantong-2019", DEMO / day, as_of=day)
        for rule, verdict in run.scorecard.counts.select("rule", "verdict").unique().iter_rows():
            found[rule].add(verdict)
        assert {gate.state for gate in run.scorecard.gates} == {"open", "closed", "undecided"}
    return found


def test_every_rule_is_met_by_some_and_broken_by_others(verdicts: dict[str, set[str]]) -> None:
    assert {rule: seen for rule, seen in verdicts.items() if not {"pass", "fail"} <= seen} == {}
