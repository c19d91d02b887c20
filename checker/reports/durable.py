"""What durable-rules judges of a plan, or judged of a run → lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from checker.errors import Language, Text
from checker.plan import Item, Plan, Share
from checker.reports.figures import many

if TYPE_CHECKING:
    from checker.engines.rete.questions import Coverage


def share_line(share: Share, lang: Language) -> str:
    """After a run: how much of it is durable-rules'."""
    zh = (
        f"durable-rules：{share.duties}项要求中，{share.wholly}项由它判定，{share.partly}项由它判定一部分条件；"
        f"{share.verdicts}个判定中，{share.decided}个完全由它作出，其余由参考引擎补足。"
    )
    en = (
        f"durable-rules: of {many(share.duties, 'requirements')} it judges {share.wholly} wholly and {share.partly} in part; "
        f"of {many(share.verdicts, 'verdicts')} {share.decided:,} are its own, the reference completes the others."
    )
    return Text(zh, en).of(lang)


def coverage_text(plan: Plan, covered: Sequence[Coverage], lang: Language) -> str:
    """Requirement by requirement, with the conditions that are left to the reference and why."""
    items = sum(len(each.items) for each in covered)
    own, wholly = sum(each.covered for each in covered), sum(each.wholly for each in covered)
    partly = sum(each.covered > 0 for each in covered) - wholly
    none = len(covered) - wholly - partly
    title, day = plan.pack.title.of(lang), plan.as_of
    head = Text(
        f"{title}　{day}　由 durable-rules 判定的\n"
        f"共{len(covered)}项要求：全部条件的{wholly}项，部分条件的{partly}项，没有的{none}项；{items}个条件中{own}个。",
        f"{title}, {day}: what durable-rules judges\n"
        f"{many(len(covered), 'requirements')}: {wholly} wholly, {partly} in part, {none} not at all; {own} of "
        f"{many(items, 'conditions')}.",
    )
    return "\n".join([head.of(lang), *(line for each in covered for line in _lines(each, lang))])


def _lines(covered: Coverage, lang: Language) -> Iterator[str]:
    duty, of = covered.obligation, f"{covered.covered}/{len(covered.items)}"
    state = Text("全部", "wholly")
    if not covered.wholly:
        state = Text(f"部分（{of}）", f"in part ({of})") if covered.covered else Text("无", "not at all")
    yield f"{duty.rule.id}@{duty.revision.since}  {duty.rule.title.of(lang)}  {state.of(lang)}"
    for item, why in covered.items:
        if why is not None:
            yield f"    - {_named(item).of(lang)}{Text('：', ': ').of(lang)}{why.of(lang)}"


def _named(item: Item) -> Text:
    match item.name:
        case "applies":
            return Text(f"适用（{item.text.zh}）", f"applies ({item.text.en})")
        case "done_on":
            return Text(f"完成于（{item.text.zh}）", f"done on ({item.text.en})")
    return item.text
