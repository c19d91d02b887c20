"""A workbook → its worksheets as grids of raw cells."""

from __future__ import annotations

import io
import zipfile
from typing import cast

from checker.errors import Text
from checker.intake.formats.formulas import without_value
from checker.intake.grid import Grid, Unreadable
from checker.visible import visible


def workbook_grids(data: bytes, suffix: str, name: str) -> list[Grid]:
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
            found.append(Grid(visible(about.name), rows, sheet.merged_cell_ranges, hidden, since_1904))
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        reason = Text(
            f"打不开{name}：不是有效的工作簿，或有密码；请另存为 .xlsx",
            f"cannot open {name}: not a valid workbook, or it has a password; save as .xlsx",
        )
        raise Unreadable(reason) from error
    return found
