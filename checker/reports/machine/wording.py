"""Outcomes and rows of findings → the few words that the formats add to what the findings say themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from checker.errors import Language, Text
from checker.model import Pack, Rule
from checker.reports.machine.outcomes import Outcome
from checker.words import SEVERITY

OUTCOMES: dict[Outcome, Text] = {
    "fail": Text("不达标", "fail"),
    "unknown": Text("待核", "unknown"),
    "not_due": Text("未到期", "not yet due"),
    "deferred": Text("经批准延期", "deferred"),
    "advisory": Text("仅作提示", "advice only"),
    "fixed": Text("已整改", "fixed"),
}
CHANGES = {
    "new": Text("新增", "new"),
    "persisting": Text("持续", "persisting"),
    "fixed": Text("已整改", "fixed"),
    "reopened": Text("反复", "reopened"),
}


def severity(name: str, lang: Language) -> str:
    return Text(SEVERITY[name], name).of(lang)


def said(row: Mapping[str, Any], lang: Language) -> str:
    """阳光幼儿园：视频监控联网：不达标……"""
    name = row["name"] or row["key"]
    if not name:
        return str(row["message"])
    return f"{name}{'：' if lang == 'zh' else ': '}{row['message']}"


def quotes(pack: Pack, rule: Rule) -> str:
    """The words of the plan on which the rule rests; a clause without a quote has a gist or stands for itself."""
    told: Sequence[str] = [pack.clauses[c].quote for c in rule.clauses if c in pack.clauses and pack.clauses[c].quote]
    return "……".join(told)


def help_lines(pack: Pack, rule: Rule, lang: Language) -> list[tuple[str, str]]:
    """(heading, text): what to do, on which words it rests, who answers for it."""
    clauses = [pack.clauses[clause] for clause in rule.clauses if clause in pack.clauses]
    sections = ("、" if lang == "zh" else ", ").join(dict.fromkeys(clause.section for clause in clauses))
    offices = ("、" if lang == "zh" else ", ").join([rule.lead, *rule.support])
    lines = [
        (Text("整改建议", "What to do"), rule.remedy.of(lang)),
        (Text("依据", "Clause"), f"{sections} {quotes(pack, rule)}".strip()),
        (Text("责任单位", "Responsible"), offices),
    ]
    return [(heading.of(lang), text) for heading, text in lines if text]
