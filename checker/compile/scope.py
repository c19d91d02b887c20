"""Names of a pack → what they mean from where: fields, definitions, ancestors, links, choices; did you mean …?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import assert_never

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
    Kind,
    Known,
    Not,
    OneOf,
    Or,
    Param,
    Scale,
    Shift,
)
from checker.lexicon import KEYWORD_OF
from checker.model import Choice, Definition, FieldDef, Pack, Table

KIND_OF_TYPE: dict[str, Kind] = {
    "text": "text",
    "yes_no": "yes_no",
    "count": "number",
    "number": "number",
    "percent": "percent",
    "date": "date",
    "datetime": "datetime",
    "choice": "choice",
    "choices": "choices",
}
RECEIVED_ON = Field("received_on", "date", "")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a name stands: the tables from the subject (first) to the innermost record (last)."""

    tables: tuple[str, ...]

    @property
    def table(self) -> str:
        return self.tables[-1]

    def inside(self, child: str) -> Scope:
        return Scope((*self.tables, child))

    @property
    def way_up(self) -> tuple[str, ...]:
        """Hops from the innermost record to the subject."""
        return tuple(reversed(self.tables[:-1]))


def field_named(table: Table, word: str) -> FieldDef | None:
    found = table.fields.get(word)
    if found is not None:
        return found
    return next((f for f in table.fields.values() if word in f.name), None)


def definition_named(table: Table, word: str) -> Definition | None:
    found = table.define.get(word)
    if found is not None:
        return found
    return next((d for d in table.define.values() if word in d.name), None)


def table_named(pack: Pack, word: str) -> Table | None:
    found = pack.tables.get(word)
    if found is not None:
        return found
    return next((t for t in pack.tables.values() if word == t.label.zh), None)


def choice_named(field: FieldDef, word: str) -> Choice | None:
    return next((c for c in field.choices if word == c.code or word in c.label or word in c.aliases), None)


def choice_field(pack: Pack, field: Field) -> FieldDef | None:
    """The declaration behind a field node."""
    table = pack.tables.get(field.table)
    return table.fields.get(field.name) if table else None


def node(table: Table, found: FieldDef, hops: tuple[str, ...]) -> Field:
    order = tuple(c.code for c in found.choices) if found.ordered else ()
    return Field(found.id, KIND_OF_TYPE[found.type], table.id, hops, order)


def way_to(pack: Pack, start: str, goal: str) -> tuple[str, ...] | None:
    """Hops from a record of `start` to itself, an ancestor or a linked record in `goal`; None if there is no way."""
    frontier: list[tuple[str, ...]] = [()]
    seen = {start}
    while frontier:
        following: list[tuple[str, ...]] = []
        for way in frontier:
            here = way[-1] if way else start
            if here == goal:
                return way
            for parent in pack.tables[here].parents:
                if parent not in seen:
                    seen.add(parent)
                    following.append((*way, parent))
        frontier = following
    if goal in pack.tables[start].links:
        return (goal,)
    return None


def rebase(expr: Expr, hops: tuple[str, ...]) -> Expr | None:
    """The same expression seen from a record `hops` below; None if it holds a child function (that would reach sideways)."""
    if not hops:
        return expr
    match expr:
        case Field():
            return Field(expr.name, expr.kind, expr.table, hops + expr.hops, expr.order)
        case Not(item):
            moved = rebase(item, hops)
            return None if moved is None else Not(moved)
        case Known(item):
            moved = rebase(item, hops)
            return None if moved is None else Known(moved)
        case Has(item, codes, some):
            moved = rebase(item, hops)
            return None if moved is None else Has(moved, codes, some)
        case And(items):
            parts = _rebased(items, hops)
            return None if parts is None else And(parts)
        case Or(items):
            parts = _rebased(items, hops)
            return None if parts is None else Or(parts)
        case Compare(op, left, right):
            parts = _rebased((left, right), hops)
            return None if parts is None else Compare(op, *parts)
        case Arith(arith, left, right, kind):
            parts = _rebased((left, right), hops)
            return None if parts is None else Arith(arith, parts[0], parts[1], kind)
        case Diff(left, right):
            parts = _rebased((left, right), hops)
            return None if parts is None else Diff(*parts)
        case OneOf(item, options):
            parts = _rebased((item, *options), hops)
            return None if parts is None else OneOf(parts[0], parts[1:])
        case Shift(item, amount, unit, kind):
            parts = _rebased((item, amount), hops)
            return None if parts is None else Shift(parts[0], parts[1], unit, kind)
        case Call(name, args, kind):
            parts = _rebased(args, hops)
            return None if parts is None else Call(name, parts, kind)
        case Scale():
            moved = rebase(expr.argument, hops)
            if moved is None:
                return None
            return Scale(expr.name, moved, expr.kind, expr.brackets, expr.by_choice, expr.bound)
        case Agg():
            return None
        case Const() | Clock() | Param():
            return expr
    assert_never(expr)


def _rebased(items: tuple[Expr, ...], hops: tuple[str, ...]) -> tuple[Expr, ...] | None:
    moved = tuple(rebase(item, hops) for item in items)
    return None if any(m is None for m in moved) else tuple(m for m in moved if m is not None)


# --- did you mean …? ------------------------------------------------------------------------------

CONFUSABLE = str.maketrans({"己": "已", "巳": "已", "末": "未", "Ｏ": "O", "０": "0"})


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` most likely stands for: same but for confusable characters, or nearly the same."""
    candidates = list(dict.fromkeys(known))
    plain = word.translate(CONFUSABLE)
    for candidate in candidates:
        if candidate.translate(CONFUSABLE) == plain:
            return candidate
    near = get_close_matches(word, candidates, n=1, cutoff=0.6)
    return near[0] if near else None


def spaced(word: str, known: Iterable[str]) -> str | None:
    """`学段属于` → `学段 属于`: an unknown name that contains a word of the language."""
    names = set(known)
    for keyword in sorted(KEYWORD_OF, key=len, reverse=True):
        at = word.find(keyword)
        if at >= 0 and not keyword.isascii() and (word[:at] in names or word[at + len(keyword) :] in names):
            return " ".join(part for part in (word[:at], keyword, word[at + len(keyword) :]) if part)
    for keyword in ("不属于", "属于", "包含任一", "包含"):
        if word.endswith(keyword) and word != keyword:
            return f"{word.removesuffix(keyword)} {keyword}"
    return None


def names_of(table: Table) -> Iterator[str]:
    for found in table.fields.values():
        yield from dict.fromkeys((found.id, *found.name))
    for definition in table.define.values():
        yield from dict.fromkeys((definition.id, *definition.name))


def _all_names(pack: Pack) -> Iterator[str]:
    for table in pack.tables.values():
        yield table.id
        yield table.label.zh
        yield from names_of(table)
        for found in table.fields.values():
            for choice in found.choices:
                yield choice.code
                yield from choice.label
                yield from choice.aliases
    for group in (pack.parameters, pack.scales):
        for parameter in group.values():
            yield parameter.id
            yield from parameter.name
    for name, text in pack.phase_names.items():
        yield name
        yield from text
    for calendar in pack.calendars.values():
        yield calendar.id
        yield from calendar.name


class _ById:
    """A pack as a cache key: by identity, because its maps do not hash."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return id(self.pack)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.pack is self.pack


def scanner_names(pack: Pack) -> frozenset[str]:
    """Every name that the scanner must know to cut Chinese text."""
    return _names(_ById(pack))


@lru_cache(maxsize=8)
def _names(pack: _ById) -> frozenset[str]:
    return frozenset(name for name in _all_names(pack.pack) if name)
