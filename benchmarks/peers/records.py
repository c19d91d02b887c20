"""A number of schools → their records as Parquet and JSON, with values missing; as many as one likes, the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from benchmarks.peers.duties import AS_OF, CHOICES, COUNTS, DATES, PERCENTS, YES_NO
from benchmarks.peers.pack import UNITS

BLOCK = 100_000
# Schools of a county; more, where there are too many for the counties of the pack.
COUNTY = 150
# Of ten thousand: how often a value is missing, and how often it is one that a rule would find at fault.
MISSING, SHORT = 500, 1000
_PRIME = 2_147_483_647


def write_parquet(path: Path, schools: int) -> Path:
    with pq.ParquetWriter(path, frame(0, 1, schools).to_arrow().schema) as out:
        for first in range(0, schools, BLOCK):
            out.write_table(frame(first, min(first + BLOCK, schools), schools).to_arrow())
    return path


def write_json(path: Path, schools: int) -> Path:
    """As dictionaries, days in ISO form: for peers that look at one record at a time."""
    days = pl.col(pl.Date).dt.to_string("%Y-%m-%d")
    path.write_text(json.dumps(frame(0, schools, schools).with_columns(days).to_dicts()), "utf-8")
    return path


def frame(first: int, after: int, schools: int) -> pl.DataFrame:
    """Of so many schools those from `first` on, in the order of their counties and codes."""
    at = pl.int_range(first, after, eager=True).alias("at").to_frame()
    names = [*CHOICES, *YES_NO, *COUNTS, *PERCENTS, *DATES]
    salt = {name: number for number, name in enumerate(names, start=1)}
    counts = {name: _count(name, salt[name]) for name in COUNTS}
    # What should reach another number is that number, now and then one less.
    reaching = {
        name: pl.max_horizontal(counts[full] - (_of_10000(salt[name]) < SHORT).cast(pl.Int64), pl.lit(0))
        for name, full in COUNTS.items()
        if full
    }
    columns = [
        *(_choice(name, salt[name]) for name in CHOICES),
        *((_of_10000(salt[name]) >= SHORT).alias(name) for name in YES_NO),
        *(value.alias(name) for name, value in {**counts, **reaching}.items()),
        *(_percent(name, salt[name]) for name in PERCENTS),
        *(_day(name, salt[name]) for name in DATES),
    ]
    code = pl.col("at").cast(pl.String).str.zfill(8)
    unit = pl.lit(pl.Series(UNITS)).gather(pl.col("at") // max(COUNTY, -(-schools // len(UNITS))))
    return at.select(
        pl.concat_str(pl.lit("2132"), code).alias("code"),
        pl.concat_str(pl.lit("学校"), code).alias("name"),
        unit.alias("unit_code"),
        *(pl.when(_of_10000(900 + salt[each.meta.output_name()]) >= MISSING).then(each) for each in columns),
    )


def _of_10000(salt: int) -> pl.Expr:
    """A number below ten thousand for every school, in no order that one would notice."""
    stirred = (pl.col("at") * 48_271 + salt * 7_368_787) % _PRIME * 16_807 % _PRIME * 69_621 % _PRIME
    return stirred // 1000 % 10_000


def _choice(name: str, salt: int) -> pl.Expr:
    number = _of_10000(salt)
    if name == "operating_status":  # nearly all of them are
        number = (number >= 9_000).cast(pl.Int64) + (number >= 9_500).cast(pl.Int64)
    return pl.lit(pl.Series(CHOICES[name])).gather(number % len(CHOICES[name])).alias(name)


def _count(name: str, salt: int) -> pl.Expr:
    number = _of_10000(salt)
    if name == "students":
        return number % 3000
    return 10 + number % 200 if name in ("retention_days", "school_days", "meals_served", "posts") else number % 7


def _percent(name: str, salt: int) -> pl.Expr:
    number = _of_10000(salt)
    return (pl.when(number < SHORT).then(99 - number % 20).otherwise(100) / 100).alias(name)


def _day(name: str, salt: int) -> pl.Expr:
    """Within the usual time, now and then longer ago."""
    number = _of_10000(salt)
    ago = pl.when(number < SHORT).then(DATES[name] + 1 + number % 300).otherwise(number % (DATES[name] + 1))
    return (pl.lit(AS_OF) - pl.duration(days=ago)).alias(name)
