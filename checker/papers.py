"""The papers of a pack, and the words that stand between {{ and }} in their templates → what each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from checker.errors import NOWHERE, Span, Text
from checker.model import Expression, Pack


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of two numbers."""

    part: str
    of: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper. `each`: the table for whose records one is written; "" for one of all. `measure`: the
    kind of measure that it announces. `template`: path of the file."""

    id: str
    name: Text
    template: str
    aliases: tuple[str, ...] = ()
    each: str = ""
    measure: str = ""
    numbers: Mapping[str, Expression] = field(default_factory=dict)
    rates: Mapping[str, Rate] = field(default_factory=dict)
    span: Span = NOWHERE

    @property
    def names(self) -> tuple[str, ...]:
        return (self.id, *self.name, *self.aliases)


# --- placeholders --------------------------------------------------------------------------------

DRAFT = "拟稿标识"
DRAFT_TEXT = "拟稿，未经审签"
TOTAL, UNITS = "合计", "单位情况"
# What may be told apart only by the position of a line within its list.
NUMBER, ORDINAL = "序号", "序次"

VALUES: dict[str, str] = {
    DRAFT: "“拟稿，未经审签”；每份模板都要有，签发时由经办人删去",
    "方案名称": "方案的名称，不带书名号",
    "方案全称": "方案原文的标题，带书名号",
    "文本状态": "方案文本：初稿、已印发、已结束",
    "统计时点": "如 2020年1月15日",
    "收数截止": "如 2020年1月12日；没有限定的写“不限”",
    "年份": "统计时点的年份",
    "本周": "截至统计时点的七天，如 1月13日—1月19日",
    "范围": "只看一个单位时是它的名称，否则为“全市”一类的总称（方案单位表中不考核的那一级）",
    "规则版本": "规则包的编号和版本",
    "规则摘要": "规则包的摘要值，供核对",
    "数据摘要": "所用各数据文件的摘要值合起来的摘要，供核对",
    "总体情况": "总览第一句：多少单位通过、未通过，最大的差距",
    "报送汇总": "最近一期各项报送：应报、已报、迟报、未报的单位",
    "问题数": "逾期或应达标而未达标的问题数",
    "关键问题数": "其中重要程度为关键的",
    "问题学校数": "有问题的学校数",
    "待核数": "所报数据不足以判定的事项数",
    "延期数": "经批准延期的事项数",
    "新增数": "与上次相比新增的问题数",
    "已解决数": "与上次相比已解决的问题数",
    "上次统计时点": "所比较的那一次的统计时点；没有比较的空着",
    "数据疑问数": "数据疑问条数",
}

_FINDING: dict[str, str] = {
    NUMBER: "每个单位从1起",
    "编号": "问题编号，如 QD-0107，各种文书通用",
    "单位": "县（市、区）或其他报送单位",
    "领域": "按方案章节归入的领域",
    "学校": "所属学校名称；对单位的要求，写单位名称",
    "学校标识码": "所属学校的标识码",
    "对象": "出问题的记录：学校、车牌号、隐患编号等",
    "要求": "规则的名称",
    "存在问题": "一句话：哪一项、怎样、期限、所报情况",
    "情况": "所报情况",
    "应达到": "规则的要求",
    "条款": "方案的章节号，如 五（四）",
    "引文": "条款原文",
    "依据": "如 方案五（四）；另有法规依据的并列",
    "数据来源": "哪个文件、哪张表、哪一格",
    "重要程度": "关键、重要、一般、提示",
    "牵头单位": "责任单位（牵头）",
    "会同单位": "会同的单位",
    "整改建议": "规则中的整改建议",
    "规定期限": "规则的期限；没有期限的空着",
    "逾期天数": "已逾期的天数",
    "变化": "新增、仍未解决、反弹",
}
_GROUPED: dict[str, str] = {
    NUMBER: "从1起",
    ORDINAL: "一、二、三……",
    "领域": "领域名称",
    "要求": "规则的名称",
    "情况": "一条的写明情况，几条的写明涉及哪些对象",
    "条款": "方案的章节号",
    "引文": "条款原文",
    "依据": "如 方案五（四）；另有法规依据的并列",
    "整改建议": "规则中的整改建议",
    "规定期限": "规则的期限",
    "牵头单位": "责任单位（牵头）",
    "编号": "问题编号，几条的并列",
    "问题数": "几条",
    "学校数": "涉及几所学校",
    "单位数": "涉及几个单位",
}
_TARGET: dict[str, str] = {
    NUMBER: "从1起",
    "单位": "单位名称",
    "要求": "规则的名称",
    "期次": "周期性要求的期次",
    "目标": "目标比例",
    "期限": "规则的期限",
    "计量单位": "所、辆、处等",
    "应达标": "应达标数",
    "达标": "达标数",
    "不达标": "不达标数",
    "待核": "待核数",
    "未报": "未报数",
    "延期": "经批准延期数",
    "达标率": "应达标不足10个的不写比率",
    "结论": "已完成、未完成、待定、未到期、无适用对象",
    "差额": "还差多少",
    "上次达标": "上次的达标数；没有比较的空着",
    "上次达标率": "上次的达标率；没有比较的空着",
    "变化": "达标数的增减；没有比较的空着",
}
LISTS: dict[str, dict[str, str]] = {
    "问题": _FINDING,
    "关键问题": _FINDING,
    "待核": _FINDING,
    "未到期": _FINDING,
    "延期": _FINDING,
    "已解决": {name: _FINDING[name] for name in (NUMBER, "编号", "单位", "对象", "要求", "变化")},
    "事项": _GROUPED,
    "关键事项": {**_GROUPED, "单位": "单位名称", "学校": "所属学校名称；对单位的要求，写单位名称"},
    "领域": _GROUPED,
    "目标": _TARGET,
    "目标合计": _TARGET,
    "督办建议": {
        NUMBER: "从1起",
        "编号": "措施编号",
        "单位": "单位名称",
        "措施": "通报、责令整改、约谈、挂牌督办等",
        "情形": "督办规则的名称",
        "事由": "为什么建议",
        "事实": "所据的事实，逐一列出",
        "条款": "方案的章节号",
        "引文": "条款原文",
        "依据": "如 方案五（四）；另有法规依据的并列",
        "责任对象": "对谁",
        "决定单位": "由谁决定",
        "限期": "最迟何时决定",
    },
    "指标": {
        NUMBER: "从1起",
        "指标": "figures.yaml 中统计指标的名称",
        "口径": "其中的一栏，如 自报整改率、验收整改率",
        "数值": "各单位合起来的数或比率",
        "明细": "比率由哪两个数得来",
        "上次": "上次的数或比率；没有比较的空着",
        "条款": "方案的章节号",
        "节点": "与时间节点相比的情况",
    },
    "报送统计": {
        NUMBER: "从1起",
        "单位": "单位名称",
        "要求": "报送要求的名称",
        "应报": "已到期的期数",
        "按时": "按时报送期数",
        "迟报": "迟报期数",
        "缺报": "缺报期数",
        "待核": "待核期数",
    },
    UNITS: {
        NUMBER: "从1起",
        "单位": "单位名称",
        "关口": "通过、未通过、待定",
        "关口说明": "一句话说明",
        "问题数": "问题数",
        "关键问题数": "其中关键的",
        "逾期数": "其中已逾期的",
        "待核数": "待核事项数",
        "问题学校数": "有问题的学校数",
    },
}
# Beside the fields of its table, and those of the records it belongs to as 学校.学校名称.
RECORD: dict[str, str] = {
    NUMBER: "每个单位从1起",
    "单位": "所属单位",
    "核对提示": "就这条记录判定的问题，带问题编号",
}

_BRACES = re.compile(r"\{\{([^{}]*)\}\}")
_CONDITION = re.compile(r"(如有|如无)\s+(.+)")


@dataclass(frozen=True, slots=True)
class Mark:
    """{{统计时点}} is a value, {{问题.编号}} belongs to a group; {{如有 待核}} keeps a line only if there is such, and prints nothing."""

    text: str
    group: str
    name: str
    when: Literal["", "如有", "如无"] = ""


def marks(text: str) -> Iterator[Mark]:
    for found in _BRACES.finditer(text):
        yield mark(found)


def mark(found: re.Match[str]) -> Mark:
    inner = found[1].strip()
    if (condition := _CONDITION.fullmatch(inner)) is not None:
        return Mark(found[0], condition[2].strip(), "", "如有" if condition[1] == "如有" else "如无")
    group, dot, name = inner.partition(".")
    return Mark(found[0], group.strip(), name.strip()) if dot else Mark(found[0], "", inner)


def replaced(text: str, value_of: Mapping[str, str]) -> str:
    """`value_of`: by the text of the mark, braces and all."""
    return _BRACES.sub(lambda found: value_of.get(found[0], found[0]), text)


def known(pack: Pack, paper: Paper) -> dict[str, frozenset[str]]:
    """Group → the names that may follow it; under "" those that stand alone."""
    own = (*paper.numbers, *paper.rates)
    groups: dict[str, frozenset[str]] = {}
    for table in pack.tables.values():
        own_fields = [declared.name.zh for declared in table.fields.values()]
        above = [
            f"{pack.tables[parent].label.zh}.{declared.name.zh}"
            for parent in table.parents
            if parent in pack.tables
            for declared in pack.tables[parent].fields.values()
        ]
        groups[table.label.zh] = frozenset((*RECORD, *own_fields, *above))
    # Lists of the papers come after the tables: where both bear a name, the list is meant.
    groups |= {name: frozenset(fields) for name, fields in LISTS.items()}
    groups[UNITS] |= {*own}
    groups[TOTAL] = groups[UNITS] - {NUMBER, "单位", "关口", "关口说明"}
    groups[""] = frozenset(VALUES)
    return groups


def singles(pack: Pack, paper: Paper) -> frozenset[str]:
    """The groups that are one thing, not a list of them."""
    about = pack.tables[paper.each].label.zh if paper.each in pack.tables else ""
    return frozenset({"", TOTAL, about})


def understood(found: Mark, groups: Mapping[str, frozenset[str]]) -> bool:
    """`groups`: those that are known."""
    return found.group in conditions(groups) if found.when else found.name in groups.get(found.group, ())


def conditions(groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """What may stand after 如有 and 如无: a list, or a value."""
    return groups[""] | groups.keys() - {"", TOTAL}
