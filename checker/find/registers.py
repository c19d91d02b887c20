"""plan + tables → per kind of subject and unit: how many came, how many declared ones did not. The sums of parts are those of the whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from checker.model import Period, Table
from checker.plan import NO_UNIT, Obligation, Plan, Tables
from checker.units import successors

UNIT = "unit"
# Under one subject, day and unit `n` and `missing` add up, and `complete` are all of them or none.
REGISTERS: dict[str, pl.DataType | type[pl.DataType]] = {
    "subject": pl.String,
    "day": pl.Date,
    "unit": pl.String,
    "n": pl.Int64,
    "missing": pl.Int64,
    "complete": pl.Boolean,
}


def rated(plan: Plan) -> Iterator[tuple[int, Obligation, Period | None, date]]:
    """Whatever has a rate, in the order of the plan, and the day up to which a return must reach for it."""
    for index, duty in enumerate(plan.obligations):
        if duty.revision.target is not None and not duty.revision.advisory:
            for period in duty.periods or (None,):
                if period is None:
                    yield index, duty, None, plan.as_of
                elif not period.partial:
                    yield index, duty, period, min(plan.as_of, period.end)


def registers(plan: Plan, tables: Tables, own: Mapping[str, pl.Series]) -> pl.DataFrame:
    """REGISTERS for all rates. `own`: table → positions of the rows that count; others are there because these lead to them."""
    held = Registers(plan, tables, own)
    asked = dict.fromkeys((subject, day) for _, duty, _, day in rated(plan) for subject in held.upwards(duty.subject))
    parts = [
        held.of(subject, day).with_columns(pl.lit(subject).alias("subject"), pl.lit(day).alias("day"))
        for subject, day in asked
    ]
    told = [part.select(pl.col(name).cast(dtype) for name, dtype in REGISTERS.items()) for part in parts]
    return pl.concat([pl.DataFrame(schema=REGISTERS), *told])


class Registers:
    """Looks at each table once. `own` None: all rows count."""

    def __init__(self, plan: Plan, tables: Tables, own: Mapping[str, pl.Series] | None = None) -> None:
        self.plan, self.tables, self.own = plan, tables, own
        self._frames: dict[str, pl.DataFrame] = {}
        self._units: dict[str, pl.DataFrame] = {}
        codes = self._rows(UNIT)[self.key(UNIT)].cast(pl.String).drop_nulls()
        self._unit_now = successors(plan.pack.units, codes, plan.as_of)

    def of(self, subject: str, day: date) -> pl.DataFrame:
        """unit, n, missing, complete. `n`: of subjects that stand directly below a unit or below nothing; of the others
        their parents' registers tell."""
        parent = self.parent(subject)
        if parent is not None and parent != UNIT:
            joined = self._of_parents(self.plan.pack.tables[subject], parent, day)
            sums = (pl.lit(0, pl.Int64).alias("n"), pl.col("missing").sum(), pl.col("complete").all())
        else:
            joined = self.with_unit(subject).filter("_own")
            nothing = (pl.lit(0, pl.Int64).alias("missing"), pl.lit(value=True).alias("complete"))
            sums = (pl.len().cast(pl.Int64).alias("n"), *nothing)
        return joined.group_by(pl.col("_unit").alias("unit")).agg(*sums).sort("unit")

    def upwards(self, subject: str) -> Iterator[str]:
        """The subject, and that on whose register its own depends, up to the unit."""
        here: str | None = subject
        while here is not None and here != UNIT:
            yield here
            here = self.parent(here)

    def parent(self, name: str) -> str | None:
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

    def key(self, table: str) -> str:
        return self.plan.pack.tables[table].key if table in self.plan.pack.tables else "code"

    def with_unit(self, name: str) -> pl.DataFrame:
        """The rows with the unit in force that answers for them as `_unit`, and whether they count as `_own`."""
        if name not in self._units:
            rows, parent = self._rows(name), self.parent(name)
            if name == UNIT:
                owner = pl.col(self.key(UNIT))
            elif parent is None:
                owner = pl.lit(NO_UNIT)
            elif parent == UNIT:
                owner = pl.col(self.plan.pack.tables[name].parents[UNIT])
            else:
                above = self.with_unit(parent).select(
                    pl.col(self.key(parent)).alias("_above"), pl.col("_unit").alias("_owner")
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

    def _rows(self, name: str) -> pl.DataFrame:
        """The rows that may exist: received in time and not dated after the day of the question."""
        if name not in self._frames:
            frame, table = self.tables.frames.get(name, pl.DataFrame()), self.plan.pack.tables.get(name)
            if name == UNIT:
                # The pack knows its units, whether or not somebody sent a row about them.
                known = pl.DataFrame({self.key(UNIT): list(self.plan.pack.units)}, schema={self.key(UNIT): pl.String})
                frame = known.join(frame, on=self.key(UNIT), how="left") if self.key(UNIT) in frame.columns else known
            frame = frame.with_columns(self._counts(name).alias("_own"))
            if self.plan.known_at is not None and "received_on" in frame.columns:
                late = pl.col("received_on") > self.plan.known_at
                frame = frame.filter(~late.fill_null(False))
            if table is not None and table.dated in frame.columns:
                later = pl.col(table.dated).cast(pl.Date) > self.plan.as_of
                frame = frame.filter(~later.fill_null(False))
            self._frames[name] = frame
        return self._frames[name]

    def _counts(self, name: str) -> pl.Expr:
        if self.own is None or name == UNIT:
            return pl.lit(value=True)
        return pl.int_range(pl.len(), dtype=pl.UInt32).is_in(self.own[name].cast(pl.UInt32).implode())

    def _of_parents(self, table: Table, parent: str, day: date) -> pl.DataFrame:
        """Per parent row `_unit`, `missing`, `complete`."""
        counted = self.with_unit(table.id).group_by(table.parents[parent]).len("n")
        above = self.with_unit(parent).filter("_own")
        parents = above.select(pl.col(self.key(parent)), "_unit", *declared(table, parent, above))
        joined = parents.join(counted, left_on=self.key(parent), right_on=table.parents[parent], how="left")
        return joined.select("_unit", *known(table, day))


def declared(table: Table, parent: str, rows: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """Of rows of `parent`: how many rows of `table` each `declared`, and the day up to which its return `covered` them."""
    number, until = table.declared_in.get(parent, ""), f"_returned_{table.id}"
    return (
        (pl.col(number) if number in rows.columns else pl.lit(None)).cast(pl.Int64).alias("declared"),
        (pl.col(until) if until in rows.columns else pl.lit(None)).cast(pl.Date).alias("covered"),
    )


def known(table: Table, day: date) -> tuple[pl.Expr, pl.Expr]:
    """`missing` and `complete` of a register, from `declared`, `covered` and how many rows came, `n`."""
    n = pl.col("n").cast(pl.Int64).fill_null(0)
    silent = pl.col("covered").is_null() | (pl.col("covered") < day) if table.returned else pl.lit(False)
    if_empty = {"zero": pl.lit(True), "unknown": n > 0, "open": pl.lit(False)}[table.when_empty]
    return (
        (pl.col("declared") - n).clip(0).fill_null(0).alias("missing"),
        pl.when(pl.col("declared").is_not_null())
        .then(n >= pl.col("declared"))
        .otherwise(~silent & if_empty)
        .alias("complete"),
    )
