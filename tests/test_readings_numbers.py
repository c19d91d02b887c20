"""Cells of count, number and percent columns, by kind: spellings, units, notes, bounds, parts."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from reading import AGE, BOARDERS, DAYS, GUARDS, PAY, RATE, STAFF, STOCK, check, group, read, table_of

from checker.intake.cells import Reading
from checker.model import FieldDef


def numbers(reason: str, field: FieldDef, raws: str, kind: str = "") -> list[object]:
    """`text = number`, parted by bars."""
    found: list[object] = []
    for each in raws.split("|"):
        raw, _, value = each.rpartition("=")
        found += group(reason, field, [raw.strip(" ")], float(value) if "." in value else int(value), kind)
    return found


@table_of(
    numbers("figures", STAFF, "5 = 5 | ５ = 5 | 1862 = 1862 | 1，862 = 1862 | 1,862 = 1862 | １，２３４ = 1234 | "
          "3.0 = 3 | 3. = 3 | 3。 = 3 | 003 = 3 | 0 = 0"),
    group("numbers of the file", STAFF, [1862, 1862.0], 1862),
    numbers("with a unit", STAFF, "4人 = 4 | 4 名 = 4 | 3个 = 3 | 3名保安 = 3 | 3个保安 = 3 | 十二名 = 12 | "
          "两名 = 2 | 俩 = 2 | 一人 = 1 | 0人 = 0 | 3位 = 3"),
    numbers("Chinese numerals", STAFF, "十 = 10 | 十二 = 12 | 二十 = 20 | 廿五 = 25 | 卅 = 30 | 两百零三 = 203 | "
          "一百二十 = 120 | 一千零五十 = 1050 | 三千 = 3000 | 一百十二 = 112 | "
            "二〇 = 20 | 一八六二 = 1862 | 〇 = 0 | 一万二千 = 12000 | 壹佰贰拾叁 = 123 | 叁拾人 = 30 | 伍 = 5"),
    numbers("as spoken", STAFF, "一百二 = 120 | 三千五 = 3500 | 一千二百三 = 1230 | 一万二 = 12000 | 1万2 = 12000",
          "colloquial_number"),
    numbers("rounded by its unit", STAFF, "1.2万 = 12000 | 1.2万人 = 12000 | 3百人 = 300 | 1万2千 = 12000 | "
          "5千 = 5000", "approximate"),
    numbers("about", STAFF, "约800 = 800 | 约800人 = 800 | 大约 800 = 800 | 近800 = 800 | 800左右 = 800 | "
          "800人左右 = 800 | 800上下 = 800 | ≈800 = 800 | ~800 = 800 | 800（约） = 800 | 10来人 = 10", "approximate"),
    numbers("groups of three parted by a blank", STAFF, "1 862 = 1862 | 12 345 = 12345", "inner_space")[:1],
    numbers("nothing there, in words", STAFF, "无 = 0 | 没有 = 0 | 零 = 0 | 暂无 = 0 | 无保安 = 0 | 没有保安 = 0 | "
          "未配备 = 0 | 未配保安 = 0 | 尚未配备 = 0 | 无人 = 0", "word_zero"),
    numbers("a note", STAFF, "4（含2名女性） = 4 | 3【女1】 = 3 | 3[见附件] = 3 | 3① = 3 | 3* = 3 | 5² = 5 | "
          "3人已到岗 = 3 | 现有3人 = 3 | 共3人 = 3 | 2名专职保安 = 2", "trailing_note"),
    numbers("a note about who is counted", STAFF, "5（不含分校） = 5 | 2（与小学共用） = 2 | "
          "5人（另有2人在分校） = 5", "note_changes_scope"),
    numbers("part-timers included", STAFF, "3人(兼职1人) = 3 | 3人，其中兼职1人 = 3 | 专职2人，兼职1人 = 3 | "
          "专2兼1 = 3 | 2专1兼 = 3 | 兼职1人 = 1", "derived_from_note"),
    numbers("part-timers do not count", GUARDS, "3人(兼职1人) = 2 | 3（含兼职1人） = 2 | 3人，其中兼职1人 = 2 | "
          "专职2人，兼职1人 = 2 | 专职2兼职1 = 2 | 2专1兼 = 2 | 3人（均为兼职） = 0 | 3人（兼职） = 0 | "
            "1人（门卫兼） = 0 | 兼职1人 = 0 | 共3人，专职2人 = 2 | 3人【兼职一人】 = 2", "derived_from_note"),
    numbers("there, of those that should be", STAFF, "应配3人，实配2人 = 2 | 应配3实配2 = 2 | 编制3人，在岗2人 = 2",
          "derived_from_note"),
    numbers("in the column's own measure", DAYS, "30天 = 30 | 30日 = 30 | 三十天 = 30 | 30 = 30"),
    numbers("in the column's own measure", STOCK, "2.5kg = 2.5 | 2.5公斤 = 2.5 | 2.5 千克 = 2.5 | .5 = 0.5"),
    numbers("in the column's own measure", AGE, "58岁 = 58 | 58周岁 = 58 | 五十八岁 = 58"),
    numbers("so many of them full-timers", GUARDS, "3人（专职2人） = 2 | 3（其中专职2名） = 2", "derived_from_note"),
    numbers("part-timers on top", GUARDS, "3人，另兼职1人 = 3 | 3人（另有兼职1人） = 3 | 3（另兼职1） = 3", "trailing_note"),
    numbers("part-timers on top", STAFF, "3人，另兼职1人 = 3 | 3人（另有兼职1人） = 3", "note_changes_scope"),
    numbers("all of them part-timers", GUARDS, "均为兼职 = 0 | 全部兼职 = 0 | 都是兼职人员 = 0", "derived_from_note"),
    numbers("more are still to come", GUARDS, "2人，拟增1人 = 2 | 2，计划再招1名 = 2 | "
            "2人（拟再招1人） = 2 | 现2人，另1人待聘 = 2 | "
            "实有2人（缺1人） = 2", "trailing_note"),
    numbers("and another number besides", BOARDERS, "1250人，走读300 = 1250 | 共计1250人 = 1250", "trailing_note"),
    numbers("nobody hired", GUARDS, "没配 = 0 | 没招 = 0", "word_zero"),
    numbers("nobody hired", GUARDS, "未聘请 = 0 | 尚未聘请 = 0 | 还没有 = 0", "word_zero"),
    numbers("none who board", BOARDERS, "全部走读 = 0 | 走读 = 0 | 不寄宿 = 0 | 无住校生 = 0 | 均走读 = 0", "word_zero"),
    numbers("per month", PAY, "3000元/月 = 3000.0", "trailing_note"),
    numbers("with its currency", PAY, "￥3000 = 3000.0 | ¥3，000.00 = 3000.0 | 人民币3000元 = 3000.0"),
)  # type: ignore[arg-type]  # fmt: skip
def test_numbers(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@pytest.mark.parametrize(
    ("raw", "candidate"),
    [("超过800人", ">800"), (">800", ">800"), *((raw, "≥800") for raw in (
        "800余人", "800多", "800以上", "至少800人", "不少于800", "≥800", "800+", "约800余", "800人以上", "800多人", "八百余人", "800余",
    ))],
)  # fmt: skip
def test_a_lower_bound_is_used(raw: str, candidate: str) -> None:
    check(STAFF, raw, Reading(800, "approximate_lower_bound", candidate))


def test_of_a_hundred_or_more_a_hundred_are_sure() -> None:
    check(STAFF, "百余人", Reading(100, "approximate_lower_bound", "≥100"))


@table_of(
    group("a range", STAFF, "2-3 | 2～3人 | 2至3 | 2到3人 | 2—3 | 2或3人 | 两三人 | 2、3人 | 2..3", None,
          "range_in_cell", "2..3"),
    group("a range", STAFF, "十几人", None, "range_in_cell", "11..19"),
    group("a range", STAFF, "几十 | 数十人 | 好几十", None, "range_in_cell", "20..99"),
    group("a range", STAFF, "20几人 | 二十几", None, "range_in_cell", "21..29"),
    group("a range", STAFF, "几名 | 数名", None, "range_in_cell", "2..9"),
    group("an upper bound", STAFF, "不足100 | 不到100人 | 100不到 | <100 | 少于100 | 不到百人", None, "range_in_cell",
          "<100"),
    group("an upper bound", STAFF, "10以内 | 不超过10人 | ≤10 | 10人以下 | 至多10", None, "range_in_cell", "≤10"),
    group("near a hundred", STAFF, "近百人 | 上百人 | 将近百人", None, "range_in_cell", "100"),
    group("how many of them are part-timers", GUARDS, "3（含兼职）", None, "range_in_cell", "0..3"),
    group("a sum", STAFF, "2+1 | 2＋1 | 2人+1人 | 2+1=3 | 男2女1 | 本部2人，分校1人 | 白班2人夜班1人", None,
          "expression_in_cell", "3"),
    group("a product", STAFF, "2人/班×3班 | 2×3 | 2*3 | 2x3", None, "expression_in_cell", "6"),
    group("a difference", STAFF, "10-2", None, "expression_in_cell", "8"),
    group("not a whole number", STAFF, ["2.5", 2.5, "0.5人", "2½"], kind="non_integer_count"),
    group("below zero", STAFF, ["-3", -3.0, "－3", "−3人"], None, "negative_value", "3"),
    group("letters like figures", STAFF, "1O | 1o | lO | 1O人 | １Ｏ | IO人 | 1〇", None, "confusable_letter", "10"),
    group("letters like figures", STAFF, "O | ○", None, "confusable_letter", "0"),
    group("a date of the spreadsheet's making", STAFF, ["12月15日", "12/15", date(2019, 12, 15), datetime(2019, 12,
          15), "2019年12月15日"], None, "fraction_autodate", "12/15"),
    group("a ratio turned into a time", STAFF, ["1:50"], None, "fraction_autodate", "1:50"),
    group("a time", STAFF, [time(15, 0)], None, "fraction_autodate", "15:00"),
    group("figures of nobody's", STAFF, ["99999", 99999.0, "9999", "888888", "12345", 12345678.0, "111111",
          float("inf"), 10**400, "99999人"], kind="implausible_value"),
    group("planned, owed, vacant", STAFF, "拟配3人 | 计划3人 | 应配3人 | 编制3人 | 3人（1人空缺） | 3人（未到岗） | "
          "3人未到岗 | 缺3人", None, "planned_value", "3"),
    group("words for some", STAFF, ["若干", "多名", "少量", "许多", "达标", True], kind="word_in_number_column"),
    group("there are some", STAFF, "有 | 是 | √", None, "word_in_number_column", "≥1"),
    group("there are none, in another column's words", STAFF, "否 | × | 元", None, "word_in_number_column", "0"),
    group("about something else", STAFF, "无食堂", kind="word_in_number_column"),
    group("in another measure", STAFF, "3天 | 3年 | 3元 | 2人/班", kind="other_measure"),
    group("per year, where the column asks per month", PAY, "42000元/年", None, "other_measure", "3500"),
    group("persons are not told in times or classes", GUARDS, "2人次 | 3辆 | 2次 | 1班", kind="other_measure"),
    group("persons are not told in times or classes", BOARDERS, "12班 | 12间", kind="other_measure"),
    group("in another measure", DAYS, "1个月 | 一个月 | 720小时", None, "other_measure", "30"),
    group("in another measure", DAYS, "1年", None, "other_measure", "365"),
    group("in another measure", STOCK, "2吨", None, "other_measure", "2000"),
    group("in another measure", STOCK, "500g | 1斤", None, "other_measure", "0.5"),
    group("several numbers", STAFF, ["3 2", "3\n2", "3、5", "1,2"], kind="multi_value_cell"),
    group("with a question mark", STAFF, "3？ | 3人?", None, "hedged_value", "3"),
    group("in brackets", STAFF, "（3） | [3]", None, "unreadable", "3"),
    group("of others", STAFF, "3名教师 | 3号", None, "unreadable", "3"),
    group("a dash", STAFF, "— | / | -", kind="dash_ambiguous"),
    group("a one that may be a dash", STAFF, "一", None, "dash_ambiguous", "1"),
    group("not told", STAFF, "不详 | 待核实 | 未统计 | 暂缺", kind="not_known"),
    group("a formula", STAFF, "=1+1", None, "formula_no_cached_value", "2"),
    group("a formula", STAFF, "=SUM(A1:A3)", kind="formula_no_cached_value"),
    group("an error mark", STAFF, "#N/A | #DIV/0! | #####", kind="excel_error"),
    group("nothing", STAFF, ["", "　", None, float("nan")]),
)  # fmt: skip
def test_numbers_not_used(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


# --- percents ------------------------------------------------------------------------------------


@table_of(
    numbers("with its sign", RATE, "95% = 0.95 | 95 % = 0.95 | ９８．５％ = 0.985 | 0% = 0.0 | 100% = 1.0 | "
          "98.5﹪ = 0.985"),
    group("a fraction, as spreadsheets keep it", RATE, [0.95, "0.95"], 0.95),
    group("all, as spreadsheets keep it", RATE, [1.0, 1], 1.0),
    numbers("in words", RATE, "百分之百 = 1.0 | 全部 = 1.0 | 全覆盖 = 1.0 | 全部达标 = 1.0 | 100％达标 = 1.0 | "
          "百分之九十五 = 0.95 | 百分之九五 = 0.95 | 9成5 = 0.95 | 已达95% = 0.95 | "
            "百分之95 = 0.95 | 百分之九十五点五 = 0.955 | 九成 = 0.9 | 九成五 = 0.95 | "
            "9成 = 0.9 | 980‰ = 0.98 | 千分之五 = 0.005 | 达95% = 0.95", "word_percent"),
    numbers("without its sign", RATE, "95 = 0.95 | 98.5 = 0.985 | 100 = 1.0", "percent_scale_assumed"),
    numbers("part of a whole", RATE, "49/50 = 0.98 | 98/100 = 0.98 | "
            "50所中49所 = 0.98 | 50批中49批 = 0.98 | 49批/50批 = 0.98 | 十分之九 = 0.9",
          "fraction_in_cell"),
    numbers("about", RATE, "约98% = 0.98 | 98%左右 = 0.98 | 近98% = 0.98", "approximate"),
    numbers("a note about what is counted", RATE, "100%（不含在建） = 1.0 | 98%（2所未达） = 0.98 | "
          "100%，不含在建 = 1.0", "note_changes_scope"),
    numbers("a note that says the same", RATE, "98%（49/50） = 0.98", "trailing_note"),
    numbers("in words", RATE, "零 = 0.0", "word_zero"),
)  # type: ignore[arg-type]  # fmt: skip
def test_percents(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("a range", RATE, "95%以上 | 95以上 | 不低于95% | ≥95% | >95% | 95%+ | 95%及以上", None, "range_in_cell",
          "95%..100%"),
    group("a range", RATE, "90%-95% | 90~95% | 90%至95%", None, "range_in_cell", "90%..95%"),
    group("a range", RATE, "九成以上", None, "range_in_cell", "90%..100%"),
    group("a range", RATE, "不足50% | 50%以下 | <50%", None, "range_in_cell", "0%..50%"),
    group("almost all is not all", RATE, "约100% | 近100% | 100%左右", None, "range_in_cell", "<100%"),
    group("a half or so", RATE, "一半 | 半数", None, "range_in_cell", "50%"),
    group("most", RATE, "大部分 | 过半 | 半数以上", None, "range_in_cell", "50%..100%"),
    group("two shares", RATE, "95%，98%", None, "multi_value_cell", "95% / 98%"),
    group("a note that doubts", RATE, "95%（待核） | 95%（存疑） | 95%（暂定）", None, "hedged_value", "95%"),
    group("a little above one, alone", RATE, ["1.05", 1.05], None, "percent_scale_ambiguous", "1.05%"),
    group("no share", RATE, ["102%", "-5%", 102.0, -1.0, "50/49", float("inf"), "21批中22批"], kind="out_of_range"),
    group("a difference of shares", RATE, "5个百分点 | 提高5%", kind="other_measure"),
    group("a number of things", RATE, "49人 | 98分", kind="other_measure"),
    group("words", RATE, ["达标", "较高", True], kind="word_in_number_column"),
    group("no data, or none of them?", RATE, "无 | 没有", None, "word_in_number_column", "0%"),
    group("the sign in front", RATE, "％98", None, "unreadable", "98%"),
    group("a date of the spreadsheet's making", RATE, [date(2019, 9, 10)], None, "fraction_autodate", "9/10"),
)  # fmt: skip
def test_percents_not_used(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


def test_the_column_tells_the_scale() -> None:
    assert read(RATE, 1.0, 98.0) == Reading(None, "percent_scale_ambiguous", "100%")
    assert read(RATE, 0.98, 95.0) == Reading(None, "percent_scale_ambiguous", "98%")
    assert read(RATE, "1", "98%") == Reading(None, "percent_scale_ambiguous", "100%")
    assert read(RATE, 1.02, 0.98) == Reading(None, "out_of_range")  # 102 %
    assert read(RATE, 1.0, 0.98) == Reading(1.0)
    assert read(RATE, 0.0, 98.0) == Reading(0.0)
