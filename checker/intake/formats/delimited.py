"""A text of cells between separators that is not as it should be → its rows nevertheless, and which lines are doubtful."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from checker.intake.file_kinds import BROKEN_QUOTES, Remark, at_lines

_SEPARATORS = (",", "\t", ";", "|")
_QUOTED = re.compile(r'"[^"]*"')
MOST_LINES = 100  # in one cell; a quotation mark that stays open longer was never meant to be one
_ALWAYS_WIDE = 100  # a line may have this many cells, however few the others have


def separator(sample: str) -> str:
    """The mark that divides most lines, and most of them into as many cells."""
    lines = [_QUOTED.sub("", line) for line in sample.splitlines()[:20]]

    def evenness(mark: str) -> tuple[int, int]:
        counts = Counter(n for line in lines if (n := line.count(mark)))
        cells, times = max(counts.items(), key=lambda found: (found[1], found[0]), default=(0, 0))
        return times, cells

    return max(_SEPARATORS, key=evenness)


def split(text: str, mark: str) -> tuple[list[list[str]], list[Remark]]:
    """Every line of the text is in the rows, in its order."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error:
        return _one_by_one(text, mark)
    if any(cell.count("\n") > MOST_LINES for row in rows for cell in row):
        return _one_by_one(text, mark)
    return rows, []


def _one_by_one(text: str, mark: str) -> tuple[list[list[str]], list[Remark]]:
    lines = list(io.StringIO(text, newline=""))
    rows: list[list[str]] = []
    unclosed: list[int] = []
    at = 0
    while at < len(lines):
        record = csv.reader(lines[at : at + MOST_LINES], delimiter=mark, strict=True)
        try:
            rows.append(next(record))
            at += record.line_num
        except csv.Error:
            unclosed.append(len(rows))
            rows.append(lines[at].rstrip("\r\n").split(mark))
            at += 1
    return rows, [at_lines(BROKEN_QUOTES, unclosed)] if unclosed else []


def widest(widths: Sequence[int]) -> tuple[int, list[int]]:
    """How many columns there are, and the lines that have far too many cells to count for that."""
    counts = Counter(widths)
    usual = next((width for width, _ in counts.most_common() if width > 1), 0)
    limit = max(_ALWAYS_WIDE, 2 * usual)
    overlong = [at for at, width in enumerate(widths) if width > limit] if max(counts, default=0) > limit else []
    return max((width for width in counts if width <= limit), default=0), overlong
