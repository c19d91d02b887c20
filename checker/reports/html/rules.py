"""A run → its rules and the clauses they rest on, each with what it came to: the pages for those who ask “by which words”."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from checker.errors import Language, Text
from checker.plan import Assumption, Obligation, Run
from checker.render import render
from checker.reports.clauses import rules_of
from checker.reports.content import Content, TargetLine
from checker.reports.figures import day
from checker.reports.listing import demands
from checker.reports.sentences import Names, listed
from checker.words import CONFIRMATION, SEVERITY, STANDING, TEXT_STATUS


@dataclass(frozen=True, slots=True)
class RuleTold:
    """`counts`: one sentence. `units`: the rates, all units together first."""

    id: str
    title: str
    severity: str
    clauses: tuple[tuple[str, str, str], ...]
    subject: str
    required: tuple[str, ...]
    due: str
    remedy: str
    offices: str
    since: str
    revisions: str
    assumed: tuple[str, ...]
    counts: str
    units: tuple[TargetLine, ...]


@dataclass(frozen=True, slots=True)
class ClauseTold:
    id: str
    section: str
    words: str
    standing: str
    judged: bool
    reason: str
    rules: tuple[tuple[str, str, str], ...]


def rules(run: Run, told: Content, names: Names) -> Iterator[RuleTold]:
    """The rules in force, in the order of the rulebook; what changes from period to period is told of the last one."""
    lang, pack = names.lang, run.plan.pack
    counts = counted(run, names)
    rates: dict[str, list[TargetLine]] = {}
    for line in (*told.totals, *told.targets):
        if line.result.owed:
            rates.setdefault(line.result.rule, []).append(line)
    last = {obligation.rule.id: obligation for obligation in run.plan.obligations}
    for rule_id, obligation in last.items():
        rule = obligation.rule
        quoted = [pack.clauses[clause] for clause in rule.clauses if clause in pack.clauses]
        yield RuleTold(
            id=rule_id,
            title=rule.title.of(lang),
            severity=Text(SEVERITY[rule.severity], rule.severity).of(lang),
            clauses=tuple((c.id, c.section, c.quote) for c in quoted),
            subject=_subject(obligation, run, lang),
            required=tuple(text for names_, text in demands(obligation, lang) if names_ != ["applies"]),
            due="" if obligation.due is None else render(obligation.due, pack, lang),
            remedy=rule.remedy.of(lang),
            offices=listed([office for office in (rule.lead, *rule.support) if office], lang),
            since=day(obligation.revision.since, lang),
            revisions=listed([day(each.since, lang) for each in rule.revisions], lang),
            assumed=tuple(_assumed(a, lang) for a in obligation.assumptions if a.confirmation != "confirmed"),
            counts=counts.get(rule_id, ""),
            units=tuple(rates.get(rule_id, ())),
        )


def _subject(obligation: Obligation, run: Run, lang: Language) -> str:
    label = run.plan.pack.tables[obligation.subject].label.of(lang)
    if obligation.applies is None:
        return label
    return f"{label}{'：' if lang == 'zh' else ': '}{obligation.applies.text.of(lang)}"


def _assumed(assumption: Assumption, lang: Language) -> str:
    said = Text(CONFIRMATION[assumption.confirmation], assumption.confirmation).of(lang)
    value = assumption.value.of(lang)
    told = assumption.label.of(lang) + (f"{'＝' if lang == 'zh' else ' = '}{value}" if value else "")
    return f"{told}（{said}）" if lang == "zh" else f"{told} ({said})"


def counted(run: Run, names: Names) -> Mapping[str, str]:
    """Rule → 达标98所，不达标9所…; what is not due yet is told apart, what does not apply too."""
    n, verdict = pl.col("n"), pl.col("verdict")
    counts = run.scorecard.counts
    due = (pl.col("status") != "not_due").fill_null(True)
    deferred = pl.col("deferred")
    sums = counts.group_by("rule").agg(
        n.filter(verdict == "pass").sum().alias("pass"),
        n.filter((verdict == "fail") & due & ~deferred).sum().alias("fail"),
        n.filter((verdict == "unknown") & due & ~deferred).sum().alias("unknown"),
        n.filter(deferred).sum().alias("deferred"),
        n.filter((verdict != "pass") & (verdict != "not_applicable") & ~due & ~deferred).sum().alias("not_due"),
        n.filter(verdict == "not_applicable").sum().alias("apart"),
    )
    words = (
        ("pass", Text("达标", "pass"), True),
        ("fail", Text("不达标", "fail"), True),
        ("unknown", Text("待核", "unknown"), True),
        ("deferred", Text("经批准延期", "deferred"), False),
        ("not_due", Text("未到期", "not yet due"), False),
        ("apart", Text("不适用", "not applicable"), False),
    )
    told = {}
    for row in sums.iter_rows(named=True):
        parts = [
            f"{word.zh}{names.pooled(row[name], row['rule'])}" if names.lang == "zh" else f"{row[name]} {word.en}"
            for name, word, always in words
            if always or row[name]
        ]
        told[row["rule"]] = ("，" if names.lang == "zh" else ", ").join(parts)
    return told


def clauses(run: Run, names: Names) -> Iterator[ClauseTold]:
    """Every clause of the text, judged or not: so that nobody takes a green page for the whole plan."""
    lang, pack = names.lang, run.plan.pack
    by_clause, counts = rules_of(pack), counted(run, names)
    for clause in pack.clauses.values():
        words = clause.quote or ("" if clause.gist is None else clause.gist.of(lang))
        yield ClauseTold(
            clause.id,
            clause.section,
            words,
            Text(STANDING[clause.standing], clause.standing).of(lang),
            clause.standing != "narrative",
            "" if clause.reason is None else clause.reason.of(lang),
            tuple((rule.id, rule.title.of(lang), counts.get(rule.id, "")) for rule in by_clause[clause.id]),
        )


def text_status(run: Run, lang: Language) -> str:
    """初稿（自2019年12月10日）."""
    told = [
        f"{Text(TEXT_STATUS[each.status], each.status).of(lang)}"
        + (f"（自{day(each.since, 'zh')}）" if lang == "zh" else f" (since {day(each.since, 'en')})")
        for each in run.plan.pack.text_status
    ]
    return listed(told, lang)
