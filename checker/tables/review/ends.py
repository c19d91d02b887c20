"""Numbers of a unit that are round → one question for each unit and field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from checker.model import FieldDef, Table
from checker.tables.checks.places import Records
from checker.tables.questions import Question
from checker.tables.review import kinds
from checker.tables.review.patterns import UNIT, asked, share

_NUMBERS = 20  # at least so many
_FROM = 100  # from here up the last digit says nothing about the size


def questions(records: Records, table: Table, varying: Sequence[FieldDef], units: pl.Series) -> Iterator[Question]:
    """One number in ten ends in 0. That half of twenty do happens by chance in seven of a million units; a number that
    several records share is looked at once, or copies would make the others look estimated.
    """
    for field in varying:
        if field.type != "count":
            continue
        value, is_round = pl.col(field.id), pl.col(field.id) % 10 == 0
        rows = records.frames[table.id][[field.id]].hstack([units.alias(UNIT)])
        large = rows.filter((value >= _FROM) & pl.col(UNIT).is_not_null())
        different = large.group_by(UNIT).agg(value.unique()).explode(field.id)
        counts = different.group_by(UNIT).agg(pl.len().alias("m"), is_round.sum().alias("n"))
        striking = counts.filter((2 * pl.col("n") >= pl.col("m")) & (pl.col("m") >= _NUMBERS))
        if striking.is_empty():
            continue
        members = rows.with_row_index("row").filter((value >= _FROM) & is_round)
        members = members.join(striking, on=UNIT, maintain_order="left")
        for code, m, n, at in members.group_by(UNIT, "m", "n", maintain_order=True).agg("row").iter_rows():
            rows_there = pl.Series(at, dtype=pl.UInt32)
            values = {"m": m, "count": n, "share": share(n, m)}
            yield asked(records, kinds.ROUND, table, field.id, code, rows_there, values)
