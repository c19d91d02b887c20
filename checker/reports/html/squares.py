"""The gap of one target → a square per record: filled for what fails, halved for what is deferred, empty for what is unknown."""

from __future__ import annotations

from dataclasses import dataclass

from checker.plan import TargetResult

# More than these nobody counts: a number takes their place.
MOST_SQUARES = 30


@dataclass(frozen=True, slots=True)
class Squares:
    failed: int
    deferred: int
    unknown: int

    @property
    def shown(self) -> bool:
        return self.failed + self.deferred + self.unknown <= MOST_SQUARES


def squares(target: TargetResult) -> Squares:
    return Squares(target.failed, target.deferred, target.unknown + target.missing)
