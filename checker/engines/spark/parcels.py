"""Rows of a table, each with its shard → parcels that a shuffle can carry; the parcels of a shard → its tables. Runs anywhere.

What travels is Polars' own format, so no other type system comes in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

import polars as pl
import pyarrow as pa

from checker.engines.spark.placing import OWN, ROW, SHARD

SCHEMA = "shard int, part int, name string, rows binary"
_ARROW = pa.schema([("shard", pa.int32()), ("part", pa.int32()), ("name", pa.string()), ("rows", pa.binary())])
# Rows that are held until they are put into parcels: parcels should be large, tasks small.
_ROWS = 250_000
_OURS = {ROW: pl.Int64(), SHARD: pl.Int32(), OWN: pl.Boolean()}

Dtypes = Mapping[str, pl.DataType | type[pl.DataType]]


@dataclass(frozen=True, slots=True)
class Packer:
    """Rows of one table for one pass. `first`: the number of the pass's first shard."""

    name: str
    part: int
    first: int
    dtypes: Dtypes

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held: list[pl.DataFrame] = []
        for batch in batches:
            held.append(self._typed(batch))
            if sum(frame.height for frame in held) >= _ROWS:
                yield from self._parcels(held)
                held = []
        yield from self._parcels(held)

    def _typed(self, batch: pa.RecordBatch) -> pl.DataFrame:
        frame = pl.DataFrame(pl.from_arrow(batch))
        return frame.select(pl.col(name).cast(dtype) for name, dtype in {**self.dtypes, **_OURS}.items())

    def _parcels(self, held: list[pl.DataFrame]) -> Iterator[pa.RecordBatch]:
        if not held:
            return
        for frame in pl.concat(held).partition_by(SHARD, maintain_order=True):
            file = BytesIO()
            frame.drop(SHARD).write_ipc(file)
            shard = frame.item(0, SHARD) + self.first
            yield pa.RecordBatch.from_pylist(
                [{"shard": shard, "part": self.part, "name": self.name, "rows": file.getvalue()}], schema=_ARROW
            )


def unpacked(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, int, dict[str, pl.DataFrame]]]:
    """Shard, pass and the tables there, rows in their order with ROW and OWN. A parcel without a name brings nothing but its shard."""
    shards: dict[tuple[int, int], dict[str, list[pl.DataFrame]]] = {}
    for batch in batches:
        for parcel in batch.to_pylist():
            tables = shards.setdefault((parcel["shard"], parcel["part"]), {})
            if parcel["name"]:
                tables.setdefault(parcel["name"], []).append(pl.read_ipc(BytesIO(parcel["rows"])))
    for shard, part in sorted(shards):
        found = shards.pop((shard, part))
        yield shard, part, {name: pl.concat(frames).sort(ROW) for name, frames in found.items()}
