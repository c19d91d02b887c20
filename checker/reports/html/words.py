"""The language → the words that the page's script needs; everything else on the page is written out before."""

from __future__ import annotations

from collections.abc import Mapping

from checker.errors import Language, Text

_WORDS = {
    "found": Text("共{n}项", "{n} findings"),
    "none": Text("没有符合条件的问题。", "No finding matches."),
    "page": Text("第{a}—{b}项", "{a}–{b}"),
    "before": Text("上一页", "Previous"),
    "after": Text("下一页", "Next"),
    "do": Text("请这样办", "What to do"),
    "why": Text("为什么", "Why"),
    "required": Text("应达到", "Required"),
    "clause": Text("依据", "Clause"),
    "source": Text("数据出处", "Where it was reported"),
    "offices": Text("责任单位", "Responsible"),
    "due": Text("期限", "Due"),
    "severity": Text("重要程度", "Severity"),
    "disagree": Text("如有不符", "If this is wrong"),
    "answer": Text(
        "请更正报送表中上述位置的内容，或凭问题编号向报送单位反映；更正后重新判定。",
        "Correct the cell named above, or tell the reporting office the number; it is then judged again.",
    ),
    "not_reported": Text("未找到所报记录", "no record was found"),
    "school": Text("只看{name}", "Only {name}"),
    "all": Text("查看全部", "Show all"),
    "school_head": Text(
        "{name}（{unit}）：适用{a}项，达标{p}项，需整改{f}项，需补充数据{d}项",
        "{name} ({unit}): {a} apply, {p} met, {f} to put right, {d} to complete",
    ),
    "later": Text("，未到期{n}项", ", {n} not yet due"),
    "allowed": Text("，经批准延期{n}项", ", {n} deferred"),
    "quote": Text("“{q}”", "“{q}”"),
}


def script_words(lang: Language) -> Mapping[str, str]:
    return {name: word.of(lang) for name, word in _WORDS.items()}
