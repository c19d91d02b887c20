"""The records and findings of a run → those that may matter to some rule, told of many at once: of a nation's records a few."""

from __future__ import annotations

from collections.abc import Mapping, Set

import polars as pl

from checker.escalate.needed import UNIT, looks_behind_findings
from checker.expr import Agg, Compare, Const, Expr, Field, Not, OneOf, walk
from checker.measures import BoundFact, Ladder
from checker.model import Table


def rows_needed(ladder: Ladder, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """What may fit a slot or tell of a measure, and whatever that belongs to or is linked with. Never too little: what a rule
    says beyond plain comparisons is judged later, record by record."""
    if looks_behind_findings(ladder):
        # A finding names its record by its place in the table.
        return {name: _fitting(ladder, name, frame) if name == "finding" else frame for name, frame in frames.items()}
    kept: dict[str, pl.DataFrame] = {}
    waiting = set(frames)
    while waiting:
        # Those first that nothing refers to any more but what is decided already.
        ready = sorted(name for name in waiting if not any(_refers(ladder, other, name) for other in waiting - {name}))
        for name in ready or sorted(waiting):
            frame = frames[name]
            if name != UNIT and ready:
                wanted = _may_fit(ladder, name, frame) | _referred_to(ladder.tables[name], kept, ladder)
                frame = frame.filter(wanted)
            kept[name] = frame
        waiting -= set(kept)
    return kept


def _refers(ladder: Ladder, table: str, to: str) -> bool:
    return to in ladder.tables[table].parents or to in ladder.tables[table].links


def _referred_to(table: Table, kept: Mapping[str, pl.DataFrame], ladder: Ladder) -> pl.Expr:
    keys = [
        frame[column]
        for name, frame in kept.items()
        for column in (ladder.tables[name].parents.get(table.id), ladder.tables[name].links.get(table.id))
        if column is not None and column in frame.columns
    ]
    return pl.col(table.key).is_in(pl.concat(keys).unique().to_list()) if keys and table.key else pl.lit(False)


def _fitting(ladder: Ladder, table: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(_may_fit(ladder, table, frame))


def _may_fit(ladder: Ladder, table: str, frame: pl.DataFrame) -> pl.Expr:
    slots = [(fact, absent) for bound in ladder.rules for fact, absent in (
        *((fact, False) for fact in bound.match), *((fact, True) for fact in bound.unless))]  # fmt: skip
    counted = any(isinstance(p, Agg) and p.table == table for fact, _ in slots for t in fact.tests for p in walk(t))
    wanted = [pl.lit(counted)]
    wanted += [
        _slot(fact, absent, ladder.tables[table], set(frame.columns)) for fact, absent in slots if fact.table == table
    ]
    for recorded in ladder.recorded:
        if recorded.table == table:
            plain = isinstance(recorded.on, Field) and not recorded.on.hops
            wanted.append(pl.col(recorded.on.name).is_not_null() if plain else pl.lit(True))  # type: ignore[union-attr]
    return pl.any_horizontal(*wanted)


def _slot(fact: BoundFact, absent: bool, table: Table, columns: Set[str]) -> pl.Expr:
    """An unwanted fact matters as long as it is not known to be otherwise."""
    told = [found for test in fact.tests if (found := _in_columns(test, absent, table)) is not None]
    read = {part.name for test in fact.tests for part in walk(test) if isinstance(part, Field) and not part.hops}
    if not read <= columns:
        return pl.lit(True)
    return pl.all_horizontal(pl.lit(True), *told).fill_null(absent)


def _in_columns(test: Expr, absent: bool, table: Table) -> pl.Expr | None:
    """Plain comparisons of a column; None for what else there is."""
    match test:
        case Field(name, "yes_no", hops=()) if not _claimed(name, absent, table):
            return pl.col(name)
        case Compare("=", Field(name, "text" | "choice" | "yes_no", hops=()), Const(bool() | str() as value)) if (
            not _claimed(name, absent, table)
        ):
            return pl.col(name) == value
        case OneOf(Field(name, "text" | "choice", hops=()), options) if not _claimed(name, absent, table) and all(
            isinstance(option, Const) for option in options
        ):
            return pl.col(name).is_in([option.value for option in options if isinstance(option, Const)])
        case Not(item):
            inner = _in_columns(item, absent, table)
            return None if inner is None else ~inner
    return None


def _claimed(name: str, absent: bool, table: Table) -> bool:
    """A value that has to be shown by evidence may turn out to be missing, which leaves an unwanted fact possible."""
    return absent and name in table.fields and bool(table.fields[name].shown_by)
