"""Numbers outside their usual range → questions; the numbers are used as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from checker.errors import Text
from checker.model import FieldDef, Range, Table, Usual
from checker.tables.checks import kinds
from checker.tables.checks.places import Records, Row
from checker.tables.questions import Question, Said, told


def questions(records: Records, table: Table) -> Iterator[Question]:
    frame = records.frames[table.id]
    for field in table.fields.values():
        if field.usual is None:
            continue
        # The least and the greatest of all tell most often that no range is left.
        ends = frame[field.id].min(), frame[field.id].max()
        outside = [code for code, bounds in field.usual.ranges.items() if _may_be_beyond(*ends, bounds)]
        if not outside:
            continue
        rows = frame.select(_outside(field.usual, pl.col(field.id), outside).arg_true()).to_series()

        def say(_: object, record: Row, __: object, field: FieldDef = field) -> dict[str, Said]:
            return _said(table, field, record)

        yield from records.questions(kinds.UNUSUAL, table, field.id, rows, say)


def _may_be_beyond(least: Any, greatest: Any, bounds: Range) -> bool:
    return least is not None and (
        (bounds.low is not None and least < float(bounds.low))
        or (bounds.high is not None and greatest > float(bounds.high))
    )


def _outside(usual: Usual, value: pl.Expr, codes: Sequence[str]) -> pl.Expr:
    if not usual.by:
        return _beyond(value, usual.ranges[""])
    by = pl.col(usual.by)
    return pl.any_horizontal((by == code) & _beyond(value, usual.ranges[code]) for code in codes)


def _beyond(value: pl.Expr, bounds: Range) -> pl.Expr:
    beyond = pl.lit(False)
    if bounds.low is not None:
        beyond |= value < float(bounds.low)
    if bounds.high is not None:
        beyond |= value > float(bounds.high)
    return beyond


def _said(table: Table, field: FieldDef, record: Row) -> dict[str, Said]:
    usual, who = field.usual, Text("", "")
    assert usual is not None
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
