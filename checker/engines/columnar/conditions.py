"""Conditions of gates + frames of units, their results, targets and doubts → what each condition is of each unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from checker.engines.columnar.children import Frames
from checker.engines.columnar.duties import Stage
from checker.engines.columnar.needs import Needs
from checker.engines.columnar.observed import truth
from checker.engines.columnar.rows import Rows
from checker.engines.columnar.units import UNITS
from checker.plan import Condition, Plan, Tables, items_of


def truths(plan: Plan, conditions: Sequence[Condition], frames: Mapping[str, pl.DataFrame]) -> list[pl.Series]:
    """A Boolean per row of the frame `unit`, null for unknown. `frames`: of the tables that gates see."""
    scoring = replace(plan, pack=replace(plan.pack, tables=plan.gate_tables), obligations=())
    needs, items = Needs(scoring.pack, ()), [item for condition in conditions for item in items_of(condition)]
    for item in items:
        needs.ask(item.expr, UNITS, recurring=False)
    tables = Tables(frames, pl.DataFrame(), (), pl.DataFrame())
    rows = Frames(Rows(scoring, tables, needs), needs)
    stage = Stage(rows.scope(UNITS, moving=False), uncertain=False)
    for item in items:
        stage.item(item.expr)
    judged = rows.of(UNITS).with_columns(stage.columns)
    return judged.select(
        truth(condition, stage.names).alias(str(at)) for at, condition in enumerate(conditions)
    ).get_columns()
