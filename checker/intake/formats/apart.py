"""The bytes of a workbook → its sheets as they are. Run as a program it reads from a pipe, in a process of its own.

Files that are damaged on purpose take some readers, and the process with them, down; or they never come to an end. Then only
this process is lost. It imports nothing of ours, so that it starts at once.
"""

from __future__ import annotations

import io
import pickle
import sys
from typing import Any, NamedTuple


class RawSheet(NamedTuple):
    name: str
    is_worksheet: bool
    hidden: bool
    rows: list[list[object]]
    merges: list[tuple[tuple[int, int], tuple[int, int]]] | None


def sheets(data: bytes, most_cells: int | None = None) -> list[RawSheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found, cells = [], 0
    for about in book.sheets_metadata:
        hidden = about.visible != SheetVisibleEnum.Visible
        if about.typ != SheetTypeEnum.WorkSheet:
            found.append(RawSheet(about.name, False, hidden, [], None))
            continue
        sheet = book.get_sheet_by_name(about.name)
        cells += (sheet.total_height or 0) * (sheet.total_width or 0)
        if most_cells is not None and cells > most_cells:
            raise MemoryError
        rows: Any = sheet.to_python(skip_empty_area=False)
        found.append(RawSheet(about.name, True, hidden, rows, sheet.merged_cell_ranges))
    return found


def _main(memory: int, most_cells: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        answer: object = [tuple(sheet) for sheet in sheets(sys.stdin.buffer.read(), most_cells)]
    except BaseException as error:
        answer = type(error).__name__
    pickle.dump(answer, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    _main(*map(int, sys.argv[1:]))
