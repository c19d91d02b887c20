"""A plan and tables → an evaluation, on the engine asked for; and what the numbers of a finding stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from checker.model import Period

if TYPE_CHECKING:
    from checker.engines.world import Record, World
    from checker.plan import Evaluation, Obligation, Plan, Tables

Engine = Literal["columnar", "reference"]
ENGINES: tuple[Engine, ...] = get_args(Engine)


def evaluate(plan: Plan, tables: Tables, engine: Engine = "columnar", *, verdicts: bool = False) -> Evaluation:
    if engine == "reference":
        from checker.engines import reference

        return reference.evaluate(plan, tables, verdicts=verdicts)
    from checker.engines import columnar

    return columnar.evaluate(plan, tables, verdicts=verdicts)


def at(
    plan: Plan, world: World, obligation: int, row: int, period: str | None
) -> tuple[Obligation, Record, Period | None]:
    """What the numbers of a finding stand for."""
    duty = plan.obligations[obligation]
    when = next((each for each in duty.periods or () if each.name == period), None)
    return duty, world.records[duty.subject][row], when
