"""plan + tables → Evaluation, on Spark: the columnar kernel, run on shards each of which holds all that its verdicts look at.

`passes` reads the plan, `placing` tells by Spark's joins which rows go to which shard, `parcels` carries them there, `judging`
has the kernel judge a shard; here the parts are put together. Pure, so a task that is lost is run again with the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from checker.engines.columnar import COUNTS, FINDINGS, counted
from checker.engines.columnar.units import UNITS
from checker.engines.spark.judging import COUNT, FINDING, SCHEMA, VERDICT, Assignment, Part
from checker.engines.spark.parcels import SCHEMA as PARCEL
from checker.engines.spark.parcels import Dtypes, Packer
from checker.engines.spark.passes import passes
from checker.engines.spark.placing import KEY, ROW, SHARD, placed
from checker.engines.spark.session import at_work, cluster, session
from checker.model import Pack
from checker.plan import Evaluation, Plan, Tables
from checker.relations import SUCCESSOR

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["cluster", "evaluate"]

# Rows of all tables per shard: far more than the fixed cost of judging a shard, far less than an executor's memory.
_ROWS_PER_SHARD = 1_000_000
_ORDER = ["obligation", "key", "row", "period"]


def evaluate(
    plan: Plan,
    tables: Tables,
    *,
    verdicts: bool = False,
    only: Mapping[str, pl.Series] | None = None,
    master: str | None = None,
    shards: int | None = None,
    partitions: int | None = None,
) -> Evaluation:
    """`shards`: into how many the schools are cut; `partitions`: into how many each table, on its way there."""
    spark = session(master)
    with at_work():
        frames = {
            name: _frame(spark, frame, partitions)
            for name, frame in tables.frames.items()
            if frame.height and name != UNITS
        }
        dtypes = {name: dict(frame.schema) for name, frame in tables.frames.items() if name != UNITS}
        rows = sum(frame.height for frame in tables.frames.values())
        shards = shards or _shards(spark, rows)
        units = tables.frames.get(UNITS)
        found = _judged(spark, plan, frames, dtypes, units, shards, only=only, verdicts=verdicts)
        return _collected(pl.DataFrame(pl.from_arrow(found.toArrow())), verdicts)


def _shards(spark: SparkSession, rows: int) -> int:
    wanted = -(-rows // _ROWS_PER_SHARD)
    return wanted if wanted < 2 else max(wanted, spark.sparkContext.defaultParallelism)


def _frame(spark: SparkSession, frame: pl.DataFrame, partitions: int | None) -> DataFrame:
    """Points in time travel as numbers: Spark would shift them by its time zone."""
    plain = frame.with_columns(pl.col(pl.Datetime).cast(pl.Int64)).with_row_index(ROW).cast({ROW: pl.Int64})
    made = spark.createDataFrame(plain.to_arrow(compat_level=pl.CompatLevel.oldest()))
    return made.coalesce(1) if partitions is None else made.repartition(partitions)


def _judged(
    spark: SparkSession,
    plan: Plan,
    frames: Mapping[str, DataFrame],
    dtypes: Mapping[str, Dtypes],
    units: pl.DataFrame | None,
    shards: int,
    *,
    only: Mapping[str, pl.Series] | None = None,
    verdicts: bool = False,
) -> DataFrame:
    """Findings, counts and, if asked for, verdicts, in no order."""
    works = passes(
        plan, {name: dtypes[name] for name in frames} | ({UNITS: units.columns} if units is not None else {})
    )
    codes, homes = _homes(plan.pack, units, shards)
    known = sorted({code: home for code, home in zip(codes, homes, strict=True) if code is not None}.items())
    places = spark.createDataFrame(known, f"`{KEY}` string, `{SHARD}` int")
    empty = {name: types for name, types in dtypes.items() if name not in frames}
    parts, parcels = [], [spark.createDataFrame([], PARCEL)]
    for number, work in enumerate(works):
        own = {name: {column: dtypes[name][column] for column in columns} for name, columns in work.reads.items()}
        parts.append(Part(work.plan, work.numbers, {**empty, **own}))
        first = shards if work.of_units else 0
        for name, rows in placed(work, frames, places, shards).items():
            parcels.append(rows.mapInArrow(Packer(name, number, first, own[name]), PARCEL))
        if work.of_units and homes:
            # A unit of which nothing came is judged all the same.
            parcels.append(
                spark.createDataFrame([(first + home, number, "", b"") for home in sorted({*homes})], PARCEL)
            )
    assignment = Assignment(tuple(parts), units, tuple(shards + home for home in homes), only, verdicts)
    together = reduce(lambda one, other: one.unionByName(other), parcels)
    return together.repartitionById(2 * shards, "shard").mapInArrow(_Judge(spark, assignment), SCHEMA)


class _Judge:
    """The assignment is sent to every executor once, not with every task."""

    def __init__(self, spark: SparkSession, assignment: Assignment) -> None:
        self.assignment = spark.sparkContext.broadcast(assignment)

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        assignment: Assignment = self.assignment.value
        return assignment.judged(batches)


def _homes(pack: Pack, units: pl.DataFrame | None, shards: int) -> tuple[list[str | None], list[int]]:
    """Code and shard of every unit: that of the units before and after it, whose records it has or gives."""
    if units is None:
        return [], []
    key = pack.tables[UNITS].key
    codes = units[key].cast(pl.String).to_list()
    after = units[SUCCESSOR].to_list() if SUCCESSOR in units.columns else [None] * units.height
    first = {code: code for code in sorted({*codes, *after} - {None})}

    def found(code: str) -> str:
        while first[code] != code:
            code = first[code]
        return code

    for code, heir in zip(codes, after, strict=True):
        if code is not None and heir is not None:
            one, other = sorted((found(code), found(heir)))
            first[other] = one
    place = {code: at for at, code in enumerate(sorted({found(code) for code in first}))}
    return codes, [(0 if code is None else place[found(code)]) % shards for code in codes]


def _collected(told: pl.DataFrame, verdicts: bool) -> Evaluation:
    def rows(what: str) -> pl.DataFrame:
        own = told.filter(pl.col("what") == what).sort(_ORDER, nulls_last=False)
        return own.select(pl.col(name).cast(dtype) for name, dtype in FINDINGS.items()).rechunk()

    counts = told.filter(pl.col("what") == COUNT).select(pl.col(name).cast(dtype) for name, dtype in COUNTS.items())
    return Evaluation(rows(FINDING), counted([counts]), rows(VERDICT).drop("observed") if verdicts else None)
