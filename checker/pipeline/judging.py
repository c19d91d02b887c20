"""A plan and tables → an evaluation, on the engine asked for; what gates mean and what would open them; what a finding stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Literal, get_args

from checker.model import Pack, Period

if TYPE_CHECKING:
    import polars as pl

    from checker.engines.world import Record, World
    from checker.plan import (
        Condition,
        Evaluation,
        FigurePlan,
        FigureResult,
        GateResult,
        GateState,
        Obligation,
        Plan,
        Run,
        Schools,
        Tables,
        TargetResult,
        Way,
    )

Engine = Literal["columnar", "reference", "rete", "spark"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
# durable-rules and Spark are extensions that may not be there.
BUILT_IN: tuple[Engine, ...] = ("reference", "columnar")


def evaluate(
    plan: Plan,
    tables: Tables,
    engine: Engine = "columnar",
    *,
    verdicts: bool = False,
    only: Mapping[str, pl.Series] | None = None,
) -> Evaluation:
    """`only`: table → positions of the subjects that are judged; of a table that is not named, none."""
    if engine == "reference":
        from checker.engines import reference

        return reference.evaluate(plan, tables, verdicts=verdicts, only=only)
    if engine == "rete":
        from checker.engines import rete

        return rete.evaluate(plan, tables, verdicts=verdicts, only=only)
    if engine == "spark":
        from checker.engines import spark

        return spark.evaluate(plan, tables, verdicts=verdicts, only=only)
    from checker.engines import columnar
    from checker.pipeline import remembered

    said = columnar.expressions(plan)
    with remembered.expressions(plan, said):
        return columnar.evaluate(plan, tables, verdicts=verdicts, only=only)


def cluster(master: str | None) -> AbstractContextManager[object]:
    """As long as it is open, the engine `spark` works there; without a master wherever it likes."""
    from checker.engines import spark

    return spark.cluster(master)


def figures(
    pack: Pack, tables: Tables, as_of: date, known_at: date | None = None, engine: Engine = "columnar"
) -> tuple[FigureResult, ...]:
    """What the pack has counted beside its rules."""
    from checker import find
    from checker.pipeline import remembered

    def made() -> list[FigurePlan]:
        from checker.compile import compile_figures

        return compile_figures(pack, as_of, known_at)

    plans = remembered.compiled(pack, f"{as_of}.{known_at or ''}.figures", made)
    return find.figures([(each, evaluate(each.plan, tables, engine)) for each in plans], tables)


def judge_of_gates(
    plan: Plan, engine: Engine = "columnar"
) -> Callable[[Sequence[Condition], Mapping[str, pl.DataFrame]], list[pl.Series]]:
    """Their tables are the units, and the results, targets and questions of each. Of one unit at a time the reference engine
    knows sooner."""
    if engine == "columnar":
        from checker.engines import columnar

        return partial(columnar.truths, plan)
    import polars as pl

    from checker import gate
    from checker.engines.world import World

    def judged(condition: Condition, frames: Mapping[str, pl.DataFrame]) -> pl.Series:
        world = World(plan, gate.alike(condition, frames), plan.gate_tables)
        return pl.Series([world.condition(condition, unit) for unit in world.records["unit"]], dtype=pl.Boolean)

    return lambda conditions, frames: [judged(condition, frames) for condition in conditions]


def ways(run: Run) -> list[Way]:
    """For every gate that is not open what opens it with the least to do."""
    import polars as pl

    from checker import find, gate, nearest

    plan, score = run.plan, run.scorecard
    judge = judge_of_gates(plan, "reference")
    asked = find.questions(plan, run.tables) if gate.asks_about_questions(plan) else None
    numbered = run.findings.with_row_index("at")

    def way(shut: GateResult) -> Way | None:
        def decide(counts: pl.DataFrame, targets: tuple[TargetResult, ...]) -> GateState:
            return gate.state_of(plan, shut.unit, counts, map(find.restated, targets), judge, asked)

        own = [target for target in score.targets if target.unit == shut.unit]
        mine = pl.col("unit") == shut.unit
        return nearest.nearest_way(shut, numbered.filter(mine), score.counts.filter(mine), own, decide)

    return [found for shut in score.gates if (found := way(shut)) is not None]


def schools(run: Run) -> Schools:
    """For each finding the school that has it (a bus's school; of what stands directly below a unit, itself), and of these
    schools how many results pass. Passes are no part of a run, so they are judged again."""
    import polars as pl

    from checker.plan import Schools
    from checker.relations import Relations

    record = ["subject", "row", "key", "name"]
    related = Relations(run.plan.pack, run.tables)
    held = related.held(run.findings.select(record)).select("holder", "holder_name")
    verdicts = evaluate(run.plan, run.tables, verdicts=True).verdicts
    assert verdicts is not None, "asked for"
    counted = {n: duty.subject for n, duty in enumerate(run.plan.obligations) if not duty.revision.advisory}
    passed = verdicts.filter((pl.col("verdict") == "pass") & pl.col("obligation").is_in(list(counted)))
    subjects = pl.col("obligation").replace_strict(counted, return_dtype=pl.String)
    records = passed.select(subjects.alias("subject"), "row", "key", pl.col("key").alias("name"))
    per_school = related.held(records).group_by("holder").len().join(held.unique("holder"), on="holder", how="semi")
    return Schools(held, dict(per_school.sort("holder").iter_rows()))


def at(
    plan: Plan, world: World, obligation: int, row: int, period: str | None
) -> tuple[Obligation, Record, Period | None]:
    """What the numbers of a finding stand for."""
    duty = plan.obligations[obligation]
    when = next((each for each in duty.periods or () if each.name == period), None)
    return duty, world.records[duty.subject][row], when
