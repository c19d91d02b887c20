"""Scorecard and numbers → the lines of the statistical tables: units with their sum, targets, what was reported when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

import polars as pl

from checker.papers import NUMBER, Paper
from checker.plan import TargetResult
from checker.reports.figures import interval, measure, period, share
from checker.reports.papers.material import KINDS, Extent, Material
from checker.reports.papers.slots import Line, Value
from checker.reports.pending import report_counts
from checker.reports.sentences import TARGET_STATES, gap_short, is_report, listed
from checker.reports.totals import totals

_NOTHING = "—"
_UNDECIDED = "待核"


# --- units ---------------------------------------------------------------------------------------


def units(material: Material, paper: Paper) -> list[Line]:
    gates = {gate.unit: gate for gate in material.told.gates}
    return [
        {
            NUMBER: at,
            "单位": material.names.unit(unit),
            "关口": gates[unit].word,
            "关口说明": gates[unit].summary,
            **_counted(material.findings.filter(pl.col("unit") == unit)),
            **_own(paper, material.numbers.get(unit, {})),
        }
        for at, unit in enumerate(material.units(), 1)
    ]


def total(material: Material, paper: Paper) -> Line:
    """Sums of what the lines of the units say, so that they add up on the page."""
    here = material.units()
    summed = {
        name: _sum([material.numbers[unit][name] for unit in here if unit in material.numbers])
        for name in paper.numbers
    }
    return {**_counted(material.findings.filter(pl.col("unit").is_in(here))), **_own(paper, summed)}


def _counted(found: pl.DataFrame) -> dict[str, Value]:
    problems = found.filter(KINDS["问题"])
    return {
        "问题数": problems.height,
        "关键问题数": found.filter(KINDS["关键问题"]).height,
        "逾期数": problems.filter(pl.col("status") == "overdue").height,
        "待核数": found.filter(KINDS["待核"]).height,
        "问题学校数": problems["school"].drop_nulls().n_unique(),
    }


def _own(paper: Paper, numbers: Mapping[str, Extent]) -> dict[str, Value]:
    told: dict[str, Value] = {name: _number(number) for name, number in numbers.items()}
    for name, rate in paper.rates.items():
        if rate.part in numbers and rate.of in numbers:
            told[name] = _rate(numbers[rate.part], numbers[rate.of])
    return told


def _number(number: Extent) -> Value:
    if number.low is None or number.high is None:
        return _UNDECIDED
    low, high = _plain(number.low), _plain(number.high)
    return low if low == high else f"{low}—{high}"


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _rate(part: Extent, whole: Extent) -> str:
    """Of nothing there is no share; of a whole that is not sure, none is told."""
    if part.low is None or part.high is None or whole.low is None or whole.low != whole.high:
        return _UNDECIDED
    if whole.low == 0:
        return _NOTHING
    low, high = (share(Fraction(end) / Fraction(whole.low), "zh") for end in (part.low, part.high))
    return low if low == high else f"{low}—{high}"


def _sum(parts: Iterable[Extent]) -> Extent:
    found = list(parts)
    lows, highs = [number.low for number in found], [number.high for number in found]
    return Extent(_all(lows), _all(highs))


def _all(ends: list[float | None]) -> float | None:
    known = [end for end in ends if end is not None]
    return sum(known) if len(known) == len(ends) else None


# --- targets -------------------------------------------------------------------------------------


def targets(material: Material, *, together: bool) -> list[Line]:
    """`together`: all units in one line, with what it was in the run before this one."""
    run = material.run
    found = totals(run.scorecard.targets) if together else list(run.scorecard.targets)
    before = {(t.rule, t.period): t for t in totals(run.earlier[-1].targets)} if run.earlier and together else {}
    shown = [t for t in found if t.owed]
    return [_target(material, t, before.get((t.rule, t.period)), at) for at, t in enumerate(shown, 1)]


def _target(material: Material, target: TargetResult, before: TargetResult | None, at: int) -> Line:
    names = material.names
    more = None if before is None else target.passed - before.passed
    return {
        NUMBER: at,
        "单位": names.unit(target.unit) if target.unit else "合计",
        "要求": names.rule(target.rule),
        "期次": period(target.period, "zh") if target.period else None,
        "目标": share(target.rate, "zh"),
        "期限": target.due,
        "计量单位": measure(names.subject(target.rule), "zh"),
        "应达标": target.owed,
        "达标": target.passed,
        "不达标": target.failed,
        "待核": target.unknown,
        "未报": target.missing,
        "延期": target.deferred,
        "达标率": interval(target, "zh") or _NOTHING,
        "结论": TARGET_STATES[target.state].zh,
        "差额": gap_short(target, names),
        "上次达标": None if before is None else before.passed,
        "上次达标率": None if before is None else interval(before, "zh") or _NOTHING,
        "变化": None if more is None else f"{more:+d}" if more else "持平",
    }


# --- figures of the pack --------------------------------------------------------------------------


def figures(material: Material) -> list[Line]:
    """Column by column, as everybody else is told them too."""
    compared = bool(material.run.earlier)
    told: list[Line] = []
    for figure in material.told.figures:
        for column, cell in zip(figure.columns, figure.total.cells, strict=True):
            told.append(
                {
                    NUMBER: len(told) + 1,
                    "指标": figure.title,
                    "口径": column,
                    "数值": cell.series[-1],
                    "明细": cell.numbers,
                    "上次": cell.series[-2] if compared else None,
                    "条款": figure.section,
                    "节点": "".join(figure.milestones),
                }
            )
    return told


# --- reports -------------------------------------------------------------------------------------


def reported(material: Material) -> list[Line]:
    names = material.names
    return [
        {
            NUMBER: at,
            "单位": names.unit(row["unit"]),
            "要求": names.rule(row["rule"]),
            "应报": row["on_time"] + row["late"] + row["missing"] + row["unknown"],
            "按时": row["on_time"],
            "迟报": row["late"],
            "缺报": row["missing"],
            "待核": row["unknown"],
        }
        for at, row in enumerate(report_counts(material.run).iter_rows(named=True), 1)
    ]


def latest_reports(material: Material) -> str:
    """Of each duty to report the last period whose day has passed: who has not sent stands by name."""
    plan, told = material.run.plan, []
    for index, obligation in enumerate(plan.obligations):
        if not is_report(obligation):
            continue
        counts = material.run.scorecard.counts.filter(
            (pl.col("obligation") == index)
            & ~pl.col("advisory")
            & (pl.col("verdict") != "not_applicable")
            & (pl.col("status") != "not_due")
        )
        latest = next((p for p in reversed(obligation.periods or ()) if p.name in counts["period"].to_list()), None)
        if latest is None:
            continue
        of_it = counts.filter(pl.col("period") == latest.name)
        owed = int(of_it["n"].sum())
        passed = int(of_it.filter(pl.col("verdict") == "pass")["n"].sum())
        mine = material.findings.filter((pl.col("rule") == obligation.rule.id) & (pl.col("period") == latest.name))
        late = mine.filter((pl.col("verdict") == "fail") & (pl.col("status") == "late"))["unit_name"].to_list()
        missing = mine.filter((pl.col("verdict") == "fail") & (pl.col("status") == "overdue"))["unit_name"].to_list()
        unknown = mine.filter(pl.col("verdict") == "unknown")["unit_name"].to_list()
        parts = [f"应报{owed}个单位，按时报送{passed}个"]
        for word, who in (("迟报", late), ("未报", missing), ("待核", unknown)):
            parts += [f"{word}{len(who)}个（{listed(who, 'zh')}）"] if who else []
        told.append(f"{obligation.rule.title.zh}（{period(latest.name, 'zh')}）：{'，'.join(parts)}。")
    return "".join(told)
