"""Hand-built trees and records → rows, registers and child functions as A7 of the language says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest
from conformance.trees import AS_OF, c, d, f, judged, plan_of, tables, value

from checker.engines import reference
from checker.engines.values import INFINITY, Interval, negation
from checker.engines.world import World
from checker.expr import Agg, Arith, Compare, Expr
from checker.model import Period

WEEK = Period("2020-W06", date(2020, 2, 3), date(2020, 2, 9))
T, F, U = True, False, None
TRUTHS = (T, F, U)


# --- A7: which rows there are ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "known_at", "there"),
    [
        ({"found_on": "2020-06-30"}, None, T),
        ({"found_on": "2020-07-01"}, None, F),
        ({}, None, U),
        ({"received_on": "2020-06-30"}, None, T),
        ({"received_on": "2020-07-01"}, None, U),
        ({"found_on": "2020-06-01", "received_on": "2020-06-02"}, "2020-06-01", F),
        ({"found_on": "2020-06-01", "received_on": "2020-06-02"}, "2020-06-02", T),
        ({"found_on": "2020-06-01"}, "2020-01-01", T),
    ],
)
def test_membership(row: Any, known_at: str | None, there: Any) -> None:
    world = World(plan_of(known_at=d(known_at) if known_at else None), tables(row, table="hazard").frames)
    assert world.records["hazard"][0].there is there
    found = judged(c(T), row, table="hazard", known_at=known_at or "") if there is not F else None
    assert found is None or found["verdict"] == {T: "pass", U: "unknown"}[there]


def test_shown_by_makes_a_row_a_maybe_and_a_value_missing() -> None:
    doc = {"issued_on": "2020-01-01", "title": "x"}
    assert value(Agg("any", "doc", None, None, "yes_no"), None, {"doc": [doc | {"file": "y"}]}) is T
    assert value(Agg("any", "doc", None, None, "yes_no"), None, {"doc": [doc]}) is U
    shown = {"lab_rules_title": "x", "lab_rules_on": "2020-01-01", "lab_rules_file": "y"}
    rules = f("lab_rules")
    assert value(rules, {"lab_rules": "yes"} | shown) is T
    assert value(rules, {"lab_rules": "yes"} | shown | {"lab_rules_on": None}) is U
    assert value(rules, {"lab_rules": "no"}) is F


@pytest.mark.parametrize(
    ("table", "record", "n", "more", "complete", "missing"),
    [
        ("bus", {"bus_count": 3}, 2, {}, F, 1),
        ("bus", {"bus_count": 2}, 2, {}, T, 0),
        ("bus", {"bus_count": 1}, 2, {}, T, 0),
        ("bus", {"bus_count": 0}, 0, {}, T, 0),
        ("bus", {}, 0, {}, F, INFINITY),
        ("bus", {}, 1, {}, T, 0),
        ("hazard", {}, 0, {}, T, 0),
        ("incident", {}, 1, {}, F, INFINITY),
        ("incident", {"incident_count": 1}, 1, {}, T, 0),
        ("drill", {}, 1, {}, F, INFINITY),
        ("drill", {}, 0, {"until": "2020-06-30"}, T, 0),
        ("drill", {}, 0, {"until": "2020-06-29"}, F, INFINITY),
        ("drill", {}, 0, {"until": "2020-02-09", "period": WEEK}, T, 0),
        ("drill", {}, 0, {"until": "2020-02-08", "period": WEEK}, F, INFINITY),
    ],
)
def test_register(table: str, record: Any, n: int, more: Any, complete: bool, missing: float) -> None:
    dated = {"hazard": "found_on", "incident": "happened_on", "drill": "held_on"}.get(table)
    rows = {table: [{dated: "2020-01-01"} if dated else {}] * n}
    registers = {table: {"returned_until": more["until"]}} if "until" in more else {}
    world = World(plan_of(), tables(record, rows, registers=registers).frames)
    found = world.register(world.records["institution"][0], world.tables[table], more.get("period"))
    assert (found.complete, found.missing) == (complete, missing)


def test_a_maybe_row_does_not_fill_a_register() -> None:
    incidents = {"incident": [{"deaths": 0}]}  # undated: perhaps later than as_of
    none = Agg("none", "incident", None, Compare(">", f("deaths", "number", "incident"), c(0)), "yes_no")
    assert value(none, {"incident_count": 1}, incidents) is U


# --- A7: child functions --------------------------------------------------------------------------

INSPECTED = f("inspected_on", "date", "inspection")
# Rows by membership and body: a maybe row has no date.
ROWS = {
    (there, body): {"inspected_on": "2020-01-05" if there else None, "violations": {T: 1, F: 0, U: None}[body]}
    for there, body in product((T, U), TRUTHS)
}
FOUND = Compare(">", f("violations", "number", "inspection"), c(0))


def over(name: Any, *kinds: Any, body: Expr | None = FOUND, **more: Any) -> Any:
    return value(Agg(name, "inspection", None, body, "number", **more), None, {"inspection": [ROWS[k] for k in kinds]})


def test_every_any_none_over_all_mixtures_of_rows() -> None:
    """Against the definition: what holds however the maybe rows and the unknown bodies turn out."""
    for size in range(4):
        for kinds in product(ROWS, repeat=size):
            outcomes = []
            for there in product(*((T, F) if kind[0] is U else (T,) for kind in kinds)):
                for bodies in product(*((T, F) if kind[1] is U else (kind[1],) for kind in kinds)):
                    outcomes.append(any(m and b for m, b in zip(there, bodies, strict=True)))
            found = outcomes[0] if len(set(outcomes)) == 1 else U
            assert over("any", *kinds) is found, kinds
            assert over("none", *kinds) is negation(found), kinds
    flipped = {T: F, F: T, U: U}
    for kinds in product(ROWS, repeat=2):
        opposite = [(there, flipped[body]) for there, body in kinds]
        assert over("every", *kinds) is negation(over("any", *opposite)), kinds


def test_count_and_share_are_as_tight_as_can_be() -> None:
    for kinds in product(ROWS, repeat=3):
        counts, shares = set(), set()
        for there in product(*((T, F) if kind[0] is U else (T,) for kind in kinds)):
            for bodies in product(*((T, F) if kind[1] is U else (kind[1],) for kind in kinds)):
                hits = sum(m and b for m, b in zip(there, bodies, strict=True))
                counts.add(hits)
                if sum(there):
                    shares.add(c(hits).value / sum(there))  # type: ignore[operator]
        assert over("count", *kinds) == Interval(min(counts), max(counts)), kinds
        sure = any(kind[0] is T for kind in kinds)
        assert over("share", *kinds) == (Interval(min(shares), max(shares)) if sure else None), kinds


def test_share_of_a_short_register() -> None:
    share = Agg("share", "bus", None, f("monitored", table="bus"), "percent")
    buses = {"bus": [{"monitored": "yes"}, {"monitored": "no"}]}
    assert value(share, {"bus_count": 4}, buses) == Interval(c(1).value / 4, c(3).value / 4)  # type: ignore[operator]
    assert value(share, {"bus_count": 4}) is None
    assert value(
        replace(share, table="incident", body=c(T)), None, {"incident": [{"happened_on": "2020-01-01"}]}
    ) == Interval(0, 1)


def test_sum() -> None:
    seats = Agg("sum", "bus", f("monitored", table="bus"), f("seats", "number", "bus"), "number")
    sure, maybe = {"seats": 20, "monitored": "yes"}, {"seats": 30}
    assert value(seats, {"bus_count": 2}, {"bus": [sure, maybe]}) == Interval(20, 50)
    assert value(seats, {"bus_count": 3}, {"bus": [sure, maybe]}) == Interval(20, INFINITY)
    assert value(seats, {"bus_count": 2}, {"bus": [sure, {"monitored": "yes"}]}) == Interval(20, INFINITY)
    assert value(seats, {"bus_count": 0}) == Interval(0, 0)
    less = replace(seats, body=Arith("-", f("seats", "number", "bus"), c(40)))  # a maybe row may also take away
    assert value(less, {"bus_count": 2}, {"bus": [sure, maybe]}) == Interval(-30, -20)


def test_latest_and_earliest() -> None:
    def both(*days: str | None, body: str = "closed_on", **row: Any) -> Any:
        rows = {"hazard": [{"found_on": "2020-01-01", body: day} | row for day in days]}
        aggs = [Agg(name, "hazard", None, f(body, "date", "hazard"), "date") for name in ("latest", "earliest")]
        return [value(agg, None, rows) for agg in aggs]

    a, b = d("2020-02-01"), d("2020-03-01")
    assert both("2020-02-01", "2020-03-01") == [Interval(b, b), Interval(a, a)]
    assert both() == [None, None]
    assert both(None) == [None, None]
    assert both("2020-02-01", found_on=None) == [None, None]  # a maybe row is no sure one
    assert both("2020-02-01", None) == [Interval(a, date.max), Interval(date.min, a)]
    assert both("2020-02-01", None, body="found_on", received_on="2020-06-01")[0] == Interval(a, AS_OF)
    where = Compare("=", f("level", "choice", "hazard"), c("major", "choice"))
    rows = {"hazard": [{"found_on": "2020-02-01", "level": "major"}, {"found_on": "2020-03-01"}]}
    assert value(Agg("latest", "hazard", where, f("found_on", "date", "hazard"), "date"), None, rows) == Interval(a, b)


def test_last() -> None:
    def last(*rows: tuple[str | None, int | None], **more: Any) -> Any:
        found = [{"inspected_on": day, "violations": n} | more for day, n in rows]
        agg = Agg("last", "inspection", None, f("violations", "number", "inspection"), "number", INSPECTED)
        return value(agg, None, {"inspection": found})

    assert last(("2020-01-01", 3), ("2020-03-01", 0)) == 0
    assert last(("2020-01-01", None), ("2020-03-01", 0)) == 0
    assert last(("2020-03-01", 2), ("2020-03-01", 2)) == 2
    assert last(("2020-03-01", 0), ("2020-03-01", 2)) is None
    assert last(("2020-03-01", 0), ("2020-03-01", None)) is None
    assert last(("2020-03-01", 0), (None, 0)) is None  # a maybe row
    assert last(("2020-03-01", 0), (None, 0), received_on="2020-06-01") is None  # sure, but no day
    assert last() is None
    buses = Agg("last", "bus", None, f("seats", "number", "bus"), "number", f("permit_until", "date", "bus"))
    assert value(buses, {"bus_count": 2}, {"bus": [{"seats": 9, "permit_until": "2020-01-01"}]}) is None


def test_an_empty_and_complete_register() -> None:
    names = ("every", "any", "none", "count", "share")
    assert [over(name) for name in names] == [T, F, T, Interval(0, 0), None]
    assert [over(name, body=f("violations", "number", "inspection")) for name in ("sum",)] == [Interval(0, 0)]
    assert [over(name, body=INSPECTED) for name in ("latest", "earliest")] == [None, None]


def test_grandchildren_by_nesting() -> None:
    trips = Agg("every", "trip", None, f("escort", table="trip"), "yes_no")
    ran = {"ran_on": "2020-06-01", "escort": "yes"}
    buses = {"bus": [{"seats": 1, "_children": {"trip": [ran]}}, {"seats": 2, "_children": {"trip": [ran, ran]}}]}
    assert value(Agg("every", "bus", None, trips, "yes_no"), {"bus_count": 2}, buses) is T
    assert value(Agg("every", "bus", None, trips, "yes_no"), {"bus_count": 3}, buses) is U
    total = Agg("sum", "bus", None, Agg("count", "trip", None, None, "number"), "number")
    assert value(total, {"bus_count": 2}, buses) == Interval(3, 3)
    buses["bus"].append({"seats": 3})  # nothing told of its trips
    assert value(total, {"bus_count": 3}, buses) == Interval(3, INFINITY)


def test_a_row_may_stand_for_many() -> None:
    given = tables({"bus_count": 12}, {"bus": [{"monitored": "yes", "seats": 10}, {"monitored": "no", "seats": 1}]})
    frames = {**given.frames, "bus": given.frames["bus"].with_columns(pl.Series("_n", [9, 3]))}
    world = World(plan_of(), frames)
    school, monitored = world.records["institution"][0], f("monitored", table="bus")
    assert world.value(Agg("count", "bus", None, monitored, "number"), school) == Interval(9, 9)
    assert world.value(Agg("share", "bus", None, monitored, "percent"), school) == Interval(*[c(3).value / 4] * 2)  # type: ignore[operator]
    assert world.value(Agg("sum", "bus", None, f("seats", "number", "bus"), "number"), school) == Interval(93, 93)


def test_a_row_without_a_known_parent_belongs_to_nobody() -> None:
    given = tables({"bus_count": 0}, {"bus": [{"seats": 1}, {"seats": 1}]})
    lost = given.frames["bus"].with_columns(pl.Series("_institution", [None, "elsewhere"]))
    world = World(plan_of(), {**given.frames, "bus": lost})
    assert world.value(Agg("count", "bus", None, None, "number"), world.records["institution"][0]) == Interval(0, 0)
    assert [reference.unit_of(world, bus) for bus in world.records["bus"]] == ["-", "-"]
