"""Raw cells in rows and columns → the rows of data among them; the same whether they stand in Python or in Polars."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import polars as pl

from checker.errors import Text
from checker.intake.cells import normal
from checker.intake.columns import Raw

# (first row, first column), (last row, last column)
Range = tuple[tuple[int, int], tuple[int, int]]


class Unreadable(Exception):
    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def letter(column: int) -> str:
    """0 → A, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


# --- grids ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Body:
    """The rows of data: `lines` are their positions in the grid."""

    lines: list[int] | pl.Series
    columns: Sequence[Raw]

    @property
    def height(self) -> int:
        return len(self.lines)

    def column(self, at: int) -> Raw:
        return self.columns[at] if at < len(self.columns) else [""] * self.height

    def line(self, row: int) -> int:
        return int(self.lines[row])


class Marks:
    """What begins a row that is no data: a pattern that Python and Polars understand alike."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.on = lru_cache(maxsize=100_000)(lambda text: re.search(pattern, text) is not None)


@dataclass(slots=True)
class Grid:
    """Cells as they are: text, numbers, dates; "" where there is nothing. `merges`: None where the format cannot tell."""

    sheet: str
    rows: list[list[object]] = field(default_factory=list)
    merges: list[Range] | None = None
    hidden: bool = False
    since_1904: bool = False

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def column_name(self, at: int) -> str:
        return letter(at)

    def head(self, most: int) -> list[list[object]]:
        return self.rows[:most]

    def row(self, at: int) -> list[object]:
        return self.rows[at]

    def suspects(self, start: int, marks: Marks, texts: set[str], reach: int) -> list[int]:
        """Rows whose first cell, or one of the first `reach`, bears a mark or is one of the texts."""
        near = [row[:reach] for row in self.rows[start:]]
        found = set()
        for cells in zip(*near, strict=True):
            hits = {cell for cell in set(cells) if isinstance(cell, str) and (marks.on(cell) or cell in texts)}
            if hits:
                found |= {start + at for at, cell in enumerate(cells) if cell in hits}
        for at in (start + at for at, cells in enumerate(near) if not any(cells)):
            first = next(filter(None, self.rows[at]), "")
            if isinstance(first, str) and (marks.on(first) or first in texts):
                found.add(at)
        return sorted(found)

    def body(self, start: int, skip: Iterable[int]) -> Body:
        gone = set(skip)
        lines = [at for at in range(start, len(self.rows)) if at not in gone and _says_something(self.rows[at])]
        return Body(lines, list(zip(*(self.rows[at] for at in lines), strict=True)))


def _says_something(row: list[object]) -> bool:
    first = next(filter(None, row), "")
    if not isinstance(first, str) or first.strip():
        return True
    # Noughts say something too.
    return any(cell != "" and not is_space(cell) for cell in row)


def is_space(cell: object) -> bool:
    return isinstance(cell, str) and (not cell.strip() or (len(cell) < 4 and not normal(cell)))


class FrameGrid(Grid):
    """The same over columns of text, for files too long to go through row by row."""

    __slots__ = ("frame",)

    def __init__(self, sheet: str, frame: pl.DataFrame) -> None:
        super().__init__(sheet)
        self.frame = frame

    @property
    def height(self) -> int:
        return self.frame.height

    @property
    def width(self) -> int:
        return self.frame.width

    def head(self, most: int) -> list[list[object]]:
        return [["" if cell is None else cell for cell in row] for row in self.frame.head(most).iter_rows()]

    def row(self, at: int) -> list[object]:
        return ["" if cell is None else cell for cell in self.frame.row(at)]

    def suspects(self, start: int, marks: Marks, texts: set[str], reach: int) -> list[int]:
        rest = self.frame.slice(start)
        near = [pl.col(name) for name in rest.columns[:reach]] + [pl.coalesce(pl.all())]
        hit = pl.any_horizontal(
            (each.str.contains(marks.pattern) | each.is_in(sorted(texts))).fill_null(False) for each in near
        )
        return [start + at for at in rest.select(hit.arg_true()).to_series()]

    def body(self, start: int, skip: Iterable[int]) -> Body:
        filled = pl.any_horizontal(pl.all().str.contains(r"\S").fill_null(False))
        rows = self.frame.with_columns(filled.alias("_filled")).with_row_index("_at").slice(start)
        rows = rows.filter(pl.col("_filled") & ~pl.col("_at").is_in(sorted(skip)))
        return Body(rows["_at"], rows.select(self.frame.columns).get_columns())
