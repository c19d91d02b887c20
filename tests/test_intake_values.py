"""Cells as counties fill them in: every sample of the collection, and the families they stand for."""

from __future__ import annotations

import csv
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from packs import UNITS, field, table, text, tiny_pack

from checker.intake import KINDS
from checker.intake.cells import Reading
from checker.intake.codes import read_unit, unit_in, unit_names
from checker.intake.values import Readers
from checker.model import FieldDef, Unit

with (Path(__file__).parent / "data" / "messy-values.csv").open(encoding="utf-8", newline="") as lines:
    SAMPLES = {row["id"]: row for row in csv.DictReader(lines)}

LINKED = field("linked", "一键报警已与公安联网", "yes_no")
SETUP = field("installed", "一键报警已安装", "yes_no")
GUARDS = field("guards", "专职保安人数", "count")
STAFF = field("staff", "保安人数", "count")
RATE = field("rate", "覆盖率", "percent")
DAY = field("day", "检查日期", "date")
DONE = field("done", "完成日期", "date")
DUE = field("due_on", "整改时限", "date")
MOMENT = field("moment", "报告时间", "datetime")
CODE = field("code", "学校标识码", pattern="moe_code")
USCC = field("uscc", "统一社会信用代码", pattern="uscc")
PLATE = field("plate", "号牌号码", pattern="plate")
OWNERSHIP = field("ownership", "办学性质", "choice", choices={"public": ("公办", "集体办"), "private": "民办"})
TYPE = field("type", "学校类别", "choice", choices={"primary": "小学", "kindergarten": "幼儿园"})
TOPICS = field("topics", "检查领域", "choices", choices={"fire": "消防", "food": "食品"})
NOTE = field("note", "说明")
STOCK = field("stock", "库存量", "number", measure="千克")
PACK = tiny_pack([table("thing", "对象", LINKED, key="")])

# What is left for the deepened intake, and why.
LATER = {
    "N036": "a merged cell: see the sheet tests",
    "N094": "needs a rule of the pack between two columns (code and school type)",
    "N099": "see test_units",
    "N100": "see test_units",
    "N102": "see test_units",
    "N103": "see test_units",
    "N115": "no field of the vocabulary holds an age",
    "N117": "a row: see the sheet tests",
    "N118": "a row: see the sheet tests",
    "N120": "a row: see the sheet tests",
    "N121": "a row: see test_tables",
    "N123": "the workbook reader does not tell hidden rows and strikethrough",
    "N124": "the workbook reader does not tell colours",
}
# Where the sample is read otherwise than the collection proposes: (field, value, doubt).
OTHERWISE: dict[str, tuple[FieldDef, Any, str]] = {
    "N013": (LINKED, False, "two_facts_in_cell"),  # the other fact: test_two_facts
    "N037": (GUARDS, 2, "derived_from_note"),
    "N046": (STAFF, 800, "approximate_lower_bound"),
    "N072": (DAY, date(2015, 12, 9), "excel_serial"),  # with the workbook's flag: test_serials
    "N073": (DAY, date(2019, 12, 10), "excel_serial"),
    "N076": (DAY, None, "month_precision"),  # a month is no day: missing, with the candidate
    "N079": (DAY, None, "fuzzy_date"),
    "N081": (DONE, date(2019, 12, 25), "range_end_used"),
    "N084": (DONE, None, "month_precision"),
    "N088": (DUE, date(2019, 12, 31), "deadline_phrase"),
    "N090": (DUE, None, "assumed_deadline"),  # which day to assume is for a parameter to say
    "N105": (OWNERSHIP, None, "unknown_choice"),
    "N106": (OWNERSHIP, "public", ""),  # the vocabulary lists it as an alias
    "N108": (TYPE, "primary", "trailing_note"),  # two rows of one: later
    "N114": (PLATE, None, "multi_value_cell"),  # two rows of one: later
}
FIELDS = {
    "bool": LINKED,
    "count": STAFF,
    "percent": RATE,
    "date": DAY,
    "moe_code": CODE,
    "uscc": USCC,
    "plate": PLATE,
    "ownership": OWNERSHIP,
    "school_type": TYPE,
    "text": NOTE,
}


def read(field: FieldDef, raw: object, *others: object, since_1904: bool = False) -> Reading:
    """One cell, among the others of its column."""
    reader = Readers(PACK).of(PACK.tables["thing"], field, lambda: [raw, *others], since_1904)
    value = reader[raw]
    return reader.noted.get(raw, Reading(value))


