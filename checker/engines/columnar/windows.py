"""A condition that ties child rows to the period, as `held_on in period` → only the rows that can count in each period."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from checker.engines.columnar.values import MIRRORED, Value, day, point
from checker.expr import Agg, And, Clock, Compare, CompareOp, Expr, Field, children, is_interval, kind_of


@dataclass(frozen=True, slots=True)
class Window:
    """Bounds on `item`, a value of the child row that is the same in all periods, by values that only periods know."""

    item: Expr
    bounds: tuple[tuple[CompareOp, Expr], ...]


def window_of(condition: Expr | None) -> Window | None:
    """The tightest window among the parts that must all hold."""
    found: dict[Expr, list[tuple[CompareOp, Expr]]] = {}
    for part in _conjuncts(condition):
        if not isinstance(part, Compare) or part.op == "!=":
            continue
        for op, item, bound in (
            (part.op, part.left, part.right),
            (MIRRORED[part.op], part.right, part.left),
        ):
            if _of_row(item) and _of_period(bound):
                found.setdefault(item, []).append((op, bound))
    if not found:
        return None
    # Two bounds cut more than one, an equality cuts most.
    item = max(found, key=lambda i: sum(2 if op == "=" else 1 for op, _ in found[i]))
    return Window(item, tuple(found[item]))


def _conjuncts(condition: Expr | None) -> Iterator[Expr]:
    if isinstance(condition, And):
        for item in condition.items:
            yield from _conjuncts(item)
    elif condition is not None:
        yield condition


def _of_row(expr: Expr) -> bool:
    fit = kind_of(expr) in ("date", "datetime", "text") and not is_interval(expr)
    return fit and _holds(expr, Field) and not _moving(expr) and not _holds(expr, Agg)


def _of_period(expr: Expr) -> bool:
    return _moving(expr) and not _holds(expr, Field) and not _holds(expr, Agg)


def _holds(expr: Expr, kind: type) -> bool:
    return isinstance(expr, kind) or any(_holds(part, kind) for part in children(expr))


def _moving(expr: Expr) -> bool:
    if isinstance(expr, Clock):
        return expr.name != "as_of"
    return any(_moving(part) for part in children(expr))


def candidates(
    rows: pl.DataFrame, window: Window | None, periods: pl.DataFrame, fold: Callable[[Expr], Value]
) -> pl.DataFrame:
    """Child rows × periods, without the pairs for which the window surely does not hold."""
    if window is None:
        return rows.join(periods, how="cross")
    bounds = [(op, periods.select(_coarse(fold(bound)).alias("bound")).to_series()) for op, bound in window.bounds]
    rows = rows.with_columns(_coarse(fold(window.item)).alias(":item"))
    dated = rows.filter(pl.col(":item").is_not_null()).sort(":item")
    inside = _inside(dated, bounds, periods)
    undated = rows.filter(pl.col(":item").is_null())
    if undated.height:
        inside = pl.concat([inside, undated.join(periods, how="cross")], how="vertical")
    return inside.drop(":item")


def _coarse(value: Value) -> pl.Expr:
    """Times by their day: that may let a few rows more in, which the condition itself then turns away."""
    return day(value) if value.kind == "datetime" else point(value).value


def _inside(dated: pl.DataFrame, bounds: list[tuple[CompareOp, pl.Series]], periods: pl.DataFrame) -> pl.DataFrame:
    """In the order of the item every period is a run of rows. Bounds count as included: what is on them is few."""
    items = dated.get_column(":item")
    first = pl.repeat(0, periods.height, dtype=pl.Int64, eager=True)
    last = pl.repeat(dated.height, periods.height, dtype=pl.Int64, eager=True)
    for op, bound in bounds:
        # A bound without a value decides nothing: it leaves all rows in.
        before = items.search_sorted(bound, side="left").cast(pl.Int64)
        upto = items.search_sorted(bound, side="right").cast(pl.Int64)
        known = bound.is_not_null()
        if op in (">=", ">", "="):
            first = before.zip_with(known & (before > first), first)
        if op in ("<=", "<", "="):
            last = upto.zip_with(known & (upto < last), last)
    runs = periods.with_columns(first.alias(":first"), last.alias(":last")).filter(pl.col(":first") < pl.col(":last"))
    runs = runs.with_columns(pl.int_ranges(":first", ":last").alias(":at")).drop(":first", ":last").explode(":at")
    at = runs.get_column(":at").cast(pl.UInt32)
    return pl.concat([dated[at], runs.drop(":at")], how="horizontal")
