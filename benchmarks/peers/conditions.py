"""A condition on one record, as a tree of comparisons, all and any → its opposite, and the fields that it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not in", "not in": "in"}


@dataclass(frozen=True, slots=True)
class Of:
    """Another field of the same record."""

    field: str


Value = bool | int | float | str | date | tuple[str, ...] | Of


@dataclass(frozen=True, slots=True)
class Leaf:
    """`field op value`. `written`: the same, as policy staff would write it, where that differs."""

    field: str
    op: str
    value: Value
    written: str = ""


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


Condition = Leaf | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Duty:
    """One rule: to whom it applies, what it asks, by when."""

    id: str
    applies: Condition
    require: Condition
    due: date


def opposite(condition: Condition) -> Condition:
    """True where the condition is false, and unknown where it is unknown."""
    match condition:
        case Leaf():
            return replace(condition, op=OPPOSITE[condition.op], written="")
        case AllOf(parts):
            return AnyOf(tuple(map(opposite, parts)))
        case AnyOf(parts):
            return AllOf(tuple(map(opposite, parts)))


def leaves(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
    else:
        for part in condition.parts:
            yield from leaves(part)


def fields(leaf: Leaf) -> tuple[str, ...]:
    return (leaf.field, leaf.value.field) if isinstance(leaf.value, Of) else (leaf.field,)


def read(*conditions: Condition) -> list[str]:
    """The fields that they read, each once."""
    return list(dict.fromkeys(name for each in conditions for leaf in leaves(each) for name in fields(leaf)))
