"""Plan + tables → the rows that may exist, as every expression sees them: membership, shown values, ancestors' fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import polars as pl

from checker.engines.columnar.needs import Needs, key_field
from checker.engines.columnar.scope import KEY, PARENT, POS, ROW, THERE, UNIT, column
from checker.engines.columnar.units import UNITS, Path, ways_to_unit
from checker.model import Table
from checker.plan import NO_UNIT, Plan, Tables
from checker.relations import predecessors
from checker.units import TIMES

RECEIVED = "received_on"


class Rows:
    """Prepares each table once. Rows that surely do not exist are left out; THERE is null for those that may."""

    def __init__(self, plan: Plan, tables: Tables, needs: Needs) -> None:
        self.plan, self.pack, self.tables, self.needs = plan, plan.pack, tables, needs
        self._prepared: dict[str, pl.DataFrame] = {}
        self._owners: dict[str, pl.DataFrame] = {}
        self._ways: dict[tuple[str, str, bool], pl.Series] = {}

    def of(self, name: str) -> pl.DataFrame:
        """Own fields, ROW and THERE. A subject's rows are in the order of their keys, which is that of the results."""
        if name not in self._prepared:
            table, frame = self.pack.tables[name], self.tables.frames[name]
            wanted = [field for hops, field in self.needs.of(name).fields if not hops]
            frame = prepare(table, frame, self.plan, wanted)
            if any(o.subject == name for o in self.plan.obligations):
                frame = frame.sort(KEY, nulls_last=False, maintain_order=True)
            self._prepared[name] = frame.with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).alias(POS))
        return self._prepared[name]

    def extended(self, name: str, paths: Iterable[Path], *, sure: bool = True) -> pl.DataFrame:
        """The rows with fields of ancestors and linked records; without such a record they are missing.

        A record that only may exist (`sure`) may also turn out to have said nothing.
        """
        rows = self.of(name)
        by_hop: dict[str, list[Path]] = {}
        for hops, field in paths:
            if hops:
                by_hop.setdefault(hops[0], []).append((hops[1:], field))
        for hop, onward in by_hop.items():
            at = pl.lit(self._above(name, hop, sure))
            rows = rows.hstack(
                self.extended(hop, onward, sure=sure).select(
                    pl.col(column(path)).gather(at).alias(column(((hop, *path[0]), path[1]))) for path in onward
                )
            )
        return rows

    def _above(self, name: str, hop: str, sure: bool) -> pl.Series:
        """For each row the position of the record that it leads to; of rows with one key, the last."""
        sure &= self.of(hop).get_column(THERE).null_count() > 0
        if (name, hop, sure) not in self._ways:
            known = self.of(hop).filter(pl.col(KEY).is_not_null() & (pl.col(THERE) if sure else True))
            known = known.select(pl.col(KEY).alias(":hop"), POS).unique(":hop", keep="last")
            key = key_field(self.pack.tables[name], hop)
            own = self.of(name).select(pl.col(key).cast(pl.String).alias(":hop"))
            self._ways[name, hop, sure] = own.join(known, on=":hop", how="left", maintain_order="left")[POS]
        return self._ways[name, hop, sure]

    def owners(self, parent: str) -> pl.DataFrame:
        """Key → position of the parent rows that own the child rows of this key: a unit owns its predecessors' too."""
        if parent not in self._owners:
            rows = self.of(parent)
            own = rows.select(pl.col(KEY).alias(":owner"), pl.col(POS).alias(PARENT), ROW)
            own = own.filter(pl.col(":owner").is_not_null()).sort(ROW).unique(":owner", keep="last").drop(ROW)
            if parent == UNITS:
                before = predecessors(rows, self.pack.tables[UNITS].key)
                before = own.join(before, on=":owner").select(pl.col(":before").alias(":owner"), PARENT)
                own = pl.concat([own, before])
            self._owners[parent] = own
        return self._owners[parent]

    def owned(self, rows: pl.DataFrame, child: Table, parent: str) -> pl.DataFrame:
        """Child rows with PARENT, the position of the parent row they belong to."""
        key = pl.col(child.parents[parent]).cast(pl.String)
        return rows.join(self.owners(parent), left_on=key, right_on=":owner", how="inner", maintain_order="left")

    def subjects(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows` with UNIT, the unit that the record was reported for."""
        paths = ways_to_unit(self.pack, name)
        found = self.extended(name, paths, sure=False).select(column(path) for path in paths)
        unit = pl.coalesce([*(pl.col(c).cast(pl.String) for c in found.columns), pl.lit(NO_UNIT)])
        return rows.with_columns(found.select(unit).to_series().alias(UNIT) if paths else pl.lit(NO_UNIT).alias(UNIT))


def columns_read(table: Table, there: Iterable[str], wanted: Collection[str]) -> list[str]:
    """The fields wanted, and what tells whether rows exist and values are shown. `there`: the columns that came."""
    evidence = [by for name in wanted if name in table.fields for by in table.fields[name].shown_by.values()]
    needed = {*wanted, *table.shown_by, *(name for names in evidence for name in names)}
    needed |= {name for name in (table.key, table.dated, RECEIVED) if name}
    return sorted(needed | {name for name in there if name.startswith("_returned_") or name == TIMES})


def prepare(table: Table, frame: pl.DataFrame, plan: Plan, wanted: list[str]) -> pl.DataFrame:
    shown = {name: definition.shown_by for name, definition in table.fields.items() if name in wanted}
    exprs, types = [], frame.schema
    for name in columns_read(table, frame.columns, wanted):
        if name not in frame.columns:
            exprs.append(pl.lit(None, dtype=pl.Date).alias(name))
            continue
        dtype = types[name]
        if dtype.is_float():
            exprs.append(pl.col(name).fill_nan(None))
        elif dtype == pl.List(pl.String):
            # As a set: choices are compared and shown in one order.
            exprs.append(pl.col(name).list.drop_nulls().list.unique().list.sort())
        else:
            exprs.append(pl.col(name))
    key = pl.col(table.key).cast(pl.String) if table.key else pl.lit(None, dtype=pl.String)
    frame = frame.select(*exprs, pl.int_range(pl.len(), dtype=pl.UInt32).alias(ROW))
    frame = frame.with_columns(key.alias(KEY), _there(table, plan).alias(THERE)).filter(_exists(table, plan))
    return frame.with_columns(
        _shown(name, definition.type == "yes_no", shown[name])
        for name, definition in table.fields.items()
        if shown.get(name)
    )


def _exists(table: Table, plan: Plan) -> pl.Expr:
    exists = pl.lit(True)
    if plan.known_at is not None:
        exists &= ~(pl.col(RECEIVED) > plan.known_at).fill_null(value=False)
    if table.dated:
        exists &= ~(pl.col(table.dated).cast(pl.Date) > plan.as_of).fill_null(value=False)
    return exists


def _there(table: Table, plan: Plan) -> pl.Expr:
    sure = pl.lit(True)
    if table.dated:
        sure &= pl.col(table.dated).is_not_null() | (pl.col(RECEIVED) <= plan.as_of).fill_null(value=False)
    if table.shown_by:
        sure &= _all_known(table.shown_by)
    return pl.when(sure).then(True)


def _all_known(names: Iterable[str]) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).is_not_null() for name in names)


def _shown(name: str, is_yes_no: bool, shown_by: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    """A value that is claimed but not shown is missing."""
    value = pl.col(name)
    for code, names in shown_by.items():
        claim = pl.lit(code == "yes") if is_yes_no else pl.lit(code)
        value = pl.when((pl.col(name) != claim) | _all_known(names)).then(value)
    return value.alias(name)
