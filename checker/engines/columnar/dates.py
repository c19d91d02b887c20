"""Dates in columns → dates moved by an amount, and the lengths of time between them."""

from __future__ import annotations

import polars as pl

from checker.engines.columnar.values import (
    DAY_MINUTES,
    DAY_US,
    DECIMALS,
    DTYPES,
    MINUTE_US,
    Interval,
    Point,
    Value,
    by_day,
    is_far,
    point,
    smaller,
    spread,
)
from checker.expr import Kind, ShiftUnit
from checker.model import WorkingDays


def shift(date: Value, amount: Value, unit: ShiftUnit, calendar: WorkingDays | None) -> Value:
    """The amount is one point; an interval moves end by end, and an infinite end stays where it is."""
    kind: Kind = "datetime" if unit == "minute" else "date" if unit == "working_day" else date.kind
    count = point(amount).value.cast(pl.Float64)
    if unit != "minute":
        # Days, months and working days are counted whole.
        count = count.round(DECIMALS)
        count = pl.when(count == count.floor()).then(count).cast(pl.Int64)

    def move(day: pl.Expr) -> pl.Expr:
        moved = _moved(day, count, date.kind, unit, calendar)
        if isinstance(date, Point):
            return moved
        return pl.when(is_far(day, date.kind)).then(day.cast(DTYPES[kind])).otherwise(moved)

    if isinstance(date, Point):
        return Point(move(date.value), kind)
    low, high = move(date.low), move(date.high)
    # One end beyond the calendar leaves the whole without a value.
    known = low.is_not_null() & high.is_not_null()
    return Interval(pl.when(known).then(low), pl.when(known).then(high), kind)


def _moved(day: pl.Expr, count: pl.Expr, kind: Kind, unit: ShiftUnit, calendar: WorkingDays | None) -> pl.Expr:
    match unit:
        case "minute":
            moment = day.cast(pl.Datetime("us")).cast(pl.Int64)
            return (moment + (count * MINUTE_US).round().cast(pl.Int64)).cast(pl.Datetime("us"))
        case "day" if kind == "datetime":
            return (day.cast(pl.Int64) + count * DAY_US).cast(pl.Datetime("us"))
        case "day":
            return (day.cast(pl.Int32) + count.cast(pl.Int32)).cast(pl.Date)
        case "month" if kind == "datetime":
            time_of_day = day.cast(pl.Int64) - day.cast(pl.Date).cast(pl.Datetime("us")).cast(pl.Int64)
            moved = _month(day.cast(pl.Date), count).cast(pl.Datetime("us"))
            return (moved.cast(pl.Int64) + time_of_day).cast(pl.Datetime("us"))
        case "month":
            return _month(day, count)
        case "working_day":
            return _working_day(day, count, calendar)


def _month(day: pl.Expr, count: pl.Expr) -> pl.Expr:
    """The same day of a later month, or the last one of a month that is too short."""
    months = day.dt.year().cast(pl.Int64) * 12 + day.dt.month() - 1 + count
    first = pl.date(months.floordiv(12), months % 12 + 1, 1)
    return first.dt.replace(day=smaller(day.dt.day(), first.dt.month_end().dt.day()))


def _upto(day: pl.Expr, calendar: WorkingDays) -> pl.Expr:
    """How many working days of the calendar there are up to and with `day`; unknown outside it."""
    day = day.cast(pl.Date)
    count = pl.lit(pl.Series(calendar.days, dtype=pl.Date)).search_sorted(day, side="right").cast(pl.Int64)
    return pl.when(day.is_between(pl.lit(calendar.first), pl.lit(calendar.until))).then(count)


def _working_day(day: pl.Expr, count: pl.Expr, calendar: WorkingDays | None) -> pl.Expr:
    if calendar is None or not calendar.days:
        return pl.lit(None, dtype=pl.Date)
    days = pl.lit(pl.Series(calendar.days, dtype=pl.Date))
    at = _upto(day, calendar) + count - 1
    found = pl.when((count > 0) & at.is_between(0, len(calendar.days) - 1)).then(at)
    return days.gather(found, null_on_oob=True)


def working_days(start: Point, end: Point, calendar: WorkingDays | None) -> Point:
    """How many working days lie after the start up to and with the end."""
    if calendar is None:
        return Point(pl.lit(None, dtype=pl.Int64), "number", whole=True)
    return Point(_upto(end.value, calendar) - _upto(start.value, calendar), "number", whole=True)


def age(born: Point, on: Point) -> Point:
    """Completed years."""
    birthday = [x.value.dt.month().cast(pl.Int32) * 100 + x.value.dt.day() for x in (born, on)]
    years = on.value.dt.year() - born.value.dt.year() - (birthday[1] < birthday[0]).cast(pl.Int32)
    return Point(years.cast(pl.Int64), "number", whole=True)


def difference(later: Value, earlier: Value) -> Value:
    """In minutes; if one side is a date, both count as days."""
    whole = later.kind == "date" or earlier.kind == "date"
    if whole:
        later, earlier = by_day(later), by_day(earlier)

    def minutes(a: pl.Expr, b: pl.Expr) -> pl.Expr:
        if whole:
            return (a.cast(pl.Int32).cast(pl.Int64) - b.cast(pl.Int32).cast(pl.Int64)) * DAY_MINUTES
        return (a.cast(pl.Int64) - b.cast(pl.Int64)) / MINUTE_US

    def endless(a: pl.Expr, b: pl.Expr, infinity: float) -> pl.Expr:
        beyond = is_far(a, later.kind) | is_far(b, earlier.kind)
        return pl.when(beyond).then(infinity).otherwise(minutes(a, b).cast(pl.Float64))

    if isinstance(later, Point) and isinstance(earlier, Point):
        return Point(minutes(later.value, earlier.value), "duration", whole)
    a, b = spread(later), spread(earlier)
    inf = float("inf")
    return Interval(endless(a.low, b.high, -inf), endless(a.high, b.low, inf), "duration", whole)
