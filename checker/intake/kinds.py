"""Every doubt that intake may raise: code → severity and words. The codes are stable; reports and answers refer to them."""

from __future__ import annotations

from checker.errors import Text
from checker.intake.file_kinds import FILE_KINDS
from checker.tables import KINDS as TABLE_KINDS
from checker.tables import Kind as Kind
from checker.tables.questions import Severity

_KINDS: dict[str, Kind] = {}


def _kind(severity: Severity, code: str, zh: str, en: str) -> Kind:
    _KINDS[code] = Kind(code, severity, Text(zh, en))
    return _KINDS[code]


# --- cells: in the words {field} {raw} {reading} {candidate} {n} ----------------------------------

_CELLS: tuple[tuple[Severity, str, str, str], ...] = (
    # value used, on an assumption
    ("doubt", "typo_confusable", "“{raw}”疑为形近字误，按“{reading}”", '"{raw}" looks like a slip, read as {reading}'),
    ("doubt", "partial_value", "“{raw}”不是全部，按“{reading}”", '"{raw}" is not all of it, read as {reading}'),
    ("doubt", "planned_not_done", "“{raw}”是计划，不作完成，按“{reading}”", '"{raw}" is a plan, not done: {reading}'),
    (
        "doubt",
        "two_facts_in_cell",
        "“{raw}”一格写了两件事，本列按“{reading}”",
        '"{raw}" tells two facts, here {reading}',
    ),
    (
        "doubt",
        "trailing_note",
        "“{raw}”带有说明，按“{reading}”，说明未采用",
        '"{raw}" carries a note; read as {reading}',
    ),
    ("doubt", "percent_in_yes_no", "“{raw}”是比例，按“{reading}”", '"{raw}" is a share, read as {reading}'),
    (
        "doubt",
        "numeric_bool",
        "本列用1、0填写，“{raw}”按“{reading}”",
        'the column holds 1 and 0; "{raw}" read as {reading}',
    ),
    ("doubt", "approximate", "“{raw}”是约数，按{reading}", '"{raw}" is approximate, read as {reading}'),
    ("doubt", "approximate_lower_bound", "“{raw}”只有下限，按{reading}", '"{raw}" is a lower bound, read as {reading}'),
    ("doubt", "derived_from_note", "“{raw}”按说明折算为{reading}", '"{raw}" worked out from its note: {reading}'),
    ("doubt", "word_zero", "“{raw}”按“{reading}”", '"{raw}" read as {reading}'),
    (
        "doubt",
        "percent_scale_assumed",
        "“{raw}”没有百分号，按{reading}",
        '"{raw}" has no percent sign, read as {reading}',
    ),
    ("doubt", "word_percent", "“{raw}”按{reading}", '"{raw}" read as {reading}'),
    (
        "doubt",
        "note_changes_scope",
        "“{raw}”的说明改变统计范围，暂按{reading}",
        'the note of "{raw}" changes its scope; {reading}',
    ),
    ("doubt", "excel_serial", "“{raw}”是日期序号，按{reading}", '"{raw}" is a serial date, read as {reading}'),
    (
        "doubt",
        "excel_serial_1904",
        "“{raw}”是1904日期系统的序号，按{reading}",
        '"{raw}" is a 1904 serial date: {reading}',
    ),
    (
        "doubt",
        "time_dropped",
        "“{raw}”带有时刻，本列只取日期{reading}",
        '"{raw}" has a time of day; only {reading} is used',
    ),
    ("doubt", "deadline_phrase", "“{raw}”按含当日的期限{reading}", '"{raw}" read as a deadline, inclusive: {reading}'),
    ("doubt", "range_end_used", "“{raw}”是起止日期，本列取{reading}", '"{raw}" is a span; {reading} is used here'),
    ("doubt", "inner_space", "“{raw}”中有空格，按{reading}", '"{raw}" contains spaces, read as {reading}'),
    ("doubt", "formula_cell", "“{raw}”是公式，取其文字“{reading}”", '"{raw}" is a formula; its text is "{reading}"'),
    (
        "doubt",
        "retired_unit",
        "“{raw}”在收到之日已不是现行单位，仍按{reading}",
        '"{raw}" had been replaced by then; kept as {reading}',
    ),
    (
        "doubt",
        "unit_differs",
        "“{raw}”（{reading}）与指定的填报单位{other}不同，以格内为准",
        '"{raw}" ({reading}) is not {other}',
    ),
    # nothing used
    ("lost", "not_known", "“{raw}”：未提供，按待核", '"{raw}": not told, unknown'),
    (
        "lost",
        "dash_ambiguous",
        "“{raw}”不知是没有、不适用还是未填，按待核",
        '"{raw}" may mean none, not applicable or not told',
    ),
    (
        "lost",
        "na_claim_check_gate",
        "“{raw}”：称不适用，请以设置情况的列说明",
        '"{raw}" claims not applicable; show why',
    ),
    ("lost", "template_not_filled", "“{raw}”是表样的选项，没有选定", '"{raw}" is the text of the form: nothing chosen'),
    ("lost", "excel_error", "“{raw}”是公式错误", '"{raw}" is a formula error'),
    ("lost", "broken_text", "“{raw}”有认不出的字符", '"{raw}" holds characters that cannot be read'),
    ("lost", "formula_no_cached_value", "“{raw}”是公式文字，没有结果", '"{raw}" is a formula without its result'),
    ("lost", "ditto", "“{raw}”：请写明内容", '"{raw}": write it out'),
    ("lost", "no_content", "“{raw}”不作内容，按未填", '"{raw}" is not taken as content'),
    ("lost", "hedged_value", "“{raw}”不确定，按待核", '"{raw}" is hedged, unknown'),
    ("lost", "qualified_yes", "“{raw}”前后矛盾，按待核", '"{raw}" contradicts itself, unknown'),
    ("lost", "numeric_bool_ambiguous", "“{raw}”：不知哪个数表示“是”", '"{raw}": which number means yes?'),
    ("lost", "non_integer_count", "“{raw}”不是整数", '"{raw}" is not a whole number'),
    ("lost", "negative_value", "“{raw}”小于零", '"{raw}" is below zero'),
    (
        "lost",
        "confusable_letter",
        "“{raw}”中有易混字母，疑为“{candidate}”",
        '"{raw}" holds letters like digits; "{candidate}"?',
    ),
    (
        "lost",
        "expression_in_cell",
        "“{raw}”是算式（得{candidate}？），含义不明",
        '"{raw}" is a sum ({candidate}?) of unknown meaning',
    ),
    (
        "lost",
        "fraction_autodate",
        "“{raw}”疑为被改成日期的数（{candidate}？）",
        '"{raw}" may be a number turned date ({candidate}?)',
    ),
    ("lost", "implausible_value", "“{raw}”不像真实的数", '"{raw}" is not a plausible value'),
    ("lost", "other_measure", "“{raw}”的计量单位与本列不同", '"{raw}" is in another unit of measure'),
    ("lost", "range_in_cell", "“{raw}”是一个范围，不能取定", '"{raw}" is a range, no single value'),
    ("lost", "out_of_range", "“{raw}”超出0—100%", '"{raw}" is outside 0-100 %'),
    (
        "lost",
        "percent_scale_ambiguous",
        "“{raw}”：本列有大于1的数，不知是{candidate}还是百分数",
        '"{raw}": {candidate} or per cent?',
    ),
    ("lost", "word_in_number_column", "“{raw}”不是数", '"{raw}" is not a number'),
    ("lost", "float_date_ambiguous", "“{raw}”可能是{candidate}", '"{raw}" may be {candidate}'),
    ("lost", "month_precision", "“{raw}”没有日（{candidate}），按待核", '"{raw}" has no day ({candidate})'),
    ("lost", "year_missing", "“{raw}”没有年份", '"{raw}" has no year'),
    ("lost", "fuzzy_date", "“{raw}”不是确定的日期（{candidate}）", '"{raw}" is no certain day ({candidate})'),
    ("lost", "invalid_date", "“{raw}”：没有这一天", '"{raw}": no such day'),
    ("lost", "excel_zero_date", "“{raw}”是空格被设成日期格式", '"{raw}" is an empty cell in date format'),
    ("lost", "implausible_date", "“{raw}”的年份不合理", 'the year of "{raw}" is not plausible'),
    ("lost", "assumed_deadline", "“{raw}”没有写明日期", '"{raw}" names no day'),
    ("lost", "status_in_date_column", "“{raw}”是状态，不是日期", '"{raw}" is a state, not a day'),
    ("lost", "time_missing", "“{raw}”没有时刻（{candidate}），按待核", '"{raw}" has no time of day ({candidate})'),
    ("lost", "unknown_choice", "“{raw}”不在选项中（{candidate}）", '"{raw}" is none of the choices ({candidate})'),
    ("lost", "plate_length", "“{raw}”不是完整的号牌号码", '"{raw}" is not a complete number plate'),
    (
        "lost",
        "multi_value_cell",
        "“{raw}”一格填了几个值，请分行填写",
        '"{raw}" holds several values; use a row for each',
    ),
    (
        "lost",
        "digits_lost",
        "“{field}”是文本“{raw}”，后面的数字已丢失，无法还原；请从源表重新粘贴，列格式设为“文本”",
        '"{field}" is the text "{raw}"; digits are lost; paste again as text',
    ),
    ("lost", "code_length", "“{raw}”的位数不对", '"{raw}" has a wrong number of characters'),
    ("lost", "uscc_check_failed", "“{raw}”的校验码不符", 'the check character of "{raw}" is wrong'),
    ("lost", "unknown_unit", "“{raw}”不在单位名单中", '"{raw}" is not in the list of units'),
    (
        "lost",
        "unit_not_unique",
        "“{raw}”对应几个单位（{candidate}），请填代码",
        '"{raw}" fits several units ({candidate})',
    ),
    ("lost", "unreadable", "“{raw}”看不懂，按待核", '"{raw}" cannot be read, unknown'),
)
for _severity, _code, _zh, _en in _CELLS:
    _kind(
        _severity,
        _code,
        _zh if "{field}" in _zh else f"“{{field}}”：{_zh}",
        _en if "{field}" in _en else f"{{field}}: {_en}",
    )

