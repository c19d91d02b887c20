"""A finished run → what a deferral might be asked for, school by school; and what none can be asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from checker.model import SEVERITIES
from checker.plan import Proposal, Proposed, Run
from checker.relations import Relations

_CELL = ["obligation", "unit", "period"]


def propose(run: Run) -> Proposed:
    """Failures that count now. What is unknown needs its data, what was done late is done, what is not due has time."""
    failing = run.findings.filter(
        (pl.col("verdict") == "fail")
        & pl.col("status").is_in(["in_force", "overdue"])
        & ~pl.col("advisory")
        & ~pl.col("deferred")
    )
    pack = run.plan.pack
    locked = [rule.id for rule in pack.rules if not rule.may_defer]
    forbidden = dict(failing.filter(pl.col("rule").is_in(locked)).group_by("rule").len().sort("rule").iter_rows())
    if pack.ends is not None and run.plan.as_of > pack.ends:
        return Proposed((), forbidden, over=True)
    allowed = failing.filter(~pl.col("rule").is_in(locked))
    named = allowed.filter(pl.col("key").is_not_null())
    most = _most(run)
    proposals = tuple(_proposals(run, named, most))
    kept = [each for each in proposals if each.most != 0]
    full = sum(len(each.numbers) for each in proposals if each.most == 0)
    return Proposed(tuple(kept), forbidden, full, allowed.height - named.height)


def _most(run: Run) -> Mapping[tuple[int, str, str | None], int]:
    """(obligation, unit, period) → how many more of the records bound may be deferred."""
    share, n = run.plan.pack.deferral_limits.share, pl.col("n")
    if share is None:
        return {}
    bound = run.scorecard.counts.filter(pl.col("verdict") != "not_applicable")
    sums = bound.group_by(_CELL).agg(n.sum(), n.filter("deferred").sum().alias("deferred"))
    return {tuple(cell): max(int(share * n) - deferred, 0) for *cell, n, deferred in sums.iter_rows()}


def _proposals(run: Run, failing: pl.DataFrame, most: Mapping[tuple[int, str, str | None], int]) -> Iterator[Proposal]:
    """By unit, the gravest rule first; within a rule school by school."""
    held = Relations(run.plan.pack, run.tables).held(failing)
    worst = {rule.id: -SEVERITIES.index(rule.severity) for rule in run.plan.pack.rules}
    groups = held.group_by("unit", "obligation", "rule", "period", "holder", "holder_name").agg(
        pl.col("key", "number").sort_by("number"), pl.col("due").min()
    )
    ordered = groups.with_columns(pl.col("rule").replace_strict(worst, return_dtype=pl.Int8).alias("_worst")).sort(
        "unit", "_worst", "rule", "period", "holder_name", "holder"
    )
    for row in ordered.iter_rows(named=True):
        yield Proposal(
            rule=row["rule"],
            unit=row["unit"],
            period=row["period"] or "",
            holder=(row["holder"] or "", row["holder_name"] or ""),
            subjects=tuple(dict.fromkeys(row["key"])),
            numbers=tuple(row["number"]),
            due=row["due"],
            most=most.get((row["obligation"], row["unit"], row["period"])),
        )
