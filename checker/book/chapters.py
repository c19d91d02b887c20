"""A plan → a book in Markdown: every clause in its own words, beside it the rules that judge it and the values they rest on."""

from __future__ import annotations

from collections.abc import Iterator

from checker.book import said
from checker.errors import Language, Text
from checker.model import Case, Clause
from checker.plan import Obligation, Plan
from checker.words import STANDING, STATUS, VERDICT

_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "*_`[]<>|#"})


def book(plan: Plan, lang: Language) -> str:
    """Markdown. A rule that rests on several clauses stands at the first; the others point there."""
    chapters = (_head, _clauses, _measures, _values, _readings)
    return "\n".join(line for chapter in chapters for line in chapter(plan, lang)) + "\n"


def _plain(text: str) -> str:
    return text.translate(_SIGNS)


def _head(plan: Plan, lang: Language) -> Iterator[str]:
    pack = plan.pack
    rules = {duty.rule.id for duty in plan.obligations}
    yield f"# {_plain(pack.title.of(lang))}"
    yield ""
    yield Text(
        f"规则包 {pack.id} {pack.version}，{plan.as_of}有效的规则{len(rules)}条。左引号内为原文，其下为判定这一条的规则。",
        f"Pack {pack.id} {pack.version}: {len(rules)} rules in force on {plan.as_of}. In quotation marks the words of the "
        "plan, below them the rules that judge them.",
    ).of(lang)
    yield ""


def _clauses(plan: Plan, lang: Language) -> Iterator[str]:
    duties: dict[str, list[Obligation]] = {}
    for duty in plan.obligations:
        for name in duty.rule.clauses:
            duties.setdefault(name, []).append(duty)
    told: set[tuple[str, str]] = set()
    section = ""
    for clause in plan.pack.clauses.values():
        if clause.section != section:
            section = clause.section
            yield from (f"## {_plain(section)}", "")
        yield from _clause(clause, lang)
        for duty in duties.get(clause.id, []):
            here = (duty.rule.id, str(duty.revision.since))
            if here in told:
                title = _plain(duty.rule.title.of(lang))
                where = _plain(duty.rule.clauses[0])
                yield from (Text(f"- 见 {where}：{title}", f"- see {where}: {title}").of(lang), "")
                continue
            told.add(here)
            yield from _rule(plan, duty, lang)


def _clause(clause: Clause, lang: Language) -> Iterator[str]:
    words = f"“{clause.quote}”" if clause.gist is None else clause.gist.of(lang)
    standing = Text(STANDING[clause.standing], clause.standing).of(lang)
    reason = "" if clause.reason is None else Text("：", ": ").of(lang) + clause.reason.of(lang)
    yield from (f"**{_plain(clause.id)}**　{_plain(words)}", "", f"*{standing}{_plain(reason)}*", "")


def _rule(plan: Plan, duty: Obligation, lang: Language) -> Iterator[str]:
    rule, pack = duty.rule, plan.pack
    colon, stop = ("：", "；") if lang == "zh" else (": ", "; ")
    yield from (f"### {_plain(rule.title.of(lang))}", "")
    since = Text(f"自{duty.revision.since}起", f"since {duty.revision.since}").of(lang)
    yield from (f"`{rule.id}`{stop}{since}{stop}{said.severity(duty, lang)}", "")
    rows = [
        (Text("对象", "For"), said.subject(duty, pack, lang)),
        (Text("期限", "Due"), said.due(duty, pack, lang)),
        (Text("周期", "Recurs"), said.rhythm(duty.revision.repeats, pack, lang)),
        (Text("目标", "Target"), said.target(duty, lang)),
        (Text("责任单位", "Responsible"), ("、" if lang == "zh" else ", ").join([rule.lead, *rule.support])),
        (Text("整改建议", "Remedy"), rule.remedy.of(lang)),
    ]
    for title, words in rows:
        if words:
            yield f"- {title.of(lang)}{colon}{_plain(words)}"
    yield f"- {Text('要求', 'Required').of(lang)}{colon}"
    for depth, words in said.requirements(duty.require, lang):
        yield f"  {'  ' * depth}- {_plain(words)}"
    if duty.done_on is not None:
        yield f"- {Text('完成于', 'Done on').of(lang)}{colon}{_plain(duty.done_on.text.of(lang))}"
    for value in said.values(duty.assumptions, lang):
        yield f"- {Text('取值', 'Value').of(lang)}{colon}{_plain(value)}"
    for reading in pack.readings.values():
        if reading.id in rule.readings or set(reading.clauses) & set(rule.clauses):
            name = _plain(reading.title.of(lang))
            yield f"- {Text('解读', 'Reading').of(lang)} {reading.id} {name}{colon}{_plain(reading.choice.of(lang))}"
    yield ""
    yield from _cases(rule.cases, lang)


