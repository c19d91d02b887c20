"""The words of the YAML documents: a kind of document → its keys and enumerated values in English and Chinese.

What one Chinese word means depends on where it stands (名称 is `title` of a rule, `label` of a table, `name` elsewhere), so
the tables follow the shape of the documents. The words inside expressions are in `lexicon`.
"""

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
STATUS = {"not_due": "未到期", "in_force": "应达标", "overdue": "逾期", "late": "迟报"}
TEXT_STATUS = {"draft": "初稿", "issued": "已印发", "ended": "已结束"}
STANDING = {"automated": "自动判定", "attested": "凭材料判定", "narrative": "不作判定"}
EFFECT = {"blocks": "否决", "warns": "提示"}
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
    "deferrals/1": "延期批准/1",
    "mapping/1": "对照表/1",
    "document/1": "文书/1",
}
HIDDEN = {"read": "读取"}
# Where a mapping says what a column is: not to be read.
SKIP: frozenset[str] = frozenset(["skip", "不读"])

# --- keys: part of a document → English key → Chinese key, then what stands under it -------------------
#
# A name is another part; [name] a list of them; {name} a mapping whose keys the author chose; a dict is an enumeration.

Under = str | list[str] | set[str] | dict[str, str]
Row = str | tuple[str, Under]

