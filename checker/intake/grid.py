"""One file → its sheets as grids of raw cells, whatever the format; a file that cannot be read → why."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import polars as pl

from checker.errors import Text
from checker.intake.cells import normal
from checker.intake.columns import Raw
from checker.intake.formulas import without_value

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
READABLE = (*WORKBOOKS, ".csv", ".txt", ".tsv", ".parquet")
_SAVE_AS: dict[str, Text] = {
    ".et": Text(
        "不能读取 WPS 表格（.et）；请在 WPS 中另存为 .xlsx", "cannot read WPS spreadsheets (.et); save as .xlsx in WPS"
    ),
    ".ett": Text("不能读取 WPS 模板（.ett）；请另存为 .xlsx", "cannot read WPS templates (.ett); save as .xlsx"),
    ".numbers": Text("不能读取 Numbers 表格；请导出为 .xlsx", "cannot read Numbers files; export as .xlsx"),
    ".doc": Text("不能读取 Word 文档；请把表格粘贴到 .xlsx", "cannot read Word documents; paste the table into .xlsx"),
    ".pdf": Text("不能读取 PDF；请提供原来的表格", "cannot read PDF; provide the spreadsheet it was made from"),
}
_SAVE_AS[".docx"] = _SAVE_AS[".wps"] = _SAVE_AS[".doc"]

# (first row, first column), (last row, last column)
Range = tuple[tuple[int, int], tuple[int, int]]


class Unreadable(Exception):
    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def refusal(suffix: str) -> Text | None:
    """Why files of this kind are not read; None if they are."""
    if suffix in READABLE:
        return None
    unknown = Text(
        f"不能读取 {suffix or '没有扩展名的'} 文件；请另存为 .xlsx 或 .csv",
        f"cannot read {suffix or 'files without an extension'}; save as .xlsx or .csv",
    )
    return _SAVE_AS.get(suffix, unknown)


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


# --- files ---------------------------------------------------------------------------------------


def grids(data: bytes, suffix: str, name: str) -> list[Grid]:
    """All sheets of a workbook; a text file is one sheet without a name."""
    return _workbook(data, suffix, name) if suffix in WORKBOOKS else [_text(data)]


def _workbook(data: bytes, suffix: str, name: str) -> list[Grid]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        broken, since_1904 = without_value(data) if suffix in (".xlsx", ".xlsm") else ({}, False)
        found = []
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            rows = cast(list[list[object]], sheet.to_python(skip_empty_area=False))
            for (row, column), text in broken.get(about.name, {}).items():
                if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
                    rows[row][column] = text
            hidden = about.visible != SheetVisibleEnum.Visible
            found.append(Grid(about.name, rows, sheet.merged_cell_ranges, hidden, since_1904))
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        reason = Text(
            f"打不开{name}：不是有效的工作簿，或有密码；请另存为 .xlsx",
            f"cannot open {name}: not a valid workbook, or it has a password; save as .xlsx",
        )
        raise Unreadable(reason) from error
    return found


def _text(data: bytes) -> Grid:
    utf8 = _as_utf8(data)
    separator = _separator(utf8[:4096].decode("utf-8", "replace"))
    try:
        frame = pl.read_csv(
            utf8, has_header=False, infer_schema=False, separator=separator, quote_char='"', raise_if_empty=False
        )
    except pl.exceptions.PolarsError:
        # Lines of different length, as when a title stands above the table: the slower way pads them.
        try:
            rows = list(csv.reader(io.StringIO(utf8.decode("utf-8"), newline=""), delimiter=separator))
        except csv.Error as error:
            raise Unreadable(Text(f"不是完整的 CSV：{error}", f"not a complete CSV: {error}")) from error
        width = max(map(len, rows), default=0)
        return Grid("", [[*row, *[""] * (width - len(row))] for row in rows])
    return FrameGrid("", frame)


def _as_utf8(data: bytes) -> bytes:
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return data if encoding == "utf-8" else text.encode("utf-8")
    raise Unreadable(
        Text(
            "认不出文字编码（不是 UTF-8，也不是 GB18030）；请另存为 UTF-8 的 .csv",
            "unknown text encoding (neither UTF-8 nor GB18030); save as CSV UTF-8",
        )
    )


def _separator(sample: str) -> str:
    lines = sample.splitlines()[:20]
    return max([",", "\t", ";"], key=lambda mark: sum(line.count(mark) for line in lines))
