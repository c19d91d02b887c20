"""A rule of the program → patterns of joined facts: all that a network is asked for. Counting and absence are worked out on the matches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from checker.escalate.program import Constant, Join, Rule, Slot
from checker.network.patterns import SURE, Antecedent, Atom, Pattern, Refused

# Ways in which an unknown may leave a fact possible, all written out.
MOST_VARIANTS = 64


@dataclass(frozen=True, slots=True)
class RulePatterns:
    """`single`: the facts that each fill a slot alone, "" if there is none. Each of `counted` and `unwanted` has them first, and
    one fact more: one that counts for a slot, or one that must not be there."""

    rule: Rule
    single: str
    counted: tuple[tuple[str, Slot], ...]
    unwanted: tuple[str, ...]
    patterns: Mapping[str, Pattern]


def patterns_of(rule: Rule, name: str) -> RulePatterns:
    """`name` is the rule's own among all rules."""
    places = {place: at for at, place in enumerate(p for p, slot in enumerate(rule.match) if slot.at_least is None)}
    singles = tuple(_surely(rule, rule.match[place], places, at) for place, at in places.items())
    found: dict[str, Pattern] = {name: singles} if singles else {}
    counted = []
    for place, slot in enumerate(rule.match):
        if slot.at_least is not None:
            counted.append((f"{name}.n{place}", slot))
            found[counted[-1][0]] = (*singles, _surely(rule, slot, places, len(singles)))
    unwanted = []
    for place, slot in enumerate(rule.unless):
        for variant, pattern in enumerate(_perhaps(rule, slot, places, singles)):
            unwanted.append(f"{name}.u{place}.{variant}")
            found[unwanted[-1]] = pattern
    return RulePatterns(rule, name if singles else "", tuple(counted), tuple(unwanted), found)


def _surely(rule: Rule, slot: Slot, places: Mapping[int, int], at: int) -> Antecedent:
    atoms = (Atom(SURE, "=", True), *map(_test, slot.tests), *(_join(join, places) for join in slot.joins))
    present = (rule.by, slot.distinct) if slot.distinct else (rule.by,)
    return Antecedent(slot.kind, (*atoms, *_together(rule, at)), present)


def _perhaps(rule: Rule, slot: Slot, places: Mapping[int, int], singles: Pattern) -> Iterator[Pattern]:
    """Everything that is not known to be otherwise: each comparison holds, or one side of it is not known."""
    choices: list[Sequence[Constant | Join | tuple[int | None, str]]] = []
    choices += [(test, (None, test.field)) for test in slot.tests]
    choices += [(join, (None, join.field), (places[join.at], join.other)) for join in slot.joins]
    number = 1
    for choice in choices:
        number *= len(choice)
    if number > MOST_VARIANTS:
        raise Refused("too many ways to be unknown")
    for chosen in product(*choices):
        atoms: list[Atom] = list(_together(rule, len(singles)))
        absent: list[str] = []
        before = list(singles)
        for part in chosen:
            match part:
                case Constant():
                    atoms.append(_test(part))
                case Join():
                    atoms.append(_join(part, places))
                case (None, str() as field):
                    absent.append(field)
                case (int() as at, str() as field):
                    before[at] = replace(before[at], absent=(*before[at].absent, field))
        yield (*before, Antecedent(slot.kind, tuple(atoms), (rule.by,), tuple(dict.fromkeys(absent))))


def _together(rule: Rule, at: int) -> tuple[Atom, ...]:
    """All facts of a rule belong to one record."""
    return (Atom(rule.by, "=", at=0, other=rule.by),) if at else ()


def _test(test: Constant) -> Atom:
    return Atom(test.field, test.op, test.value)


def _join(join: Join, places: Mapping[int, int]) -> Atom:
    return Atom(join.field, join.op, at=places[join.at], other=join.other)
