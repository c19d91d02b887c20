"""Plan + tables as Spark frames → all shards judged, each by the columnar kernel, as one frame of what there is to tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from checker.engines.columnar.units import UNITS
from checker.engines.spark.judging import Assignment, Part, Telling
from checker.engines.spark.parcels import SCHEMA as PARCEL
from checker.engines.spark.parcels import Dtypes, Packer
from checker.engines.spark.passes import passes
from checker.engines.spark.placing import KEY, SHARD, placed
from checker.model import Pack
from checker.plan import Plan
from checker.relations import SUCCESSOR
from checker.together import Together

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Rows of all tables per shard: far more than the fixed cost of judging a shard, far less than an executor's memory.
_ROWS_PER_SHARD = 1_000_000


def shards_for(spark: SparkSession, rows: int) -> int:
    wanted = -(-rows // _ROWS_PER_SHARD)
    return wanted if wanted < 2 else max(wanted, spark.sparkContext.defaultParallelism)


def judged(
    spark: SparkSession,
    plan: Plan,
    frames: Mapping[str, DataFrame],
    dtypes: Mapping[str, Dtypes],
    units: pl.DataFrame | None,
    shards: int,
    telling: Telling,
    only: Mapping[str, pl.Series] | None = None,
) -> DataFrame:
    """What there is to tell, in no order. `frames`: tables with rows, with ROW; `dtypes`: of all tables; `units` apart."""
    there = {name: dtypes[name] for name in frames} | ({UNITS: units.schema} if units is not None else {})
    works = passes(plan, there, telling.beside)
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
    assignment = Assignment(tuple(parts), units, tuple(shards + home for home in homes), only, telling)
    together = reduce(lambda one, other: one.unionByName(other), parcels)
    return together.repartitionById(2 * shards, "shard").mapInArrow(_Judge(spark, assignment), telling.ddl)


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
    together: Together[str] = Together()
    for code, heir in zip(codes, after, strict=True):
        if code is not None and heir is not None:
            together.join(code, heir)
    roots = {code: together.root(code) for code in {*codes, *after} - {None}}
    place = {root: at for at, root in enumerate(sorted({*roots.values()}))}
    return codes, [(0 if code is None else place[roots[code]]) % shards for code in codes]
