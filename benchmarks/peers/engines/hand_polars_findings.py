"""Polars by hand, giving what checker's engine gives: verdicts, counts by county, a row with evidence for each fail and each unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from benchmarks.peers.conditions import Condition, Duty, read
from benchmarks.peers.duties import AS_OF, CHOICES, DATES
from benchmarks.peers.engines.hand_polars import expression, verdict
from benchmarks.peers.protocol import VERDICTS, Table

FAIL, UNKNOWN = map(VERDICTS.index, "FU")
NAMES = pl.Series(["pass", "fail", "unknown", "not_applicable"])


@dataclass(frozen=True, slots=True)
class Judged:
    verdicts: pl.DataFrame
    counts: pl.DataFrame
    findings: pl.DataFrame


def judge(records: pl.DataFrame, duties: Sequence[Duty]) -> Judged:
    names = [duty.id for duty in duties]
    judged = records.with_columns(verdict(duty).alias(duty.id) for duty in duties)
    findings = pl.concat(_findings(judged, duty) for duty in duties)
    return Judged(judged.select(names), _counts(judged, names), findings)


def _counts(judged: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    totals = [(pl.col(name) == number).sum().alias(f"{name} {NAMES[number]}") for name in names for number in range(4)]
    long = judged.group_by("unit_code").agg(totals).unpivot(index="unit_code", variable_name="cell", value_name="n")
    cell = pl.col("cell").str.splitn(" ", 2).struct
    return long.filter(pl.col("n") > 0).select("unit_code", cell[0].alias("rule"), cell[1].alias("verdict"), "n")


def _findings(judged: pl.DataFrame, duty: Duty) -> pl.DataFrame:
    number = pl.col(duty.id)
    late = (AS_OF - duty.due).days
    found = judged.select(duty.id, "code", "name", "unit_code", *read(duty.applies, duty.require)).filter(
        (number == FAIL) | (number == UNKNOWN)
    )
    return found.select(
        pl.lit(duty.id).alias("rule"),
        pl.col("code"),
        pl.col("name"),
        pl.col("unit_code"),
        pl.lit(NAMES).gather(number.cast(pl.UInt32)).alias("verdict"),
        pl.lit("overdue" if late > 0 else "not_due").alias("status"),
        pl.lit(duty.due).alias("due"),
        pl.lit(max(late, 0), pl.Int32).alias("days_overdue"),
        pl.when(expression(duty.applies).is_null())
        .then(_evidence(duty.applies))
        .otherwise(_evidence(duty.require))
        .alias("observed"),
    )


def _evidence(condition: Condition) -> pl.Expr:
    """The values that were compared, as JSON."""
    parts = [pl.concat_str(pl.lit(f'"{name}":'), _written(name)) for name in read(condition)]
    return pl.concat_str(pl.lit("{"), pl.concat_str(parts, separator=","), pl.lit("}"))


def _written(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String)
    return (pl.format('"{}"', text) if name in CHOICES or name in DATES else text).fill_null("null")


class Engine(Table):
    def __init__(self, duties: Sequence[Duty]) -> None:
        self.duties = duties

    def judge(self, taken: pl.DataFrame) -> Judged:
        return judge(taken, self.duties)

    def letters(self, answer: Judged) -> list[str]:
        return ["".join(map(VERDICTS.__getitem__, column)) for column in answer.verdicts]
