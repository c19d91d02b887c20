"""Folders of earlier runs → what a run is compared with, and the replays that tell why something changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import NOWHERE, Diagnostic, Text, UsageError
from checker.model import Pack
from checker.pipeline.judging import Engine, evaluate
from checker.pipeline.loading import compile_rules

if TYPE_CHECKING:
    import polars as pl

    from checker.plan import Earlier, Plan, Tables


def earlier_runs(
    pack: Pack, as_of: date, against: Iterable[str | Path] = (), history: str | Path | None = None
) -> list[Earlier]:
    """The runs to compare with, oldest first. Of the folder `history` those of this plan before `as_of`; those of `against`
    whatever their day, but only of this plan."""
    from checker import runs

    found: dict[Path, Earlier] = {}
    for folder in runs.folders(history) if history is not None else ():
        run = runs.earlier(folder)
        if run.pack == pack.id and run.as_of < as_of:
            found[folder.resolve()] = run
    for folder in map(Path, against):
        run = runs.earlier(folder)
        if run.pack != pack.id:
            message = Text(
                f"不是本方案（{pack.id}）的运行，不能比较", f"no run of this plan ({pack.id}): not comparable"
            )
            raise UsageError([Diagnostic("U37", NOWHERE, message)])
        found[folder.resolve()] = run
    ordered = sorted(found.items(), key=lambda entry: (entry[1].as_of, entry[1].known_at or date.max, entry[0].name))
    return [run for _, run in ordered]


def causes(plan: Plan, tables: Tables, engine: Engine, then: Earlier, changes: pl.DataFrame) -> pl.DataFrame:
    """The changes with their causes: three further judgements, each with one thing as it was at the earlier run."""
    from checker import compare, find, runs

    stored = runs.read(then.folder)
    old_tables = stored.tables()
    earlier_plan = compile_rules(plan.pack, then.as_of, then.known_at)

    def judged(plan: Plan, tables: Tables) -> pl.DataFrame:
        return find.judged(plan, evaluate(plan, tables, engine, verdicts=True))

    known = _known_by(tables, then.known_at or then.as_of)
    return compare.with_causes(
        changes,
        judged(earlier_plan, old_tables),
        None if known is None else judged(compile_rules(plan.pack, then.as_of), known),
        judged(plan, old_tables),
    )


def _known_by(tables: Tables, day: date) -> Tables | None:
    """The records that were there on the day; None where nothing says when any record came."""
    import polars as pl

    received = pl.col("received_on")
    if all(frame["received_on"].null_count() == frame.height for frame in tables.frames.values()):
        return None
    there = {name: frame.filter((received <= day).fill_null(True)) for name, frame in tables.frames.items()}
    return replace(tables, frames=there)
