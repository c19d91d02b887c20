"""A CSV, tab- or semicolon-separated text in any of the encodings that counties use → a grid."""

from __future__ import annotations

import codecs
from itertools import repeat

import polars as pl

from checker.errors import Text
from checker.intake.file_kinds import OVERLONG_ROWS, at_lines
from checker.intake.formats import delimited, limits
from checker.intake.formats.encodings import UTF8_MARK, to_utf8
from checker.intake.grid import FrameGrid, Grid, Unreadable

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_SAMPLE = 4096
_SHOWN = 200  # characters of a line that is told
_SAYS_SEPARATOR = b"sep="  # a first line for Excel, which does not show it


def text_grid(data: bytes) -> Grid:
    # Most files are UTF-8, and all lines have as many cells: whether it is so shows when they are read.
    if is_plain(data) and (frame := _even_frame(data, separator(data))) is not None:
        return FrameGrid("", frame)
    utf8, remarks = to_utf8(data)
    if b"\r" in utf8 and b"\n" not in utf8:
        utf8 = utf8.replace(b"\r", b"\n")
    mark = separator(utf8)
    if utf8[:4].lower() == _SAYS_SEPARATOR:
        said, _, utf8 = utf8.partition(b"\n")
        mark = said[4:5].decode("ascii", "replace").strip() or mark
    frame = _even_frame(utf8, mark)
    grid = FrameGrid("", frame) if frame is not None else _uneven(utf8, mark)
    grid.remarks[:0] = remarks
    return grid


def even_or_padded(utf8: bytes, mark: str) -> FrameGrid | None:
    """A piece of a long text, if its lines can be read together; they may differ in length."""
    frame = _even_frame(utf8, mark)
    if frame is not None:
        return FrameGrid("", frame)
    grid = _uneven(utf8, mark)
    return grid if isinstance(grid, FrameGrid) and not grid.remarks else None


def is_plain(data: bytes) -> bool:
    return (
        not data.startswith(_WIDE_MARKS)
        and b"\0" not in data
        and data[:4].lower() != _SAYS_SEPARATOR
        and (b"\n" in data[: 16 * _SAMPLE] or b"\r" not in data)
    )


def separator(data: bytes) -> str:
    return delimited.separator(data[:_SAMPLE].decode("utf-8", "replace"))


def _even_frame(data: bytes, mark: str) -> pl.DataFrame | None:
    """Nothing if it is not UTF-8 or lines differ in length: those that are too short would be filled up in silence."""
    frame = _frame(data, mark)
    if frame is None or frame.width < 2 or not frame[:, -1].null_count():
        return frame
    expected = frame.height * (frame.width - 1)
    if b'"' not in data and b"\r" not in data:
        # What is no cell and ends no line: quicker than to count.
        cells = int(frame.select(pl.sum_horizontal(pl.all().str.len_bytes().sum())).item())
        ends = frame.height - (not data.endswith(b"\n"))
        return frame if len(data.removeprefix(UTF8_MARK)) - cells - ends == expected else None
    marks = data.count(mark.encode())
    if marks != expected and b'"' in data:
        marks -= int(_marks_inside(frame, mark).sum())
    return frame if marks == expected else None


def _frame(data: bytes, mark: str) -> pl.DataFrame | None:
    """Nothing if Polars does not read it as people would."""
    try:
        frame = pl.read_csv(
            data, has_header=False, infer_schema=False, separator=mark, quote_char='"', raise_if_empty=False
        )
    except (pl.exceptions.PolarsError, ValueError):
        return None
    if b'"' in data and data.count(b"\n") > frame.height + delimited.MOST_LINES:
        breaks = frame.select(pl.max_horizontal(pl.all().str.count_matches("\n", literal=True).max())).item()
        return frame if breaks is None or breaks <= delimited.MOST_LINES else None
    return frame


def _marks_inside(frame: pl.DataFrame, mark: str) -> pl.Series:
    """Per row, the separators that stand within cells."""
    counts = pl.all().str.count_matches(mark, literal=True).fill_null(0)
    return frame.select(pl.sum_horizontal(counts).alias("marks")).to_series()


# --- lines of different length -------------------------------------------------------------------


def _uneven(utf8: bytes, mark: str) -> Grid:
    """As when a title stands above the table. How long the lines were is kept: some may be broken."""
    lines = utf8.removesuffix(b"\n").split(b"\n")
    marks = map(bytes.count, lines, repeat(mark.encode()))
    widths = [n + 1 if n or line.strip() else 0 for n, line in zip(marks, lines, strict=True)]
    width, overlong = delimited.widest(widths)
    quoted = b'"' in utf8
    if (overlong and quoted) or len(lines) * width > limits.MAX_TEXT_CELLS:
        return _row_by_row(utf8, mark)
    remarks = []
    if overlong:
        remarks.append(at_lines(OVERLONG_ROWS, overlong, _shown(lines[overlong[0]])))
        for at in overlong:
            lines[at], widths[at] = b"", 0
    # A first line of all columns says how many there are.
    frame = _frame(b"\n".join([mark.encode() * (width - 1), *lines, b""]), mark)
    if frame is None or frame.height != len(lines) + 1:
        return _row_by_row(utf8, mark)
    frame = frame[1:]
    if quoted:
        lengths = pl.Series(widths) - _marks_inside(frame, mark)
        widths, width = lengths.to_list(), int(lengths.max() or 0)  # type: ignore[arg-type]
    return FrameGrid("", frame[:, :width], remarks=remarks, widths=_if_uneven(widths))


def _row_by_row(utf8: bytes, mark: str) -> Grid:
    if len(utf8) > limits.MAX_UNEVEN_TEXT:
        raise Unreadable(_too_large(limits.in_mb(limits.MAX_UNEVEN_TEXT)))
    rows, remarks = delimited.split(utf8.decode("utf-8"), mark)
    widths = [len(row) for row in rows]
    width, overlong = delimited.widest(widths)
    if overlong:
        remarks.append(at_lines(OVERLONG_ROWS, overlong, mark.join(rows[overlong[0]])[:_SHOWN]))
        for at in overlong:
            rows[at], widths[at] = [], 0
    if len(rows) * width > limits.MAX_UNEVEN_CELLS:
        raise Unreadable(_too_large(f"{len(rows):,} × {width} > {limits.MAX_UNEVEN_CELLS:,}"))
    padded: list[list[object]] = [[*row, *[""] * (width - len(row))] for row in rows]
    return Grid("", padded, remarks=remarks, widths=_if_uneven(widths))


def _if_uneven(widths: list[int]) -> list[int] | None:
    return widths if len({*widths} - {0}) > 1 else None


def _shown(line: bytes) -> str:
    return line[: 3 * _SHOWN].decode("utf-8", "ignore")[:_SHOWN]


def _too_large(limit: str) -> Text:
    return Text(
        f"文件太大，而且各行格数不齐或引号不配对，不能逐行读（限 {limit}）；请在表格软件中整理后另存为 .xlsx 或 .csv",
        f"too large to be read line by line, with lines of different length or open quotation marks (limit: {limit}); "
        "tidy it in a spreadsheet and save as .xlsx or .csv",
    )
