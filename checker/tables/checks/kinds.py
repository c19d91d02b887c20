"""Every doubt that records raise beside each other: code → severity and words."""

from __future__ import annotations

from checker.errors import Text
from checker.tables.questions import Kind, Severity

KINDS: dict[str, Kind] = {}


def _kind(severity: Severity, code: str, zh: str, en: str) -> Kind:
    KINDS[code] = Kind(code, severity, Text(zh, en))
    return KINDS[code]


# {more}: how many such places are told together, or nothing.

CODE_CONFLICT = _kind(
    "doubt",
    "code_type_conflict",
    "“{field}”“{raw}”按编码是{expected}，“{other}”（{place}）却填“{value}”：两处都照用，请核对哪一处填错{more}",
    '"{field}" {raw} is the code of: {expected}; "{other}" ({place}) says {value}. Both are used as they stand; '
    "which is wrong?{more}",
)
CODE_STRANGE = _kind(
    "doubt",
    "code_not_by_standard",
    "“{field}”{raw}{what}：照用，请核对是否填错{more}",
    '"{field}" {raw}: {what}. Used as it stands; a slip?{more}',
)
OF_NO_UNIT = _kind(
    "doubt",
    "owner_reports_nothing",
    "“{field}”填{raw}（{unit}），它不报送{table}：照用，请改填所属的县（市、区）等报送单位{more}",
    '"{field}" says {raw} ({unit}), which reports no {table}: used as it stands; name the unit that does{more}',
)
PLATE_ELSEWHERE = _kind(
    "doubt",
    "plate_elsewhere",
    "“{field}”{raw}不是“{expected}”开头，与表中多数不同：照用，请核对是否填错，或属外地车辆{more}",
    '"{field}" {raw} does not begin with {expected} like most: used as it stands; a slip, or a vehicle from elsewhere?{more}',
)
UNUSUAL = _kind(
    "doubt",
    "unusual_value",
    "“{field}”填{raw}，{who}一般{range}：照用，请核对{more}",
    '"{field}" says {raw}; {who}{range} is usual. Used as it stands, please check{more}',
)
CONTRADICTION = _kind(
    "doubt",
    "fields_disagree",
    "{what}：与“{rule}”不合，照用，请核对{more}",
    '{what}: does not agree with "{rule}". Used as it stands, please check{more}',
)
ROWS_MISSING = _kind(
    "doubt",
    "rows_missing",
    "{what}，少{missing}行：缺的按待核，请补报，或更正所填的数",
    "{what}: {missing} rows are missing and count as unknown; send them, or correct the number",
)
ROWS_TOO_MANY = _kind(
    "doubt",
    "rows_beyond_declared",
    "{what}，多{missing}行：请核对是数填少了，还是行重复或不属于这里",
    "{what}: {missing} rows too many; is the number too low, or do rows stand twice or belong elsewhere?",
)
FUTURE_DATE = _kind(
    "doubt",
    "future_date",
    "“{field}”填{raw}，晚于收到之日{received}：若是计划，不能算已经完成，请核对{more}",
    '"{field}" says {raw}, after the day of receipt {received}: if this is a plan it does not count as done{more}',
)
LATE_ENTRY = _kind(
    "doubt",
    "late_entry",
    "“{field}”{raw}的{table}，{received}才收到，而{until}之前的已于{returned}报齐：按补录采用，请说明原因{more}",
    "{table} of {raw} came in on {received} only, though all up to {until} had been returned on {returned}: used as a "
    "late entry, please say why{more}",
)
AFTER_UNIT = _kind(
    "doubt",
    "after_unit_ended",
    "“{field}”{raw}，而{unit}{ended}已停用：照用，请改填承接的单位{more}",
    '"{field}" {raw} lies after {unit} ended on {ended}: used as it stands; name the unit that took over{more}',
)
