"""A finished run → everything a report tells, in one language: the one source of all forms, so that their words agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from checker.errors import CheckerError, Language
from checker.plan import (
    NO_UNIT,
    GateResult,
    GateState,
    Reason,
    Run,
    TargetResult,
)
from checker.reports.changing import change_lines
from checker.reports.counted import Counted, counted
from checker.reports.deferring import deferral_lines
from checker.reports.figures import amount, day, interval, many, measure, reconciliation
from checker.reports.listing import findings_table
from checker.reports.measuring import MeasureLine, measure_lines
from checker.reports.measuring import headline as measures_headline
from checker.reports.notes import notes
from checker.reports.pending import Questions, Waiting, questions, reporting, waiting
from checker.reports.sentences import (
    GATE_STATES,
    TARGET_STATES,
    Names,
    gap_phrase,
    needed,
    open_sentence,
    reason_sentence,
    target_sentence,
)
from checker.reports.totals import totals
from checker.reports.trending import trend_lines


@dataclass(frozen=True, slots=True)
class ReasonLine:
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class GateLine:
    """`summary`: the one line of the terminal; `reasons`: complete sentences, worst first, also for an open gate."""

    unit: str
    name: str
    state: GateState
    word: str
    summary: str
    reasons: tuple[ReasonLine, ...]
    silent: bool


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One rate of one unit (`unit` empty: all units together). `rate` is empty where a share would say nothing."""

    result: TargetResult
    title: str
    unit_name: str
    word: str
    rate: str
    reconciliation: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Content:
    lang: Language
    title: str
    basis: str
    headline: str
    population: str
    gates: tuple[GateLine, ...]
    targets: tuple[TargetLine, ...]
    totals: tuple[TargetLine, ...]
    overdue: pl.DataFrame
    overdue_sentence: str
    reporting: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    questions: Questions
    notes: tuple[str, ...]
    findings: pl.DataFrame
    changes: tuple[str, ...] = ()
    deferrals: tuple[str, ...] = ()
    trend: tuple[str, ...] = ()
    measures: tuple[MeasureLine, ...] = ()
    measures_sentence: str = ""
    figures: tuple[Counted, ...] = ()


def content(run: Run, lang: Language, *, in_full: bool = True) -> Content:
    """Not `in_full`: without the targets of each unit and the words of each finding, which are many and on no screen."""
    names = Names(run.plan, lang)
    _check(run)
    findings = findings_table(run.plan, run.findings, lang) if in_full else run.findings
    all_units, gates = totals(run.scorecard.targets), tuple(_gates(run, names))
    overdue = findings.filter(
        (pl.col("verdict") == "fail")
        & pl.col("status").is_in(["overdue", "late"])
        & ~pl.col("advisory")
        & ~pl.col("deferred")
    )
    return Content(
        lang=lang,
        title=run.plan.pack.title.of(lang),
        basis=_basis(run, lang),
        headline=_headline(run, all_units, names),
        population=_population(run, gates, names),
        gates=gates,
        targets=tuple(_target(target, names) for target in run.scorecard.targets) if in_full else (),
        totals=tuple(_target(target, names) for target in all_units),
        overdue=overdue.with_columns(
            pl.col("severity").replace_strict(_SEVERITY_ORDER, default=9, return_dtype=pl.Int8).alias("_worst")
        )
        .sort("_worst", "unit", "number")
        .drop("_worst"),
        overdue_sentence=_overdue_sentence(findings, overdue, lang),
        reporting=tuple(reporting(run, names)),
        waiting=tuple(waiting(run, names)),
        questions=questions(run, lang),
        notes=tuple(notes(run, lang)),
        findings=findings,
        changes=tuple(change_lines(run, names)),
        deferrals=tuple(deferral_lines(run, names)),
        trend=tuple(trend_lines(run, names)),
        measures=tuple(measure_lines(run, names)),
        measures_sentence=measures_headline(run, lang),
        figures=tuple(counted(run, names)),
    )


