"""A pack → its clauses beside their rules: how much of the text is judged, by which rule, and what is not and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checker.errors import Language, Text
from checker.model import Clause, Pack, Rule
from checker.reports.sentences import listed
from checker.words import STANDING


def rules_of(pack: Pack) -> dict[str, list[Rule]]:
    """Clause → its rules that are in force at some time, in the order of their ids."""
    found: dict[str, list[Rule]] = {clause: [] for clause in pack.clauses}
    for rule in pack.rules:
        for clause in rule.clauses:
            found.setdefault(clause, []).append(rule)
    return found


def unjudged(pack: Pack) -> list[Clause]:
    """Clauses that should be judged and that no rule judges."""
    rules = rules_of(pack)
    return [clause for clause in pack.clauses.values() if clause.standing != "narrative" and not rules[clause.id]]


def unexplained(pack: Pack) -> list[Clause]:
    """Clauses that are not judged, without a word why."""
    return [clause for clause in pack.clauses.values() if clause.standing == "narrative" and clause.reason is None]


def text(pack: Pack, only: Sequence[str], lang: Language) -> str:
    rules = rules_of(pack)
    chosen = [clause for clause in pack.clauses.values() if not only or clause.id in only or clause.section in only]
    lines = (
        [line for clause in chosen for line in _clause(clause, rules[clause.id], lang)]
        if only
        else _sections(pack, rules, lang)
    )
    lacking = [clause for clause in unjudged(pack) if not only or clause in chosen]
    if lacking and not only:
        head = Text("应当判定而没有规则的条款：", "Clauses that should be judged and have no rule:")
        lines += [head.of(lang), *(f"    {clause.id}  {_words(clause, lang)}" for clause in lacking)]
    silent = [] if only else unexplained(pack)
    if silent:
        head = Text("不作判定而没有写明原因的条款：", "Clauses that are not judged, without a reason:")
        lines += [head.of(lang), *(f"    {clause.id}  {_words(clause, lang)}" for clause in silent)]
    return "\n".join([*lines, _sum(pack, rules).of(lang)])


def rows(pack: Pack, only: Sequence[str], lang: Language) -> list[dict[str, object]]:
    rules = rules_of(pack)
    return [
        {
            "id": clause.id,
            "section": clause.section,
            "standing": clause.standing,
            "quote": clause.quote or None,
            "gist": clause.gist.of(lang) if clause.gist else None,
            "start": clause.start if clause.quote else None,
            "end": clause.end if clause.quote else None,
            "hash": clause.hash or None,
            "reason": clause.reason.of(lang) if clause.reason else None,
            "rules": [rule.id for rule in rules[clause.id]],
        }
        for clause in pack.clauses.values()
        if not only or clause.id in only or clause.section in only
    ]


def _sections(pack: Pack, rules: Mapping[str, Sequence[Rule]], lang: Language) -> list[str]:
    sections: dict[str, list[Clause]] = {}
    for clause in pack.clauses.values():
        sections.setdefault(clause.section, []).append(clause)
    lines = []
    for section, clauses in sections.items():
        judged = [clause for clause in clauses if clause.standing != "narrative"]
        covered = [clause for clause in judged if rules[clause.id]]
        mine = {rule.id for clause in clauses for rule in rules[clause.id]}
        mark = "✓" if len(covered) == len(judged) else "✗"
        lines.append(
            Text(
                f"{mark} {section}：{len(clauses)}条，应判定{len(judged)}条、已有规则{len(covered)}条（规则{len(mine)}条）",
                f"{mark} {section}: {len(clauses)} clauses, {len(judged)} to be judged, {len(covered)} have rules ({len(mine)})",
            ).of(lang)
        )
    return lines


def _clause(clause: Clause, rules: Sequence[Rule], lang: Language) -> list[str]:
    standing = Text(STANDING[clause.standing], clause.standing).of(lang)
    lines = [f"{clause.id}  {clause.section}  {_words(clause, lang)}", f"    {standing}"]
    if clause.reason is not None:
        lines[-1] += f"{Text('：', ': ').of(lang)}{clause.reason.of(lang)}"
    lines += [f"    {rule.id}  {rule.title.of(lang)}" for rule in rules]
    if clause.standing != "narrative" and not rules:
        lines.append(Text("    ✗ 没有规则", "    ✗ no rule").of(lang))
    return lines


def _words(clause: Clause, lang: Language) -> str:
    return f"“{clause.quote}”" if clause.gist is None else clause.gist.of(lang)


def _sum(pack: Pack, rules: Mapping[str, Sequence[Rule]]) -> Text:
    clauses = list(pack.clauses.values())
    lacking = len(unjudged(pack))
    by_standing = {name: sum(clause.standing == name for clause in clauses) for name in STANDING}
    used = {rule.id for clause in clauses for rule in rules[clause.id]}
    zh_parts = [f"{STANDING[name]}{n}条" for name, n in by_standing.items() if n]
    en_parts = [f"{n} {name}" for name, n in by_standing.items() if n]
    zh = f"条款{len(clauses)}条：{'，'.join(zh_parts)}；依据它们的规则{len(used)}条"
    en = f"{len(clauses)} clauses: {listed(en_parts, 'en')}; {len(used)} rules rest on them"
    if lacking:
        return Text(f"{zh}；{lacking}条应判定而没有规则。", f"{en}; {lacking} should be judged and have no rule.")
    return Text(f"{zh}；应判定的条款都有规则。", f"{en}; every clause to be judged has a rule.")
