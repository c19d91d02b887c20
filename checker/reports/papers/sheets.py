"""An .xlsx template and what a paper may say → the workbook: lines of a list repeated, everything else as the office drew it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from checker.packed import timeless
from checker.papers import Mark, marks, replaced
from checker.reports.figures import day
from checker.reports.papers.slots import Line, Slots, Value
from checker.sheet_text import lines_needed, put_text

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LINE_HEIGHT, _MOST_LINES, _USUAL_WIDTH = 1.35, 24, 8.43  # of the font's size; lines; characters


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the template. `cells`: column → what stands there and how it looks."""

    cells: dict[int, tuple[Any, Any]]
    height: float | None
    marks: tuple[Mark, ...]


def fill(book: Workbook, slots: Slots) -> bytes:
    for sheet in book.worksheets:
        _fill(sheet, slots)
    out = BytesIO()
    book.save(out)
    return timeless(out.getvalue())


def _fill(sheet: Worksheet, slots: Slots) -> None:
    rows = [_read(sheet, number) for number in range(1, sheet.max_row + 1)]
    merged = [area.bounds for area in sheet.merged_cells.ranges]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet._cells.clear()
    sheet.row_dimensions.clear()
    # Line of the template → the lines that it became, first and last (last before first: it is gone).
    became: dict[int, tuple[int, int]] = {}
    at = 1
    for number, row in enumerate(rows, 1):
        lines = _lines(row, slots)
        for line in lines:
            _write(sheet, at, row, line, slots)
            at += 1
        became[number] = (at - len(lines), at - 1)
    for left, top, right, bottom in merged:
        for first in range(became[top][0], became[top][1] + 1) if top == bottom else [became[top][0]]:
            last = first if top == bottom else became[bottom][1]
            sheet.merge_cells(start_row=first, end_row=last, start_column=left, end_column=right)
    _move_what_lies_over_cells(sheet, became)


def _read(sheet: Worksheet, number: int) -> _Row:
    cells = {
        column: (cell.value, cell._style)
        for column in range(1, sheet.max_column + 1)
        if (cell := sheet.cell(number, column)).has_style or cell.value is not None
    }
    found = [mark for value, _ in cells.values() if isinstance(value, str) for mark in marks(value)]
    height = sheet.row_dimensions[number].height if number in sheet.row_dimensions else None
    return _Row(cells, height, tuple(found))


def _lines(row: _Row, slots: Slots) -> Sequence[Line]:
    """What the line is written for: once, once for each of a list (an empty list leaves one empty line), or not at all."""
    if not all(slots.stays(mark) for mark in row.marks if mark.when):
        return []
    group = next((mark.group for mark in row.marks if slots.repeats(mark)), None)
    return [{}] if group is None else slots.rows(group) or [{}]


def _write(sheet: Worksheet, at: int, row: _Row, line: Line, slots: Slots) -> None:
    needed = 0.0
    for column, (written, style) in row.cells.items():
        cell: Cell = sheet.cell(at, column)
        cell._style = style
        _put(cell, _filled(written, line, slots))
        if row.height is None and cell.alignment.wrap_text and isinstance(cell.value, str):
            width = sheet.column_dimensions[cell.column_letter].width or _USUAL_WIDTH
            lines = min(lines_needed(cell.value, max(width - 1, 1)), _MOST_LINES)
            needed = max(needed, lines * _LINE_HEIGHT * (cell.font.sz or 11) + 4)
    # Not every program finds out by itself how high a line must be.
    if row.height is not None or needed:
        sheet.row_dimensions[at].height = row.height if row.height is not None else round(needed, 1)


def _filled(written: Any, line: Line, slots: Slots) -> Any:
    if not isinstance(written, str):
        return written
    found = list(marks(written))
    if len(found) == 1 and found[0].text == written.strip() and not found[0].when:
        return slots.value(found[0], line)  # alone in its cell, a number stays a number and a date a date
    texts = {mark.text: "" if mark.when else in_words(slots.value(mark, line)) for mark in found}
    return replaced(written, texts)


def in_words(value: Value) -> str:
    match value:
        case None:
            return ""
        case date():
            return day(value, "zh")
        case float():
            return f"{value:g}"
    return str(value)


def _put(cell: Cell, value: Any) -> None:
    if isinstance(value, str):
        put_text(cell, value)
    else:
        look = cell.number_format
        cell.value = value
        # The library gives dates a look of its own; the office's stays.
        cell.number_format = look if not isinstance(value, date) or look not in ("General", "@") else "yyyy-mm-dd"


def _move_what_lies_over_cells(sheet: Worksheet, became: dict[int, tuple[int, int]]) -> None:
    """Filters, choices, print areas, frozen panes: what covered a line of a list covers all that it became."""
    last_of_all = max((last for _, last in became.values()), default=1)

    def moved(bounds: tuple[int, int, int, int]) -> str:
        from openpyxl.utils import get_column_letter

        left, top, right, bottom = bounds
        first = became[top][0] if top in became else last_of_all + 1
        last = became[bottom][1] if bottom in became else last_of_all
        return f"{get_column_letter(left)}{first}:{get_column_letter(right)}{max(first, last)}"

    for validation in sheet.data_validations.dataValidation:
        validation.sqref = type(validation.sqref)(" ".join(moved(area.bounds) for area in validation.sqref.ranges))
    if sheet.auto_filter.ref:
        sheet.auto_filter.ref = moved(_bounds(sheet.auto_filter.ref))
    if sheet.print_area:
        sheet.print_area = [moved(_bounds(area)) for area in _areas(sheet.print_area)]
    if sheet.freeze_panes:
        left, top, _, _ = _bounds(sheet.freeze_panes)
        sheet.freeze_panes = moved((left, top, left, top)).split(":")[0]


def _areas(written: str) -> Iterable[str]:
    return (area.rsplit("!", 1)[-1].replace("$", "") for area in written.split(","))


def _bounds(reference: str) -> tuple[int, int, int, int]:
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(reference)
    return left, top, right, bottom
