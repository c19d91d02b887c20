"""Gates on both engines: whatever the counts and targets are, columnar says what the reference engine says, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import gate, pipeline
from checker.errors import Text
from checker.find.findings import COUNT_COLUMNS
from checker.model import Expression, GateRule
from checker.plan import NO_UNIT, TargetResult

PACK = pipeline.sound_pack(Path(__file__).parents[1] / "rules" / "nantong-2019")
UNITS = ("320681", "320623", "320600", NO_UNIT)
CONDITIONS = (
    *(each.require.text for each in PACK.gates),
    "count(result, verdict = unknown) <= 3",
    "any(result where rule = 'r1', status = late)",
    "share(result where not advisory, failed) < 25% or count(target where state = missed) = 0",
    "sum(target where met, owed) >= 10",
    "sum(result, if(failed, 2, 0.5)) < 20",
    "every(result where unit.kind = county and severity >= high, not failed)",
    "none(result, change = reopened) and unit.code != '320600'",
    "every(question, severity < doubt)",
)  # fmt: skip

CELL = {
    name: COUNT_COLUMNS[name]
    for name in ("rule", "severity", "unit", "verdict", "status", "deferred", "advisory", "change", "n")
}


def plan_of(conditions: tuple[str, ...]) -> Any:
    gates = tuple(GateRule(f"g{n}", Text("", ""), "blocks", Expression(text)) for n, text in enumerate(conditions))
    return pipeline.compile_rules(replace(PACK, rules=(), gates=gates), date(2020, 12, 31))


def some(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


count = st.fixed_dictionaries(
    {
        "rule": some("r1", "r2", "no-speeding", "weekly-report"),
        "severity": some("low", "medium", "high", "critical"),
        "unit": some(*UNITS),
        "verdict": some("pass", "fail", "unknown", "not_applicable"),
        "status": some("not_due", "in_force", "overdue", "late", None),
        "deferred": st.booleans(),
        "advisory": st.booleans(),
        "change": some(None, "new", "reopened"),
        "n": st.integers(1, 9),
    }
)


@st.composite
def target(draw: st.DrawFn) -> TargetResult:
    owed = draw(st.integers(0, 9))
    return TargetResult(
        draw(some("r1", "r2")), date(2020, 1, 1), draw(some(*UNITS)), draw(some("", "2020-H1")), Fraction(1),
        date(2020, 12, 31), owed, 0, 0, 0, 0, 0, None, None,
        draw(some("met", "missed", "undecided", "not_due", "not_applicable")),
    )  # fmt: skip


@settings(max_examples=150)
@given(
    st.lists(some(*CONDITIONS), min_size=1, max_size=5, unique=True).map(tuple),
    st.lists(count, max_size=14),
    st.lists(target(), max_size=5),
    st.lists(st.tuples(some(*UNITS), some("info", "doubt", "lost"), st.integers(1, 3)), max_size=3),
)
def test_gates_agree(
    conditions: tuple[str, ...],
    cells: list[dict[str, Any]],
    targets: list[TargetResult],
    doubts: list[tuple[str, str, int]],
) -> None:
    plan = plan_of(conditions)
    counts = pl.DataFrame(cells, schema=CELL)
    questions = pl.DataFrame(
        [(unit, "x", severity, n) for unit, severity, n in doubts],
        schema={"unit": pl.String, "code": pl.String, "severity": pl.String, "_n": pl.Int64},
        orient="row",
    )
    told = [
        gate.decide(plan, counts, tuple(targets), pipeline.judge_of_gates(plan, engine), questions)
        for engine in ("reference", "columnar")
    ]
    assert told[0] == told[1]
    assert all(
        gate.state_of(
            plan,
            each.unit,
            counts.filter(pl.col("unit") == each.unit),
            [t for t in targets if t.unit == each.unit],
            pipeline.judge_of_gates(plan, "reference"),
            questions,
        )
        == each.state
        for each in told[1]
    )
