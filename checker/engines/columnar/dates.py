"""Dates in columns → dates moved by an amount, and the lengths of time between them."""

from __future__ import annotations

import polars as pl

from checker.engines.columnar.values import (
    DAY_MINUTES,
    DAY_US,
    MINUTE_US,
    Interval,
    Point,
    Value,
    both,
    by_day,
    is_far,
    smaller,
    spread,
)
from checker.expr import Kind, ShiftUnit
from checker.model import WorkingDays


def shift(date: Value, amount: Value, unit: ShiftUnit, calendar: WorkingDays | None) -> Value:
    """Later with a later date and with a larger amount, so an interval moves end by end; an infinite end stays."""
    kind: Kind = "datetime" if unit == "minute" else date.kind

    def move(day: pl.Expr, count: pl.Expr) -> pl.Expr:
        moved = _moved(day, count, date.kind, unit, calendar)
        if isinstance(date, Point):
            return moved
        stays = day.cast(pl.Datetime("us")) if kind == "datetime" else day
        return pl.when(is_far(day, date.kind)).then(stays).otherwise(moved)

    return both(date, amount, move, kind, whole=False)


def _moved(day: pl.Expr, count: pl.Expr, kind: Kind, unit: ShiftUnit, calendar: WorkingDays | None) -> pl.Expr:
    match unit:
        case "minute":
            return _later(day.cast(pl.Datetime("us")), count, MINUTE_US)
        case "day" if kind == "datetime":
            return _later(day, count, DAY_US)
        case "day":
            return (day.cast(pl.Int32) + _counted(count).cast(pl.Int32)).cast(pl.Date)
        case "month" if kind == "datetime":
            time_of_day = day.cast(pl.Int64) - day.cast(pl.Date).cast(pl.Datetime("us")).cast(pl.Int64)
            moved = _month(day.cast(pl.Date), _counted(count)).cast(pl.Datetime("us"))
            return (moved.cast(pl.Int64) + time_of_day).cast(pl.Datetime("us"))
        case "month":
            return _month(day, _counted(count))
        case "working_day":
            return _working_day(day, _counted(count), calendar)


def _later(moment: pl.Expr, count: pl.Expr, unit: int) -> pl.Expr:
    return (moment.cast(pl.Int64) + (count.cast(pl.Float64) * unit).round().cast(pl.Int64)).cast(pl.Datetime("us"))


def _counted(count: pl.Expr) -> pl.Expr:
    """Days and months are counted whole."""
    return count.cast(pl.Float64).round(9).floor().cast(pl.Int64)


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
    return days.gather(pl.when(at.is_between(0, len(calendar.days) - 1)).then(at), null_on_oob=True)


def working_days(start: Point, end: Point, calendar: WorkingDays | None) -> Point:
    """How many working days lie after the start up to and with the end."""
    if calendar is None:
        return Point(pl.lit(None, dtype=pl.Int64), "number", whole=True)
    return Point(_upto(end.value, calendar) - _upto(start.value, calendar), "number", whole=True)


def age(born: Point, on: Point) -> Point:
    """Completed years."""
    a, b = by_day(born), by_day(on)
    assert isinstance(a, Point)
    assert isinstance(b, Point)
    birthday = [day.value.dt.month().cast(pl.Int32) * 100 + day.value.dt.day() for day in (a, b)]
    years = b.value.dt.year() - a.value.dt.year() - (birthday[1] < birthday[0]).cast(pl.Int32)
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

    if isinstance(later, Point) and isinstance(earlier, Point):
        return Point(minutes(later.value, earlier.value), "duration", whole)
    a, b = spread(later), spread(earlier)
    return Interval(minutes(a.low, b.high), minutes(a.high, b.low), "duration", whole)
