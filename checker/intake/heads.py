"""The first rows of a sheet → which table it is, where its heading stands, which column is which field, and what stays open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made

from checker.intake.cells import normal
from checker.intake.grid import Grid, Range
from checker.intake.names import RETURNS, SERIAL_HEADS, Index, plain

REACH = 25  # rows in which a heading is looked for
_DEPTH = 3
_LONGEST_HEAD = 60
_BY_SHEET, _BY_TITLE, _BY_FILE = 0.5, 0.3, 0.2


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of one column: what stands lowest, and what stands above it."""

    column: int
    leaf: str
    above: tuple[str, ...] = ()

    def forms(self) -> list[str]:
        """From the most said to the least: 安防建设情况一键报警与公安联网, 一键报警与公安联网, 与公安联网."""
        return ["".join([*self.above[at:], self.leaf]) for at in range(len(self.above))] + [self.leaf]

    @property
    def text(self) -> str:
        return " ".join([*self.above[-1:], self.leaf])


@dataclass(slots=True)
class Layout:
    """`fields`: column → field. `top`..`bottom`: rows of the heading. `recognised`: share of headings, for the message."""

    table: str
    top: int
    bottom: int
    heads: list[Head]
    fields: dict[int, str] = made(default_factory=dict)
    by_neighbour: dict[int, str] = made(default_factory=dict)  # column → the heading before it
    ambiguous: dict[int, list[str]] = made(default_factory=dict)  # column → fields it may be
    second: dict[int, str] = made(default_factory=dict)  # column → field that another column holds
    names: dict[int, str] = made(default_factory=dict)  # column → key of a parent that this column names
    score: float = 0.0
    all_known: bool = False
    assumed: bool = False  # the last row was taken for a heading only by its shape


def of_columns(columns: Sequence[str], index: Index, file: str, table: str = "") -> Layout | None:
    """The same for a frame whose columns have names; `table` if it is known."""
    heads = [Head(at, normal(name)) for at, name in enumerate(columns)]
    named = {owner: _BY_SHEET * sure for owner, sure in index.named(file).items()}
    layout = Layout(table, -1, -1, heads) if table else _best_table(heads, index, named, -1, -1)
    if layout is None:
        return None
    _map(layout, index)
    return layout if table or _is_enough(layout, named) else None


def find(grid: Grid, index: Index, sheet: str, file: str) -> Layout | None:
    """The best reading of the sheet, or None if no table fits."""
    rows = grid.head(REACH)
    near = _likely(rows, index)
    if near is None:
        return None
    named = {table: _BY_SHEET * sure for table, sure in index.named(sheet).items()} if sheet else {}
    for table, sure in index.named(file).items():
        named[table] = max(named.get(table, 0.0), _BY_FILE * sure)
    for cell in (cell for row in rows[:near] for cell in row if isinstance(cell, str) and cell):
        for table, sure in index.named(cell).items():
            named[table] = max(named.get(table, 0.0), _BY_TITLE * sure)
    best: Layout | None = None
    for depth in range(1, _DEPTH + 1):
        for top in range(max(0, near - depth + 1), min(near, len(rows) - depth) + 1):
            heads = _heads(rows, top, top + depth - 1, grid.merges)
            found = _best_table(heads, index, named, top, top + depth - 1)
            if found is not None and (best is None or found.score > best.score + 1e-9):
                best = found
        if best is not None and best.all_known:
            break
    if best is None:
        return None
    best = _with_row_below(best, rows, grid.merges, index)
    _map(best, index)
    return best if _is_enough(best, named) else None


def recognised(grid: Grid, index: Index) -> list[str]:
    """Headings that some table knows, for a sheet that is not understood as a whole."""
    rows = grid.head(REACH)
    near = _likely(rows, index)
    return [] if near is None else [normal(cell) for cell in rows[near] if _is_known(cell, index)]


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


def _heads(rows: Sequence[Sequence[object]], top: int, bottom: int, merges: Iterable[Range] | None) -> list[Head]:
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
    heads = _heads(rows, layout.top, at, merges)
    if not _known_fields(layout.heads, layout.table, index) <= _known_fields(heads, layout.table, index):
        return layout  # a line of data under a heading with gaps
    return Layout(layout.table, layout.top, at, heads, score=layout.score, assumed=True)


