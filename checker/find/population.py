"""pack + tables + a kind of subject → per unit: how many declared subjects did not arrive, and whether all are known."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from checker.model import Table
from checker.plan import NO_UNIT, Plan, Tables
from checker.units import successors

UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Population:
    """Units that are not mentioned: nothing declared is missing, and whether all is known says `elsewhere`."""

    missing: Mapping[str, int]
    complete: Mapping[str, bool]
    elsewhere: bool

    def is_complete(self, unit: str) -> bool:
        return self.complete.get(unit, self.elsewhere)


class Populations:
    """Looks up each population once. `day`: the day up to which a return must reach (matters only to returned tables)."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self.plan = plan
        self.tables = tables
        self._frames: dict[str, pl.DataFrame] = {}
        self._units: dict[str, pl.DataFrame] = {}
        self._known: dict[tuple[str, date], Population] = {}
        codes = self._rows(UNIT)[self._key(UNIT)].cast(pl.String).drop_nulls()
        self._unit_now = successors(plan.pack.units, codes, plan.as_of)

    def of(self, subject: str, day: date) -> Population:
        if (subject, day) not in self._known:
            self._known[subject, day] = self._count(subject, day)
        return self._known[subject, day]

    # --- rows and the units they belong to

    def _key(self, table: str) -> str:
        return self.plan.pack.tables[table].key if table in self.plan.pack.tables else "code"

    def _rows(self, name: str) -> pl.DataFrame:
        """The rows that may exist: received in time and not dated after the day of the question."""
        if name not in self._frames:
            frame, table = self.tables.frames.get(name, pl.DataFrame()), self.plan.pack.tables.get(name)
            if name == UNIT:
                # The pack knows its units, whether or not somebody sent a row about them.
                known = pl.DataFrame({self._key(UNIT): list(self.plan.pack.units)}, schema={self._key(UNIT): pl.String})
                frame = known.join(frame, on=self._key(UNIT), how="left") if self._key(UNIT) in frame.columns else known
            if self.plan.known_at is not None and "received_on" in frame.columns:
                late = pl.col("received_on") > self.plan.known_at
                frame = frame.filter(~late.fill_null(False))
            if table is not None and table.dated in frame.columns:
                later = pl.col(table.dated).cast(pl.Date) > self.plan.as_of
                frame = frame.filter(~later.fill_null(False))
            self._frames[name] = frame
        return self._frames[name]

    def _parent(self, name: str) -> str | None:
        """The first step of the shortest way to the unit: the way on which findings get theirs."""
        tables = self.plan.pack.tables
        waiting: deque[tuple[str, str | None]] = deque([(name, None)])
        seen = {name}
        while waiting and name != UNIT:
            here, first = waiting.popleft()
            parents = tables[here].parents if here in tables else {}
            if UNIT in parents:
                return first or UNIT
            for parent in parents:
                if parent not in seen:
                    seen.add(parent)
                    waiting.append((parent, first or parent))
        return None

    def _with_unit(self, name: str) -> pl.DataFrame:
        """The rows with the unit in force that answers for them as `_unit`."""
        if name not in self._units:
            rows, parent = self._rows(name), self._parent(name)
            if name == UNIT:
                owner = pl.col(self._key(UNIT))
            elif parent is None:
                owner = pl.lit(NO_UNIT)
            elif parent == UNIT:
                owner = pl.col(self.plan.pack.tables[name].parents[UNIT])
            else:
                above = self._with_unit(parent).select(
                    pl.col(self._key(parent)).alias("_above"), pl.col("_unit").alias("_owner")
                )
                rows = rows.join(
                    above.unique("_above", keep="first", maintain_order=True),
                    left_on=self.plan.pack.tables[name].parents[parent],
                    right_on="_above",
                    how="left",
                    maintain_order="left",
                )
                owner = pl.col("_owner")
            unit = owner.cast(pl.String).replace_strict(self._unit_now, default=NO_UNIT, return_dtype=pl.String)
            if parent is not None and parent != UNIT:
                unit = owner
            self._units[name] = rows.with_columns(unit.fill_null(NO_UNIT).alias("_unit"))
        return self._units[name]

    # --- registers

    def _count(self, subject: str, day: date) -> Population:
        parent = self._parent(subject)
        if subject == UNIT:
            return Population({}, {}, True)
        table = self.plan.pack.tables[subject]
        if parent is None:
            known = table.when_empty == "zero" or (table.when_empty == "unknown" and self._rows(subject).height > 0)
            return Population({}, {}, known)
        registers = self._registers(table, parent, day)
        sums = registers.group_by("_unit").agg(pl.col("missing").sum(), pl.col("complete").all()).sort("_unit")
        above = self.of(parent, day)
        missing = {unit: int(n) for unit, n in sums.select("_unit", "missing").iter_rows() if unit != NO_UNIT}
        # A register is as good as the one above it: a school that did not arrive may have buses.
        complete = {
            unit: whole and above.is_complete(unit) for unit, whole in sums.select("_unit", "complete").iter_rows()
        }
        elsewhere = above.elsewhere if parent != UNIT else table.when_empty == "zero"
        return Population(missing, {**above.complete, **complete}, elsewhere)

    def _registers(self, table: Table, parent: str, day: date) -> pl.DataFrame:
        """Per parent row (for units: per unit in force) `_unit`, `missing`, `complete`."""
        declared, covered = table.declared_in.get(parent, ""), f"_returned_{table.id}"
        above = self._with_unit(parent)
        keep = [
            (pl.col(declared) if declared in above.columns else pl.lit(None)).cast(pl.Int64).alias("declared"),
            (pl.col(covered) if covered in above.columns else pl.lit(None)).cast(pl.Date).alias("covered"),
        ]
        if parent == UNIT:
            counted = self._with_unit(table.id).group_by("_unit").len("n")
            own = pl.col(self._key(UNIT)) == pl.col("_unit")
            # A merged unit answers for its predecessors: its own number, else theirs if all of them told one.
            parents = (
                above.with_columns(*keep)
                .group_by("_unit")
                .agg(
                    pl.coalesce(
                        pl.col("declared").filter(own).first(),
                        pl.when(pl.col("declared").filter(~own).is_not_null().all() & (~own).any()).then(
                            pl.col("declared").filter(~own).sum()
                        ),
                    ).alias("declared"),
                    pl.col("covered").max(),
                )
            )
            joined = parents.join(counted, on="_unit", how="left")
        else:
            counted = self._with_unit(table.id).group_by(table.parents[parent]).len("n")
            parents = above.select(pl.col(self._key(parent)), "_unit", *keep)
            joined = parents.join(counted, left_on=self._key(parent), right_on=table.parents[parent], how="left")
        n = pl.col("n").cast(pl.Int64).fill_null(0)
        silent = pl.col("covered").is_null() | (pl.col("covered") < day) if table.returned else pl.lit(False)
        if_empty = {"zero": pl.lit(True), "unknown": n > 0, "open": pl.lit(False)}[table.when_empty]
        return joined.select(
            "_unit",
            (pl.col("declared") - n).clip(0).fill_null(0).alias("missing"),
            pl.when(pl.col("declared").is_not_null())
            .then(n >= pl.col("declared"))
            .otherwise(~silent & if_empty)
            .alias("complete"),
        )
