"""Numbers outside their usual range → questions; the numbers are used as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
    frame = records.frames[table.id]
    ends = _ends(frame, expecting)
    for field in expecting:
        outside = [code for code, bounds in _usual(field).ranges.items() if _may_be_beyond(ends, field, code, bounds)]
        if not outside:
            continue
        rows = frame.select(_outside(field, outside).arg_true()).to_series()

        def say(_: object, record: Row, __: object, field: FieldDef = field) -> dict[str, Said]:
            return _said(table, field, record)

        yield from records.questions(kinds.UNUSUAL, table, field.id, rows, say)


def _usual(field: FieldDef) -> Usual:
    assert field.usual is not None
    return field.usual


def _ends(frame: pl.DataFrame, fields: Sequence[FieldDef]) -> dict[tuple[str, str | None], tuple[Any, Any]]:
    """Field, value of the field that it is judged by (or nothing) → the least and the greatest number."""
    found: dict[tuple[str, str | None], tuple[Any, Any]] = {}
    for by in dict.fromkeys(_usual(field).by for field in fields):
        names = [field.id for field in fields if _usual(field).by == by]
        wanted = [pl.col(name).min().alias(f"{name}<") for name in names] + [pl.col(name).max() for name in names]
        groups = frame.group_by(by).agg(wanted) if by else frame.select(pl.lit("").alias(by), *wanted)
        for row in groups.iter_rows(named=True):
            found |= {(name, row[by]): (row[f"{name}<"], row[name]) for name in names}
    return found


def _may_be_beyond(
    ends: Mapping[tuple[str, str | None], tuple[Any, Any]], field: FieldDef, code: str, bounds: Range
) -> bool:
    least, greatest = ends.get((field.id, code), (None, None))
    return least is not None and (
        (bounds.low is not None and least < float(bounds.low))
        or (bounds.high is not None and greatest > float(bounds.high))
    )


def _outside(field: FieldDef, codes: Sequence[str]) -> pl.Expr:
    usual, value = _usual(field), pl.col(field.id)
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
