"""Merged records and where they came from → questions about what hardly fits. Nothing here changes a value or a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from checker import threads
from checker.tables.checks import codes, declared, ranges, times
from checker.tables.checks.contradictions import contradictions
from checker.tables.checks.kinds import KINDS
from checker.tables.checks.places import Records
from checker.tables.links import Return
from checker.tables.questions import Question

__all__ = ["KINDS", "Records", "contradictions", "examine"]


def examine(records: Records, returns: Sequence[Return]) -> Iterable[Question]:
    """In the order of the pack's tables."""
    differing = declared.differing(records)
    for name, frame in records.frames.items():
        table = records.pack.tables[name]
        yield from declared.questions(records, table, differing)
        if frame.height:
            looks = (
                codes.questions(records, table),
                ranges.questions(records, table),
                times.questions(records, table, returns),
            )
            yield from chain.from_iterable(threads.each(list, looks, rows=frame.height))
