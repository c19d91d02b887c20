"""One pass + the tables as Spark frames → every row with the shards in which it is needed, and the one in which it is judged.

Only keys are joined, and only where a row's shard cannot be told from the row itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING

from checker.engines.columnar.units import UNITS
from checker.engines.spark.passes import Pass
from checker.model import Pack

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

# Position in the whole table, shard, and whether the row is judged there; further names that only joins see.
ROW, SHARD, OWN = ":row", ":shard", ":own"
KEY, _PLACE = ":key", ":place"


def placed(work: Pass, frames: Mapping[str, DataFrame], homes: DataFrame, shards: int) -> dict[str, DataFrame]:
    """`frames`: with ROW; `homes`: KEY and SHARD of units. A row is in a shard once at most."""
    return _Placing(work, frames, homes, shards).result()


class _Placing:
    def __init__(self, work: Pass, frames: Mapping[str, DataFrame], homes: DataFrame, shards: int) -> None:
        self.work, self.pack, self.frames, self.shards = work, work.plan.pack, frames, shards
        self.base: dict[str, DataFrame] = {}
        self.besides: dict[str, list[DataFrame]] = {}  # ROW, SHARD
        for name, parent in work.follows.items():
            self.base[name] = homes if name == UNITS else self._based(name, parent)
        for parent, child in work.below:
            if not work.is_beside(child, parent):
                self._bring(child, self._places(parent), self.pack.tables[child].parents[parent])
        for _ in range(work.rounds):
            for here, above, column in work.up:
                self._look_up(here, above, column)

    def result(self) -> dict[str, DataFrame]:
        from pyspark.sql import functions as sql

        found = {}
        for name, columns in self.work.reads.items():
            parts = []
            if name in self.base:
                own = sql.lit(name in self.work.subjects).alias(OWN)
                parts.append(self.base[name].where(sql.col(SHARD).isNotNull()).select(*columns, ROW, SHARD, own))
            if name in self.besides:
                there = self.frames[name].join(_all(self.besides[name]).distinct(), ROW)
                parts.append(there.select(*columns, ROW, SHARD, sql.lit(False).alias(OWN)))
            if parts:
                found[name] = _all(parts)
        return found

    # --- the shard of a row

    def _based(self, name: str, parent: str | None) -> DataFrame:
        from pyspark.sql import functions as sql

        rows = self.frames[name]
        key = _key(self.pack, name)
        own = self._shard(name, sql.coalesce(key, sql.col(ROW).cast("string")))
        # Only as a child is it needed elsewhere: with a parent.
        alone = own if name in self.work.subjects else sql.lit(None).cast("int")
        if parent is None:
            return rows.withColumn(SHARD, own)
        there = sql.col(self.pack.tables[name].parents[parent]).cast("string")
        if parent != UNITS and self.work.follows[parent] is None:
            return rows.withColumn(SHARD, sql.when(there.isNotNull(), self._shard(parent, there)).otherwise(alone))
        above = self._keyed(parent).groupBy(KEY).agg(sql.max(SHARD).alias(_PLACE))
        above = sql.broadcast(above) if parent == UNITS else above
        found = rows.withColumn(KEY, there).join(above, KEY, "left").withColumn(SHARD, sql.coalesce(_PLACE, alone))
        return found.drop(KEY, _PLACE)

    def _shard(self, table: str, key: Column) -> Column:
        from pyspark.sql import functions as sql

        return sql.pmod(sql.xxhash64(sql.lit(table), key), sql.lit(self.shards)).cast("int")

    # --- shards besides

    def _look_up(self, here: str, above: str, column: str) -> None:
        """What rows lead to has to be wherever they are."""
        from pyspark.sql import functions as sql

        key = sql.col(column).cast("string").alias(KEY)
        parts = []
        if here in self.base and not self.work.is_beside(here, above):
            parts.append(self.base[here].select(key, SHARD))
        if here in self.besides:
            parts.append(self.frames[here].join(_all(self.besides[here]), ROW).select(key, SHARD))
        if parts:
            self._bring(above, _all(parts), self.pack.tables[above].key)

    def _bring(self, name: str, places: DataFrame, column: str) -> None:
        """The rows that bear a key in this column into the shards of that key, unless they are there."""
        from pyspark.sql import functions as sql

        based = self.base[name][SHARD] if name in self.base else sql.lit(None).cast("int")
        rows = self.base.get(name, self.frames[name])
        rows = rows.select(ROW, based.alias(_PLACE), sql.col(column).cast("string").alias(KEY))
        wanted = places.where(sql.col(KEY).isNotNull() & sql.col(SHARD).isNotNull()).distinct()
        new = rows.join(wanted, KEY).where(~sql.col(SHARD).eqNullSafe(sql.col(_PLACE))).select(ROW, SHARD)
        self.besides.setdefault(name, []).append(new)

    def _places(self, name: str) -> DataFrame:
        """KEY and SHARD of the rows of a table, wherever they are."""
        parts = [self._keyed(name)]
        if name in self.besides:
            key = _key(self.pack, name).alias(KEY)
            parts.append(self.frames[name].join(_all(self.besides[name]), ROW).select(key, SHARD))
        return _all(parts)

    def _keyed(self, name: str) -> DataFrame:
        base = self.base[name]
        return base.select(KEY, SHARD) if name == UNITS else base.select(_key(self.pack, name).alias(KEY), SHARD)


def _key(pack: Pack, name: str) -> Column:
    from pyspark.sql import functions as sql

    key = pack.tables[name].key
    return sql.col(key).cast("string") if key else sql.lit(None).cast("string")


def _all(frames: list[DataFrame]) -> DataFrame:
    return reduce(lambda one, other: one.unionByName(other), frames)
