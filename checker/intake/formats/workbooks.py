"""A workbook of any kind → its worksheets as grids of raw cells, and what is to be said about the file as a whole.

.xlsx is looked through and read here; formats whose reader may take the process down with it are read in one of their own.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from checker import processes
from checker.errors import Text
from checker.intake.file_kinds import EXTERNAL_FORMULAS, FORMULAS, MACROS, NO_WORKSHEET, Remark
from checker.intake.formats import apart, limits
from checker.intake.formats.apart import RawSheet
from checker.intake.formats.archive import PASSWORD, Archive
from checker.intake.formats.contained import contained
from checker.intake.formats.content import INVALID
from checker.intake.formats.markup import Markup
from checker.intake.formats.repacked import repacked
from checker.intake.formats.xlsx import Book
from checker.intake.grid import Grid, Opened, Range, Unreadable
from checker.visible import visible

# A record of the old format that says "days from 1904", and the one that always follows it.
_XLS_1904 = b"\x22\x00\x02\x00\x01\x00\x0e\x00\x02\x00"
_XLS_BOOK, _XLS_LOCKED, _FIRST_RECORDS = b"\x09\x08\x10\x00\x00\x06\x05\x00", 0x2F, 4
_VBA = "_VBA_PROJECT".encode("utf-16-le")


def xlsx(data: bytes) -> Opened:
    archive = Archive(data, keeps=True)
    book = Book(archive)
    try:
        with contained():
            sheets = apart.sheets(repacked(archive) if archive.keeps else data)
    except Exception as error:
        raise Unreadable(PASSWORD if type(error).__name__ == "PasswordError" else INVALID) from error
    found = Opened(remarks=book.remarks)
    for sheet in sheets:
        grid = _grid(sheet, book.since_1904)
        if sheet.is_worksheet and (markup := book.sheets.get(sheet.name)) is not None:
            _take(grid, markup)
        found.grids.append(grid)
    return found


def zipped(data: bytes) -> Opened:
    """.ods and .xlsb."""
    Archive(data).look_through()
    return _read_apart(data)


def xls(data: bytes) -> Opened:
    if _is_locked(data):
        raise Unreadable(PASSWORD)
    found = _read_apart(data, _XLS_1904 in data)
    if _VBA in data:
        found.remarks.append(Remark(MACROS))
    return found


def _is_locked(data: bytes) -> bool:
    """The record that says so is among the first of the book; of the older ciphers the reader takes no notice."""
    at = data.find(_XLS_BOOK)
    for _ in range(_FIRST_RECORDS if at >= 0 else 0):
        kind, size = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        if kind == _XLS_LOCKED:
            return True
        at += 4 + size
    return False


def _grid(sheet: RawSheet, since_1904: bool) -> Grid:
    width = max(map(len, sheet.rows), default=0)
    merges = None if sheet.merges is None else _within(sheet.merges, len(sheet.rows), width)
    grid = Grid(visible(sheet.name), sheet.rows, merges, sheet.hidden, since_1904)
    if not sheet.is_worksheet:
        grid.remarks.append(Remark(NO_WORKSHEET))
    return grid


def _within(merges: Sequence[Range], height: int, width: int) -> list[Range]:
    """Merged cells never overlap, so they have no more room than the sheet has; what claims more is not believed."""
    found: list[Range] = []
    room = height * width
    for (top, left), (bottom, right) in merges:
        bottom, right = min(bottom, height - 1), min(right, width - 1)
        room -= max(bottom - top + 1, 0) * max(right - left + 1, 0)
        if room < 0:
            break
        if top <= bottom and left <= right:
            found.append(((top, left), (bottom, right)))
    return found


def _take(grid: Grid, markup: Markup) -> None:
    """Where the reader shows nothing, or less than people see."""
    rows = grid.rows
    height, width = grid.height, grid.width
    for (row, column), text in markup.without_value.items():
        if row < height and column < width and rows[row][column] == "":
            rows[row][column] = text
    for row, column in markup.percent:
        if row < height and column < width and isinstance(value := rows[row][column], float):
            rows[row][column] = f"{value * 100:.10g}%"
    for (row, column), digits in markup.zeros.items():
        if row < height and column < width and isinstance(value := rows[row][column], float):
            rows[row][column] = f"{value:0{digits}.0f}"
    for row, column in markup.months:
        # Who types 2019年10月 gets its first day; a day of another number was typed.
        if row < height and column < width and isinstance(day := rows[row][column], date) and day.day == 1:
            rows[row][column] = f"{day.year}年{day.month}月"
    grid.looks = markup.looks
    if markup.external:
        grid.remarks.append(Remark(EXTERNAL_FORMULAS, n=markup.external))
    if (own := markup.formulas - markup.external) > 0:
        grid.remarks.append(Remark(FORMULAS, n=own))


# --- in a process of its own ---------------------------------------------------------------------


def _read_apart(data: bytes, since_1904: bool = False) -> Opened:
    # The script's own folder is not searched for modules, everything else as here.
    command = [sys.executable, "-P", str(Path(apart.__file__)), str(limits.MAX_MEMORY_APART), str(limits.MAX_CELLS)]
    places = processes.environment()
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, env=places, timeout=limits.MAX_SECONDS_APART, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(_too_long()) from error
    except OSError as error:
        raise Unreadable(_CANNOT_START) from error
    if done.returncode != 0:
        raise Unreadable(_too_much())
    answer = pickle.loads(done.stdout)
    if isinstance(answer, str):
        raise Unreadable({"PasswordError": PASSWORD, "MemoryError": _too_much()}.get(answer, INVALID))
    return Opened([_grid(RawSheet(*sheet), since_1904) for sheet in answer])


def _too_long() -> Text:
    seconds = f"{limits.MAX_SECONDS_APART:.0f}"
    return Text(
        f"{seconds}秒内没有读完，可能已损坏；请用表格软件打开后另存为 .xlsx",
        f"not read within {seconds} seconds, perhaps damaged; open it in a spreadsheet program and save it as .xlsx",
    )


def _too_much() -> Text:
    memory = limits.in_mb(limits.MAX_MEMORY_APART)
    return Text(
        f"已损坏，或读取所需超过{memory}内存的限度；请用表格软件打开后另存为 .xlsx",
        f"damaged, or more than {memory} of memory would be needed; open it in a spreadsheet program and save it as .xlsx",
    )


_CANNOT_START = Text(
    "这种旧格式要另起一个进程读取，而系统没有允许；请另存为 .xlsx",
    "this older format is read in a process of its own, which could not be started; save it as .xlsx",
)
