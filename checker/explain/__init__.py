"""A finished run + a finding number, or a rule and a subject → why the verdict is what it is, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError
from checker.explain.judged import Judged, Place, Tools, called
from checker.explain.screen import screen
from checker.plan import Obligation, Run

if TYPE_CHECKING:
    from checker.engines.world import World

__all__ = ["Judged", "Place", "Question", "Tools", "explain"]

# A list is read to its end only if it is short.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed: a finding or rule, perhaps a subject and a period; `folder`: how the run was called."""

    what: str
    subject: str | None
    period: str | None
    folder: str


def explain(run: Run, tools: Tools, world: World, asked: Question, lang: Language) -> str:
    """One screen if exactly one thing is meant, else the list of what may be meant."""
    subject = asked.subject.strip() if asked.subject is not None else None
    found = _Seeker(run, world).places(asked.what.strip(), subject, asked.period)
    if len(found) == 1:
        return screen(run, tools, world, found[0], lang)
    if not found:
        text = f"“{asked.what}”在这次运行中没有不达标或待核的问题；要看某条规则怎样判定，请写 规则 对象。"
        return (
            text if lang == "zh" else f'No finding of "{asked.what}" in this run; to see a verdict, give RULE SUBJECT.'
        )
    return _listed(tools, world, found, asked.folder, lang)


@dataclass
class _Seeker:
    """What people call a thing → where it is. An exact name beats a part of one."""

    run: Run
    world: World

    def places(self, what: str, subject: str | None, period: str | None) -> list[Place]:
        if subject is None:
            number = [Place(*row) for row in self._findings("number", what.upper())]
            found = number or [Place(*row) for row in self._findings("fingerprint", what.lower())]
            if found:
                return found
        rules = self._rules(what)
        if not rules and subject is None:
            return self._of_subject(what, period)
        if not rules:
            raise self._unknown_rule(what)
        if subject is None:
            return [place for place in self._all_findings(period) if place.obligation in rules]
        return self._judged(rules, subject, period)

    # --- findings

    def _findings(self, column: str, value: str) -> Iterator[tuple[int, int, str | None, str]]:
        import polars as pl

        rows = self.run.findings.filter(pl.col(column) == value)
        yield from rows.select("obligation", "row", "period", "number").iter_rows()

    def _all_findings(self, period: str | None) -> Iterator[Place]:
        for row in self.run.findings.select("obligation", "row", "period", "number").iter_rows():
            if period is None or row[2] == period:
                yield Place(*row)

    def _of_subject(self, what: str, period: str | None) -> list[Place]:
        """All findings of a subject: the question "why is my school red?"."""
        named = self.run.findings.select("key", "name").with_row_index("at")
        for test in (lambda text: text == what, lambda text: what in text):
            hits = {at for at, *texts in named.iter_rows() if any(text is not None and test(text) for text in texts)}
            if hits:
                rows = self.run.findings[sorted(hits)].select("obligation", "row", "period", "number").iter_rows()
                return [Place(*row) for row in rows if period is None or row[2] == period]
        if any(self._rows(table, what) for table in {o.subject for o in self.run.plan.obligations}):
            return []
        raise self._unknown_rule(what)

    # --- rules and subjects

    def _rules(self, what: str) -> set[int]:
        """Obligations whose rule is called `what`: by id, title or clause; else those whose title contains it."""
        obligations = list(enumerate(self.run.plan.obligations))
        exact = {at for at, o in obligations if what in self._names(o)}
        return exact or {at for at, o in obligations if any(what in title for title in o.rule.title)}

    def _names(self, obligation: Obligation) -> set[str]:
        rule, clauses = obligation.rule, self.run.plan.pack.clauses
        sections = {clauses[clause].section for clause in rule.clauses if clause in clauses}
        return {rule.id, *rule.title, *rule.clauses, *sections}

    def _judged(self, rules: set[int], subject: str, period: str | None) -> list[Place]:
        """Any verdict, not findings only: also why something passes or does not apply."""
        numbers = {
            (obligation, row, when): number
            for obligation, row, when, number in self.run.findings.select(
                "obligation", "row", "period", "number"
            ).iter_rows()
        }
        found = []
        for at in sorted(rules):
            obligation = self.run.plan.obligations[at]
            names = [each.name for each in obligation.periods or ()]
            for row in self._rows(obligation.subject, subject):
                for when in [None] if obligation.periods is None else names:
                    if period is None or when == period:
                        found.append(Place(at, row, when, numbers.get((at, row, when), "")))
        if not found:
            raise self._unknown_subject(rules, subject, period)
        # Of many periods those with a finding are meant, unless one was named.
        return [place for place in found if place.number] or found

    def _rows(self, table: str, subject: str) -> list[int]:
        declared = self.world.tables[table]
        rows = [
            (r.position, [str(r.values[f]) for f in (declared.key, declared.title) if r.values.get(f) is not None])
            for r in self.world.records[table]
            if r.there is not False
        ]
        exact = [at for at, names in rows if subject in names]
        return exact or [at for at, names in rows if any(subject in name for name in names)]

    def _unknown_rule(self, what: str) -> UsageError:
        rules = {o.rule.id: o.rule for o in self.run.plan.obligations}.values()
        known = [word for rule in rules for word in (rule.id, *rule.title)]
        near = get_close_matches(what, known, n=1, cutoff=0.5)
        hint = (
            Text(f"是否应为“{near[0]}”？", f'did you mean "{near[0]}"?')
            if near
            else Text(
                "写问题编号（如 QD-0001），或 规则 对象；规则可写编号、名称或条款",
                "give a finding number (as QD-0001), or RULE SUBJECT; rules by id, title or clause",
            )
        )
        message = Text(f"没有叫“{what}”的问题、规则或对象", f'no finding, rule or subject "{what}"')
        return UsageError([Diagnostic("U34", NOWHERE, message, hint)])

    def _unknown_subject(self, rules: set[int], subject: str, period: str | None) -> UsageError:
        tables = sorted({self.run.plan.obligations[at].subject for at in rules})
        labels = [self.world.tables[table].label for table in tables]
        if period is not None and any(self._rows(table, subject) for table in tables):
            return _refused("U34", f"没有“{period}”这一期", f'no period "{period}"')
        known = [
            str(record.values[self.world.tables[table].title])
            for table in tables
            for record in self.world.records[table]
            if record.values.get(self.world.tables[table].title) is not None
        ]
        near = get_close_matches(subject, known, n=3, cutoff=0.5)
        hint = Text(f"是否应为{'、'.join(near)}？", f"did you mean {', '.join(near)}?") if near else None
        zh, en = "、".join(label.zh for label in labels), ", ".join(tables)
        return _refused("U34", f"数据里没有叫“{subject}”的{zh}", f'no {en} "{subject}" in the data', hint)


