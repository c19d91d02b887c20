"""Pack → the tables that a gate's condition sees: the unit, its results, its targets, the doubts about its data."""

from __future__ import annotations

from dataclasses import replace

from checker.errors import Text
from checker.model import Choice, FieldDef, FieldType, Pack, Table
from checker.units import CASE


def field_of(id: str, zh: str, type: FieldType, choices: tuple[Choice, ...] = (), ordered: bool = False) -> FieldDef:
    return FieldDef(id, Text(zh, id), type, Text(zh, id), choices=choices, ordered=ordered)


def choices_of(**labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, Text(zh, code)) for code, zh in labels.items())


VERDICTS = {"pass": "达标", "fail": "不达标", "unknown": "待核"}
RESULT_FIELDS = (
    field_of("unit", "单位", "text"),
    field_of("rule", "规则", "text"),
    field_of("verdict", "判定", "choice", tuple(Choice(code, Text(zh, code)) for code, zh in VERDICTS.items())),
    field_of(
        "severity",
        "重要程度",
        "choice",
        choices_of(low="提示", medium="一般", high="重要", critical="关键"),
        ordered=True,
    ),
    field_of("status", "时限", "choice", choices_of(not_due="未到期", in_force="应达标", overdue="逾期", late="迟报")),
    field_of("deferred", "已延期", "yes_no"),
    field_of("advisory", "仅提示", "yes_no"),
    field_of("failed", "判为不达标", "yes_no"),
    field_of("change", "变化", "choice", choices_of(new="新增", persisting="延续", reopened="反弹")),
)
TARGET_FIELDS = (
    field_of("unit", "单位", "text"),
    field_of("rule", "规则", "text"),
    field_of(
        "state",
        "目标状态",
        "choice",
        choices_of(met="已完成", missed="未完成", undecided="待定", not_due="未到期", not_applicable="无适用对象"),
    ),
    field_of("met", "已完成目标", "yes_no"),
    field_of("rate", "目标比例", "percent"),
    field_of("owed", "应达标数", "count"),
    field_of("passed", "达标数", "count"),
    field_of("failed", "不达标数", "count"),
    field_of("unknown", "待核数", "count"),
    field_of("missing", "未报数", "count"),
    field_of("deferred", "经批准延期数", "count"),
)
QUESTION_FIELDS = (
    field_of("unit", "单位", "text"),
    field_of("code", "疑问类别", "text"),
    field_of(
        "severity",
        "采用情况",
        "choice",
        choices_of(info="仅告知", review="请核实", doubt="暂用", lost="未采用"),
        ordered=True,
    ),
)


def _child(id: str, zh: str, fields: tuple[FieldDef, ...]) -> Table:
    return Table(id, Text(zh, id), "", "", {f.id: f for f in fields}, {}, parents={"unit": CASE}, when_empty="zero")


def gate_tables(pack: Pack) -> dict[str, Table]:
    """The pack's unit table with `result`, `target` and `question` as complete child tables."""
    return {
        "unit": replace(pack.tables["unit"], key=CASE),
        "result": _child("result", "判定结果", RESULT_FIELDS),
        "target": _child("target", "目标结果", TARGET_FIELDS),
        "question": _child("question", "数据疑问", QUESTION_FIELDS),
    }