def expected(row: dict[str, str]) -> Any:
    said, kind = row["expected_normalised"], row["column_kind"]
    if row["status"] == "unknown" or said.startswith("null"):
        return None
    if kind == "bool":
        return said.startswith("true")
    if kind == "percent":
        return float(said) / 100
    if kind == "date":
        return date.fromisoformat(said)
    return int(said) if kind == "count" else said.removeprefix("text '").partition("'")[0]


@pytest.mark.parametrize("id", [id for id in SAMPLES if id not in LATER])
def test_sample(id: str) -> None:
    row = SAMPLES[id]
    raw = row["raw_value"].replace("\\n", "\n").removesuffix(" with 学校类别=小学")
    if id in OTHERWISE:
        field, value, kind = OTHERWISE[id]
    else:
        field, value, kind = FIELDS[row["column_kind"]], expected(row), row["finding_code"]
    if kind == "missing":
        kind = ""  # an empty cell raises no question of its own
    found = read(field, raw)
    assert (found.value, found.kind) == (value, kind), row["note"]
    assert kind == "" or KINDS[kind].severity == ("lost" if value is None else "doubt")


def test_samples_left_for_later_are_in_the_collection() -> None:
    assert set(LATER) | set(OTHERWISE) <= set(SAMPLES)


def cases(*samples: tuple[FieldDef, object, object, str]) -> Any:
    return pytest.mark.parametrize(("field", "raw", "value", "kind"), samples)


@cases(
    *(
        (LINKED, raw, True, "")
        for raw in ("是", "√", "✓", "有", "Y", "yes", "已联网", "已与公安联网", "已 联 网", "已联网。", True)
    ),
    *((LINKED, raw, False, "") for raw in ("否", "×", "✗", "无", "没有", "未联网", "尚未联网", "未与公安联网", False)),
    (LINKED, "已联网（2019年11月）", True, "trailing_note"),
    (LINKED, "是，已验收", True, "trailing_note"),
    (LINKED, "是（部分损坏）", None, "qualified_yes"),
    (LINKED, "否，拟2020年安装", False, "trailing_note"),
    (LINKED, "己联网", True, "typo_confusable"),
    (LINKED, "未全部联网", False, "partial_value"),
    (LINKED, "大部分已联网", False, "partial_value"),
    (LINKED, "98%", False, "partial_value"),
    (LINKED, "100%", True, "percent_in_yes_no"),
    (LINKED, "计划2020年3月完成", False, "planned_not_done"),
    (LINKED, "正在安装", False, "planned_not_done"),
    (LINKED, "2020年3月前联网", False, "planned_not_done"),
    (LINKED, "2020年3月联网", None, "unreadable"),
    (LINKED, "正常运行", None, "unreadable"),
    (LINKED, "☑是□否", True, ""),
    (LINKED, "□是☑否", False, ""),
    (LINKED, "是□否☑", False, ""),
    (LINKED, "□是□否", None, "template_not_filled"),
    (LINKED, "不详", None, "not_known"),
    (LINKED, "待核实", None, "not_known"),
    (LINKED, "同上", None, "ditto"),
    (LINKED, date(2019, 12, 10), None, "unreadable"),
)
def test_yes_no(field: FieldDef, raw: object, value: object, kind: str) -> None:
    assert read(field, raw)[:2] == (value, kind)


def test_two_facts() -> None:
    assert read(LINKED, "已装未联")[:2] == (False, "two_facts_in_cell")
    assert read(SETUP, "已装未联")[:2] == (True, "two_facts_in_cell")
    assert read(field("alarm", "一键报警", "yes_no"), "已装未联")[:2] == (None, "qualified_yes")


def test_a_column_coded_one_and_nought() -> None:
    assert read(LINKED, 1.0, 0.0)[:2] == (True, "numeric_bool")
    assert read(LINKED, "0", "1")[:2] == (False, "numeric_bool")
    assert read(LINKED, 1.0, 2.0)[:2] == (None, "numeric_bool_ambiguous")


