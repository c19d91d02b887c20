"""Findings and counts as a run keeps them → the evaluation that they were made from, told of the units in force."""

from __future__ import annotations

import polars as pl

from checker.find.findings import CELL
from checker.plan import Evaluation

_TOLD_LATER = ("deferred", "change")


def evaluation(findings: pl.DataFrame, counts: pl.DataFrame) -> Evaluation:
    """Whether a finding is deferred, or new, no engine has said: cells that differ in nothing else are one again."""
    told = findings.select(
        "obligation", "row", "key", "period", "unit", "verdict", "status", "due",
        pl.col("days_overdue").alias("days"), "observed", pl.lit(False).alias("vacuous"),
    )  # fmt: skip
    cell = [name for name in CELL if name not in _TOLD_LATER]
    return Evaluation(told, counts.group_by(cell).agg(pl.col("n").sum().cast(pl.UInt32)))
