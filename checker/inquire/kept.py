"""Answers, new and old → the answers file: every answer once, in a fixed order, for the next time."""

from __future__ import annotations

from collections.abc import Iterable

from checker.inquire import wording
from checker.inquire.answers import KEPT, KEPT_FROM, Answer
from checker.sheet_text import csv_bytes


def kept(answers: Iterable[Answer]) -> bytes:
    """Headed in Chinese whatever the language of the run: one file is read and added to by all."""
    import polars as pl

    rows = {tuple(answer.row()[name] for name in KEPT): answer.origin for answer in answers}
    heads = [*(wording.COLUMNS[name].zh for name in KEPT), KEPT_FROM.zh]
    lines = sorted((*row, origin) for row, origin in rows.items())
    order = [heads.index(wording.COLUMNS[name].zh) for name in ("file", "digest", "sheet", "cell", "day", "id")]
    lines.sort(key=lambda line: [line[at] for at in order])
    return csv_bytes(pl.DataFrame(lines, schema=dict.fromkeys(heads, pl.String), orient="row"))
