"""Where a finding says that it stands → file, sheet, row and column, for formats that keep them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from checker.model import Pack, Rule
from checker.plan import Run

_CELL = re.compile(r"(?:(?P<letters>[A-Z]{1,3})|(?P<name>.+):)?(?P<row>\d+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """`cell` as people say it (M9, or the column's name and the row); row and column count from 1, 0 if not known."""

    file: str
    sheet: str
    cell: str
    row: int = 0
    column: int = 0

    @property
    def said(self) -> str:
        sheet = f"《{self.sheet}》" if self.sheet else ""
        return f"{self.file}{sheet}!{self.cell}" if self.cell else f"{self.file}{sheet}"


class Places:
    """Reads back what findings tell as `source`; which files and sheets there are is known from the run."""

    def __init__(self, run: Run) -> None:
        self._files = {
            f"{name}《{source.sheet}》" if source.sheet else name: (name, source.sheet)
            for source in run.tables.sources
            for name in [re.split(r"[\\/]", source.file)[-1]]
        }
        self._known: dict[str, Place | None] = {}

    def of(self, source: str | None) -> Place | None:
        if source is None:
            return None
        if source not in self._known:
            self._known[source] = self._read(source)
        return self._known[source]

    def _read(self, source: str) -> Place | None:
        # A name may hold an exclamation mark too: the longest one that is a file of the run is it.
        for end in sorted((found.start() for found in re.finditer("!", source)), reverse=True):
            if source[:end] in self._files:
                return at_cell(*self._files[source[:end]], source[end + 1 :])
        return None


def at_cell(file: str, sheet: str, cell: str) -> Place:
    found = _CELL.fullmatch(cell)
    if found is None:
        return Place(file, sheet, cell)
    return Place(file, sheet, cell, int(found["row"]), _number(found["letters"] or ""))


def _number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def of_rule(pack: Pack, rule: Rule) -> tuple[str, int]:
    """The rule's file as seen from the folder of its pack, and its line: where a finding stands that no sheet holds."""
    path, root = rule.span.path, pack.root.rstrip("/") + "/"
    inside = path.removeprefix(root) if pack.root and path.startswith(root) else f"{rule.id}.yaml"
    return inside, max(rule.span.line, 1)


def rules_of(run: Run) -> dict[str, Rule]:
    """The rules in force, by id, in the order of the rulebook."""
    return {obligation.rule.id: obligation.rule for obligation in run.plan.obligations}


def files_of(run: Run, names: Iterable[str]) -> list[tuple[str, str]]:
    """Of the files that were read those named, each once, with its digest ("" if it was no file)."""
    found: dict[str, str] = {}
    wanted = set(names)
    for source in run.tables.sources:
        name = re.split(r"[\\/]", source.file)[-1]
        if name in wanted:
            found.setdefault(name, source.digest)
    return list(found.items())
