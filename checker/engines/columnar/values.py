"""Polars expressions of one or two columns → points and intervals, and the arithmetic and comparisons between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import polars as pl

from checker.expr import ArithOp, CompareOp, Kind
from checker.expr import Value as Known

DATES: tuple[Kind, ...] = ("date", "datetime")
# Both sides of a comparison are rounded to this many decimals, so that 0.07 * 100 is 7 here too.
DECIMALS = 9
DAY_US = 86_400_000_000
MINUTE_US = 60_000_000
DAY_MINUTES = 1440
# The far past and future: days that no calendar holds, but that survive being moved or turned into a datetime.
FAR_DAYS = 30_000_000
FARTHEST_REAL_DAY = 2_932_896  # 9999-12-31


@dataclass(frozen=True, slots=True)
class Point:
    """One value, null if unknown. `whole`: integers, on which float arithmetic is exact, so nothing needs rounding."""

    value: pl.Expr
    kind: Kind
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """Everything from low to high, both null if unknown; an end may be infinite (dates: FAR_DAYS)."""

    low: pl.Expr
    high: pl.Expr
    kind: Kind
    whole: bool = False


Value = Point | Interval

DTYPES: dict[Kind, pl.DataType] = {
    "yes_no": pl.Boolean(),
    "number": pl.Float64(),
    "percent": pl.Float64(),
    "duration": pl.Float64(),
    "text": pl.String(),
    "choice": pl.String(),
    "choices": pl.List(pl.String()),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
}


def constant(value: Known | None, kind: Kind) -> Point:
    match value:
        case None:
            return Point(pl.lit(None, dtype=DTYPES[kind]), kind)
        case bool() | str() | date():
            kind = "datetime" if isinstance(value, datetime) else "date" if isinstance(value, date) else kind
            return Point(pl.lit(value, dtype=DTYPES[kind]), kind)
        case Fraction():
            if value.denominator == 1 and abs(value) < 2**53:
                return Point(pl.lit(int(value), dtype=pl.Int64), kind, whole=True)
            return Point(pl.lit(float(value), dtype=pl.Float64), kind)
        case frozenset():
            return Point(pl.lit(pl.Series([sorted(value)], dtype=DTYPES["choices"])).first(), kind)


def far(sign: int, kind: Kind) -> pl.Expr:
    """The infinite end of a kind."""
    if kind == "date":
        return pl.lit(sign * FAR_DAYS, dtype=pl.Int32).cast(pl.Date)
    if kind == "datetime":
        return pl.lit(sign * FAR_DAYS * DAY_US, dtype=pl.Int64).cast(pl.Datetime("us"))
    return pl.lit(sign * float("inf"))


def is_far(end: pl.Expr, kind: Kind) -> pl.Expr:
    if kind in DATES:
        return end.cast(pl.Date).cast(pl.Int32).abs() > FARTHEST_REAL_DAY
    return end.cast(pl.Float64).is_infinite()


def spread(value: Value) -> Interval:
    if isinstance(value, Interval):
        return value
    return Interval(value.value, value.value, value.kind, value.whole)


def rounded(part: pl.Expr, whole: bool) -> pl.Expr:
    return part if whole else part.cast(pl.Float64).round(DECIMALS)


def is_point(span: Interval) -> pl.Expr:
    """Null where the interval is unknown."""
    if span.kind in DATES:
        return span.low == span.high
    return rounded(span.low, span.whole) == rounded(span.high, span.whole)


def point(value: Value) -> Point:
    """An interval that is a single point is that point, a wider one is unknown."""
    if isinstance(value, Point):
        return value
    return Point(pl.when(is_point(value)).then(value.low), value.kind, value.whole)


def each(value: Value, change: Callable[[pl.Expr], pl.Expr], kind: Kind, whole: bool) -> Value:
    """An increasing function applied end by end."""
    if isinstance(value, Point):
        return Point(change(value.value), kind, whole)
    return Interval(change(value.low), change(value.high), kind, whole)


def both(a: Value, b: Value, join: Callable[[pl.Expr, pl.Expr], pl.Expr], kind: Kind, whole: bool) -> Value:
    """A function that increases in both arguments, end by end."""
    if isinstance(a, Point) and isinstance(b, Point):
        return Point(join(a.value, b.value), kind, whole)
    left, right = spread(a), spread(b)
    low, high = join(left.low, right.low), join(left.high, right.high)
    # One end that has no value (beyond the calendar) leaves the whole without one.
    known = low.is_not_null() & high.is_not_null()
    return Interval(pl.when(known).then(low), pl.when(known).then(high), kind, whole)


# --- arithmetic ----------------------------------------------------------------------------------


def arith(op: ArithOp, a: Value, b: Value, kind: Kind) -> Value:
    whole = a.whole and b.whole
    match op:
        case "+":
            return both(a, b, lambda x, y: x + y, kind, whole)
        case "-":
            if isinstance(a, Point) and isinstance(b, Point):
                return Point(a.value - b.value, kind, whole)
            left, right = spread(a), spread(b)
            return Interval(left.low - right.high, left.high - right.low, kind, whole)
        case "*":
            if isinstance(a, Point) and isinstance(b, Point):
                return Point(_times(a.value, b.value), kind, whole)
            return _corners(spread(a), spread(b), _times, kind, whole)
        case "/":
            if isinstance(a, Point) and isinstance(b, Point):
                return Point(_over(a.value, pl.when(rounded(b.value, b.whole) != 0).then(b.value)), kind)
            right = spread(b)
            clear = (rounded(right.low, b.whole) > 0) | (rounded(right.high, b.whole) < 0)
            divisor = Interval(pl.when(clear).then(right.low), pl.when(clear).then(right.high), b.kind)
            return _corners(spread(a), divisor, _over, kind, whole=False)


def _times(x: pl.Expr, y: pl.Expr) -> pl.Expr:
    return x.cast(pl.Float64) * y.cast(pl.Float64)


def _over(x: pl.Expr, y: pl.Expr) -> pl.Expr:
    return x.cast(pl.Float64) / y.cast(pl.Float64)


def _corners(
    a: Interval, b: Interval, join: Callable[[pl.Expr, pl.Expr], pl.Expr], kind: Kind, whole: bool
) -> Interval:
    # 0 * inf and inf / inf have no value as floats; here they are 0. Either all corners are null or none is.
    corners = [join(x, y).fill_nan(0.0) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Interval(pl.min_horizontal(corners), pl.max_horizontal(corners), kind, whole)


def absolute(value: Value) -> Value:
    if isinstance(value, Point):
        return Point(value.value.abs(), value.kind, value.whole)
    low, high = value.low.cast(pl.Float64), value.high.cast(pl.Float64)
    # From 0 if it lies inside: the nearer end otherwise.
    near = pl.when(low >= 0).then(low).when(high <= 0).then(-high).when(low.is_not_null()).then(0.0)
    return Interval(near, pl.max_horizontal(-low, high), value.kind, value.whole)


def smaller(x: pl.Expr, y: pl.Expr) -> pl.Expr:
    """The horizontal minimum of Polars skips nulls; here a missing one leaves nothing."""
    return pl.when(holds("<=", x, y)).then(x).when(holds(">", x, y)).then(y)


def larger(x: pl.Expr, y: pl.Expr) -> pl.Expr:
    return pl.when(holds(">=", x, y)).then(x).when(holds("<", x, y)).then(y)


# --- comparisons ---------------------------------------------------------------------------------


def comparable(a: Value, b: Value) -> tuple[Value, Value]:
    """Both sides in the same measure: rounded numbers; days, unless both are datetimes."""
    if a.kind in DATES and b.kind in DATES:
        return (a, b) if a.kind == b.kind else (by_day(a), by_day(b))
    if a.kind in ("number", "percent", "duration") and not (a.whole and b.whole):
        return (
            each(a, lambda x: rounded(x, a.whole), a.kind, whole=True),
            each(b, lambda x: rounded(x, b.whole), b.kind, whole=True),
        )
    return a, b


def alike(values: Sequence[Value]) -> list[Value]:
    """One type for all: beside a date a datetime counts as its day."""
    if {value.kind for value in values} != {"date", "datetime"}:
        return list(values)
    return [by_day(value) for value in values]


def by_day(value: Value) -> Value:
    if value.kind == "date":
        return value
    return each(value, lambda x: x.cast(pl.Date), "date", whole=False)


def day(value: Value) -> pl.Expr:
    """The day of a date or datetime, null unless it is one point."""
    return spread(by_day(point(value))).low


def compare(op: CompareOp, a: Value, b: Value) -> pl.Expr:
    """True, false or null. Intervals are decided only if every choice of points in them agrees."""
    a, b = comparable(a, b)
    if isinstance(a, Point) and isinstance(b, Point):
        return holds(op, a.value, b.value)
    left, right = spread(a), spread(b)
    match op:
        case "<" | "<=":
            return _decided(holds(op, left.high, right.low), ~holds(op, left.low, right.high))
        case ">" | ">=":
            return _decided(holds(op, left.low, right.high), ~holds(op, left.high, right.low))
        case "=" | "!=":
            same = holds("=", left.low, left.high) & holds("=", right.low, right.high) & holds("=", left.low, right.low)
            apart = holds("<", left.high, right.low) | holds(">", left.low, right.high)
            return _decided(same, apart) if op == "=" else _decided(apart, same)


MIRRORED: dict[CompareOp, CompareOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def holds(op: CompareOp, x: pl.Expr, y: pl.Expr) -> pl.Expr:
    if not x.meta.root_names():
        # Polars 2.1 takes a constant against a column of one repeated value for a column of length 1.
        op, x, y = MIRRORED[op], y, x
    match op:
        case "=":
            return x == y
        case "!=":
            return x != y
        case "<":
            return x < y
        case "<=":
            return x <= y
        case ">":
            return x > y
        case ">=":
            return x >= y


def _decided(true: pl.Expr, false: pl.Expr) -> pl.Expr:
    return pl.when(true).then(True).when(false).then(False)