def _refused(code: str, zh: str, en: str, hint: Text | None = None) -> UsageError:
    return UsageError([Diagnostic(code, NOWHERE, Text(zh, en), hint)])


def _listed(tools: Tools, world: World, found: list[Place], folder: str, lang: Language) -> str:
    """Several things are meant: what they are, and how to ask for one."""
    gap = "　" if lang == "zh" else "  "
    lines = [f"有{len(found)}项，请选一项：" if lang == "zh" else f"{len(found)} match; choose one:"]
    for place in sorted(found, key=lambda place: place.number)[:SHOWN]:
        judged = tools.judge(place)
        title = judged.obligation.rule.title.of(lang)
        when = "" if place.period is None else tools.period(place.period, lang)
        parts = [place.number, called(world, judged.record, lang), title, when, tools.phrase(judged, lang)]
        lines.append("  " + gap.join(part for part in parts if part))
    if len(found) > SHOWN:
        lines.append(f"  另有{len(found) - SHOWN}项" if lang == "zh" else f"  {len(found) - SHOWN} more")
    number = min((place.number for place in found if place.number), default="")
    if number:
        lines.append(
            f"{'例如' if lang == 'zh' else 'as'}{'：' if lang == 'zh' else ': '}checker explain {folder} {number}"
        )
    return "\n".join(lines) + "\n"
