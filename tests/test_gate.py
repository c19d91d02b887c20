"""Gates: open, closed or undecided per unit, with reasons. The engine that answers here is twenty lines of its own."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import hand_built as make
import polars as pl
import pytest

from checker.errors import Text
from checker.expr import Agg, And, Compare, Const, Expr, Field, Not
from checker.find import find
from checker.gate import decide, nearest, overall
from checker.model import Expression, GateRule, Table
from checker.plan import BoundGate, Condition, GateResult, Group, Item, TargetResult

COMPARE = {"=": operator.eq, "<=": operator.le}


def interval(agg: Agg, frames: Mapping[str, pl.DataFrame]) -> tuple[int, int]:
    """How many rows surely count, and how many may."""
    surely = perhaps = 0
    for row in frames[agg.table].iter_rows(named=True):
        parts = [value(part, row, frames) for part in (agg.where, agg.body) if part is not None]
        alike = row.get("_n", 1)
        surely += alike if all(part is True for part in parts) else 0
        perhaps += alike if all(part is not False for part in parts) else 0
    return surely, perhaps


def value(expr: Expr, row: Mapping[str, Any], frames: Mapping[str, pl.DataFrame]) -> Any:
    match expr:
        case Field(name=name, hops=("unit",)):
            return frames["unit"][name][0]
        case Field(name=name):
            return row[name]
        case Const(value=constant):
            return constant
        case Not(item):
            known = value(item, row, frames)
            return None if known is None else not known
        case And(items):
            parts = [value(item, row, frames) for item in items]
            return False if False in parts else None if None in parts else True
        case Agg(name="any"):
            surely, perhaps = interval(expr, frames)
            return True if surely else None if perhaps else False
        case Agg(name="every", table=table, where=where, body=body):
            assert body is not None
            known = value(Agg("any", table, where, Not(body), "yes_no"), row, frames)
            return None if known is None else not known
        case Compare(op, Agg(name="count") as agg, Const(value=Fraction() as limit)):
            outcomes = {COMPARE[op](n, limit) for n in range(interval(agg, frames)[0], interval(agg, frames)[1] + 1)}
            return outcomes.pop() if len(outcomes) == 1 else None
        case Compare("=", left, right):
            one, two = value(left, row, frames), value(right, row, frames)
            return None if one is None or two is None else one == two
    raise AssertionError(expr)


asked: list[tuple[Condition, int]] = []


def evaluate(conditions: Sequence[Condition], frames: Mapping[str, pl.DataFrame]) -> list[pl.Series]:
    units = frames["unit"]["_case"]
    asked.extend((condition, units.len()) for condition in conditions)
    own = [{name: frame.filter(pl.col("_case") == unit) for name, frame in frames.items()} for unit in units]
    return [pl.Series([truth(condition, mine) for mine in own], dtype=pl.Boolean) for condition in conditions]


def truth(condition: Condition, frames: Mapping[str, pl.DataFrame]) -> bool | None:
    if isinstance(condition, Item):
        known: bool | None = value(condition.expr, {}, frames)
        return known
    parts = [truth(child, frames) for child in condition.children]
    return False if False in parts else None if None in parts else True


# --- conditions ----------------------------------------------------------------------------------


def column(name: str, table: str = "result") -> Field:
    return Field(name, "choice", table)


def equals(name: str, text: str, table: str = "result") -> Compare:
    return Compare("=", column(name, table), Const(text, "choice"))


CRITICAL = And((column("failed"), equals("severity", "critical"), equals("status", "overdue"), Not(column("deferred"))))
NONE_CRITICAL = Compare("=", Agg("count", "result", None, CRITICAL, "number"), Const(Fraction(0), "number"))
ALL_MET = Agg("every", "target", Not(equals("state", "not_due", "target")), column("met", "target"), "yes_no")
FEW_UNKNOWN = Compare(
    "<=", Agg("count", "result", None, equals("verdict", "unknown"), "number"), Const(Fraction(1), "number")
)


def gate(id: str, expr: Expr, effect: Any = "blocks") -> BoundGate:
    item = Item("1", expr, (), Text("", ""))
    return BoundGate(GateRule(id, Text(id, id), effect, Expression("")), item)


GATES = (gate("critical", NONE_CRITICAL), gate("targets", ALL_MET))


def decided(
    cells: list[dict[str, Any]],
    gates: tuple[BoundGate, ...] = GATES,
    targets: list[TargetResult] | None = None,
    **more: Any,
) -> dict[str, GateResult]:
    plan = make.plan(make.video(), make.permit(), make.weekly(), gates=gates, **more)
    counts = find(plan, make.data(), make.evaluation([], cells))[1]
    return {result.unit: result for result in decide(plan, counts, tuple(targets or ()), evaluate)}


def target(state: Any, passed: int = 5, failed: int = 0, unknown: int = 0, **more: Any) -> TargetResult:
    values: dict[str, Any] = {
        "rule": "video-linked", "revision": date(2019, 12, 10), "unit": "320681", "period": "", "rate": Fraction(1),
        "due": date(2019, 12, 31), "passed": passed, "failed": failed, "unknown": unknown, "missing": 0, "deferred": 0,
        "not_applicable": 0, "lower": Fraction(1, 2), "upper": Fraction(1), "state": state,
    }  # fmt: skip
    return TargetResult(**(values | more))


def test_every_unit_that_owes_something_has_a_gate() -> None:
    results = decided([make.counted(0, "320681", "pass", 3)])
    assert {unit: result.state for unit, result in results.items()} == {
        "320681": "open",
        "320623": "undecided",  # nothing came: no gate opens by silence
        "320684": "undecided",
    }
    assert results["320623"].reasons[0].values == {"code": "no_results"}
    assert results["320681"].name == Text("启东市", "Qidong")
    assert results["320681"].reasons == ()


def test_records_without_a_unit_have_a_gate_of_their_own() -> None:
    assert decided([make.counted(0, "-", "fail", 1)])["-"].state == "closed"
    assert "-" not in decided([make.counted(0, "-", "not_applicable", 1)])


def test_the_city_has_a_gate_once_something_of_its_own_is_due() -> None:
    assert "320600" not in decided([make.counted(0, "320600", "fail", 1, "not_due")])
    assert decided([make.counted(0, "320600", "fail", 1)])["320600"].state == "closed"


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ([make.counted(0, "320681", "fail", 1)], "closed"),
        ([make.counted(0, "320681", "unknown", 1)], "undecided"),
        ([make.counted(0, "320681", "fail", 1, "not_due")], "open"),
        ([make.counted(1, "320681", "fail", 1)], "open"),  # not critical
        ([make.counted(0, "320681", "fail", 1), make.counted(0, "320681", "unknown", 1)], "closed"),
        ([make.counted(0, "320681", "not_applicable", 1)], "undecided"),
        ([make.counted(2, "320681", "pass", 1, period="2020-W04")], "undecided"),  # a cut period is only advice
    ],
)
def test_states(cells: list[dict[str, Any]], state: str) -> None:
    assert decided(cells)["320681"].state == state


def test_multiplicity_counts() -> None:
    gates = (gate("few", FEW_UNKNOWN),)
    assert decided([make.counted(0, "320681", "unknown", 1)], gates)["320681"].state == "open"
    assert decided([make.counted(0, "320681", "unknown", 2)], gates)["320681"].state == "closed"


def test_a_deferred_failure_does_not_close() -> None:
    plan = make.plan(make.video(), gates=GATES)
    counts = find(plan, make.data(), make.evaluation([], [make.counted(0, "320681", "fail", 1)]))[1]
    results = decide(plan, counts.with_columns(pl.lit(True).alias("deferred")), (), evaluate)
    assert {r.unit: r.state for r in results}["320681"] == "open"


def test_a_warning_gives_a_reason_and_no_state() -> None:
    result = decided([make.counted(0, "320681", "fail", 1)], (gate("critical", NONE_CRITICAL, "warns"),))["320681"]
    assert result.state == "open"
    assert [(reason.effect, reason.state) for reason in result.reasons] == [("warns", "false")]


@pytest.mark.parametrize(
    ("state", "expect"),
    [
        ("met", "open"),
        ("missed", "closed"),
        ("undecided", "undecided"),
        ("not_due", "open"),
        ("not_applicable", "open"),
    ],
)
def test_targets_at_the_gate(state: str, expect: str) -> None:
    assert decided([make.counted(0, "320681", "pass", 1)], targets=[target(state)])["320681"].state == expect


def test_reasons_say_which_rules_and_how_often() -> None:
    cells = [
        make.counted(0, "320681", "fail", 3),
        make.counted(0, "320681", "fail", 2, "not_due"),  # not what this condition asks about
        make.counted(0, "320681", "unknown", 4),
        make.counted(1, "320681", "fail", 9),
        make.counted(0, "320681", "pass", 7),
    ]
    reason = decided(cells)["320681"].reasons[0]
    assert (reason.gate, reason.effect, reason.state) == ("critical", "blocks", "false")
    assert reason.values == {
        "failing": 3,
        "unknown": 4,
        "rules": [{"rule": "video-linked", "severity": "critical", "failing": 3, "unknown": 4}],
        "targets": [],
    }


def test_reasons_say_what_a_target_lacks() -> None:
    short = target("missed", 109, 5, 4, lower=Fraction(109, 118), upper=Fraction(113, 118))
    reason = decided([make.counted(0, "320681", "pass", 1)], targets=[short, target("met", period="x")])[
        "320681"
    ].reasons[0]
    (told,) = reason.values["targets"]  # type: ignore[misc]
    assert told["lower"] == "109/118"
    assert (told["needed"], told["short"], told["unknown"], told["missing"]) == (9, 5, 4, 0)
    assert nearest(short) == (9, 4)


def test_worst_reasons_first_and_groups_are_searched() -> None:
    both = BoundGate(
        GateRule("both", Text("", ""), "warns", Expression("")),
        Group("all_of", (Item("1", NONE_CRITICAL, (), Text("", "")), Item("2", FEW_UNKNOWN, (), Text("", "")))),
    )
    cells = [make.counted(0, "320681", "fail", 1), make.counted(1, "320681", "unknown", 2)]
    reasons = decided(cells, (both, *GATES), targets=[target("undecided")])["320681"].reasons
    assert [reason.gate for reason in reasons] == ["critical", "targets", "both"]
    assert [entry["rule"] for entry in reasons[-1].values["rules"]] == ["video-linked", "bus-permit"]  # type: ignore[attr-defined]


def test_the_same_row_is_asked_about_once_for_all_units() -> None:
    asked.clear()
    decided([make.counted(0, unit, "fail", 1) for unit in ("320681", "320623", "320684")])
    alone = [n for condition, n in asked if isinstance(condition, Item) and isinstance(condition.expr, Agg)]
    assert alone[-1] == 1


def test_frames_have_what_the_gates_vocabulary_names() -> None:
    tables: dict[str, Table] = {
        "unit": make.tables_of_pack()["unit"],
        "result": make.table("result", "判定结果", "", make.field("change", "变化"), parents={"unit": "_case"}),
    }
    seen: dict[str, pl.DataFrame] = {}

    def look(conditions: Sequence[Condition], frames: Mapping[str, pl.DataFrame]) -> list[pl.Series]:
        seen.update({name: frame for name, frame in frames.items() if frame.height})
        return [pl.repeat(True, frames["unit"].height, eager=True) for _ in conditions]

    plan = make.plan(make.video(), gates=GATES, gate_tables=tables)
    counts = find(plan, make.data(), make.evaluation([], [make.counted(0, "320681", "pass", 3)]))[1]
    decide(plan, counts, (), look)
    assert seen["result"].select("_case", "change", "received_on", "_n").row(0) == ("320681", None, None, 3)
    assert seen["unit"].select("code", "kind", "schools").row(0) == ("320681", "county", None)


@pytest.mark.parametrize(
    ("states", "expect"),
    [
        (["open", "undecided", "closed"], "closed"),
        (["open", "undecided"], "undecided"),
        (["open"], "open"),
        ([], "undecided"),
    ],
)
def test_roll_up(states: list[Any], expect: str) -> None:
    assert overall(GateResult("x", Text("", ""), state, ()) for state in states) == expect
