"""plan + registers + a kind of subject → per unit: how many declared subjects did not arrive, and whether all are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from checker.find.registers import UNIT, Registers, declared, known
from checker.model import Table
from checker.plan import NO_UNIT, Plan, Tables


@dataclass(frozen=True, slots=True)
class Population:
    """Units that are not mentioned: nothing declared is missing, and whether all is known says `elsewhere`."""

    missing: Mapping[str, int]
    complete: Mapping[str, bool]
    elsewhere: bool

    def is_complete(self, unit: str) -> bool:
        return self.complete.get(unit, self.elsewhere)


class Populations:
    """Looks up each population once. `day`: the day up to which a return must reach (matters only to returned tables).

    `counted`: the registers, where the records themselves are elsewhere and `tables` has units alone.
    """

    def __init__(self, plan: Plan, tables: Tables, counted: pl.DataFrame | None = None) -> None:
        self.plan, self.registers, self.counted = plan, Registers(plan, tables), counted
        self._known: dict[tuple[str, date], Population] = {}

    def of(self, subject: str, day: date) -> Population:
        if (subject, day) not in self._known:
            self._known[subject, day] = self._count(subject, day)
        return self._known[subject, day]

    def _count(self, subject: str, day: date) -> Population:
        parent = self.registers.parent(subject)
        if subject == UNIT:
            return Population({}, {}, True)
        table, told = self.plan.pack.tables[subject], self._told(subject, day)
        if parent is None:
            came = table.when_empty == "unknown" and told["n"].sum() > 0
            return Population({}, {}, table.when_empty == "zero" or came)
        sums = self._of_units(table, told, day) if parent == UNIT else told
        above = self.of(parent, day)
        missing = {unit: int(n) for unit, n in sums.select("unit", "missing").iter_rows() if unit != NO_UNIT}
        # A register is as good as the one above it: a school that did not arrive may have buses.
        complete = {
            unit: whole and above.is_complete(unit) for unit, whole in sums.select("unit", "complete").iter_rows()
        }
        elsewhere = above.elsewhere if parent != UNIT else table.when_empty == "zero"
        return Population(missing, {**above.complete, **complete}, elsewhere)

    def _told(self, subject: str, day: date) -> pl.DataFrame:
        if self.counted is None:
            return self.registers.of(subject, day)
        return self.counted.filter((pl.col("subject") == subject) & (pl.col("day") == day))

    def _of_units(self, table: Table, counted: pl.DataFrame, day: date) -> pl.DataFrame:
        """Per unit in force `missing` and `complete`."""
        above = self.registers.with_unit(UNIT)
        own = pl.col(self.registers.key(UNIT)) == pl.col("_unit")
        # A merged unit answers for its predecessors: its own number, else theirs if all of them told one.
        units = (
            above.with_columns(*declared(table, UNIT, above))
            .group_by(pl.col("_unit").alias("unit"))
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
        return (
            units.join(counted.select("unit", "n"), on="unit", how="left")
            .select("unit", *known(table, day))
            .sort("unit")
        )
