"""What a paper may say → one value or list of lines at a time, by the words that stand in its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from checker.papers import Mark

Value = str | int | float | date | None  # None stays empty: never 无, never 0
Line = Mapping[str, Value]


@dataclass(frozen=True)
class Slots:
    """`values` and `single` groups hold one of each, `lists` many; a list is made when a template draws on it."""

    values: Line
    single: Mapping[str, Line]
    lists: Mapping[str, Callable[[], Sequence[Line]]]

    @cached_property
    def _made(self) -> dict[str, Sequence[Line]]:
        return {}

    def rows(self, group: str) -> Sequence[Line]:
        if group not in self._made:
            self._made[group] = self.lists[group]()
        return self._made[group]

    def repeats(self, mark: Mark) -> bool:
        return not mark.when and mark.group != "" and mark.group not in self.single

    def value(self, mark: Mark, line: Line) -> Value:
        """`line`: of the list that the place repeats."""
        if self.repeats(mark):
            return line.get(mark.name)
        return self.single[mark.group].get(mark.name) if mark.group else self.values[mark.name]

    def stays(self, mark: Mark) -> bool:
        """Whether a line with this condition stays."""
        there = bool(self.rows(mark.group)) if mark.group in self.lists else bool(self.values[mark.group])
        return there if mark.when == "如有" else not there
