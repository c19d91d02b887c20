"""The expression tree: what compile produces and engines fold. Imports nothing of ours.

Every name is resolved, every type known. Desugared on the way here: ranges (`x in a..b`, `overlaps`) are
conjunctions of comparisons, `!=`/`not in`/`is missing` of yes/no kind keep their node or stand under Not,
definitions and `due` are inlined, durations are minutes, weeks are days, years are months.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Literal

# number: count, number and arithmetic (exact). duration: exact length of time in minutes.
Kind = Literal["yes_no", "number", "percent", "text", "choice", "choices", "date", "datetime", "duration"]

# What a constant or an evaluated point may be. A missing value is None.
Value = bool | Fraction | str | date | datetime | frozenset[str]

CompareOp = Literal["=", "!=", "<", "<=", ">", ">="]
ArithOp = Literal["+", "-", "*", "/"]
ShiftUnit = Literal["minute", "day", "month", "working_day"]
AggName = Literal["every", "any", "none", "count", "sum", "share", "latest", "earliest", "last"]
FunctionName = Literal["ceil", "floor", "round", "abs", "min", "max", "if", "age", "first_known", "working_days"]
ClockName = Literal["as_of", "period.start", "period.end", "period.name"]


@dataclass(frozen=True, slots=True)
class Const:
    """A known value, or None: a parameter without a value in force. `origin`: where it came from (`param.x`)."""

    value: Value | None
    kind: Kind
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the innermost record, or after `hops` (names of parent tables or linked tables, walked in order).

    `table` is the table where the field lives. A choice that is ordered carries its codes, low to high.
    """

    name: str
    kind: Kind
    table: str
    hops: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """A date (or name) that belongs to the run or to the period under judgement."""

    name: ClockName
    kind: Kind


@dataclass(frozen=True, slots=True)
class Param:
    """Not yet bound: param.x, phase.x.start, calendar.x.end … `bind` replaces it by a Const. `name` is the dotted name."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Not:
    item: Expr


@dataclass(frozen=True, slots=True)
class And:
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Both sides have comparable kinds. date against datetime compares days. Ordered choices compare by rank."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class OneOf:
    """`item in (…)`: one hit is true; no hit and something missing is unknown."""

    item: Expr
    options: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """`has` (all the codes) or `has any`; the item is of kind choices."""

    item: Expr
    codes: tuple[str, ...]
    any: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """True or false, never unknown. Of an interval: whether it is a point."""

    item: Expr


@dataclass(frozen=True, slots=True)
class Arith:
    """On numbers, percents (as fractions) and durations (in minutes). x / 0 is unknown."""

    op: ArithOp
    left: Expr
    right: Expr
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Diff:
    """date − date (or datetimes) in minutes. If one side is a date, both count as days."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Shift:
    """date + amount × unit. Months keep the day, clamped to the month's last. `minute` on a date makes a datetime.

    The n-th working day after the date; unknown outside the calendar.
    """

    item: Expr
    amount: Expr
    unit: ShiftUnit
    kind: Kind = "date"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of points (ceil … max also of intervals, end by end)."""

    name: FunctionName
    args: tuple[Expr, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Bracket:
    """low < or <= x < or <= high → value + add × steps. `per` 0: no steps.

    Steps begin at the lower bound: (x − low) / per, rounded up if `count_part`, else down.
    """

    low: Fraction | None
    low_inclusive: bool
    high: Fraction | None
    high_inclusive: bool
    value: Fraction
    per: Fraction = Fraction(0)
    add: Fraction = Fraction(0)
    count_part: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """scale.x(argument). Until `bound` it has no bands; bound without bands: no value in force, so unknown."""

    name: str
    argument: Expr
    kind: Kind
    brackets: tuple[Bracket, ...] = ()
    by_choice: tuple[tuple[str, Fraction], ...] = ()
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Agg:
    """A child function over the rows of `table` that belong to the innermost record.

    `where`, `body` and `by` are evaluated in the child row (hops start there). `by` (last only) is a date field.
    """

    name: AggName
    table: str
    where: Expr | None
    body: Expr | None
    kind: Kind
    by: Expr | None = None


Expr = (
    Const
    | Field
    | Clock
    | Param
    | Not
    | And
    | Or
    | Compare
    | OneOf
    | Has
    | Known
    | Arith
    | Diff
    | Shift
    | Call
    | Scale
    | Agg
)


def kind_of(expr: Expr) -> Kind:
    match expr:
        case Const() | Field() | Clock() | Param() | Arith() | Shift() | Call() | Scale() | Agg():
            return expr.kind
        case Diff():
            return "duration"
        case Not() | And() | Or() | Compare() | OneOf() | Has() | Known():
            return "yes_no"


def children(expr: Expr) -> tuple[Expr, ...]:
    """The direct parts, left to right (for an Agg: where, by, body: they live in the child row)."""
    match expr:
        case Const() | Field() | Clock() | Param():
            return ()
        case Not(item) | Known(item) | Has(item):
            return (item,)
        case And(items) | Or(items):
            return items
        case Compare(_, left, right) | Arith(_, left, right) | Diff(left, right):
            return (left, right)
        case OneOf(item, options):
            return (item, *options)
        case Shift(item, amount):
            return (item, amount)
        case Call(_, args):
            return args
        case Scale():
            return (expr.argument,)
        case Agg():
            return tuple(part for part in (expr.where, expr.by, expr.body) if part is not None)


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all that it is made of, left to right."""
    yield expr
    for part in children(expr):
        yield from walk(part)


def is_constant(expr: Expr) -> bool:
    """Whether the value is the same in all records and periods."""
    if isinstance(expr, Field | Agg | Param) or (isinstance(expr, Clock) and expr.name != "as_of"):
        return False
    return all(is_constant(part) for part in children(expr))


# These, Scale, OneOf and Has take an interval only when it is a single point; a wider one makes them unknown.
POINT_FUNCTIONS = ("age", "working_days")


def is_interval(expr: Expr) -> bool:
    """Whether the value may be an interval rather than a point: known before any record is seen."""
    match expr:
        case Agg():
            return expr.name in ("count", "sum", "share", "latest", "earliest")
        case Arith() | Diff() | Shift():
            return any(is_interval(part) for part in children(expr))
        case Call() if expr.name not in POINT_FUNCTIONS:
            return any(is_interval(part) for part in children(expr))
        case _:
            return False
