"""A seed and a question → chance that is the same every time; and what a unit sends, table by table."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from places import Place

Row = dict[str, object]
SEED = 2019


@dataclass
class Unit:
    """What one unit sends: rows by table, with the fields of the vocabulary as keys."""

    place: Place
    code: str
    name: str
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, **row: object) -> None:
        self.rows.setdefault(table, []).append(row)


class Facts:
    """Repeatable chance for one school: the same question gets the same draw in every snapshot, so progress only grows."""

    def __init__(self, key: str, done: float, care: float) -> None:
        self.key, self.done, self.care = key, done, care

    def draw(self, question: str) -> float:
        return random.Random(f"{SEED}/{self.key}/{question}").random()

    def number(self, question: str, low: int, high: int) -> int:
        return low + int(self.draw(question) * (high - low + 1))

    def holds(self, question: str, weight: float = 1.0) -> bool:
        """A requirement that is met by a share of `done` (weight > 1: harder)."""
        return self.draw(question) < 1 - (1 - self.done) * weight

    def kept(self, question: str, value: object) -> object:
        """The value, or a blank where the record was not kept."""
        return value if self.draw(f"kept {question}") < self.care else None

    def day(self, question: str, first: date, last: date) -> date:
        return first + timedelta(days=int(self.draw(question) * ((last - first).days + 1)))


def reached(progress: float, as_of: date, left: float) -> float:
    """What is done by a day: of the gap of 2019 half is closed by the summer, and all but `left` by the end of 2020."""
    if as_of.year == 2019:
        return progress
    return 1 - (1 - progress) * (left if as_of >= date(2020, 12, 1) else (1 + left) / 2)
