"""The way to an open gate: what it names opens the gate, and nothing of it can be left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from test_weigh import SCHOOL

from checker import find, gate, pipeline
from checker.model import Target
from checker.nearest import _counts, _targets
from checker.plan import Run, Way

ROOT = Path(__file__).parents[1]
DAY = date(2019, 12, 31)


@pytest.fixture(scope="module")
def county() -> Run:
    pack = pipeline.sound_pack("nantong-2019")
    return pipeline.run(pack, pipeline.read_data(pack, [ROOT / "examples" / "county"], unit="启东市"), DAY)


def after(run: Run, unit: str, chosen: tuple[int, ...], report: dict[tuple[str, str], int]) -> str:
    """The state of the gate when these findings pass and so many missing records came and pass; silence aside."""
    own = pl.col("unit") == unit
    done = run.findings.with_row_index("at").filter(pl.col("at").is_in(chosen))
    targets = _targets([t for t in run.scorecard.targets if t.unit == unit], done, report)
    heard = [replace(t, state="not_applicable") if not t.owed else find.restated(t) for t in targets]
    counts = _counts(run.scorecard.counts.filter(own), done)
    judge = pipeline.judge_of_gates(run.plan, "reference")
    return gate.state_of(run.plan, unit, counts, heard, judge)


def steps_of(run: Run, unit: str) -> Way:
    return next(way for way in pipeline.ways(run) if way.unit == unit)


def test_the_way_opens_and_each_step_is_needed(county: Run) -> None:
    way = steps_of(county, "320681")
    steps = (*way.fix, *way.complete)
    assert steps
    assert after(county, way.unit, steps, dict(way.report)) == "open"
    for step in steps:
        assert after(county, way.unit, tuple(at for at in steps if at != step), dict(way.report)) != "open"
    for key in way.report:
        assert after(county, way.unit, steps, way.report | {key: way.report[key] - 1}) != "open"


def test_units_that_sent_nothing_are_told_to_report(county: Run) -> None:
    way = steps_of(county, "320682")
    assert (way.fix, way.complete) == ((), ())
    assert len(way.silent) > 5
    assert "如皋市：11项要求未收到数据，报来且达标方可通过。" in pipeline.ways_text(county, "zh")


def test_what_is_shown_bears_the_numbers_of_the_findings(county: Run) -> None:
    way = steps_of(county, "320681")
    text = pipeline.ways_text(county, "zh")
    assert f"启东市：最少整改{len(way.fix)}项" in text
    assert county.findings["number"][way.fix[0]] in text
    assert "Qidong" in pipeline.ways_text(county, "en")


@pytest.mark.parametrize(("rate", "fixed", "completed"), [("1", 1, 2), ("3/4", 0, 2), ("1/2", 0, 1), ("1/4", 0, 0)])
def test_a_target_asks_for_no_more_than_it_needs(tmp_path: Path, rate: str, fixed: int, completed: int) -> None:
    """One school passes, one fails, of two nothing is known: to complete a record comes before putting one right."""
    linked = {"S1": "是", "S2": "否", "S3": "不详", "S4": "不详"}
    rows = [f"{code},{code},320681,小学,是,{word},A,80,1,0" for code, word in linked.items()]
    (tmp_path / "学校.csv").write_text("\n".join([SCHOOL, *rows]), "utf-8")
    pack = pipeline.sound_pack(ROOT / "tests" / "little")
    (rule,) = (rule for rule in pack.rules if rule.id == "video-linked")
    revisions = tuple(replace(each, target=Target(Fraction(rate))) for each in rule.revisions)
    mine = replace(pack, rules=(replace(rule, revisions=revisions),), gates=pack.gates[1:])
    done = pipeline.run(mine, pipeline.read_data(mine, [tmp_path]), date(2020, 2, 1))
    found = [way for way in pipeline.ways(done) if way.unit == "320681"]
    assert [(len(way.fix), len(way.complete)) for way in found] == ([(fixed, completed)] if fixed + completed else [])
