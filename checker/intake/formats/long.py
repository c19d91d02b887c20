"""A text or Parquet file too large to hold → its only sheet in pieces, as often as one asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import polars as pl

from checker.intake.formats import limits
from checker.intake.formats.content import FORMS, form
from checker.intake.formats.encodings import UTF8_MARK, to_utf8_file
from checker.intake.formats.tasting import taste
from checker.intake.formats.texts import even_or_padded, is_plain, separator
from checker.intake.frames import NamedGrid, not_parquet
from checker.intake.grid import FrameGrid, NotInPieces, Unreadable

_START = 64 * 1024


class Pieces(Protocol):
    def __iter__(self) -> Iterator[FrameGrid | NamedGrid]: ...

    def close(self) -> None: ...


def in_pieces(path: Path, suffix: str, name: str) -> Pieces | None:
    """None for what is read whole. A file that has gone is left to whoever reads it whole, too."""
    try:
        size = path.stat().st_size
        if size <= {"text": limits.LONG_TEXT, "parquet": limits.LONG_PARQUET}.get(FORMS.get(suffix, ""), size):
            return None
        with path.open("rb") as file:
            if form(file.read(_START), suffix) != FORMS[suffix]:
                return None
    except (OSError, Unreadable):
        return None
    if suffix == ".parquet":
        taste(path)
        return _Parquet(path, name)
    utf8 = to_utf8_file(path)
    return None if utf8 is None else _Text(utf8)


class _Text:
    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        file.seek(0)
        self.mark = separator(file.read(_START))

    def close(self) -> None:
        self.file.close()

    def __iter__(self) -> Iterator[FrameGrid | NamedGrid]:
        first, width = 0, 0
        for block in _blocks(self.file, limits.PIECE_BYTES):
            block = block.removeprefix(UTF8_MARK) if first == 0 else block
            grid = even_or_padded(block, self.mark) if is_plain(block) else None
            if grid is None or (first and (grid.width != width or grid.widths is not None)):
                raise NotInPieces
            grid.first, width = first, grid.width
            yield grid
            first += grid.frame.height


def _blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The text, cut where lines end."""
    file.seek(0)
    rest = b""
    lines = limits.FIRST_LINES
    while more := file.read(size):
        rest += more
        cut = _last_end(rest)
        if cut and rest.count(b"\n") >= lines:
            yield rest[:cut]
            rest, lines = rest[cut:], 1
        elif len(rest) > limits.MAX_LINE:
            raise NotInPieces
    if rest:
        yield rest


def _last_end(data: bytes) -> int:
    """What follows the last end of a line that stands in no quotation marks; 0 if there is none."""
    cut = data.rfind(b"\n") + 1
    odd = data.count(b'"', 0, cut) % 2
    while cut and odd:
        before = data.rfind(b"\n", 0, cut - 1) + 1
        odd = (odd + data.count(b'"', before, cut)) % 2
        cut = before
    return cut


class _Parquet:
    def __init__(self, path: Path, name: str) -> None:
        self.name, self.frame = name, pl.scan_parquet(path, glob=False)

    def close(self) -> None:
        """Nothing is open between two pieces."""

    def __iter__(self) -> Iterator[FrameGrid | NamedGrid]:
        try:
            rows = self.frame.select(pl.len()).collect().item()
            for first in range(0, max(rows, 1), limits.PIECE_ROWS):
                piece = self.frame.slice(first, limits.PIECE_ROWS).collect()
                yield NamedGrid("", piece.columns, piece.get_columns(), piece.height, first)
        except pl.exceptions.PolarsError as error:
            raise not_parquet(self.name) from error
