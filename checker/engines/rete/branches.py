"""A condition → the ways in which one record makes it true, and those in which it makes it false; or why it has none to tell.

Each way is a list of comparisons that all hold, so a missing value makes no way hold: where neither a way to true nor one to
false does, the condition is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

from checker.engines.rete.sights import FIRST, LAST, How, Sight, moment, whole
from checker.engines.values import compare, day_of
from checker.engines.world import Record, World
from checker.errors import Text
from checker.expr import (
    Agg,
    And,
    Call,
    Clock,
    Compare,
    CompareOp,
    Const,
    Diff,
    Expr,
    Field,
    Has,
    Known,
    Not,
    OneOf,
    Or,
    Shift,
    is_constant,
    walk,
)
from checker.network.patterns import Scalar, can_tell
from checker.plan import Condition, Item

# More ways than these cost more than they tell.
MOST_WAYS = 64
NEGATED: dict[CompareOp, CompareOp] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
FLIPPED: dict[CompareOp, CompareOp] = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

CALCULATED = Text("先要算出一个值再比较", "a value has to be worked out first")
BY_PERIOD = Text("随期次而变", "changes with the period")
NO_VALUE = Text("所用的数值当日没有规定", "a value that it uses is not laid down on the day")
TOO_MANY = Text("情形组合太多", "too many combinations")


class Uncovered(Exception):
    """Nothing that durable-rules decides soundly; `why` in the words of those who write rules."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Test:
    """What is seen, compared with a constant or with something else that is seen."""

    sight: Sight
    op: CompareOp
    value: Scalar | Sight


@dataclass(frozen=True, slots=True)
class Told:
    """Whether there is a value at all."""

    sight: Sight
    there: bool


Way = tuple[Test | Told, ...]
Ways = tuple[Way, ...]
ALWAYS: Ways = ((),)