def _cases(cases: tuple[Case, ...], lang: Language) -> Iterator[str]:
    head = Text("| 样例 | 统计时点 | 应判 |", "| Case | As of | Verdict |").of(lang)
    yield from (head, "| --- | --- | --- |")
    for case in cases:
        words = Text(VERDICT.get(case.expect, case.expect).split("|")[0], case.expect.replace("_", " ")).of(lang)
        if case.status:
            status = Text(STATUS[case.status], case.status.replace("_", " "))
            words += Text(f"（{status.zh}）", f" ({status.en})").of(lang)
        when = f"{case.as_of}{' ' + case.period if case.period else ''}"
        yield f"| {_plain(case.name)} | {when} | {words} |"
    yield ""


def _measures(plan: Plan, lang: Language) -> Iterator[str]:
    """The ladder: what must be found, what must not be there, what is proposed then."""
    if not plan.ladder.rules:
        return
    yield from (f"## {Text('督办措施', 'Measures').of(lang)}", "")
    colon, kinds = Text("：", ": ").of(lang), plan.pack.escalations.kinds
    for bound in plan.ladder.rules:
        rule = bound.rule
        proposed = [kinds[kind].name.of(lang) for kind in rule.raises]
        yield from (f"### {_plain(rule.title.of(lang))}", "")
        yield f"`{rule.id}`{Text('；依据', '; ').of(lang)}{_plain(', '.join(rule.clauses))}"
        yield ""
        for heading, facts in ((Text("有", "Found"), bound.match), (Text("除非有", "Unless"), bound.unless)):
            for fact in facts:
                yield f"- {heading.of(lang)}{colon}{_plain(fact.said(plan.ladder.tables[fact.table].label).of(lang))}"
        rows = [
            (Text("建议", "Proposed"), Text("、", ", ").of(lang).join(proposed)),
            (Text("理由", "Why"), rule.grounds.of(lang)),
            (Text("责任对象", "Addressee"), rule.addressee.of(lang)),
            (Text("决定单位", "Decides"), rule.decides.of(lang)),
        ]
        yield from (f"- {heading.of(lang)}{colon}{_plain(words)}" for heading, words in rows if words)
        for value in said.values(bound.assumptions, lang):
            yield f"- {Text('取值', 'Value').of(lang)}{colon}{_plain(value)}"
        yield ""


def _values(plan: Plan, lang: Language) -> Iterator[str]:
    pack = plan.pack
    yield from (f"## {Text('取值和出处', 'Values and their sources').of(lang)}", "")
    for parameter in (*pack.parameters.values(), *pack.scales.values()):
        yield f"- **{_plain(parameter.name.of(lang))}**"
        for value in parameter.values:
            source = Text(value.source.zh, value.source.en).of(lang)
            yield f"  - {_plain(source)} {_plain(said.in_words(parameter, value, lang))}"
    yield ""


def _readings(plan: Plan, lang: Language) -> Iterator[str]:
    if not plan.pack.readings:
        return
    yield from (f"## {Text('疑义和解读', 'Doubts and readings').of(lang)}", "")
    for reading in plan.pack.readings.values():
        yield from (f"### {reading.id} {_plain(reading.title.of(lang))}", "", _plain(reading.question.of(lang)), "")
        yield from (f"- {_plain(option.of(lang))}" for option in reading.options)
        yield from ("", f"**{Text('采用', 'Chosen').of(lang)}** {_plain(reading.choice.of(lang))}", "")
