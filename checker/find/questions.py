"""plan + tables → how many data questions of each sort concern each unit in force: what a gate may ask about."""

from __future__ import annotations

import polars as pl

from checker.find.population import UNIT
from checker.plan import NO_UNIT, Plan, Tables
from checker.relations import Relations
from checker.units import successors

SCHEMA = {"unit": pl.String, "code": pl.String, "severity": pl.String, "_n": pl.Int64}


def questions(plan: Plan, tables: Tables) -> pl.DataFrame:
    """SCHEMA. A question concerns every unit of which its sheet holds a record; one about no sheet, none."""
    asked = tables.questions.select("digest", "file", "sheet", "table", "code", "severity")
    sources = pl.DataFrame(
        [(at, s.digest, s.file, s.sheet) for at, s in enumerate(tables.sources)],
        schema={"source": pl.UInt32, "digest": pl.String, "file": pl.String, "sheet": pl.String},
        orient="row",
    )
    placed = asked.join(sources, on=["digest", "file", "sheet"], how="left", maintain_order="left")
    found = placed.join(_units_of_sources(plan, tables), on="source", how="left")
    unit = pl.col("unit").fill_null(NO_UNIT)
    return (
        found.group_by(unit, "code", "severity")
        .agg(pl.len().cast(pl.Int64).alias("_n"))
        .sort("unit", "code", "severity")
    )


def _units_of_sources(plan: Plan, tables: Tables) -> pl.DataFrame:
    """source, unit in force."""
    related = Relations(plan.pack, tables)
    codes = tables.frames[UNIT][plan.pack.tables[UNIT].key]
    by_row = dict(enumerate(codes))
    now = successors(plan.pack.units, codes.drop_nulls(), plan.as_of)
    parts = [pl.DataFrame(schema={"source": pl.UInt32, "unit": pl.String})]
    for (table,), lines in tables.origins.group_by("table", maintain_order=True):
        pairs = related.pairs(str(table), UNIT)
        rows = lines.select("source", "row").join(pairs, on="row")
        parts.append(rows.select("source", unit=pl.col("subject_row").replace_strict(by_row, return_dtype=pl.String)))
    return (
        pl.concat(parts)
        .with_columns(pl.col("unit").replace_strict(now, default=NO_UNIT, return_dtype=pl.String))
        .unique()
    )