@cases(
    (STAFF, 1862.0, 1862, ""),
    (STAFF, "1，862", 1862, ""),
    (STAFF, "５", 5, ""),
    (STAFF, "4人", 4, ""),
    (STAFF, "十二名", 12, ""),
    (STAFF, "两百零三", 203, ""),
    (STAFF, "一", None, "dash_ambiguous"),
    (STAFF, "一人", 1, ""),
    (STAFF, "3人(兼职1人)", 3, "derived_from_note"),
    (GUARDS, "3人(兼职1人)", 2, "derived_from_note"),
    (STAFF, "4（含2名女性）", 4, "trailing_note"),
    (STAFF, "近百人", None, "word_in_number_column"),
    (STAFF, "2-3", None, "range_in_cell"),
    (STAFF, -1.0, None, "negative_value"),
    (STAFF, 99999.0, None, "implausible_value"),
    (STAFF, True, None, "word_in_number_column"),
    (STAFF, datetime(2019, 12, 15), None, "fraction_autodate"),
    (STAFF, time(15, 0), None, "fraction_autodate"),
    (STAFF, "1,2", None, "unreadable"),
    (STOCK, "2.5kg", 2.5, ""),
    (STOCK, "2吨", None, "other_measure"),
    (STOCK, 0.1, 0.1, ""),
    (RATE, "95%", 0.95, ""),
    (RATE, 0.95, 0.95, ""),
    (RATE, 1.0, 1.0, ""),
    (RATE, 95.0, 0.95, "percent_scale_assumed"),
    (RATE, "百分之九十五", 0.95, "word_percent"),
    (RATE, "-1%", None, "out_of_range"),
)
def test_numbers(field: FieldDef, raw: object, value: object, kind: str) -> None:
    assert read(field, raw)[:2] == (value, kind)


def test_one_in_a_column_of_hundreds_is_ambiguous() -> None:
    assert read(RATE, 1.0, 98.0) == Reading(None, "percent_scale_ambiguous", "100%")


@cases(
    (DAY, date(2019, 12, 20), date(2019, 12, 20), ""),
    (DAY, datetime(2019, 12, 20), date(2019, 12, 20), ""),
    (DAY, datetime(2019, 12, 20, 15), date(2019, 12, 20), "time_dropped"),
    *(
        (DAY, raw, date(2019, 12, 20), "")
        for raw in ("2019-12-20", "2019.12.20", "2019/12/20", "2019年12月20日", "20191220")
    ),
    (DAY, 20191220.0, date(2019, 12, 20), ""),
    (DAY, "2019-12-20 00:00:00", date(2019, 12, 20), ""),
    (DAY, "2019-12-2 10:30", date(2019, 12, 2), "time_dropped"),
    (DAY, "2019年12月20日（周五）", date(2019, 12, 20), ""),
    (DAY, "2019.12.10-12.25", None, "range_in_cell"),  # neither start nor end is asked for
    (DAY, "2019年12月31日前", None, "fuzzy_date"),  # only a deadline may be a phrase
    (DAY, "12.10", None, "year_missing"),
    (DAY, "2019年上半年", None, "fuzzy_date"),
    (DAY, "1890-01-01", None, "implausible_date"),
    (DAY, time(0, 0), None, "excel_zero_date"),
    (DAY, "无", None, "no_content"),
    (MOMENT, datetime(2019, 12, 20, 15, 30), datetime(2019, 12, 20, 15, 30), ""),
    (MOMENT, "2019-12-20 15:30", datetime(2019, 12, 20, 15, 30), ""),
    (MOMENT, "2019年12月20日下午3时", datetime(2019, 12, 20, 15), ""),
    (MOMENT, "2019-12-20", None, "time_missing"),
    (MOMENT, 43809.625, datetime(2019, 12, 10, 15), "excel_serial"),
)
def test_dates(field: FieldDef, raw: object, value: object, kind: str) -> None:
    assert read(field, raw)[:2] == (value, kind)


def test_serials() -> None:
    assert read(DAY, 42347.0)[:2] == (date(2015, 12, 9), "excel_serial")
    assert read(DAY, 42347.0, since_1904=True)[:2] == (date(2019, 12, 10), "excel_serial_1904")


