"""A county's sheet + what is doubted in it → a copy with a comment at every doubted cell. A picture of the cells: nothing in it computes.

The copy holds no formula, macro, link, name or rule of the original: what a cell shows stands in it as a value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from checker.errors import Language, Text
from checker.packed import timeless
from checker.sheet_text import workbook, write_text

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_FILL = "FFF2CC"
_AUTHOR = "checker"
_LONGEST = 8_000  # characters of a comment
_WIDTH, _LINE_HEIGHT, _PER_LINE = 320, 18, 24
_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
_LARGEST_MERGE = 100_000  # cells
_SHEET = Text("表", "sheet")
_LOOKS: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@"},
    "number": {},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
}

Notes = Mapping[str, Mapping[str, Sequence[str]]]  # sheet → cell → what is said about it
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Cells:
    """One sheet as it was read: rows of raw cells."""

    name: str
    rows: Iterable[Sequence[object]]
    merges: Sequence[Range] = ()
    hidden: bool = False


def of_workbook(data: bytes, sheets: Sequence[Cells], notes: Notes, lang: Language) -> bytes:
    """From an .xlsx or .xlsm: its looks stay. `sheets`: what was read, for formulas that never had a value."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(data), data_only=True, keep_links=False)
        _strip(book)
    except Exception:
        # Whatever in it is not as the library expects: its cells were read all the same.
        return of_cells(sheets, notes, lang)
    for cells in sheets:
        if cells.name not in book.sheetnames:
            continue
        sheet = book[cells.name]
        _without_value(sheet, cells)
        for place, texts in notes.get(cells.name, {}).items():
            _annotate(sheet, place, texts)
    out = BytesIO()
    book.save(out)
    return timeless(out.getvalue())


def _strip(book: Workbook) -> None:
    """Everything that computes, reaches elsewhere or is not a cell."""
    from openpyxl.formatting.formatting import ConditionalFormattingList

    book._sheets = list(book.worksheets)
    book.active = 0
    book.defined_names.clear()
    book._external_links = []
    book.custom_doc_props.props.clear()
    book._pivots = []
    for sheet in book.worksheets:
        sheet.defined_names.clear()
        sheet.conditional_formatting = ConditionalFormattingList()
        sheet.data_validations.dataValidation = []
        sheet.tables.clear()
        sheet.legacy_drawing = None
        sheet._charts, sheet._images, sheet._pivots = [], [], []
        sheet._hyperlinks = []
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is not None:
                    cell._hyperlink = None


def _without_value(sheet: Worksheet, cells: Cells) -> None:
    """A formula that was never calculated is shown as its text: the clerk sees why it was not read."""
    for line, row in enumerate(cells.rows, 1):
        for column, raw in enumerate(row, 1):
            if isinstance(raw, str) and raw.startswith("="):
                cell = sheet.cell(line, column)
                if cell.value is None:
                    cell.value = raw
                    cell.data_type = "s"


def _annotate(sheet: Worksheet, place: str, texts: Sequence[str]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    if not _PLACE.fullmatch(place):
        return
    cell: Cell = sheet[place]
    for merged in sheet.merged_cells.ranges:
        if place in merged:
            cell = sheet.cell(merged.min_row, merged.min_col)
    before = [cell.comment.text] if cell.comment is not None else []
    # Cells of one merged range share its corner.
    text = _joined([*before, *(each for each in texts if each not in before)])
    width, height = _size(text)
    cell.comment = Comment(text, _AUTHOR, height=height, width=width)
    cell.fill = PatternFill("solid", fgColor=_FILL)


def of_cells(sheets: Sequence[Cells], notes: Notes, lang: Language) -> bytes:
    """From a format that we do not write (.xls, .ods, .csv …): the cells at their addresses."""
    out = BytesIO()
    with workbook(out) as book:
        looks = {
            (kind, marked): book.add_format(look | ({"bg_color": f"#{_FILL}"} if marked else {}))
            for kind, look in _LOOKS.items()
            for marked in (False, True)
        }
        names: set[str] = set()
        for cells in sheets:
            sheet = book.add_worksheet(_sheet_name(cells.name or _SHEET.of(lang), names))
            if cells.hidden and len(names) > 1:
                sheet.hide()
            _copy(sheet, cells, notes.get(cells.name, {}), looks)
    return out.getvalue()


def _sheet_name(name: str, taken: set[str]) -> str:
    """As Excel allows it: 31 characters, some of them not, each name once."""
    plain = _NOT_IN_A_NAME.sub("_", name)[:_LONGEST_NAME].strip("'") or "_"
    unique, n = plain, 1
    while unique.lower() in taken:
        n += 1
        unique = f"{plain[: _LONGEST_NAME - len(str(n)) - 1]}~{n}"
    taken.add(unique.lower())
    return unique


def _copy(sheet: Any, cells: Cells, notes: Mapping[str, Sequence[str]], looks: Mapping[tuple[str, bool], Any]) -> None:
    corners = _merge(sheet, cells.merges)
    said: dict[tuple[int, int], list[str]] = {}
    for place, texts in notes.items():
        if (found := _PLACE.fullmatch(place)) is not None:
            cell = int(found[2]) - 1, _column(found[1])
            said.setdefault(corners.get(cell, cell), []).extend(texts)
    for at, row in enumerate(cells.rows):
        for column, raw in enumerate(row):
            marked = (at, column) in said
            if marked or (raw != "" and raw is not None):
                _put(sheet, at, column, raw, {kind: looks[kind, marked] for kind in _LOOKS})
    for (line, letter), texts in said.items():
        text = _joined(texts)
        width, height = _size(text)
        sheet.write_comment(line, letter, text, {"author": _AUTHOR, "width": width, "height": height})


def _merge(sheet: Any, merges: Sequence[Range]) -> dict[tuple[int, int], tuple[int, int]]:
    """Cell → the corner of the merged range that it lies in. Of ranges that overlap, as a broken file may have, the first."""
    corners: dict[tuple[int, int], tuple[int, int]] = {}
    for (top, left), (bottom, right) in merges:
        inside = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        if 1 < len(inside) < _LARGEST_MERGE and corners.keys().isdisjoint(inside):
            sheet.merge_range(top, left, bottom, right, "")
            corners |= dict.fromkeys(inside, (top, left))
    return corners


def _column(letters: str) -> int:
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


def _put(sheet: Any, row: int, column: int, raw: object, looks: Mapping[str, Any]) -> None:
    match raw:
        case None | "":
            sheet.write_blank(row, column, None, looks["number"])
        case bool():
            sheet.write_boolean(row, column, raw, looks["number"])
        case int() | float() if math.isfinite(raw):
            sheet.write_number(row, column, raw, looks["number"])
        case datetime():
            sheet.write_datetime(row, column, raw, looks["moment"])
        case date():
            sheet.write_datetime(row, column, raw, looks["day"])
        case _:
            write_text(sheet, row, column, str(raw), looks["text"])


# --- comments ------------------------------------------------------------------------------------


def _joined(texts: Sequence[str]) -> str:
    return "\n".join(dict.fromkeys(texts))[:_LONGEST]


def _size(text: str) -> tuple[int, int]:
    """Wide and high enough to be read without pulling at it."""
    lines = sum(1 + len(line) // _PER_LINE for line in text.split("\n"))
    return _WIDTH, _LINE_HEIGHT * (lines + 1)
