"""Raw cells in rows and columns → the rows of data among them; the same whether they stand in Python or in Polars."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import polars as pl

from checker import threads
from checker.errors import Text
from checker.intake.cells import normal
from checker.intake.columns import Raw
from checker.intake.file_kinds import Remark

Cell = tuple[int, int]  # row, column
# (first row, first column), (last row, last column)
Range = tuple[tuple[int, int], tuple[int, int]]


class Unreadable(Exception):
    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


class NotInPieces(Exception):
    """A long text that is not all of one make: broken, or with lines of many lengths. It has to be read whole."""


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


_SPACES = frozenset(filter(str.isspace, map(chr, range(0x3001))))  # beyond there are none


class Marks:
    """What begins a row that is no data: a pattern that Python and Polars understand alike. Whatever fits it begins with one
    of `starts` or holds one of `signs`: hardly any cell needs to be searched."""

    def __init__(self, pattern: str, starts: Iterable[str], signs: Iterable[str]) -> None:
        self.pattern = pattern
        self._search = re.compile(pattern).search
        self._starts, self._signs = frozenset(starts) | _SPACES, tuple(signs)

    def on(self, text: str) -> bool:
        if text[:1] not in self._starts and not any(sign in text for sign in self._signs):
            return False
        return self._search(text) is not None

    def among(self, texts: Sequence[str]) -> set[str]:
        """Those that bear a mark."""
        likely = [text for text in texts if text[:1] in self._starts]
        together = "\0".join(texts)
        for sign in self._signs:
            if sign in together:
                likely += [text for text in texts if sign in text]
        return {text for text in likely if self._search(text) is not None}


@dataclass(slots=True)
class Looks:
    """What people mean by the look of a sheet and a reader of values does not see. `coloured`: empty cells in a colour of
    their own; `struck`: also those whose format hides the value; `notes`: cell → comment."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first, last
    is_filtered: bool = False
    struck: set[Cell] = field(default_factory=set)
    coloured: set[Cell] = field(default_factory=set)
    notes: dict[Cell, str] = field(default_factory=dict)


@dataclass(slots=True)
class Grid:
    """Cells as they are: text, numbers, dates; "" where there is nothing. `merges`: None where the format cannot tell.

    A long sheet comes in pieces, a grid each: `first` is the row with which it begins; of the rows before, only the heading
    is known.
    """

    sheet: str
    rows: list[list[object]] = field(default_factory=list)
    merges: list[Range] | None = None
    hidden: bool = False
    since_1904: bool = False
    remarks: list[Remark] = field(default_factory=list)
    widths: Sequence[int] | None = None  # cells that each line had, where lines of a text differ
    first: int = 0
    begins: int = 0  # the row from which its heading is looked for
    looks: Looks | None = None
    _columns: list[tuple[object, ...]] | None = field(default=None, init=False, repr=False, compare=False)

    def by_column(self) -> list[tuple[object, ...]]:
        """The same cells; asked for once nothing more is put into the rows."""
        if self._columns is None:
            self._columns = list(zip(*self.rows, strict=True))
        return self._columns

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

    def suspects(self, start: int, marks: Marks, texts: set[str], reach: int, key: int | None) -> list[int]:
        """Rows whose first cell, or one of the first `reach`, bears a mark or is one of the texts; not those whose `key`
        is certainly one."""
        columns = [column[start:] for column in self.by_column()]
        if key is not None and _are_keys(columns[key]) and texts.isdisjoint(columns[key]):
            return []
        found = set()
        for column in columns[:reach]:
            said = {cell for cell in column if type(cell) is str}
            if hits := marks.among([*said]) | (said & texts):
                found |= {at for at, cell in enumerate(column, start) if cell in hits}
        for at in [at for at, cell in enumerate(columns[0], start) if not cell]:
            first = next(filter(None, self.rows[at]), "")
            if not any(self.rows[at][:reach]) and isinstance(first, str) and (marks.on(first) or first in texts):
                found.add(at)
        if key is not None:
            found = {at for at in found if not is_key(cell := self.rows[at][key]) or cell in texts}
        return sorted(found)

    def body(self, start: int, skip: Iterable[int]) -> Body:
        columns = [column[start:] for column in self.by_column()]
        lines = range(start, len(self.rows))
        gone = {at - start for at in skip if at >= start}
        gone |= {at for at in _without_sure_cell(columns) if not _says_something(self.rows[start + at])}
        if not gone:
            return Body(list(lines), columns)
        kept = [at not in gone for at in range(len(lines))]
        return Body([*compress(lines, kept)], [tuple(compress(column, kept)) for column in columns])


def _are_keys(cells: Sequence[object]) -> bool:
    """Each for itself would be one; asked about all at once."""
    texts = [cell for cell in cells if type(cell) is str]
    together = "".join(texts)
    is_text = not texts or ("" not in texts and together.isascii() and together.isalnum())
    return is_text and (len(texts) == len(cells) or set(map(type, cells)) <= {str, float})


def _without_sure_cell(columns: Sequence[Sequence[object]]) -> list[int]:
    """Rows that may say nothing. In most sheets the first column tells that there are none."""
    left: list[int] = []
    for at, column in enumerate(columns):
        blank = blanks(column)
        left = [row for row in (left if at else range(len(column))) if column[row] in blank] if blank else []
        if not left:
            break
    return left


def blanks(cells: Sequence[object]) -> set[object]:
    """What stands in the cells that say nothing."""
    if _are_keys(cells):
        return set()
    return {cell for cell in set(cells) if isinstance(cell, str) and (cell == "" or is_space(cell))}


