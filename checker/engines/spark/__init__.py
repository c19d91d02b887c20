"""plan + tables → Evaluation, on Spark: the columnar kernel, run on shards each of which holds all that its verdicts look at.

`passes` reads the plan, `placing` tells by Spark's joins which rows go to which shard, `parcels` carries them there, `judging`
has the kernel judge a shard, `shards` puts that together; here it is done with tables in memory, in `folders` with tables
that no machine holds. Judging is pure, so a task that is lost is run again with the same result.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from checker.engines.columnar import COUNTS, FINDINGS, counted
from checker.engines.columnar.units import UNITS
from checker.engines.spark.folders import Columns, Told, judge_folder, put
from checker.engines.spark.judging import COUNT, FINDING, VERDICT, WHAT, Own, Telling
from checker.engines.spark.placing import ROW
from checker.engines.spark.session import at_work, cluster, session
from checker.engines.spark.shards import judged, shards_for
from checker.plan import Evaluation, Plan, Tables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Columns", "Told", "cluster", "evaluate", "judge_folder", "put"]

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
        others = {name: frame for name, frame in tables.frames.items() if name != UNITS}
        frames = {name: _frame(spark, frame, partitions) for name, frame in others.items() if frame.height}
        dtypes = {name: dict(frame.schema) for name, frame in others.items()}
        shards = shards or shards_for(spark, sum(frame.height for frame in others.values()))
        telling = Telling(_as_judged, {**FINDINGS, "n": pl.UInt32()}, verdicts=verdicts)
        found = judged(spark, plan, frames, dtypes, tables.frames.get(UNITS), shards, telling, only)
        return _collected(pl.DataFrame(pl.from_arrow(found.toArrow())), verdicts)


def _as_judged(plan: Plan, tables: Tables, found: Evaluation, own: Own) -> Mapping[str, pl.DataFrame]:
    frames = {FINDING: found.findings, COUNT: found.counts}
    return frames if found.verdicts is None else {**frames, VERDICT: found.verdicts}


def _frame(spark: SparkSession, frame: pl.DataFrame, partitions: int | None) -> DataFrame:
    """Points in time travel as numbers: Spark would shift them by its time zone."""
    plain = frame.with_columns(pl.col(pl.Datetime).cast(pl.Int64)).with_row_index(ROW).cast({ROW: pl.Int64})
    made = spark.createDataFrame(plain.to_arrow(compat_level=pl.CompatLevel.oldest()))
    return made.coalesce(1) if partitions is None else made.repartition(partitions)


def _collected(told: pl.DataFrame, verdicts: bool) -> Evaluation:
    def rows(what: str) -> pl.DataFrame:
        own = told.filter(pl.col(WHAT) == what).sort(_ORDER, nulls_last=False)
        return own.select(pl.col(name).cast(dtype) for name, dtype in FINDINGS.items()).rechunk()

    counts = told.filter(pl.col(WHAT) == COUNT).select(pl.col(name).cast(dtype) for name, dtype in COUNTS.items())
    return Evaluation(rows(FINDING), counted([counts]), rows(VERDICT).drop("observed") if verdicts else None)
