"""The frozen data of a life cycle: the states that a record passes through, each entered on a dated entry."""

from __future__ import annotations

from dataclasses import dataclass

from checker.errors import NOWHERE, Span, Text
from checker.model.condition import RawCondition

# The names of the conditions: of a state its own, with NEEDS after it; and LATE.
LATE, NEEDS = "*late", "*needs"


@dataclass(frozen=True, slots=True)
class State:
    """Entered on the day in field `on`, from one of the states `after` (none: at the start).

    `when`: whether the day is one of this state at all (None: always). `needs`: what must be shown for it to count.
    `settled`: nothing is left to do. `reported`: codes of the column in which the state is claimed that mean this one.
    """

    id: str
    name: Text
    on: str
    after: tuple[str, ...] = ()
    when: RawCondition | None = None
    needs: RawCondition | None = None
    settled: bool = False
    reported: tuple[str, ...] = ()
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """Of the records of `subject`. `late`: whether the time is over, as long as it is not settled."""

    subject: str
    clauses: tuple[str, ...]
    states: tuple[State, ...]
    reported_in: str = ""
    late: RawCondition | None = None
    span: Span = NOWHERE
