"""Days in records, days of receipt, returns → questions: done in the future, entered late, dated after a unit ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from checker.model import Table
from checker.tables.checks import kinds
from checker.tables.checks.places import RECEIVED, Records, Row
from checker.tables.links import Return, ways_up
from checker.tables.questions import Question, Said
from checker.tables.units import UNIT, predecessors
from checker.units import heirs


def questions(records: Records, table: Table, returns: Sequence[Return]) -> Iterator[Question]:
    yield from _future(records, table)
    yield from _after_unit(records, table)
    yield from _late(records, table, returns)


def _future(records: Records, table: Table) -> Iterator[Question]:
    """Whatever is done was done before it was reported."""
    frame = records.frames[table.id]
    done = [field for field in table.fields.values() if field.type in ("date", "datetime") and not field.ahead]
    received: Any = frame[RECEIVED].min()
    for field in done if received is not None else ():
        day = frame[field.id].cast(pl.Date)
        last: Any = day.max()
        if last is not None and last > received:
            rows = (day > frame[RECEIVED]).arg_true()
            yield from records.questions(kinds.FUTURE_DATE, table, field.id, rows, _received)


def _received(_: object, record: Row, __: object) -> dict[str, Said]:
    return {"received": str(record[RECEIVED])}


def _after_unit(records: Records, table: Table) -> Iterator[Question]:
    column, units = table.parents.get(UNIT), records.pack.units
    if column is None or not table.dated:
        return
    # Under a name that the unit's heir bears too, nobody can say which of them is meant.
    ended = {
        code: unit.valid_to
        for code, unit in units.items()
        if unit.valid_to is not None and (after := heirs(records.pack.units, code))
        if all(units[heir].name.zh != unit.name.zh for heir in after)
    }
    dated = records.frames[table.id][table.dated].cast(pl.Date)
    latest: Any = dated.max()
    if latest is None or not ended or latest <= min(ended.values()):
        return
    beyond = dated > records.frames[table.id][column].replace_strict(ended, default=None, return_dtype=pl.Date)

    def say(_: object, record: Row, __: object) -> dict[str, Said]:
        code = str(record[column])
        return {"unit": units[code].name, "ended": str(ended[code])}

    yield from records.questions(kinds.AFTER_UNIT, table, table.dated, beyond.arg_true(), say)


def _late(records: Records, table: Table, returns: Sequence[Return]) -> Iterator[Question]:
    """Rows that a return should have held: it had said that all was in."""
    came = [
        (holder, each.until, each.received_on)
        for each in returns
        if each.table == table.id and each.received_on is not None
        for holder in (each.holder, *predecessors(records.pack, each.holder))
    ]
    if not came or not table.dated:
        return
    schema = {"holder": pl.String, "until": pl.Date, "returned": pl.Date}
    told_complete = pl.DataFrame(came, schema=schema, orient="row")
    rows = records.frames[table.id].select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        pl.col(table.dated).cast(pl.Date).alias("day"),
        records.arrived(table.id).alias("received"),
    )
    found = pl.concat(
        rows.with_columns(way.alias("holder"))
        .join(told_complete, on="holder")
        .filter((pl.col("day") <= pl.col("until")) & (pl.col("received") > pl.col("returned")))
        for way in ways_up(records.pack, records.frames, table.id)
    )
    found = found.sort("row", "returned", "until").unique("row", keep="first", maintain_order=True)
    facts = {row: (received, until, returned) for row, _, received, _, until, returned in found.iter_rows()}

    def say(found: Sequence[int], _: Row, __: object) -> dict[str, Said]:
        return dict(zip(("received", "until", "returned"), map(str, facts[found[0]]), strict=True))

    yield from records.questions(kinds.LATE_ENTRY, table, table.dated, found["row"], say)
