"""Expression + scope → Polars expressions over the columns of that scope: a point, or the two ends of an interval."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import assert_never

import polars as pl

from checker.engines.columnar import dates, registers
from checker.engines.columnar.scope import Scope, column
from checker.engines.columnar.values import (
    Interval,
    Point,
    Value,
    absolute,
    alike,
    arith,
    both,
    compare,
    constant,
    each,
    is_point,
    larger,
    point,
    rounded,
    smaller,
    spread,
)
from checker.expr import (
    Agg,
    And,
    Arith,
    Call,
    Clock,
    Compare,
    Const,
    Diff,
    Expr,
    Field,
    Has,
    Known,
    Not,
    OneOf,
    Or,
    Param,
    Scale,
    Shift,
    is_constant,
)


def fold(expr: Expr, scope: Scope) -> Value:
    value = _fold(expr, scope)
    if isinstance(expr, Const | Clock) or not is_constant(expr):
        return value
    # Computed once. It also keeps Polars from taking a lookup that no column enters for a column of length 1.
    found = pl.select(point(value).value).to_series()
    return Point(pl.lit(found.item(), dtype=found.dtype), value.kind, value.whole)


def _fold(expr: Expr, scope: Scope) -> Value:
    match expr:
        case Const(value, kind):
            return constant(value, kind)
        case Field():
            definition = scope.definition(expr)
            whole = definition is not None and definition.type == "count"
            return Point(pl.col(column((expr.hops, expr.name))), expr.kind, whole)
        case Clock(name, kind):
            return Point(scope.clock(name), kind)
        case Param():
            raise ValueError(f"{expr.name} is not bound")
        case Not(item):
            return Point(~condition(item, scope), "yes_no")
        case And(items):
            return Point(reduce(lambda a, b: a & b, [condition(i, scope) for i in items]), "yes_no")
        case Or(items):
            return Point(reduce(lambda a, b: a | b, [condition(i, scope) for i in items]), "yes_no")
        case Compare():
            return Point(_compare(expr, scope), "yes_no")
        case OneOf():
            return Point(_one_of(expr, scope), "yes_no")
        case Has(item, codes, some):
            found = [point(fold(item, scope)).value.list.contains(pl.lit(code)) for code in codes]
            return Point(reduce((lambda a, b: a | b) if some else (lambda a, b: a & b), found), "yes_no")
        case Known(item):
            return Point(_known(fold(item, scope)), "yes_no")
        case Arith(op, left, right, kind):
            return arith(op, fold(left, scope), fold(right, scope), kind)
        case Diff(left, right):
            return dates.difference(fold(left, scope), fold(right, scope))
        case Shift(item, amount, unit):
            return dates.shift(fold(item, scope), fold(amount, scope), unit, scope.needs.pack.working_days)
        case Call():
            return _call(expr, scope)
        case Scale():
            return _scale(expr, point(fold(expr.argument, scope)))
        case Agg():
            return registers.value_of(expr, scope, _body)
    assert_never(expr)


def condition(expr: Expr, scope: Scope) -> pl.Expr:
    return point(fold(expr, scope)).value


def _body(agg: Agg, scope: Scope) -> Value:
    if agg.body is None:
        raise ValueError(f"{agg.name} needs a body")
    return fold(agg.body, scope.inside(scope.slot(agg)))


def _known(value: Value) -> pl.Expr:
    if isinstance(value, Point):
        return value.value.is_not_null()
    return is_point(value).fill_null(value=False)


# --- comparisons ---------------------------------------------------------------------------------


def _compare(expr: Compare, scope: Scope) -> pl.Expr:
    left, right = fold(expr.left, scope), fold(expr.right, scope)
    order = _order(expr.left) or _order(expr.right)
    if order and expr.op not in ("=", "!="):
        return compare(expr.op, _rank(left, order), _rank(right, order))
    return compare(expr.op, left, right)


def _order(expr: Expr) -> tuple[str, ...]:
    """The codes of an ordered choice, low to high; a choice may come out of if, first_known or last."""
    match expr:
        case Field():
            return expr.order
        case Call(_, args):
            return next((order for arg in args if (order := _order(arg))), ())
        case Agg():
            return _order(expr.body) if expr.body is not None else ()
        case _:
            return ()


def _rank(value: Value, order: tuple[str, ...]) -> Point:
    ranks = {code: rank for rank, code in enumerate(order)}
    known = point(value).value.replace_strict(ranks, default=None, return_dtype=pl.Int64)
    return Point(known, "number", whole=True)


def _one_of(expr: OneOf, scope: Scope) -> pl.Expr:
    item = point(fold(expr.item, scope))
    texts = [o.value for o in expr.options if isinstance(o, Const) and isinstance(o.value, str)]
    if len(texts) == len(expr.options):
        return item.value.is_in(texts)
    hits = [compare("=", item, point(fold(option, scope))) for option in expr.options]
    return reduce(lambda a, b: a | b, hits)


# --- functions -----------------------------------------------------------------------------------


def _call(expr: Call, scope: Scope) -> Value:
    if expr.name == "if":
        return _if(condition(expr.args[0], scope), *alike([fold(arg, scope) for arg in expr.args[1:]]))
    args = alike([fold(arg, scope) for arg in expr.args])
    first = args[0]
    match expr.name:
        case "ceil":
            return _to_whole(first, lambda x: x.ceil())
        case "floor":
            return _to_whole(first, lambda x: x.floor())
        case "round":
            return _to_whole(first, lambda x: x.round(0, mode="half_away_from_zero"))
        case "abs":
            return absolute(first)
        case "min" | "max":
            join = smaller if expr.name == "min" else larger
            return reduce(lambda a, b: both(a, b, join, a.kind, a.whole and b.whole), args)
        case "age":
            return dates.age(point(first), point(args[1]))
        case "working_days":
            return dates.working_days(point(first), point(args[1]), scope.needs.pack.working_days)
        case "first_known":
            points = [point(arg) for arg in args]
            return Point(pl.coalesce(p.value for p in points), points[0].kind, all(p.whole for p in points))
    assert_never(expr.name)


def _to_whole(value: Value, change: Callable[[pl.Expr], pl.Expr]) -> Value:
    if value.whole:
        return value
    return each(value, lambda x: change(rounded(x, whole=False)), value.kind, whole=True)


def _if(test: pl.Expr, then: Value, other: Value) -> Value:
    """With an unknown test the branches decide if they agree."""
    same = compare("=", then, other)

    def choose(a: pl.Expr, b: pl.Expr) -> pl.Expr:
        return pl.when(test).then(a).when(~test).then(b).when(same).then(a)

    whole = then.whole and other.whole
    if isinstance(then, Point) and isinstance(other, Point):
        return Point(choose(then.value, other.value), then.kind, whole)
    a, b = spread(then), spread(other)
    return Interval(choose(a.low, b.low), choose(a.high, b.high), then.kind, whole)


# --- scales --------------------------------------------------------------------------------------


def _scale(expr: Scale, argument: Point) -> Point:
    if expr.by_choice:
        values = dict(expr.by_choice)
        whole = all(v.denominator == 1 for v in values.values())
        found = argument.value.replace_strict(
            {code: float(v) for code, v in values.items()}, default=None, return_dtype=pl.Float64
        )
        return Point(found, expr.kind, whole)
    x = rounded(argument.value.cast(pl.Float64), argument.whole)
    result = pl.lit(None, dtype=pl.Float64)
    whole = argument.whole
    for band in reversed(expr.brackets):
        inside = x.is_not_null()
        if band.low is not None:
            inside &= x >= float(band.low) if band.low_inclusive else x > float(band.low)
        if band.high is not None:
            inside &= x <= float(band.high) if band.high_inclusive else x < float(band.high)
        value = pl.lit(float(band.value))
        if band.per:
            steps = rounded((x - float(band.low or 0)) / float(band.per), whole=False)
            value = value + float(band.add) * (steps.ceil() if band.count_part else steps.floor())
        whole = whole and band.value.denominator == 1 and band.add.denominator == 1
        result = pl.when(inside).then(value).otherwise(result)
    return Point(result, expr.kind, whole)
