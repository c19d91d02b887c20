"""content → the findings as Parquet: the columns of the CSV, typed; `observed` is JSON text."""

from __future__ import annotations

from io import BytesIO

from checker import parquet
from checker.reports.content import Content


def render(told: Content) -> bytes:
    out = BytesIO()
    parquet.write(told.findings, out)
    return out.getvalue()
