"""The headings of a sheet + how many cells stand under each → a question for every column that is not read as it is headed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from checker.errors import Text
from checker.intake import kinds
from checker.intake.grid import Grid
from checker.intake.layout import Head, Layout
from checker.intake.names import SERIAL_HEADS, plain
from checker.tables import Kind
from checker.tables.questions import Said


class Ask(Protocol):
    def __call__(
        self, kind: Kind, cell: str, *, field: str, raw: str | None, n: int, values: Mapping[str, Said]
    ) -> None: ...


def ask_heads(grid: Grid, layout: Layout, name: Callable[[str], Text], filled: Callable[[int], int], ask: Ask) -> None:
    """`filled`: how many cells under a column say something; a column without any loses nothing."""
    heads = {head.column: head for head in layout.heads}
    for column in range(grid.width):
        head = heads.get(column)
        place = grid.column_name(column)
        if layout.bottom >= 0:
            place += str(layout.bottom + 1)
        if head is not None and column in layout.by_neighbour:
            field = layout.fields[column]
            said: dict[str, Said] = {"field": name(field), "neighbour": layout.by_neighbour[column]}
            ask(kinds.HEAD_BY_NEIGHBOUR, place, field=field, raw=head.leaf, n=1, values=said)
        if column in layout.fields or not (n := filled(column)):
            continue
        kind, field, values = _why(layout, column, head, name)
        ask(kind, place, field=field, raw=head.text if head is not None else None, n=n, values=values)


def _why(
    layout: Layout, column: int, head: Head | None, name: Callable[[str], Text]
) -> tuple[Kind, str, dict[str, Said]]:
    """Why the column is not read, and the field that it comes near to."""
    if column in layout.confirmed and not layout.confirmed[column].field:
        return kinds.SKIPPED_COLUMN, "", {}
    if head is None:
        return kinds.HEADLESS_COLUMN, "", {}
    if column in layout.names:
        return kinds.NAMES_PARENT, layout.names[column], {"field": name(layout.names[column])}
    if plain(head.leaf) in SERIAL_HEADS:
        return kinds.SERIAL_COLUMN, "", {}
    if column in layout.second:
        return kinds.SECOND_COLUMN, layout.second[column], {"field": name(layout.second[column])}
    if column in layout.ambiguous:
        names = [name(field) for field in layout.ambiguous[column]]
        either = Text("、".join(each.zh for each in names), ", ".join(each.en for each in names))
        return kinds.AMBIGUOUS_HEAD, "", {"candidate": either}
    return kinds.UNMAPPED_COLUMN, "", {}
