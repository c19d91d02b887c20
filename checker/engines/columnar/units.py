"""The table `unit` → which units owe, what went before them, and how a record leads to its unit."""

from __future__ import annotations

from collections import deque

import polars as pl

from checker.model import Pack
from checker.plan import Tables

UNITS = "unit"
Path = tuple[tuple[str, ...], str]  # hops and field


def in_force(rows: pl.DataFrame, day: pl.Expr) -> pl.Expr:
    """Whether a unit is in force; without the field it always was, or always will be."""
    force = pl.lit(True)
    if "valid_from" in rows.columns:
        force &= (pl.col("valid_from") <= day).fill_null(value=True)
    if "valid_to" in rows.columns:
        force &= (day <= pl.col("valid_to")).fill_null(value=True)
    return force


def predecessors(pack: Pack, tables: Tables) -> pl.DataFrame:
    """Unit (`:owner`) and every unit before it (`:before`) along the successor chains."""
    frame = tables.frames[UNITS]
    key = pack.tables[UNITS].key
    if "successor" in frame.columns:
        after = dict(frame.select(key, "successor").drop_nulls().iter_rows())
    else:
        after = {code: unit.successor for code, unit in pack.units.items() if unit.successor}
    pairs = []
    for before in after:
        code, seen = before, {before}
        while (code := after.get(code, "")) and code not in seen:
            seen.add(code)
            pairs.append((code, before))
    return pl.DataFrame(pairs, schema={":owner": pl.String, ":before": pl.String}, orient="row")


def way_to_unit(pack: Pack, name: str) -> Path | None:
    """The field that holds the unit: the own one, or that of the nearest ancestor which has one."""
    if name == UNITS:
        return (), pack.tables[UNITS].key
    waiting: deque[tuple[str, tuple[str, ...]]] = deque([(name, ())])
    seen = {name}
    while waiting:
        here, hops = waiting.popleft()
        parents = pack.tables[here].parents
        if UNITS in parents:
            return hops, parents[UNITS]
        for parent in parents:
            if parent not in seen and parent in pack.tables:
                seen.add(parent)
                waiting.append((parent, (*hops, parent)))
    return None
