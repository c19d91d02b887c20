"""Cells in the words of their own column: its measure, in full or in short, the word of its heading, its options in short."""

from __future__ import annotations

from datetime import date

from packs import field, table, text, tiny_pack
from reading import check, group, table_of

from checker.intake.cells import Reading
from checker.model import FieldDef, Unit
from checker.pipeline import from_frames

BUDGET = field("budget", "安防投入", "number", measure="万元")
PAY = field("pay", "保安月均待遇", "number", measure="元")
STOCK = field("stock", "库存量", "number", measure="千克")
SPEED = field("speed", "最高时速", "number", measure="千米/小时")
PUPILS = field("pupils", "在校（园）学生数", "count")
RISK = field("risk", "风险等级", "choice", choices={"low": "低风险", "medium": "中风险", "high": "高风险"})
STATE = field("state", "整改情况", "choice", choices={"open": "未整改", "done": "已整改", "other": "其他情况"})
RECURRED = field("recurred", "已经反弹", "yes_no")
BLOCKED = field("blocked", "消防通道堵塞", "yes_no")
RECORD = field("record", "有不良记录", "yes_no")


@table_of(
    group("in the column's own measure", BUDGET, ["12.5万元", "12.5", "12.50万元", 12.5], 12.5),
    group("ten thousands of yuan, without the yuan", BUDGET, "12.5万", 12.5, "measure_assumed"),
    group("in yuan", BUDGET, "8000块 | 8000元 | ￥8000元", None, "other_measure", "0.8"),
    group("typed in yuan?", BUDGET, ["125000", "¥125000", "125,000.00", 125000, 125000.0], None, "implausible_value", "12.5"),
    group("as much, and said to be", BUDGET, "12500万元", 12500.0),
    group("money as it is written", BUDGET, "叁万元整 | 三万元", 3.0),
    group("money as it is written", PAY, "￥2,800.00 | ¥2800 | 2800圆 | 2800元整 | 贰仟捌佰元整 | 人民币2800元", 2800.0),
    group("per month, as asked", PAY, "2800/月 | 2800元/月", 2800.0, "trailing_note")[:1],
    group("things are no weight", STOCK, "2瓶 | 3桶 | 1箱", None, "other_measure"),
    group("a speed", SPEED, "45km/h | 45公里/小时 | 45千米/小时 | 45KM/H | 45公里/时", 45.0),
    group("the word of the heading", PUPILS, "学生1862人 | 学生1862", 1862, "trailing_note"),
    group("in all", PUPILS, "计1862人", 1862, "trailing_note"),
)  # fmt: skip
def test_measures(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("without the word that all options share", RISK, "高", "high"),
    group("without the word that all options share", RISK, "中", "medium"),
    group("between two", RISK, "中高 | 较高", kind="unknown_choice"),
    group("己 for 已", STATE, "己整改 | 巳整改", "done", "typo_confusable"),
    group("末 for 未", STATE, "末整改", "open", "typo_confusable"),
    group("another spelling", STATE, "其它情况", "other"),
)
def test_options(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


@table_of(
    group("it is so", RECURRED, "已反弹 | 有反弹 | 出现反弹 | 反弹了 | 已经反弹。", True),
    group("a bare word", RECURRED, "反弹", True, "bare_verb"),
    group("it is not", RECURRED, "未反弹 | 未发现反弹 | 没有反弹 | 暂未反弹 | 无反弹 | 尚未出现反弹", False),
    group("it is not, in short", BLOCKED, "未发现堵塞 | 不存在堵塞", False),
    group("hardly", RECURRED, "基本未反弹", kind="hedged_value"),
    group("it may come", RECURRED, "可能反弹", kind="hedged_value"),
    group("none", RECORD, "无不良记录 | 没有不良记录 | 未发现不良记录 | 经查无不良记录", False),
    group("some", RECORD, "存在不良记录 | 有不良记录", True),
)
def test_the_words_of_the_heading_itself(field: FieldDef, raw: object, expected: Reading) -> None:
    check(field, raw, expected)


def test_a_whole_column_of_budgets_is_looked_at_one_by_one() -> None:
    units = [Unit("320681", text("启东市"), "QD", "county")]
    pack = tiny_pack([table("unit", "单位", field("code", "单位代码"), BUDGET, key="code")], units=units)
    tables = from_frames(pack, {"unit": {"单位代码": ["320681"], "安防投入": ["125000"]}}, date(2019, 12, 25))
    assert tables.frames["unit"]["budget"].to_list() == [None]
    assert tables.questions["code"].to_list() == ["implausible_value"]
