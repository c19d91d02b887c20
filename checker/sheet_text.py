"""A text from anywhere → a cell of a CSV or workbook that we write, which no program takes for a formula. All our sheets come from here.

The rule: in CSV a text that a spreadsheet would compute gets an apostrophe in front; in a workbook every text is written as a
text (`write_text`), so it needs none. Files leave as `csv_bytes` or through `workbook`; a test looks that there is no other way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import IO, TYPE_CHECKING
from unicodedata import east_asian_width

from checker.visible import STEERING, visible_lines

if TYPE_CHECKING:
    import polars as pl
    from openpyxl.cell import Cell
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# What begins a formula, as a program reads it after blanks and unseen characters, also in the wide and small forms that
# input methods make. Tab and return are seen by some programs as the end of the cell before. For Python and Polars alike.
_BLANK = "\x00-\x20\x7f-\xa0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
_LIVE = f"^(?:[\t\r\n]|[{_BLANK}]*[=+\\-@＝＋－＠﹦﹢﹣﹫])"
# A dash for nothing and a number below zero begin like a formula but are none.
_HARMLESS = r"^(?:[-－]+|-[0-9]+(?:\.[0-9]+)?%?)$"

LINE_HEIGHT, _MOST_LINES = 14, 12
_LONGEST = 32_767  # characters that Excel keeps in a cell
_NOT_XML = re.compile("[\ufffe\uffff]")  # would spoil the whole workbook


def is_live(text: str) -> bool:
    """Would a spreadsheet compute it?"""
    return re.search(_LIVE, text) is not None and re.search(_HARMLESS, text) is None


def csv_text(text: str) -> str:
    return "'" + visible_lines(text) if is_live(text) else visible_lines(text)


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """As Excel opens it: UTF-8 with a byte order mark; no heading and no text is a formula."""
    import polars as pl

    text = pl.col(pl.String)
    live = text.str.contains(_LIVE) & ~text.str.contains(_HARMLESS)
    harmless = frame.with_columns(pl.when(live).then("'" + text).otherwise(text).name.keep()).rename(csv_text)
    steering = (column for column in harmless.iter_columns() if column.dtype == pl.String and _steers(column))
    seen = [column.map_elements(visible_lines, return_dtype=pl.String) for column in steering]
    out = BytesIO()
    harmless.with_columns(seen).write_csv(out, include_bom=True, line_terminator="\r\n")
    return out.getvalue()


def _steers(texts: pl.Series) -> bool:
    return bool(texts.str.contains(f"[{STEERING}]").any())


def workbook(out: IO[bytes]) -> Workbook:
    """An empty workbook. Its bytes depend on what is written only: it was made on no day."""
    from datetime import datetime

    from xlsxwriter import Workbook

    texts_stay = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = Workbook(out, {"in_memory": True, **texts_stay})
    book.set_properties({"created": datetime(2000, 1, 1)})
    return book


def write_text(sheet: Worksheet, row: int, column: int, text: str, look: Format | None = None) -> None:
    """Whatever it says, it is a text. Cells that people may edit need a look with the number format @ besides."""
    sheet.write_string(row, column, _fit(text), look)


def put_text(cell: Cell, text: str) -> None:
    """The same for a cell of a workbook that was made from another."""
    cell.value = _fit(text)
    cell.data_type = "s"


def _fit(text: str) -> str:
    whole = _NOT_XML.sub("\ufffd", visible_lines(text))
    return whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + "…"


def lines_needed(text: str, width: float) -> int:
    return sum(1 + int((_width(line) - 1) // width) for line in text.split("\n"))


def height(texts: Iterable[tuple[int, str]]) -> int:
    """High enough for the text that needs most lines in a column of its width: not every program finds that out itself."""
    lines = max(lines_needed(text, width) for width, text in texts)
    return LINE_HEIGHT * min(max(lines, 1), _MOST_LINES) + 4


def _width(text: str) -> int:
    """In half characters: a Chinese one is as wide as two others."""
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)


def column_letter(column: int) -> str:
    """0 → A, 26 → AA."""
    from xlsxwriter.utility import xl_col_to_name

    name: str = xl_col_to_name(column)
    return name
