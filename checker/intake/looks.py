"""What a sheet shows by its look (hidden, struck through, coloured, commented) → questions; a look never changes what is read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from checker.errors import Text
from checker.intake.file_kinds import CELL_NOTES, COLOR_SEMANTICS, HIDDEN_COLUMN, HIDDEN_OR_STRUCK, Remark, at_cells
from checker.intake.grid import Body, Cell, Grid, Looks
from checker.tables import Kind
from checker.tables.questions import Said, cell_name

_NOTES_SHOWN, _LONGEST_NOTE = 5, 60


class Ask(Protocol):
    def __call__(
        self,
        kind: Kind,
        cell: str,
        *,
        field: str,
        raw: str | None,
        n: int,
        values: Mapping[str, Said],
        cells: tuple[str, ...],
    ) -> None: ...


def ask_looks(grid: Grid, fields: Mapping[int, str], body: Body, name: Callable[[str], Text], ask: Ask) -> None:
    """`fields`: the columns that are read."""
    looks = grid.looks
    if looks is None or looks == Looks():
        return
    lines = {body.line(row) for row in range(body.height)}

    def tell(remark: Remark, field: str = "") -> None:
        ask(remark.kind, remark.cell, field=field, raw=remark.raw, n=remark.n, values=remark.values, cells=remark.cells)

    def cells_of(places: Iterable[Cell]) -> list[str]:
        return [cell_name(grid.column_name(column), row + 1) for row, column in sorted(places)]

    if hidden := sorted(looks.hidden_rows & lines):
        how = Text("被筛选掉", "filtered out") if looks.is_filtered else Text("是隐藏的", "hidden")
        said = Text(f"{len(hidden)}行{how.zh}", f"{len(hidden)} rows are {how.en}")
        tell(at_cells(HIDDEN_OR_STRUCK, [f"A{row + 1}" for row in hidden], what=said))
    for column, field in fields.items() if lines else ():
        if any(first <= column <= last for first, last in looks.hidden_columns):
            tell(at_cells(HIDDEN_COLUMN, cells_of([(min(lines), column)]), field=name(field)), field)
    whole, single = _struck(grid, looks.struck, lines)
    if whole:
        said = Text(f"{len(whole)}行带有删除线", f"{len(whole)} rows are struck through")
        tell(at_cells(HIDDEN_OR_STRUCK, [f"A{row + 1}" for row in sorted(whole)], what=said))
    for column, places in _by_column(single, fields):
        field = fields[column]
        said = Text(
            f"“{name(field).zh}”有{len(places)}格带有删除线", f'{len(places)} cells of "{name(field).en}" are struck'
        )
        tell(at_cells(HIDDEN_OR_STRUCK, cells_of(places), what=said), field)
    coloured = {cell for cell in looks.coloured if cell[0] in lines} - set(_covered(grid))
    for column, places in _by_column(coloured, fields):
        tell(at_cells(COLOR_SEMANTICS, cells_of(places), field=name(fields[column])), fields[column])
    if notes := {cell: text for cell, text in looks.notes.items() if cell[0] in lines}:
        shown = [
            f"{place}：{' '.join(notes[cell].split())[:_LONGEST_NOTE]}"
            for cell, place in zip(sorted(notes)[:_NOTES_SHOWN], cells_of(notes), strict=False)
        ]
        tell(at_cells(CELL_NOTES, cells_of(notes), "；".join(shown)))


def _struck(grid: Grid, struck: set[Cell], lines: set[int]) -> tuple[set[int], set[Cell]]:
    """Rows that are struck through as a whole, and the other cells."""
    found = {cell for cell in struck if cell[0] in lines}
    counts = Counter(row for row, _ in found)
    whole = {row for row, n in counts.items() if n >= sum(cell != "" for cell in grid.row(row))}
    return whole, {cell for cell in found if cell[0] not in whole}


def _by_column(cells: Iterable[Cell], fields: Mapping[int, str]) -> list[tuple[int, list[Cell]]]:
    found: defaultdict[int, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell[1] in fields:
            found[cell[1]].append(cell)
    return sorted(found.items())


def _covered(grid: Grid) -> Iterable[Cell]:
    """Cells that a merged one covers: they are empty because of it."""
    for (top, left), (bottom, right) in grid.merges or ():
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    yield row, column
