"""Obligation + the truth of its items → which items decide, and the JSON of what was seen there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import assert_never

import polars as pl

from checker.engines.columnar import registers
from checker.engines.columnar.fold import fold
from checker.engines.columnar.scope import Scope
from checker.engines.columnar.values import Interval, point
from checker.expr import Agg, Expr
from checker.plan import Condition, Group, Item

# Polars has no empty struct: an item that rests on no data is written with this name and cleaned in the text.
NOTHING = ""


def truth(condition: Condition, columns: Mapping[Expr, str]) -> pl.Expr:
    """A condition over the columns in which its items were judged."""
    if isinstance(condition, Item):
        return pl.col(columns[condition.expr])
    parts = [truth(child, columns) for child in condition.children]
    match condition.op:
        case "all_of":
            return reduce(lambda a, b: a & b, parts)
        case "any_of":
            return reduce(lambda a, b: a | b, parts)
        case "none_of":
            return ~reduce(lambda a, b: a | b, parts)
        case "when":
            return ~parts[0] | parts[1]
        case "at_least":
            true = pl.sum_horizontal(part.fill_null(value=False).cast(pl.UInt32) for part in parts)
            unknown = pl.sum_horizontal(part.is_null().cast(pl.UInt32) for part in parts)
            reached = pl.when(true >= condition.count).then(True)
            return reached.when(true + unknown < condition.count).then(False)
    assert_never(condition.op)


def deciding(
    condition: Condition, columns: Mapping[Expr, str], around: pl.Expr, positive: bool = True
) -> Iterator[tuple[Item, pl.Expr]]:
    """Items with when they decide: they and all groups around them are bad, so not true (not false in a negative place)."""
    value = truth(condition, columns)
    here = around & (~value.fill_null(value=False) if positive else value.fill_null(value=True))
    match condition:
        case Item():
            yield condition, here
        case Group():
            for number, child in enumerate(condition.children):
                turned = condition.op == "none_of" or (condition.op == "when" and number == 0)
                yield from deciding(child, columns, here, positive is not turned)


def observed(items: list[tuple[Item, pl.Expr]], scope: Scope) -> pl.Expr:
    """One JSON object per row: null for an item that does not decide, else its leaves."""
    parts = [pl.when(decides).then(_seen(item, scope)).alias(item.name) for item, decides in items]
    if not parts:
        return pl.lit("{}")
    text = pl.struct(parts).struct.json_encode()
    if any(not item.leaves for item, _ in items):
        text = text.str.replace_all(f'{{"{NOTHING}":null}}', "{}", literal=True)
    return text


def _seen(item: Item, scope: Scope) -> pl.Expr:
    if not item.leaves:
        return pl.struct(pl.lit(None, dtype=pl.Boolean).alias(NOTHING))
    leaves = {leaf.label: leaf.expr for leaf in item.leaves}
    return pl.struct(_leaf(expr, scope).alias(label) for label, expr in leaves.items())


def _leaf(expr: Expr, scope: Scope) -> pl.Expr:
    value = fold(expr, scope)
    if isinstance(expr, Agg):
        return registers.evidence(expr, scope, value)
    if isinstance(value, Interval):
        value = point(value)
    return registers.printed(value.value, value)
