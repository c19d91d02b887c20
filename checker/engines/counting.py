"""Counted child rows + their register → the value of a child function; a number + a scale → its band's value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from checker.engines.values import INFINITY, Outcome, Truth, negation, span
from checker.expr import Bracket, Scale, Value
from checker.model import WhenEmpty


@dataclass(frozen=True, slots=True)
class Register:
    """How far the rows received for a parent can be taken for all there are."""

    complete: bool
    missing: float  # at most; ∞ if nobody can say

    @classmethod
    def of(cls, n: int, declared: object, returned: bool, when_empty: WhenEmpty) -> Register:
        """Of a parent with n rows: a declared number decides, then whether a return is due, then the table's habit."""
        if isinstance(declared, Fraction):
            return cls(n >= declared, max(float(declared) - n, 0))
        if returned and (when_empty == "zero" or (when_empty == "unknown" and n > 0)):
            return cls(True, 0)
        return cls(False, INFINITY)


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows of a child function by (membership, body), and the register they came from."""

    counts: Mapping[tuple[Truth, Truth], int]
    register: Register

    def n(self, *kinds: tuple[Truth, Truth]) -> int:
        return sum(self.counts.get(kind, 0) for kind in kinds)

    @property
    def sure(self) -> int:
        """Rows that surely belong."""
        return self.n((True, True), (True, False), (True, None))

    @property
    def unclear(self) -> int:
        """Rows whose membership or body is unknown."""
        return self.n((True, None), (None, True), (None, False), (None, None))

    @property
    def empty(self) -> bool:
        """Nothing belongs, and nothing could."""
        return self.register.complete and not any(self.counts.values())

    def value(self, name: str) -> Outcome:
        true, complete, missing = self.n((True, True)), self.register.complete, self.register.missing
        perhaps = self.n((True, None), (None, True), (None, None))
        match name:
            case "any" | "none":
                found = True if true else False if complete and not perhaps else None
                return found if name == "any" else negation(found)
            case "every":
                counter = self.n((True, False))
                doubt = self.n((True, None), (None, False), (None, None))
                return False if counter else True if complete and not doubt else None
            case "count":
                high = true + perhaps + missing
                return span(Fraction(true), INFINITY if high == INFINITY else Fraction(high))
            case "share":
                return self._share()
        raise AssertionError(name)

    def _share(self) -> Outcome:
        a, b, w = self.n((True, True)), self.n((True, False)), self.n((True, None))
        c, d, e = self.n((None, True)), self.n((None, False)), self.n((None, None))
        if a + b + w == 0:
            return None
        if self.register.missing == INFINITY:
            return span(Fraction(0), Fraction(1))
        e += int(self.register.missing)
        return span(Fraction(a, a + b + w + d + e), Fraction(a + w + c + e, a + b + w + c + e))


def scaled(scale: Scale, value: Value | None) -> Fraction | None:
    if isinstance(value, str):
        return dict(scale.by_choice).get(value)
    if not isinstance(value, Fraction):
        return None
    bracket = next((b for b in scale.brackets if _in_bracket(b, value)), None)
    if bracket is None:
        return None
    if not bracket.per:
        return bracket.value
    steps = (value - (bracket.low or 0)) / bracket.per
    whole = math.ceil(steps) if bracket.count_part else math.floor(steps)
    return bracket.value + bracket.add * whole


def _in_bracket(bracket: Bracket, value: Fraction) -> bool:
    above = bracket.low is None or value > bracket.low or (bracket.low_inclusive and value == bracket.low)
    below = bracket.high is None or value < bracket.high or (bracket.high_inclusive and value == bracket.high)
    return above and below
