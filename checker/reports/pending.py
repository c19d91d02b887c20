"""A finished run → what is reported regularly, what is not due yet, what is doubtful."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import polars as pl

from checker.errors import Language
from checker.plan import Run
from checker.reports.figures import day, many
from checker.reports.sentences import Names, is_report, reporting_sentence


@dataclass(frozen=True, slots=True)
class Waiting:
    """A rule whose date has not come yet: what has been done already."""

    rule: str
    due: date | None
    passed: int
    failed: int
    unknown: int
    sentence: str

    @property
    def undone(self) -> bool:
        return self.failed + self.unknown > 0


@dataclass(frozen=True, slots=True)
class Questions:
    """`total`: doubts about values, `lost` of them about what could not be used. `review`: patterns to look into."""

    total: int
    lost: int
    review: int
    sentence: str


def reporting(run: Run, names: Names) -> Iterable[str]:
    """Per unit and kind of report: how many periods were due, on time, late, not sent."""
    for row in report_counts(run).iter_rows(named=True):
        yield reporting_sentence(row["unit"], row["rule"], row, names)


def report_counts(run: Run) -> pl.DataFrame:
    """rule, unit, and how many periods on_time, late, missing, unknown, of those whose day has passed."""
    n, verdict, status = pl.col("n"), pl.col("verdict"), pl.col("status")
    reports = [index for index, obligation in enumerate(run.plan.obligations) if is_report(obligation)]
    over = ~((status == "not_due") & (verdict != "pass")) & ~pl.col("advisory") & (verdict != "not_applicable")
    return (
        run.scorecard.counts.filter(pl.col("obligation").is_in(reports) & over)
        .group_by("rule", "unit")
        .agg(
            n.filter(verdict == "pass").sum().alias("on_time"),
            n.filter((verdict == "fail") & (status == "late")).sum().alias("late"),
            n.filter((verdict == "fail") & (status != "late")).sum().alias("missing"),
            n.filter(verdict == "unknown").sum().alias("unknown"),
        )
        .sort("rule", "unit")
    )


def waiting(run: Run, names: Names) -> Iterable[Waiting]:
    n, verdict = pl.col("n"), pl.col("verdict")
    rules = (
        run.scorecard.counts.filter((pl.col("status") == "not_due") & ~pl.col("advisory"))
        .group_by("rule")
        .agg(
            pl.col("obligation").min(),
            pl.col("due").min(),
            n.filter(verdict == "pass").sum().alias("passed"),
            n.filter(verdict == "fail").sum().alias("failed"),
            n.filter(verdict == "unknown").sum().alias("unknown"),
        )
        .sort("due", "obligation", nulls_last=True)
    )
    for rule, due, passed, failed, unknown in rules.drop("obligation").iter_rows():
        told = [(passed, "已达标", "done"), (failed, "尚未达标", "not yet"), (unknown, "待核", "unknown")]
        if names.lang == "zh":
            until = "" if due is None else f"期限{day(due, 'zh')}，"
            text = "，".join(f"{word}{names.pooled(number, rule)}" for number, word, _ in told)
            sentence = f"{names.rule(rule)}：{until}{text}。"
        else:
            until = "" if due is None else f"due {day(due, 'en')}, "
            sentence = f"{names.rule(rule)}: {until}{', '.join(f'{number} {word}' for number, _, word in told)}."
        yield Waiting(rule, due, passed, failed, unknown, sentence)


def questions(run: Run, lang: Language) -> Questions:
    """Doubts about reported values, told apart from findings. What is only told for completeness is no doubt."""
    severity = run.tables.questions["severity"]
    lost, review = int((severity == "lost").sum()), int((severity == "review").sum())
    total = lost + int((severity == "doubt").sum())
    return Questions(total, lost, review, _asked(total, lost, review, lang))


def _asked(total: int, lost: int, review: int, lang: Language) -> str:
    if lang == "zh":
        text = f"数据疑问{total}条" + (f"（其中{lost}条所填内容未能采用）" if lost else "")
        return text + (f"；另有{review}条提请核实。" if review else "。")
    text = many(total, "data questions") + (f" (in {lost} what was reported could not be used)" if lost else "")
    return text + (f"; {review} more to look into." if review else ".")
