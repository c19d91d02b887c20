"""The parcels of a shard → what the columnar kernel says of it, its positions those of the whole tables. Runs on executors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from checker.engines import columnar
from checker.engines.columnar.units import UNITS
from checker.engines.spark.parcels import Dtypes, unpacked
from checker.engines.spark.placing import OWN, ROW
from checker.plan import Evaluation, Plan, Tables

# What the rows that come out are.
WHAT, FINDING, COUNT, REGISTER, VERDICT = "what", "finding", "count", "register", "verdict"
# Table → positions of the rows that are judged in a shard; others are there because these lead to them.
Own = Mapping[str, pl.Series]
_TYPES: dict[pl.DataType | type[pl.DataType], tuple[str, pa.DataType]] = {
    pl.String(): ("string", pa.string()),
    pl.Boolean(): ("boolean", pa.bool_()),
    pl.UInt32(): ("bigint", pa.int64()),
    pl.Int64(): ("bigint", pa.int64()),
    pl.Int32(): ("int", pa.int32()),
    pl.Date(): ("date", pa.date32()),
}
_NO_ORIGINS = {"table": pl.String, "row": pl.UInt32, "source": pl.UInt32, "line": pl.Int64}


@dataclass(frozen=True, slots=True)
class Telling:
    """What is made of a shard's evaluation: frames by WHAT, with some of the columns `dtypes`.

    `beside`: whether that needs more than verdicts do: the names of the subjects, and what tells how many there should be.
    `verdicts`: whether all verdicts are needed.
    """

    tell: Callable[[Plan, Tables, Evaluation, Own], Mapping[str, pl.DataFrame]]
    dtypes: Dtypes
    beside: bool = False
    verdicts: bool = False

    @property
    def ddl(self) -> str:
        return ", ".join(f"`{name}` {_TYPES[dtype][0]}" for name, dtype in {WHAT: pl.String(), **self.dtypes}.items())

    @property
    def arrow(self) -> pa.Schema:
        return pa.schema([(name, _TYPES[dtype][1]) for name, dtype in {WHAT: pl.String(), **self.dtypes}.items()])


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
    telling: Telling

    def judged(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for shard, number, frames in unpacked(batches):
            part = self.parts[number]
            there = {
                name: pl.DataFrame(schema={ROW: pl.Int64, OWN: pl.Boolean, **dtypes})
                for name, dtypes in part.dtypes.items()
            }
            there |= frames
            if self.units is not None:
                home = pl.Series(OWN, [home == shard for home in self.homes], dtype=pl.Boolean)
                there[UNITS] = self.units.with_columns(home).with_row_index(ROW)
            only = {name: self._own(name, frame) for name, frame in there.items()}
            tables = _tables(there)
            found = columnar.evaluate(part.plan, tables, verdicts=self.telling.verdicts, only=only)
            places = {name: frame[ROW] for name, frame in there.items()}
            for what, frame in self.telling.tell(part.plan, tables, found, only).items():
                yield from self._told(what, frame, part, places)

    def _own(self, name: str, frame: pl.DataFrame) -> pl.Series:
        own = frame[OWN]
        if self.only is not None:
            own &= frame[ROW].is_in(self.only.get(name, pl.Series(dtype=pl.UInt32)).cast(frame[ROW].dtype).implode())
        return own.arg_true()

    def _told(
        self, what: str, frame: pl.DataFrame, part: Part, places: Mapping[str, pl.Series]
    ) -> Iterator[pa.RecordBatch]:
        """Obligations and positions as in the whole."""
        if "obligation" not in frame.columns:
            yield from self._batches(what, frame)
            return
        for (duty,), own in frame.partition_by("obligation", as_dict=True, maintain_order=True).items():
            told = own.with_columns(pl.lit(part.numbers[duty]).alias("obligation"))
            if "row" in own.columns:
                told = told.with_columns(places[part.plan.obligations[duty].subject].gather(own["row"]).alias("row"))
            yield from self._batches(what, told)

    def _batches(self, what: str, frame: pl.DataFrame) -> Iterator[pa.RecordBatch]:
        schema = self.telling.arrow
        missing = [pl.lit(None).alias(name) for name in schema.names if name not in (WHAT, *frame.columns)]
        told = frame.with_columns(pl.lit(what).alias(WHAT), *missing).select(schema.names)
        yield from told.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema).to_batches()


def _tables(there: Mapping[str, pl.DataFrame]) -> Tables:
    frames = {name: frame.drop(ROW, OWN) for name, frame in there.items()}
    return Tables(frames, pl.DataFrame(schema=_NO_ORIGINS), (), pl.DataFrame())
