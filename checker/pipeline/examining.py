"""Tables as read → the same tables, with questions where a record breaks a check of the vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.model import Pack
from checker.pipeline import remembered

if TYPE_CHECKING:
    import polars as pl

    from checker.plan import RecordCheck, Tables


def examined(pack: Pack, tables: Tables) -> Tables:
    from checker.engines.columnar.records import where_false
    from checker.tables import disagreeing

    def made() -> tuple[RecordCheck, ...]:
        from checker.compile import compile_checks

        return compile_checks(pack)

    known = remembered.compiled(pack, "checks", made)
    checks = [check for check in known if tables.frames[check.table].height and check.fields]
    broken: list[tuple[RecordCheck, pl.Series]] = []
    for name in dict.fromkeys(check.table for check in checks):
        own = [check for check in checks if check.table == name]
        broken += zip(own, where_false(pack, name, tables.frames[name], [check.expr for check in own]), strict=True)
    return disagreeing(pack, tables, [(check, rows) for check, rows in broken if rows.len()])
