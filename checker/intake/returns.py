"""The sheet 收表记录 (which table of whom is complete up to which day) → returns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from checker.intake import kinds
from checker.intake.cells import normal
from checker.intake.columns import Raw
from checker.intake.grid import Grid
from checker.intake.headings import ask_heads
from checker.intake.layout import Layout
from checker.intake.names import RECEIVED, Index, plain, return_field
from checker.intake.values import Readers
from checker.model import Pack
from checker.plan import Source
from checker.tables import Kind, Question, Return
from checker.tables.questions import Said


def read_returns(
    grid: Grid,
    layout: Layout,
    source: Source,
    pack: Pack,
    readers: Readers,
    index: Index,
    received_on: date | None = None,
) -> tuple[list[Return], list[Question]]:
    """Whoever is not a unit is taken for the key of a record; whether there is one shows when all rows are in."""
    named = {
        plain(name): table.id for table in pack.tables.values() for name in (table.id, *table.label, *table.aliases)
    }
    columns = {field: column for column, field in layout.fields.items()}
    body = grid.body(layout.bottom + 1, ())
    found: list[Return] = []
    asked: list[Question] = []

    def ask(
        kind: Kind, cell: str, *, field: str, raw: str | None, n: int, values: Mapping[str, Said], candidate: str
    ) -> None:
        asked.append(Question(kind, source, cell, field=field, raw=raw, n=n, values=values, candidate=candidate))

    ask_heads(grid, layout, return_field, lambda at: _filled(body.column(at)), index, ask)
    for row in range(body.height):
        cells = {field: body.column(column)[row] for field, column in columns.items()}
        line = body.line(row) + 1
        table = named.get(plain(normal(cells.get("table"))), "")
        holder = normal(cells.get("holder"))
        holder = str(readers.unit()[holder] or holder)
        until = readers.day(grid.since_1904)[cells.get("until")]
        received = readers.day(grid.since_1904)[cells[RECEIVED]] if RECEIVED in cells else received_on
        if table and holder and isinstance(until, date) and pack.tables[table].returned:
            day = received if isinstance(received, date) else received_on
            found.append(Return(table, holder, until, day, source, f"A{line}"))
            continue
        said = " ".join(text for cell in cells.values() if (text := normal(cell)))
        asked.append(Question(kinds.RETURN_UNREADABLE, source, f"A{line}", table, raw=said))
    return found, asked


def _filled(raw: Raw) -> int:
    return sum(normal(cell) != "" for cell in raw)
