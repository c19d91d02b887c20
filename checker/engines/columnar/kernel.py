"""One batch of subjects (× periods) → how many of each outcome per unit, and the findings with their evidence."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from checker.engines.columnar.duties import FIRST_FINDING, LAST_FINDING, OUTCOMES, Duty
from checker.engines.columnar.scope import NAME, UNIT


@dataclass(frozen=True, slots=True)
class Part:
    """What one batch yields: long counts, and per duty its rows, in the order of the batch, with the number of the outcome."""

    counts: pl.DataFrame
    findings: dict[int, pl.DataFrame]
    verdicts: dict[int, pl.DataFrame]


def judge(batch: pl.DataFrame, stage: list[pl.Expr], duties: list[Duty], *, verdicts: bool) -> Part:
    """`batch` holds the subjects with all that the expressions ask of them. Pure, so it runs anywhere."""
    # Polars does not share what several expressions have in common, so every item is a column first.
    batch = batch.with_columns(stage).with_columns(duty.outcome for duty in duties)
    found = batch.select(
        pl.col(duty.column).is_between(FIRST_FINDING, LAST_FINDING).arg_true().implode() for duty in duties
    )
    findings, judged = {}, {}
    # Of a few rows it is the number of queries that costs: columns and rows are taken out without one.
    for duty, (rows,) in zip(duties, found.get_columns(), strict=True):
        if rows.len():
            findings[duty.number] = batch[duty.reads][rows].select(duty.told)
        if verdicts:
            judged[duty.number] = batch[duty.reads].select(duty.told[:-1])
    return Part(_counts(batch, duties), findings, judged)


def _counts(batch: pl.DataFrame, duties: list[Duty]) -> pl.DataFrame:
    """All outcomes of all duties in one pass over the groups."""
    totals = [total for duty in duties for total in duty.totals]
    wide = batch.group_by(UNIT, NAME).agg(totals)
    long = wide.unpivot(index=[UNIT, NAME], variable_name="cell", value_name="n").filter(pl.col("n") > 0)
    cell = pl.col("cell").str.splitn(":", 2).struct
    return long.select(
        cell.field("field_0").cast(pl.UInt32).alias("obligation"),
        pl.col(UNIT).alias("unit"),
        pl.col(NAME).alias("period"),
        *named(cell.field("field_1")),
        pl.col("n").cast(pl.UInt32),
    )


def named(outcome: pl.Expr) -> list[pl.Expr]:
    """Verdict, status and vacuity by the number of the outcome."""
    names = ("verdict", "status", "vacuous")
    at = outcome.cast(pl.UInt32)
    return [
        pl.lit(pl.Series(values)).gather(at).alias(name)
        for name, values in zip(names, zip(*OUTCOMES, strict=True), strict=True)
    ]
