"""Every doubt about a cell: code → severity and words. A message may name {field} {raw} {reading} {candidate} {maybe}."""

from __future__ import annotations

from checker.errors import Text
from checker.tables.questions import Kind, Said, Severity

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
    (
        "doubt",
        "inner_space",
        "“{raw}”中有空格或分隔号，按{reading}",
        '"{raw}" contains spaces or dashes, read as {reading}',
    ),
    ("doubt", "formula_cell", "“{raw}”是公式，取其文字“{reading}”", '"{raw}" is a formula; its text is "{reading}"'),
    (
        "doubt",
        "retired_unit",
        "“{raw}”不是现行名称，或在收到之日已不是现行单位，仍按{reading}",
        '"{raw}" is no name or unit of that day; kept as {reading}',
    ),
    (
        "doubt",
        "unit_differs",
        "表上写“{raw}”，与指定的填报单位{other}不同，没有填单位的行按{other}",
        'the sheet says "{raw}", not {other}; rows without a unit are taken as of {other}',
    ),
    (
        "doubt",
        "bare_verb",
        "“{raw}”没有写“已”或“未”，按“{reading}”",
        '"{raw}" says neither done nor not done, read as {reading}',
    ),
    (
        "doubt",
        "count_in_yes_no",
        "“{raw}”是数量，按“{reading}”",
        '"{raw}" is a number of things, read as {reading}',
    ),
    (
        "doubt",
        "measure_assumed",
        "“{raw}”没有写全计量单位，按本列的单位读作{reading}",
        '"{raw}" does not name its unit in full, read in that of the column: {reading}',
    ),
    (
        "doubt",
        "colloquial_number",
        "“{raw}”是口语的数，按{reading}",
        '"{raw}" is a number as spoken, read as {reading}',
    ),
    (
        "doubt",
        "fraction_in_cell",
        "“{raw}”是分数，折算为{reading}",
        '"{raw}" is a fraction: {reading}',
    ),
    (
        "doubt",
        "two_digit_year",
        "“{raw}”的年份只有两位，按{reading}",
        '"{raw}" has a year of two digits, read as {reading}',
    ),
    (
        "doubt",
        "date_order_assumed",
        "“{raw}”的年月日次序不同，只能是{reading}",
        '"{raw}" has another order of day and month; only {reading} is possible',
    ),
    (
        "doubt",
        "weekday_differs",
        "“{raw}”的星期与日期不符，按日期{reading}",
        'the weekday of "{raw}" is not that of the date; {reading} is used',
    ),
    (
        "doubt",
        "two_institutions_in_row",
        "“{raw}”一行填了两个机构，本行按“{reading}”，另一个请另填一行",
        '"{raw}" tells two institutions in a row; {reading} is used, the other needs a row of its own',
    ),
    (
        "doubt",
        "functional_area",
        "“{raw}”是功能区的简称，按{reading}；若指别处，请写全称",
        '"{raw}" is short for a functional area: {reading}; if another is meant, give its full name',
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
    ("lost", "excel_error", "“{raw}”是表格软件的出错标记", '"{raw}" is an error mark of the spreadsheet'),
    ("lost", "broken_text", "“{raw}”有认不出的字符", '"{raw}" holds characters that cannot be read'),
    ("lost", "formula_no_cached_value", "“{raw}”是公式文字，没有结果", '"{raw}" is a formula without its result'),
    ("lost", "ditto", "“{raw}”：请写明内容", '"{raw}": write it out'),
    ("lost", "no_content", "“{raw}”不作内容，按未填", '"{raw}" is not taken as content'),
    ("lost", "hedged_value", "“{raw}”不确定，按待核", '"{raw}" is hedged, unknown'),
    (
        "lost",
        "qualified_yes",
        "“{raw}”前后矛盾或称不能正常使用，按待核",
        '"{raw}" contradicts itself or says that it does not work',
    ),
    ("lost", "numeric_bool_ambiguous", "“{raw}”：不知哪个数表示“是”", '"{raw}": which number means yes?'),
    ("lost", "non_integer_count", "“{raw}”不是整数", '"{raw}" is not a whole number'),
    ("lost", "negative_value", "“{raw}”小于零", '"{raw}" is below zero'),
    (
        "lost",
        "confusable_letter",
        "“{raw}”中有易混的字母",
        '"{raw}" holds letters that look like digits',
    ),
    (
        "lost",
        "expression_in_cell",
        "“{raw}”是几个数合成的，含义不明",
        '"{raw}" is made up of several numbers; their meaning is unknown',
    ),
    (
        "lost",
        "fraction_autodate",
        "“{raw}”疑为被改成日期的数",
        '"{raw}" may be a number turned into a date',
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
    ("lost", "month_precision", "“{raw}”没有写明哪一日，按待核", '"{raw}" names no day'),
    ("lost", "year_missing", "“{raw}”没有年份", '"{raw}" has no year'),
    ("lost", "fuzzy_date", "“{raw}”不是确定的日期，按待核", '"{raw}" is no certain day'),
    ("lost", "invalid_date", "“{raw}”：没有这一天", '"{raw}": no such day'),
    ("lost", "excel_zero_date", "“{raw}”是空格被设成日期格式", '"{raw}" is an empty cell in date format'),
    ("lost", "implausible_date", "“{raw}”的年份不合理", 'the year of "{raw}" is not plausible'),
    ("lost", "assumed_deadline", "“{raw}”没有写明日期", '"{raw}" names no day'),
    ("lost", "status_in_date_column", "“{raw}”是状态，不是日期", '"{raw}" is a state, not a day'),
    ("lost", "time_missing", "“{raw}”没有时刻，按待核", '"{raw}" has no time of day'),
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
    (
        "lost",
        "placeholder_code",
        "“{raw}”像是占位的编号，不采用；请填实际的标识码，还没有的请留空",
        '"{raw}" looks like a code made up to fill the cell: not used; give the real one, or leave it empty',
    ),
    ("lost", "uscc_check_failed", "“{raw}”的校验码不符", 'the check character of "{raw}" is wrong'),
    ("lost", "unknown_unit", "“{raw}”不在单位名单中", '"{raw}" is not in the list of units'),
    (
        "lost",
        "unit_not_unique",
        "“{raw}”对应几个单位（{candidate}），请填代码",
        '"{raw}" fits several units ({candidate})',
    ),
    (
        "lost",
        "symbol_ambiguous",
        "“{raw}”这个符号各表用法不同，按待核",
        '"{raw}" is used in different ways, unknown',
    ),
    (
        "lost",
        "date_in_yes_no",
        "“{raw}”是时间，没有写是否已完成，按待核",
        '"{raw}" is a time and does not say whether it is done',
    ),
    (
        "lost",
        "other_fact",
        "“{raw}”说的不是本列问的事，按待核",
        '"{raw}" tells another fact than the one asked for',
    ),
    (
        "lost",
        "scope_unknown",
        "“{raw}”只说了一部分，不知是否全部，按待核",
        '"{raw}" speaks of some; whether of all is not told',
    ),
    (
        "lost",
        "double_negative",
        "“{raw}”是双重否定，按待核",
        '"{raw}" is a double negative, unknown',
    ),
    (
        "lost",
        "planned_value",
        "“{raw}”是计划、编制或空缺的数，不知实有多少",
        '"{raw}" is a planned or vacant number; the actual one is not told',
    ),
    (
        "lost",
        "planned_date",
        "“{raw}”是计划的日期，不作已完成",
        '"{raw}" is a planned day, not one on which it was done',
    ),
    (
        "lost",
        "other_calendar",
        "“{raw}”不是公历，请填公历日期",
        '"{raw}" is of another calendar',
    ),
    (
        "lost",
        "date_order_ambiguous",
        "“{raw}”分不清年月日的次序",
        'the order of year, month and day in "{raw}" is not clear',
    ),
    (
        "lost",
        "age_not_birthdate",
        "“{raw}”是年龄，不是出生日期",
        '"{raw}" is an age, not a day of birth',
    ),
    ("lost", "unreadable", "“{raw}”看不懂，按待核", '"{raw}" cannot be read, unknown'),
)
KINDS: dict[str, Kind] = {}
for _severity, _code, _zh, _en in _CELLS:
    _guess = "{maybe}" if _severity == "lost" and "{candidate}" not in _zh else ""
    KINDS[_code] = Kind(
        _code,
        _severity,
        Text(
            (_zh if "{field}" in _zh else f"“{{field}}”：{_zh}") + _guess,
            (_en if "{field}" in _en else f"{{field}}: {_en}") + _guess,
        ),
    )

# Doubts about a choice bear the name of its field: ownership_by_rule, school_type_ambiguous.
_OF_A_CHOICE: dict[str, tuple[Severity, Text]] = {
    "_by_rule": (
        "doubt",
        Text(
            "“{field}”：“{raw}”按规则包的解读归入“{reading}”",
            '{field}: "{raw}" is counted as {reading} by a reading of the pack',
        ),
    ),
    "_ambiguous": (
        "lost",
        Text("“{field}”：“{raw}”可能是{candidate}，按待核", '{field}: "{raw}" may be {candidate}, unknown'),
    ),
}


def of(code: str) -> Kind:
    """The kind of a doubt about a cell."""
    if (known := KINDS.get(code)) is not None:
        return known
    ending = next(each for each in _OF_A_CHOICE if code.endswith(each))
    return Kind(code, *_OF_A_CHOICE[ending])


def guess(candidate: Said) -> dict[str, Said]:
    """What a message says of the candidate: nothing if there is none."""
    either = candidate if isinstance(candidate, Text) else Text(str(candidate), str(candidate))
    maybe = (
        Text(f"；是否应为“{either.zh.replace('..', '至')}”？", f'; perhaps "{either.en}"?')
        if candidate
        else Text("", "")
    )
    return {"candidate": candidate, "maybe": maybe}
