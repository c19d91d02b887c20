"""Cells of date columns, by kind: orders and digits, months and longer times, deadlines, words, serial numbers, ages."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from reading import BORN, DAY, DONE, DUE, MOMENT, STARTED, VALID, check, group, read, table_of

from checker.intake.cells import Reading
from checker.model import FieldDef

TENTH = date(2019, 12, 10)
RECEIVED = date(2019, 12, 23)


@table_of(
    group("every separator", DAY, "2019-12-10 | 2019.12.10 | 2019/12/10 | 2019年12月10日 | 2019年12月10 | "
          "2019年12月10号 | 2019、12、10 | 2019。12。10 | 2019·12·10 | 2019—12—10 | 2019_12_10 | "
          "2019\\12\\10 | 2019年12.10 | 2019.12.10日 | 2019.12.10. | 2019，12，10", TENTH),
    group("blanks", DAY, ["2019 12 10", "2019 年 12 月 10 日", "2019 - 12 - 10", " 2019.12.10 ", "2019年12月\n10日"],
          TENTH),
    group("full width", DAY, "２０１９．１２．１０ | ２０１９年１２月１０日 | ２０１９－１２－１０", TENTH),
    group("no separator", DAY, ["20191210", 20191210, 20191210.0, "20191210.0"], TENTH),
    group("a day of the file", DAY, [TENTH, datetime(2019, 12, 10)], TENTH),
    group("an apostrophe that keeps the text", DAY, "'2019-12-10 | ’2019/12/10", TENTH),
    group("midnight is no time of day", DAY, "2019-12-10 00:00:00 | 2019-12-10T00:00:00 | 2019-12-10T00:00:00Z | "
          "2019-12-10T00:00:00.000+08:00", TENTH),
    group("the weekday", DAY, "2019年12月10日（周二） | 2019-12-10 星期二 | 2019年12月10日星期二", TENTH),
    group("Chinese digits", DAY, "二〇一九年十二月十日 | 二零一九年十二月十日 | 二○一九年十二月十日 | "
          "2019年十二月10日 | 二〇一九年十二月十号", TENTH),
    group("Chinese digits", DAY, "二〇一九年十二月廿五日 | 二〇一九年十二月二十五日", date(2019, 12, 25)),
    group("the first month", DAY, "2019年元月5日 | 2019年一月五日", date(2019, 1, 5)),
    group("the month by its English name", DAY, "10-Dec-2019 | Dec 10, 2019 | 10 December 2019", TENTH),
)  # fmt: skip
def test_days(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("a time of day", DAY, ["2019-12-10 15:30", "2019年12月10日下午3时", "2019年12月10日上午", datetime(2019, 12,
          10, 15)], TENTH, "time_dropped"),
    group("another weekday", DAY, "2019年12月10日（周五） | 2019-12-10 星期日", TENTH, "weekday_differs"),
    group("letters for figures where they can be nothing else", DAY, "二O一九年十二月十日 | 2019年12月10曰 | "
          "2019年12目10日", TENTH, "typo_confusable"),
    group("two digits of the year", DAY, "19.12.10 | 19-12-10 | 19/12/10 | 19年12月10日 | '19.12.10 | "
          "’19年12月10日 | 191210 | 10-Dec-19", TENTH, "two_digit_year"),
    group("two digits of the year of birth", BORN, "61年5月3日 | 61.5.3", date(1961, 5, 3), "two_digit_year"),
    group("another order, of which one is possible", DAY, "12/25/2019 | 25.12.2019 | 25/12/2019", date(2019, 12, 25),
          "date_order_assumed"),
    group("a note", DAY, "2019年12月10日（已验收） | 2019年12月10日，已完成 | 2019年12月10日完成 | "
          "已于2019年12月10日完成 | 2019.12.10联网 | 2019-12-10【验收】 | 2019年12月10日起 | "
          "检查时间：2019年12月10日", TENTH, "trailing_note"),
    group("a serial number", DAY, [43809, "43809", 43809.0, "43809.625"], TENTH, "excel_serial"),
    group("a deadline, inclusive", DUE, "2019年12月31日前 | 2019年12月31日之前 | 2019年12月31日以前 | "
          "2019.12.31前 | 2019-12-31前完成 | 不迟于2019年12月31日 | 最迟2019年12月31日 | 截止2019年12月31日 | "
          "2019年12月31日止 | 限2019年12月31日前整改到位 | 2019年底前 | 2019年底 | 2019年12月底前 | 2019年12月底 | "
          "2019年12月下旬前 | ≤2019-12-31 | 计划2019年12月31日完成 | 拟2019.12.31",
          date(2019, 12, 31), "deadline_phrase"),
)  # fmt: skip
def test_days_with_a_doubt(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


def spans(reason: str, kind: str, raws: str, field: FieldDef = DAY) -> list[object]:
    """`text = first..last`, parted by bars."""
    found: list[object] = []
    for each in raws.split("|"):
        raw, _, span = each.rpartition("=")
        found += group(reason, field, [raw.strip()], None, kind, span.strip())
    return found


DECEMBER = "2019-12-01..2019-12-31"


@table_of(
    spans("a month", "month_precision", f"2019.12 = {DECEMBER} | 2019年12月 = {DECEMBER} | 2019-12 = {DECEMBER} | "
          f"2019/12 = {DECEMBER} | 201912 = {DECEMBER} | 2019年12月份 = {DECEMBER} | "
          f"二〇一九年十二月 = {DECEMBER} | 12/2019 = {DECEMBER} | Dec-19 = {DECEMBER} | 19年12月 = {DECEMBER} | "
          f"2021年3月 = 2021-03-01..2021-03-31 | 2019年2月 = 2019-02-01..2019-02-28"),
    spans("a third of a month", "fuzzy_date", "2019年12月上旬 = 2019-12-01..2019-12-10 | "
          "2019年12月中旬 = 2019-12-11..2019-12-20 | 2019年12月下旬 = 2019-12-21..2019-12-31 | "
          "2019年12月初 = 2019-12-01..2019-12-10 | 2019年12月底 = 2019-12-21..2019-12-31 | "
          "2019年12月末 = 2019-12-21..2019-12-31 | 2019.12月底 = 2019-12-21..2019-12-31"),
    spans("part of a year", "fuzzy_date", f"2019年底 = {DECEMBER} | 2019年末 = {DECEMBER} | "
          f"2019年初 = 2019-01-01..2019-01-31 | 2019年上半年 = 2019-01-01..2019-06-30 | "
          f"2019年下半年 = 2019-07-01..2019-12-31 | "
          "2019年第一季度 = 2019-01-01..2019-03-31 | 2019年四季度 = 2019-10-01..2019-12-31 | "
          "2019Q3 = 2019-07-01..2019-09-30 | 2019年暑假 = 2019-06-01..2019-08-31 | 2019年 = 2019-01-01..2019-12-31 | "
          "2019 = 2019-01-01..2019-12-31 | 2019年度 = 2019-01-01..2019-12-31"),
    spans("a term", "fuzzy_date", "2019年秋学期 = 2019-09-01..2020-01-31 | "
          "2020年春季学期 = 2020-02-01..2020-07-31 | 2019-2020学年第一学期 = 2019-09-01..2020-01-31 | "
          "2019学年 = 2019-09-01..2020-08-31"),
    group("a note that doubts", DAY, "2019.12.10（待核） | 2019年12月10日（存疑） | 2019-12-10（？）", None, "hedged_value",
          "2019-12-10"),
    group("the day from which it is valid", VALID, "2019年12月10日发证，有效期五年 | 2019.12.10起 | 自2019年12月10日起生效", None,
          "fuzzy_date", "≥2019-12-10"),
    spans("from one to another", "range_in_cell", "2019.12.10-12.25 = 2019-12-10..2019-12-25 | "
          "2019.12.10-2019.12.25 = 2019-12-10..2019-12-25 | 2019年12月10日至25日 = 2019-12-10..2019-12-25 | "
          "2019年12月10日—2020年1月5日 = 2019-12-10..2020-01-05 | 2019年9月至2020年1月 = 2019-09-01..2020-01-31 | "
          "2019-12-10..2019-12-25 = 2019-12-10..2019-12-25"),
    group("no year", DAY, "12月10日 | 12.10 | 12-10 | 12/10 | 12月10", None, "year_missing", "12-10"),
    group("no year", DAY, "12月 | 12月底 | 10日 | 本月10日 | 年底", kind="year_missing"),
    group("January or October", DAY, [2019.1, "2019.1"], None, "float_date_ambiguous", "2019-01 / 2019-10"),
    group("a month, or a serial number of 1955", DAY, ["20191", 20191.0], None, "float_date_ambiguous", "2019-01"),
    group("December 2010, or a day of 2020", DAY, "201012", None, "float_date_ambiguous", "2010-12 / 2020-10-12"),
    group("day and month in either order", DAY, "12/10/2019 | 12.10.2019", None, "date_order_ambiguous",
          "2019-12-10 / 2019-10-12"),
    group("day and month in either order", DAY, "2019121", None, "date_order_ambiguous", "2019-12-01 / 2019-01-21"),
    group("a day, or September to December", DAY, "2019.9-12", None, "date_order_ambiguous", "2019-09-12"),
    group("no such day", DAY, "2019-11-31 | 2019-02-29 | 2020-02-30 | 2019年13月1日 | 2019-13-01 | 2019年12月32日 | "
          "1900-02-29 | 2019年13月", kind="invalid_date"),
    group("nought in the form of a date", DAY, ["1900/1/0", "1900-01-01", "1899-12-30", "1900/1/1", "0000-00-00", "0",
          0, 0.0, "00:00:00", time(0, 0), date(1900, 1, 1), date(1904, 1, 1)], kind="excel_zero_date"),
    group("a year of nobody's", DAY, ["9999-12-31", "9999/12/31", "2099-12-31", "1890-01-01", "2091-12-10", date(9999,
          12, 31), datetime(2099, 12, 31)], kind="implausible_date"),
    group("a number that is no day", DAY, ["99999", 1, 365.0, "0.625", 10**400], kind="unreadable"),
    group("a letter in it", DAY, "2O19.12.10 | 2019.l2.10 | 2019-12-1O | 2019/I2/10", None, "confusable_letter",
          "2019-12-10"),
    group("a separator too many", DAY, "2019..12.10 | 2019--12-10", None, "unreadable", "2019-12-10"),
    group("several days", DAY, ["2019.12.10、2019.12.25", "2019-12-10\n2019-12-25", "2019-12-10,2019-12-25",
          "2019年12月10日和2019年12月25日"], None, "multi_value_cell", "2019-12-10 / 2019-12-25"),
    group("planned, not done", DAY, "拟2020年3月1日 | 计划2020年3月1日完成 | 预计2020.3.1 | 2020年3月1日（拟）", None,
          "planned_date", "2020-03-01"),
    group("planned, not done", DONE, "预计2020年3月", None, "planned_date", "2020-03-01..2020-03-31"),
    group("before a day", DAY, "2019年12月31日前 | 不迟于2019年12月31日 | 截至2019年12月31日 | ≤2019-12-31", None,
          "fuzzy_date", "≤2019-12-31"),
    group("after a day", DAY, "2019年12月10日后 | 2019年12月10日之后 | ≥2019-12-10", None, "fuzzy_date", "≥2019-12-10"),
    group("about a day", DAY, "约2019年12月10日 | 2019年12月10日左右 | 2019年12月10日前后", None, "fuzzy_date",
          "2019-12-10"),
    group("with a question mark", DAY, "2019-12-10? | 2019年12月10日？", None, "hedged_value", "2019-12-10"),
    group("not on that day", DONE, "2019年12月10日未完成 | 2019年12月10日取消", None, "status_in_date_column",
          "2019-12-10"),
    group("before March, or before its end", DUE, "2020年3月前", None, "fuzzy_date", "2020-03-01 / 2020-03-31"),
    group("at a feast", DUE, "春节前 | 开学前 | 2020年春节前 | 寒假期间", kind="fuzzy_date"),
    group("no day named", DUE, "立即整改 | 立即 | 限期整改 | 尽快 | 长期 | 长期有效 | 永久 | 即日起 | 至今 | "
          "每月15日 | 每学期初 | 定期 | 15个工作日内 | 一个月内 | 收到通知后15日内", kind="assumed_deadline"),
    group("a state", DONE, ["已整改", "整改中", "未完成", "已整改完毕并验收合格", "√", "是", "否", "已过期", "合格",
          True], kind="status_in_date_column"),
    group("of another calendar", DAY, "农历十二月初五 | 腊月二十三 | 2019年正月初八", kind="other_calendar"),
    group("of another calendar", DAY, "民国108年12月10日", None, "other_calendar", "2019-12-10"),
    group("an age", BORN, ["58岁", "58", 58, 58.0, "五十八岁", "58周岁"], kind="age_not_birthdate"),
    group("nothing to tell", DAY, "无 | 没有 | 暂无", kind="no_content"),
    group("marks", DAY, "不详 | 待定", kind="not_known"),
    group("marks", DAY, "/ | —", kind="dash_ambiguous"),
    group("an error mark", DAY, "##### | #VALUE!", kind="excel_error"),
    group("a formula", DAY, "=TODAY()", kind="formula_no_cached_value"),
    group("nothing", DAY, ["", "　", None, float("nan")]),
)  # type: ignore[arg-type]  # fmt: skip
def test_days_not_used(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        *((raw, "deadline_phrase") for raw in (
            "至2019年12月10日", "2019.12.10止", "2019年12月10日到期", "截止2019年12月10日", "有效期至2019年12月10日", "到2019-12-10",
        )),
        *((raw, "range_end_used") for raw in (
            "2014.12.11-2019.12.10", "自2014年12月11日至2019年12月10日", "2014年12月11日至2019年12月10日止", "2014-12-11—2019-12-10",
        )),
    ],
)  # fmt: skip
def test_until_when_something_is_valid(raw: str, kind: str) -> None:
    found = read(VALID, raw)
    assert (found.value, found.kind) == (TENTH, kind)
    assert read(DAY, raw).value is None  # on which day it was looked at, it does not tell


@pytest.mark.parametrize("raw", ["贰零壹玖年拾贰月拾日", "贰零壹玖年壹拾贰月壹拾日", "二零一九年十二月零十日"])
def test_days_as_on_a_receipt(raw: str) -> None:
    assert read(DAY, raw).value == TENTH


@pytest.mark.parametrize("raw", ["2019.12.10-12.25", "2019年12月10日至25日", "2019.12.10~2019.12.25"])
def test_of_a_span_a_column_takes_the_end_that_it_asks_for(raw: str) -> None:
    span = "2019-12-10..2019-12-25"
    assert read(DONE, raw) == Reading(date(2019, 12, 25), "range_end_used", span)
    assert read(DUE, raw) == Reading(date(2019, 12, 25), "range_end_used", span)
    assert read(STARTED, raw) == Reading(TENTH, "range_end_used", span)


@pytest.mark.parametrize(
    ("field", "raw", "candidate"),
    [
        (DAY, "12月10日", "2019-12-10"),
        (DAY, "12.10", "2019-12-10"),
        (DAY, "12月25日", "2018-12-25"),  # after the day of receipt: of the year before
        (DAY, "12月", DECEMBER),
        (DAY, "本月10日", "2019-12-10"),
        (DUE, "12月31日前", "2019-12-31"),
        (DUE, "3月31日前", "2020-03-31"),
        (DUE, "年底前", DECEMBER),
        (DAY, "12.10-12.20", "2019-12-10..2019-12-20"),
    ],
)
def test_the_day_of_receipt_tells_the_year_but_only_as_a_guess(field: FieldDef, raw: str, candidate: str) -> None:
    found = read(field, raw, received_on=RECEIVED)
    assert (found.value, found.candidate) == (None, candidate)


def test_the_day_of_receipt_tells_between_which_days_somebody_was_born() -> None:
    assert read(BORN, "58岁", received_on=RECEIVED) == Reading(None, "age_not_birthdate", "1960-12-24..1961-12-23")


def test_serial_numbers_follow_the_workbook() -> None:
    assert read(DAY, 42347.0) == Reading(date(2015, 12, 9), "excel_serial")
    assert read(DAY, 42347.0, since_1904=True) == Reading(TENTH, "excel_serial_1904")


@table_of(
    group("to the minute", MOMENT, ["2019-12-20 15:30", "2019年12月20日15:30", "2019年12月20日下午3点半",
          "2019-12-20T15:30:00", "2019.12.20 15：30", datetime(2019, 12, 20, 15, 30)], datetime(2019, 12, 20, 15, 30)),
    group("a serial number", MOMENT, [43809.625], datetime(2019, 12, 10, 15), "excel_serial"),
    group("only the day", MOMENT, ["2019-12-20", date(2019, 12, 20)], None, "time_missing", "2019-12-20"),
    group("only the time", MOMENT, [time(15, 30)], None, "year_missing", "15:30"),
)  # fmt: skip
def test_moments(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)