PARTS: dict[str, dict[str, Row]] = {
    "text": {"zh": "中文", "en": "英文"},
    "condition": {
        "all_of": ("同时满足", ["condition"]),
        "any_of": ("满足其一", ["condition"]),
        "none_of": ("均不满足", ["condition"]),
        "at_least": ("至少满足", "at_least"),
        "when": ("如", "condition"),
        "then": ("则", "condition"),
    },
    "at_least": {"count": "项数", "of": ("之中", ["condition"])},
    # pack.yaml
    "pack": {
        "schema": ("格式", DOCUMENT),
        "id": "编号",
        "version": "版本",
        "title": ("名称", "text"),
        "language": ("语言", LANGUAGES),
        "extends": "上级规则包",
        "unit": "适用单位",
        "source": ("原文", "source"),
        "text_status": ("文本状态", ["text_status"]),
        "begins": "方案实施期起",
        "ends": "方案实施期止",
        "phases": ("阶段", {"window"}),
        "areas": ("领域", {"text"}),
        "deferral_limits": ("延期限度", "deferral_limits"),
        "notes": "备注",
    },
    "deferral_limits": {"longest": "最长", "share": "最多占比"},
    "source": {"file": "文件", "title": ("名称", "text")},
    "text_status": {"since": "施行日期|起", "status": ("状态|文本状态", TEXT_STATUS)},
    "window": {"name": ("名称", "text"), "from": "起", "until": "止"},
    # vocabulary
    "vocabulary": {
        "schema": ("格式", DOCUMENT),
        "table": "表",
        "label": ("名称", "text"),
        "key": "标识列",
        "title": "显示列",
        "parents": "上级表",
        "links": "关联",
        "when_empty": ("无记录时", WHEN_EMPTY),
        "declared_in": "申报数",
        "returned": ("须有收表", YES_NO),
        "dated": "日期列",
        "shown_by": "凭据",
        "aliases": "别名",
        "fields": ("列", {"field"}),
        "define": ("定义", {"definition"}),
        "checks": ("核对", {"check"}),
        "notes": "备注",
    },
    "field": {
        "name": ("名称", "text"),
        "type": ("类型", FIELD_TYPE),
        "header": ("表头", "text"),
        "aliases": "别名",
        "pattern": ("写法", PATTERN),
        "measure": "计量单位",
        "choices": ("选项", {"choice"}),
        "ordered": ("有序", YES_NO),
        "shown_by": "凭据",
        "possible": "可能范围",
        "usual": "通常范围",
        "agrees_with": "对照",
        "ahead": ("可为将来", YES_NO),
        "varies": ("各不相同", YES_NO),
        "ambiguous": "两可写法",
    },
    "choice": {"zh": "中文", "en": "英文", "aliases": "别名", "by_rule": "按解读归入"},
    "definition": {"name": ("名称", "text"), "is": ("内容", "expression"), "tolerates": "容许"},
    "check": {"name": ("名称", "text"), "is": ("内容", "expression")},
    # parameters
    "parameter": {
        "schema": ("格式", DOCUMENT),
        "id": "编号",
        "name": ("名称", "text"),
        "type": ("类型", PARAMETER_TYPE),
        "values": ("取值", ["parameter_value"]),
        "notes": "备注",
    },
    "parameter_value": {
        "since": "施行日期|起",
        "until": "止|停用日期",
        "value": "取值|值",
        "source": ("出处", "text"),
        "doc_no": "文号",
        "article": "条文",
        "confirmation": ("核实情况", CONFIRMATION),
    },
    "scale": {
        "schema": ("格式", DOCUMENT),
        "id": "编号",
        "name": ("名称", "text"),
        "argument": "自变量",
        "type": ("类型", PARAMETER_TYPE),
        "values": ("取值", ["scale_value"]),
        "notes": "备注",
    },
    "scale_value": {
        "since": "施行日期|起",
        "until": "止|停用日期",
        "brackets": ("档次", ["bracket"]),
        "by_choice": "按选项",
        "source": ("出处", "text"),
        "doc_no": "文号",
        "article": "条文",
        "confirmation": ("核实情况", CONFIRMATION),
    },
    "bracket": {
        "below": "不足|低于",
        "up_to": "不超过",
        "at_least": "不少于|达到",
        "above": "超过",
        "value": "取值|值|人数|数量",
        "per": "每增加",
        "add": "增配|增加",
        "part": ("不足一档", PART),
    },
    # requirements
    "rule": {
        "schema": ("格式", DOCUMENT),
        "id": "编号",
        "title": ("名称", "text"),
        "clause": "条款",
        "readings": "解读",
        "tightens": "严于",
        "subject": "对象",
        "severity": ("重要程度", SEVERITY),
        "responsible": ("责任单位", "responsible"),
        "remedy": ("整改建议", "text"),
        "may_defer": ("可否延期", YES_NO),
        "revisions": ("版次", ["revision"]),
        "background": "背景",
        "tolerates": "容许",
        "cases": ("样例", ["case"]),
        "notes": "备注",
    },
    "responsible": {"lead": "牵头", "with": "会同"},
    "revision": {
        "since": "施行日期",
        "repealed": ("废止", YES_NO),
        "applies": ("适用", "condition"),
        "require": ("要求", "condition"),
        "due": ("期限", "expression"),
        "done_on": ("完成于", "expression"),
        "repeats": ("周期", "repeats"),
        "target": ("目标", "target"),
        "advisory": ("仅提示", YES_NO),
        "because": ("理由说明", "text"),
    },
    "repeats": {
        "each": ("每", EACH),
        "calendar": "校历",
        "from": "起",
        "until": "止",
        "partial": ("不完整期", PARTIAL),
    },
    "target": {"rate": "比例", "per": ("按", ARGUMENT_PER)},
    "case": {
        "name": "说明|名称",
        "as_of": "统计时点",
        "known_at": "收数截止",
        "period": "期次",
        "given": "给定",
        "expect": ("应判", VERDICT),
        "status": ("时限", STATUS),
        "days": "天数",
    },
    # clauses, gates, units, calendar
    "clauses": {"schema": ("格式", DOCUMENT), "clauses": ("条款", ["clause"]), "notes": "备注"},
    "clause": {
        "id": "编号",
        "section": "章节",
        "quote": "引文",
        "start": "起",
        "end": "止",
        "hash": "摘要",
        "standing": ("判定方式", STANDING),
        "gist": ("要义", "text"),
        "rules": "规则",
        "reason": ("原因", "text"),
    },
    "readings": {"schema": ("格式", DOCUMENT), "readings": ("解读", ["reading"]), "notes": "备注"},
    "reading": {
        "id": "编号",
        "title": ("名称", "text"),
        "question": ("问题", "text"),
        "options": ("可选读法", ["text"]),
        "choice": ("采用", "text"),
        "clauses": "条款",
        "parameter": "参数",
    },
    "gates": {"schema": ("格式", DOCUMENT), "gates": ("关口", ["gate"]), "notes": "备注"},
    "gate": {
        "id": "编号",
        "name": ("名称", "text"),
        "effect": ("效力", EFFECT),
        "require": ("要求", "condition"),
    },
    "escalations": {
        "schema": ("格式", DOCUMENT),
        "measures": ("措施", ["measure_kind"]),
        "rules": ("规则", ["escalation"]),
        "notes": "备注",
    },
    "measure_kind": {"id": "编号", "name": ("名称", "text"), "recorded": ("在案", ["recorded"])},
    "recorded": {
        "in": "表",
        "when": ("条件", "condition"),
        "on": ("采取日期", "expression"),
        "answer_by": ("限期", "expression"),
        "answered_on": ("办结日期", "expression"),
    },
    "escalation": {
        "id": "编号",
        "title": ("名称", "text"),
        "clause": "条款",
        "readings": "解读",
        "since": "施行日期",
        "until": "止|停用日期",
        "by": "对象",
        "match": ("有", ["fact"]),
        "unless": ("除非有", ["fact"]),
        "raise": "建议",
        "grounds": ("理由", "text"),
        "addressee": ("责任对象", "text"),
        "decides": ("决定单位", "text"),
        "deadline": ("限期", "expression"),
        "notes": "备注",
    },
    "fact": {
        "fact": "事实",
        "as": "称为",
        "where": ("条件", "condition"),
        "within": ("近", "expression"),
        "at_least": ("至少", "expression"),
        "distinct": ("不同", "expression"),
    },
    "units": {"schema": ("格式", DOCUMENT), "units": ("单位", ["unit"]), "notes": "备注"},
    "unit": {
        "code": "代码",
        "name": ("名称", "text"),
        "short": "简称",
        "kind": "类别",
        "aliases": "别名",
        "former": "曾用名",
        "valid_from": "启用",
        "valid_to": "停用",
        "successor": "承接单位",
    },
    "calendar": {
        "schema": ("格式", DOCUMENT),
        "working_days": ("工作日", "working_days"),
        "calendars": ("校历", {"entries"}),
        "notes": "备注",
    },
    # deferrals: not part of a pack
    "deferrals": {"schema": ("格式", DOCUMENT), "deferrals": ("延期批准", ["deferral"]), "notes": "备注"},
    "deferral": {
        "rule": "规则",
        "subject": "对象",
        "unit": "单位",
        "period": "期次",
        "reason": "理由",
        "requested_by": "申请单位",
        "approver": "批准单位",
        "approved_on": "批准日期",
        "document": "批准文号",
        "expires": "延期至",
        "interim": "防控措施",
        "watched_by": "盯防责任人",
    },
    "working_days": {"from": "起", "until": "止", "holidays": "放假", "worked": "调休上班"},
    "entries": {"name": ("名称", "text"), "entries": ("各期", ["entry"])},
    "entry": {"name": "名称|期名", "from": "起", "until": "止"},
    # documents/: the papers that people issue
    "document": {
        "schema": ("格式", DOCUMENT),
        "id": "编号",
        "name": ("名称", "text"),
        "aliases": "别名",
        "template": "模板",
        "each": "每个",
        "applies": ("适用", "condition"),
        "figures": ("数字", {"expression"}),
        "rates": ("比率", {"rate"}),
        "notes": "备注",
    },
    "rate": {"part": "分子", "of": "分母"},
    # mappings of data
    "mapping": {
        "schema": ("格式", DOCUMENT),
        "sheets": ("工作表", ["mapping_sheet"]),
        "databases": ("数据库", ["mapping_database"]),
        "notes": "备注",
    },
    "mapping_sheet": {
        "file": "文件",
        "sheet": "工作表",
        "table": "表",
        "skip": ("不读", YES_NO),
        "header": "表头行",
        "hidden": ("隐藏", HIDDEN),
        "columns": ("列", {"mapping_column"}),
    },
    "mapping_column": {"field": "对应", "values": "取值"},
    "mapping_database": {
        "url": "地址",
        "table": "表",
        "query": "查询",
        "into": "归入",
        "columns": ("列", {"mapping_column"}),
    },
}
