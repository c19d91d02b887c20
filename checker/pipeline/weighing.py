"""Records and their data questions → how much each question weighs: whether a verdict rests on what it asks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from checker.model import Pack
from checker.pipeline.judging import evaluate
from checker.pipeline.loading import compile_rules, record_checks

if TYPE_CHECKING:
    import polars as pl

    from checker.plan import Tables


def weights(pack: Pack, tables: Tables, as_of: date, known_at: date | None = None) -> pl.DataFrame:
    """One row per question, in their order: weight (critical, other, none), rules (ids), verdicts (how many rest on it)."""
    from checker import weigh
    from checker.tables.checks.kinds import CONTRADICTION

    plan = compile_rules(pack, as_of, known_at)
    # Of a check that is broken any of its fields may be the wrong one.
    beside = {
        (CONTRADICTION.code, check.table, check.fields[0], other)
        for check in record_checks(pack)
        for other in check.fields[1:]
    }
    doubted = weigh.places(pack, tables, sorted(beside))
    rest = weigh.without(tables, doubted)
    return weigh.weigh(plan, tables, doubted, lambda concerned, only: evaluate(concerned, rest, only=only))
