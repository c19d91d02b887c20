"""What came, how it was understood and what stayed open → JSON (schemas/intake.schema.json), for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from checker.model import Pack
from checker.understood import Column, Receipt, Sheet, Suggestion


def render(
    pack: Pack,
    sheets: Sequence[Sheet],
    questions: pl.DataFrame,
    weights: pl.DataFrame,
    receipts: Sequence[Receipt],
    **told: object,
) -> str:
    """`told`: what the caller said (unit, received_on, known_at), who has sent and who has not, which files were written."""
    said = {
        "schema": "intake/1",
        "pack": {"id": pack.id, "version": pack.version, "digest": pack.digest},
        **told,
        "sheets": [_sheet(sheet) for sheet in sheets],
        "questions": pl.concat([questions, weights], how="horizontal").to_dicts(),
        "receipts": [_receipt(each) for each in receipts],
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=_day)


def _day(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "file": sheet.file,
        "sheet": sheet.sheet,
        "digest": sheet.digest,
        "state": sheet.state,
        "hidden": sheet.hidden,
        "table": sheet.table or None,
        "unit": sheet.unit or None,
        "heading": sheet.heading,
        "data": sheet.data,
        "rows": sheet.rows,
        "left_out": dict(sheet.left_out),
        "suggestions": _suggestions(sheet.suggestions),
        "columns": [_column(column) for column in sheet.columns],
    }


def _column(column: Column) -> dict[str, Any]:
    return {
        "place": column.place,
        "heading": list(column.heading),
        "called": column.called,
        "how": column.how,
        "field": column.field or None,
        "confidence": column.confidence,
        "filled": column.filled,
        "samples": list(column.samples),
        "codings": dict(column.codings),
        "suggestions": _suggestions(column.suggestions),
    }


def _suggestions(suggestions: Sequence[Suggestion]) -> list[dict[str, Any]]:
    return [{"name": each.name, "confidence": each.confidence} for each in suggestions]


def _receipt(each: Receipt) -> dict[str, Any]:
    return {
        "unit": each.unit or None,
        "table": each.table,
        "file": each.file,
        "digest": each.digest,
        "rows": each.rows,
        "first": each.first,
        "last": each.last,
        "until": each.until,
    }
