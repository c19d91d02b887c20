"""A pack's vocabulary + typed rows from many places → Tables: one row per key, every table and column there, doubts told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from math import isnan

import polars as pl

from checker import threads
from checker.dtypes import DTYPES
from checker.model import Pack, Table
from checker.plan import RecordCheck, Source, Tables
from checker.tables import questions as ask
from checker.tables.checks import KINDS as CHECK_KINDS
from checker.tables.checks import Records, contradictions, examine
from checker.tables.links import Return, connect, cover
from checker.tables.merging import LINE, LOST, SOURCE, merge
from checker.tables.questions import KINDS as MERGING_KINDS
from checker.tables.questions import QUESTION_SCHEMA, Kind, Question
from checker.tables.review import KINDS as REVIEW_KINDS
from checker.tables.review import review
from checker.tables.units import UNIT

__all__ = [
    "KINDS",
    "LINE",
    "LOST",
    "ORIGIN_SCHEMA",
    "QUESTION_SCHEMA",
    "RECEIVED_ON",
    "Kind",
    "Part",
    "Question",
    "Return",
    "assemble",
    "disagreeing",
    "empty",
    "schema",
]

KINDS = {**MERGING_KINDS, **CHECK_KINDS, **REVIEW_KINDS}
RECEIVED_ON = "received_on"
ORIGIN_SCHEMA: dict[str, pl.DataType] = {
    "table": pl.String(),
    "row": pl.UInt32(),
    "source": pl.UInt32(),
    "line": pl.Int64(),
}
_NO_DAY = pl.Series(RECEIVED_ON, [None], dtype=pl.Date)
_NO_ORIGINS = pl.DataFrame(schema={"row": pl.UInt32, "source": pl.UInt32, "line": pl.Int64})
_NOTHING = {dtype: pl.Series([], dtype=dtype) for dtype in DTYPES.values()}
_ADDED = (pl.Series(RECEIVED_ON, [], pl.Date), pl.Series(LINE, [], pl.Int64), pl.Series(SOURCE, [], pl.UInt32))
# What the list of units of the pack says about a unit; a sheet may add other fields of the table `unit`.
_OWNED_BY_PACK = ("code", "name", "short", "kind", "valid_from", "valid_to", "successor")


@dataclass(frozen=True, slots=True)
class Part:
    """Rows for one table from one place: fields of the table in their types, and perhaps

    received_on; LINE (row number in the place, else counted from 1); LOST + field (Boolean: the cell was filled in, but
    what it says is not known).
    """

    table: str
    frame: pl.DataFrame
    source: Source | None = None
    apart: bool = False  # its rows are records of their own, even if another place has the same


def schema(table: Table) -> dict[str, pl.DataType]:
    return {name: DTYPES[field.type] for name, field in table.fields.items()} | {RECEIVED_ON: pl.Date()}


def empty(table: Table) -> pl.DataFrame:
    """Renaming an empty column takes a fraction of making one, and most tables of most readings are empty."""
    return pl.DataFrame([_NOTHING[dtype].alias(name) for name, dtype in schema(table).items()])


def assemble(
    pack: Pack,
    frames: Mapping[str, pl.DataFrame] | Sequence[Part],
    *,
    questions: Sequence[Question] = (),
    returns: Sequence[Return] = (),
    known_at: date | None = None,
) -> Tables:
    """All tables of the pack, whether or not rows came. Rows received after `known_at` do not exist: they may not
    replace what was known on that day, so they are left out before rows of one key meet.
    """
    parts = [Part(name, frame) for name, frame in frames.items()] if isinstance(frames, Mapping) else list(frames)
    found = list(questions)
    sources = [part.source for part in parts if part.source is not None]
    rows: dict[str, list[pl.DataFrame]] = {name: [] for name in pack.tables}
    apart = set[int]()
    place = 0
    types = {name: schema(pack.tables[name]) for name in dict.fromkeys(part.table for part in parts)}
    for part in parts:
        apart |= {place} if part.apart else set()
        prepared = _prepared(types[part.table], part, place if part.source else None)
        place += part.source is not None
        if known_at is not None:
            prepared = _known(prepared, known_at, part, found)
        rows[part.table].append(prepared)
    if UNIT in pack.tables:
        rows[UNIT] = _with_units(pack, rows[UNIT], sources, found)
    merged: dict[str, pl.DataFrame] = {}
    origins: dict[str, pl.DataFrame] = {}
    for name, table in pack.tables.items():
        if not rows[name]:
            merged[name], origins[name] = empty(table), _NO_ORIGINS
            continue
        result = merge(table, pl.concat([_bare(table), *rows[name]], how="diagonal"), sources, apart)
        merged[name], origins[name] = _complete(table, result.frame), result.origins
        found += result.questions
    found += connect(pack, merged, origins, sources)
    in_time = [each for each in returns if not _later(each.received_on, known_at)]
    found += cover(pack, merged, in_time)
    records = Records(pack, merged, origins, sources, rows)
    looks = (examine(records, in_time), review(records))
    found += chain.from_iterable(threads.each(list, looks, rows=max(frame.height for frame in merged.values())))
    lines = [frame.select(pl.lit(name).alias("table"), pl.all()) for name, frame in origins.items() if frame.height]
    return Tables(
        merged,
        pl.concat([pl.DataFrame(schema=ORIGIN_SCHEMA), *lines]),
        tuple(sources),
        ask.frame(found),
    )


def disagreeing(pack: Pack, tables: Tables, broken: Sequence[tuple[RecordCheck, pl.Series]]) -> Tables:
    """The same tables with the questions of records that break checks of the vocabulary, given as positions."""
    if not broken:
        return tables
    origins = {str(name): frame.drop("table") for (name,), frame in tables.origins.group_by("table")}
    nowhere = dict.fromkeys(tables.frames, _NO_ORIGINS)
    records = Records(pack, tables.frames, nowhere | origins, tables.sources)
    more = ask.frame(contradictions(records, broken))
    return replace(tables, questions=pl.concat([tables.questions, more])) if more.height else tables


def _later(day: date | None, known_at: date | None) -> bool:
    return day is not None and known_at is not None and day > known_at


def _bare(table: Table) -> pl.DataFrame:
    """No rows, but the columns that merging needs, also when no part came."""
    key = [_NOTHING[DTYPES[table.fields[table.key].type]].alias(table.key)] if table.key else []
    return pl.DataFrame([*key, *_ADDED])


def _prepared(types: Mapping[str, pl.DataType], part: Part, place: int | None) -> pl.DataFrame:
    frame, came = part.frame, part.frame.schema
    if strange := [name for name in came if name not in types and not name.startswith((LINE, LOST))]:
        raise ValueError(f"table {part.table} has no field {', '.join(strange)}")
    wrong = {name: types[name] for name, dtype in came.items() if name in types and dtype != types[name]}
    columns = [pl.col(name).cast(dtype) for name, dtype in wrong.items()]
    # NaN is how other programs write "missing".
    numbers = [name for name, dtype in came.items() if isinstance(dtype, pl.Float64) and name not in wrong]
    # A sum is NaN if one of its numbers is, and needs no query.
    columns += [pl.col(name).fill_nan(None) for name in numbers if isnan(frame[name].sum())]
    if LINE not in came:
        columns.append(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(LINE))
    if RECEIVED_ON not in came:
        columns.append(pl.lit(None, pl.Date).alias(RECEIVED_ON))
    if columns:
        frame = frame.with_columns(columns)
    return frame.hstack([pl.Series(SOURCE, [place], dtype=pl.UInt32).new_from_index(0, frame.height)])


def _known(frame: pl.DataFrame, known_at: date, part: Part, found: list[Question]) -> pl.DataFrame:
    kept = frame.filter((pl.col(RECEIVED_ON) <= known_at).fill_null(True))
    if late := frame.height - kept.height:
        found.append(Question(ask.RECEIVED_LATER, part.source, table=part.table, n=late))
    return kept


def _complete(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([empty(table), frame], how="diagonal")


# --- units ---------------------------------------------------------------------------------------


def _with_units(
    pack: Pack, rows: list[pl.DataFrame], sources: Sequence[Source], found: list[Question]
) -> list[pl.DataFrame]:
    """The pack's units as rows of the table `unit`, before what sheets say about units.

    A unit is always known, whenever a sheet about it was received: its rows carry no day of receipt.
    """
    table = pack.tables[UNIT]
    known: dict[str, list[object]] = {
        "code": [unit.code for unit in pack.units.values()],
        "name": [unit.name.of(pack.language) for unit in pack.units.values()],
        "short": [unit.short for unit in pack.units.values()],
        "kind": [unit.kind for unit in pack.units.values()],
        "valid_from": [unit.valid_from for unit in pack.units.values()],
        "valid_to": [unit.valid_to for unit in pack.units.values()],
        "successor": [unit.successor or None for unit in pack.units.values()],
    }
    types = {name: dtype for name, dtype in schema(table).items() if name in known}
    own = pl.DataFrame({name: known[name] for name in types}, schema=types)
    owned = [name for name in _OWNED_BY_PACK if name in types and name != table.key]
    result = [_prepared(schema(table), Part(UNIT, own), None)]
    for frame in rows:
        kept = [name for name in frame.columns if name not in owned and name != RECEIVED_ON]
        result.append(frame[kept].hstack([_NO_DAY.new_from_index(0, frame.height)]))
        found += _about_units(pack, frame, owned, sources)
    return result


def _about_units(pack: Pack, frame: pl.DataFrame, owned: list[str], sources: Sequence[Source]) -> list[Question]:
    table = pack.tables[UNIT]
    at = frame[SOURCE][0] if frame.height else None
    source = sources[at] if at is not None else None
    asked = [
        Question(ask.PACK_OWNS, source, table=UNIT, field=name, n=n, values={"field": table.fields[name].name})
        for name in owned
        if name in frame.columns and (n := frame[name].count())
    ]
    if table.key in frame.columns:
        for code, line in zip(frame[table.key], frame[LINE], strict=True):
            if code is None or code in pack.units or line is None:
                continue
            cell = ask.cell_name(source.columns.get(table.key, "A"), line) if source else ""
            asked.append(Question(ask.UNKNOWN_UNIT_ROW, source, cell, UNIT, code, table.key, code))
    return asked
