"""Tables that no machine holds + rules → findings as part files where a cluster writes them, and the counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from checker.model import Pack
from checker.pipeline.loading import compile_rules

if TYPE_CHECKING:
    from checker.engines.spark import Told


def judge_folder(
    pack: Pack, tables: str, out: str, as_of: date, known_at: date | None = None, *, master: str | None = None
) -> Told:
    """`tables`, `out`: any path that Spark reads and writes. The findings are those of a run, but for their place in a sheet."""
    from checker import find
    from checker.engines import spark

    columns = spark.Columns(find.FINDING_COLUMNS, find.COUNT_COLUMNS, tuple(find.CELL))
    with spark.cluster(master):
        return spark.judge_folder(compile_rules(pack, as_of, known_at), tables, out, find.find, columns)
