"""Tables that no machine holds + rules → findings where a cluster writes them, and beside them counts, targets and gates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from checker.model import Pack
from checker.pipeline.judging import judge_of_gates
from checker.pipeline.loading import compile_rules

if TYPE_CHECKING:
    from checker.plan import Run


@dataclass(frozen=True, slots=True)
class Clustered:
    """`run`: without records and findings; `rows`: how many records each table has; `scorecard`: where its files are."""

    run: Run
    rows: Mapping[str, int]
    scorecard: str


def judge_folder(
    pack: Pack, tables: str, out: str, as_of: date, known_at: date | None = None, *, master: str | None = None
) -> Clustered:
    """`tables`, `out`: any path that Spark reads and writes. The findings are those of a run, but for their place in a sheet."""
    import polars as pl

    from checker import find, gate, runs
    from checker.engines import spark
    from checker.plan import Run, Scorecard
    from checker.tables import assemble

    plan = compile_rules(pack, as_of, known_at)
    columns = spark.Columns(find.FINDING_COLUMNS, find.COUNT_COLUMNS, tuple(find.CELL), find.REGISTERS)
    with spark.cluster(master):
        told = spark.judge_folder(plan, tables, out, find.find_part, partial(assemble, pack), columns)
        targets = find.targets(plan, told.units, told.counts, told.registers)
        card = Scorecard(told.counts, targets, gate.decide(plan, told.counts, targets, judge_of_gates(plan)))
        with TemporaryDirectory() as folder:
            runs.write_scorecard(card, Path(folder))
            place = spark.put(Path(folder), out)
    findings = pl.DataFrame(schema=find.FINDING_COLUMNS)
    return Clustered(Run(plan, told.units, findings, card, "spark"), told.rows, place)
