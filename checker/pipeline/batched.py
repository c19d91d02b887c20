"""A plan and the records of many units → one run, judged group of units by group: only one group is in memory with its findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from checker.units import in_charge

if TYPE_CHECKING:
    import polars as pl

    from checker.batches import Batch
    from checker.measures import Measures
    from checker.model import Deferral
    from checker.plan import DeferralOutcome, Earlier, FigureResult, Plan, Run, Share, Tables, TargetResult

# One group's records → its run; deferrals and earlier runs as far as they concern it.
RunPart = Callable[["Plan", "Tables", Sequence["Earlier"]], "Run"]
# Records judged so far, of how many.
Progress = Callable[[int, int], None]


def silent(_: int, __: int) -> None:
    """Nobody is looking."""


# A group is a job on Spark, which costs about a minute whatever it judges, and is judged in the memory of executors: what is
# told of it must still find room here.
_LARGER_ON_SPARK = 8


def groups(plan: Plan, tables: Tables, deferrals: Sequence[Deferral], *, on_spark: bool = False) -> list[Batch]:
    from checker import batches

    # A deferral counts for all its subjects or for none.
    named = [frozenset(each.subjects) for each in deferrals if not each.unit and each.subjects]
    return batches.batches(plan, tables, named, batches.MOST * (_LARGER_ON_SPARK if on_spark else 1))


def run(
    plan: Plan,
    tables: Tables,
    batches: Sequence[Batch],
    run_part: RunPart,
    *,
    earlier: Sequence[Earlier] = (),
    spool: Path | None = None,
    progress: Progress = silent,
) -> Run:
    """With `spool`, a folder, the findings go there, a file for each group, and the run names the files."""
    import polars as pl

    from checker.batches import parts

    kept: list[Run] = []
    findings: list[pl.DataFrame] = []
    files: list[Path] = []
    total = sum(rows.len() for batch in batches for rows in batch.rows.values())
    judged = 0
    for batch, own, records in parts(plan, tables, batches):
        done = run_part(own, records, [_earlier(plan, each, batch) for each in earlier])
        found = _in_the_whole(done.findings, batch)
        if spool is None:
            findings.append(found)
        elif found.height:
            spool.mkdir(parents=True, exist_ok=True)
            files.append(spool / f"{len(files) + 1:05}.parquet")
            # The lightest compression: half the time of the usual one, and hardly larger.
            found.write_parquet(files[-1], compression="zstd", compression_level=1)
        kept.append(replace(done, plan=plan, tables=tables, findings=found.clear()))
        judged += sum(frame.height for frame in records.frames.values())
        progress(judged, total)
    together = pl.concat(findings or [kept[0].findings]).sort("unit", maintain_order=True)
    return replace(_merged(plan, kept), findings=together, earlier=tuple(earlier), parts=tuple(files))


def _earlier(plan: Plan, earlier: Earlier, batch: Batch) -> Earlier:
    """What it found of the units that these are, or took over from. The causes of changes are not looked for."""
    import polars as pl

    reported = earlier.findings["unit"].unique().drop_nulls()
    own = [code for code in reported if in_charge(plan.pack.units, code, plan.as_of) in batch.units]
    return replace(earlier, findings=earlier.findings.filter(pl.col("unit").is_in(own)), folder="")


def _in_the_whole(findings: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """Positions of records as in the tables of all."""
    import polars as pl

    at = findings.select("subject", "row").with_row_index("at")
    parts = [
        own.with_columns(batch.rows[str(subject)].gather(own["row"]).alias("row"))
        for (subject,), own in at.group_by("subject", maintain_order=True)
    ]
    if not parts:
        return findings
    rows = pl.concat(parts).sort("at")["row"]
    return findings.with_columns(rows)


# --- one run of many -----------------------------------------------------------------------------


def _merged(plan: Plan, runs: Sequence[Run]) -> Run:
    """In the order in which a run over all would tell it."""
    import polars as pl

    from checker.find import CELL
    from checker.plan import Scorecard

    cards = [each.scorecard for each in runs]
    counts = pl.concat([card.counts for card in cards]).sort(CELL, nulls_last=False)
    targets = sorted((target for card in cards for target in card.targets), key=_place_of_target(plan))
    gates = sorted((gate for card in cards for gate in card.gates), key=lambda gate: gate.unit)
    changes = [each.changes for each in runs if each.changes is not None]
    order = ["unit", "rule", "key", "period", "number"]
    return replace(
        runs[0],
        scorecard=Scorecard(counts, tuple(targets), tuple(gates)),
        deferrals=tuple(_outcome(each) for each in zip(*(each.deferrals for each in runs), strict=True)),
        changes=pl.concat(changes).sort(order, nulls_last=False) if changes else None,
        measures=_measures(plan, runs),
        figures=tuple(sorted((f for each in runs for f in each.figures), key=_place_of_figure(plan))),
        # Where one group had to do without durable-rules, so had the run.
        engine="reference" if any(each.engine == "reference" for each in runs) else runs[0].engine,
        share=_share([each.share for each in runs if each.share is not None]),
    )


def _place_of_target(plan: Plan) -> Callable[[TargetResult], tuple[int, str]]:
    periods = (
        (duty.rule.id, duty.revision.since, "" if period is None else period.name)
        for duty in plan.obligations
        for period in duty.periods or (None,)
    )
    place = {key: at for at, key in enumerate(dict.fromkeys(periods))}
    return lambda target: (place[target.rule, target.revision, target.period], target.unit)


def _place_of_figure(plan: Plan) -> Callable[[FigureResult], tuple[int, str]]:
    columns = ((figure.id, column.id) for figure in plan.pack.figures for column in figure.columns)
    place = {key: at for at, key in enumerate(columns)}
    return lambda result: (place[result.figure, result.column], result.unit)


def _measures(plan: Plan, runs: Sequence[Run]) -> Measures:
    kinds, rules = list(plan.pack.escalations.kinds), [bound.rule.id for bound in plan.ladder.rules]
    proposed = sorted(
        (measure for each in runs for measure in each.measures.proposed),
        key=lambda m: (m.unit, kinds.index(m.kind), rules.index(m.rule), m.key),
    )
    fallen = next((each.measures for each in runs if each.measures.instead is not None), runs[0].measures)
    return replace(fallen, proposed=tuple(proposed))


def _share(shares: Sequence[Share]) -> Share | None:
    if not shares:
        return None
    instead = next((each.instead for each in shares if each.instead is not None), None)
    verdicts, decided = sum(each.verdicts for each in shares), sum(each.decided for each in shares)
    return replace(shares[0], verdicts=verdicts, decided=0 if instead else decided, instead=instead)


def _outcome(found: Sequence[DeferralOutcome]) -> DeferralOutcome:
    """Where it is nobody's it has no unit, or matches nothing; where it is somebody's stands what became of it."""
    elsewhere = ("unknown_unit", "unmatched")
    told = min(found, key=lambda each: (each.state in elsewhere, each.state == "unknown_unit"))
    return replace(told, fingerprints=tuple(print_ for each in found for print_ in each.fingerprints))
