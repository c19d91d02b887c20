"""Facts with values and patterns of facts: all that a network is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from checker.expr import CompareOp

Scalar = bool | int | str | Fraction
SURE = "sure"
# Beyond 65,535 bytes a text is cut off in silence.
LONGEST_TEXT = 60_000


class Refused(Exception):
    """Outside what a network is known to do right."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`values`: only what is known. `sure` False: it may also turn out not to exist."""

    id: str
    kind: str
    values: Mapping[str, Scalar]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Atom:
    """`field` compared with a constant; or (`at` given) with a field of an earlier antecedent or of its own."""

    field: str
    op: CompareOp
    value: Scalar = ""
    at: int | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class Antecedent:
    """One fact of a kind. `present`, `absent`: fields that must be known, or must not be."""

    kind: str
    atoms: tuple[Atom, ...] = ()
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


Pattern = tuple[Antecedent, ...]
# The ids of the facts that match, in the order of the pattern; told with the pattern's name.
Match = tuple[str, ...]
OnMatch = Callable[[str, Match], None]


def can_tell(value: Scalar) -> bool:
    """Whether a network tells the value from every other."""
    match value:
        case bool():
            return True
        case int():
            return abs(value) < 2**62
        case str():
            return len(value.encode()) <= LONGEST_TEXT
    return False