def is_key(cell: object) -> bool:
    """Letters and digits, or a number: nothing that could be a mark."""
    return (cell.isascii() and cell.isalnum()) if isinstance(cell, str) else isinstance(cell, float)


def _says_something(row: list[object]) -> bool:
    first = next(filter(None, row), "")
    if not isinstance(first, str) or first.strip():
        return True
    # Noughts say something too.
    return any(cell != "" and not is_space(cell) for cell in row)


def is_space(cell: object) -> bool:
    if not isinstance(cell, str) or (len(cell) > 3 and cell[0] not in _SPACES):
        return False
    return not cell.strip() or (len(cell) < 4 and not normal(cell))


@dataclass(slots=True)
class Opened:
    """A file, opened. `remarks`: about it as a whole."""

    grids: list[Grid] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


class FrameGrid(Grid):
    """The same over columns of text, for files too long to go through row by row. `top`: the rows that a piece of a long text
    does not hold."""

    __slots__ = ("frame", "top")

    def __init__(
        self,
        sheet: str,
        frame: pl.DataFrame,
        remarks: Sequence[Remark] = (),
        widths: Sequence[int] | None = None,
        first: int = 0,
        top: Sequence[list[object]] = (),
    ) -> None:
        super().__init__(sheet, remarks=list(remarks), widths=widths, first=first)
        self.frame, self.top = frame, top

    @property
    def height(self) -> int:
        return self.first + self.frame.height

    @property
    def width(self) -> int:
        return self.frame.width

    def head(self, most: int) -> list[list[object]]:
        if self.first:
            return list(self.top[:most])
        return [["" if cell is None else cell for cell in row] for row in self.frame.head(most).iter_rows()]

    def row(self, at: int) -> list[object]:
        return ["" if cell is None else cell for cell in self.frame.row(at - self.first)]

    def suspects(self, start: int, marks: Marks, texts: set[str], reach: int, key: int | None) -> list[int]:
        rest = self.frame.with_row_index("_at", offset=self.first).slice(max(start - self.first, 0))
        known = sorted(texts)
        if key is not None:
            # A whole number is a key; so are letters and digits.
            cell = pl.col(self.frame.columns[key])
            also = [text for text in known if is_key(text)]
            for certain in (cell.cast(pl.Int64, strict=False).is_not_null(), cell.str.contains("^[0-9A-Za-z]+$")):
                certain = certain & ~cell.is_in(also) if also else certain
                rest = rest.filter(~certain | cell.is_null())
        near = [pl.col(name) for name in self.frame.columns[:reach]] + [pl.coalesce(pl.all().exclude("_at"))]
        hit = pl.any_horizontal(
            (each.str.contains(marks.pattern) | each.is_in(known)).fill_null(False) for each in near
        )
        return rest.filter(hit)["_at"].to_list()

    def body(self, start: int, skip: Iterable[int]) -> Body:
        start = max(start, self.first)
        rows = self.frame.slice(start - self.first)
        lines = pl.int_range(start, self.height, dtype=pl.UInt32, eager=True)
        gone = _without_cells(rows).append(pl.Series([at - start for at in skip if at >= start], dtype=pl.UInt32))
        if gone.len():
            kept = pl.Series([True]).new_from_index(0, rows.height).scatter(gone, False)
            rows, lines = rows.filter(kept), lines.filter(kept)
        return Body(lines, _Coming(threads.ahead(_coded, rows.get_columns(), rows=rows.height)))


def is_blank(cells: pl.Series) -> pl.Series:
    """Per cell of text: nothing, or nothing but space."""
    if isinstance(cells.dtype, pl.Enum):
        return is_blank(cells.dtype.categories).gather(cells.to_physical()).fill_null(True)
    unsure = cells.to_frame("cell").select(_may_be_blank(pl.col("cell"))).to_series()
    if not unsure.any():
        return unsure
    at = unsure.arg_true()
    return unsure.scatter(at, (cells.gather(at).str.strip_chars() == "").fill_null(True))


def _may_be_blank(cell: pl.Expr) -> pl.Expr:
    """Quick to find: what begins with a space stands before ! in the order of characters, or between ~ and 、."""
    return cell.is_null() | (cell < "!") | ((cell > "~") & (cell < "\u3001"))


def _without_cells(rows: pl.DataFrame) -> pl.Series:
    """Places of the rows that hold nothing. Most rows show it in one column, the fullest."""
    left = rows.with_row_index("_at")
    for name in sorted(rows.columns, key=lambda name: rows[name].null_count()):
        left = left.filter(_may_be_blank(pl.col(name)))
        if left.is_empty():
            break
    return left.filter(~pl.any_horizontal(pl.all().exclude("_at").str.contains(r"\S").fill_null(False)))["_at"]


_SAMPLE = 16384


def _coded(column: pl.Series) -> pl.Series:
    """A column in which the same cells come again and again, as codes: whatever is done to it is done to a few."""
    sample = column.head(_SAMPLE)
    if sample.len() < _SAMPLE or (few := sample.unique(maintain_order=True).drop_nulls()).len() * 2 >= _SAMPLE:
        return column
    found = column.cast(pl.Enum(few), strict=False)
    if found.null_count() == column.null_count():
        return found
    # Cells that the first rows did not show.
    few = few.append(column.filter(found.is_null()).unique(maintain_order=True).drop_nulls())
    return column.cast(pl.Enum(few)) if few.len() * 2 < column.len() else column


class _Coming(Sequence[Raw]):
    """Columns that are still worked on: who asks for one waits for it."""

    def __init__(self, begun: Sequence[Callable[[], pl.Series]]) -> None:
        self._begun = begun

    def __len__(self) -> int:
        return len(self._begun)

    def __getitem__(self, at: Any) -> Any:
        return self._begun[at]()
