"""Rules and records → a finished run: the heart of the pipeline; and a run ↔ its folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from checker.measures import MeasuresEngine
from checker.model import Deferral, Pack
from checker.pipeline import batched
from checker.pipeline.comparing import causes
from checker.pipeline.escalating import measures
from checker.pipeline.judging import Engine, evaluate, figures, judge_of_gates
from checker.pipeline.loading import compile_rules, sound_pack
from checker.pipeline.narrowing import only_unit, unit_code

if TYPE_CHECKING:
    from checker.intake import Memory
    from checker.pipeline.resuming import Since
    from checker.plan import Earlier, Evaluation, Plan, Run, Tables


def run(
    pack: Pack,
    tables: Tables,
    as_of: date,
    known_at: date | None = None,
    engine: Engine = "columnar",
    *,
    deferrals: Sequence[Deferral] = (),
    earlier: Sequence[Earlier] = (),
    measures_engine: MeasuresEngine = "reference",
    spool: Path | None = None,
    progress: batched.Progress = batched.silent,
    since: Since | None = None,
) -> Run:
    """Rules and records → verdicts → findings, counts → what is deferred, what has changed → targets → gates; figures.

    Many records are judged group of units by group; with `spool`, a folder, their findings go there and not into memory.
    `since`: an earlier run, of which the verdicts that must be the same are taken; not in groups.
    """
    plan = compile_rules(pack, as_of, known_at)
    groups = batched.groups(plan, tables, deferrals, on_spark=engine == "spark")

    def run_part(plan: Plan, tables: Tables, earlier: Sequence[Earlier], since: Since | None = None) -> Run:
        return finished(
            plan,
            tables,
            evaluate(plan, tables, engine) if since is None else since.judge(plan, tables, engine),
            engine,
            deferrals=deferrals,
            earlier=earlier,
            measures_engine=measures_engine,
        )

    if len(groups) == 1 and not tables.stored:
        return run_part(plan, tables, earlier, since)
    if since is not None:
        since.not_in_groups()
    return batched.run(plan, tables, groups, run_part, earlier=earlier, spool=spool, progress=progress)


def finished(
    plan: Plan,
    tables: Tables,
    judged: Evaluation,
    engine: Engine = "columnar",
    *,
    deferrals: Sequence[Deferral] = (),
    earlier: Sequence[Earlier] = (),
    measures_engine: MeasuresEngine = "reference",
) -> Run:
    """`judged`: what the engine says of the tables. What is told beside that, neither durable-rules nor Spark is asked about."""
    from checker import compare, defer, find, gate
    from checker.plan import Run, Scorecard

    findings, counts = find.find(plan, tables, judged)
    if judged.share is not None and judged.share.instead is not None:
        engine = "reference"
    beside: Engine = "columnar" if engine in ("rete", "spark") else engine
    changes = None
    findings, outcomes = defer.defer(plan, findings, counts, deferrals)
    if earlier:
        findings, changes = compare.compare(plan, findings, earlier)
        changes = causes(plan, tables, beside, earlier[-1], changes) if earlier[-1].folder else changes
    if deferrals or earlier:
        counts = find.recount(counts, findings)
    targets = find.targets(plan, tables, counts)
    asked = find.questions(plan, tables) if gate.asks_about_questions(plan) else None
    gates = gate.decide(plan, counts, targets, judge_of_gates(plan, beside), asked)
    proposed = measures(plan, tables, findings, targets, gates, measures_engine)
    counted = figures(plan.pack, tables, plan.as_of, plan.known_at, beside)
    card = Scorecard(counts, targets, gates)
    told = (outcomes, changes, tuple(earlier), proposed, counted, judged.share)
    return Run(plan, tables, findings, card, engine, *told)


@contextmanager
def room_beside(folder: Path) -> Iterator[Path]:
    """Where the findings of a large run stay until it is saved in `folder`: on the same disk; made when it is needed, and
    gone afterwards."""
    room = folder.parent / f".{folder.name}-{os.getpid()}"
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def save(run: Run, folder: str | Path, memory: Memory | None = None) -> Path:
    """`memory`: of the reading of its data, which is kept with it."""
    from checker import intake, runs

    return runs.write(run, folder, None if memory is None else partial(intake.keep, memory, run.plan.pack))


def open_run(folder: str | Path, unit: str | None = None, *, rows: int | None = None) -> Run:
    """A run as it was: its own copy of the rules, its own records; as far as it concerns one unit, by code or name.
    `rows` 0: without records and findings, as gates and rates are told."""
    from checker import runs
    from checker.plan import Run

    stored = runs.read(folder)
    plan = compile_rules(sound_pack(stored.pack_folder), stored.as_of, stored.known_at)
    code = None if unit is None else unit_code(plan.pack, unit, plan.as_of)
    opened = Run(
        plan,
        stored.tables(rows),
        stored.findings(code, rows),
        stored.scorecard,
        stored.manifest["engine"],
        stored.deferrals,
        stored.changes,
        stored.earlier,
        stored.measures,
        stored.figures,
        stored.share,
    )
    return opened if code is None else only_unit(opened, code)
