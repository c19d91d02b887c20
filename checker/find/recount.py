"""Counts + findings that are deferred or compared → the same counts, split by what is now known of the findings."""

from __future__ import annotations

import polars as pl

from checker.errors import CheckerError
from checker.find.findings import COUNT_COLUMNS

_SHARED = ["obligation", "unit", "period", "verdict", "status"]
_OWN = ["deferred", "change"]


def recount(counts: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """Every finding is one in its cell; what passed or does not apply stays as it is."""
    stands = counts.filter(~pl.col("verdict").is_in(["fail", "unknown"]))
    cells = counts.filter(pl.col("verdict").is_in(["fail", "unknown"])).drop(_OWN)
    whole = cells.drop("n", "vacuous").unique([*_SHARED], maintain_order=True)
    split = findings.group_by([*_SHARED, *_OWN]).agg(pl.len().cast(pl.Int64).alias("n"))
    split = whole.join(split, on=_SHARED, how="left", nulls_equal=True).with_columns(vacuous=pl.lit(False))
    if int(split["n"].sum()) != int(cells["n"].sum()):
        raise CheckerError(f"{cells['n'].sum()} failing or unknown verdicts counted, {split['n'].sum()} findings found")
    both = pl.concat(
        [frame.select(pl.col(n).cast(kind) for n, kind in COUNT_COLUMNS.items()) for frame in (stands, split)]
    )
    return both.sort([*_SHARED, "vacuous", *_OWN], nulls_last=False)
