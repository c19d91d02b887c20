"""Values of the language and the operations on them: points, intervals, three truths. Exact; a missing value is None."""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

from checker.expr import Kind, Value
from checker.model import WorkingDays

Truth = bool | None
INFINITY = math.inf
FIRST_DAY, LAST_DAY = date.min, date.max


@dataclass(frozen=True, slots=True)
class Interval:
    """All that a child function may still turn out to be, both ends included. Ends: numbers (maybe ±∞) or dates."""

    low: Fraction | float | date
    high: Fraction | float | date


Outcome = Value | Interval | None


def point(value: Outcome) -> Any:
    """The one value of an interval that is a point; a wider one is unknown."""
    if isinstance(value, Interval):
        return value.low if value.low == value.high and value.low not in (INFINITY, -INFINITY) else None
    return value


def ends(value: Outcome) -> tuple[Any, Any]:
    return (value.low, value.high) if isinstance(value, Interval) else (value, value)


def cell(value: object) -> object:
    """A cell of a frame → a value of the language. NaN is missing; numbers are exact."""
    match value:
        case bool() | str() | None:
            return value
        case int():
            return Fraction(value)
        case float():
            return None if value != value else Fraction(str(value))
        case list():
            return frozenset(v for v in value if v is not None)
    return value


# --- three truths (Kleene) ------------------------------------------------------------------------


def negation(truth: Truth) -> Truth:
    return None if truth is None else not truth


def conjunction(truths: list[Truth]) -> Truth:
    if False in truths:
        return False
    return None if None in truths else True


def disjunction(truths: list[Truth]) -> Truth:
    return negation(conjunction([negation(truth) for truth in truths]))


def combined(op: str, truths: list[Truth], count: int) -> Truth:
    """A group of conditions (A8)."""
    match op:
        case "all_of":
            return conjunction(truths)
        case "any_of":
            return disjunction(truths)
        case "none_of":
            return negation(disjunction(truths))
        case "when":
            return disjunction([negation(truths[0]), truths[1]])
        case "at_least":
            if truths.count(True) >= count:
                return True
            return False if truths.count(True) + truths.count(None) < count else None
    raise AssertionError(op)


# --- comparison -----------------------------------------------------------------------------------


def _less(a: Any, b: Any) -> bool:
    """date against datetime compares the day; ∞ is a float and compares with Fractions."""
    if isinstance(a, datetime) and not isinstance(b, datetime):
        a = a.date()
    elif isinstance(b, datetime) and not isinstance(a, datetime):
        b = b.date()
    return bool(a < b)


def compare(op: str, left: Any, right: Any) -> Truth:
    if left is None or right is None:
        return None
    (a, b), (c, d) = ends(left), ends(right)
    match op:
        case "<":
            return True if _less(b, c) else False if not _less(a, d) else None
        case ">=":
            return negation(compare("<", left, right))
        case ">":
            return compare("<", right, left)
        case "<=":
            return negation(compare("<", right, left))
        case "=":
            if isinstance(a, str | bool | frozenset):  # no order: a set that is no part of another differs from it
                return bool(a == c)
            if _less(b, c) or _less(d, a):
                return False
            same = not _less(a, b) and not _less(c, d) and not _less(a, c) and not _less(c, a)
            return True if same else None
    return negation(compare("=", left, right))


# --- arithmetic -----------------------------------------------------------------------------------


def arithmetic(op: str, left: Outcome, right: Outcome) -> Any:
    if left is None or right is None:
        return None
    (a, b), (c, d) = ends(left), ends(right)
    if op == "/" and not (c > 0 or d < 0):
        return None  # the divisor may be zero
    # Sums end by end: of the corners ∞ − ∞ would be one, which is nothing.
    match op:
        case "+":
            low, high = a + c, b + d
        case "-":
            low, high = a - d, b - c
        case _:
            corners = [_times(x, y) if op == "*" else _over(x, y) for x in (a, b) for y in (c, d)]
            low, high = min(corners), max(corners)
    return span(low, high) if _wide(left, right) else low


def _times(x: Any, y: Any) -> Any:
    return Fraction(0) if x == 0 or y == 0 else x * y  # also 0 × ∞


def _over(x: Any, y: Any) -> Any:
    return Fraction(0) if y in (INFINITY, -INFINITY) else x / y


def _wide(*values: Outcome) -> bool:
    return any(isinstance(value, Interval) for value in values)


def span(low: Any, high: Any) -> Interval:
    return Interval(low, high)


def monotone(function: Callable[..., Any], *values: Outcome) -> Any:
    """A function that grows with every argument: end by end."""
    if any(value is None for value in values):
        return None
    if not _wide(*values):
        return function(*values)
    return span(function(*(ends(v)[0] for v in values)), function(*(ends(v)[1] for v in values)))


