"""`python examples/generator FOLDER`: writes the demo workbooks, one folder per date, the same bytes every time."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from city import offices, units
from extras import complete, recipes
from facts import SEED, Row, Unit
from reports import reports

from checker.model import FieldDef, Pack, Table
from checker.pipeline import sound_pack

DATES = (date(2019, 12, 31), date(2020, 6, 30), date(2020, 12, 31))
PACK = Path(__file__).parents[2] / "rules" / "nantong-2019"

# Sheet title → table and its columns in the order of the form. The form has its own words for some columns.
SHEETS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "学校安防",
        "institution",
        (
            "town",
            "name",
            "code",
            "school_type",
            "ownership",
            "operating_status",
            "students",
            "boarders",
            "guards_full_time",
            "guards_certified",
            "safety_managers",
            "guard_training_hours",
            "defence_equipment",
            "alarm_installed",
            "alarm_linked",
            "video_linked",
            "video_linked_on",
            "key_areas",
            "key_areas_covered",
            "retention_days",
            "perimeter_alarm",
            "access_control",
            "physical_standard",
            "technical_standard",
            "gates",
            "barrier_gates",
            "protection_post",
            "closed_management",
            "uses_bus",
            "bus_count",
            "building_count",
            "lab_count",
            "dorm_count",
            "equipment_count",
            "internship_count",
            "internship_unit_count",
        ),
    ),
    (
        "学校消防食堂",
        "institution",
        (
            "name",
            "code",
            "fire_test_on",
            "fire_facilities_ok",
            "has_canteen",
            "canteen_licence_until",
            "canteen_staff",
            "canteen_staff_certified",
            "principal_responsible",
            "platform_joined",
            "platform_uploaded_on",
            "stability_rules",
            "stability_rules_title",
            "stability_rules_on",
        ),
    ),
    (
        "校车台账",
        "bus",
        (
            "plate",
            "institution_code",
            "driver_id",
            "in_use",
            "permit_until",
            "inspected_on",
            "insured_until",
            "seats",
            "gps",
            "monitored",
            "equipment_ok",
        ),
    ),
    ("校车驾驶人", "driver", ("id", "qualified", "born_on", "reviewed_on")),
    (
        "校舍台账",
        "building",
        (
            "id",
            "institution_code",
            "name",
            "in_use",
            "fire_approval",
            "structural_grade",
            "checked_on",
            "lightning_protected",
            "lightning_tested_on",
        ),
    ),
    (
        "实验室台账",
        "lab",
        ("id", "institution_code", "officer", "access_controlled", "protection_ok", "ventilation_ok", "hazmat_count"),
    ),
    ("危化品台账", "hazmat", ("id", "lab_id", "kind", "dedicated_storage", "dual_control", "stock_kg")),
    (
        "宿舍台账",
        "dorm",
        ("id", "institution_code", "warden_24h", "access_controlled", "cameras", "checked_on", "exit_blocked"),
    ),
    (
        "特种设备台账",
        "equipment",
        ("id", "institution_code", "kind", "in_use", "registered", "next_inspection_on", "serviced_on"),
    ),
    (
        "隐患排查整改台账",
        "hazard",
        (
            "id",
            "institution_code",
            "description",
            "level",
            "found_on",
            "source",
            "status",
            "owner",
            "measures",
            "deadline",
            "rectified_on",
            "accepted_on",
            "acceptor",
            "fixable_at_once",
            "watched_by",
            "interim",
            "uploaded_on",
            "province_id",
            "looked_back_on",
            "recurred",
        ),
    ),
    (
        "检查记录",
        "inspection",
        ("id", "institution_code", "inspected_on", "mode", "domains", "hazards_found", "evacuation_blocked"),
    ),
    ("应急演练统计", "drill", ("id", "institution_code", "held_on", "kind", "participants")),
    ("责任督学督导记录", "visit", ("id", "institution_code", "visited_on", "inspector")),
    ("安全教育记录", "education", ("id", "institution_code", "topic", "held_on", "participants")),
    (
        "疫情事件台账",
        "epidemic",
        ("id", "institution_code", "report_class", "triggered_at", "reported_at", "controlled"),
    ),
    (
        "实习批次台账",
        "internship",
        ("id", "institution_code", "starts_on", "students", "educated", "agreements", "insured"),
    ),
    (
        "实习单位台账",
        "internship_unit",
        ("id", "institution_code", "name", "emergency_plan_on", "safety_equipment", "protective_gear"),
    ),
    (
        "单位情况",
        "unit",
        (
            "code",
            "institution_count",
            "rural_need",
            "rural_served",
            "security_budget",
            "security_budget_before",
            "transport_lines",
            "transport_lines_before",
            "special_buses",
            "special_buses_before",
        ),
    ),
)
REPORT_COLUMNS = ("id", "unit_code", "report_kind", "period_of", "submitted_at", "nil_report")
HAPPENED = {
    "inspection": "inspected_on",
    "hazard": "found_on",
    "drill": "held_on",
    "visit": "visited_on",
    "education": "held_on",
    "epidemic": "triggered_at",
    "internship": "starts_on",
}
# How an office writes yes and no.
MARKS = (("是", "否"), ("√", "×"), ("有", "无"), ("是", "否"))
PLANNED = ("拟2020年3月联网", "未联网", "部分联网", "末联网")
CONFIRMED = ("已联网", "√", "是（2019年11月完成）")


class Hand:
    """The habits of one office: how it writes yes, numbers and doubt."""

    def __init__(self, unit: str, pack: Pack, messy: bool) -> None:
        self.random = random.Random(f"{SEED}/{unit}/hand")
        self.pack, self.messy = pack, messy
        self.yes, self.no = MARKS[self.random.randrange(len(MARKS))]

    def write(self, table: str, name: str, value: object) -> object:
        field = self.pack.tables[table].fields[name]
        slip = self.messy and self.random.random() < 0.03
        match value:
            case None:
                return self.random.choice(("", "", "/", "不详")) if slip and field.type != "date" else ""
            case bool():
                if name in ("video_linked", "alarm_linked") and slip:
                    return self.random.choice(CONFIRMED if value else PLANNED)
                return self.yes if value else self.no
            case int() if slip and name in ("guards_full_time", "students"):
                return self.random.choice((f"{value}人", str(value), f"{value}名"))
            case date() if slip and not isinstance(value, datetime):
                return self.random.choice((f"{value:%Y.%m.%d}", f"{value.year}年{value.month}月{value.day}日"))
            case list():
                return "、".join(self._choice(field, str(code)) for code in value)
            case str() if field.choices:
                return "、".join(self._choice(field, code) for code in value.split("、"))
        return value

    @staticmethod
    def _choice(field: FieldDef, code: str) -> str:
        return next(choice.label.zh for choice in field.choices if choice.code == code)


class Book:
    """One workbook, with the title lines of a county form."""

    def __init__(self, path: Path, as_of: date) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
        self.book.set_properties({"created": datetime(as_of.year, as_of.month, as_of.day)})
        self.head = self.book.add_format(
            {"bold": True, "border": 1, "align": "center", "text_wrap": True, "bg_color": "#DDEBF7"}
        )
        self.title = self.book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.as_of = as_of

    def sheet(
        self,
        title: str,
        unit: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[object]],
        town: int | None,
        foot: str = "",
    ) -> None:
        sheet = self.book.add_worksheet(title)
        last = max(len(heads), 2)
        sheet.merge_range(0, 0, 0, last, f"{unit}{title}（{self.as_of.year}年）", self.title)
        sheet.write(1, 0, f"填报单位（盖章）：{unit}")
        sheet.write(1, last - 1, f"填报日期：{self.as_of:%Y.%m.%d}")
        sheet.write_row(2, 0, ["序号", *heads], self.head)
        for number, row in enumerate(rows):
            sheet.write(3 + number, 0, number + 1)
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(3 + number, column + 1, value, self.moment)
                elif value not in ("", None):
                    sheet.write(3 + number, column + 1, value)
        if town is not None:
            self._merge(sheet, [row[town] for row in rows], town + 1)
        if foot:
            sheet.write(3 + len(rows), 0, "合计")
            sheet.write(3 + len(rows), 2, foot)
            sheet.write(4 + len(rows), 0, "注：专职保安指与保安公司签订合同的专职人员，兼职不计。")
        sheet.freeze_panes(3, 3)

    @staticmethod
    def _merge(sheet: object, values: list[object], column: int) -> None:
        """Equal neighbours become one merged cell, as towns do in county forms."""
        start = 0
        for at in range(1, len(values) + 1):
            if at == len(values) or values[at] != values[start]:
                if at - start > 1:
                    sheet.merge_range(3 + start, column, 2 + at, column, values[start])  # type: ignore[attr-defined]
                start = at


def write_unit(folder: Path, unit: Unit, pack: Pack, as_of: date) -> None:
    hand = Hand(unit.code, pack, messy=unit.place.care < 1)
    book = Book(folder / f"{unit.name}.xlsx", as_of)
    for title, table, columns in SHEETS:
        found = unit.rows.get(table, [])
        if not found:
            continue
        if table == "institution":
            found = sorted(found, key=lambda row: (str(row["town"]), str(row["code"])))
        fields = [pack.tables[table].fields[name] for name in columns]
        rows = [[hand.write(table, name, row.get(name)) for name in columns] for row in found]
        main = title == "学校安防"
        book.sheet(
            title,
            unit.name,
            [f.header.zh for f in fields],
            rows,
            0 if main else None,
            f"{len(found)}所" if main else "",
        )
    for table in pack.tables.values():
        _rest(book, hand, unit, table)
    if "returns" in unit.rows:
        rows = [[row["table"], row["unit"], row["until"]] for row in unit.rows["returns"]]
        book.sheet("收表记录", unit.name, ["表", "单位", "截至"], rows, None)
    book.book.close()


def _rest(book: Book, hand: Hand, unit: Unit, table: Table) -> None:
    """The columns for which the form above has no place: a further sheet, its rows found by their keys."""
    found = unit.rows.get(table.id, [])
    listed = {name for _, name_of, columns in SHEETS if name_of == table.id for name in columns}
    rest = [name for name in table.fields if name not in listed and any(row.get(name) is not None for row in found)]
    if not rest or not found:
        return
    if listed:
        rest = [*dict.fromkeys(name for name in (table.key, table.title) if name in listed), *rest]
    title = f"{table.label.zh}补充情况" if listed else table.label.zh
    rows = [[hand.write(table.id, name, row.get(name)) for name in rest] for row in found]
    book.sheet(title[:31], unit.name, [table.fields[name].header.zh for name in rest], rows, None)


def write_reports(folder: Path, pack: Pack, as_of: date, others: Sequence[Unit]) -> None:
    hand = Hand("市教育局", pack, messy=False)
    rows: list[Row] = reports(as_of)
    book = Book(folder / "市教育局报送登记.xlsx", as_of)
    heads = [pack.tables["report"].fields[name].header.zh for name in REPORT_COLUMNS]
    cells = [[hand.write("report", name, row[name]) for name in REPORT_COLUMNS] for row in rows]
    book.sheet("报送记录", "市教育局", heads, cells, None)
    heads = [pack.tables["unit"].fields[name].header.zh for name in ("code", "institution_count")]
    book.sheet("单位情况", "市教育局", heads, [[unit.code, 0] for unit in others], None)
    together = replace(others[0], name="市教育局", rows={})
    for unit in others:
        for table, found in unit.rows.items():
            together.rows.setdefault(table, []).extend(found)
    for table in pack.tables.values():
        _rest(book, hand, together, table)
    book.book.close()


def _until(unit: Unit, as_of: date) -> None:
    """What happens after the day is not in its books yet."""
    for table, rows in unit.rows.items():
        if happened := HAPPENED.get(table):
            unit.rows[table] = [row for row in rows if _day(row.get(happened)) <= as_of]


def _day(value: object) -> date:
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else date.min


def main(folder: Path) -> None:
    pack = sound_pack(PACK)
    known = {table for _, table, _ in SHEETS}
    for as_of in DATES:
        place = folder / as_of.isoformat()
        cookbook = recipes(pack, as_of)
        for unit in units(as_of):
            _until(unit, as_of)
            complete(unit, pack, cookbook, as_of, known)
            write_unit(place, unit, pack, as_of)
        others = offices(as_of)
        for unit in others:
            complete(unit, pack, cookbook, as_of, known)
        write_reports(place, pack, as_of, others)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
