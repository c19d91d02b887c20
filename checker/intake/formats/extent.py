"""A worksheet's XML, piece by piece → how many cells lie up to the last that holds something: its reader makes room for all of them.

A file of a few hundred bytes may have a cell in the last corner of a sheet. In ordinary sheets it is enough to see that every
cell is named plainly and lies within what the sheet says of itself; only if one does not is each looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from checker.errors import Text
from checker.intake.formats import limits
from checker.intake.grid import Unreadable, letter

_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]{1,3}\d+:)?([A-Z]{1,3})(\d{1,7})"')
_PREFIXED = re.compile(rb":(?:c|row)[\s>/]")
_SMALL = 1_000_000  # so many cells that it does not matter whether they are counted exactly

_ROW = re.compile(rb"<(?:[^\s<>/:]+:)?row(?=[\s/>])")
_ROW_NUMBER = re.compile(rb"""[^<>]*?\sr\s*=\s*["'](\d+)""")
_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?c(?=[\s>])([^<>]*)(?<!/)>(?!</)")
_PLACE = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]+)\$?(\d+)""")


class Estimate:
    """`most`: at most so many cells, once all pieces have passed; nothing if that cannot be said."""

    def __init__(self) -> None:
        self.most: int | None = 0

    def over(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        odd: Callable[[bytes], object] | None = None
        for piece in pieces:
            if odd is None:
                said = _DIMENSION.search(piece)
                odd, self.most = _outside(said[1].decode(), int(said[2])) if said is not None else (_never, None)
            if self.most is not None and (odd(piece) or _PREFIXED.search(piece)):
                self.most = None
            yield piece


def _never(piece: bytes) -> object:
    return None


@lru_cache(maxsize=1000)
def _outside(column: str, row: int) -> tuple[Callable[[bytes], object], int | None]:
    """What finds a cell that does not surely lie within, and how many cells do."""
    if len(column) > 2 or not row:
        return _never, None
    columns = f"[A-{column}]" if len(column) == 1 else f"[A-Z]|[A-{column[0]}][A-Z]"
    width = ord(column) - 64 if len(column) == 1 else 26 * (ord(column[0]) - 63)
    first, second, rest = int(str(row)[0]), int(f"{row}0"[1]), max(len(str(row)) - 2, 0)
    rows = [rf"{first}[0-{second}]\d{{{rest}}}"] if row > 9 else []
    rows += [rf"[1-{first - 1}]\d{{{rest + 1}}}"] if row > 9 and first > 1 else []
    rows += [rf"[1-9]\d{{0,{rest}}}"]
    height = int(f"{first}{second}" + "9" * rest) if row > 9 else 9
    odd = re.compile(rf'<c(?! r="(?:{columns})(?:{"|".join(rows)})")[\s/>]'.encode())
    most = width * height
    return odd.search, most if most <= _SMALL else None


def count(pieces: Iterable[bytes]) -> int:
    """From A1 to the last row and column with a value; formatted empty cells do not count. `pieces` begin with a row."""
    row = last_row = last_column = 0
    for piece in pieces:
        for chunk in _ROW.split(piece)[1:]:
            named = _ROW_NUMBER.match(chunk)
            row = int(named[1]) if named else row + 1
            column = 0
            for cell in _CELL.findall(chunk):
                place = _PLACE.search(cell)
                if place is not None:
                    column = _number(place[1].upper())
                    last_row = max(last_row, int(place[2]))
                elif cell.count(b'"') % 2 or cell.count(b"'") % 2:
                    raise Unreadable(_UNCLEAR)
                else:
                    column += 1
                last_row, last_column = max(last_row, row), max(last_column, column)
            if last_row * last_column > limits.MAX_CELLS:
                raise Unreadable(too_many(last_row, last_column))
    return last_row * last_column


def _number(letters: bytes) -> int:
    column = 0
    for each in letters[:8]:
        column = column * 26 + each - 64
    return column


def too_many(rows: int, columns: int) -> Text:
    place = f"{letter(columns - 1)}{rows}"
    return Text(
        f"内容散布到{place}，{rows:,}行×{columns:,}列，超过限度（{limits.MAX_CELLS:,}格）；请删去远处多余的内容后另存",
        f"its contents reach out to {place}, {rows:,} rows × {columns:,} columns, beyond the limit of "
        f"{limits.MAX_CELLS:,} cells; delete what stands far out and save it again",
    )


def too_many_in_all(cells: int) -> Text:
    return Text(
        f"各工作表共{cells:,}格，超过限度（{limits.MAX_CELLS:,}格）；请分成几个文件，或改用 .csv、.parquet",
        f"its sheets have {cells:,} cells, beyond the limit of {limits.MAX_CELLS:,}; split it, or use .csv or .parquet",
    )


_UNCLEAR = Text(
    "内部格式不正常，没有打开；请用表格软件另存为 .xlsx",
    "its inner form is not that of a workbook; not opened; save it as .xlsx in a spreadsheet program",
)
