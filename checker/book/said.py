"""One obligation → its parts in words: whom it binds, what must be so, by when, on which values it rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.errors import Language, Text
from checker.expr import Const
from checker.model import Pack, Parameter, ParameterValue, Period, Repeats
from checker.plan import Assumption, Condition, Item, Obligation
from checker.render import render
from checker.words import CONFIRMATION, EACH, SEVERITY

_GROUPS = {
    "all_of": Text("同时满足：", "all of:"),
    "any_of": Text("满足其一：", "any of:"),
    "none_of": Text("均不满足：", "none of:"),
}


def severity(obligation: Obligation, lang: Language) -> str:
    return Text(SEVERITY[obligation.rule.severity], obligation.rule.severity).of(lang)


def subject(obligation: Obligation, pack: Pack, lang: Language) -> str:
    table = pack.tables[obligation.subject].label.of(lang)
    if obligation.applies is None:
        return table
    return Text(f"{table}：{obligation.applies.text.zh}", f"{table}: {obligation.applies.text.en}").of(lang)


def requirements(condition: Condition, lang: Language, depth: int = 0) -> Iterator[tuple[int, str]]:
    """Depth and words of every condition and of every group around conditions; a single list of conditions needs no head."""
    if isinstance(condition, Item):
        yield depth, condition.text.of(lang)
        return
    if condition.op == "when":
        if_part, then = condition.children
        yield depth, Text("如：", "when:").of(lang)
        yield from requirements(if_part, lang, depth + 1)
        yield depth, Text("则：", "then:").of(lang)
        yield from requirements(then, lang, depth + 1)
        return
    inner = depth
    if condition.op == "at_least":
        yield depth, Text(f"至少满足{condition.count}项：", f"at least {condition.count} of:").of(lang)
        inner = depth + 1
    elif condition.op != "all_of" or depth:
        yield depth, _GROUPS[condition.op].of(lang)
        inner = depth + 1
    for child in condition.children:
        yield from requirements(child, lang, inner)


def due(obligation: Obligation, pack: Pack, lang: Language) -> str:
    if obligation.due is None:
        return Text("随时都应达标", "at any time").of(lang)
    if isinstance(obligation.due, Const) and obligation.due.value is None:
        return Text("期限未定", "not set").of(lang)
    return render(obligation.due, pack, lang)


def rhythm(repeats: Repeats | None, pack: Pack, lang: Language) -> str:
    if repeats is None:
        return ""
    if repeats.each is None:
        calendar = pack.calendars.get(repeats.calendar)
        name = calendar.name if calendar else Text(repeats.calendar, repeats.calendar)
        return Text(f"按“{name.zh}”各期", f"for every period of “{name.en}”").of(lang)
    each = EACH[repeats.each].split("|")[0]
    span = [str(day) for day in (repeats.first, repeats.until) if day]
    return Text(f"每{each}（{'至'.join(span)}）", f"every {repeats.each} ({' to '.join(span)})").of(lang)


def target(obligation: Obligation, lang: Language) -> str:
    if obligation.revision.target is None:
        return ""
    rate = f"{float(obligation.revision.target.rate * 100):g}%"
    return Text(f"{rate}（按单位）", f"{rate} (of every unit)").of(lang)


def values(assumptions: Iterable[Assumption], lang: Language) -> Iterator[str]:
    """The dated values of that day, with their source and whether anybody has confirmed them."""
    for value in assumptions:
        shown = f"＝{value.value.zh}" if value.value.zh else ""
        state = CONFIRMATION[value.confirmation]
        yield Text(
            f"{value.label.zh}{shown}（{value.source.zh}；{state}）",
            f"{value.label.en}{' = ' + value.value.en if value.value.en else ''} ({value.source.en}; {value.confirmation})",
        ).of(lang)


def in_words(parameter: Parameter, value: ParameterValue, lang: Language) -> str:
    """Number, article and validity of one dated value."""
    places = [part for part in (value.doc_no, value.article) if part]
    until = Text(f"至{value.until}", f" to {value.until}").of(lang) if value.until else Text("起", " on").of(lang)
    return f"{'，'.join(places) if lang == 'zh' else ', '.join(places)} ({value.since}{until})"


def periods(found: tuple[Period, ...] | None, lang: Language) -> str:
    if found is None:
        return ""
    if not found:
        return Text("还没有开始的期次", "no period has begun").of(lang)
    if len(found) == 1:
        return found[0].name
    first, last = found[0].name, found[-1].name
    return Text(f"{first}至{last}，共{len(found)}期", f"{first} to {last}, {len(found)} periods").of(lang)
