"""Hand-built trees and records → verdicts, statuses, evidence and frames as A8-A11 of the language say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest
from conformance import harness
from conformance.trees import AS_OF, c, d, duty, f, judged, plan_of, tables

from checker.engines import reference
from checker.engines.values import Interval, conjunction, disjunction, negation
from checker.engines.world import World
from checker.expr import Agg, And, Clock, Compare, Expr, Or
from checker.model import Period
from checker.plan import Group, Tables

WEEK = Period("2020-W06", date(2020, 2, 3), date(2020, 2, 9))
T, F, U = True, False, None
TRUTHS = (T, F, U)


# --- A9: verdict and status -----------------------------------------------------------------------

VERDICTS = {
    (T, T): "pass", (T, F): "fail", (T, U): "unknown",
    (F, T): "not_applicable", (F, F): "not_applicable", (F, U): "not_applicable",
    (U, T): "unknown", (U, F): "unknown", (U, U): "unknown",
}  # fmt: skip


@pytest.mark.parametrize(("truths", "expected"), VERDICTS.items(), ids=str)
def test_verdict_and_status(truths: tuple[Any, Any], expected: str) -> None:
    applies, require = truths
    dues = {"none": None, "unknown": c(None, "date"), "today": c(AS_OF), "passed": c(d("2020-06-28"))}
    found = {
        name: judged(c(require), applies=c(applies), **({} if due is None else {"due": due}))
        for name, due in dues.items()
    }
    assert {row["verdict"] for row in found.values()} == {expected}
    told = {name: (row["status"], row["days"]) for name, row in found.items()}
    if expected == "not_applicable":
        assert set(told.values()) == {(None, None)}
        return
    assert told["none"] == told["unknown"] == ("in_force", None)
    assert told["today"] == ("not_due", None)
    assert told["passed"] == (("in_force", None) if expected == "pass" else ("overdue", 2))


def test_done_on_says_that_lateness_is_the_breach() -> None:
    def told(require: Any, due: Any, done: Any) -> Any:
        row = judged(c(require), due=c(due, "date"), done_on=c(done, "date"))
        return row["verdict"], row["status"], row["days"]

    due = d("2020-06-20")
    assert told(T, due, due) == ("pass", "in_force", None)
    assert told(T, due, d("2020-06-20T23:59")) == ("pass", "in_force", None)
    assert told(T, due, d("2020-06-23")) == ("fail", "late", 3)
    assert told(T, due, None) == ("unknown", "overdue", 10)
    assert told(T, None, due) == ("unknown", "in_force", None)
    assert told(T, AS_OF, d("2020-07-05")) == ("pass", "not_due", None)  # not yet due: lateness is no matter
    assert told(F, due, due) == ("fail", "overdue", 10)  # not done: lateness is no matter
    assert judged(c(T), due=c(d("2020-06-30T01:00")), done_on=c(AS_OF))["due"] == AS_OF  # a moment counts by its day


def test_done_on_may_be_an_interval() -> None:
    earliest = Agg("earliest", "hazard", None, f("closed_on", "date", "hazard"), "date")

    def told(*closed: str | None, due: str = "2020-06-20") -> Any:
        hazards = {"hazard": [{"found_on": "2020-01-01", "closed_on": day} for day in closed]}
        row = judged(c(T), None, hazards, due=c(d(due)), done_on=earliest)
        return row["verdict"], row["status"], row["days"]

    assert told("2020-06-01", None) == ("pass", "in_force", None)  # a missing day can only make it earlier
    assert told("2020-06-25") == ("fail", "late", 5)
    assert told("2020-06-25", None) == ("unknown", "overdue", 10)
    assert told() == ("unknown", "overdue", 10)


def test_conditions() -> None:
    def told(op: Any, *truths: Any, count: int = 0) -> Any:
        items = tuple(harness.item(str(n), c(truth)) for n, truth in enumerate(truths, 1))
        world = World(plan_of(), tables().frames)
        return world.condition(Group(op, items, count), world.records["institution"][0])

    for truths in product(TRUTHS, repeat=3):
        assert told("all_of", *truths) is conjunction(list(truths))
        assert told("any_of", *truths) is disjunction(list(truths))
        assert told("none_of", *truths) is negation(disjunction(list(truths)))
        true, unclear = truths.count(T), truths.count(U)
        assert told("at_least", *truths, count=2) is (T if true >= 2 else F if true + unclear < 2 else U)
        assert told("when", *truths[:2]) is disjunction([negation(truths[0]), truths[1]])


# --- evidence -------------------------------------------------------------------------------------


def test_evidence_of_what_decides() -> None:
    a, b = f("video_linked"), f("operating")
    told = {"video_linked": "yes", "operating": "no"}

    def shown(op: Any, *items: Expr, count: int = 0, **more: Any) -> Any:
        group = Group(op, tuple(harness.item(str(n), item) for n, item in enumerate(items, 1)), count)
        return json.loads(judged(group, told, **more)["observed"])

    assert shown("all_of", a, b) == {"1": None, "2": {"operating": False}}
    assert shown("none_of", a, b) == {"1": {"video_linked": True}, "2": None}
    assert shown("when", a, b) == {"1": {"video_linked": True}, "2": {"operating": False}}
    assert shown("all_of", b, applies=f("outsourced")) == {"applies": {"outsourced": None}, "1": None}
    assert shown("all_of", b, applies=a) == {"applies": None, "1": {"operating": False}}
    late = {"due": c(d("2020-06-01")), "done_on": f("linked_on", "date")}
    assert shown("all_of", a, **late) == {"1": None, "done_on": {"linked_on": None}}
    assert shown("all_of", b, **late) == {"1": {"operating": False}, "done_on": None}


def test_evidence_is_exact_text() -> None:
    parts: list[Expr] = [
        f("served_share", "percent"), f("guards", "number"), f("owner", "text"), f("topics", "choices"),
        f("reported_at", "datetime"), f("checked_on", "date"), f("students", "number"),
    ]  # fmt: skip
    record = {
        "served_share": "0.95", "guards": 3, "owner": "张三", "topics": ["lab", "fire"],
        "reported_at": "2020-06-01T09:05", "checked_on": "2020-06-01",
    }  # fmt: skip
    item = replace(harness.item("1", And(tuple(Compare("=", part, part) for part in parts))), expr=c(F))
    plan, given = duty(Group("all_of", (item,)), record)
    assert reference.evaluate(plan, given).findings["observed"].to_list() == [
        '{"1":{"served_share":0.95,"guards":3,"owner":"张三","topics":["fire","lab"],'
        '"reported_at":"2020-06-01T09:05","checked_on":"2020-06-01","students":null}}'
    ]


def test_evidence_of_child_functions() -> None:
    monitored, seats = f("monitored", table="bus"), f("seats", "number", "bus")
    rows = {"bus": [{"monitored": "yes"}, {"monitored": "no"}, {}], "incident": [{"happened_on": "2020-01-01"}]}

    def shown(expr: Expr, **record: Any) -> Any:
        item = replace(harness.item("1", expr), expr=c(F))
        plan, given = duty(Group("all_of", (item,)), record, rows)
        (found,) = json.loads(reference.evaluate(plan, given).findings["observed"][0])["1"].values()
        return found

    every = Agg("every", "bus", None, monitored, "yes_no")
    assert shown(every, bus_count=5) == {"rows": 3, "true": 1, "false": 1, "unknown": 1, "missing": 2}
    filtered = Agg("every", "bus", Compare(">", seats, c(20)), monitored, "yes_no")
    assert shown(filtered, bus_count=3) == {"rows": 0, "true": 0, "false": 0, "unknown": 3, "missing": 0}
    assert shown(Agg("any", "incident", None, None, "yes_no"))["missing"] is None
    assert shown(Agg("count", "incident", None, None, "number")) == {"low": 1, "high": None}
    assert shown(Agg("share", "bus", None, monitored, "percent"), bus_count=4) == {"low": 0.25, "high": 0.75}
    happened = f("happened_on", "date", "incident")
    assert shown(Agg("earliest", "incident", None, happened, "date")) == {"low": None, "high": "2020-01-01"}
    assert shown(Agg("latest", "incident", None, happened, "date")) == {"low": "2020-01-01", "high": "2020-06-30"}
    assert shown(Agg("share", "drill", None, c(T), "percent")) == {"low": None, "high": None}


def test_vacuous() -> None:
    def vacuous(expr: Expr, record: Any, *buses: Any) -> Any:
        found = judged(expr, record, {"bus": list(buses)})
        assert found["verdict"] == "pass"
        return found["vacuous"]

    every = Agg("every", "bus", Compare(">", f("seats", "number", "bus"), c(20)), f("monitored", table="bus"), "yes_no")
    assert vacuous(every, {"bus_count": 0}) is True
    assert vacuous(every, {"bus_count": 1}, {"seats": 10}) is True  # none that belongs
    assert vacuous(every, {"bus_count": 1}, {"seats": 30, "monitored": "yes"}) is False
    assert vacuous(every, {"bus_count": 1}, {"monitored": "yes"}) is False  # one that might belong
    assert vacuous(Or((every, f("operating"))), {"bus_count": 0}) is True
    inside = Agg("every", "bus", None, Agg("every", "trip", None, f("escort", table="trip"), "yes_no"), "yes_no")
    assert vacuous(Or((inside, f("operating"))), {"operating": "yes"}, {"seats": 1}) is False


# --- A10, A11 and the frames ----------------------------------------------------------------------


def units(*rows: dict[str, Any], reports: tuple[dict[str, Any], ...] = ()) -> Tables:
    frames = harness.Frames()
    for row in rows:
        frames.add("unit", row)
    for report in reports:
        frames.add("report", report)
    return frames.tables()


def test_a_unit_has_the_rows_of_those_before_it_and_owes_while_in_force() -> None:
    given = units(
        {"valid_to": "2020-03-31", "successor": "unit-1"},
        {"valid_from": "2020-04-01", "valid_to": "2020-05-31", "successor": "unit-2"},
        {"valid_from": "2020-06-01"},
        reports=({"_unit": "unit-0", "submitted_at": "2020-01-01T09:00"}, {"_unit": "unit-2", "submitted_at": "2020-06-02T09:00"}),
    )  # fmt: skip
    world = World(plan_of(), given.frames)
    reports = Agg("count", "report", None, None, "number")
    assert [world.value(reports, unit) for unit in world.records["unit"]] == [Interval(n, n) for n in (1, 1, 2)]
    assert [reference.unit_of(world, report) for report in world.records["report"]] == ["unit-0", "unit-2"]

    def owing(*periods: Period) -> list[tuple[str, str | None]]:
        plan, _ = duty(c(T), table="unit")
        (only,) = plan.obligations
        plan = replace(plan, obligations=(replace(only, periods=periods or None),))
        found = reference.evaluate(plan, given, verdicts=True).verdicts
        assert found is not None
        return found.select("key", "period").rows()

    april = Period("2020-04", d("2020-04-01"), d("2020-04-30"))
    assert owing() == [("unit-2", None)]
    assert owing(WEEK, april) == [("unit-0", "2020-W06"), ("unit-1", "2020-04")]


def test_the_unit_of_a_record_is_the_nearest_one_above() -> None:
    pack = dict(harness.PACK.tables)
    pack["institution"] = replace(pack["institution"], parents={"unit": "owner"})
    pack["hazard"] = replace(pack["hazard"], parents={"institution": "_institution", "unit": "owner"})
    given = tables(
        {"owner": "unit-0"}, {"hazard": [{"owner": "unit-1"}, {"owner": None}], "bus": [{"_children": {"trip": [{}]}}]}
    )
    frames = {**given.frames, "unit": units({}, {}).frames["unit"]}
    world = World(plan_of(tables=pack), frames)
    assert [reference.unit_of(world, hazard) for hazard in world.records["hazard"]] == ["unit-1", "unit-0"]
    assert reference.unit_of(world, world.records["trip"][0]) == "unit-0"
    assert reference.unit_of(world, world.records["unit"][1]) == "unit-1"


def test_periods_are_judged_one_by_one() -> None:
    weekly = And((Compare("=", f("period_of", "text", "report"), Clock("period.name", "text")),))
    sent = Agg("any", "report", weekly, None, "yes_no")
    plan, given = duty(
        sent, {}, {"report": [{"period_of": "2020-W06", "submitted_at": "2020-02-10T09:00"}]}, "unit", period=WEEK
    )
    (only,) = plan.obligations
    after = Period("2020-W07", d("2020-02-10"), d("2020-02-16"))
    plan = replace(plan, obligations=(replace(only, due=Clock("period.end", "date"), periods=(WEEK, after)),))
    found = reference.evaluate(plan, given, verdicts=True)
    assert found.verdicts is not None
    assert found.verdicts.select("period", "verdict", "due", "days").rows() == [
        ("2020-W06", "pass", d("2020-02-09"), None),
        ("2020-W07", "fail", d("2020-02-16"), 135),
    ]
    assert found.counts.select("period", "verdict", "status", "n").rows() == [
        ("2020-W06", "pass", "in_force", 1),
        ("2020-W07", "fail", "overdue", 1),
    ]


FINDINGS = {
    "obligation": pl.UInt32, "row": pl.UInt32, "key": pl.String, "period": pl.String, "unit": pl.String,
    "verdict": pl.String, "status": pl.String, "due": pl.Date, "days": pl.Int32, "observed": pl.String,
    "vacuous": pl.Boolean,
}  # fmt: skip
COUNTS = {
    "obligation": pl.UInt32, "unit": pl.String, "period": pl.String, "verdict": pl.String, "status": pl.String,
    "vacuous": pl.Boolean, "n": pl.UInt32,
}  # fmt: skip


@pytest.mark.parametrize("there", [True, False], ids=["some", "nobody"])
def test_schemas_and_order(there: bool) -> None:
    frames = harness.Frames()
    for n in range(12 if there else 0):
        frames.add("institution", {"video_linked": ("yes", "no")[n % 2]})
    plan, _ = duty(f("video_linked"))
    found = reference.evaluate(replace(plan, obligations=plan.obligations * 2), frames.tables(), verdicts=True)
    assert found.verdicts is not None
    assert dict(found.findings.schema) == FINDINGS
    assert dict(found.counts.schema) == COUNTS
    assert dict(found.verdicts.schema) == {name: type for name, type in FINDINGS.items() if name != "observed"}
    for frame in (found.findings, found.verdicts):
        assert frame.equals(frame.sort("obligation", "key", "period"))
    assert (found.findings.height, found.verdicts.height, found.counts["n"].sum()) == (
        (12, 24, 24) if there else (0, 0, 0)
    )
    assert reference.evaluate(plan, frames.tables()).verdicts is None
