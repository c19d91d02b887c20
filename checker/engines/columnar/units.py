"""The table `unit` → which units owe, what went before them, and how a record leads to its unit."""

from __future__ import annotations

from collections import deque

import polars as pl

from checker.model import Pack

UNITS, VALID = "unit", ("valid_from", "valid_to")
Path = tuple[tuple[str, ...], str]  # hops and field


def in_force(rows: pl.DataFrame, day: pl.Expr) -> pl.Expr:
    """Whether a unit is in force; without the field it always was, or always will be."""
    force = pl.lit(True)
    begins, ends = VALID
    if begins in rows.columns:
        force &= (pl.col(begins) <= day).fill_null(value=True)
    if ends in rows.columns:
        force &= (pl.col(ends) >= day).fill_null(value=True)
    return force


def ways_to_unit(pack: Pack, name: str) -> list[Path]:
    """The fields in which the code of the unit may stand, nearest ancestor first."""
    key = pack.tables[UNITS].key if UNITS in pack.tables else ""
    if name == UNITS:
        return [((), key)]
    found: list[Path] = []
    waiting: deque[tuple[str, tuple[str, ...]]] = deque([(name, ())])
    while waiting:
        here, hops = waiting.popleft()
        for parent in pack.tables[here].parents:
            if parent == UNITS:
                found.append(((*hops, UNITS), key))
            elif parent in pack.tables and parent not in hops:
                waiting.append((parent, (*hops, parent)))
    return sorted(found, key=lambda path: len(path[0]))
