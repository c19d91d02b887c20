"""A run's deferrals and comparison → what formats say of a finding besides: who deferred it, since when it is known; what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from checker.model import Deferral
from checker.plan import Run


def approvals(run: Run) -> dict[str, Deferral]:
    """Fingerprint → the deferral that counts for it; of several the first."""
    found: dict[str, Deferral] = {}
    for outcome in run.deferrals:
        for fingerprint in outcome.fingerprints if outcome.state == "counts" else ():
            found.setdefault(fingerprint, outcome.deferral)
    return found


def first_seen(run: Run) -> dict[str, date]:
    """A finding's number → the day of the earliest run that had it."""
    if run.changes is None:
        return {}
    return dict(run.changes.filter(pl.col("change") != "fixed").select("number", "first_seen").iter_rows())


def gone(run: Run) -> Iterator[dict[str, Any]]:
    """What the run before had and this one has no more, as rows of `run.changes` with an `id` like that of findings."""
    if run.changes is None:
        return
    seen: dict[str, int] = {}
    for row in run.changes.filter(pl.col("change") == "fixed").iter_rows(named=True):
        again = seen[row["fingerprint"]] = seen.get(row["fingerprint"], 0) + 1
        yield row | {"id": row["fingerprint"] if again == 1 else f"{row['fingerprint']}-{again}"}
