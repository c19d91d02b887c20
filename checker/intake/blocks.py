"""A sheet that may hold several tables, one below or beside the other → a grid for each, its cells where they stood."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import compress, groupby, pairwise

import polars as pl

from checker.intake.cells import normal
from checker.intake.grid import FrameGrid, Grid
from checker.intake.heads import REACH, find
from checker.intake.layout import Layout
from checker.intake.matching import any_hit
from checker.intake.names import SERIAL_HEADS, Index, plain
from checker.intake.rows import begins_like_a_note

_LONGEST_HEAD = 60
_MOST_TITLES = 4  # rows between the end of a table and the heading of the next that belong to the next
_NEAR = 3  # columns of a long text in which the heading of a second table is looked for
_AT = "_at"
_FEW = 1000  # rows that are soon looked through
_SENDER = re.compile(r"(?:填报|报送|填表|上报)单位")


def blocks(grid: Grid, index: Index, file: str) -> list[Grid]:
    """The sheet itself, if it holds one table, as nearly all do."""
    found = []
    for part in _below_each_other(grid, index):
        found += _beside_each_other(part, index, file)
    for other in found[1:]:
        other.remarks = []  # told of the first
    return found


# --- one below the other -------------------------------------------------------------------------


def _below_each_other(grid: Grid, index: Index) -> list[Grid]:
    runs = _whole(_runs(_heading_rows(grid, index)), grid)
    if len(runs) < 2:
        return [grid]
    first, *others = runs
    texts = _texts(grid.row(at) for at in first)
    starts = []
    for run in others:
        # A heading that comes again on each printed page is no second table.
        if not (own := _texts(grid.row(at) for at in run)) <= texts:
            starts.append(_with_titles(grid, run[0], first[-1] + 1))
            texts |= own
    if not starts:
        return [grid]
    sender = [at for at in range(first[0]) if _is_sender(grid.row(at))]
    bounds = [0, *starts, grid.height]
    return [_rows_only(grid, top, end, sender if top else []) for top, end in pairwise(bounds)]


def _heading_rows(grid: Grid, index: Index) -> list[int]:
    """Rows of texts of which two at least, and half, are known headings."""
    counts: Counter[int] = Counter()
    if isinstance(grid, FrameGrid):
        near = grid.frame.select(grid.frame.columns[:_NEAR])
        known = pl.Series(sorted(index.spellings | SERIAL_HEADS))
        hit = pl.any_horizontal(pl.all().exclude(_AT).is_in(known.implode()).fill_null(False))
        counts.update(dict.fromkeys(_without_numbers(near).filter(hit)[_AT].to_list(), 2))
    else:
        # In a heading no cell is a number: that leaves few rows, or else it is quicker to look column by column.
        numbers = next((column for column in grid.by_column() if type(column[-1]) is float), ())
        if numbers:
            left = [at for at, cell in enumerate(numbers) if type(cell) is not float]
            counts.update({at: sum(map(index.spellings.__contains__, grid.row(at))) for at in left})
        else:
            for column in grid.by_column():
                counts.update(compress(range(grid.height), map(index.spellings.__contains__, column)))
    return sorted(at for at, n in counts.items() if n > 1 and _is_heading(grid.row(at), index))


def _without_numbers(rows: pl.DataFrame) -> pl.DataFrame:
    """In a heading no cell is a number: of most long texts that leaves few rows, by the numbers of the rows or by codes."""
    left, middle = rows.with_row_index(_AT), rows.row(rows.height // 2) if rows.height else ()
    for name, cell in zip(rows.columns, middle, strict=False):
        if cell is not None and cell.isdecimal() and left.height > _FEW:
            left = left.filter(pl.col(name).cast(pl.Int64, strict=False).is_null())
    return left


def _is_heading(row: Sequence[object], index: Index) -> bool:
    filled = [cell for cell in row if cell != ""]
    if not all(isinstance(cell, str) and len(cell) <= _LONGEST_HEAD for cell in filled):
        return False
    known = sum(index.known(str(cell)) for cell in filled)
    return known >= 2 and 2 * known >= len(filled)


def _runs(rows: Iterable[int]) -> list[list[int]]:
    """Rows that follow each other: a heading of two or three rows is one."""
    return [[at for _, at in run] for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0])]


def _whole(runs: Iterable[list[int]], grid: Grid) -> list[list[int]]:
    """Between two rows of one heading stand what groups its columns (人防, 物防): the lower one fills what the upper leaves."""
    found: list[list[int]] = []
    for run in runs:
        if found and _goes_on(grid, found[-1][-1], run[0]):
            found[-1] += [*range(found[-1][-1] + 1, run[0]), *run]
        else:
            found.append(run)
    return found


def _goes_on(grid: Grid, upper: int, lower: int) -> bool:
    if lower - upper != 2:
        return False
    above, between, below = grid.row(upper), grid.row(upper + 1), grid.row(lower)
    filled = [at for at, cell in enumerate(above) if cell != ""]
    said = [cell for cell in between if cell != ""]
    # Under a heading that is whole, its first column has something else than nothing.
    return bool(said) and all(isinstance(cell, str) for cell in said) and below[filled[0]] == between[filled[0]] == ""


def _texts(rows: Iterable[Sequence[object]]) -> set[str]:
    return {plain(cell) for row in rows for cell in row if isinstance(cell, str)} - {""}


def _with_titles(grid: Grid, heading: int, least: int) -> int:
    """The row with which the table begins: titles above its heading are its own, notes are of the table before."""
    start = at = heading
    while at > max(least, heading - _MOST_TITLES):
        at -= 1
        filled = [cell for cell in grid.row(at) if normal(cell)]
        if len(filled) > 1 or (filled and (not isinstance(filled[0], str) or begins_like_a_note(filled[0]))):
            break
        start = at if filled else start
    return start


def _is_sender(row: Sequence[object]) -> bool:
    return any(_SENDER.search(normal(cell)) for cell in row)


def _rows_only(grid: Grid, top: int, end: int, also: Sequence[int]) -> Grid:
    """The same grid with nothing in its other rows. `also`: rows that hold for the whole sheet."""
    if isinstance(grid, FrameGrid):
        kept = pl.int_range(grid.height, eager=True).is_between(top, end - 1) | pl.int_range(
            grid.height, eager=True
        ).is_in(pl.Series(also, dtype=pl.Int64).implode())
        frame = grid.frame.select(pl.when(kept).then(pl.all()))
        part: Grid = FrameGrid(grid.sheet, frame, grid.remarks, grid.widths)
    else:
        blank: list[object] = [""] * grid.width
        rows = [row if top <= at < end or at in also else blank for at, row in enumerate(grid.rows)]
        merges = None if grid.merges is None else [each for each in grid.merges if top <= each[0][0] < end]
        part = replace(grid, rows=rows, merges=merges)
    part.begins = top
    return part


# --- one beside the other ------------------------------------------------------------------------


def _beside_each_other(grid: Grid, index: Index, file: str) -> list[Grid]:
    """Cut at empty columns; only where what stands beyond is clearly a table of its own."""
    gaps = [] if isinstance(grid, FrameGrid) else _gaps(grid, index)
    if not gaps:
        return [grid]
    layout = find(grid, index, grid.sheet, file)
    top = layout.top if layout is not None else grid.begins
    left, current = 0, find(_columns_only(grid, 0, gaps[0], top), index, grid.sheet, file)
    parts: list[Grid] = []
    for gap, following in pairwise([*gaps, grid.width]):
        own = find(_columns_only(grid, gap + 1, following, top), index, "", file)
        if current is None or own is None or not _is_another(own, current, index):
            current = find(_columns_only(grid, left, following, top), index, grid.sheet, file)
            continue
        parts.append(_columns_only(grid, left, gap, top))
        left, current = gap + 1, own
    return [*parts, _columns_only(grid, left, grid.width, top)] if parts else [grid]


def _gaps(grid: Grid, index: Index) -> list[int]:
    """Columns between headings that are empty from the heading on; of several in a row the last."""
    rows = grid.head(grid.begins + REACH)
    near = max(range(len(rows)), key=lambda at: sum(map(index.spellings.__contains__, rows[at])), default=0)
    filled = [at for at, cell in enumerate(rows[near]) if cell != ""] if rows else []
    if len(filled) < 4:
        return []
    covered = {
        at
        for (top, left), (bottom, right) in grid.merges or ()
        if top <= near <= bottom
        for at in range(left, right + 1)
    }
    within = [at for at in range(filled[0], filled[-1]) if rows[near][at] == "" and at not in covered]
    empty = {at for at in within if not any(row[at] != "" for row in grid.rows[near:])}
    return [at for at in sorted(empty) if at + 1 not in empty]


def _is_another(own: Layout, before: Layout, index: Index) -> bool:
    """Whether it has fields that the table before it has too, or fields that it has not."""
    if own.table == before.table:
        return not set(own.fields.values()).isdisjoint(before.fields.values())
    hits = [any_hit(head, index) for head in own.heads]
    mine, others = (sum(any(owner == table for owner, _ in hit) for hit in hits) for table in (own.table, before.table))
    return mine > others and len(own.fields) > 1


def _columns_only(grid: Grid, left: int, end: int, top: int) -> Grid:
    """The same grid with nothing in its other columns. Titles above the heading belong to the first table."""
    before, after = [""] * left, [""] * (grid.width - end)
    rows = [
        row if at < top and (not left or _is_sender(row)) else [*before, *row[left:end], *after]
        for at, row in enumerate(grid.rows)
    ]
    merges = None if grid.merges is None else [each for each in grid.merges if left <= each[0][1] < end]
    return replace(grid, rows=rows, merges=merges)
