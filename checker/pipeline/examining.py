"""Tables as read → the same tables, with questions where a record breaks a check of the vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.model import Pack
from checker.pipeline.loading import record_checks

if TYPE_CHECKING:
    import polars as pl

    from checker.plan import RecordCheck, Tables


def examined(pack: Pack, tables: Tables) -> Tables:
    from checker.engines.columnar.records import where_false
    from checker.tables import disagreeing

    checks = [check for check in record_checks(pack) if tables.frames[check.table].height and check.fields]
    broken: list[tuple[RecordCheck, pl.Series]] = []
    for name in dict.fromkeys(check.table for check in checks):
        own = [check for check in checks if check.table == name]
        broken += zip(own, where_false(pack, name, tables.frames[name], [check.expr for check in own]), strict=True)
    return disagreeing(pack, tables, [(check, rows) for check, rows in broken if rows.len()])
