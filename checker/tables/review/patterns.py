"""What all statistics need: shares in words, names of units and fields, one question for the rows of one unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from checker.errors import Text
from checker.model import FieldDef, Table
from checker.tables.checks.places import Records, cells
from checker.tables.questions import MOST_PLACES, Kind, Question, Said

LEAST = 10  # records of one unit from which a pattern is asked about
UNIT = "unit"  # column


def share(n: int, of: int) -> str:
    return f"{n * 100 // of}%"


def listed(fields: Iterable[FieldDef]) -> Text:
    names = [field.name for field in fields]
    return Text("、".join(f"“{name.zh}”" for name in names), ", ".join(f'"{name.en}"' for name in names))


def asked(
    records: Records, kind: Kind, table: Table, field: str, code: str, rows: pl.Series, values: Mapping[str, Said]
) -> Question:
    """About `rows` of the unit; the cells are samples from the sheet that holds the first of them."""
    places = records.places(table.id, field, rows.head(MOST_PLACES))
    source = places["source"][0]
    named = cells(places.filter(pl.col("source").eq_missing(source)))
    unit = records.pack.units.get(code)
    said: dict[str, Said] = {
        "unit": unit.name if unit else Text(code, code),
        "table": table.label,
        "field": table.fields[field].name,
        "n": rows.len(),
    }
    return Question(
        kind,
        None if source is None else records.sources[source],
        named[0],
        table.id,
        field=field,
        n=rows.len(),
        values=said | dict(values),
        cells=tuple(filter(None, named)),
    )
