"""Tables on a path that Spark reads + plan → findings as part files on a path that Spark writes; only counts come back.

A table is `<name>.parquet`, a file or a folder of files; its rows are in the order of the files' names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial, reduce
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from checker.engines.columnar.units import UNITS
from checker.engines.spark.judging import COUNT, FINDING, REGISTER, WHAT, Own, Telling
from checker.engines.spark.parcels import Dtypes
from checker.engines.spark.placing import ROW
from checker.engines.spark.session import at_work, session
from checker.engines.spark.shards import judged, shards_for
from checker.errors import DataError, Diagnostic, Span, Text, UsageError
from checker.fitting import FORM, RETURNED, misfits
from checker.model import Pack, Table
from checker.plan import Evaluation, Plan, Tables

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Findings, counts and registers of one shard, from its tables.
Find = Callable[[Plan, Tables, Evaluation, Own], tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]
# The units that came → all that the pack knows, and no records.
Assemble = Callable[[Mapping[str, pl.DataFrame]], Tables]
# Type of a field → how the kernel holds it, how Spark does, and what else Spark may have there.
_KINDS: dict[str, tuple[pl.DataType, str, tuple[str, ...]]] = {
    "text": (pl.String(), "string", ()),
    "choice": (pl.String(), "string", ()),
    "yes_no": (pl.Boolean(), "boolean", ()),
    "count": (pl.Int64(), "bigint", ("tinyint", "smallint", "int")),
    "number": (pl.Float64(), "double", ("tinyint", "smallint", "int", "bigint", "float", "decimal")),
    "percent": (pl.Float64(), "double", ("float", "decimal")),
    "date": (pl.Date(), "date", ()),
    "datetime": (pl.Datetime("us"), "timestamp_ntz", ("timestamp", "date")),
    "choices": (pl.List(pl.String()), "array<string>", ()),
}
_FILE, _AT = ":file", ":at"


@dataclass(frozen=True, slots=True)
class Told:
    """Counts as a run has them, registers, the units alone as tables, and how many rows each table has."""

    counts: pl.DataFrame
    registers: pl.DataFrame
    units: Tables
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Columns:
    """How findings, counts and registers look, and what tells one cell of the counts from another."""

    findings: Dtypes
    counts: Dtypes
    cell: tuple[str, ...]
    registers: Dtypes


def judge_folder(
    plan: Plan,
    tables: str,
    out: str,
    find: Find,
    assemble: Assemble,
    columns: Columns,
    *,
    master: str | None = None,
    shards: int | None = None,
) -> Told:
    """Findings go to `out`, which must not be there yet; all of a unit are in one file, numbered as a run numbers them."""
    from pyspark import StorageLevel

    spark = session(master)
    with at_work():
        paths = _listed(spark, plan.pack, tables)
        for place in (out, beside(out)):
            if _exists(spark, place):
                raise UsageError([Diagnostic("U63", Span(place), _THERE, _ANOTHER)])
        frames, sizes = _read(spark, plan.pack, paths)
        units = frames.pop(UNITS, None)
        dtypes = {name: _dtypes(table, frames.get(name)) for name, table in plan.pack.tables.items() if name != UNITS}
        known = assemble({} if units is None else {UNITS: _collected(units, plan.pack)})
        told_of = {**columns.findings, **columns.counts, **columns.registers}
        telling = Telling(partial(_found, find), told_of, beside=True)
        told = judged(
            spark,
            plan,
            frames,
            dtypes,
            known.frames.get(UNITS),
            shards or shards_for(spark, sum(sizes.values())),
            telling,
        )
        told = told.persist(StorageLevel.DISK_ONLY)
        try:
            _write(plan, told.where(f"{WHAT} = '{FINDING}'").select(*columns.findings), out)
            return Told(_counts(told, columns), _registers(told, columns), known, sizes)
        except Exception:
            _remove(spark, out)
            raise
        finally:
            told.unpersist()


def beside(out: str) -> str:
    """Where the scorecard of the findings is."""
    return f"{out.rstrip('/')}-scorecard"


def put(card: Path, out: str) -> str:
    """A folder of this machine is put beside the findings in `out`; returns where. If that fails, nothing of both stays."""
    spark, place = session(), beside(out)
    with at_work():
        try:
            path, files = _at(spark, place)
            files.copyFromLocalFile(spark._jvm.org.apache.hadoop.fs.Path(card.as_uri()), path)
        except Exception:
            for left in (place, out):
                _remove(spark, left)
            raise
    return place


def _found(find: Find, plan: Plan, tables: Tables, evaluation: Evaluation, own: Own) -> Mapping[str, pl.DataFrame]:
    return dict(zip((FINDING, COUNT, REGISTER), find(plan, tables, evaluation, own), strict=True))


# --- reading -------------------------------------------------------------------------------------


def _listed(spark: SparkSession, pack: Pack, folder: str) -> dict[str, str]:
    """Table → its path."""
    path, files = _at(spark, folder)
    if not files.exists(path):
        raise DataError([Diagnostic("E71", Span(folder), _NOT_THERE)])
    names = sorted(str(status.getPath().getName()) for status in files.listStatus(path))
    found = {name: f"{folder.rstrip('/')}/{name}.parquet" for name in pack.tables if f"{name}.parquet" in names}
    if not found:
        raise DataError([Diagnostic("E71", Span(folder), _NO_TABLES, FORM)])
    return found


def _at(spark: SparkSession, place: str) -> tuple[Any, Any]:
    """A path and the file system that it is on, as Java has them."""
    path = spark._jvm.org.apache.hadoop.fs.Path(place)
    return path, path.getFileSystem(spark._jsc.hadoopConfiguration())


def _exists(spark: SparkSession, place: str) -> bool:
    path, files = _at(spark, place)
    return bool(files.exists(path))


def _remove(spark: SparkSession, place: str) -> None:
    """Of what broke off nothing stays."""
    path, files = _at(spark, place)
    files.delete(path, True)


def _read(spark: SparkSession, pack: Pack, paths: Mapping[str, str]) -> tuple[dict[str, DataFrame], dict[str, int]]:
    """Tables with ROW, and how many rows they have."""
    raw = {name: spark.read.parquet(path) for name, path in paths.items()}
    wrong = [each for name, frame in raw.items() for each in _misfits(pack.tables[name], frame, paths[name])]
    if wrong:
        raise DataError(wrong)
    at = {name: _typed(pack.tables[name], frame) for name, frame in raw.items()}
    files = _files(at)
    placed = {name: _placed(frame, files.get(name, [])) for name, frame in at.items()}
    return placed, {name: sum(n for _, n in files.get(name, [])) for name in at}


def _types(table: Table, frame: DataFrame) -> dict[str, tuple[pl.DataType, str, tuple[str, ...]]]:
    """Of the columns that are the table's."""
    ours = {name: _KINDS[field.type] for name, field in table.fields.items()}
    dates = {name: _KINDS["date"] for name in frame.columns if name == "received_on" or name.startswith(RETURNED)}
    return {name: kind for name, kind in {**ours, **dates}.items() if name in frame.columns}


