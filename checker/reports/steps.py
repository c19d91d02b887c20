"""A finished run → what to do first: what endangers children, then the largest part of the gap, then the cheapest data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from checker.plan import Run, TargetResult, Way
from checker.reports.content import Content
from checker.reports.figures import many
from checker.reports.sentences import Names, is_report, listed, needed

_NAMED = 3


def first_steps(run: Run, told: Content, ways: Iterable[Way], names: Names) -> Iterator[str]:
    """At most three sentences; each names units and what they are to do."""
    yield from _danger(run, told, names)
    yield from _gap(run, told, names)
    yield from _data(ways, names)


def _danger(run: Run, told: Content, names: Names) -> Iterator[str]:
    """The critical rule with most that came back, else with most that is overdue. Targets have a sentence of their own."""
    rates = {target.rule for target in run.scorecard.targets}
    reports = {obligation.rule.id for obligation in run.plan.obligations if is_report(obligation)}
    critical = told.overdue.filter(
        (pl.col("severity") == "critical") & ~pl.col("rule").is_in([*rates, *reports]) & (pl.col("status") == "overdue")
    )
    if not critical.height:
        return
    back = pl.col("change") == "reopened"
    worst = (
        critical.group_by("rule")
        .agg(back.sum().alias("back"), pl.len().alias("n"))
        .sort("back", "n", "rule", descending=[True, True, False])
        .row(0, named=True)
    )
    rows = critical.filter(pl.col("rule") == worst["rule"])
    where = _where(rows["unit_name"].to_list(), worst["rule"], names)
    remedy, n = rows["remedy"][0].rstrip("。."), worst["back"]
    if names.lang == "zh":
        again = f"（其中反弹{names.pooled(n, worst['rule'])}）" if n else ""
        yield f"{where}{names.quoted(worst['rule'])}逾期未达标{again}，请立即整改：{remedy}。"
    else:
        again = f" ({n} came back)" if n else ""
        yield f"{where}: {names.quoted(worst['rule'])} overdue{again}; put right at once: {remedy}."


def _where(units: Sequence[str], rule: str, names: Names) -> str:
    """启东市5所、如东县3所等4个单位共11所."""
    counts = {name: units.count(name) for name in dict.fromkeys(units)}
    largest = sorted(counts.items(), key=lambda entry: -entry[1])
    parts = [f"{name}{names.pooled(n, rule)}" if names.lang == "zh" else f"{name} {n}" for name, n in largest[:_NAMED]]
    text = listed(parts, names.lang)
    if len(largest) > _NAMED:
        if names.lang == "zh":
            return f"{text}等{len(largest)}个单位共{names.pooled(len(units), rule)}"
        return f"{text} and {len(largest) - _NAMED} more units ({len(units)} in all)"
    return text


def _gap(run: Run, told: Content, names: Names) -> Iterator[str]:
    """Who holds most of what the headline's target lacks."""
    due = [line.result for line in told.totals if line.result.state in ("missed", "undecided")]
    largest = max(due, key=lambda t: (needed(t), t.rule, t.period), default=None)
    if largest is None or largest.failed == 0:
        return
    parts = [
        t for t in run.scorecard.targets if (t.rule, t.period) == (largest.rule, largest.period) and t.failed
    ]  # fmt: skip
    parts.sort(key=lambda t: -t.failed)
    shown = parts[:_NAMED]
    held = sum(t.failed for t in shown)
    named = listed([_failed(t, names) for t in shown], names.lang)
    whole = names.amount(largest.failed, largest.rule)
    if names.lang == "zh":
        share = f"，占不达标{whole}中的{names.amount(held, largest.rule)}" if len(parts) > len(shown) else ""
        yield f"{named}尚未达到{names.quoted(largest.rule)}要求{share}，请逐校限期整改。"
    else:
        share = f", {held} of the {whole} that fail" if len(parts) > len(shown) else ""
        yield f"{named}: {names.quoted(largest.rule)} not met{share}; put right school by school."


def _failed(target: TargetResult, names: Names) -> str:
    n = names.amount(target.failed, target.rule)
    return f"{names.unit(target.unit)}{n}" if names.lang == "zh" else f"{names.unit(target.unit)} {target.failed}"


def _data(ways: Iterable[Way], names: Names) -> Iterator[str]:
    """The units whose gate hangs on data alone, the fewest first."""
    cheap = [way for way in ways if way.opens and way.complete and not (way.fix or way.report or way.silent)]
    if not cheap:
        return
    cheap.sort(key=lambda way: (len(way.complete), way.unit))
    shown = cheap[:_NAMED]
    if names.lang == "zh":
        parts = listed([f"{names.unit(way.unit)}补齐{len(way.complete)}项数据" for way in shown], "zh")
        yield f"{parts}即可定论，请先补报。"
    else:
        parts = listed([f"{names.unit(way.unit)} {many(len(way.complete), 'records')}" for way in shown], "en")
        yield f"To be completed first, since that decides the gate: {parts}."