@cases(
    (OWNERSHIP, "公办", "public", ""),
    (OWNERSHIP, "public", "public", ""),
    (OWNERSHIP, "民办（普惠）", "private", "trailing_note"),
    (OWNERSHIP, "不详", None, "not_known"),
    (TOPICS, "消防、食品", ["fire", "food"], ""),
    (TOPICS, "食品/消防", ["food", "fire"], ""),
    (TOPICS, "无", [], "word_zero"),
    (TOPICS, "消防、交通", None, "unknown_choice"),  # a list that is short would say that the rest is not there
    (NOTE, " 城关　小学\u200b", "城关 小学", ""),
    (NOTE, 3132001234.0, "3132001234", ""),
    (NOTE, "无", None, "no_content"),
    (NOTE, "/", None, "dash_ambiguous"),
    (NOTE, '="0123"', "0123", ""),
    (NOTE, "=A1&B1", None, "formula_no_cached_value"),
    (NOTE, 1.2e17, None, "digits_lost"),
    (CODE, "3132 001234", "3132001234", "inner_space"),
    (CODE, 3132001234.0, "3132001234", ""),
    (CODE, "3.1320E+09", None, "digits_lost"),
    (CODE, "313200123", None, "code_length"),
    (CODE, "3132O01234", None, "confusable_letter"),
    (USCC, "53640000MJX173680A", "53640000MJX173680A", ""),
    (USCC, "12320612468172342E", "12320612468172342E", ""),
    (USCC, 1.2320612468172e17, None, "digits_lost"),
    (PLATE, "苏F 12345", "苏F12345", ""),
    (PLATE, "苏fd12345", "苏FD12345", ""),
    (PLATE, "沪A12345", "沪A12345", ""),
    (PLATE, "苏FO1234", None, "confusable_letter"),
    (PLATE, "临牌", None, "unreadable"),
)
def test_texts_and_codes(field: FieldDef, raw: object, value: object, kind: str) -> None:
    assert read(field, raw)[:2] == (value, kind)


def test_units() -> None:
    tongzhou = Unit("320612", text("通州区", "Tongzhou"), "TZ", "county", aliases=("通州",))
    bay = Unit("TZW", text("通州湾江海联动开发示范区", "Bay"), "TW", "functional_area", aliases=("通州湾",))
    units = {unit.code: unit for unit in (*UNITS, tongzhou, bay)}
    known = unit_names(units)

    def code(raw: str, day: date | None = None) -> tuple[object, str]:
        return read_unit(raw, known, units, day)[:2]

    assert code("启东") == code("320681") == code("启东市教育局") == code("qidong") == ("320681", "")
    assert code("通州湾") == ("TZW", "")  # never 通州区 in silence
    assert code("海门市", date(2019, 12, 1)) == ("320684", "")
    assert code("海门市", date(2020, 8, 1)) == ("320684", "retired_unit")
    assert code("海门区", date(2019, 12, 1)) == ("320614", "retired_unit")  # not yet founded
    assert code("如东") == (None, "unknown_unit")
    assert unit_in("附件1：启东市中小学幼儿园安防建设情况统计表.xls", known) == "320681"
    assert unit_in("通州湾校车", known) == "TZW"
    assert unit_in("启东市、海门市", known) == ""


def test_of_two_units_of_one_name_the_first_is_meant_and_the_successor_found_through_it() -> None:
    old = Unit("320602", text("崇川区"), "CC", "county", valid_to=date(2020, 7, 2), successor="320613")
    new = Unit("320613", text("崇川区"), "CQ", "county", valid_from=date(2020, 7, 3))
    units = {unit.code: unit for unit in (new, old)}
    assert read_unit("崇川区", unit_names(units), units).value == "320602"
    stranger = {"1": Unit("1", text("新区"), "A", "county"), "2": Unit("2", text("新区"), "B", "county")}
    assert read_unit("新区", unit_names(stranger), stranger).kind == "unit_not_unique"


@pytest.mark.parametrize("code", KINDS)
def test_every_doubt_can_be_told_in_both_languages(code: str) -> None:
    blanks = (
        "raw",
        "reading",
        "candidate",
        "field",
        "table",
        "n",
        "of",
        "cells",
        "parent",
        "count",
        "child",
        "parents",
    )
    more = ("names", "other", "heads", "neighbour", "what", "how", "reason")
    more += ("unit", "m", "share", "more", "rule", "range", "who", "fields", "value", "spread", "missing", "expected")
    more += ("place", "received", "until", "returned", "ended", "earlier", "later", "days", "line", "near", "note")
    for said in KINDS[code].text:
        assert said.format(**dict.fromkeys((*blanks, *more), "…"))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in KINDS[code].text.zh) or code == "file_unsupported"