_SEVERITY_ORDER = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def _check(run: Run) -> None:
    """The targets must agree with the counts that the same run wrote; otherwise nothing is reported."""
    counted = {
        (rule, revision, period or "", unit): (judged, apart)
        for rule, revision, period, unit, judged, apart in run.scorecard.counts.filter(~pl.col("advisory"))
        .group_by("rule", "revision", "period", "unit")
        .agg(
            pl.col("n").filter(pl.col("verdict") != "not_applicable").sum().alias("judged"),
            pl.col("n").filter(pl.col("verdict") == "not_applicable").sum().alias("apart"),
        )
        .iter_rows()
    }
    for target in run.scorecard.targets:
        judged, apart = counted.get((target.rule, target.revision, target.period, target.unit), (0, 0))
        if (target.owed - target.missing, target.not_applicable) != (judged, apart):
            raise CheckerError(
                f"the figures of {target.rule} in {target.unit} do not add up: "
                f"{target.owed - target.missing} and {target.not_applicable} told, {judged} and {apart} counted"
            )


# --- head ----------------------------------------------------------------------------------------


def _basis(run: Run, lang: Language) -> str:
    as_of, known_at = run.plan.as_of, run.plan.known_at
    if lang == "zh":
        return f"统计时点：{day(as_of, 'zh')}　收数截止：" + ("不限" if known_at is None else day(known_at, "zh"))
    received = "all records received" if known_at is None else f"records received by {day(known_at, 'en')}"
    return f"As of {day(as_of, 'en')}, with {received}."


def _population(run: Run, gates: Iterable[GateLine], names: Names) -> str:
    """3个单位、27所学校、132条规则."""
    rules = len({obligation.rule.id for obligation in run.plan.obligations})
    units = sum(gate.unit != NO_UNIT and not gate.silent for gate in gates)
    subjects = [obligation.subject for obligation in run.plan.obligations if obligation.subject != "unit"]
    parts = [f"{units}个单位" if names.lang == "zh" else many(units, "units")]
    if subjects:
        # The kind of record that most rules judge (the first of them) stands for the size of the run. Counted from the
        # verdicts, each rule has one per record: a report for one unit must not tell how many records others have.
        main = max(dict.fromkeys(subjects), key=subjects.count)
        judging = [index for index, obligation in enumerate(run.plan.obligations) if obligation.subject == main]
        judged = run.scorecard.counts.filter(pl.col("obligation").is_in(judging)).group_by("obligation", "period")
        rows = max(judged.agg(pl.col("n").sum())["n"], default=0)
        label = run.plan.pack.tables[main].label.zh
        parts.append(f"{rows}{measure(main, 'zh')}{label}" if names.lang == "zh" else amount(rows, main, "en"))
    parts.append(f"{rules}条规则" if names.lang == "zh" else many(rules, "rules"))
    return ("、" if names.lang == "zh" else ", ").join(parts)


def _headline(run: Run, totals: Iterable[TargetResult], names: Names) -> str:
    gates = [gate for gate in run.scorecard.gates if gate.unit != NO_UNIT]
    number = {state: sum(gate.state == state for gate in gates) for state in GATE_STATES}
    if not gates:
        zh = f"截至{day(run.plan.as_of, 'zh')}，没有到期的要求，不作关口结论。"
        return zh if names.lang == "zh" else f"As of {day(run.plan.as_of, 'en')} nothing is due: there is no gate."
    due = [t for t in totals if t.state in ("missed", "undecided") and needed(t) > 0]
    largest = max(due, key=lambda t: (needed(t), t.rule, t.period), default=None)
    if names.lang == "zh":
        told = "，".join(f"{GATE_STATES[state].zh}{n}个" for state, n in number.items())
        text = f"截至{day(run.plan.as_of, 'zh')}，按所报数据，{len(gates)}个报送单位：{told}。"
    else:
        told = ", ".join(f"{n} {GATE_STATES[state].en}" for state, n in number.items())
        text = f"As of {day(run.plan.as_of, 'en')}, by the figures reported, {many(len(gates), 'units')}: {told}."
    if largest is None:
        return text
    return text + ("" if names.lang == "zh" else " ") + target_sentence(largest, names)


def _overdue_sentence(findings: pl.DataFrame, overdue: pl.DataFrame, lang: Language) -> str:
    subjects = overdue.select("subject", "key").n_unique() if overdue.height else 0
    waiting = findings.filter(
        (pl.col("verdict") == "unknown") & (pl.col("status") == "overdue") & ~pl.col("advisory") & ~pl.col("deferred")
    ).height
    if lang == "zh":
        return f"逾期未达标{overdue.height}项，涉及{subjects}个对象；期限已过仍待核{waiting}项。"
    return f"{overdue.height} overdue in {many(subjects, 'subjects')}; {waiting} past their date and still unknown."


