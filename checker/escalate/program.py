"""The ladder in plain terms: facts with values, rules that look for them. What both ways of working out measures understand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from checker.expr import CompareOp
from checker.network.patterns import Fact, Scalar

Truth = bool | None


@dataclass(frozen=True, slots=True)
class Constant:
    """Own `field` `op` a value."""

    field: str
    op: CompareOp
    value: Scalar


@dataclass(frozen=True, slots=True)
class Join:
    """Own `field` `op` the `other` field of the fact in the slot `at`, an earlier one that takes a single fact."""

    field: str
    op: CompareOp
    at: int
    other: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a rule for one fact of a kind, or (`at_least`) for so many, told apart by a field (else by themselves)."""

    kind: str
    tests: tuple[Constant, ...] = ()
    joins: tuple[Join, ...] = ()
    at_least: int | None = None
    distinct: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Facts that agree in the field `by`: every slot of `match` filled and no further fact that would fill one of `unless`.

    A fact that fills a slot alone is not looked at again for another slot."""

    name: str
    by: str
    match: tuple[Slot, ...]
    raises: str
    unless: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Head:
    """A measure that follows: from which rule, of which kind, about whom (the value of `by`)."""

    rule: str
    kind: str
    about: str


# What a measure that follows looks like to further rules; its id is that of no other fact.
Derive = Callable[[Head], Fact]
# Measure → ids of all facts that took part in a way to it.
Raised = Mapping[Head, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Program:
    """`strata`: rules in the order in which they must be completed, so that no absence is asked about too early."""

    strata: tuple[tuple[Rule, ...], ...] = ()


def holds(op: CompareOp, left: Scalar | None, right: Scalar | None) -> Truth:
    """Unknown as soon as one side is missing. Values that are compared have one type."""
    if left is None or right is None:
        return None
    match op:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right  # type: ignore[operator]
        case "<=":
            return left <= right  # type: ignore[operator]
        case ">":
            return left > right  # type: ignore[operator]
        case ">=":
            return left >= right  # type: ignore[operator]
