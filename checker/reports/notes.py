"""A finished run → the notes that stand under every report: what it rests on and how far it reaches."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checker.errors import Language
from checker.plan import NO_UNIT, Assumption, Run
from checker.reports.figures import FEWEST_FOR_A_RATE, day, many
from checker.words import CONFIRMATION

DRAFT_MARKS = ("初稿", "draft")


def notes(run: Run, lang: Language) -> Iterator[str]:
    """Complete sentences, the text of the plan first."""
    yield _text_status(run, lang)
    yield "数据由各地上报，未经现场核查。" if lang == "zh" else "Figures as reported; not inspected on site."
    if run.plan.pack.ends is not None and run.plan.as_of > run.plan.pack.ends:
        ended = day(run.plan.pack.ends, lang)
        yield (
            f"方案实施期已于{ended}结束，以下为延续要求。"
            if lang == "zh"
            else f"The plan ended on {ended}; what follows are continuing requirements."
        )
    for assumption in assumptions(run):
        yield _assumed(assumption, lang)
    yield from _counted(run, lang)


def _text_status(run: Run, lang: Language) -> str:
    pack = run.plan.pack
    since = [status for status in pack.text_status if status.since <= run.plan.as_of]
    # Before its first dated status a text is what it starts as; a pack that tells none speaks of a text in force.
    known = max(since, key=lambda s: s.since) if since else min(pack.text_status, key=lambda s: s.since, default=None)
    status = "issued" if known is None else known.status
    # Some write the book marks into the title.
    title = pack.source_title.of(lang).removeprefix("《").removesuffix("》")
    if status == "draft":
        if lang == "zh":
            mark = "" if DRAFT_MARKS[0] in title else "（初稿）"
            return f"本表依据《{title}{mark}》编制，条文以印发稿为准。"
        return f"Checked against the first draft of “{title}”; the issued text prevails."
    if status == "ended":
        return (
            f"本表依据《{title}》编制，该文已停止执行。"
            if lang == "zh"
            else f"Checked against “{title}”, no longer in force."
        )
    return f"本表依据《{title}》编制。" if lang == "zh" else f"Checked against “{title}”."


def assumptions(run: Run) -> list[Assumption]:
    """Values that nobody has confirmed yet and that something in this run rests on, each once."""
    used = {
        (a.name, a.value.en): a
        for obligation in run.plan.obligations
        for a in obligation.assumptions
        if a.confirmation != "confirmed"
    }
    return [used[key] for key in sorted(used)]


def _assumed(assumption: Assumption, lang: Language) -> str:
    label, source = assumption.label.of(lang), assumption.source.of(lang)
    if lang == "zh":
        whence = f"，出处：{source}" if source else ""
        kind = "暂定值" if assumption.confirmation == "default" else "未核实的取值"
        value = f"＝{assumption.value.zh}" if assumption.value.zh else "（分档）"  # a scale has no one value
        return f"采用{kind}：{label}{value}{whence}（{CONFIRMATION[assumption.confirmation]}）。"
    value = f" = {assumption.value.en}" if assumption.value.en else ", a scale"
    return f"Rests on a value that is {assumption.confirmation}: {label}{value} ({source})."


def _counted(run: Run, lang: Language) -> Iterator[str]:
    counts, zh = run.scorecard.counts, lang == "zh"
    if any(0 < target.owed < FEWEST_FOR_A_RATE for target in run.scorecard.targets):
        yield (
            f"对象不足{FEWEST_FOR_A_RATE}个的，不计算比例、不参与排序。"
            if zh
            else f"Fewer than {FEWEST_FOR_A_RATE} subjects: counts only, no order."
        )
    vacuous = int(counts.filter(pl.col("vacuous") & (pl.col("verdict") == "pass"))["n"].sum())
    if vacuous:
        yield (
            f"有{vacuous}项判为达标是因为名下没有相应记录，请核对登记是否齐全。"
            if zh
            else f"There was no record to judge in {many(vacuous, 'passes')}; check the registers."
        )
    advisory = int(counts.filter(pl.col("advisory") & pl.col("verdict").is_in(["fail", "unknown"]))["n"].sum())
    if advisory:
        yield (
            f"有{advisory}项仅作提示，不计入目标和关口。"
            if zh
            else f"Advice only, in no target and no gate: {many(advisory, 'results')}."
        )
    nowhere = int(counts.filter((pl.col("unit") == NO_UNIT) & (pl.col("verdict") != "not_applicable"))["n"].sum())
    if nowhere:
        yield (
            f"有{nowhere}项结果的所属单位不明，单列为“未列入单位”。"
            if zh
            else f"Of no known unit, told under “no unit”: {many(nowhere, 'results')}."
        )
