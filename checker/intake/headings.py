"""The headings of a sheet + how many cells stand under each → a question for every column that is not read as it is headed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from checker.errors import Text
from checker.intake import kinds, suggest
from checker.intake.grid import Grid
from checker.intake.layout import Head, Layout
from checker.intake.names import REMARK_HEADS, SERIAL_HEADS, Index, field_names, notes, plain
from checker.intake.scales import other_measures
from checker.tables import Kind
from checker.tables.questions import Said
from checker.understood import Suggestion

_EITHER = 0.8  # shared by the fields that a heading may be


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
        candidate: str,
    ) -> None: ...


def ask_heads(
    grid: Grid, layout: Layout, name: Callable[[str], Text], filled: Callable[[int], int], index: Index, ask: Ask
) -> None:
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
            ask(kinds.HEAD_BY_NEIGHBOUR, place, field=field, raw=head.leaf, n=1, values=said, candidate="")
        if head is not None and (note := _unread_note(layout, column, head, index)):
            field = layout.fields[column]
            said = {"field": name(field), "note": note}
            layout.noted.add(column)
            ask(kinds.HEAD_NOTE, place, field=field, raw=head.leaf, n=1, values=said, candidate="")
        if column in layout.fields or not (n := filled(column)):
            continue
        kind, field, values = _why(layout, column, head, name)
        near = _suggested(layout, column, head, index) if kind in _OPEN else ()
        names = [name(each.name) for each in near]
        if kind is kinds.UNMAPPED_COLUMN:
            values["near"] = _asking(names)
        candidate = "、".join(each.zh for each in names)
        raw = head.text if head is not None else None
        ask(kind, place, field=field, raw=raw, n=n, values=values, candidate=candidate)


def _unread_note(layout: Layout, column: int, head: Head, index: Index) -> str:
    """What the heading says in brackets, where it fits its field only without."""
    table = index.tables.get(layout.table)
    field = table.fields.get(layout.fields.get(column, "")) if table is not None else None
    known_otherwise = column in layout.confirmed or column in layout.by_neighbour or column in layout.told
    if field is None or known_otherwise:
        return ""
    if other := other_measures(head.leaf, field.measure):
        return "、".join(other)
    if not (said := notes(head.leaf)):
        return ""
    names = field_names(field)
    if {plain(form) for form in head.forms()} & {plain(name) for name in names}:
        return ""
    known = {plain(note) for name in names for note in notes(name)}
    return "、".join(note for note in said if plain(note) not in known)


_OPEN = (kinds.UNMAPPED_COLUMN, kinds.AMBIGUOUS_HEAD, kinds.SECOND_COLUMN)


def _suggested(layout: Layout, column: int, head: Head | None, index: Index) -> tuple[Suggestion, ...]:
    """What the column may be; kept for whoever wants to show it."""
    if column in layout.ambiguous:
        either = layout.ambiguous[column]
        found = tuple(Suggestion(field, round(_EITHER / len(either), 2)) for field in either)
    elif column in layout.second:
        found = (Suggestion(layout.second[column], _EITHER / 2),)
    else:
        found = suggest.fields(head, layout.table, index, layout.fields.values()) if head is not None else ()
    if found:
        layout.suggested[column] = found
    return found


def _asking(names: Sequence[Text]) -> Text:
    if not names:
        return Text("", "")
    zh, en = "、".join(f"“{each.zh}”" for each in names), ", ".join(f'"{each.en}"' for each in names)
    return Text(f"；是否为{zh}？", f"; is it {en}?")


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
    if plain(head.leaf) in REMARK_HEADS and column not in layout.second and column not in layout.ambiguous:
        return kinds.REMARK_COLUMN, "", {}
    if column in layout.second:
        return kinds.SECOND_COLUMN, layout.second[column], {"field": name(layout.second[column])}
    if column in layout.ambiguous:
        names = [name(field) for field in layout.ambiguous[column]]
        either = Text("、".join(each.zh for each in names), ", ".join(each.en for each in names))
        return kinds.AMBIGUOUS_HEAD, "", {"candidate": either}
    return kinds.UNMAPPED_COLUMN, "", {}
