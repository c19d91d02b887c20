"""A run and the ones before it → how rates and overdue findings went from run to run, against the day they were due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from checker.plan import Run, TargetResult
from checker.reports.figures import day, interval, share
from checker.reports.sentences import Names
from checker.reports.totals import totals
from checker.units import successors

_ARROW = " → "


def trend_lines(run: Run, names: Names) -> Iterator[str]:
    """Per target all units together, then per unit what is overdue. Units of that time count for those of today."""
    if not run.earlier:
        return
    zh = names.lang == "zh"
    days = [*(each.as_of for each in run.earlier), run.plan.as_of]
    yield ("统计时点：" if zh else "As of: ") + _ARROW.join(day(when, names.lang) for when in days)
    whole = [_by_rule(totals(targets)) for targets in _targets(run)]
    for key, now in whole[-1].items():
        told = [_rate(each.get(key), names) for each in whole]
        if now.owed and len([word for word in told if word != _NOTHING]) > 1:
            until = "" if now.due is None else f"，期限{day(now.due, 'zh')}" if zh else f", due {day(now.due, 'en')}"
            goal = share(now.rate, names.lang)
            rates = _ARROW.join(told)
            title = names.rule(now.rule)
            yield f"{title}：{rates}（目标{goal}{until}）" if zh else f"{title}: {rates} (target {goal}{until})"
    overdue = [counts for _, counts in overdue_by_unit(run)]
    for unit in sorted({unit for each in overdue for unit in each}):
        numbers = _ARROW.join(str(each.get(unit, 0)) for each in overdue)
        yield f"{names.unit(unit)}　逾期不达标：{numbers}" if zh else f"{names.unit(unit)}  overdue: {numbers}"


_NOTHING = "—"


def _rate(target: TargetResult | None, names: Names) -> str:
    if target is None or not target.owed:
        return _NOTHING
    return interval(target, names.lang) or f"{target.passed}/{target.owed}"


def _by_rule(found: Sequence[TargetResult]) -> dict[str, TargetResult]:
    """Rules without periods: a period is past when the next run comes."""
    return {target.rule: target for target in found if not target.period}


def _targets(run: Run) -> Iterator[tuple[TargetResult, ...]]:
    yield from (each.targets for each in run.earlier)
    yield run.scorecard.targets


def overdue_by_unit(run: Run) -> Iterator[tuple[date, dict[str, int]]]:
    """Run by run, this one last: its day, and what was overdue in each of the units of today."""
    yield from ((each.as_of, _overdue(run, each.findings)) for each in run.earlier)
    yield run.plan.as_of, _overdue(run, run.findings)


def _overdue(run: Run, findings: pl.DataFrame) -> dict[str, int]:
    late = pl.col("status").is_in(["overdue", "late"]) & ~pl.col("advisory") & ~pl.col("deferred")
    found = findings.filter((pl.col("verdict") == "fail") & late)
    now = successors(run.plan.pack.units, found["unit"].unique().drop_nulls(), run.plan.as_of)
    return dict(found.group_by(pl.col("unit").replace(now)).len().iter_rows())
