"""Every doubt that intake may raise: code → severity and words. The codes are stable; reports and answers refer to them."""

from __future__ import annotations

from checker.errors import Text
from checker.intake.doubts import KINDS as CELL_KINDS
from checker.intake.file_kinds import FILE_KINDS
from checker.tables import KINDS as TABLE_KINDS
from checker.tables import Kind as Kind
from checker.tables.questions import Severity

_KINDS: dict[str, Kind] = {}


def _kind(severity: Severity, code: str, zh: str, en: str) -> Kind:
    _KINDS[code] = Kind(code, severity, Text(zh, en))
    return _KINDS[code]


# --- sheets, columns, rows -----------------------------------------------------------------------

UNSUPPORTED = _kind("lost", "file_unsupported", "{reason}", "{reason}")
FILE_SKIPPED = _kind("info", "file_skipped", "临时或隐藏文件，未读", "temporary or hidden file, not read")
OUR_PAPER = _kind(
    "info",
    "our_paper",
    "程序写出或报送单位退回的文书、登记、对照表，不作数据",
    "a paper, register or mapping of ours, not data",
)
FORM_AS_DATA = _kind(
    "lost",
    "form_as_data",
    "这是数据疑问清单，不作数据；其中的答复请用 --answers 读入",
    "this is a form of data questions, not data; read its answers with --answers",
)
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
SKIPPED_SHEET = _kind("info", "skipped_sheet", "按对照表或答复不读", "not read, as a mapping or an answer says")
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
    "“{raw}”列按对照表或答复不读，{n}格",
    'column "{raw}" is not read, as a mapping or an answer says; {n} cells',
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
HEAD_UNIT = _kind(
    "doubt",
    "head_unit",
    "“{field}”写明以“{unit}”为单位，各格按乘以{factor}折算",
    '"{field}" is given in {unit}: the numbers are multiplied by {factor}',
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
IDLE_ROW = _kind(
    "info",
    "idle_row",
    "这一行只有一处文字（标题、分组名等），不作记录：{raw}",
    "one text, a title or the name of a group, no record: {raw}",
)
NIL_ROW = _kind(
    "info",
    "nil_row",
    "这一行各格都填“无”或“/”，即没有可报的，不作记录：{raw}",
    "“无” or a stroke in every cell: there is nothing to list, no record: {raw}",
)
NOT_A_LIST = _kind(
    "lost",
    "sheet_not_a_list",
    "像是一校一表的登记表，或横竖颠倒的表：指标名称（{heads}）写在各行开头，未读；请按一校一行、一列一个指标填报",
    "a form, or a table turned on its side: rows begin with the names of fields ({heads}); not read: give a row to each record",
)
REPEATED_HEAD = _kind("info", "repeated_header", "重复的表头{n}行，已跳过", "{n} repeated head rows skipped")
NUMBERING_ROW = _kind("info", "numbering_row", "栏次行，已跳过：{raw}", "row of column numbers skipped: {raw}")
UNIT_ROW = _kind("info", "unit_row", "计量单位行，已跳过：{raw}", "row of units of measure skipped: {raw}")
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
UNIT_BY_A_NAME = UNIT_ASSUMED._replace(severity="doubt")  # of the sheet or the file: nobody has said so
RETURN_UNREADABLE = _kind(
    "lost", "return_unreadable", "收表记录这一行未能采用：{raw}", "this line of the returns is not used: {raw}"
)

KINDS: dict[str, Kind] = {**TABLE_KINDS, **FILE_KINDS, **CELL_KINDS, **_KINDS}