def _misfits(table: Table, frame: DataFrame, path: str) -> list[Diagnostic]:
    has, kinds = dict(frame.dtypes), _types(table, frame)

    def fits(name: str) -> bool:
        _, right, others = kinds[name]
        return has[name].split("(")[0] in (right, *others)

    wrong = misfits(table, has, {name: right for name, (_, right, _) in kinds.items()}, fits)
    return [Diagnostic("E71", Span(path), message, FORM) for message in wrong]


def _typed(table: Table, frame: DataFrame) -> DataFrame:
    """Its columns in their types, and where a row is: in which file, at which place."""
    from pyspark.sql import functions as sql

    typed = [sql.col(name).cast(right).alias(name) for name, (_, right, _) in _types(table, frame).items()]
    return frame.select(*typed, sql.col("_metadata.file_path").alias(_FILE), sql.col("_metadata.row_index").alias(_AT))


def _files(frames: Mapping[str, DataFrame]) -> dict[str, list[tuple[str, int]]]:
    """Per table its files, by name, and how many rows each has."""
    from pyspark.sql import functions as sql

    counted = [frame.groupBy(sql.lit(name).alias(WHAT), _FILE).count() for name, frame in frames.items()]
    found: dict[str, list[tuple[str, int]]] = {}
    for name, file, n in sorted(reduce(lambda one, other: one.union(other), counted).collect()):
        found.setdefault(name, []).append((file, n))
    return found


