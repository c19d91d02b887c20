"""Short spellings of expression trees and records → their value and their verdict in the reference engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from conformance import harness

from checker.engines import reference
from checker.engines.world import World
from checker.expr import Const, Expr, Field
from checker.model import Period
from checker.plan import Condition, Group, Obligation, Plan, Tables

AS_OF = date(2020, 6, 30)
KINDS: dict[type, Any] = {bool: "yes_no", str: "text", date: "date", datetime: "datetime", frozenset: "choices"}


def c(value: Any, kind: Any = None) -> Const:
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Const(Fraction(value), kind or "number")
    return Const(value, kind or KINDS.get(type(value), "yes_no"))


def f(name: str, kind: Any = "yes_no", table: str = "institution", *hops: str, order: tuple[str, ...] = ()) -> Field:
    return Field(name, kind, table, hops, order)


def d(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def tables(
    record: Mapping[str, Any] | None = None,
    children: Mapping[str, Any] | None = None,
    table: str = "institution",
    **more: Any,
) -> Tables:
    row = {"table": table, "record": json.dumps(record or {}), "children": json.dumps(children or {})}
    return harness.tables_of(row | {name: json.dumps(more.get(name, {})) for name in ("registers", "links")})


def plan_of(*obligations: Obligation, as_of: date = AS_OF, known_at: date | None = None, **more: Any) -> Plan:
    return Plan(replace(harness.PACK, **more), as_of, known_at, obligations, (), {})


def value(expr: Expr, record: Any = None, children: Any = None, table: str = "institution", **more: Any) -> Any:
    period, known_at = more.pop("period", None), more.pop("known_at", None)
    world = World(plan_of(known_at=known_at), tables(record, children, table, **more).frames)
    return world.value(expr, world.records[table][0], period)


def judged(
    require: Condition | Expr, record: Any = None, children: Any = None, table: str = "institution", **more: Any
) -> dict[str, Any]:
    """The one verdict, with its evidence as text."""
    evaluation = reference.evaluate(*duty(require, record, children, table, **more), verdicts=True)
    assert evaluation.verdicts is not None
    observed = evaluation.findings["observed"].to_list()
    return evaluation.verdicts.row(0, named=True) | {"observed": observed[0] if observed else None}


def duty(
    require: Condition | Expr, record: Any = None, children: Any = None, table: str = "institution", **more: Any
) -> tuple[Plan, Tables]:
    row = {"table": table, "as_of": str(more.pop("as_of", AS_OF)), "known_at": more.pop("known_at", ""), "period": ""}
    named = {name: harness.item(name, more.pop(name)) for name in ("applies", "done_on") if name in more}
    due = {"due": more.pop("due")} if "due" in more else {}
    period: Period | None = more.pop("period", None)
    if period is not None:
        row["period"] = json.dumps([str(period.start), str(period.end), period.name])
    condition = require if isinstance(require, Group) else harness.item("1", require)  # type: ignore[arg-type]
    return harness.plan(row, require=condition, **named, **due), tables(record, children, table, **more)
