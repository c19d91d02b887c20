"""Condition of a gate → the child functions in it, and what of their rows they read."""

from __future__ import annotations

from collections.abc import Iterator

from checker.expr import Agg, Expr, Field, children, walk
from checker.plan import Condition, Group, Item, Plan

TABLES = ("result", "target", "question")


def asks_about_questions(plan: Plan) -> bool:
    return any(agg.table == "question" for bound in plan.gates for agg in child_functions(bound.condition))


def child_functions(condition: Condition) -> Iterator[Agg]:
    """The outermost child functions over results and targets, in reading order."""
    match condition:
        case Group(children=parts):
            for part in parts:
                yield from child_functions(part)
        case Item(expr=expr):
            yield from _aggs(expr)


def _aggs(expr: Expr) -> Iterator[Agg]:
    if isinstance(expr, Agg):
        if expr.table in TABLES:
            yield expr
        return
    for part in children(expr):
        yield from _aggs(part)


def own_fields(agg: Agg) -> set[str]:
    """What a child function reads of the rows that it goes over."""
    return {part.name for part in walk(agg) if isinstance(part, Field) and not part.hops}


def looks_up(expr: Expr) -> bool:
    """Whether the answer may depend on the unit."""
    return any(isinstance(part, Field) and bool(part.hops) for part in walk(expr))
