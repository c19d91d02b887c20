"""The first rows of a sheet → which table it is, where its heading stands, which column is which field, and what stays open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from checker.intake.cells import normal
from checker.intake.grid import Grid, Range
from checker.intake.layout import Head, Layout
from checker.intake.mapped import NOTHING, About
from checker.intake.matching import any_hit, match
from checker.intake.names import RETURNS, SERIAL_HEADS, Index, plain

REACH = 25  # rows in which a heading is looked for
_DEPTH = 3
_SURE = 2  # headings under which nothing stands, where a line of data would say what it is about
_LONGEST_HEAD = 60
_BY_SHEET, _BY_TITLE, _BY_FILE = 0.5, 0.3, 0.2


def of_columns(
    columns: Sequence[str],
    index: Index,
    file: str,
    table: str = "",
    said: About = NOTHING,
    names: Sequence[str] = (),
) -> Layout | None:
    """The same for a frame whose columns have names; `table` if it is known. `names`: if they are headed otherwise."""
    heads = [Head(at, normal(name)) for at, name in enumerate(columns)]
    named = {owner: _BY_SHEET * sure for owner, sure in index.named(file).items()}
    table = table or said.table
    layout = Layout(table, -1, -1, heads) if table else _best_table(heads, index.knowing(said.known()), named, -1, -1)
    if layout is None:
        return None
    match(layout, index, said, {name: at for at, name in enumerate(names or columns)})
    return layout if table or _is_enough(layout, named) else None


def find(grid: Grid, index: Index, sheet: str, file: str, said: About = NOTHING) -> Layout | None:
    """The best reading of the sheet, or None if no table fits. `said`: what mappings say of it."""
    wider = index.knowing(said.known())
    rows = grid.head(grid.begins + REACH)
    near = said.heading[0] if said.header is not None else _likely(rows, wider)
    if near is None:
        return None
    named = _named(rows[:near], index, sheet, file)
    if said.header is not None:
        best = _told(grid, said, wider, named)
    else:
        best = _sought(rows, near, grid.merges, wider, named, said.table)
    if best is None:
        return None
    match(best, index, said, {grid.column_name(at): at for at in range(grid.width)})
    return best if said.table or said.header is not None or _is_enough(best, named) else None


def _named(above: Sequence[Sequence[object]], index: Index, sheet: str, file: str) -> dict[str, float]:
    """Tables that the sheet, the file or a title names, and how much that counts."""
    named = {table: _BY_SHEET * sure for table, sure in index.named(sheet).items()} if sheet else {}
    for table, sure in index.named(file).items():
        named[table] = max(named.get(table, 0.0), _BY_FILE * sure)
    for cell in (cell for row in above for cell in row if isinstance(cell, str) and cell):
        for table, sure in index.named(cell).items():
            named[table] = max(named.get(table, 0.0), _BY_TITLE * sure)
    return named


def _told(grid: Grid, said: About, index: Index, named: Mapping[str, float]) -> Layout | None:
    """The heading stands where the mapping says."""
    top, bottom = said.heading
    heads = heads_of(grid.head(bottom + 1), top, bottom, grid.merges)
    best = _best_table(heads, index, named, top, bottom, said.table)
    return best or (Layout(said.table, top, bottom, heads) if said.table else None)


def _sought(
    rows: Sequence[Sequence[object]],
    near: int,
    merges: Iterable[Range] | None,
    index: Index,
    named: Mapping[str, float],
    table: str,
) -> Layout | None:
    best: Layout | None = None
    for depth in range(1, _DEPTH + 1):
        for top in range(max(0, near - depth + 1), min(near, len(rows) - depth) + 1):
            heads = heads_of(rows, top, top + depth - 1, merges)
            found = _best_table(heads, index, named, top, top + depth - 1, table)
            if found is not None and (best is None or found.score > best.score + 1e-9):
                best = found
        if best is not None and best.all_known and not _leaves_columns(best, rows):
            break
    return None if best is None else _with_row_below(best, rows, merges, index)


def _leaves_columns(layout: Layout, rows: Sequence[Sequence[object]]) -> bool:
    """Whether columns are filled that have no heading: it may stand higher."""
    heads = {head.column for head in layout.heads}
    below = rows[layout.bottom + 1 : layout.bottom + 1 + _DEPTH]
    return any(cell != "" and at not in heads for row in below for at, cell in enumerate(row))


def recognised(grid: Grid, index: Index) -> list[str]:
    """Headings that some table knows, for a sheet that is not understood as a whole."""
    rows = grid.head(grid.begins + REACH)
    near = _likely(rows, index)
    return [] if near is None else [normal(cell) for cell in rows[near] if _is_known(cell, index)]


def likely_heading(grid: Grid, index: Index) -> list[str]:
    """The texts of the row that looks most like a heading, where no table fits."""
    rows = grid.head(grid.begins + REACH)
    near = _likely(rows, index)
    if near is None:
        texts = [sum(isinstance(cell, str) and cell != "" for cell in row) for row in rows]
        near = max(range(len(rows)), key=lambda at: (texts[at], -at), default=None)
    return [] if near is None else [normal(cell) for cell in rows[near] if isinstance(cell, str) and cell]


def begins_with_heads(grid: Grid, layout: Layout | None, index: Index) -> list[str]:
    """Names of fields (of its table, if a heading shows which) with which most rows under the heading begin: then the rows
    are fields, and no records."""
    start = grid.begins if layout is None else layout.bottom + 1
    begun: dict[str, list[str]] = {}
    counted = 0
    for row in grid.head(start + REACH)[start:]:
        filled = [cell for cell in row if cell != ""]
        if not filled or all(_is_known(cell, index) for cell in filled):
            continue  # the heading once more
        counted += 1
        if isinstance(filled[0], str):
            for table in {table for hits in index.hits(filled[0]) for table, _ in hits}:
                begun.setdefault(table, []).append(normal(filled[0]))
    if layout is not None and len(layout.fields) > 1:  # a single heading may be a name with its value beside it
        names = begun.get(layout.table, [])
    else:
        names = max(begun.values(), key=len, default=[])
    return names if len(names) > 1 and 2 * len(names) > counted else []


def _is_enough(layout: Layout, named: Mapping[str, float]) -> bool:
    count = len(set(layout.fields.values()))
    return count >= 2 or (count == 1 and (named.get(layout.table, 0.0) > 0 or len(layout.heads) <= 2))


def _is_known(cell: object, index: Index) -> bool:
    return isinstance(cell, str) and 0 < len(cell) <= _LONGEST_HEAD and index.known(cell)


def _likely(rows: Sequence[Sequence[object]], index: Index) -> int | None:
    """The row with most headings that some table knows."""
    best, most = None, 0
    for at, row in enumerate(rows):
        filled = [cell for cell in row if cell != ""]
        count = sum(_is_known(cell, index) for cell in filled)
        if count > most:
            best, most = at, count
        elif best is not None and at > best + _DEPTH and most * 2 > len(filled):
            break
    return best


# --- headings ------------------------------------------------------------------------------------


def heads_of(rows: Sequence[Sequence[object]], top: int, bottom: int, merges: Iterable[Range] | None) -> list[Head]:
    block = [[_text(cell) for cell in row] for row in rows[top : bottom + 1]]
    width = max(map(len, block), default=0)
    for texts in block:
        texts += [""] * (width - len(texts))
    for (first, left), (last, right) in merges or ():
        if first < top or last > bottom:
            continue
        for line in range(first - top, last - top + 1):
            for column in range(left, min(right + 1, width)):
                block[line][column] = block[first - top][left]
    for at in range(len(block) - 1):
        _fill_right(block, at)
    heads = []
    for column in range(width):
        said = list(dict.fromkeys(texts[column] for texts in block if texts[column]))
        if said:
            heads.append(Head(column, said[-1], tuple(said[:-1])))
    return heads


@lru_cache(maxsize=20_000, typed=True)
def _text(cell: object) -> str:
    return normal(cell)[: 2 * _LONGEST_HEAD]


def _fill_right(block: list[list[str]], at: int) -> None:
    """A heading over several columns stands in the first of them; the others are empty but have a heading below."""
    line = block[at]
    below = [any(lower[column] for lower in block[at + 1 :]) for column in range(len(line))]
    parent = ""
    for column, text in enumerate(line):
        if text:
            parent = text if below[column] else ""
        elif parent and below[column]:
            line[column] = parent
        else:
            parent = ""


def _with_row_below(
    layout: Layout, rows: Sequence[Sequence[object]], merges: Iterable[Range] | None, index: Index
) -> Layout:
    """A last row of headings that no table knows still belongs to the heading, if it fills only the gaps of the row above."""
    at = layout.bottom + 1
    if at >= len(rows):
        return layout
    above, below = rows[layout.bottom], rows[at]
    filled = [column for column, cell in enumerate(below) if cell != ""]

    def gap(column: int) -> bool:
        return column < len(above) and above[column] == ""

    if (
        not all(isinstance(below[column], str) for column in filled)
        or not any(gap(column) for column in filled)
        or not all(gap(column) or gap(column + 1) for column in filled)
    ):
        return layout
    heads = heads_of(rows, layout.top, at, merges)
    alone = sum(cell != "" and not gap(column + 1) for column, cell in enumerate(above))
    if alone < _SURE and not _known_fields(layout.heads, layout.table, index) <= _known_fields(
        heads, layout.table, index
    ):
        return layout  # a line of data under a heading with gaps, as most columns have something in it
    return Layout(layout.table, layout.top, at, heads, score=layout.score, assumed=True)


def _known_fields(heads: Iterable[Head], table: str, index: Index) -> set[str]:
    return {field for head in heads for owner, field in any_hit(head, index) if owner == table}


# --- which table, which field --------------------------------------------------------------------


def _best_table(
    heads: list[Head], index: Index, named: Mapping[str, float], top: int, bottom: int, only: str = ""
) -> Layout | None:
    known: dict[str, set[str]] = {}
    for head in heads:
        for table, field in any_hit(head, index):
            known.setdefault(table, set()).add(field)
    counted = sum(plain(head.leaf) not in SERIAL_HEADS for head in heads)
    best: Layout | None = None
    for table, fields in known.items():
        if (table == RETURNS and len(fields) < 3) or (only and table != only):
            continue
        # The share tells tables apart, the number of headings tells a heading from a line of data.
        # Where one table has all columns of another, the sheet is of the one whose own columns are all there.
        own = len(index.tables[table].fields) if table in index.tables else len(fields)
        score = len(fields) / max(counted, 1) + named.get(table, 0.0) + len(fields) / 50 + len(fields) / own / 100
        if best is None or score > best.score + 1e-9:
            best = Layout(table, top, bottom, heads, score=score, all_known=len(fields) >= counted)
    return best