def _placed(frame: DataFrame, files: list[tuple[str, int]]) -> DataFrame:
    from pyspark.sql import functions as sql

    if len(files) < 2:
        return frame.withColumn(ROW, sql.col(_AT)).drop(_FILE, _AT)
    starts = zip((file for file, _ in files), accumulate((n for _, n in files), initial=0), strict=False)
    first = sql.broadcast(frame.sparkSession.createDataFrame(list(starts), f"`{_FILE}` string, `{ROW}` bigint"))
    return frame.join(first, _FILE).withColumn(ROW, sql.col(ROW) + sql.col(_AT)).drop(_FILE, _AT)


def _dtypes(table: Table, frame: DataFrame | None) -> Dtypes:
    """Of a table that did not come, as if it had no rows."""
    if frame is not None:
        return {name: kind[0] for name, kind in _types(table, frame).items()}
    return {name: _KINDS[field.type][0] for name, field in table.fields.items()} | {"received_on": pl.Date()}


def _collected(units: DataFrame, pack: Pack) -> pl.DataFrame:
    """Units are few."""
    dtypes = _dtypes(pack.tables[UNITS], units)
    found = pl.DataFrame(pl.from_arrow(units.toArrow())).sort(ROW)
    return found.select(pl.col(name).cast(dtype) for name, dtype in dtypes.items())


# --- what came out -------------------------------------------------------------------------------


def _counts(told: DataFrame, columns: Columns) -> pl.DataFrame:
    """One row per cell: `due` is the latest, `n` the sum, the rest goes with the obligation."""
    from pyspark.sql import functions as sql

    summed = {"n": sql.sum("n").alias("n"), "due": sql.max("due").alias("due")}
    rest = [sql.first(name).alias(name) for name in columns.counts if name not in (*columns.cell, *summed)]
    cells = told.where(sql.col(WHAT) == COUNT).groupBy(*columns.cell).agg(*rest, *summed.values())
    found = pl.DataFrame(pl.from_arrow(cells.toArrow())).sort(columns.cell, nulls_last=False)
    return found.select(pl.col(name).cast(dtype) for name, dtype in columns.counts.items())


def _registers(told: DataFrame, columns: Columns) -> pl.DataFrame:
    from pyspark.sql import functions as sql

    sums = {"n": sql.sum("n"), "missing": sql.sum("missing"), "complete": sql.min("complete")}
    key = [name for name in columns.registers if name not in sums]
    added = told.where(sql.col(WHAT) == REGISTER).groupBy(*key).agg(*(each.alias(name) for name, each in sums.items()))
    found = pl.DataFrame(pl.from_arrow(added.toArrow())).sort(key)
    return found.select(pl.col(name).cast(dtype) for name, dtype in columns.registers.items())


def _write(plan: Plan, findings: DataFrame, out: str) -> None:
    """Numbered within their unit, in the order in which a run tells them."""
    from pyspark.sql import Window
    from pyspark.sql import functions as sql

    places: dict[str, int] = {}
    for duty in plan.obligations:
        places.setdefault(duty.rule.id, len(places))
    spark = findings.sparkSession
    of_rules = sql.broadcast(spark.createDataFrame(list(places.items()) or [("", 0)], f"rule string, `{_AT}` int"))
    order = [_AT, "key", "period", "obligation", "row"]
    own = Window.partitionBy("unit").orderBy(*order)
    running = sql.row_number().over(own).cast("string")
    number = sql.concat(
        sql.regexp_extract("number", "^(.*-)", 1), sql.repeat(sql.lit("0"), 4 - sql.length(running)), running
    )
    numbered = findings.join(of_rules, "rule").withColumn("number", number)
    numbered.sortWithinPartitions("unit", *order).select(*findings.columns).write.parquet(out)


_NOT_THERE = Text("没有这个文件夹", "no such folder")
_NO_TABLES = Text("文件夹里没有规则包的任何一张表", "no table of the pack is in this folder")
_THERE = Text("已经有了，没有覆盖", "is there already and was not overwritten")
_ANOTHER = Text("换一个位置，或先删去它", "choose another place, or remove it first")
