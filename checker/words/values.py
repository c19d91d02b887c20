"""The enumerated values of the YAML documents: a word in English → its spellings in Chinese."""

from __future__ import annotations

# --- enumerated values: English → Chinese (further accepted spellings after a bar) ---------------------

YES_NO = {"yes": "是", "no": "否"}
LANGUAGES = {"zh": "中文", "en": "英文"}
SEVERITY = {"critical": "关键", "high": "重要", "medium": "一般", "low": "提示"}
VERDICT = {
    "pass": "达标",
    "fail": "不达标",
    "unknown": "待核",
    "not_applicable": "不适用",
    "no_subject": "不是对象|非对象",
}
PROPOSED = {"proposed": "建议", "not_proposed": "不建议"}
STATUS = {"not_due": "未到期", "in_force": "应达标", "overdue": "逾期", "late": "迟报"}
TEXT_STATUS = {"draft": "初稿", "issued": "已印发", "ended": "已结束"}
STANDING = {"automated": "自动判定", "attested": "凭材料判定", "narrative": "不作判定"}
EFFECT = {"blocks": "否决", "warns": "提示"}
SHOW = {"share": "比例", "number": "个数"}
EACH = {"day": "日|天", "week": "周", "month": "月", "quarter": "季度|季", "year": "年|年度"}
PARTIAL = {"warn": "提示"}
PART = {"ignore": "不计", "count": "计入"}
CONFIRMATION = {"confirmed": "已核实", "unconfirmed": "未核实", "default": "暂定"}
WHEN_EMPTY = {"zero": "视为没有", "unknown": "视为待核", "open": "不限"}
PATTERN = {"plate": "号牌", "moe_code": "学校标识码", "uscc": "统一社会信用代码"}
ARGUMENT_PER = {"unit": "单位|县市区"}
FIELD_TYPE = {
    "text": "文字",
    "yes_no": "是否",
    "count": "个数",
    "number": "数值",
    "percent": "百分比",
    "date": "日期",
    "datetime": "时间",
    "choice": "单选",
    "choices": "多选",
}
PARAMETER_TYPE = {
    "count": "个数",
    "number": "数值",
    "percent": "百分比",
    "date": "日期",
    "duration": "时长",
    "yes_no": "是否",
    "text": "文字",
}
DOCUMENT = {
    "pack/1": "规则包/1",
    "vocabulary/1": "词表/1",
    "parameter/1": "参数/1",
    "scale/1": "标准/1",
    "rule/1": "规则/1",
    "clauses/1": "条款/1",
    "gates/1": "关口/1",
    "escalations/1": "督办措施/1",
    "units/1": "单位/1",
    "calendar/1": "日历/1",
    "readings/1": "解读/1",
    "figures/1": "统计指标/1",
    "lifecycle/1": "流转/1",
    "deferrals/1": "延期批准/1",
    "mapping/1": "对照表/1",
    "document/1": "文书/1",
}
HIDDEN = {"read": "读取"}
# Where a mapping says what a column is: not to be read.
SKIP: frozenset[str] = frozenset(["skip", "不读"])
