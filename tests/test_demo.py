"""The demonstration data: made anew byte for byte, and every rule has somebody who complies and somebody who does not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest

from checker import check, pipeline

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "examples" / "nantong"
DATES = ("2019-12-31", "2020-06-30", "2020-12-31")


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
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def verdicts(runs: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for day in DATES:
        run = check("nantong-2019", DEMO / day, as_of=day, history=runs)
        pipeline.save(run, runs / day)
        for rule, verdict in run.scorecard.counts.select("rule", "verdict").unique().iter_rows():
            found[rule].add(verdict)
        states = {gate.state for gate in run.scorecard.gates}
        assert states == ({"open", "closed"} if day == "2020-06-30" else {"open", "closed", "undecided"})
    return found


def test_every_rule_is_met_by_some_and_broken_by_others(verdicts: dict[str, set[str]]) -> None:
    assert {rule: seen for rule, seen in verdicts.items() if not {"pass", "fail"} <= seen} == {}


def test_what_was_put_right_comes_back(verdicts: dict[str, set[str]], runs: Path) -> None:
    """A school that was linked in summer and is cut off again in December keeps the number that it had the year before."""
    assert verdicts
    first, last = (pipeline.open_run(runs / day) for day in (DATES[0], DATES[-1]))
    assert last.changes is not None
    linked = pl.col("rule") == "video-linked"
    again = last.changes.filter(linked & (pl.col("change") == "reopened"))
    assert again.height > 1
    assert set(again["number"]) <= set(first.findings.filter(linked)["number"])
    assert set(last.changes["change"]) == {"new", "persisting", "reopened", "fixed"}
