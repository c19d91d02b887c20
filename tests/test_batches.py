"""Judging group of units by group gives what judging all at once gives, however small the groups are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from deferred import SOUND
from generate import World, worlds
from hypothesis import event, given, settings
from polars.testing import assert_frame_equal
from test_engines_agree import SETTINGS

from checker import pipeline, resources, runs
from checker.__main__ import main
from checker.batches import Batch, batches, parts, taken
from checker.engines import columnar
from checker.errors import Text
from checker.model import Unit
from checker.pipeline import batched
from checker.plan import Evaluation, Plan, Run, Tables

AS_OF = date(2020, 12, 31)


def with_units(world: World) -> Plan:
    """The units of its rows are those of the pack, as they are where records come from sheets."""
    units = {
        row["code"]: Unit(
            row["code"],
            Text("", ""),
            "",
            "",
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            successor=row["successor"] or "",
        )
        for row in world.rows["unit"]
        if row["code"]
    }
    return replace(world.plan, pack=replace(world.plan.pack, units=units))


def judged(plan: Plan, tables: Tables, groups: list[Batch]) -> Evaluation:
    """By group, under the positions of all."""
    findings, counts = [], []
    for batch, own, records in parts(plan, tables, groups):
        found = columnar.evaluate(own, records)
        for (number,), each in found.findings.group_by("obligation"):
            rows = batch.rows[plan.obligations[int(str(number))].subject]
            findings.append(each.with_columns(rows.gather(each["row"]).alias("row")))
        counts.append(found.counts)
    cell = [name for name in counts[0].columns if name != "n"]
    return Evaluation(
        pl.concat([columnar.evaluate(plan, tables).findings.clear(), *findings]),
        pl.concat(counts).group_by(cell).agg(pl.col("n").sum()).sort(cell),
    )


@settings(SETTINGS, max_examples=200)
@given(worlds())
def test_no_verdict_looks_beyond_its_group(world: World) -> None:
    plan, tables = with_units(world), replace(world.tables, sources=(), questions=no_questions())
    groups = batches(plan, tables, (), 1)
    event(f"{len(groups)} groups")
    for name, frame in tables.frames.items():
        assert {row for batch in groups for row in batch.rows[name]} == set(range(frame.height))
    whole, parts = columnar.evaluate(plan, tables), judged(plan, tables, groups)
    order = ["obligation", "row", "period"]
    assert_frame_equal(parts.findings.sort(order), whole.findings.sort(order))
    assert_frame_equal(parts.counts, whole.counts.sort([name for name in whole.counts.columns if name != "n"]))


def no_questions() -> pl.DataFrame:
    from checker.tables import QUESTION_SCHEMA

    return pl.DataFrame(schema=QUESTION_SCHEMA)


# --- a whole city --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def city() -> Tables:
    pack = pipeline.sound_pack("nantong-2019")
    return pipeline.read_data(pack, [resources.demo_folder() / AS_OF.isoformat()])


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.batches.MOST", 240_000)


@pytest.fixture(scope="module")
def at_once(city: Tables) -> Run:
    return pipeline.run(pipeline.sound_pack("nantong-2019"), city, AS_OF)


def test_a_city_in_groups_is_the_same_run(at_once: Run, city: Tables, small_batches: None) -> None:
    told: list[tuple[int, int]] = []
    grouped = pipeline.run(at_once.plan.pack, city, AS_OF, progress=lambda done, total: told.append((done, total)))
    assert len(told) > 4
    done, total = told[-1]
    assert done == total >= sum(frame.height for frame in city.frames.values())
    same(grouped, at_once)


def test_spark_judges_larger_groups(at_once: Run, city: Tables, small_batches: None) -> None:
    """Each is a job of its own."""
    alone, on_spark = (batched.groups(at_once.plan, city, (), on_spark=there) for there in (False, True))
    assert len(alone) >= 5
    assert len(on_spark) == 1


def same(one: Run, other: Run) -> None:
    assert_frame_equal(one.findings, other.findings)
    assert_frame_equal(one.scorecard.counts, other.scorecard.counts)
    assert one.scorecard.targets == other.scorecard.targets
    assert one.scorecard.gates == other.scorecard.gates
    assert one.measures == other.measures
    assert one.figures == other.figures
    assert one.deferrals == other.deferrals
    assert (one.changes is None) == (other.changes is None)
    if one.changes is not None and other.changes is not None:
        assert_frame_equal(one.changes.drop("cause"), other.changes.drop("cause"))


def test_deferrals_and_earlier_runs_in_groups(
    at_once: Run, city: Tables, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    failing = at_once.findings.filter((pl.col("verdict") == "fail") & pl.col("key").is_not_null())
    may = {rule.id for rule in at_once.plan.pack.rules if rule.may_defer}
    failing = failing.filter(pl.col("rule").is_in(list(may)))
    rule = failing["rule"].value_counts().sort("count", "rule")["rule"][-1]
    of_rule = failing.filter(pl.col("rule") == rule)
    units = of_rule["unit"].unique().sort()
    apart = [of_rule.filter(pl.col("unit") == unit)["key"][0] for unit in units[:2]]
    assert len(apart) == 2, "the subjects of one deferral stand in two units"
    approved = replace(
        SOUND, rule=rule, unit="", subjects=(), approved_on=date(2020, 11, 1), expires=date(2020, 12, 31)
    )
    deferrals = [
        replace(approved, subjects=tuple(apart)),
        replace(approved, unit=units[0]),
        replace(approved, unit="nowhere"),
        replace(approved, subjects=("nobody",)),
    ]
    runs.write(at_once, tmp_path / "before")
    earlier = pipeline.earlier_runs(at_once.plan.pack, AS_OF, [tmp_path / "before"])
    earlier = [replace(each, folder="", findings=each.findings.gather_every(2)) for each in earlier]
    whole = pipeline.run(at_once.plan.pack, city, AS_OF, deferrals=deferrals, earlier=earlier)
    monkeypatch.setattr("checker.batches.MOST", 240_000)
    same(pipeline.run(at_once.plan.pack, city, AS_OF, deferrals=deferrals, earlier=earlier), whole)


def test_the_findings_of_a_large_run_are_files(
    at_once: Run, small_batches: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(resources.demo_folder() / AS_OF.isoformat())
    command = ["run", "nantong-2019", data, "--as-of", AS_OF.isoformat(), "--out", str(tmp_path / "run")]
    assert main([*command, "--output", f"csv={tmp_path / 'all.csv'}"]) == 0
    parts = sorted((tmp_path / "run" / "findings").iterdir())
    assert len(parts) > 4
    assert not (tmp_path / "run" / "findings.parquet").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert len((tmp_path / "all.csv").read_text("utf-8-sig").splitlines()) == at_once.findings.height + 1
    assert "--unit" in capsys.readouterr().out

    opened = pipeline.open_run(tmp_path / "run")
    assert_frame_equal(opened.findings.drop("source"), at_once.findings.drop("source"))
    unit = at_once.scorecard.gates[1].unit
    one, all_of_it = pipeline.open_run(tmp_path / "run", unit), pipeline.only_unit(opened, unit)
    assert_frame_equal(one.findings, all_of_it.findings)
    assert one.scorecard.gates == all_of_it.scorecard.gates
    assert pipeline.verify(tmp_path / "run").faults == {}
    parts[1].write_bytes(parts[0].read_bytes())
    assert pipeline.verify(tmp_path / "run").faults == {f"findings/{parts[1].name}": "altered"}


def test_written_again_at_once_the_files_go(at_once: Run, city: Tables, small_batches: None, tmp_path: Path) -> None:
    with pipeline.room_beside(tmp_path / "run") as room:
        pipeline.save(pipeline.run(at_once.plan.pack, city, AS_OF, spool=room), tmp_path / "run")
    assert (tmp_path / "run" / "findings").is_dir()
    pipeline.save(at_once, tmp_path / "run")
    assert not (tmp_path / "run" / "findings").exists()
    assert_frame_equal(pipeline.open_run(tmp_path / "run").findings, at_once.findings)


def test_rows_that_stand_together_are_not_copied() -> None:
    frame = pl.DataFrame({"a": range(10)})
    assert taken(frame, pl.Series([2, 3, 4]))["a"].to_list() == [2, 3, 4]
    assert taken(frame, pl.Series([2, 5, 9]))["a"].to_list() == [2, 5, 9]
    assert taken(frame, pl.Series([], dtype=pl.UInt32)).height == 0