def _known_fields(heads: Iterable[Head], table: str, index: Index) -> set[str]:
    return {field for head in heads for owner, field in _any_hit(head, index) if owner == table}


# --- which table, which field --------------------------------------------------------------------


def _best_table(heads: list[Head], index: Index, named: Mapping[str, float], top: int, bottom: int) -> Layout | None:
    known: dict[str, set[str]] = {}
    for head in heads:
        for table, field in _any_hit(head, index):
            known.setdefault(table, set()).add(field)
    counted = sum(plain(head.leaf) not in SERIAL_HEADS for head in heads)
    best: Layout | None = None
    for table, fields in known.items():
        if table == RETURNS and len(fields) < 3:
            continue
        # The share tells tables apart, the number of headings tells a heading from a line of data.
        # Where one table has all columns of another, the sheet is of the one whose own columns are all there.
        own = len(index.tables[table].fields) if table in index.tables else len(fields)
        score = len(fields) / max(counted, 1) + named.get(table, 0.0) + len(fields) / 50 + len(fields) / own / 100
        if best is None or score > best.score + 1e-9:
            best = Layout(table, top, bottom, heads, score=score, all_known=len(fields) >= counted)
    return best


def _any_hit(head: Head, index: Index) -> set[tuple[str, str]]:
    for form in head.forms():
        for hits in index.hits(form):
            if hits:
                return hits
    return set()


def _candidates(head: Head, table: str, index: Index) -> tuple[int, list[str]]:
    """How exactly, and which fields of the table the heading may be."""
    hits = [index.hits(form) for form in head.forms()]
    for level in range(3):
        for by_form in hits:
            fields = sorted(field for owner, field in by_form[level] if owner == table)
            if fields:
                return level, fields
    return 3, []


def _map(layout: Layout, index: Index) -> None:
    claims: dict[str, list[tuple[int, Head]]] = {}
    open_heads: list[Head] = []
    before: dict[int, str] = {}
    previous = ""
    for head in layout.heads:
        before[head.column], previous = previous, head.leaf
        level, fields = _candidates(head, layout.table, index)
        if len(fields) == 1:
            claims.setdefault(fields[0], []).append((level, head))
        else:
            open_heads.append(head)
            if fields:
                layout.ambiguous[head.column] = fields
    for field, claimants in claims.items():
        if len(claimants) > 1 and len({plain(head.forms()[0]) for _, head in claimants}) < len(claimants):
            # The same heading twice: only what stands before it can tell which is which.
            open_heads += [head for _, head in claimants]
            layout.ambiguous |= {head.column: [field] for _, head in claimants}
            continue
        claimants.sort(key=lambda claim: (claim[0], claim[1].column))
        layout.fields[claimants[0][1].column] = field
        layout.second |= {head.column: field for _, head in claimants[1:]}
    _parents_by_name(layout, index)
    _resolve(layout, [head for head in open_heads if head.column not in layout.fields], before, index)
    layout.fields = dict(sorted(layout.fields.items()))


def _resolve(layout: Layout, open_heads: list[Head], before: Mapping[int, str], index: Index) -> None:
    taken = set(layout.fields.values())
    guesses = {
        head: index.by_neighbour(layout.table, head.leaf, before[head.column]) - taken
        for head in open_heads
        if before[head.column] and plain(head.leaf) not in SERIAL_HEADS
    }
    for head, fields in guesses.items():
        if len(fields) != 1:
            continue
        (field,) = fields
        if sum(field in others for others in guesses.values()) == 1:
            layout.fields[head.column] = field
            layout.by_neighbour[head.column] = before[head.column]
            layout.ambiguous.pop(head.column, None)


def _parents_by_name(layout: Layout, index: Index) -> None:
    """使用学校 in a list of buses names the parent: it stands for the key, or beside it."""
    table = index.tables.get(layout.table)
    if table is None:
        return
    named: dict[str, list[int]] = {}
    for head in layout.heads:
        if head.column in layout.fields or head.column in layout.ambiguous:
            continue
        hits = next((found for form in head.forms() for found in index.hits(form) if found), set())
        for parent, key in table.parents.items():
            if parent in index.tables and (parent, index.tables[parent].title) in hits:
                named.setdefault(key, []).append(head.column)
    for key, columns in named.items():
        if len(columns) == 1 and key not in layout.fields.values():
            layout.fields[columns[0]] = key
        else:
            layout.names |= dict.fromkeys(columns, key)
