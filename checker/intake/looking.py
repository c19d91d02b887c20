"""A sheet, its layout and the rows that were read of it → the record of how it was understood. Only made when asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from checker.intake import kinds
from checker.intake.cells import normal
from checker.intake.columns import Raw
from checker.intake.file_kinds import LONG_ROWS
from checker.intake.grid import Body, Grid, is_blank, is_space
from checker.intake.layout import Head, Layout
from checker.intake.mapped import names
from checker.intake.names import LEVELS, REMARK_HEADS, SERIAL_HEADS, Index, plain
from checker.model import Table
from checker.tables import Question
from checker.understood import Column, How, Sheet, State, Suggestion

SAMPLES = 3
_LONGEST_SAMPLE = 60
_CONFIDENCE: Mapping[How, float] = {
    "confirmed": 1.0,
    "exact": 1.0,
    "alias": 0.98,
    "loose": 0.9,
    "neighbour": 0.6,
    "parent_name": 0.9,
}
_DOUBTED = 0.7  # a heading that fits but for what it says in brackets
_NO_DATA = (kinds.TITLE_ROWS, kinds.NUMBERING_ROW, kinds.REPEATED_HEAD, kinds.TOTAL_ROW, kinds.FOOTNOTE_ROW, LONG_ROWS)


def unread(grid: Grid, file: str, digest: str, state: State, near: tuple[Suggestion, ...] = ()) -> Sheet:
    """A sheet of which nothing was taken. `near`: tables that it may be."""
    return Sheet(file, grid.sheet, digest, state, grid.hidden, suggestions=near)


def sheet(grid: Grid, layout: Layout, body: Body, file: str, digest: str, index: Index) -> Sheet:
    """With all its columns, whether or not they say anything."""
    table = index.tables.get(layout.table)
    heads = {head.column: head for head in layout.heads}
    called = names(layout.heads, {at: grid.column_name(at) for at in range(grid.width)})
    columns = (_column(grid, layout, body, table, at, heads.get(at), called[at]) for at in range(grid.width))
    return Sheet(
        file,
        grid.sheet,
        digest,
        "read" if table is not None else "returns",
        grid.hidden,
        layout.table,
        (layout.top + 1, layout.bottom + 1) if layout.bottom >= 0 else None,
        (body.line(0) + 1, body.line(body.height - 1) + 1) if body.height else None,
        body.height,
        columns=tuple(columns),
    )


def finished(sheet: Sheet, questions: Sequence[Question]) -> Sheet:
    """`questions`: those that the sheet raised; they tell which rows are no data."""
    left_out = [(kind.code, sum(q.n for q in questions if q.kind is kind)) for kind in _NO_DATA]
    columns = tuple(column for column in sheet.columns if column.heading or column.filled)
    return replace(sheet, left_out=tuple((code, n) for code, n in left_out if n), columns=columns)


def _column(
    grid: Grid, layout: Layout, body: Body, table: Table | None, at: int, head: Head | None, called: str
) -> Column:
    how, field = _how(layout, at, head, table)
    filled, samples = _filled(body.column(at))
    return Column(
        grid.column_name(at),
        at,
        (*head.above, head.leaf) if head is not None else (),
        how,
        field,
        _DOUBTED if at in layout.noted else _CONFIDENCE.get(how, 0.0),
        filled,
        samples,
        layout.suggested.get(at, ()),
        called,
        tuple((coding.raw, coding.means) for coding in layout.confirmed[at].codings) if how == "confirmed" else (),
    )


def _how(layout: Layout, at: int, head: Head | None, table: Table | None) -> tuple[How, str]:
    if at in layout.confirmed and at not in layout.second:
        field = layout.confirmed[at].field
        return ("confirmed", field) if field else ("skipped", "")
    if head is None:
        return "headless", ""
    if at in layout.by_neighbour:
        return "neighbour", layout.fields[at]
    if at in layout.fields:
        return _by_name(head, layout.fields[at], table), layout.fields[at]
    if at in layout.names:
        return "parent_name", layout.names[at]
    if plain(head.leaf) in SERIAL_HEADS:
        return "serial", ""
    if at in layout.second:
        return "second", ""
    if at in layout.ambiguous:
        return "ambiguous", ""
    if plain(head.leaf) in REMARK_HEADS:
        return "remark", ""
    return "suggested" if at in layout.suggested else "unknown", ""


def _by_name(head: Head, field: str, table: Table | None) -> How:
    """Which of the field's names the heading is."""
    known = table.fields.get(field) if table is not None else None
    if known is None:
        return "exact"
    forms = {plain(form) for form in head.forms()}
    if forms & {plain(name) for name in (known.id, *known.name, *known.header)}:
        return "exact"
    if forms & {plain(name) for name in known.aliases}:
        return "alias"
    spelt = [known.id, *known.name, *known.header, *known.aliases]
    same = any(level(form) == level(name) for level in LEVELS[1:] for form in head.forms() for name in spelt)
    return "loose" if same else "parent_name"


def _filled(raw: Raw) -> tuple[int, tuple[str, ...]]:
    """How many cells say something, and the first different ones."""
    if isinstance(raw, pl.Series):
        said = raw.drop_nulls()
        if said.dtype.base_type() in (pl.String, pl.Enum):
            said = said.filter(~is_blank(said))
        values: list[object] = said.unique(maintain_order=True).head(SAMPLES * 2).to_list()
        n = said.len()
    else:
        cells = [cell for cell in raw if cell != "" and not is_space(cell)]
        values, n = list(dict.fromkeys(cells)), len(cells)
    samples: dict[str, None] = {}
    for value in values:
        text = normal(value)
        samples[text if len(text) <= _LONGEST_SAMPLE else text[: _LONGEST_SAMPLE - 1] + "…"] = None
        if len(samples) == SAMPLES:
            break
    return n, tuple(samples)
