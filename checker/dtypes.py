"""The type of a field → how Polars holds its values."""

from __future__ import annotations

import polars as pl

from checker.model import FieldType

DTYPES: dict[FieldType, pl.DataType] = {
    "text": pl.String(),
    "choice": pl.String(),
    "yes_no": pl.Boolean(),
    "count": pl.Int64(),
    "number": pl.Float64(),
    "percent": pl.Float64(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
    "choices": pl.List(pl.String()),
}
