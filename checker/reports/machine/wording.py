"""Outcomes and rows of findings → the few words that the formats add to what the findings say themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from checker.errors import Language, Text
from checker.model import Deferral, Pack, Rule
from checker.reports.machine.outcomes import Outcome
from checker.words import SEVERITY

OUTCOMES: dict[Outcome, Text] = {
    "fail": Text("不达标", "fail"),
    "unknown": Text("待核", "unknown"),
    "not_due": Text("未到期", "not yet due"),
    "deferred": Text("经批准延期", "deferred"),
    "advisory": Text("仅作提示", "advice only"),
}
GONE = {"fail": Text("已解决", "fixed"), "unknown": Text("已核清", "no longer unknown")}


def severity(name: str, lang: Language) -> str:
    return Text(SEVERITY[name], name).of(lang)


def said(row: Mapping[str, Any], lang: Language) -> str:
    """阳光幼儿园：视频监控联网：不达标……"""
    name = row["name"] or row["key"]
    if not name:
        return str(row["message"])
    return f"{name}{'：' if lang == 'zh' else ': '}{row['message']}"


def gone(row: Mapping[str, Any], title: str, lang: Language) -> str:
    """阳光幼儿园：视频监控联网：已解决。"""
    told = [row["name"] or row["key"] or "", title, GONE[row["verdict_before"]].of(lang)]
    return ("：" if lang == "zh" else ": ").join(part for part in told if part) + ("。" if lang == "zh" else ".")


def approval(deferral: Deferral, lang: Language) -> str:
    """整体搬迁（市教育局批准，通教安〔2019〕31号，至2020-06-30；增派保安巡查；盯防责任人张某）"""
    until = "" if deferral.expires is None else deferral.expires.isoformat()
    zh = lang == "zh"
    parts = [
        (f"{deferral.approver}批准" if zh else f"approved by {deferral.approver}") if deferral.approver else "",
        deferral.document,
        (f"至{until}" if zh else f"until {until}") if until else "",
        deferral.interim,
        (f"盯防责任人{deferral.watched_by}" if zh else f"watched by {deferral.watched_by}")
        if deferral.watched_by
        else "",
    ]
    told = ("；" if zh else "; ").join(part for part in parts if part)
    return f"{deferral.reason}（{told}）" if zh else f"{deferral.reason} ({told})"


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
