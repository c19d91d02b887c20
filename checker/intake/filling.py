"""A column in which one cell speaks for several rows → the cells that each row would have had to itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from checker.intake.cells import normal
from checker.intake.columns import Raw
from checker.intake.grid import Grid, is_blank
from checker.intake.names import plain
from checker.model import Table
from checker.tables.units import UNIT

# Columns that group rows: a merged cell there speaks for all its rows. A parent's key is one too.
_GROUPS = re.compile(
    r"(?:所属|所在)?(?:县|市|区|县市区|乡镇|镇|街道|乡镇街道|镇街道|片区|town|township|county|district)"
)


class Merged(NamedTuple):
    """`filled`: rows that got the value of a merged cell. `apart`: merged cells that speak for one row only, and the rows
    whose cells stay `empty` for that."""

    cells: Raw
    filled: Sequence[int]
    apart: list[str]
    empty: list[int]


def groups(table: Table, field: str) -> str:
    """Whether the column groups rows: by place, by parent, or not at all."""
    if table.parents.get(UNIT) == field:
        return "place"
    if field in table.parents.values():
        return "parent"
    known = table.fields.get(field)
    named = known is not None and any(_GROUPS.fullmatch(plain(name)) for name in (*known.name, known.id))
    return "place" if named else ""


def merged(raw: Raw, column: int, grid: Grid, heading: int, rows_of: Mapping[int, int], grouping: bool) -> Merged:
    """`heading`: its last row. `rows_of`: line → row of the column."""
    cells = list(raw)
    filled: list[int] = []
    apart: list[str] = []
    empty: list[int] = []
    for (first, left), (last, right) in grid.merges or ():
        rows = [rows_of[line] for line in range(first, last + 1) if line in rows_of]
        if not left <= column <= right or not rows or first <= heading or (first, left) == (last, right):
            continue
        value = grid.row(first)[left]
        if grouping and column == left:
            for at in rows:
                if cells[at] == "":
                    cells[at] = value
                    filled.append(at)
        elif value != "":
            open_ = [at for at in rows if cells[at] == ""]
            empty += open_
            if not open_:
                continue
            apart.append(f"{grid.column_name(left)}{first + 1}:{grid.column_name(right)}{last + 1}")
    return Merged(cells, filled, apart, empty)


def down(raw: Raw, column: int, last: dict[int, str]) -> tuple[Raw, Sequence[int] | pl.Series]:
    """A text keeps of a merged cell only its first line: the cells, and the rows that were filled. `last`: column → the last
    cell, of the pieces before and then of this one."""
    if not isinstance(raw, pl.Series):
        cells, gaps, above = list(raw), [], ""
        for at, cell in enumerate(raw):
            if normal(cell):
                above = normal(cell)
            elif above:
                cells[at] = above
                gaps.append(at)
        return cells, gaps
    blank = is_blank(raw)
    if blank.any():
        known = pl.when(~blank).then(raw).forward_fill()
        if column in last:
            known = known.cast(pl.String).fill_null(last[column])
        raw = pl.select(known).to_series()
    if raw.len() and raw[-1] is not None:
        last[column] = raw[-1]
    return raw, (blank & raw.is_not_null()).arg_true()
