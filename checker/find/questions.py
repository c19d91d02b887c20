"""plan + tables → how many data questions of each sort concern each unit in force: what a gate may ask about; those of one unit."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from checker.find.registers import UNIT
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


def questions_of(plan: Plan, tables: Tables, unit: str) -> pl.DataFrame:
    """The questions about one unit's sheets. Of a sheet that holds others' records too, only those about a record of the unit."""
    asked = tables.questions.with_row_index("_at")
    held = _units_of_sources(plan, tables)
    alone = (
        held.group_by("source").agg(pl.col("unit").sort()).filter(pl.col("unit") == pl.lit([unit], pl.List(pl.String)))
    )
    sheets = [tables.sources[at] for at in alone["source"]]
    own = pl.DataFrame(
        [(s.digest, s.file, s.sheet) for s in sheets], schema=dict.fromkeys(_SHEET, pl.String), orient="row"
    ).unique()
    about = asked.join(own, on=_SHEET, how="semi")
    told = asked.join(_keys_of(plan, tables, unit), on=["table", "key"], how="semi")
    kept = pl.concat([about["_at"], told["_at"]]).unique().sort()
    return asked.filter(pl.col("_at").is_in(kept.implode())).drop("_at")


_SHEET = ["digest", "file", "sheet"]


def records_of(plan: Plan, tables: Tables, unit: str) -> Mapping[str, pl.Series]:
    """Table → positions of the records for which the unit answers."""
    related = Relations(plan.pack, tables)
    codes = tables.frames[UNIT][plan.pack.tables[UNIT].key]
    now = successors(plan.pack.units, codes.drop_nulls(), plan.as_of)
    rows = [at for at, code in enumerate(codes) if now.get(code) == unit]
    return {
        name: related.pairs(name, UNIT).filter(pl.col("subject_row").is_in(rows))["row"].unique().sort()
        for name in plan.pack.tables
        if name in tables.frames
    }


def _keys_of(plan: Plan, tables: Tables, unit: str) -> pl.DataFrame:
    """table, key of the records for which the unit answers."""
    parts = [pl.DataFrame(schema={"table": pl.String, "key": pl.String})]
    for name, own in records_of(plan, tables, unit).items():
        frame, key = tables.frames[name], plan.pack.tables[name].key
        if key in frame.columns:
            keys = frame[key].cast(pl.String).gather(own).drop_nulls()
            parts.append(pl.DataFrame({"table": [name] * keys.len(), "key": keys}, schema=parts[0].schema))
    return pl.concat(parts).unique()


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
