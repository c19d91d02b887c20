"""Numbers outside their usual range → questions; the numbers are used as they stand."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checker.errors import Text
from checker.model import FieldDef, Range, Table, Usual
from checker.tables.checks import kinds
from checker.tables.checks.places import Records, Row
from checker.tables.questions import Question, Said, told


def questions(records: Records, table: Table) -> Iterator[Question]:
    expecting = [field for field in table.fields.values() if field.usual is not None]
    if not expecting:
        return
    odd = records.frames[table.id].select(_outside(field).alias(field.id) for field in expecting)
    for field in expecting:
        rows = odd[field.id].arg_true()

        def say(_: object, record: Row, __: object, field: FieldDef = field) -> dict[str, Said]:
            return _said(table, field, record)

        yield from records.questions(kinds.UNUSUAL, table, field.id, rows, say)


def _usual(field: FieldDef) -> Usual:
    assert field.usual is not None
    return field.usual


def _outside(field: FieldDef) -> pl.Expr:
    usual, value = _usual(field), pl.col(field.id)
    if not usual.by:
        return _beyond(value, usual.ranges[""])
    by = pl.col(usual.by)
    return pl.any_horizontal((by == code) & _beyond(value, bounds) for code, bounds in usual.ranges.items())


def _beyond(value: pl.Expr, bounds: Range) -> pl.Expr:
    beyond = pl.lit(False)
    if bounds.low is not None:
        beyond |= value < float(bounds.low)
    if bounds.high is not None:
        beyond |= value > float(bounds.high)
    return beyond


def _said(table: Table, field: FieldDef, record: Row) -> dict[str, Said]:
    usual, who = _usual(field), Text("", "")
    code = record[usual.by] if usual.by else ""
    if usual.by:
        label = told(code, table.fields[usual.by])[1]
        who = Text(label.zh, f"{label.en}: ")
    bounds = usual.ranges[str(code)]
    low, high = (
        None if end is None else told(float(end), field)[1].zh + field.measure for end in (bounds.low, bounds.high)
    )
    if low is None or high is None:
        said = Text(f"不少于{low}", f"at least {low}") if high is None else Text(f"不超过{high}", f"at most {high}")
    else:
        said = Text(f"在{low}至{high}之间", f"{low} to {high}")
    return {"who": who, "range": said}
