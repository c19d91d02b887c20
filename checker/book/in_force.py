"""A plan → the short list of one day: rules, revisions, due dates, targets and values in force, for one unit or for all."""

from __future__ import annotations

from collections.abc import Callable

from checker.book import said
from checker.errors import Language, Text
from checker.plan import Obligation, Plan

# Whether an obligation on units binds this unit; None: that depends on facts of the unit that nobody has told.
Binds = Callable[[Obligation], bool | None]


def in_force(plan: Plan, lang: Language, unit: str = "", binds: Binds | None = None) -> str:
    pack, zh = plan.pack, lang == "zh"
    lines = [f"{pack.title.of(lang)}　{plan.as_of}" if zh else f"{pack.title.of(lang)}, {plan.as_of}"]
    if unit:
        mine, after = pack.units[unit], pack.units.get(pack.units[unit].successor)
        told = Text("在用", "in force") if mine.in_force(plan.as_of) else Text("已停用", "no longer in force")
        if after is not None:
            zh_next, en_next = f"，承接单位{after.name.zh}（{after.code}）", f", then {after.name.en} ({after.code})"
            told = Text(told.zh + zh_next, told.en + en_next)
        lines.append(Text(f"{mine.name.zh}（{unit}）{told.zh}", f"{mine.name.en} ({unit}) {told.en}").of(lang))
    kept = [duty for duty in plan.obligations if binds is None or duty.subject != "unit" or binds(duty) is not False]
    lines.append(f"共{len(kept)}项要求" if zh else f"{len(kept)} requirements")
    for duty in kept:
        rule = duty.rule
        head = f"{rule.id}@{duty.revision.since}  {rule.title.of(lang)}"
        facts = [
            said.severity(duty, lang),
            Text("期限：", "due: ").of(lang) + said.due(duty, pack, lang),
            said.rhythm(duty.revision.repeats, pack, lang),
            said.periods(duty.periods, lang),
            _titled(Text("目标", "target"), said.target(duty, lang), lang),
            Text("仅提示", "advice only").of(lang) if duty.revision.advisory else "",
        ]
        lines += ["", head, "    " + ("；" if zh else "; ").join(fact for fact in facts if fact)]
        lines.append("    " + Text("对象：", "for: ").of(lang) + said.subject(duty, pack, lang))
        lines += [f"    {'  ' * depth}- {words}" for depth, words in said.requirements(duty.require, lang)]
        lines += [f"    = {value}" for value in said.values(duty.assumptions, lang)]
    return "\n".join(lines) + "\n"


def _titled(title: Text, words: str, lang: Language) -> str:
    return f"{title.zh}{words}" if words and lang == "zh" else f"{title.en} {words}" if words else ""
