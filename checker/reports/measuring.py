"""The measures of a run → one sentence for each unit and rule: what is proposed, why, who decides by when. Always proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from checker.errors import Language
from checker.measures import BoundEscalation, Measure
from checker.plan import Run
from checker.reports.figures import amount, day, many
from checker.reports.sentences import Names, listed

SHOWN_SUBJECTS = 5
_SHORT = {"target": "目标"}


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """What one rule proposes in one unit. `kinds`: 通报、责令整改; `ids`: to ask for the chain of each."""

    unit: str
    unit_name: str
    kinds: str
    sentence: str
    ids: tuple[str, ...]


def measure_lines(run: Run, names: Names) -> Iterator[MeasureLine]:
    """In the order of units, of the measures as the pack lists them, and of the rules."""
    groups: dict[tuple[str, str], list[Measure]] = {}
    for measure in run.measures.proposed:
        groups.setdefault((measure.unit, measure.rule), []).append(measure)
    for (unit, rule), group in groups.items():
        yield _line(run, unit, bound_of(run, rule), group, names)


def bound_of(run: Run, rule: str) -> BoundEscalation:
    return next(bound for bound in run.plan.ladder.rules if bound.rule.id == rule)


def _line(run: Run, unit: str, bound: BoundEscalation, group: Sequence[Measure], names: Names) -> MeasureLine:
    zh, lang, rule = names.lang == "zh", names.lang, bound.rule
    kinds = listed([run.plan.pack.escalations.kinds[kind].name.of(lang) for kind in rule.raises], lang)
    sections = listed(list(dict.fromkeys(_section(run, clause) for clause in rule.clauses)), lang)
    facts = listed(list(_facts(run, rule.by, group, lang)), lang)
    why = rule.grounds.of(lang) + ("" if not facts else f"（{facts}）" if zh else f" ({facts})")
    told = [f"{kinds}：{why}" if zh else f"{kinds}: {why}", _decision(rule.decides.of(lang), group[0].deadline, lang)]
    text = ("；" if zh else "; ").join(part for part in told if part)
    text = f"建议{text}。依据{sections}" if zh else f"proposed: {text}. Clause {sections}"
    return MeasureLine(unit, names.unit(unit), kinds, text, tuple(measure.id for measure in group))


def _decision(decides: str, deadline: date | None, lang: Language) -> str:
    """2021年1月15日前由市政府教育督导委员会决定."""
    if lang == "zh":
        told = ("" if deadline is None else f"{day(deadline, 'zh')}前") + (f"由{decides}" if decides else "")
        return f"{told}决定" if told else ""
    by = "" if deadline is None else f" by {day(deadline, 'en')}"
    if decides:
        return f"for {decides} to decide{by}"
    return f"to be decided{by}" if by else ""


def _section(run: Run, clause: str) -> str:
    known = run.plan.pack.clauses.get(clause)
    return clause if known is None else known.section


def _facts(run: Run, by: str, group: Sequence[Measure], lang: Language) -> Iterator[str]:
    """安全事件5起, 目标结果8项; of several subjects their names instead."""
    tables = run.plan.ladder.tables
    if by != "unit":
        subjects = list(dict.fromkeys(measure.name for measure in group))
        label = tables[by].label.zh if lang == "zh" else ""
        more = "" if len(subjects) <= SHOWN_SUBJECTS else "等" if lang == "zh" else " …"
        count = f"{label}{amount(len(subjects), by, lang)}"
        yield (
            f"{count}：{listed(subjects[:SHOWN_SUBJECTS], lang)}{more}"
            if lang == "zh"
            else (f"{count}: {listed(subjects[:SHOWN_SUBJECTS], lang)}{more}")
        )
        return
    counted = Counter(ground.table for ground in set(group[0].grounds) if ground.table != "unit")
    for table, number in sorted(counted.items()):
        yield (
            f"{_SHORT.get(table, tables[table].label.zh)}{amount(number, table, 'zh')}"
            if lang == "zh"
            else many(number, f"{table.replace('_', ' ')}s")
        )


def headline(run: Run, lang: Language) -> str:
    """One sentence for the screen; nothing if the pack has no ladder."""
    if not run.plan.ladder.rules:
        return ""
    proposed = run.measures.proposed
    units = len({measure.unit for measure in proposed})
    if not proposed:
        return "没有需要建议的督办措施。" if lang == "zh" else "No measures to propose."
    if lang == "zh":
        return f"建议采取督办措施{len(proposed)}项，涉及{units}个单位；是否采取由决定单位定。"
    return f"{many(len(proposed), 'measures')} proposed in {many(units, 'units')}; for those named to decide."


def as_json(run: Run, lang: Language) -> Iterator[dict[str, Any]]:
    kinds = run.plan.pack.escalations.kinds
    for measure in run.measures.proposed:
        rule = bound_of(run, measure.rule).rule
        yield {
            "id": measure.id,
            "state": "proposed",
            "kind": measure.kind,
            "kind_name": kinds[measure.kind].name.of(lang),
            "rule": measure.rule,
            "title": rule.title.of(lang),
            "clause": ", ".join(rule.clauses),
            "unit": measure.unit,
            "subject": measure.subject,
            "key": measure.key,
            "name": measure.name,
            "why": rule.grounds.of(lang),
            "addressee": rule.addressee.of(lang),
            "decides": rule.decides.of(lang),
            "deadline": measure.deadline,
            "grounds": [{"table": g.table, "key": g.key, "text": g.text.of(lang)} for g in measure.grounds],
        }
