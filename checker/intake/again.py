"""Files that were read → their sheets once more, as they came: for copies, for cells that a question does not name, for forms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from checker.errors import DataError, Diagnostic, Span
from checker.intake import dates, formats
from checker.intake.cells import normal
from checker.intake.folders import CANNOT_READ, contents, listing
from checker.intake.formats import refusal
from checker.intake.frames import NamedGrid
from checker.intake.grid import Grid, Unreadable
from checker.intake.places import FUNCTIONAL
from checker.intake.values import Readers
from checker.model import Pack
from checker.tables.questions import cell_name

_CERTAIN = frozenset(["", "excel_serial", "time_dropped"])


@dataclass(frozen=True, slots=True)
class Opened:
    """`name`: as it is reported."""

    path: Path
    name: str
    digest: str

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()

    def sheets(self) -> list[Grid]:
        """None if it cannot be read: that is told where it is read as data."""
        try:
            return formats.opened(contents(self.path, self.suffix), self.suffix, self.name).grids
        except Unreadable:
            return []


def opened(paths: Sequence[str | Path]) -> Iterator[Opened]:
    """Every file that `read` would read, each content once."""
    seen = set()
    for path, name in listing(paths).files:
        try:
            digest = sha256(contents(path, path.suffix.lower())).hexdigest()
        except Unreadable:
            continue  # told where it is read as data
        if digest not in seen:
            seen.add(digest)
            yield Opened(path, name, digest)


def has_addresses(grid: Grid) -> bool:
    """Columns that are called by name have no cells that one could point at."""
    return not isinstance(grid, NamedGrid)


def alike(grid: Grid, column: str, raw: str, lines: Iterable[int]) -> list[str]:
    """The cells of a column that hold this text, among the rows that were read."""
    names = {grid.column_name(at): at for at in range(grid.width)}
    if column not in names:
        return []
    cells = grid.body(0, ())
    at = {cells.line(row) + 1: cell for row, cell in enumerate(cells.column(names[column]))}
    return [cell_name(column, line) for line in lines if line in at and _said(at[line]) == raw]


def _said(cell: object) -> str:
    """As a question quotes it."""
    return cell if isinstance(cell, str) else normal(cell)


def form(path: Path) -> list[tuple[Grid, list[list[str]]]]:
    """A form that came back: its sheets, with what their cells say."""
    reason = refusal(path.suffix.lower())
    try:
        if reason is not None:
            raise Unreadable(reason)
        sheets = formats.opened(contents(path, path.suffix.lower()), path.suffix.lower(), path.name).grids
    except Unreadable as unreadable:
        raise DataError([Diagnostic(CANNOT_READ, Span(str(path)), unreadable.reason)]) from unreadable
    return [(grid, [[_said(cell) for cell in grid.row(at)] for at in range(grid.height)]) for grid in sheets]


def unit_named(pack: Pack, text: str, received: str) -> str:
    """The code of the unit that is meant, as a cell would be read that was `received` on that day; "" if it is not certain."""
    reader = Readers(pack, certain_day(received)).unit()
    code, doubt = reader[text], reader.noted.get(text)
    return code if isinstance(code, str) and (doubt is None or doubt.kind == FUNCTIONAL) else ""


def certain_day(text: str) -> date | None:
    """A day that somebody wrote down; nothing if it is not certain which."""
    found = dates.read_date(text)
    return found.value if isinstance(found.value, date) and found.kind in _CERTAIN else None
