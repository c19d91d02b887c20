"""Columns to try cells on, and how one cell is read among the others of its column."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from packs import field, table, text, tiny_pack

from checker.intake.cells import Reading
from checker.intake.doubts import of
from checker.intake.values import Readers
from checker.model import FieldDef, Unit

LINKED = field("linked", "一键报警已与公安联网", "yes_no")
SETUP = field("installed", "一键报警已安装", "yes_no")
POST = field("post", "已设立护学岗", "yes_no")
BARE = field("post_too", "护学岗", "yes_no")
TESTED = field("wiring_ok", "电气线路检测合格", "yes_no")
REPORTED = field("uploaded", "隐患已上报", "yes_no")
GUARDS = field("guards", "专职保安人数", "count")
BOARDERS = field("boarders", "寄宿生数", "count")
STAFF = field("staff", "保安人数", "count")
STOCK = field("stock", "库存量", "number", measure="千克")
PAY = field("pay", "保安月均待遇", "number", measure="元")
DAYS = field("retention_days", "录像保存天数", "count", measure="天")
AGE = field("age", "保安最大年龄", "count", measure="岁")
RATE = field("rate", "覆盖率", "percent")
DAY = field("day", "检查日期", "date")
DONE = field("done", "完成日期", "date")
STARTED = field("started", "开始日期", "date")
VALID = field("valid", "食品经营许可证有效期至", "date")
DUE = field("due_on", "整改时限", "date")
BORN = field("born", "出生日期", "date")
MOMENT = field("moment", "报告时间", "datetime")
CODE = field("code", "学校标识码", pattern="moe_code")
USCC = field("uscc", "统一社会信用代码", pattern="uscc")
PLATE = field("plate", "号牌号码", pattern="plate")
NOTE = field("note", "说明")
OWNERSHIP = field(
    "ownership",
    "办学性质",
    "choice",
    choices={"public": ("公办", "公立"), "private": ("民办", "私立")},
    by_rule={"public": ("集体办", "部队办")},
    ambiguous={"公建民营": ("public", "private"), "民办公助": ("public", "private")},
)
TYPE = field(
    "school_type",
    "学校类别",
    "choice",
    choices={
        "primary": ("小学", "教学点"),
        "kindergarten": ("幼儿园", "幼稚园"),
        "nine_year": ("九年一贯制学校", "九年一贯制"),
        "senior": ("高中", "高级中学"),
        "vocational": ("中等职业学校", "职业高中"),
    },
    ambiguous={"中学": ("nine_year", "senior")},
)
TOPICS = field("topics", "检查领域", "choices", choices={"fire": "消防", "food": "食品", "bus": "校车"})

QIDONG = Unit("320681", text("启东市", "Qidong"), "QD", "county", aliases=("启东",), former=("启东县",))
CITY = Unit("320600", text("南通市", "Nantong"), "NT", "none")
HAIMEN = Unit(
    "320684", text("海门市"), "HM", "county", valid_to=date(2020, 7, 2), successor="320614", aliases=("海门",)
)
HAIMEN_NOW = Unit("320614", text("海门区"), "HQ", "county", valid_from=date(2020, 7, 3), aliases=("海门",))
TONGZHOU = Unit("320612", text("通州区", "Tongzhou"), "TZ", "county", aliases=("通州",), former=("通州市", "320683"))
BAY = Unit("TZW", text("通州湾江海联动开发示范区", "Bay"), "TW", "functional_area", aliases=("通州湾",))
ZONE = Unit("320671", text("南通经济技术开发区", "Zone"), "KF", "functional_area", aliases=("开发区", "南通开发区"))
UNITS = (CITY, QIDONG, HAIMEN, HAIMEN_NOW, TONGZHOU, BAY, ZONE)
UNIT_CODE = field("unit_code", "所属单位")

PACK = tiny_pack([table("thing", "对象", LINKED, UNIT_CODE, key="", parents={"unit": "unit_code"})], units=UNITS)


def read(
    field: FieldDef, raw: object, *others: object, since_1904: bool = False, received_on: date | None = None
) -> Reading:
    """One cell, among the others of its column."""
    readers = Readers(PACK, received_on)
    reader = readers.of(PACK.tables["thing"], field, lambda: [raw, *others], since_1904)
    value = reader[raw]
    return reader.noted.get(raw, Reading(value))


def group(
    reason: str,
    field: FieldDef,
    raws: str | Iterable[object],
    value: object = None,
    kind: str = "",
    candidate: str = "",
) -> list[Any]:
    """Cells that are read alike, and why. A text holds several, parted by bars."""
    cells = [each.strip() for each in raws.split("|")] if isinstance(raws, str) else list(raws)
    return [pytest.param(field, raw, Reading(value, kind, candidate), id=f"{reason}: {raw!r}") for raw in cells]


def table_of(*groups: list[Any]) -> Any:
    return pytest.mark.parametrize(("field", "raw", "expected"), [sample for each in groups for sample in each])


def check(field: FieldDef, raw: object, expected: Reading, **more: Any) -> None:
    found = read(field, raw, **more)
    assert found == expected
    if expected.kind:
        assert of(expected.kind).severity == ("lost" if found.value is None else "doubt")