# --- sheets, columns, rows -----------------------------------------------------------------------

UNSUPPORTED = _kind("lost", "file_unsupported", "{reason}", "{reason}")
FILE_SKIPPED = _kind("info", "file_skipped", "临时或隐藏文件，未读", "temporary or hidden file, not read")
DUPLICATE_FILE = _kind(
    "doubt", "duplicate_file", "与“{other}”内容完全相同，只读一次", 'the same bytes as "{other}", read once'
)
HIDDEN_SHEET = _kind("lost", "hidden_sheet", "隐藏的工作表，未读", "hidden sheet, not read")
NOT_RECOGNISED = _kind(
    "lost",
    "sheet_not_recognised",
    "认不出是哪张表（{n}行有内容），未读；认出的表头：{heads}",
    "not recognised as any table ({n} rows with content), not read; heads recognised: {heads}",
)
SKIPPED_SHEET = _kind("info", "skipped_sheet", "按对照表不读", "not read, as the mapping says")
HEADING_NOT_FOUND = _kind(
    "lost",
    "heading_not_found",
    "对照表说是“{table}”，但找不到表头（{n}行有内容），未读；请在对照表中写明表头行",
    'the mapping says "{table}", but no heading was found ({n} rows with content), not read; name its rows in the mapping',
)
MAPPING_UNUSED = _kind(
    "info",
    "mapping_unused",
    "对照表第{line}行没有用上：{what}",
    "line {line} of the mapping was not used: {what}",
)
SKIPPED_COLUMN = _kind(
    "info",
    "skipped_column",
    "“{raw}”列按对照表不读，{n}格",
    'column "{raw}" is not read, as the mapping says; {n} cells',
)
TITLE_ROWS = _kind("info", "title_rows", "表头以上{n}行不是数据：{raw}", "{n} rows above the heads are not data: {raw}")
ASSUMED_HEAD = _kind(
    "info",
    "assumed_header",
    "这一行填在表头的空格之下，按表头读：{raw}",
    "this row fills gaps of the heading, read as part of it: {raw}",
)
TABLES_NOT_READ = _kind(
    "info",
    "tables_not_read",
    "库中另有{n}张表没有读：{names}；要读哪张，在地址后加 table=表名",
    "{n} other tables of the database were not read: {names}; to read one, add table=NAME to the address",
)
TABLES_DENIED = _kind(
    "lost",
    "tables_denied",
    "库中{n}张表没有读取权限，或已失效，没有读：{names}",
    "{n} tables of the database may not be read, or are broken: {names}",
)
NO_TABLE_KNOWN = _kind(
    "lost",
    "no_table_known",
    "库中{n}张表都认不出对应哪张表，没有读：{names}；要读哪张，在地址后加 table=表名",
    "none of the {n} tables of the database is known, none was read: {names}; to read one, add table=NAME to the address",
)
BINARY_COLUMN = _kind(
    "lost", "binary_column", "“{raw}”是图片或文件内容，{n}格未读", '"{raw}" holds files or pictures; {n} cells not read'
)
UNMAPPED_COLUMN = _kind(
    "lost",
    "unmapped_column",
    "没有与“{raw}”对应的列，{n}格未读{near}",
    'no field for "{raw}", {n} cells not read{near}',
)
SERIAL_COLUMN = _kind(
    "info", "serial_column", "“{raw}”列不作数据，{n}格未读", 'column "{raw}" is not data, {n} cells not read'
)
REMARK_COLUMN = _kind(
    "info",
    "remark_column",
    "“{raw}”列供人参阅，不作数据，{n}格未读",
    'column "{raw}" holds remarks for people, {n} cells not read',
)
HEADLESS_COLUMN = _kind(
    "lost", "headless_column", "没有表头的列，{n}格未读", "column without a head, {n} cells not read"
)
HEAD_BY_NEIGHBOUR = _kind(
    "doubt",
    "head_by_neighbour",
    "表头“{raw}”不明，在“{neighbour}”之后，暂按“{field}”",
    'the head "{raw}" after "{neighbour}" is taken as "{field}"',
)
HEAD_NOTE = _kind(
    "doubt",
    "head_note",
    "表头“{raw}”按“{field}”读，括号内的“{note}”未作区别",
    'the head "{raw}" is read as "{field}", whatever "{note}" in its brackets adds',
)
AMBIGUOUS_HEAD = _kind(
    "lost",
    "ambiguous_head",
    "表头“{raw}”可能是{candidate}，{n}格未读",
    'the head "{raw}" may be {candidate}; {n} cells not read',
)
SECOND_COLUMN = _kind(
    "lost",
    "second_column",
    "“{raw}”与另一列都对应“{field}”，本列{n}格未读",
    '"{raw}" and another column both are "{field}"; {n} cells of this one not read',
)
NAMES_PARENT = _kind(
    "info",
    "names_parent",
    "“{raw}”列只在没有“{field}”的行使用（其余{n}格仅供对照）",
    'column "{raw}" is used only where "{field}" is blank ({n} other cells are not read)',
)
SERIAL_KEY = _kind(
    "doubt",
    "serial_key",
    "“{field}”只是顺序号（{n}行），不能区分别处的记录；加上所属的标识，如“{reading}”",
    '"{field}" only numbers the {n} rows; taken together with the owner, as "{reading}"',
)
TOTAL_ROW = _kind("info", "total_row", "合计行，不采用：{raw}", "row of totals, not used: {raw}")
TOTAL_MISMATCH = _kind(
    "doubt",
    "total_mismatch",
    "{what}：合计写“{raw}”，明细为{reading}；合计不采用，请核对",
    '{what}: the total says "{raw}", the rows give {reading}; the total is not used',
)
FOOTNOTE_ROW = _kind("info", "footnote_row", "表下说明，不作数据：{raw}", "note below the table, not data: {raw}")
REPEATED_HEAD = _kind("info", "repeated_header", "重复的表头{n}行，已跳过", "{n} repeated head rows skipped")
NUMBERING_ROW = _kind("info", "numbering_row", "栏次行，已跳过：{raw}", "row of column numbers skipped: {raw}")
MERGED_FILL = _kind(
    "info", "merged_fill", "“{field}”的合并格向下填充{n}格", '"{field}": {n} cells filled from the merged cell above'
)
BLANK_FILLED = _kind(
    "doubt", "blank_filled", "“{field}”{n}格空白，按上一行", '"{field}": {n} blank cells taken from the row above'
)
MERGED_FACT = _kind(
    "lost",
    "merged_fact",
    "“{field}”有合并格（{cells}），只用于第一行，其余{n}格按未填",
    '"{field}" has merged cells ({cells}); used for the first row only, {n} cells are empty',
)
UNIT_ASSUMED = _kind(
    "info", "unit_assumed", "{n}行没有填单位，按{how}“{raw}”", "{n} rows name no unit; taken from {how}: {raw}"
)
RETURN_UNREADABLE = _kind(
    "lost", "return_unreadable", "收表记录这一行未能采用：{raw}", "this line of the returns is not used: {raw}"
)

KINDS: dict[str, Kind] = {**TABLE_KINDS, **FILE_KINDS, **_KINDS}
