"""findings → what each comes to (one word for all formats), an identifier of its own, and the order of urgency."""

from __future__ import annotations

from typing import Literal

import polars as pl

from checker.model import Severity

# fail, unknown: due, and it counts; not_due: there is still time; deferred: 经批准延期; advisory: reported, in no target and
# no gate.
Outcome = Literal["fail", "unknown", "not_due", "deferred", "advisory"]

URGENCY: dict[Severity, int] = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def with_outcomes(findings: pl.DataFrame) -> pl.DataFrame:
    """The same rows with `outcome`, and `id`: the fingerprint, told apart where records without a key share one."""
    outcome = (
        pl.when("advisory")
        .then(pl.lit("advisory"))
        .when("deferred")
        .then(pl.lit("deferred"))
        .when(pl.col("status") == "not_due")
        .then(pl.lit("not_due"))
        .otherwise("verdict")
    )
    again = pl.int_range(pl.len()).over("fingerprint")
    return findings.with_columns(
        outcome.alias("outcome"),
        pl.when(again == 0)
        .then("fingerprint")
        .otherwise(pl.concat_str("fingerprint", pl.lit("-"), again + 1))
        .alias("id"),
    )


def urgent(findings: pl.DataFrame, *outcomes: Outcome) -> pl.DataFrame:
    """Those that come to one of `outcomes`, the gravest first: severity, fail before unknown, days overdue, number."""
    return (
        findings.filter(pl.col("outcome").is_in(list(outcomes)))
        .with_columns(
            pl.col("severity").replace_strict(URGENCY, default=9, return_dtype=pl.Int8).alias("_severity"),
            (pl.col("verdict") != "fail").alias("_unknown"),
        )
        .sort(
            "_severity",
            "_unknown",
            pl.col("days_overdue").fill_null(0),
            "unit",
            "number",
            descending=[False, False, True, False, False],
            maintain_order=True,
        )
        .drop("_severity", "_unknown")
    )
