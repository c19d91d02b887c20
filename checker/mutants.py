"""An obligation → the obligations that differ from it in one operator, number, date, field or condition.

What a rule's cases do not notice, nobody would notice: `cases.coverage` tries every mutant on them. A mutant's place names
it in the same way on every day, whatever the parameters of the day are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal

from checker.expr import (
    Agg,
    AggName,
    And,
    Arith,
    ArithOp,
    Call,
    Compare,
    CompareOp,
    Const,
    Diff,
    Expr,
    Field,
    FunctionName,
    Has,
    Known,
    Not,
    OneOf,
    Or,
    Scale,
    Shift,
    Value,
    kind_of,
)
from checker.model import Table
from checker.plan import Condition, Item, Obligation

COMPARED: dict[CompareOp, tuple[CompareOp, ...]] = {
    "=": ("!=",),
    "!=": ("=",),
    "<": ("<=", ">"),
    "<=": ("<", ">"),
    ">": (">=", "<"),
    ">=": (">", "<"),
}
GroupOp = Literal["all_of", "any_of", "none_of", "at_least", "when"]
GROUPED: dict[str, GroupOp] = {"all_of": "any_of", "any_of": "all_of", "none_of": "any_of"}
CALCULATED: dict[ArithOp, ArithOp] = {"+": "-", "-": "+", "*": "/", "/": "*"}
COUNTED: dict[AggName, AggName] = {
    "every": "any", "any": "every", "none": "any", "latest": "earliest", "earliest": "latest",
}  # fmt: skip
CALLED: dict[FunctionName, FunctionName] = {"min": "max", "max": "min", "ceil": "floor", "floor": "ceil"}
# Of a longer list every member would need a case of its own: a matter for the vocabulary, where such lists are defined.
LISTED = 3

Definitions = Mapping[str, Mapping[Expr, str]]
IN_DEFINITION = "define "


@dataclass(frozen=True, slots=True)
class Words:
    """What a pack calls things: its tables, and by table the named conditions as they stand written out."""

    tables: Mapping[str, Table]
    defined: Definitions

    def named(self, expr: Expr, table: str) -> str:
        """The definition that this part is, in a record of `table` or of one that the part looks up; or an empty text."""
        hops = _hops(expr)
        for steps in range(len(hops) + 1):
            owner = hops[steps - 1] if steps else table
            name = self.defined.get(owner, {}).get(_stripped(expr, steps))
            if name:
                return f"{owner}.{name}"
        return ""


@dataclass(frozen=True, slots=True)
class Change:
    """`place`: the same on every day; what lies in a definition has its name, whoever uses it. `part`: applies, number of
    the condition, due, done_on; `before` → `after` inside it."""

    place: str
    part: str
    before: Expr | None
    after: Expr | None


Found = tuple[Change, Expr]


def mutants(obligation: Obligation, words: Words) -> Iterator[tuple[Change, Obligation]]:
    table = obligation.subject
    if obligation.applies is not None:
        yield Change("applies-", "applies", obligation.applies.expr, None), replace(obligation, applies=None)
        for change, item in _of_item(obligation.applies, "applies", words, table):
            yield change, replace(obligation, applies=item)
    for change, require in _of_condition(obligation.require, "require", words, table):
        yield change, replace(obligation, require=require)
    if obligation.due is not None:
        yield Change("due-", "due", obligation.due, None), replace(obligation, due=None, done_on=None)
        for change, due in _of_expr(obligation.due, "due", "due", words, table):
            yield change, replace(obligation, due=due)
    if obligation.done_on is not None:
        yield Change("done_on-", "done_on", obligation.done_on.expr, None), replace(obligation, done_on=None)
        for change, item in _of_item(obligation.done_on, "done_on", words, table):
            yield change, replace(obligation, done_on=item)


def _of_item(item: Item, place: str, words: Words, table: str) -> Iterator[tuple[Change, Item]]:
    part = place if place in ("applies", "done_on") else item.name
    for change, expr in _of_expr(item.expr, place, part, words, table):
        yield change, replace(item, expr=expr)


def _of_condition(condition: Condition, place: str, words: Words, table: str) -> Iterator[tuple[Change, Condition]]:
    if isinstance(condition, Item):
        yield from _of_item(condition, place, words, table)
        return
    parts = condition.children
    other = GROUPED.get(condition.op)
    if other and (len(parts) > 1 or condition.op == "none_of"):
        yield Change(f"{place}!{other}", other, None, None), replace(condition, op=other)
    if condition.op == "at_least":
        for count in (condition.count - 1, condition.count + 1):
            yield (
                Change(f"{place}!{count - condition.count}", f"at_least {count}", None, None),
                replace(condition, count=count),
            )
    for at, part in enumerate(parts):
        if condition.op == "when" and at == 0:
            yield Change(f"{place}-0", "when", _first(part), None), parts[1]
        elif len(parts) > 1 and condition.op not in ("at_least", "when"):
            rest = (*parts[:at], *parts[at + 1 :])
            yield Change(f"{place}-{at}", _name(part), _first(part), None), replace(condition, children=rest)
        for change, changed in _of_condition(part, f"{place}.{at}", words, table):
            yield change, replace(condition, children=(*parts[:at], changed, *parts[at + 1 :]))


def _first(condition: Condition) -> Expr | None:
    return condition.expr if isinstance(condition, Item) else None


def _name(condition: Condition) -> str:
    return condition.name if isinstance(condition, Item) else condition.op


# --- expressions ---------------------------------------------------------------------------------


def _of_expr(expr: Expr, place: str, part: str, words: Words, table: str) -> Iterator[Found]:
    name = words.named(expr, table)
    if name:
        if kind_of(expr) == "yes_no":
            yield Change(f"{place}~not", part, expr, Not(expr)), Not(expr)
        place = f"{IN_DEFINITION}{name}"
    for number, other in enumerate(_own(expr, words)):
        yield Change(f"{place}~{number}", part, expr, other), other
    below = expr.table if isinstance(expr, Agg) else table
    for at, (inner, put) in enumerate(_parts(expr)):
        for change, changed in _of_expr(inner, f"{place}/{at}", part, words, below):
            yield change, put(changed)


def _hops(expr: Expr) -> tuple[str, ...]:
    """The hops of the first field, in the record where the expression stands."""
    if isinstance(expr, Field):
        return expr.hops
    if isinstance(expr, Agg):
        return ()
    return next((found for inner, _ in _parts(expr) if (found := _hops(inner))), ())


def _stripped(expr: Expr, steps: int) -> Expr:
    if not steps or isinstance(expr, Agg):
        return expr
    if isinstance(expr, Field):
        return replace(expr, hops=expr.hops[steps:])
    for at in range(len(list(_parts(expr)))):
        inner, put = list(_parts(expr))[at]
        expr = put(_stripped(inner, steps))
    return expr


def _own(expr: Expr, words: Words) -> Iterator[Expr]:
    """What may stand in place of this node itself."""
    match expr:
        case Const(value, kind):
            yield from (replace(expr, value=other) for other in _beside(value, kind))
        case Field():
            yield from _swapped(expr, words.tables)
            if expr.kind == "yes_no":
                yield Not(expr)
        case Scale():
            yield Arith("+", expr, Const(Fraction(1), "number"), expr.kind)
            yield Arith("-", expr, Const(Fraction(1), "number"), expr.kind)
        case Compare(op):
            yield from (replace(expr, op=other) for other in COMPARED[op])
        case Not(item):
            yield item
        case Known() | Has():
            yield Not(expr)
            if isinstance(expr, Has) and len(expr.codes) > 1:
                yield replace(expr, any=not expr.any)
        case OneOf(_, options):
            yield Not(expr)
            if 1 < len(options) <= LISTED:
                yield from (replace(expr, options=rest) for rest in _without_one(options))
        case And(items) | Or(items):
            yield Or(items) if isinstance(expr, And) else And(items)
            for rest in _without_one(items):
                yield rest[0] if len(rest) == 1 else replace(expr, items=rest)
        case Arith(op):
            yield replace(expr, op=CALCULATED[op])
        case Call(name, args):
            if name in CALLED:
                yield replace(expr, name=CALLED[name])
            elif name == "if":
                yield replace(expr, args=(args[0], args[2], args[1]))
            elif name == "first_known":
                yield replace(expr, args=tuple(reversed(args)))
        case Agg(name, _, where):
            if name in COUNTED:
                yield replace(expr, name=COUNTED[name])
            if where is not None:
                yield replace(expr, where=None)


def _without_one(items: Sequence[Expr]) -> list[tuple[Expr, ...]]:
    return [(*items[:at], *items[at + 1 :]) for at in range(len(items))]


def _beside(value: Value | None, kind: str) -> list[Value]:
    match value:
        case bool() | None | str():
            return []
        case Fraction() if kind == "percent":
            return [value - Fraction(1, 100), value + Fraction(1, 100)]
        case Fraction():
            return [value - 1, value + 1]
        case datetime():
            return [value - timedelta(minutes=1), value + timedelta(minutes=1)]
        case date():
            return [value - timedelta(days=1), value + timedelta(days=1)]
    return []


def _swapped(field: Field, tables: Mapping[str, Table]) -> Iterator[Expr]:
    """Another column of the same kind: one that a slip of the pen could reach."""
    table = tables.get(field.table)
    if table is None or field.name not in table.fields:
        return
    own = table.fields[field.name]
    taken = {table.key, *table.parents.values(), *table.links.values()}
    others = [
        other.id
        for other in table.fields.values()
        if other.type == own.type and other.id != own.id and other.choices == own.choices and other.id not in taken
    ]
    if others:
        yield replace(field, name=others[0])


Put = Callable[[Expr], Expr]


def _parts(expr: Expr) -> Iterator[tuple[Expr, Put]]:
    """The parts that may be changed by themselves, each with how it is put back."""
    match expr:
        case Not(item) | Known(item) | Has(item) | OneOf(item) | Shift(item):
            yield item, lambda new: replace(expr, item=new)
            if isinstance(expr, Shift):
                yield expr.amount, lambda new: replace(expr, amount=new)
        case And(items) | Or(items):
            for at, part in enumerate(items):
                yield part, lambda new, at=at: replace(expr, items=(*items[:at], new, *items[at + 1 :]))  # type: ignore[misc]
        case Compare(_, left, right) | Arith(_, left, right) | Diff(left, right):
            yield left, lambda new: replace(expr, left=new)
            yield right, lambda new: replace(expr, right=new)
        case Call(_, args):
            for at, part in enumerate(args):
                yield part, lambda new, at=at: replace(expr, args=(*args[:at], new, *args[at + 1 :]))  # type: ignore[misc]
        case Scale():
            yield expr.argument, lambda new: replace(expr, argument=new)
        case Agg(where=where, body=body, by=by):
            for name, inner in (("where", where), ("body", body), ("by", by)):
                if inner is not None:
                    yield inner, lambda new, name=name: replace(expr, **{name: new})  # type: ignore[misc]
