"""Findings + those of earlier runs → new, persisting, reopened, fixed; under the numbers that they had; and why they changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from checker.plan import Earlier, Plan
from checker.units import successors

Change = Literal["new", "persisting", "reopened", "fixed"]
# rules: the rules are others now. late_entry, correction: what was known late, or put right, about the earlier day.
# time: a date has passed, nothing else. facts: what is so has changed. Empty: cannot be told.
Cause = Literal["rules", "late_entry", "correction", "time", "facts", ""]

CHANGES: dict[str, pl.DataType | type[pl.DataType]] = {
    "fingerprint": pl.String,
    "number": pl.String,
    "rule": pl.String,
    "subject": pl.String,
    "key": pl.String,
    "name": pl.String,
    "unit": pl.String,
    "period": pl.String,
    "severity": pl.String,
    "change": pl.String,
    "cause": pl.String,
    "verdict_before": pl.String,
    "status_before": pl.String,
    "verdict": pl.String,
    "status": pl.String,
    "first_seen": pl.Date,
}
_TOLD = ["number", "rule", "subject", "key", "name", "unit", "period", "severity", "verdict", "status"]
# A record without a key shares its fingerprint with its like: the first is the first again.
_SAME = ["fingerprint", "nth"]


def compare(plan: Plan, findings: pl.DataFrame, earlier: Sequence[Earlier]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`earlier`: oldest first; the last one is what is compared with. The findings with `change` and the number that they
    bore, and CHANGES of all that are there now or were there then."""
    nth = pl.int_range(pl.len()).over("fingerprint").alias("nth")
    history = pl.concat(
        run.findings.select("fingerprint", nth, *_TOLD).with_columns(at=pl.lit(at), as_of=pl.lit(run.as_of))
        for at, run in enumerate(earlier)
    )
    seen = history.group_by(_SAME).agg(
        pl.col("number").sort_by("at").last().alias("old_number"),
        pl.col("as_of").min().alias("first_seen"),
        (pl.col("at") == len(earlier) - 1).any().alias("then"),
    )
    before = history.filter(pl.col("at") == len(earlier) - 1)
    was = before.select(*_SAME, verdict_before="verdict", status_before="status")
    now = findings.with_columns(nth).join(seen, on=_SAME, how="left", maintain_order="left")
    now = now.join(was, on=_SAME, how="left", maintain_order="left")
    change = pl.when(pl.col("then").is_null()).then(pl.lit("new")).when("then").then(pl.lit("persisting"))
    now = now.with_columns(
        change.otherwise(pl.lit("reopened")).alias("change"),
        pl.coalesce("old_number", _fresh(history)).alias("number"),
        pl.col("first_seen").fill_null(plan.as_of),
    )
    unit_now = successors(plan.pack.units, before["unit"].unique().drop_nulls(), plan.as_of)
    gone = (
        before.join(now, on=_SAME, how="anti")
        .join(seen, on=_SAME)
        .with_columns(
            pl.col("unit").replace(unit_now),
            change=pl.lit("fixed"),
            verdict_before="verdict",
            status_before="status",
            verdict=pl.lit(None, pl.String),
            status=pl.lit(None, pl.String),
        )
    )
    changes = pl.concat([_told(now), _told(gone)]).sort("unit", "rule", "key", "period", "number", nulls_last=False)
    return now.select(findings.columns), changes


def _fresh(history: pl.DataFrame) -> pl.Expr:
    """Numbers that no finding has borne, unit by unit, for those that have none yet."""
    parts = pl.col("number").str.split_exact("-", 1).struct
    used = history.select(
        parts.field("field_0").alias("short"), parts.field("field_1").cast(pl.Int64, strict=False).alias("n")
    )
    highest = dict(used.group_by("short").agg(pl.col("n").max()).iter_rows())
    short = parts.field("field_0")
    running = pl.col("old_number").is_null().cum_sum().over(short)
    last = short.replace_strict(highest, default=0, return_dtype=pl.Int64).fill_null(0)
    return pl.concat_str(short, pl.lit("-"), (last + running).cast(pl.String).str.zfill(4))


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    with_cause = frame.with_columns(cause=pl.lit(""))
    return with_cause.select(pl.col(name).cast(kind) for name, kind in CHANGES.items())


# --- why -----------------------------------------------------------------------------------------


def with_causes(
    changes: pl.DataFrame, same_rules: pl.DataFrame, later_known: pl.DataFrame | None, time_passed: pl.DataFrame
) -> pl.DataFrame:
    """The causes of what came or went.

    Each frame holds fingerprint and verdict as judged by the rules of now: `same_rules` on the records of then as of then;
    `later_known` on the records of now that were already there then, as of then; `time_passed` on the records of then as
    of now. What one of them explains alone, is explained.
    """
    frame = changes
    steps = {"rules": same_rules, "known": later_known, "time": time_passed}
    for name, judged in steps.items():
        if judged is None:
            frame = frame.with_columns(pl.lit(None, pl.String).alias(name))
        else:
            worst = judged.sort(pl.col("verdict") == "pass").unique("fingerprint", keep="first")
            frame = frame.join(
                worst.select("fingerprint", pl.col("verdict").alias(name)),
                on="fingerprint",
                how="left",
                maintain_order="left",
            )
    came = pl.col("change") != "fixed"

    def alike(name: str) -> pl.Expr:
        return pl.col(name).is_in(["fail", "unknown"]).fill_null(False) == came

    known_before = pl.col("rules").is_in(["pass", "fail", "not_applicable"]).fill_null(False)
    cause = (
        pl.when(pl.col("change") == "persisting").then(pl.lit(""))
        .when(alike("rules")).then(pl.lit("rules"))
        .when(pl.col("known").is_not_null() & alike("known"))
        .then(pl.when(known_before).then(pl.lit("correction")).otherwise(pl.lit("late_entry")))
        .when(alike("time")).then(pl.lit("time"))
        .otherwise(pl.lit("facts"))
    )  # fmt: skip
    return frame.with_columns(cause.alias("cause")).select(*CHANGES)
