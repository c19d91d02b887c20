"""The frozen data of states: the course of one record with what does not fit, and how many of a unit are where. Types only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

# jumped: the day is there, but the states that it comes after were never reached. unshown: the day is there, the rest is not
# known. refused: the day is there, what it asks for besides does not hold. claimed: more is reported than is shown.
Doubt = Literal["jumped", "unshown", "refused", "claimed"]


@dataclass(frozen=True, slots=True)
class Step:
    state: str
    day: date


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one record. `steps`: the states that it went through, the last one being where it is. `late`: None if unknown."""

    row: int
    steps: tuple[Step, ...]
    doubts: tuple[tuple[Doubt, str], ...]  # and the state that it is about
    late: bool | None

    @property
    def state(self) -> str:
        return self.steps[-1].state if self.steps else ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one unit (or all, `unit` empty): how many are in each state, are late or may be, are in doubt; and the rates.

    `settled` counts what is shown, `reported` what is claimed.
    """

    unit: str
    n: int
    states: Mapping[str, int]
    settled: int
    reported: int
    late: int
    perhaps_late: int
    doubts: Mapping[Doubt, int]
