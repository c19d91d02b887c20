"""A field's value → what a network compares exactly: a text or a whole number; or nothing, if it cannot be told so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

from checker.engines.values import day_of
from checker.expr import Field
from checker.network.patterns import Scalar, can_tell

# Numbers are told in billionths: more decimals no engine compares.
PARTS = 10**9
# Days with room on both sides: moved by any term a rule may name, they stay in the calendar.
FIRST, LAST = date(1000, 1, 1).toordinal(), date(9000, 1, 1).toordinal()
_MICROSECONDS = 86_400 * 10**6


# rank: the place of an ordered choice; has: whether a code is among the choices.
How = Literal["value", "rank", "day", "moment", "has", "known"]


@dataclass(frozen=True, slots=True)
class Sight:
    """A field as one comparison looks at it. `code`: with `has`."""

    field: Field
    how: How
    code: str = ""


class Unstated(Exception):
    """A value that a network would not compare exactly."""


def stated(sight: Sight, value: object) -> Scalar | None:
    """None: there is nothing to compare, as with a missing value."""
    match sight.how, value:
        case "has", frozenset():
            return sight.code in value
        case "known", _:
            return None if value is None else True
        case "rank", str():
            return sight.field.order.index(value) if value in sight.field.order else None
        case "day", date():
            return _within(day_of(value).toordinal())
        case "moment", datetime():
            _within(value.toordinal())
            return moment(value)
        case _, bool():
            return value
        case _, str() if can_tell(value):
            return value
        case _, Fraction():
            number = whole(value)
            if number is None:
                raise Unstated
            return number
        case _, None:
            return None
    raise Unstated


def whole(value: Fraction) -> int | None:
    """A number in billionths, if that is exact."""
    parts = value * PARTS
    return int(parts) if parts.denominator == 1 and can_tell(int(parts)) else None


def moment(value: datetime) -> int:
    """Microseconds since the beginning of time."""
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return value.toordinal() * _MICROSECONDS + seconds * 10**6 + value.microsecond


def _within(day: int) -> int:
    if not FIRST <= day <= LAST:
        raise Unstated
    return day
