"""Tallies of child rows and the register → the value of a child function, its evidence, and whether it held over nothing."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

import polars as pl

from checker.engines.columnar.scope import END, Scope, arrived, missing, returned, tally
from checker.engines.columnar.values import Interval, Point, Value, far, is_far
from checker.expr import Agg, Field
from checker.model import Table
from checker.plan import Tables

if TYPE_CHECKING:
    from collections.abc import Callable

# Rows that surely are members (there) or may be (may), by what the body says of them.
TALLIES = ("there:true", "there:false", "there:unknown", "may:true", "may:false", "may:unknown")


def missing_rows(child: Table, parent: Table, scope: Scope, has_returns: bool) -> pl.Expr:
    """The register of every parent row, as the number of rows that may still come."""
    came = pl.col(arrived(child.id)).cast(pl.Float64)
    none, endless = pl.lit(0.0), pl.lit(float("inf"))
    if child.when_empty == "zero":
        undeclared = none
    elif child.when_empty == "open":
        undeclared = endless
    else:
        undeclared = pl.when(came > 0).then(none).otherwise(endless)
    if child.returned:
        cutoff = pl.min_horizontal(pl.lit(scope.as_of), pl.col(END)) if scope.moving else pl.lit(scope.as_of)
        covered = pl.col(returned(child.id)) >= cutoff if has_returns else pl.lit(False)
        undeclared = pl.when(covered).then(undeclared).otherwise(endless)
    if parent.id not in child.declared_in:
        return undeclared
    declared = pl.col(child.declared_in[parent.id]).cast(pl.Float64)
    return pl.when(declared.is_not_null()).then(pl.max_horizontal(declared - came, none)).otherwise(undeclared)


def with_registers(rows: pl.DataFrame, scope: Scope, tables: Tables) -> pl.DataFrame:
    """`rows` with the registers of all child tables that are asked for."""
    pack = scope.needs.pack
    source = tables.frames[scope.table.id]
    return rows.with_columns(
        missing_rows(pack.tables[child], scope.table, scope, returned(child) in source.columns).alias(missing(child))
        for child in scope.needs.of(scope.table.id).child_tables
    )


def value_of(agg: Agg, scope: Scope, fold: Callable[[Agg, Scope], Value]) -> Value:
    """`fold` gives the value of the body in the child row: only its kind is of interest here."""
    slot = scope.slot(agg)
    tt, tf, tu, mt, mf, mu = (pl.col(tally(slot, part)).cast(pl.Int64) for part in TALLIES)
    gap = pl.col(missing(agg.table))
    complete = gap == 0
    match agg.name:
        case "any" | "none":
            found = pl.when(tt > 0).then(True).when(complete & (tu + mt + mu == 0)).then(False)
            return Point(found if agg.name == "any" else ~found, "yes_no")
        case "every":
            held = pl.when(tf > 0).then(False).when(complete & (tu + mf + mu == 0)).then(True)
            return Point(held, "yes_no")
        case "count":
            return Interval(tt, (tt + tu + mt + mu).cast(pl.Float64) + gap, "number", whole=True)
        case "share":
            sure = tt + tf + tu
            low = tt / (sure + mf + mu + gap)
            high = pl.when(gap.is_infinite()).then(1.0).otherwise((tt + tu + mt + mu + gap) / (sure + mt + mu + gap))
            return Interval(pl.when(sure > 0).then(low), pl.when(sure > 0).then(high), "percent")
        case "sum":
            body = fold(agg, scope)
            high = pl.when(complete).then(pl.col(tally(slot, "high"))).otherwise(float("inf"))
            return Interval(pl.col(tally(slot, "low")), high, body.kind, body.whole)
        case "latest" | "earliest":
            return _extreme(agg, scope, fold(agg, scope))
        case "last":
            body = fold(agg, scope)
            return Point(pl.when(complete).then(pl.col(tally(slot, "value"))), body.kind, body.whole)


def _extreme(agg: Agg, scope: Scope, body: Value) -> Interval:
    """The best sure row bounds one side; rows that may be better bound the other, endlessly if one lacks its date."""
    slot = scope.slot(agg)
    sure, best = pl.col(tally(slot, "sure")), pl.col(tally(slot, "best"))
    open_end = pl.col(tally(slot, "gap")) | (pl.col(missing(agg.table)) > 0)
    if agg.name == "latest":
        end = far(1, body.kind)
        table = scope.needs.pack.tables[agg.table]
        if isinstance(agg.body, Field) and not agg.body.hops and agg.body.name == table.dated:
            # Rows dated later than as_of do not exist.
            end = pl.lit(datetime.combine(scope.as_of, time.max) if body.kind == "datetime" else scope.as_of)
        return Interval(sure, pl.when(sure.is_not_null()).then(pl.when(open_end).then(end).otherwise(best)), body.kind)
    low = pl.when(open_end).then(far(-1, body.kind)).otherwise(best)
    return Interval(pl.when(sure.is_not_null()).then(low), sure, body.kind)


def evidence(agg: Agg, scope: Scope, value: Value) -> pl.Expr:
    """What is shown of a child function."""
    if agg.name in ("every", "any", "none"):
        tt, tf, tu, mt, mf, mu = (pl.col(tally(scope.slot(agg), part)).cast(pl.Int64) for part in TALLIES)
        gap = pl.col(missing(agg.table))
        return pl.struct(
            (tt + tf + tu).alias("rows"),
            tt.alias("true"),
            tf.alias("false"),
            (tu + mt + mf + mu).alias("unknown"),
            pl.when(gap.is_finite()).then(gap).cast(pl.Int64).alias("missing"),
        )
    if isinstance(value, Point):
        return printed(value.value, value)
    return pl.struct(
        printed(pl.when(~is_far(end, value.kind)).then(end), value).alias(name)
        for name, end in (("low", value.low), ("high", value.high))
    )


def printed(part: pl.Expr, value: Value) -> pl.Expr:
    """One point as JSON shows it."""
    match value.kind:
        case "datetime":
            return part.dt.to_string("%Y-%m-%dT%H:%M")
        case "number" | "percent" | "duration":
            return part.cast(pl.Int64) if value.whole else part.cast(pl.Float64).round(9)
        case _:
            return part


def held_over_nothing(agg: Agg, scope: Scope) -> pl.Expr:
    """An `every` over a complete register without a row that might belong to it."""
    members = pl.sum_horizontal(pl.col(tally(scope.slot(agg), part)).cast(pl.Int64) for part in TALLIES)
    return (pl.col(missing(agg.table)) == 0) & (members == 0)
