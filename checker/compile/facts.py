"""Pack → the tables that a rule of measures sees: the pack's own, and findings, target results, gates and measures."""

from __future__ import annotations

from checker.compile.gates import RESULT_FIELDS, TARGET_FIELDS, choices_of, field_of
from checker.measures import FOUND, MEASURE
from checker.model import Choice, FieldDef, Pack, Table

UNIT = "unit"
_KEPT = ("unit", "rule", "severity", "status", "deferred", "advisory", "failed", "change")
FINDING_FIELDS = (
    *(field for field in RESULT_FIELDS if field.id in _KEPT),
    field_of("verdict", "判定", "choice", choices_of(fail="不达标", unknown="待核")),
    field_of("clause", "条款", "text"),
    field_of("subject", "对象表", "text"),
    field_of("key", "对象标识", "text"),
    field_of("period", "期次", "text"),
    field_of("due", "应完成期限", "date"),
    field_of("days_overdue", "逾期天数", "count"),
)
GATE_FIELDS = (
    field_of("unit", "单位", "text"),
    field_of("state", "关口结论", "choice", choices_of(open="通过", closed="未通过", undecided="待定")),
)
MEASURE_FIELDS = (
    field_of("unit", "单位", "text"),
    field_of("state", "采取情况", "choice", choices_of(proposed="建议", taken="已采取")),
    field_of("rule", "依据规则", "text"),
    field_of("taken_on", "采取日期", "date"),
    field_of("answer_by", "限期", "date"),
    field_of("answered_on", "办结日期", "date"),
    field_of("overdue", "逾期未办结", "yes_no"),
)


def fact_tables(pack: Pack) -> dict[str, Table]:
    """Findings, targets and gates are complete child tables of the unit; measures are not, for they are being worked out."""
    kinds = tuple(Choice(kind.id, kind.name) for kind in pack.escalations.kinds.values())
    measure = (field_of("kind", "措施类别", "choice", kinds), *MEASURE_FIELDS)
    found = {
        "finding": _table("finding", FINDING_FIELDS),
        "target": _table("target", (*TARGET_FIELDS, field_of("period", "期次", "text"))),
        "gate": _table("gate", GATE_FIELDS),
        MEASURE: _table(MEASURE, measure),
    }
    return {**pack.tables, **found}


def _table(id: str, fields: tuple[FieldDef, ...]) -> Table:
    return Table(id, FOUND[id], "", "", {f.id: f for f in fields}, {}, parents={UNIT: UNIT}, when_empty="zero")
