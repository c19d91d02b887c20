"""A proposed measure → its chain: from which facts and measures it follows, by which rule, on which words of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.errors import Language, Text
from checker.measures import MEASURE, BoundEscalation, BoundFact, Measure
from checker.plan import Run

SHOWN_FACTS = 20
_HEADINGS = {
    "why": Text("理由", "why"),
    "match": Text("情形", "found"),
    "unless": Text("除非有", "unless"),
    "clause": Text("条款", "clause"),
    "reading": Text("解读", "reading"),
    "assumed": Text("采用", "rests on"),
    "to": Text("责任对象", "addressee"),
    "decides": Text("决定单位", "decides"),
    "deadline": Text("限期", "deadline"),
    "facts": Text("依据的事实", "facts"),
    "decision": Text("决定", "decision"),
}
_BOX = Text(
    "□同意　□不同意　理由＿＿＿＿＿＿　决定人＿＿＿＿　日期＿＿＿＿",
    "[ ] agreed  [ ] not agreed  reason ______  decided by ______  date ______",
)


def named(run: Run, what: str) -> list[Measure] | None:
    """The measure of that id; else those of a rule or a kind called so. None: something else is meant."""
    proposed = run.measures.proposed
    exact = [measure for measure in proposed if measure.id.lower() == what.lower()]
    rules = {bound.rule.id for bound in run.plan.ladder.rules if what in (bound.rule.id, *bound.rule.title)}
    kinds = {kind.id for kind in run.plan.pack.escalations.kinds.values() if what in (kind.id, *kind.name)}
    if not exact and not rules and not kinds:
        return None
    return exact or [measure for measure in proposed if measure.rule in rules or measure.kind in kinds]


def explain(run: Run, found: list[Measure], folder: str, lang: Language) -> str:
    """The whole chain of one; of several what they are and how to ask for one."""
    if len(found) == 1:
        return "\n".join(_screen(run, found[0], lang)) + "\n"
    if not found:
        return "这次运行没有提出这样的建议。\n" if lang == "zh" else "Nothing of that kind is proposed in this run.\n"
    lines = [f"有{len(found)}项，请选一项：" if lang == "zh" else f"{len(found)} match; choose one:"]
    lines += [f"  {_head(run, measure, lang)}" for measure in found]
    lines.append(f"{'例如：' if lang == 'zh' else 'as: '}checker explain {folder} {found[0].id}")
    return "\n".join(lines) + "\n"


def _head(run: Run, measure: Measure, lang: Language) -> str:
    known = run.plan.pack.units.get(measure.unit)
    unit = measure.unit if known is None else known.name.of(lang)
    about = [] if measure.subject == "unit" else [measure.name]
    kind = run.plan.pack.escalations.kinds[measure.kind].name
    proposed = f"建议{kind.zh}" if lang == "zh" else f"proposed: {kind.en}"
    return ("　" if lang == "zh" else "  ").join([measure.id, unit, *about, proposed])


def _screen(run: Run, measure: Measure, lang: Language) -> Iterator[str]:
    bound = next(each for each in run.plan.ladder.rules if each.rule.id == measure.rule)
    yield _head(run, measure, lang)
    for name, lines in _sections(run, bound, measure, lang):
        heading = _HEADINGS[name].of(lang)
        for at, line in enumerate(lines):
            yield f"    {line}" if at else f"  {heading}{'　' if lang == 'zh' else '  '}{line}"
    yield f"  {_HEADINGS['facts'].of(lang)}"
    yield from _chain(run, measure, lang, "    ", frozenset({measure.id}))
    yield f"  {_HEADINGS['decision'].of(lang)}{'　' if lang == 'zh' else '  '}{_BOX.of(lang)}"


def _sections(run: Run, bound: BoundEscalation, measure: Measure, lang: Language) -> Iterator[tuple[str, list[str]]]:
    rule, pack = bound.rule, run.plan.pack
    yield "why", [rule.grounds.of(lang)]
    yield "match", _facts(run, bound.match, lang)
    yield "unless", _facts(run, bound.unless, lang)
    clauses = [pack.clauses[clause] for clause in rule.clauses if clause in pack.clauses]
    yield "clause", [f"{clause.section}：{clause.quote}" for clause in clauses]
    readings = [pack.readings[name] for name in rule.readings if name in pack.readings]
    yield "reading", [f"{reading.id} {reading.title.of(lang)}：{reading.choice.of(lang)}" for reading in readings]
    yield (
        "assumed",
        [f"{a.label.of(lang)} = {a.value.of(lang)}{_confirmed(a.confirmation, lang)}" for a in bound.assumptions],
    )
    yield "to", [rule.addressee.of(lang)] if rule.addressee.zh else []
    yield "decides", [rule.decides.of(lang)] if rule.decides.zh else []
    yield "deadline", [] if measure.deadline is None else [measure.deadline.isoformat()]


def _confirmed(confirmation: str, lang: Language) -> str:
    told = {"default": Text("（暂定，待核实）", " (default)"), "unconfirmed": Text("（未核实）", " (unconfirmed)")}
    return told[confirmation].of(lang) if confirmation in told else ""


def _facts(run: Run, facts: Iterable[BoundFact], lang: Language) -> list[str]:
    return [fact.said(run.plan.ladder.tables[fact.table].label).of(lang) for fact in facts]


def _chain(run: Run, measure: Measure, lang: Language, indent: str, seen: frozenset[str]) -> Iterator[str]:
    """Facts, and under a measure that it follows from, that one's facts; what stands above already is not told again."""
    by_id = {each.id: each for each in run.measures.proposed}
    for ground in measure.grounds[:SHOWN_FACTS]:
        yield f"{indent}· {ground.text.of(lang)}"
        above = by_id.get(ground.key) if ground.table == MEASURE else None
        if above is not None and above.id not in seen:
            title = next(each.rule.title for each in run.plan.ladder.rules if each.rule.id == above.rule)
            yield f"{indent}    {'依据规则' if lang == 'zh' else 'by the rule'} {title.of(lang)}"
            yield from _chain(run, above, lang, indent + "    ", seen | {above.id})
    more = len(measure.grounds) - SHOWN_FACTS
    if more > 0:
        yield f"{indent}另有{more}项" if lang == "zh" else f"{indent}{more} more"
