"""The conformance rows of kind `target`, and targets over hand-built counts: populations, registers, dates, deferrals."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import hand_built as make
import polars as pl
import pytest
from generate import World, worlds
from hypothesis import event, given, settings
from hypothesis import strategies as st
from test_batches import with_units
from test_engines_agree import SETTINGS

from checker.engines import columnar
from checker.find import find, target_state, targets
from checker.find.registers import registers
from checker.model import Target
from checker.plan import Plan, TargetResult

CASES = Path(__file__).parent / "conformance" / "cases.csv"


def target_rows() -> list[Any]:
    with CASES.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "target"]
    return [pytest.param(json.loads(row["input"])["counts"], row["expect"], id=row["id"]) for row in rows]


@pytest.mark.parametrize(("counts", "expect"), target_rows())
def test_conformance(counts: dict[str, Any], expect: str) -> None:
    state, lower, upper = target_state(
        Fraction(counts["rate"]),
        counts.get("pass", 0),
        counts.get("fail", 0),
        counts.get("unknown", 0),
        counts.get("missing", 0),
        counts.get("deferred", 0),
        counts.get("complete", True),
        counts.get("before_due", False),
    )
    assert "|".join(("" if end is None else str(end)) for end in (state, lower, upper)) == expect


def with_targets(world: World) -> Plan:
    """Half of the subjects of every duty must pass."""
    plan = with_units(world)
    duties = (
        replace(duty, revision=replace(duty.revision, target=Target(Fraction(1, 2)))) for duty in plan.obligations
    )
    return replace(plan, obligations=tuple(duties))


@settings(SETTINGS, max_examples=200)
@given(worlds(), st.integers(1, 3), st.randoms())
def test_registers_of_parts_add_up(world: World, parts: int, random: Random) -> None:
    plan, tables = with_targets(world), world.tables
    owners = {
        name: pl.Series([random.randrange(parts) for _ in range(f.height)], dtype=pl.Int64)
        for name, f in tables.frames.items()
    }
    told = [
        registers(plan, tables, {name: (owner == part).arg_true() for name, owner in owners.items()})
        for part in range(parts)
    ]
    added = (
        pl.concat(told).group_by("subject", "day", "unit").agg(pl.col("n", "missing").sum(), pl.col("complete").all())
    )
    counts = find(plan, tables, columnar.evaluate(plan, tables))[1]
    meant = targets(plan, tables, counts)
    event(f"missing: {any(target.missing for target in meant)}")
    units = replace(tables, frames={"unit": tables.frames["unit"]})
    assert targets(plan, units, counts, added) == meant


HALF = Fraction(1, 2)
TWO_THIRDS = Fraction(2, 3)


@pytest.mark.parametrize(
    ("rate", "numbers", "complete", "before_due", "expect"),
    [
        # numbers: pass, fail, unknown, missing, deferred
        (Fraction(1), (0, 0, 0, 0, 0), True, True, ("not_applicable", None, None)),
        (Fraction(1), (0, 0, 0, 3, 0), False, False, ("undecided", 0, 1)),
        (Fraction(1), (5, 5, 0, 0, 0), True, True, ("not_due", HALF, HALF)),
        (TWO_THIRDS, (2, 1, 0, 0, 0), True, False, ("met", TWO_THIRDS, TWO_THIRDS)),
        (TWO_THIRDS, (1, 1, 1, 0, 0), True, False, ("undecided", Fraction(1, 3), TWO_THIRDS)),
    ],
)
def test_borders(
    rate: Fraction, numbers: tuple[int, ...], complete: bool, before_due: bool, expect: tuple[Any, ...]
) -> None:
    assert target_state(rate, *numbers, complete, before_due) == expect


def results(
    obligations: list[Any], counts: list[dict[str, Any]], findings: Any = (), **more: Any
) -> list[TargetResult]:
    tables = more.pop("tables", None) or make.data()
    plan = make.plan(*obligations, **more)
    return list(targets(plan, tables, find(plan, tables, make.evaluation(list(findings), counts))[1]))


def of_unit(found: list[TargetResult], unit: str, period: str = "") -> TargetResult:
    return next(t for t in found if t.unit == unit and t.period == period)


def test_every_unit_that_owes_something_has_a_result() -> None:
    found = results([make.video()], [make.counted(0, "320681", "pass", 3)])
    assert [t.unit for t in found] == ["320623", "320681", "320684"]  # not the prefecture, not a unit of later days
    assert of_unit(found, "320681").state == "met"
    # Nothing came from Rudong: neither 0 % nor 100 %, and not "nobody to whom it applies" either.
    assert of_unit(found, "320623").state == "undecided"
    assert of_unit(found, "320623").lower is None


def test_declared_schools_that_did_not_arrive_are_missing() -> None:
    schools = [{"code": str(n), "unit_code": "320681"} for n in range(8)]
    tables = make.data(schools, declared={"320681": 10, "320623": 0})
    found = results([make.video()], [make.counted(0, "320681", "pass", 8)], tables=tables)
    qidong = of_unit(found, "320681")
    assert (qidong.missing, qidong.owed, qidong.lower, qidong.upper) == (2, 10, Fraction(4, 5), 1)
    assert qidong.state == "undecided"
    # A declared 0 is a nil return.
    assert of_unit(found, "320623").state == "not_applicable"


def test_a_school_received_too_late_has_not_arrived() -> None:
    schools = [
        {"code": "1", "unit_code": "320681", "received_on": date(2020, 1, 5)},
        {"code": "2", "unit_code": "320681", "received_on": date(2020, 1, 6)},
    ]
    tables = make.data(schools, declared={"320681": 2})
    counts = [make.counted(0, "320681", "pass", 1)]
    found = results([make.video()], counts, tables=tables, known_at=date(2020, 1, 5))
    assert of_unit(found, "320681").missing == 1


def test_missing_buses_are_summed_over_the_schools_of_the_unit() -> None:
    schools = [
        {"code": "1", "unit_code": "320681", "buses": 3},
        {"code": "2", "unit_code": "320681", "buses": 1},
        {"code": "3", "unit_code": "320623", "buses": 0},
        {"code": "4", "unit_code": None, "buses": 5},
    ]
    buses = [{"plate": "a", "school": "1"}, {"plate": "b", "school": "2"}, {"plate": "c", "school": "2"}]
    tables = make.data(schools, buses, declared={"320681": 2, "320623": 1})
    found = results([make.permit()], [make.counted(0, "320681", "pass", 3)], tables=tables)
    assert of_unit(found, "320681").missing == 2  # more than declared at one school makes up for nothing at another
    assert of_unit(found, "320623").state == "not_applicable"


def test_a_register_is_as_good_as_the_one_above_it() -> None:
    tables = make.data([{"code": "3", "unit_code": "320623", "buses": 0}], declared={"320623": 2})
    found = results([make.permit()], [], tables=tables)
    assert of_unit(found, "320623").state == "undecided"  # the school that did not arrive may have buses


def test_the_successor_answers_for_its_predecessor() -> None:
    schools = [{"code": "1", "unit_code": "320684"}, {"code": "2", "unit_code": "320614"}]
    tables = make.data(schools, declared={"320684": 4})
    counts = [make.counted(0, "320684", "pass", 1), make.counted(0, "320614", "fail", 1)]
    found = results([make.video()], counts, tables=tables, as_of=date(2020, 8, 1))
    assert "320684" not in {t.unit for t in found}
    merged = of_unit(found, "320614")
    assert (merged.passed, merged.failed, merged.missing) == (1, 1, 2)


def test_before_its_date_a_target_is_not_due() -> None:
    counts = [make.counted(0, "320681", "pass", 5, "not_due"), make.counted(0, "320681", "fail", 5, "not_due")]
    on_the_day = results([make.video()], counts, as_of=date(2019, 12, 31))
    assert of_unit(on_the_day, "320681").state == "not_due"
    assert of_unit(on_the_day, "320681").due == date(2019, 12, 31)
    day_after = results([make.video()], counts, as_of=date(2020, 1, 1))
    assert of_unit(day_after, "320681").state == "missed"


def test_a_due_of_the_records_own() -> None:
    """As long as one subject still has time, so has the target; the latest known date is told."""
    late = make.found(0, 0, "a", "320681", due=date(2020, 1, 1), days=14)
    early = make.found(0, 1, "b", "320681", status="not_due", due=date(2020, 3, 1))
    counts = [make.counted(0, "320681", "fail", 1, "overdue")]
    over = results([make.permit()], counts, [late])
    assert (of_unit(over, "320681").state, of_unit(over, "320681").due) == ("missed", date(2020, 1, 1))
    counts.append(make.counted(0, "320681", "fail", 1, "not_due"))
    running = results([make.permit()], counts, [late, early])
    assert (of_unit(running, "320681").state, of_unit(running, "320681").due) == ("not_due", date(2020, 3, 1))


def test_recurring_duties_per_period_and_none_for_a_cut_one() -> None:
    counts = [
        make.counted(0, "320681", "pass", 1, period="2020-W02"),
        make.counted(0, "320681", "fail", 1, "not_due", period="2020-W03"),
        make.counted(0, "320681", "fail", 1, "not_due", period="2020-W04"),
    ]
    found = results([make.weekly()], counts)
    assert [(t.unit, t.period, t.state, t.due) for t in found] == [
        ("320681", "2020-W02", "met", date(2020, 1, 13)),
        ("320681", "2020-W03", "not_due", date(2020, 1, 20)),
    ]


def test_deferred_failures_stay_in_the_denominator_and_a_pass_is_a_pass() -> None:
    plan, tables = make.plan(make.video()), make.data()
    counts = find(
        plan,
        tables,
        make.evaluation(
            [],
            [
                make.counted(0, "320681", "pass", 9),
                make.counted(0, "320681", "fail", 1),
                make.counted(0, "320681", "unknown", 2),
            ],
        ),
    )[1]
    deferred = counts.with_columns((pl.col("verdict") != "fail").alias("deferred"))
    qidong = of_unit(list(targets(plan, tables, deferred)), "320681")
    assert (qidong.passed, qidong.failed, qidong.unknown, qidong.deferred, qidong.owed) == (9, 1, 0, 2, 12)
    assert (qidong.lower, qidong.upper) == (Fraction(9, 12), Fraction(9, 12))


def test_advice_has_no_target() -> None:
    assert results([make.video(rate=None)], [make.counted(0, "320681", "fail", 1)]) == []
