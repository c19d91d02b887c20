"""One sheet → the rows it holds for one table, in types, and a question for everything that is not taken as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import polars as pl

from checker import threads
from checker.dtypes import DTYPES
from checker.errors import Text
from checker.intake import choices, doubts, filling, kinds, looking
from checker.intake.cells import normal
from checker.intake.codings import codings
from checker.intake.columns import Raw, Read, distinct, read, within
from checker.intake.context import Context as Context
from checker.intake.context import Found as Found
from checker.intake.grid import Body, Grid, NotInPieces, blanks, is_blank
from checker.intake.headings import ask_heads
from checker.intake.layout import Layout
from checker.intake.looks import ask_looks
from checker.intake.mapped import NOTHING, About, coded
from checker.intake.names import RECEIVED, RETURNS
from checker.intake.pieces import STEPS, Carried, Piece, Seen, Whole, is_serial, unasked
from checker.intake.returns import read_returns
from checker.intake.rows import idle_rows, joined, nil_rows, rows_apart
from checker.intake.scales import ask_scales, scaled, scales
from checker.intake.senders import IN_THE_HEADING, unit_around
from checker.intake.totals import Marker, Tally, tallies, wrong
from checker.model import Table
from checker.plan import Source
from checker.tables import LINE, LOST, RECEIVED_ON, Part, Question
from checker.tables.questions import MOST_PLACES, Kind, Said, cell_name, told
from checker.tables.units import UNIT

_SHOWN = 8


def read_layout(
    grid: Grid,
    layout: Layout,
    file: str,
    digest: str,
    context: Context,
    said: About = NOTHING,
    pieces: Iterable[Grid] | None = None,
) -> Found:
    """The rows of a sheet whose columns are known."""
    columns = {field: grid.column_name(column) for column, field in layout.fields.items()}
    source = Source(file, grid.sheet, layout.table, columns, digest)
    if pieces is not None:
        carried = _first_look(grid, layout, source, context, said, pieces)
    context.confirm(layout, said)
    if layout.table == RETURNS:
        returns, asked_back = read_returns(
            grid, layout, source, context.pack, context.readers, context.index, context.received_on
        )
        found = Found(None, asked_back, returns)
        if context.looking:
            body = grid.body(layout.bottom + 1, ())
            known = looking.sheet(grid, layout, body, file, digest, context.index)
            found.sheet = looking.finished(known, asked_back)
        return found
    if pieces is None:
        sheet, whole = _Sheet(grid, layout, source, context, said), Whole(alone=True)
        whole.add(sheet.read())
        return sheet.finish(whole)
    whole = Whole(alone=False)
    for piece in pieces:
        sheet = _Sheet(piece, layout, source, context, said)
        records = sheet.read(carried)
        kept = context.keep(Part(layout.table, records.frame, source))
        whole.add(replace(records, frame=kept.frame))
        context.readers.forget()
    return sheet.finish(whole)


def _first_look(
    grid: Grid, layout: Layout, source: Source, context: Context, said: About, pieces: Iterable[Grid]
) -> Carried:
    """NotInPieces if it turns out that the text has to be read whole."""
    uneven = {*(grid.widths or [])[layout.bottom :]} - {0, grid.width}
    if layout.table == RETURNS or uneven:
        raise NotInPieces
    carried = Carried()
    for piece in pieces:
        _Sheet(piece, layout, source, context, said).look(carried)
    carried.serial = carried.serial and carried.keys > 1
    carried.last.clear()
    return carried


class _Sheet:
    def __init__(self, grid: Grid, layout: Layout, source: Source, context: Context, said: About) -> None:
        self.grid, self.layout, self.source, self.context, self.said = grid, layout, source, context, said
        self.table: Table = context.pack.tables[layout.table]
        self.columns = {field: column for column, field in layout.fields.items()}
        self.asked, self.step = unasked(), STEPS[0]
        self.codings = codings(layout, self.table)
        self.scales = scales(layout, self.table, grid)
        self.rows: dict[int, int] = {}  # line → row of the body, where merged cells need it

    def look(self, carried: Carried) -> None:
        """Notes what the other pieces of the sheet must know of this one."""
        self.carried = carried
        apart = rows_apart(self.grid, self.layout, self.columns.get(self.table.key), self._ask)
        self.body = self._rows(apart.skip)
        for field, column in self.columns.items():
            if field in self.table.fields and self.table.fields[field].type in ("yes_no", "percent"):
                carried.seen.setdefault(field, Seen()).add(self._coded(column, self.body.column(column)))
        if self._may_be_serial() and carried.serial:
            column = self.columns[self.table.key]
            keys = self._typed(self.table.key, self._coded(column, self._filled(self.table.key, column)))
            known = keys.series.drop_nulls()
            carried.serial = is_serial(known, carried.keys + 1)
            carried.keys += known.len()

    def read(self, carried: Carried | None = None) -> Piece:
        """`carried`: what is known of the other pieces, if there are any."""
        self.carried, self.alone = carried or Carried(), carried is None
        apart = rows_apart(self.grid, self.layout, self.columns.get(self.table.key), self._ask)
        self.body = self._rows(apart.skip)
        if any(last > self.layout.bottom for _, (last, _) in self.grid.merges or ()):
            self.rows = {line: at for at, line in enumerate(self.body.lines)}
        self.step = "heads"
        ask_heads(self.grid, self.layout, self._name, self._filled_cells, self.context.index, self._ask)
        ask_scales(self.scales, self.grid, self.layout, self._name, self._ask)
        ask_looks(self.grid, self.layout.fields, self.body, self._name, self._ask)
        self.step = "filling"
        cells = {field: self._coded(column, self._filled(field, column)) for field, column in self.columns.items()}
        for at, field in self.layout.names.items():
            cells[field] = self._or_name(cells[field], self.body.column(at))
        read_columns = self._all_typed(cells)
        self.step = "owner"
        if self.table.id == UNIT:
            self._key_by_name(cells, read_columns)
        self._fill_unit(cells, read_columns)
        self.step = "serial"
        self._tell_serials_apart(read_columns)
        self.step = "cells"
        keys = read_columns[self.table.key].series if self.table.key in read_columns else None
        for field, column in read_columns.items():
            self._ask_cells(field, column, keys)
        numbers = {field: read_columns[field].series for field in self._numbers().values()}
        between = tallies(numbers, self.body.lines, apart.markers) if apart.markers or not self.alone else []
        known = None
        if self.context.looking:
            place, index = (self.source.file, self.source.digest), self.context.index
            known = looking.sheet(self.grid, self.layout, self.body, *place, index)
            unit = self.context.unit.code if self.context.unit is not None else self._unit_around()[0]
            known = replace(known, unit=unit)
        return Piece(self._frame(read_columns), list(read_columns), self.asked, apart.markers, between, known)

    def finish(self, whole: Whole) -> Found:
        """All that was read of the sheet, of which this is a piece."""
        below = str(self.layout.bottom + 1) if self.layout.bottom >= 0 else ""
        heads = {self.grid.column_name(column) + below: column for column in range(self.grid.width)}
        self.asked = whole.asked(heads)
        self.step = "totals"
        if whole.markers:
            self._ask_totals(whole.markers, whole.between)
        questions = [question for step in STEPS for question in self.asked[step]]
        known = whole.look()
        frames = [frame for frame in whole.frames if frame.height] or whole.frames[:1]
        frame = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")
        return Found(
            Part(self.table.id, frame, self.source, self.said.apart),
            questions,
            sheet=None if known is None else looking.finished(known, questions),
        )

    def _ask(
        self,
        kind: Kind,
        cell: str = "",
        *,
        key: str | None = None,
        field: str = "",
        raw: str | None = None,
        reading: str | None = None,
        n: int = 1,
        values: Mapping[str, Said] = MappingProxyType({}),
        candidate: str = "",
        cells: tuple[str, ...] = (),
    ) -> None:
        place = (self.source, cell, self.table.id, key, field)
        self.asked[self.step].append(Question(kind, *place, raw, reading, n, dict(values), candidate, cells))

    def _rows(self, skip: Sequence[int]) -> Body:
        """But those that are no records, as somebody has said, or because they say nothing that is read."""
        void = [at for at in self.said.void if self.grid.first <= at < self.grid.height]
        body = self.grid.body(self.layout.bottom + 1, [*skip, *void])
        key = self.columns.get(self.table.key) if self.table.key and self.table.fields[self.table.key].pattern else None
        columns = (*self.layout.fields, *self.layout.names)
        if self.layout.bottom < 0:
            return body
        idle = idle_rows(self.grid, body, columns, key, self._blank)
        nil = [at for at in nil_rows(body, self.table, self.columns, self._blank) if at not in idle]
        for kind, rows in ((kinds.IDLE_ROW, idle), (kinds.NIL_ROW, nil)):
            for at in rows:
                self._ask(kind, f"A{at + 1}", raw=joined(self.grid.row(at)))
        return self.grid.body(self.layout.bottom + 1, [*skip, *void, *idle, *nil]) if idle or nil else body

    # --- columns

    def _filled(self, field: str, column: int) -> Raw:
        """The cells of a column; in columns that group rows the cell above speaks for the merged ones."""
        raw, by = self.body.column(column), filling.groups(self.table, field)
        said: dict[str, Said] = {"field": self._name(field)}
        if self.grid.merges is None and by == "place":
            raw, gaps = filling.down(raw, column, self.carried.last)
            if len(gaps):
                cells = self._cells(column, gaps)
                self._ask(kinds.BLANK_FILLED, cells[0], field=field, raw="", n=len(gaps), values=said, cells=cells)
            return raw
        if not self.grid.merges:
            return raw
        found = filling.merged(raw, column, self.grid, self.layout.bottom, self.rows, by != "")
        if found.filled:
            cell = self._cell(column, found.filled[0])
            self._ask(kinds.MERGED_FILL, cell, field=field, n=len(found.filled), values=said)
        if found.empty:
            said = said | {"cells": "、".join(found.apart[:_SHOWN])}
            cells = self._cells(column, found.empty)
            self._ask(kinds.MERGED_FACT, cells[0], field=field, raw="", n=len(found.empty), values=said, cells=cells)
        return found.cells

    def _coded(self, column: int, raw: Raw) -> Raw:
        said = self.layout.confirmed.get(column)
        cells = coded(raw, (*(said.codings if said is not None else ()), *self.codings.get(column, ())))
        return scaled(cells, self.scales[column]) if column in self.scales else cells

    def _all_typed(self, cells: Mapping[str, Raw]) -> dict[str, Read]:
        # Cells in a list are read by Python, which does one thing at a time.
        rows = self.body.height if all(isinstance(raw, pl.Series) for raw in cells.values()) else 0
        return dict(zip(cells, threads.each(lambda item: self._typed(*item), [*cells.items()], rows=rows), strict=True))

    def _typed(self, field: str, raw: Raw) -> Read:
        readers, late = self.context.readers, self.grid.since_1904
        if field == RECEIVED:
            return read(raw, readers.day(late), pl.Date())
        definition = self.table.fields[field]
        seen = self.carried.seen.get(field)
        reader = readers.of(self.table, definition, lambda: distinct(raw) if seen is None else seen, late)
        found = read(raw, reader, DTYPES[definition.type])
        return found if definition.possible is None else within(found, raw, definition.possible)

    def _key_by_name(self, cells: dict[str, Raw], columns: dict[str, Read]) -> None:
        """A sheet about units may name them without their codes."""
        if self.table.key not in columns and self.table.title in cells:
            raw = cells[self.table.title]
            columns[self.table.key] = read(raw, self.context.readers.unit(), pl.String())

    def _or_name(self, raw: Raw, names: Raw) -> Raw:
        """Where the parent's key is blank, its name."""
        blank = self._blank(raw)
        if not blank.any():
            return raw
        if isinstance(raw, pl.Series) and isinstance(names, pl.Series):
            if not {raw.dtype.base_type(), names.dtype.base_type()} <= {pl.String, pl.Enum}:
                return raw
            return pl.select(pl.when(blank).then(names.cast(pl.String)).otherwise(raw.cast(pl.String))).to_series()
        return [name if gap else cell for cell, name, gap in zip(raw, names, blank, strict=True)]

    def _may_be_serial(self) -> bool:
        key = self.table.fields.get(self.table.key)
        is_text = key is not None and key.type == "text" and not key.pattern
        return is_text and bool(self.table.parents) and self.table.key in self.columns

    def _tell_serials_apart(self, columns: dict[str, Read]) -> None:
        """1, 2, 3 … down the sheet number its rows; the next sheet begins at 1 again."""
        key, table = columns.get(self.table.key), self.table
        if key is None or self.said.own_keys or not self._may_be_serial():
            return
        known = key.series.drop_nulls()
        if not (len(known) > 1 and is_serial(known, 1) if self.alone else len(known) and self.carried.serial):
            return
        owners = [columns[column].series for column in table.parents.values() if column in columns]
        owner = pl.coalesce(*owners, pl.lit(None, pl.String))
        own = pl.select(pl.format("{}-{}", owner, key.series)).to_series()
        columns[table.key] = Read(own, key.notes, key.lost)
        first = int(key.series.is_not_null().arg_true()[0])
        cell = self._cell(self.columns[table.key], first)
        reading = own[first]
        said: dict[str, Said] = {"field": self._name(table.key), "reading": own[first] or "—"}
        self._ask(kinds.SERIAL_KEY, cell, field=table.key, raw=known[0], reading=reading, n=len(known), values=said)

    def _frame(self, columns: dict[str, Read]) -> pl.DataFrame:
        lines = self.body.lines
        series = [pl.Series(LINE, lines, dtype=pl.Int64) + 1]
        for field, column in columns.items():
            series.append(column.series.alias(RECEIVED_ON if field == RECEIVED else field))
            if column.lost is not None and self.table.key and field in self.table.fields:
                series.append(column.lost.alias(LOST + field))
        day = self.context.received_on
        if RECEIVED in columns:
            return pl.DataFrame(series).rechunk().with_columns(pl.col(RECEIVED_ON).fill_null(pl.lit(day, pl.Date)))
        series.append(pl.Series(RECEIVED_ON, [day], dtype=pl.Date).new_from_index(0, self.body.height))
        return pl.DataFrame(series).rechunk()

    # --- the unit that owns the rows

    def _fill_unit(self, cells: dict[str, Raw], columns: dict[str, Read]) -> None:
        field = self.table.parents.get(UNIT)
        if field is None or not self.body.height:
            return
        asked, answered = self.context.unit, self.said.unit
        code, how, raw = self._unit_around()
        if asked is not None and code not in ("", asked.code) and not answered:
            said: dict[str, Said] = {"field": self._name(field), "other": asked.name}
            self._ask(kinds.KINDS["unit_differs"], "A1", field=field, raw=raw, reading=asked.code, values=said)
        code = answered or (asked.code if asked is not None else code)
        if not code:
            return
        blank = self._blank(cells.get(field))
        for parent, column in self.table.parents.items():
            # A row that belongs to a school belongs to a unit through it.
            if parent != UNIT and column in columns:
                blank = blank & columns[column].series.is_null()
        if field in columns:
            told_codes = columns[field].series
            columns[field] = Read(
                pl.select(pl.when(blank).then(pl.lit(code)).otherwise(told_codes)).to_series(),
                columns[field].notes,
                columns[field].lost,
            )
        else:
            columns[field] = Read(pl.select(pl.when(blank).then(pl.lit(code))).to_series(), [], None)
        if asked is None and not answered and (n := int(blank.sum())):
            kind = kinds.UNIT_ASSUMED if how is IN_THE_HEADING else kinds.UNIT_BY_A_NAME
            self._ask(kind, "A1", field=field, raw=raw, reading=code, n=n, values={"how": how})

    def _unit_around(self) -> tuple[str, Text, str]:
        return unit_around(self.grid, self.layout.top, self.source.file, self.context.readers.owners)

    def _blank(self, raw: Raw | None) -> pl.Series:
        if raw is None:
            return pl.Series([True] * self.body.height)
        if isinstance(raw, pl.Series):
            return is_blank(raw) if raw.dtype.base_type() in (pl.String, pl.Enum) else raw.is_null()
        return pl.Series(list(map(blanks(raw).__contains__, raw)), dtype=pl.Boolean)

    def _filled_cells(self, column: int) -> int:
        raw = self.body.column(column)
        if isinstance(raw, pl.Series):
            return int((~self._blank(raw)).sum())
        return len(raw) - sum(map(blanks(raw).__contains__, raw))

    # --- questions

    def _name(self, field: str) -> Text:
        return self.table.fields[field].name if field in self.table.fields else Text("收到日期", "received_on")

    def _cells(self, column: int, rows: Sequence[int] | pl.Series) -> tuple[str, ...]:
        name = self.grid.column_name(column)
        return tuple(cell_name(name, self.body.line(row) + 1) for row in rows[:MOST_PLACES])

    def _cell(self, column: int, row: int) -> str:
        return cell_name(self.grid.column_name(column), self.body.line(row) + 1)

    def _ask_cells(self, field: str, column: Read, keys: pl.Series | None) -> None:
        definition = self.table.fields.get(field)
        for note in column.notes:
            value, said = told(note.reading.value, definition)
            candidate: Said = note.reading.candidate
            if candidate and definition is not None and definition.choices:
                candidate = told(note.reading.candidate.split("、"), definition)[1]  # labels, not codes
            if note.reading.kind == "unknown_choice" and definition is not None:
                candidate = choices.shown(definition.choices)
            cells = self._cells(self.columns[field], note.rows) if field in self.columns else ()
            self._ask(
                doubts.of(note.reading.kind),
                cells[0] if cells else "",
                key=None if keys is None else keys[note.first],
                field=field,
                raw=str(note.raw) if isinstance(note.raw, str) else normal(note.raw),
                reading=value,
                n=note.n,
                values={"field": self._name(field), "reading": said, **doubts.guess(candidate)},
                candidate=note.reading.candidate,
                cells=cells,
            )

    def _numbers(self) -> dict[int, str]:
        """Column → field, of those that a total may add up."""
        kinds_of = {field: self.table.fields[field].type for field in self.columns if field in self.table.fields}
        return {at: field for field, at in self.columns.items() if kinds_of.get(field) in ("count", "number")}

    def _ask_totals(self, markers: Sequence[Marker], between: Sequence[Tally]) -> None:
        """Totals are compared with their rows, never used."""
        numbers = self._numbers()
        for marker, column, said in wrong(markers, between, numbers):
            what = self._name(numbers[column]) if column in numbers else Text("行数", "rows")
            place, raw = f"{self.grid.column_name(column)}{marker.at + 1}", normal(marker.cells[column])
            field = self.layout.fields.get(column, "")
            self._ask(kinds.TOTAL_MISMATCH, place, field=field, raw=raw, reading=said, values={"what": what})
