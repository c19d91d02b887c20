"""A name → the unit that bears it; a run, its manifest → the same as far as they concern one unit: nothing is another's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from checker.errors import NOWHERE, Diagnostic, Text, UsageError
from checker.model import Pack
from checker.units import in_charge

if TYPE_CHECKING:
    import polars as pl

    from checker.plan import DeferralOutcome, Earlier, Run


def unit_code(pack: Pack, name: str, as_of: date) -> str:
    """A unit by code, name or alias; of two with one name the one in force on the day."""
    named = [u for u in pack.units.values() if name in (u.code, u.short, *u.name, *u.aliases)]
    found = [u for u in named if u.in_force(as_of)] or named
    if found:
        return found[0].code
    listed = [u.name for u in pack.units.values() if u.in_force(as_of)]
    message = Text(f"规则包里没有叫“{name}”的单位", f'no unit "{name}" in the pack')
    hint = Text("、".join(text.zh for text in listed), ", ".join(text.en for text in listed)) if listed else None
    raise UsageError([Diagnostic("U33", NOWHERE, message, hint)])


def only_unit(run: Run, unit: str) -> Run:
    import polars as pl

    from checker import find

    here = pl.col("unit") == unit
    score, findings = run.scorecard, run.findings.filter(here)
    return replace(
        run,
        findings=findings,
        tables=replace(run.tables, questions=find.questions_of(run.plan, run.tables, unit)),
        changes=None if run.changes is None else run.changes.filter(here),
        earlier=tuple(_earlier(run, each, unit) for each in run.earlier),
        deferrals=tuple(_deferrals(run, findings, unit)),
        measures=replace(run.measures, proposed=tuple(each for each in run.measures.proposed if each.unit == unit)),
        figures=tuple(result for result in run.figures if result.unit == unit),
        scorecard=replace(
            score,
            counts=score.counts.filter(here),
            targets=tuple(target for target in score.targets if target.unit == unit),
            gates=tuple(gate for gate in score.gates if gate.unit == unit),
        ),
    )


def manifest_of_unit(run: Run, unit: str, whole: Mapping[str, Any]) -> dict[str, Any]:
    """What the run rests on as far as it concerns one unit. `run`: the unit's part, `whole`: the manifest of all.

    A sheet with records of several units is each one's.
    """
    import polars as pl

    from checker import find, runs
    from checker.reports.machine import stamps

    own = find.records_of(run.plan, run.tables, unit)
    lines = [
        run.tables.origins.filter((pl.col("table") == table) & pl.col("row").is_in(rows.implode()))
        for table, rows in own.items()
    ]
    sheets = pl.concat(lines)["source"].unique().sort()
    counts = runs.manifest(run)["counts"] | {"rows": {table: rows.len() for table, rows in sorted(own.items())}}
    data = [whole["data"][at] for at in sheets]
    own_part = {name: told for name, told in whole.items() if name != "rete"}  # whose verdicts are those of all units
    return {**own_part, "data": data, "counts": counts, "run": stamps.of_manifest(whole)}


def _earlier(run: Run, earlier: Earlier, unit: str) -> Earlier:
    """With the units that this one took over from."""
    import polars as pl

    plan = run.plan
    counted = {target.unit for target in earlier.targets} | {result.unit for result in earlier.figures}
    reported = {*earlier.findings["unit"].drop_nulls(), *counted}
    own = {code for code in reported if in_charge(plan.pack.units, code, plan.as_of) == unit}
    return replace(
        earlier,
        findings=earlier.findings.filter(pl.col("unit").is_in(sorted(own))),
        targets=tuple(target for target in earlier.targets if target.unit in own),
        figures=tuple(result for result in earlier.figures if result.unit in own),
    )


def _deferrals(run: Run, findings: pl.DataFrame, unit: str) -> Iterator[DeferralOutcome]:
    """Those written for the unit; of those that name subjects of several units, the subjects that are this one's."""
    import polars as pl

    for outcome in run.deferrals:
        own = outcome.deferral
        if own.unit and in_charge(run.plan.pack.units, own.unit, run.plan.as_of) == unit:
            yield outcome
            continue
        covered = findings.filter(pl.col("fingerprint").is_in(list(outcome.fingerprints)))
        if covered.height:
            called, prints = {*covered["key"], *covered["name"]}, set(covered["fingerprint"])
            subjects = tuple(subject for subject in own.subjects if subject in called)
            told = tuple(each for each in outcome.fingerprints if each in prints)
            yield replace(outcome, deferral=replace(own, subjects=subjects), fingerprints=told)
