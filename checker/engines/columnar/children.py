"""Child rows → tallies per parent (per parent and period, if the child function moves), as columns of the parent's frame."""

from __future__ import annotations

import polars as pl

from checker.engines.columnar.fold import fold
from checker.engines.columnar.needs import Needs, Slot
from checker.engines.columnar.registers import with_registers
from checker.engines.columnar.rows import Rows
from checker.engines.columnar.scope import PARENT, PERIOD, POS, THERE, Scope, arrived, tally
from checker.engines.columnar.tallies import Tally, of_rows, totals_of
from checker.engines.columnar.windows import candidates
from checker.units import TIMES


class Frames:
    """Per table the rows with everything that an expression may ask of them, built once and shared by all batches."""

    def __init__(self, rows: Rows, needs: Needs) -> None:
        self.rows, self.needs, self.plan = rows, needs, rows.plan
        self._built: dict[str, pl.DataFrame] = {}
        self._owned: dict[tuple[str, str], pl.DataFrame] = {}

    def scope(self, name: str, moving: bool) -> Scope:
        return Scope(self.plan.pack.tables[name], moving, self.needs, self.plan.as_of)

    def of(self, name: str) -> pl.DataFrame:
        if name not in self._built:
            reads = self.needs.of(name)
            frame = self.rows.extended(name, reads.fields)
            scope = self.scope(name, moving=False)
            for child in reads.child_tables:
                owned = self.owned(child, name)
                there = of_rows(pl.col(THERE), TIMES in owned.columns).sum().cast(pl.Int64)
                sure = owned.group_by(PARENT).agg(there.alias(arrived(child)))
                frame = _joined(frame, sure, [PARENT], [Tally(arrived(child), pl.lit(0), 0)])
                slots = [slot for slot in reads.chosen(moving=False) if slot.agg.table == child]
                totals, tallies = totals_of(owned, slots, scope, [PARENT])
                frame = _joined(frame, totals, [PARENT], tallies)
            self._built[name] = with_registers(frame, scope, self.rows.tables)
        return self._built[name]

    def owned(self, child: str, parent: str) -> pl.DataFrame:
        """The child rows with PARENT."""
        if (child, parent) not in self._owned:
            table = self.plan.pack.tables[child]
            self._owned[child, parent] = self.rows.owned(self.of(child), table, parent)
        return self._owned[child, parent]

    def with_moving(self, frame: pl.DataFrame, name: str, periods: pl.DataFrame) -> pl.DataFrame:
        """Rows of a table × periods, with the child functions and registers that differ by period."""
        scope = self.scope(name, moving=True)
        slots = self.needs.of(name).chosen(moving=True)
        # Child functions with the same window go over the same child rows.
        groups: dict[object, list[Slot]] = {}
        for slot in slots:
            groups.setdefault((slot.agg.table, slot.window), []).append(slot)
        for group in groups.values():
            child = group[0].agg.table
            inner = scope.inside(group[0])
            mine = self.owned(child, name)
            if frame.get_column(POS).n_unique() < self.of(name).height:
                mine = mine.join(frame.select(pl.col(POS).alias(PARENT)).unique(), on=PARENT, how="semi")
            pairs = candidates(mine, group[0].window, periods, lambda expr, inner=inner: fold(expr, inner))  # type: ignore[misc]
            pairs = self.with_moving(pairs, child, periods)
            totals, tallies = totals_of(pairs, group, scope, [PARENT, PERIOD])
            frame = _joined(frame, totals, [PARENT, PERIOD], tallies)
            frame = frame.with_columns(part for slot in group if slot.population for part in _outside(slot))
        return with_registers(frame, scope, self.rows.tables)


def _joined(frame: pl.DataFrame, totals: pl.DataFrame, keys: list[str], tallies: list[Tally]) -> pl.DataFrame:
    """`frame` with the tallies; only integers are filled, where a parent has no child rows: never a truth value."""
    if not tallies:
        return frame
    own = [POS if key == PARENT else key for key in keys]
    frame = frame.join(totals, left_on=own, right_on=keys, how="left", maintain_order="left")
    return frame.with_columns(
        pl.lit(t.empty).alias(t.name) if t.total is None else pl.col(t.name).fill_null(t.empty)
        for t in tallies
        if t.empty is not None
    )


def _outside(slot: Slot) -> list[pl.Expr]:
    """Members outside the window were not looked at: for them the body is false."""
    return [
        (pl.col(tally(slot.population, f"{part}:true")) - pl.col(tally(slot, f"{part}:true"))
         - pl.col(tally(slot, f"{part}:unknown"))).alias(tally(slot, f"{part}:false"))
        for part in ("there", "may")
    ]  # fmt: skip
