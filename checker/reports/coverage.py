"""What cases leave untried → lines for people, rows for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from checker.errors import Language, Text
from checker.expr import Const, Expr
from checker.model import Pack
from checker.render import render
from checker.words import STATUS, VERDICT

if TYPE_CHECKING:
    from checker.cases.coverage import Coverage
    from checker.mutants import Change

PARTS = {
    "applies": Text("适用", "applies"),
    "due": Text("期限", "due"),
    "done_on": Text("完成于", "done_on"),
    "all_of": Text("同时满足", "all_of"),
    "any_of": Text("满足其一", "any_of"),
    "none_of": Text("均不满足", "none_of"),
    "when": Text("如", "when"),
}


Mark = Callable[[str, "Change"], str]


def text(
    pack: Pack, measured: Sequence[Coverage], mark: Mark, lang: Language, proposed: Mapping[str, Sequence[str]]
) -> str:
    lines: list[str] = []
    for each in measured:
        if not each.missing and not each.survivors:
            continue
        lines.append(f"{each.span.path}:{each.span.line}  {each.name}")
        if each.missing:
            words = [_verdict(name).of(lang) for name in each.missing]
            lines.append("    " + Text(f"没有样例：{'、'.join(words)}", f"no case: {', '.join(words)}").of(lang))
        for change in each.survivors:
            lines.append(f"    [{mark(each.name, change)}] {_change(pack, change).of(lang)}")
        if each.name in proposed:
            zh = "    可补的样例（应判是否符合条文，请逐条核对）："
            lines.append(Text(zh, "    cases that would (see whether each verdict is what the clause means):").of(lang))
            lines += [f"      {line}" for line in proposed[each.name]]
    return "\n".join([*lines, _sum(measured).of(lang)])


def rows(pack: Pack, measured: Sequence[Coverage], mark: Mark, lang: Language) -> list[dict[str, object]]:
    return [
        {
            "name": each.name,
            "missing": list(each.missing),
            "mutants": each.mutants,
            "survivors": [
                {"mark": mark(each.name, change), "change": _change(pack, change).of(lang)} for change in each.survivors
            ],
            "tolerated": len(each.tolerated),
        }
        for each in measured
    ]


def _verdict(name: str) -> Text:
    return Text((VERDICT | STATUS)[name].split("|")[0], name.replace("_", " "))


def _change(pack: Pack, change: Change) -> Text:
    """One change of a rule that none of its cases notices."""
    part = PARTS.get(change.part)
    if part is None:
        part = (
            Text(f"要求第{change.part}项", f"condition {change.part}")
            if change.part.isdigit()
            else Text(*[change.part] * 2)
        )
    if change.after is None:
        if change.before is None:
            return Text(
                f"{part.zh}：换一种合并方式，样例分辨不出", f"{part.en}: combined in another way, no case notices"
            )
        zh, en = (_shown(change.before, pack, lang) for lang in ("zh", "en"))
        return Text(f"{part.zh}：删去“{zh}”，样例分辨不出", f"{part.en}: without “{en}” no case notices")
    pairs = [(_shown(change.before, pack, lang), _shown(change.after, pack, lang, plain=True)) for lang in ("zh", "en")]
    (zh, zh_after), (en, en_after) = pairs
    return Text(
        f"{part.zh}：“{zh}”改为“{zh_after}”，样例分辨不出", f"{part.en}: “{en}” made “{en_after}”, no case notices"
    )


def _shown(expr: Expr | None, pack: Pack, lang: Language, plain: bool = False) -> str:
    if isinstance(expr, Const) and expr.origin and plain:
        expr = replace(expr, origin="")
    return "" if expr is None else render(expr, pack, lang)


def _sum(measured: Sequence[Coverage]) -> Text:
    mutants = sum(each.mutants for each in measured)
    survived, told = sum(len(each.survivors) for each in measured), sum(len(each.tolerated) for each in measured)
    lacking = sum(bool(each.missing) for each in measured)
    noticed = mutants - survived - told
    rate = f"{noticed / mutants * 100:.1f}%" if mutants else "100%"
    zh = f"规则改动{mutants}处，样例分辨出{noticed}处（{rate}）"
    en = f"{mutants} changes of the rules, {noticed} noticed by cases ({rate})"
    if told:
        zh, en = f"{zh}，{told}处写明理由", f"{en}, {told} with a written reason"
    if survived:
        zh, en = f"{zh}，{survived}处分辨不出", f"{en}, {survived} unnoticed"
    if lacking:
        zh, en = f"{zh}；{lacking}条规则缺少某种判定的样例", f"{en}; {lacking} rules lack a case of some verdict"
    return Text(f"{zh}。", f"{en}.")
