"""plan + tables + counts → the rate of every target, per unit and period, as an exact interval."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import polars as pl

from checker.find.dates import constant_due
from checker.find.population import Population, Populations
from checker.find.registers import UNIT, rated
from checker.model import Period
from checker.plan import NO_UNIT, Obligation, Plan, Tables, TargetResult, TargetState
from checker.units import with_duties


@dataclass(frozen=True, slots=True)
class _Tally:
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    deferred: int = 0
    not_applicable: int = 0
    not_due: int = 0
    due: date | None = None


def target_state(
    rate: Fraction,
    passed: int,
    failed: int,
    unknown: int,
    missing: int,
    deferred: int,
    complete: bool,
    before_due: bool,
) -> tuple[TargetState, Fraction | None, Fraction | None]:
    """A population without anybody in it has no rate: it is known to be empty, or nobody told."""
    owed = passed + failed + unknown + missing + deferred
    if owed == 0:
        return ("not_applicable" if complete else "undecided"), None, None
    lower, upper = Fraction(passed, owed), Fraction(passed + unknown + missing, owed)
    if lower >= rate:
        return "met", lower, upper
    if before_due:
        return "not_due", lower, upper
    return ("missed" if upper < rate else "undecided"), lower, upper


def restated(target: TargetResult) -> TargetResult:
    """The target with other numbers, its state and interval as they follow from them. What was reached stays reached."""
    numbers = (target.passed, target.failed, target.unknown, target.missing, target.deferred)
    complete, before_due = target.state == "not_applicable", target.state == "not_due"
    state, lower, upper = target_state(target.rate, *numbers, complete, before_due)
    return replace(target, state=state, lower=lower, upper=upper)


def targets(
    plan: Plan, tables: Tables, counts: pl.DataFrame, registers: pl.DataFrame | None = None
) -> tuple[TargetResult, ...]:
    """One result per target, period and unit in force, in the order of the plan. `registers`: see Populations."""
    concerned = sorted({index for index, _, _, _ in rated(plan)})
    tallies = _tallies(counts.filter(pl.col("obligation").is_in(concerned)))
    return tuple(_results(plan, Populations(plan, tables, registers), tallies))


def _tallies(counts: pl.DataFrame) -> Mapping[tuple[int, str, str], _Tally]:
    n, verdict = pl.col("n"), pl.col("verdict")
    # A deferral acts on what is not yet done or not known, never on a pass.
    deferred = pl.col("deferred") & verdict.is_in(["fail", "unknown"])
    sums = (
        counts.filter(~pl.col("advisory"))
        .group_by("obligation", "period", "unit")
        .agg(
            n.filter(verdict == "pass").sum().alias("passed"),
            n.filter((verdict == "fail") & ~deferred).sum().alias("failed"),
            n.filter((verdict == "unknown") & ~deferred).sum().alias("unknown"),
            n.filter(deferred).sum().alias("deferred"),
            n.filter(verdict == "not_applicable").sum().alias("not_applicable"),
            n.filter(pl.col("status") == "not_due").sum().alias("not_due"),
            pl.col("due").max().alias("due"),
        )
    )
    return {
        (obligation, period or "", unit): _Tally(*numbers) for obligation, period, unit, *numbers in sums.iter_rows()
    }


def _results(
    plan: Plan, populations: Populations, tallies: Mapping[tuple[int, str, str], _Tally]
) -> Iterator[TargetResult]:
    owing = with_duties(plan.pack.units, plan.as_of)
    seen: dict[tuple[int, str], set[str]] = {}
    for index, name, unit in tallies:
        seen.setdefault((index, name), set()).add(unit)
    for index, obligation, period, day in rated(plan):
        name = "" if period is None else period.name
        reported = seen.get((index, name), set())
        # A unit from which nothing came stays in the list, unless the duty is its own: then it would be a subject.
        units = reported if obligation.subject == UNIT else reported | set(owing)
        population = populations.of(obligation.subject, day)
        due = constant_due(plan, obligation.due, period)
        for unit in sorted(units):
            tally = tallies.get((index, name, unit), _Tally())
            yield _result(plan, obligation, period, due, unit, tally, population)


def _result(
    plan: Plan,
    obligation: Obligation,
    period: Period | None,
    due: date | None,
    unit: str,
    tally: _Tally,
    population: Population,
) -> TargetResult:
    assert obligation.revision.target is not None
    missing = population.missing.get(unit, 0)
    # A due that differs by subject: as long as one subject still has time, so has the target.
    before_due = plan.as_of <= due if due is not None else tally.not_due > 0
    rate = obligation.revision.target.rate
    state, lower, upper = target_state(
        rate,
        tally.passed,
        tally.failed,
        tally.unknown,
        missing,
        tally.deferred,
        population.is_complete(unit) or unit == NO_UNIT,
        before_due,
    )
    return TargetResult(
        rule=obligation.rule.id,
        revision=obligation.revision.since,
        unit=unit,
        period=period.name if period is not None else "",
        rate=rate,
        due=due if due is not None else tally.due,
        passed=tally.passed,
        failed=tally.failed,
        unknown=tally.unknown,
        missing=missing,
        deferred=tally.deferred,
        not_applicable=tally.not_applicable,
        lower=lower,
        upper=upper,
        state=state,
    )