# --- gates and targets ---------------------------------------------------------------------------


def _gates(run: Run, names: Names) -> Iterator[GateLine]:
    """What is each unit's own is looked up once for all of them: they may be thousands."""
    targets: dict[str, dict[tuple[str, str], TargetResult]] = {}
    for target in run.scorecard.targets:
        targets.setdefault(target.unit, {})[target.rule, target.period] = target
    counts = run.scorecard.counts.filter(~pl.col("advisory") & ~pl.col("deferred"))
    by_unit = counts.partition_by("unit", as_dict=True)
    for gate in run.scorecard.gates:
        yield _gate(run, gate, targets.get(gate.unit, {}), by_unit.get((gate.unit,), counts.clear()), names)


def _is_silent(gate: GateResult, own: Mapping[tuple[str, str], TargetResult]) -> bool:
    """Nothing came from the unit: no results at all, or the gate hangs on nothing but empty targets, as are all others."""
    if any(reason.values.get("code") == "no_results" for reason in gate.reasons):
        return True
    if gate.state != "undecided" or any(target.owed for target in own.values()):
        return False
    blocking = [reason for reason in gate.reasons if reason.effect == "blocks"]
    told = [own.get((t["rule"], t["period"])) for reason in blocking for t in _told_targets(reason)]
    return bool(told) and all(_told_targets(r) for r in blocking) and all(t is not None for t in told)


def _gate(
    run: Run, gate: GateResult, own: Mapping[tuple[str, str], TargetResult], counts: pl.DataFrame, names: Names
) -> GateLine:
    """`own`: the targets of its unit, by rule and period; `counts`: of what may hold it."""
    lines = [ReasonLine(reason, reason_sentence(reason, run.plan, own, names)) for reason in gate.reasons]
    if gate.state == "open":
        text = _open(counts, names.lang)
        lines.insert(0, ReasonLine(Reason("", "blocks", "false", {"code": "open"}), text))
        summary = text
    else:
        summary = _summary(gate, own, names) or lines[0].text
    return GateLine(
        unit=gate.unit,
        name=gate.name.of(names.lang),
        state=gate.state,
        word=GATE_STATES[gate.state].of(names.lang),
        summary=summary.removesuffix("。").removesuffix("."),
        reasons=tuple(lines),
        silent=_is_silent(gate, own),
    )


def _summary(gate: GateResult, own: Mapping[tuple[str, str], TargetResult], names: Names) -> str:
    """The largest gap among the targets that hold the gate; the first sentence tells where there is none."""
    blocking = [
        own[entry["rule"], entry["period"]]
        for reason in gate.reasons
        if reason.effect == "blocks" and (gate.state != "closed" or reason.state == "false")
        for entry in _told_targets(reason)
        if (entry["rule"], entry["period"]) in own
    ]
    missed = [target for target in blocking if gap_phrase(target, names)]
    if not missed:
        return ""
    largest = max(missed, key=lambda t: (t.state == "missed", needed(t), t.rule, t.period))
    return target_sentence(largest, names)


def _told_targets(reason: Reason) -> list[dict[str, str]]:
    told = reason.values.get("targets")
    return told if isinstance(told, list) else []


def _open(counts: pl.DataFrame, lang: Language) -> str:
    due = counts.filter(pl.col("status").is_in(["in_force", "overdue", "late"]))
    waiting = counts.filter(pl.col("status") == "not_due")
    return open_sentence(
        failing=int(due.filter(pl.col("verdict") == "fail")["n"].sum()),
        unknown=int(due.filter(pl.col("verdict") == "unknown")["n"].sum()),
        waiting=waiting["rule"].n_unique(),
        next_due=waiting.select(pl.col("due").min()).item() if waiting.height else None,
        lang=lang,
    )


def _target(target: TargetResult, names: Names) -> TargetLine:
    return TargetLine(
        result=target,
        title=names.rule(target.rule),
        unit_name=names.unit(target.unit) if target.unit else "合计" if names.lang == "zh" else "Total",
        word=TARGET_STATES[target.state].of(names.lang),
        rate=interval(target, names.lang),
        reconciliation=reconciliation(target, names.subject(target.rule), names.lang, names.is_report(target.rule)),
        sentence=target_sentence(target, names),
    )
