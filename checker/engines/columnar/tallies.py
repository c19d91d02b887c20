"""Child rows with a parent's position → how many of them say what, the sums, and the first and last: one row per parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from checker.engines.columnar.fold import condition, fold
from checker.engines.columnar.needs import Slot
from checker.engines.columnar.registers import TALLIES
from checker.engines.columnar.scope import THERE, Scope, tally
from checker.engines.columnar.values import Value, point, rounded, spread
from checker.expr import Agg, Expr
from checker.units import TIMES

# Sums are made in integers, so that they do not depend on the order of the rows: the whole part and this fraction.
NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Tally:
    """One column: its total over the staged rows of a parent (None: always `empty`), and what it is without any rows."""

    name: str
    total: pl.Expr | None
    empty: float | bool | None = None


@dataclass
class Staging:
    """Columns to be added to the child rows before they are grouped, and the totals to be taken of them."""

    columns: list[pl.Expr]
    tallies: list[Tally]
    weighted: bool = False

    def stage(self, name: str, part: pl.Expr) -> pl.Expr:
        self.columns.append(part.alias(name))
        return pl.col(name)

    def sum(self, staged: pl.Expr) -> pl.Expr:
        return of_rows(staged, self.weighted).sum()

    def total(self, name: str, part: pl.Expr | None, empty: float | bool | None = None) -> None:
        self.tallies.append(Tally(name, part, empty))


def of_rows(value: pl.Expr, weighted: bool) -> pl.Expr:
    """A truth or a whole number of a row, as often as the row counts."""
    return value.cast(pl.Int64) * pl.col(TIMES) if weighted else value


def totals_of(
    rows: pl.DataFrame, slots: Sequence[Slot], scope: Scope, keys: list[str]
) -> tuple[pl.DataFrame, list[Tally]]:
    """The tallies of some child functions over the same child rows. Each distinct condition is one column first."""
    if not slots:
        return rows.select(keys).clear(), []
    inner = scope.inside(slots[0])
    members: dict[Expr | None, str] = {}
    bodies: dict[Expr | None, str] = {None: ""}
    first = Staging([], [])
    for slot in slots:
        where, body = slot.agg.where, slot.agg.body
        if where not in members:
            members[where] = f"member:{len(members)}"
            there = pl.col(THERE)
            first.stage(members[where], there if where is None else there & condition(where, inner))
        if _counts(slot.agg) and body is not None and body not in bodies:
            bodies[body] = f"body:{len(bodies)}"
            first.stage(bodies[body], condition(body, inner))
    rows = rows.with_columns(first.columns)
    certain = {part.meta.output_name() for part in first.columns}
    certain = {name for name in certain if rows.get_column(name).null_count() == 0}
    second = Staging([], [], TIMES in rows.columns)
    for slot in slots:
        member = members[slot.agg.where]
        if _counts(slot.agg):
            _count(slot, member, bodies[slot.agg.body], certain, second)
        else:
            _measure(slot, pl.col(member), inner, second)
    totals = [t.total.alias(t.name) for t in second.tallies if t.total is not None]
    return rows.with_columns(second.columns).group_by(keys).agg(totals), second.tallies


def _counts(agg: Agg) -> bool:
    return agg.name in ("every", "any", "none", "count", "share")


def _count(slot: Slot, member: str, body: str, certain: set[str], staging: Staging) -> None:
    """Six counts: rows that surely are or may be members × the body true, false, unknown."""
    there = pl.col(member)
    is_body = pl.col(body) if body else pl.lit(value=True)
    for part in TALLIES:
        belongs, says = part.split(":")
        never = (belongs == "may" and member in certain) or (says == "unknown" and (not body or body in certain))
        if never or (says == "false" and not body):
            staging.total(tally(slot, part), None, 0)
            continue
        rows = there if belongs == "there" else there.is_null()
        said = {"true": is_body, "false": ~is_body, "unknown": is_body.is_null()}[says]
        column = staging.stage(tally(slot, part), rows & said)
        staging.total(tally(slot, part), staging.sum(column).cast(pl.Int64), 0)


def _measure(slot: Slot, member: pl.Expr, scope: Scope, staging: Staging) -> None:
    """sum, latest, earliest and last: what they take from rows that surely are members, and from those that may be."""
    agg = slot.agg
    if agg.body is None:
        raise ValueError(f"{agg.name} needs a body")
    body = fold(agg.body, scope)
    possible = member.fill_null(value=True)
    match agg.name:
        case "sum":
            _sum(slot, member, body, staging)
        case "latest" | "earliest":
            # A sure row bounds what the best is; a row that may be better bounds how good it can be.
            when = point(body).value
            for name, rows in (("sure", member), ("best", possible)):
                column = staging.stage(tally(slot, name), pl.when(rows).then(when))
                staging.total(tally(slot, name), column.max() if agg.name == "latest" else column.min())
            gap = staging.stage(tally(slot, "gap"), possible & when.is_null())
            staging.total(tally(slot, "gap"), gap.any(), empty=False)
        case "last":
            if agg.by is None:
                raise ValueError("last needs by")
            by = point(fold(agg.by, scope)).value
            day = staging.stage(tally(slot, "day"), pl.when(member).then(by))
            x = point(body)
            simple = x.kind in ("number", "percent", "duration")
            value = staging.stage(tally(slot, "value"), rounded(x.value, x.whole) if simple else x.value)
            unsure = staging.stage(tally(slot, "unsure"), member.is_null() | (member & by.is_null()))
            on_top = value.filter(day == day.max())
            agreed = (on_top.n_unique() == 1) & ~unsure.any()
            staging.total(tally(slot, "value"), pl.when(agreed).then(on_top.first()))


def _sum(slot: Slot, member: pl.Expr, body: Value, staging: Staging) -> None:
    """From nothing for a row that may not be a member; without end if a value is missing."""
    span = spread(body)
    endless = span.high.is_null() | span.high.cast(pl.Float64).is_infinite()
    possible = member.fill_null(value=True)
    low = pl.when(member).then(span.low).otherwise(pl.min_horizontal(span.low, pl.lit(0)))
    high = pl.when(member).then(span.high).otherwise(pl.max_horizontal(span.high, pl.lit(0)))
    gap = staging.stage(tally(slot, "gap"), possible & endless)
    for name, end, usable in (("low", low, span.low.is_not_null()), ("high", high, ~endless)):
        taken = pl.when(possible & usable).then(end)
        whole = staging.stage(tally(slot, f"{name}:whole"), taken.cast(pl.Float64).floor().cast(pl.Int64))
        total = staging.sum(whole).cast(pl.Float64)
        if not body.whole:
            rest = ((taken - taken.floor()) * NANO).round().cast(pl.Int64)
            total = total + staging.sum(staging.stage(tally(slot, f"{name}:rest"), rest)) / NANO
        if name == "high":
            total = pl.when(~gap.any()).then(total).otherwise(float("inf"))
        staging.total(tally(slot, name), total, 0.0)