def rounded(name: str) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        if x in (INFINITY, -INFINITY):
            return x
        assert isinstance(x, Fraction)
        if name == "ceil":
            return Fraction(math.ceil(x))
        if name == "floor":
            return Fraction(math.floor(x))
        away = Fraction(math.floor(abs(x) + Fraction(1, 2)))  # half away from zero
        return away if x >= 0 else -away

    return apply


def alike(kinds: set[Kind], values: list[Outcome]) -> list[Outcome]:
    """Beside a date a datetime counts as its day. The kinds are asked too: the date may be a missing one."""
    found = [end for value in values for end in ends(value)]
    if "date" in kinds or any(isinstance(end, date) and not isinstance(end, datetime) for end in found):
        return [monotone(day_of, value) for value in values]
    return values


def absolute(value: Outcome) -> Any:
    if value is None:
        return None
    low, high = ends(value)
    if not isinstance(value, Interval):
        return abs(low)
    if low <= 0 <= high:
        return span(Fraction(0), max(-low, high))
    return span(*sorted((abs(low), abs(high))))


# --- dates ----------------------------------------------------------------------------------------


def far(kind: Kind, day: date) -> date:
    """The end of `day` (or of time) in the kind of a date."""
    return datetime.combine(day, time.max) if kind == "datetime" else day


def difference(left: Outcome, right: Outcome) -> Any:
    """left − right in minutes."""
    if left is None or right is None:
        return None
    (a, b), (c, d) = ends(left), ends(right)
    if isinstance(left, Interval) or isinstance(right, Interval):
        return span(_minutes(a, d), _minutes(b, c))
    return _minutes(a, c)


def _minutes(left: Any, right: Any) -> Any:
    for end, sign in ((left, 1), (right, -1)):
        if isinstance(end, date) and day_of(end) in (FIRST_DAY, LAST_DAY):
            return INFINITY * (sign if day_of(end) == LAST_DAY else -sign)
    return minutes_between(left, right)


def minutes_between(left: Any, right: Any) -> Fraction:
    """left − right. A date beside a datetime makes both count as days; the far ends are infinite."""
    if isinstance(left, datetime) != isinstance(right, datetime):
        left = left.date() if isinstance(left, datetime) else left
        right = right.date() if isinstance(right, datetime) else right
    difference: timedelta = left - right
    return Fraction(difference.days * 1440) + Fraction(difference.seconds, 60)


def shifted(day: date, amount: Fraction, unit: str, calendar: WorkingDays | None) -> date | None:
    """day + amount × unit. None: outside the calendar of working days, or past the end of time."""
    try:
        match unit:
            case "minute":
                start = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
                return start + timedelta(minutes=float(amount))
            case "day":
                return day + timedelta(days=int(amount)) if amount.denominator == 1 else None
            case "month":
                return _months_on(day, int(amount)) if amount.denominator == 1 else None
            case "working_day":
                return _working_days_on(day, int(amount), calendar) if amount.denominator == 1 else None
    except (OverflowError, ValueError):
        return None
    raise AssertionError(unit)


def moved(item: Outcome, amount: Outcome, unit: str, calendar: WorkingDays | None) -> Outcome:
    """A date, or an interval end by end, + amount × unit. An infinite end stays, in the kind that moving gives."""
    steps = point(amount)
    if item is None or not isinstance(steps, Fraction):
        return None
    found: list[date | None] = []
    for end in ends(item):
        assert isinstance(end, date)
        if day_of(end) not in (FIRST_DAY, LAST_DAY):
            found.append(shifted(end, steps, unit, calendar))
        elif unit == "working_day":
            found.append(day_of(end))
        else:
            found.append(far("datetime", day_of(end)) if unit == "minute" else end)
    if None in found:
        return None
    return span(*found) if isinstance(item, Interval) else found[0]


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def day_of(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _working_days_on(moment: date, amount: int, calendar: WorkingDays | None) -> date | None:
    day = day_of(moment)
    if calendar is None or amount < 1 or not calendar.first <= day <= calendar.until:
        return None
    ahead = [working for working in calendar.days if working > day]
    return ahead[amount - 1] if amount <= len(ahead) else None


def working_days_between(start: date, end: date, calendar: WorkingDays | None) -> Fraction | None:
    """Working days after start, up to and including end."""
    a, b = day_of(start), day_of(end)
    if calendar is None or not (calendar.first <= a <= calendar.until and calendar.first <= b <= calendar.until):
        return None
    return Fraction(sum(a < day <= b for day in calendar.days) - sum(b < day <= a for day in calendar.days))


def age(born: date, on: date) -> Fraction:
    """Completed years."""
    a, b = day_of(born), day_of(on)
    return Fraction(b.year - a.year - ((b.month, b.day) < (a.month, a.day)))
