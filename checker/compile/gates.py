"""Pack → the tables that a gate's condition sees: the unit, its results, its targets, the doubts about its data."""

from __future__ import annotations

from checker.errors import Text
from checker.model import Choice, FieldDef, FieldType, Pack, Table


def _field(id: str, zh: str, type: FieldType, choices: tuple[Choice, ...] = (), ordered: bool = False) -> FieldDef:
    return FieldDef(id, Text(zh, id), type, Text(zh, id), choices=choices, ordered=ordered)


def _choices(**labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, Text(zh, code)) for code, zh in labels.items())


VERDICTS = {"pass": "达标", "fail": "不达标", "unknown": "待核"}
RESULT_FIELDS = (
    _field("unit", "单位", "text"),
    _field("rule", "规则", "text"),
    _field("verdict", "判定", "choice", tuple(Choice(code, Text(zh, code)) for code, zh in VERDICTS.items())),
    _field(
        "severity",
        "重要程度",
        "choice",
        _choices(low="提示", medium="一般", high="重要", critical="关键"),
        ordered=True,
    ),
    _field("status", "时限", "choice", _choices(not_due="未到期", in_force="应达标", overdue="逾期", late="迟报")),
    _field("deferred", "已延期", "yes_no"),
    _field("advisory", "仅提示", "yes_no"),
    _field("failed", "判为不达标", "yes_no"),
    _field("change", "变化", "choice", _choices(new="新增", persisting="延续", reopened="反弹")),
)
TARGET_FIELDS = (
    _field("unit", "单位", "text"),
    _field("rule", "规则", "text"),
    _field(
        "state",
        "目标状态",
        "choice",
        _choices(met="已完成", missed="未完成", undecided="待定", not_due="未到期", not_applicable="无适用对象"),
    ),
    _field("met", "已完成目标", "yes_no"),
    _field("rate", "目标比例", "percent"),
    _field("owed", "应达标数", "count"),
    _field("passed", "达标数", "count"),
    _field("failed", "不达标数", "count"),
    _field("unknown", "待核数", "count"),
    _field("missing", "未报数", "count"),
    _field("deferred", "经批准延期数", "count"),
)
QUESTION_FIELDS = (
    _field("unit", "单位", "text"),
    _field("code", "疑问类别", "text"),
    _field(
        "severity",
        "采用情况",
        "choice",
        _choices(info="仅告知", review="请核实", doubt="暂用", lost="未采用"),
        ordered=True,
    ),
)


def _child(id: str, zh: str, fields: tuple[FieldDef, ...]) -> Table:
    return Table(id, Text(zh, id), "", "", {f.id: f for f in fields}, {}, parents={"unit": "unit"}, when_empty="zero")


def gate_tables(pack: Pack) -> dict[str, Table]:
    """The pack's unit table with `result`, `target` and `question` as complete child tables."""
    return {
        "unit": pack.tables["unit"],
        "result": _child("result", "判定结果", RESULT_FIELDS),
        "target": _child("target", "目标结果", TARGET_FIELDS),
        "question": _child("question", "数据疑问", QUESTION_FIELDS),
    }
