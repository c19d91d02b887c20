"""Merged records → questions about patterns that chance hardly makes, per unit and table: to be looked into, never accusations.

Only fields that the vocabulary calls `varies` are looked at. Each statistic has the smallest number of records from which it
is asked at all, so that a small unit is never told that its three schools look alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import polars as pl

from checker import threads
from checker.tables.checks.places import Records
from checker.tables.questions import Question
from checker.tables.review import alike, copies, days, ends
from checker.tables.review.kinds import KINDS
from checker.tables.units import unit_of

__all__ = ["KINDS", "review"]


def review(records: Records) -> Iterable[Question]:
    """In the order of the pack's tables."""
    for name, frame in records.frames.items():
        table = records.pack.tables[name]
        fields = () if frame.is_empty() else table.fields.values()
        varying = [field for field in fields if field.varies and frame[field.id].count()]
        if not varying:
            continue
        # Held as numbers: every look compares and groups by them.
        units = unit_of(records.pack, records.frames, name).cast(pl.Categorical)
        looks = [look.questions(records, table, varying, units) for look in (alike, ends, days, copies)]
        yield from chain.from_iterable(threads.each(list, looks, rows=frame.height))
