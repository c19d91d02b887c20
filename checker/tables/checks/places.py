"""Rows of a merged frame → the cells they came from, and questions: one for each, or one for many alike in one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made

import polars as pl

from checker.errors import Text
from checker.model import Pack, Table
from checker.plan import Source
from checker.tables.questions import MOST_PLACES, Kind, Question, Said, cell_name, told

RECEIVED = "received_on"
EACH = 20  # so many alike in one sheet are asked one by one

Row = Mapping[str, object]
# Positions of the rows that are asked about together, the first of them, and cells of its other fields → what the message says.
Say = Callable[[Sequence[int], Row, Mapping[str, str]], Mapping[str, Said]]


@dataclass(frozen=True, slots=True)
class Records:
    """All tables, merged; `origins`: table → row, source, line. `rows`: table → its rows before they were merged."""

    pack: Pack
    frames: Mapping[str, pl.DataFrame]
    origins: Mapping[str, pl.DataFrame]
    sources: Sequence[Source]
    rows: Mapping[str, Sequence[pl.DataFrame]] = made(default_factory=dict)

    def arrived(self, table: str) -> pl.Series:
        """Per merged row the day on which anything about it came in first: a corrected row is not a late one."""
        frame, key = self.frames[table], self.pack.tables[table].key
        told = [part.select(key, RECEIVED) for part in self.rows.get(table, ()) if key and key in part.columns]
        if len(told) < 2:
            return frame[RECEIVED]
        first = pl.concat(told).drop_nulls(key).group_by(key).agg(pl.col(RECEIVED).min().alias("first"))
        joined = frame.select(key, RECEIVED).join(first, on=key, how="left", maintain_order="left")
        return joined.select(pl.coalesce("first", RECEIVED)).to_series()

    def places(self, table: str, field: str, rows: pl.Series) -> pl.DataFrame:
        """Per row: source, column, line. Of several lines the first that has the field; of none of them the line alone."""
        letters = pl.Series([source.columns.get(field) for source in self.sources], dtype=pl.String)
        wanted = rows.cast(pl.UInt32).alias("row").to_frame()
        lines = self.origins[table].join(wanted, on="row", how="semi", maintain_order="left")
        lines = lines.hstack([letters.gather(lines["source"]).alias("column")])
        if lines["row"].n_unique() < lines.height:
            lines = lines.sort("row", pl.col("column").is_null(), maintain_order=True).unique("row", keep="first")
        return wanted.join(lines, on="row", how="left", maintain_order="left")

    def cells(self, table: Table, fields: Sequence[str], rows: Sequence[int]) -> list[dict[str, str]]:
        """Per row: field → its cell."""
        columns = [cells(self.places(table.id, field, pl.Series(rows, dtype=pl.UInt32))) for field in fields]
        return [dict(zip(fields, cells, strict=True)) for cells in zip(*columns, strict=True)] or [{} for _ in rows]

    def questions(
        self,
        kind: Kind,
        table: Table,
        field: str,
        rows: pl.Series,
        say: Say,
        *,
        beside: Sequence[str] = (),
        each: int = EACH,
    ) -> Iterator[Question]:
        """`say`: what the message says besides {field}, {raw}, {table}; of many alike the first speaks for all. It is told
        the cells of the fields `beside`.
        """
        if rows.is_empty():
            return
        parts: list[tuple[object, list[int], list[str]]] = []
        for (source,), group in self.places(table.id, field, rows).group_by("source", maintain_order=True):
            alike, where = group["row"].to_list(), cells(group.head(max(each, MOST_PLACES)))
            if len(alike) > each:
                parts.append((source, alike, where[:MOST_PLACES]))
            else:
                parts += [(source, [row], [cell]) for row, cell in zip(alike, where, strict=True)]
        firsts = [alike[0] for _, alike, _ in parts]
        definition, spoken = table.fields[field], self.frames[table.id][firsts].iter_rows(named=True)
        around = self.cells(table, beside, firsts)
        for (source, alike, where), record, there in zip(parts, spoken, around, strict=True):
            raw, words = told(record[field], definition)
            cells_there = tuple(filter(None, where))
            n = len(alike)
            more = Text(f"（同类共{n}处）", f" ({n} such places)") if n > 1 else ""
            said: dict[str, Said] = {"field": definition.name, "raw": words, "table": table.label, "more": more}
            yield Question(
                kind,
                self.sources[source] if isinstance(source, int) else None,
                cells_there[0] if cells_there else "",
                table.id,
                record[table.key] if table.key else None,
                field,
                raw,
                raw,
                n=n,
                values=said | dict(say(alike, record, there)),
                cells=cells_there,
            )


def cells(places: pl.DataFrame) -> list[str]:
    """The cell of every place; nothing where there is no line."""
    return [
        "" if line is None else cell_name(column or "A", line)
        for line, column in zip(places["line"], places["column"], strict=True)
    ]


def filled(table: Table, field: str, record: Row, cells: Mapping[str, str]) -> Text:
    """A field with its value and its cell."""
    name, (_, value) = table.fields[field].name, told(record[field], table.fields[field])
    zh, en = (f"（{cells[field]}）", f" ({cells[field]})") if cells.get(field) else ("", "")
    return Text(f"“{name.zh}”填{value.zh}{zh}", f'"{name.en}" says {value.en}{en}')
