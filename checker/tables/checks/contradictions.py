"""Rows that break a check of the vocabulary → questions that name every cell the check reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from checker.errors import Text
from checker.model import Table
from checker.plan import RecordCheck
from checker.tables.checks import kinds
from checker.tables.checks.places import Records, Row, filled
from checker.tables.questions import Question, Said


def contradictions(records: Records, broken: Iterable[tuple[RecordCheck, pl.Series]]) -> Iterator[Question]:
    """`broken`: checks with the positions of the rows that break them."""
    for check, rows in broken:
        table = records.pack.tables[check.table]

        def say(
            _: object, record: Row, cells: Mapping[str, str], table: Table = table, check: RecordCheck = check
        ) -> dict[str, Said]:
            fields = [filled(table, name, record, cells) for name in check.fields]
            what = Text("、".join(text.zh for text in fields), ", ".join(text.en for text in fields))
            return {"what": what, "rule": check.text}

        yield from records.questions(kinds.CONTRADICTION, table, check.fields[0], rows, say, beside=check.fields)
