"""A run's findings, targets and gates, and its records → the measures that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.measures import NO_MEASURES, Measures, MeasuresEngine

if TYPE_CHECKING:
    import polars as pl

    from checker.plan import GateResult, Plan, Tables, TargetResult


# What rules may ask about, and what a measure that rests on one tells of it.
TOLD_OF_FINDINGS = (
    *("number", "rule", "clause", "subject", "key", "name", "unit", "period", "verdict", "status", "severity", "due"),
    *("days_overdue", "fingerprint", "deferred", "change", "advisory", "row"),
)


def measures(
    plan: Plan,
    tables: Tables,
    findings: pl.DataFrame,
    targets: tuple[TargetResult, ...],
    gates: tuple[GateResult, ...],
    engine: MeasuresEngine = "reference",
) -> Measures:
    """Nothing, if the pack has no ladder."""
    import polars as pl

    from checker import escalate, gate
    from checker.engines.world import World
    from checker.escalate import rows

    if not plan.ladder.rules:
        return NO_MEASURES
    failed = (
        pl.when(pl.col("verdict") == "fail").then(True).otherwise(None)  # of what is unknown nobody knows
    )
    found = {
        "finding": findings.select(*TOLD_OF_FINDINGS).with_columns(failed.alias("failed")),
        "target": gate.target_rows(targets),
        "gate": pl.DataFrame(
            [(each.unit, each.state) for each in gates], schema={"unit": pl.String, "state": pl.String}, orient="row"
        ),
    }
    needed = escalate.columns_needed(plan.ladder, {duty.subject for duty in plan.obligations})
    frames = {
        name: frame if name in found else frame.select(column for column in frame.columns if column in needed[name])
        for name, frame in {**tables.frames, **found}.items()
        if name in needed
    }
    world = World(plan, rows.rows_needed(plan.ladder, frames), plan.ladder.tables)
    return escalate.propose(plan, world, engine)
