"""Cells of codes, plates, choices, units and texts, by kind."""

from __future__ import annotations

from datetime import date

import pytest
from packs import text
from reading import (
    BAY,
    CODE,
    HAIMEN,
    HAIMEN_NOW,
    NOTE,
    OWNERSHIP,
    PLATE,
    QIDONG,
    TONGZHOU,
    TOPICS,
    TYPE,
    UNIT_CODE,
    USCC,
    check,
    group,
    read,
    table_of,
)  # fmt: skip

from checker.intake.cells import Reading
from checker.intake.places import read_unit, spellings, unit_in, unit_names
from checker.model import FieldDef, Unit

SCHOOL = "3132001234"
CREDIT = "12320612468172342E"


@table_of(
    group("ten figures", CODE, ["3132001234", "３１３２００１２３４", " 3132001234 ", "'3132001234", '="3132001234"',
          3132001234, 3132001234.0, "3132001234.0"], SCHOOL),
    group("parted", CODE, "3132 001234 | 3132-001234 | 31 32 001234 | 3132.001234", SCHOOL, "inner_space"),
    group("with a note", CODE, "3132001234（实验小学） | 实验小学3132001234 | 标识码：3132001234 | 3132001234(新)",
          SCHOOL, "trailing_note"),
    group("letters like figures", CODE, "3132OO1234 | 3132oo1234 | 313200l234 | 3132001Z34", None,
          "confusable_letter")[:0],
    group("letters like figures", CODE, "3132OO1234 | 3132oo1234 | ３１３２ＯＯ１２３４", None, "confusable_letter",
          "3132001234"),
    group("letters like figures", CODE, "3132001Z3S", None, "confusable_letter", "3132001235"),
    group("filled in for its own sake", CODE, "0000000000 | 1111111111 | ９９９９９９９９９９ | 1234567890",
          kind="placeholder_code"),
    group("too short or too long", CODE, "313200123 | 31320012345 | 12", kind="code_length"),
    group("digits lost", CODE, ["3.1320E+09", "3.132E+09", "3.13E9"], kind="digits_lost"),
    group("digits shortened, none lost", CODE, "3.132001234E+09", None, "digits_lost", SCHOOL),
    group("a note that doubts", CODE, "3132001234（待核） | 3132001234?", None, "hedged_value", "3132001234"),
    group("two codes", CODE, ["3132001234、3132001235", "3132001234\n3132001235", "3132001234/3132001235"], None,
          "multi_value_cell", "3132001234、3132001235"),
    group("no code", CODE, "无 | 未取得 | 申请中 | 待赋码", kind="no_content"),
    group("marks", CODE, "同上", kind="ditto"),
    group("marks", CODE, "不详", kind="not_known"),
    group("a name", CODE, "实验小学", kind="unreadable"),
    group("a credit code", USCC, ["12320612468172342E", "12320612468172342e", "１２３２０６１２４６８１７２３４２Ｅ"],
          CREDIT),
    group("a published credit code", USCC, "53640000MJX173680A", "53640000MJX173680A"),
    group("parted", USCC, "12320612 468172342E | 1232 0612 4681 7234 2E | 12320612-46817234-2E", CREDIT, "inner_space"),
    group("with a note", USCC, "12320612468172342E（事业单位）", CREDIT, "trailing_note"),
    group("letters that no credit code holds", USCC, "1232O612468172342E", None, "confusable_letter", CREDIT),
    group("letters that no credit code holds", USCC, "I2320612468172342E | 1232061246817Z342E", None,
          "confusable_letter", CREDIT)[:1],
    group("the wrong check character", USCC, "12320612468172342F | 12320612468172343E", kind="uscc_check_failed"),
    group("one letter exchanged for another like it", USCC, "123206124681723428"[:17] + "E", CREDIT),
    group("two neighbours exchanged", USCC, "12320612468173242E", None, "uscc_check_failed", CREDIT),
    group("too short or too long", USCC, "12320612468172342 | 12320612468172342EE | 468172342", kind="code_length"),
    group("digits lost", USCC, ["1.2320612468172E+17", 1.2320612468172e17], kind="digits_lost"),
)  # fmt: skip
def test_codes(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("a plate", PLATE, "苏F12345 | 苏f12345 | 苏Ｆ１２３４５ | 苏F·12345 | 苏F.12345 | 苏F-12345 | 苏F—12345 | "
          "苏 F 12345 | 苏F•12345 | 苏Ｆ·１２３４５", "苏F12345"),
    group("new energy, small", PLATE, "苏FD12345 | 苏fd12345 | 苏F·D12345", "苏FD12345"),
    group("new energy, large", PLATE, "苏F12345D", "苏F12345D"),
    group("special plates", PLATE, "苏F1234学", "苏F1234学"),
    group("special plates", PLATE, "苏F1234挂", "苏F1234挂"),
    group("special plates", PLATE, "苏F1234警", "苏F1234警"),
    group("another city", PLATE, "沪A12345", "沪A12345"),
    group("a note", PLATE, "苏F12345（备用） | 苏F12345(36座) | 苏F12345大客车 | 苏F12345【租】 | 苏F12345黄牌 | 蓝牌苏F12345",
          "苏F12345", "trailing_note"),
    group("letters like figures", PLATE, "苏FO2345 | 苏F·O2345", None, "confusable_letter", "苏F02345"),
    group("letters like figures", PLATE, "苏FI2345 | 苏Fl2345", None, "confusable_letter", "苏F12345"),
    group("too short or too long", PLATE, "苏F1234 | 苏F123456 | 苏F", kind="plate_length"),
    group("without its province", PLATE, "F12345 | f12345", None, "plate_length", "苏F12345"),
    group("several", PLATE, ["苏F12345、苏F23456", "苏F12345，苏F23456", "苏F12345/苏F23456", "苏F12345\n苏F23456",
          "苏F12345 苏F23456", "苏F12345和苏F23456", "苏F12345;苏F23456", "苏F12345/23456"],
          None, "multi_value_cell", "苏F12345、苏F23456"),
    group("several", PLATE, "苏F12345或苏F23456", None, "multi_value_cell", "苏F12345、苏F23456"),
    group("one of several", PLATE, "苏F12345等3辆 | 苏F12345等", None, "multi_value_cell", "苏F12345"),
    group("a note that doubts", PLATE, "苏F12345（待核） | 苏F12345?", None, "hedged_value", "苏F12345"),
    group("none", PLATE, "无 | 未上牌", kind="no_content"),
    group("no plate", PLATE, "临牌 | 校车", kind="unreadable"),
)  # fmt: skip
def test_plates(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("a label, an alias, a code", OWNERSHIP, "公办 | 公立 | public | 公 办 | 公办。", "public"),
    group("a label, an alias, a code", OWNERSHIP, "民办 | 私立", "private"),
    group("a note", OWNERSHIP, "民办（普惠） | 民办【普惠性】 | 民办（2018年转设）", "private", "trailing_note"),
    group("counted there by a reading of the pack", OWNERSHIP, "集体办 | 部队办 | 集体办（村）", "public",
          "ownership_by_rule"),
    group("of two", OWNERSHIP, "公建民营 | 民办公助 | 公建民营（2018年起） | 民办（公办托管） | 公办、民办 | "
          "公办民办", None, "ownership_ambiguous", "public、private")[:2],
    group("of two, whatever the note says", OWNERSHIP, "公建民营（2018年起）", None, "ownership_ambiguous",
          "public、private"),
    group("what it was, or is to be", OWNERSHIP, "民办（原公办） | 民办（拟转公办） | 民办（2020年起拟转公办）",
          "private", "trailing_note"),
    group("of two, by its note", OWNERSHIP, "民办（公办）", None, "ownership_ambiguous", "private、public"),
    group("numbered, and parted by a dash", OWNERSHIP, "1.民办 | B.民办 | 民办-非营利", "private", "trailing_note"),
    group("ticked", OWNERSHIP, "√民办 | 民办√", "private"),
    group("an owner of a town", OWNERSHIP, "村集体办 | 集体办园", "public", "ownership_by_rule"),
    group("a note that doubts", OWNERSHIP, "民办（待核） | 民办（存疑） | 民办（未核实）", None, "hedged_value", "private"),
    group("the form as it was printed", OWNERSHIP, "公办/民办 | 公办□民办□ | □公办 □民办", kind="template_not_filled"),
    group("ticked", OWNERSHIP, "☑公办□民办 | 公办√/民办 | ■公办□民办 | 公办☑民办□", "public"),
    group("ticked", OWNERSHIP, "□公办☑民办", "private"),
    group("no choice", OWNERSHIP, "公费 | 3", kind="unknown_choice"),
    group("with the end of its heading", OWNERSHIP, "民办性质 | 民办类", "private"),
    group("begun, or one letter taken for another", TYPE, "九年一贯 | 九年一惯制", None, "unknown_choice", "nine_year"),
    group("begun, or one letter taken for another", TYPE, "幼儿圆 | 幼儿院", None, "unknown_choice", "kindergarten"),
    group("not that choice", OWNERSHIP, "非公办 | 不是民办", kind="unknown_choice"),
    group("with a question mark", OWNERSHIP, "民办？", None, "hedged_value", "private"),
    group("not told", OWNERSHIP, "不详", kind="not_known"),
    group("types", TYPE, "小学 | 教学点", "primary"),
    group("types", TYPE, "幼稚园 | 幼 儿 园", "kindergarten"),
    group("types", TYPE, "职业高中", "vocational"),
    group("types", TYPE, "九年一贯制", "nine_year"),
    group("two institutions in a row", TYPE, "小学（附设幼儿园） | 小学（含幼儿园） | 小学(附幼儿园) | "
          "小学（内设幼儿园部）", "primary", "two_institutions_in_row", "primary、kindergarten"),
    group("two institutions in a row", TYPE, "九年一贯制（含幼儿园）", "nine_year", "two_institutions_in_row",
          "nine_year、kindergarten"),
    group("attached to another", TYPE, "幼儿园（小学附设） | 幼儿园（小学办）", "kindergarten", "trailing_note"),
    group("which of the two?", TYPE, "小学、幼儿园 | 小学+幼儿园 | 小学附设幼儿园 | 小学及幼儿园", None,
          "school_type_ambiguous", "primary、kindergarten"),
    group("of several", TYPE, "中学", None, "school_type_ambiguous", "nine_year、senior"),
    group("a choice among other words", TYPE, "中心小学", None, "unknown_choice", "primary"),
    group("several choices", TOPICS, "消防、食品 | 消防，食品 | 消防和食品 | 消防+食品 | 消防/食品 | "
          "消防、食品、消防", ["fire", "food"]),
    group("none of them", TOPICS, "无", [], "word_zero"),
    group("a list that is short would say that the rest is not there", TOPICS, "消防、交通", None, "unknown_choice",
          "fire"),
)  # fmt: skip
def test_choices(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("name, short name, code", UNIT_CODE, "启东市 | 启东 | 320681 | qidong | QD | 启东市 | 320681000000 | "
          "320681启东市 | 启东市320681", "320681"),
    group("its bureau", UNIT_CODE, "启东市教育局 | 启东市教体局 | 启东市教育体育局 | 启东市教育和体育局 | "
          "启东市教育局（盖章） | 启东市人民政府 | 启东市教育局安全科", "320681"),
    group("with what is above it", UNIT_CODE, "江苏省南通市启东市 | 南通市启东市 | 江苏南通启东 | 南通启东 | "
          "江苏省启东市 | 南通市启东市教育局", "320681"),
    group("the city itself", UNIT_CODE, "南通市 | 江苏省南通市", "320600"),
    group("a former name or code", UNIT_CODE, "启东县", "320681", "retired_unit"),
    group("a former name or code", UNIT_CODE, "通州市 | 320683", "320612", "retired_unit"),
    group("a functional area by its full name", UNIT_CODE, "通州湾江海联动开发示范区 | TZW", "TZW"),
    group("a functional area, in short", UNIT_CODE, "通州湾 | 通州湾教育局", "TZW", "functional_area"),
    group("a functional area, in short", UNIT_CODE, "开发区 | 南通开发区 | 开发区社会事业局", "320671",
          "functional_area"),
    group("of another province", UNIT_CODE, "北京市通州区", None, "unknown_unit", "320612"),
    group("of another province", UNIT_CODE, "江西省启东市 | 浙江启东", None, "unknown_unit", "320681"),
    group("a note that doubts", UNIT_CODE, "启东市（待核实） | 启东（？）", None, "hedged_value", "320681"),
    group("no unit", UNIT_CODE, "如东 | 三亚市", kind="unknown_unit"),
    group("a town of it", UNIT_CODE, "启东市汇龙镇", None, "unknown_unit", "320681"),
    group("several", UNIT_CODE, "启东市、通州区", None, "unit_not_unique", "320681、320612"),
    group("code and name of two", UNIT_CODE, "320612启东市", kind="unknown_unit"),
)  # fmt: skip
def test_units(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


def test_units_on_the_day_of_receipt() -> None:
    before, after = date(2019, 12, 1), date(2020, 8, 1)
    assert read(UNIT_CODE, "海门市", received_on=before) == Reading(HAIMEN.code)
    assert read(UNIT_CODE, "海门市", received_on=after) == Reading(HAIMEN.code, "retired_unit", HAIMEN_NOW.code)
    assert read(UNIT_CODE, "海门区", received_on=before) == Reading(HAIMEN_NOW.code, "retired_unit")  # not yet founded
    assert read(UNIT_CODE, "海门区", received_on=after) == Reading(HAIMEN_NOW.code)


@table_of(
    group("as it stands", NOTE, [" 城关　小学\u200b"], "城关 小学"),
    group("as it stands", NOTE, ["3①"], "31")[:0],
    group("a code that came as a number", NOTE, [3132001234.0], "3132001234"),
    group("a code that was kept as a text", NOTE, ['="0123"', "'0123"], "0123"),
    group("no content", NOTE, "无 | 没有 | 略 | 待补 | 已有 | √ | 是 | 已制定 | 未制定 | 正在制定 | 制定中 | "
          "尚未建立", kind="no_content"),
    group("a mark", NOTE, "/ | —", kind="dash_ambiguous"),
    group("a mark", NOTE, "同上", kind="ditto"),
    group("a mark", NOTE, "不详 | 待核实", kind="not_known"),
    group("the text of a link, not the link", NOTE, ['=HYPERLINK("http://x/y","查看")'], "查看", "formula_cell"),
    group("a formula", NOTE, ["=A1&B1"], kind="formula_no_cached_value"),
    group("an error mark", NOTE, "#N/A | #NAME?", kind="excel_error"),
    group("digits lost", NOTE, [1.2e17], kind="digits_lost"),
)  # fmt: skip
def test_texts(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@pytest.mark.parametrize("at", range(18))
def test_each_wrong_letter_of_a_credit_code_is_found(at: int) -> None:
    for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        other = CREDIT[:at] + letter + CREDIT[at + 1 :]
        assert read(USCC, other).value == (other if other == CREDIT else None)


def test_of_two_units_of_one_name_the_first_is_meant_and_the_successor_found_through_it() -> None:
    old = Unit("320602", text("崇川区"), "CC", "county", valid_to=date(2020, 7, 2), successor="320613")
    new = Unit("320613", text("崇川区"), "CQ", "county", valid_from=date(2020, 7, 3))
    units = {unit.code: unit for unit in (new, old)}
    assert read_unit("崇川区", spellings(units, "none"), units).value == "320602"
    known = spellings(units, "none")
    for day in (date(2019, 12, 31), date(2020, 7, 2), date(2020, 7, 3), date(2020, 12, 31)):
        assert read_unit("崇川区教育局", known, units, day) == Reading("320602")
    assert read_unit("320602", known, units, date(2020, 12, 31)) == Reading("320602", "retired_unit", "320613")
    assert read_unit("320613", known, units, date(2019, 12, 31)) == Reading("320613", "retired_unit")
    strangers = {"1": Unit("1", text("新区"), "A", "county"), "2": Unit("2", text("新区"), "B", "county")}
    assert read_unit("新区", spellings(strangers, "none"), strangers) == Reading(None, "unit_not_unique", "1、2")


def test_the_unit_that_a_title_names() -> None:
    known = unit_names({unit.code: unit for unit in (QIDONG, TONGZHOU, BAY, HAIMEN)})
    assert unit_in("附件1：启东市中小学幼儿园安防建设情况统计表.xls", known) == "320681"
    assert unit_in("通州湾校车", known) == "TZW"
    assert unit_in("启东市、海门市", known) == ""
