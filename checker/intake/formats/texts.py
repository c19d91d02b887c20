"""A CSV, tab- or semicolon-separated text in any of the encodings that counties use → a grid."""

from __future__ import annotations

import csv
import io

import polars as pl

from checker.errors import Text
from checker.intake.grid import FrameGrid, Grid, Unreadable

_UTF8_MARK, _WIDE_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")


def text_grid(data: bytes) -> Grid:
    # Most files are UTF-8 and of one width: whether they are shows when they are read.
    wide = data.startswith(_WIDE_MARKS)
    frame = None if wide else _frame(data)
    if frame is not None:
        return FrameGrid("", frame)
    utf8 = _as_utf8(data)
    if (wide or utf8 is not data) and (frame := _frame(utf8)) is not None:
        return FrameGrid("", frame)
    # Lines of different length, as when a title stands above the table: the slower way pads them.
    try:
        rows = list(csv.reader(io.StringIO(utf8.decode("utf-8"), newline=""), delimiter=_separator(utf8)))
    except csv.Error as error:
        raise Unreadable(Text(f"不是完整的 CSV：{error}", f"not a complete CSV: {error}")) from error
    width = max(map(len, rows), default=0)
    return Grid("", [[*row, *[""] * (width - len(row))] for row in rows])


def _frame(data: bytes) -> pl.DataFrame | None:
    try:
        return pl.read_csv(
            data, has_header=False, infer_schema=False, separator=_separator(data), quote_char='"', raise_if_empty=False
        )
    except pl.exceptions.PolarsError:
        return None


def _as_utf8(data: bytes) -> bytes:
    if data.startswith(_UTF8_MARK):
        return data[3:]
    for encoding in ("utf-16",) if data.startswith(_WIDE_MARKS) else ("utf-8", "gb18030"):
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


def _separator(data: bytes) -> str:
    lines = data[:4096].decode("utf-8", "replace").splitlines()[:20]
    return max([",", "\t", ";"], key=lambda mark: sum(line.count(mark) for line in lines))
