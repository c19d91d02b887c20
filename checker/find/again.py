"""Findings and counts as a run keeps them → the evaluation that they were made from, told of the units in force."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from checker.plan import NO_UNIT, Evaluation, Plan
from checker.units import successors

_CELL = ["obligation", "unit", "period", "verdict", "status", "vacuous"]


def evaluation(findings: pl.DataFrame, counts: pl.DataFrame) -> Evaluation:
    """Whether a finding is deferred, or new, no engine has said: cells that differ in nothing else are one again."""
    told = findings.select(
        "obligation", "row", "key", "period", "unit", "verdict", "status", "due",
        pl.col("days_overdue").alias("days"), "observed", pl.lit(False).alias("vacuous"),
    )  # fmt: skip
    return Evaluation(told, counts.group_by(_CELL).agg(pl.col("n").sum().cast(pl.UInt32)))


def in_force(plan: Plan, found: Evaluation) -> Evaluation:
    """The same, told of the units in force: what `find` makes of it stays the same."""
    reported = {*found.findings["unit"].unique().drop_nulls(), *found.counts["unit"].unique().drop_nulls()}
    now = successors(plan.pack.units, reported, plan.as_of)
    unit = pl.col("unit").fill_null(NO_UNIT).replace(now)
    counts = found.counts.with_columns(unit, pl.col("vacuous").fill_null(False))
    return replace(found, findings=found.findings.with_columns(unit), counts=counts)