class Branches:
    """`world`: what constants mean; no record of it is looked at."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, condition: Condition) -> tuple[Ways, Ways]:
        """(ways to true, ways to false)."""
        return self._condition(condition, True), self._condition(condition, False)

    def _condition(self, condition: Condition, want: bool) -> Ways:
        if isinstance(condition, Item):
            return self._expr(condition.expr, want)
        parts = condition.children
        match condition.op:
            case "all_of":
                return _joined([self._condition(part, want) for part in parts], want)
            case "any_of":
                return _joined([self._condition(part, want) for part in parts], not want)
            case "none_of":
                return _joined([self._condition(part, not want) for part in parts], want)
            case "when":
                return _joined([self._condition(parts[0], not want), self._condition(parts[1], want)], not want)
            case "at_least":
                enough = condition.count if want else len(parts) - condition.count + 1
                if comb(len(parts), enough) > MOST_WAYS:
                    raise Uncovered(TOO_MANY)
                ways = [self._condition(part, want) for part in parts]
                return _joined([_joined(chosen, True) for chosen in combinations(ways, enough)], False)

    def _expr(self, expr: Expr, want: bool) -> Ways:
        if is_constant(expr):
            return ALWAYS if self._constant(expr) is want else ()
        match expr:
            case Field():
                return _one(Test(Sight(expr, "value"), "=", want))
            case Not(item):
                return self._expr(item, not want)
            case And(items):
                return _joined([self._expr(item, want) for item in items], want)
            case Or(items):
                return _joined([self._expr(item, want) for item in items], not want)
            case Compare(op, left, right):
                return self._compare(op if want else NEGATED[op], left, right)
            case OneOf(item, options):
                op = "=" if want else "!="
                return _joined([self._compare(op, item, option) for option in options], not want)
            case Has(Field() as field, codes, some):
                tests = [_one(Test(Sight(field, "has", code), "=", want)) for code in codes]
                return _joined(tests, want is not some)
            case Known(Field() as field):
                return _one(Told(Sight(field, "known"), want))
        raise Uncovered(self._why(expr))

    def _compare(self, op: CompareOp, left: Expr, right: Expr) -> Ways:
        if is_constant(left):
            left, right, op = right, left, FLIPPED[op]
        if is_constant(left):
            return ALWAYS if compare(op, self._constant(left), self._constant(right)) else ()
        if is_constant(right):
            value = self._constant(right)
            if isinstance(value, bool):
                return self._expr(left, (op == "=") is value)
            if isinstance(left, Field):
                return _one(_with_value(left, op, value))
            return self._by_day(op, left, value)
        if isinstance(left, Field) and isinstance(right, Field):
            return _one(_with_each_other(left, op, right))
        raise Uncovered(self._why(Compare(op, left, right)))

    def _why(self, expr: Expr) -> Text:
        """What stands in the way, the weightiest first."""
        parts = list(walk(expr))
        below = next((self._world.tables[part.table].label for part in parts if isinstance(part, Agg)), None)
        if below is not None:
            return Text(f"要看下属的{below.zh}记录", f"looks at records below it ({below.en})")
        if any(isinstance(part, Clock) and part.name != "as_of" for part in parts):
            return BY_PERIOD
        return CALCULATED

    # --- what is the same for all records

    def _constant(self, expr: Expr) -> Any:
        value = self._world.value(expr, Record("", 0, {}))
        if value is None:
            raise Uncovered(NO_VALUE)
        return value

    # --- dates that are moved

    def _by_day(self, op: CompareOp, expr: Expr, value: object) -> Ways:
        """A date moved by a fixed term, or an age, against a constant: the day in the record from which on it is so."""
        found = _slope(expr)
        if found is None or found[0].kind != "date":
            raise Uncovered(self._why(expr))
        field, rising = found
        for end in (FIRST, LAST):
            self._constant(_on(expr, end))
        op = op if rising else FLIPPED[op]
        reaches, passes = (self._first_day(expr, holds if rising else FLIPPED[holds], value) for holds in (">=", ">"))
        day = Sight(field, "day")
        from_then, before = Test(day, ">=", reaches), Test(day, "<", reaches)
        after, until_then = Test(day, ">=", passes), Test(day, "<", passes)
        match op:
            case ">=":
                return _one(from_then)
            case "<":
                return _one(before)
            case ">":
                return _one(after)
            case "<=":
                return _one(until_then)
            case "=":
                return ((from_then, until_then),)
            case "!=":
                return ((before,), (after,))

    def _first_day(self, expr: Expr, op: CompareOp, value: object) -> int:
        """From this day on `expr` `op` `value` holds, before it does not."""
        low, high = FIRST, LAST + 1
        while low < high:
            middle = (low + high) // 2
            if compare(op, self._constant(_on(expr, middle)), value):
                high = middle
            else:
                low = middle + 1
        return low


# --- ways -----------------------------------------------------------------------------------------


def _one(literal: Test | Told) -> Ways:
    return ((literal,),)


def _joined(parts: Sequence[Ways], together: bool) -> Ways:
    """Ways in which all parts come about, or any of them."""
    found: Iterable[Way] = ()
    if together:
        found = ((),)
        for ways in parts:
            found = _few((*before, *way) for before in found for way in ways)
    else:
        found = _few(way for ways in parts for way in ways)
    return tuple(dict.fromkeys(tuple(dict.fromkeys(way)) for way in found))


def _few(ways: Iterable[Way]) -> list[Way]:
    found: list[Way] = []
    for way in ways:
        if len(found) == MOST_WAYS:
            raise Uncovered(TOO_MANY)
        found.append(way)
    return found


# --- comparisons ----------------------------------------------------------------------------------


def _with_value(field: Field, op: CompareOp, value: object) -> Test:
    match field.kind, value:
        case "choice", str() if op not in ("=", "!=") and value in field.order:
            return Test(Sight(field, "rank"), op, field.order.index(value))
        case "choice" | "text", str() if op in ("=", "!=") and can_tell(value):
            return Test(Sight(field, "value"), op, value)
        case "number" | "percent", Fraction() if (number := whole(value)) is not None:
            return Test(Sight(field, "value"), op, number)
        case "datetime", datetime():
            return Test(Sight(field, "moment"), op, moment(value))
        case "date" | "datetime", date():
            return Test(Sight(field, "day"), op, day_of(value).toordinal())
    raise Uncovered(CALCULATED)


def _with_each_other(left: Field, op: CompareOp, right: Field) -> Test:
    kinds = {left.kind, right.kind}
    if kinds <= {"number", "percent"} or (op in ("=", "!=") and kinds <= {"text", "choice", "yes_no"}):
        return Test(Sight(left, "value"), op, Sight(right, "value"))
    if kinds <= {"date", "datetime"}:
        how: How = "moment" if kinds == {"datetime"} else "day"
        return Test(Sight(left, how), op, Sight(right, how))
    if kinds == {"choice"} and left.order == right.order:
        return Test(Sight(left, "rank"), op, Sight(right, "rank"))
    raise Uncovered(CALCULATED)


# --- expressions ----------------------------------------------------------------------------------


def _slope(expr: Expr) -> tuple[Field, bool] | None:
    """The one date that decides the value, and whether the value rises with it; None for whatever else there is."""
    match expr:
        case Field():
            return expr, True
        case Shift(item, amount, unit) if unit != "working_day" and is_constant(amount):
            return _slope(item)
        case Call("age", (left, right)):
            return _difference(right, left)
        case Diff(left, right):
            return _difference(left, right)
    return None


def _difference(rising: Expr, falling: Expr) -> tuple[Field, bool] | None:
    if is_constant(falling):
        return _slope(rising)
    found = _slope(falling) if is_constant(rising) else None
    return None if found is None else (found[0], not found[1])


def _on(expr: Expr, day: int) -> Expr:
    """The same with this day in the place of the field."""
    match expr:
        case Field():
            return Const(date.fromordinal(day), "date")
        case Shift(item):
            return replace(expr, item=_on(item, day))
        case Call(_, args):
            return replace(expr, args=tuple(_on(part, day) for part in args))
        case Diff(left, right):
            return replace(expr, left=_on(left, day), right=_on(right, day))
    return expr
