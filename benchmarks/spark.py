"""Ever more cities, from Parquet files to findings in Parquet files: Spark on this machine beside the columnar engine alone.

Not part of `make bench`: it needs Java and takes minutes. `python -m benchmarks spark`
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from benchmarks import city
from benchmarks.pairs import Line, in_turn, timed
from checker import find, pipeline
from checker.engines import columnar, spark
from checker.model import Pack
from checker.plan import Plan, Tables
from checker.tables import assemble

CITIES = (1, 10, 30)
_REPEATS = 3


def lines(folder: Path) -> Iterator[Line]:
    as_of = date.fromisoformat(city.AS_OF)
    pack = pipeline.sound_pack("nantong-2019")
    plan = pipeline.compile_rules(pack, as_of)
    records = pipeline.read_data(pack, [city.data(folder)], received_on=as_of)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def start() -> None:
        with spark.cluster(f"local[{cores}]"):
            pass

    first = timed(start)
    yield Line("Spark: start and stop a session, first / again", [(first, timed(start)) for _ in range(_REPEATS)])
    with spark.cluster(f"local[{cores}]"):
        for cities in CITIES:
            place = folder / f"tables-{cities}"
            _write(_times(pack, records, cities), place)
            n = sum(frame.height for frame in records.frames.values()) * cities
            pairs = in_turn(partial(_alone, plan, place, folder), partial(_on_spark, plan, place, folder), _REPEATS)
            yield Line(f"{n / 1e6:.1f} M records, local[{cores}]: Spark / columnar alone", pairs)


def _times(pack: Pack, tables: Tables, cities: int) -> Tables:
    """As many schools with all that they have, in the same units."""

    def copy(name: str, frame: pl.DataFrame, at: int) -> pl.DataFrame:
        table = pack.tables[name]
        keys = {table.key, *(column for other, column in {**table.parents, **table.links}.items() if other != "unit")}
        return frame.with_columns(pl.col(key) + f"-{at}" for key in sorted(keys & set(frame.columns)))

    frames = {
        name: frame if name == "unit" else pl.concat(copy(name, frame, at) for at in range(cities))
        for name, frame in tables.frames.items()
    }
    return replace(tables, frames=frames)


def _write(tables: Tables, place: Path) -> None:
    place.mkdir()
    for name, frame in tables.frames.items():
        frame.write_parquet(place / f"{name}.parquet")


def _alone(plan: Plan, place: Path, folder: Path) -> None:
    frames = {path.stem: pl.read_parquet(path) for path in sorted(place.glob("*.parquet"))}
    origins = pl.DataFrame(schema={"table": pl.String, "row": pl.UInt32, "source": pl.UInt32, "line": pl.Int64})
    tables = Tables(frames, origins, (), pl.DataFrame())
    findings, _ = find.find(plan, tables, columnar.evaluate(plan, tables))
    findings.write_parquet(folder / "findings.parquet", compression="zstd")


def _on_spark(plan: Plan, place: Path, folder: Path) -> None:
    out = folder / "findings"
    shutil.rmtree(out, ignore_errors=True)
    columns = spark.Columns(find.FINDING_COLUMNS, find.COUNT_COLUMNS, tuple(find.CELL), find.REGISTERS)
    spark.judge_folder(plan, str(place), str(out), find.find_part, partial(assemble, plan.pack), columns)
