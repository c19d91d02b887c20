"""The parcels of a shard → what the columnar kernel says of it, its positions those of the whole tables. Runs on executors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from checker.engines import columnar
from checker.engines.columnar.units import UNITS
from checker.engines.spark.parcels import Dtypes, unpacked
from checker.engines.spark.placing import OWN, ROW
from checker.plan import Evaluation, Plan, Tables

# What the rows that come out are.
FINDING, COUNT, VERDICT = "finding", "count", "verdict"
SCHEMA = (
    "what string, obligation bigint, row bigint, key string, period string, unit string, verdict string, status string, "
    "due date, days int, observed string, vacuous boolean, n bigint"
)
_ARROW = pa.schema(
    [
        ("what", pa.string()), ("obligation", pa.int64()), ("row", pa.int64()), ("key", pa.string()),
        ("period", pa.string()), ("unit", pa.string()), ("verdict", pa.string()), ("status", pa.string()),
        ("due", pa.date32()), ("days", pa.int32()), ("observed", pa.string()), ("vacuous", pa.bool_()), ("n", pa.int64()),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """The obligations of a pass, their numbers in the whole plan, and its tables."""

    plan: Plan
    numbers: tuple[int, ...]
    dtypes: Mapping[str, Dtypes]


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that an executor needs besides rows. Units are everywhere; `homes`: the shard in which each of them is judged.

    `only`: see engines.
    """

    parts: tuple[Part, ...]
    units: pl.DataFrame | None
    homes: tuple[int, ...]
    only: Mapping[str, pl.Series] | None
    verdicts: bool

    def judged(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for shard, number, frames in unpacked(batches):
            part = self.parts[number]
            there = {
                name: pl.DataFrame(schema={ROW: pl.Int64, OWN: pl.Boolean, **d}) for name, d in part.dtypes.items()
            }
            there |= frames
            if self.units is not None:
                home = pl.Series(OWN, [home == shard for home in self.homes], dtype=pl.Boolean)
                there[UNITS] = self.units.with_columns(home).with_row_index(ROW)
            found = columnar.evaluate(
                part.plan, _tables(there), verdicts=self.verdicts, only={n: self._own(n, f) for n, f in there.items()}
            )
            yield from _told(found, part, {name: frame[ROW] for name, frame in there.items()})

    def _own(self, name: str, frame: pl.DataFrame) -> pl.Series:
        own = frame[OWN]
        if self.only is not None:
            own &= frame[ROW].is_in(self.only.get(name, pl.Series(dtype=pl.UInt32)).cast(frame[ROW].dtype).implode())
        return own.arg_true()


def _tables(there: Mapping[str, pl.DataFrame]) -> Tables:
    return Tables({name: frame.drop(ROW, OWN) for name, frame in there.items()}, pl.DataFrame(), (), pl.DataFrame())


def _told(found: Evaluation, part: Part, places: Mapping[str, pl.Series]) -> Iterator[pa.RecordBatch]:
    frames = {FINDING: found.findings, COUNT: found.counts}
    if found.verdicts is not None:
        frames[VERDICT] = found.verdicts
    numbers = pl.Series(part.numbers, dtype=pl.Int64)
    for what, frame in frames.items():
        for (duty,), own in frame.partition_by("obligation", as_dict=True, maintain_order=True).items():
            told = own.with_columns(pl.lit(what).alias("what"), pl.lit(numbers[duty]).alias("obligation"))
            if "row" in own.columns:
                told = told.with_columns(places[part.plan.obligations[duty].subject].gather(own["row"]).alias("row"))
            missing = [pl.lit(None).alias(name) for name in _ARROW.names if name not in told.columns]
            table = told.with_columns(missing).select(_ARROW.names).to_arrow(compat_level=pl.CompatLevel.oldest())
            yield from table.cast(_ARROW).to_batches()
