"""Rows from several places → one row per key, nothing contradicted in silence, every table and column there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from packs import UNIT, field, table, tiny_pack

from checker.model import Table
from checker.plan import Source, Tables
from checker.tables import LINE, LOST, ORIGIN_SCHEMA, QUESTION_SCHEMA, Part, Return, assemble, empty, schema

SCHOOL = table(
    "institution",
    "学校",
    field("code", "学校标识码"),
    field("name", "学校名称"),
    field("unit_code", "所属单位"),
    field("students", "在校生数", "count"),
    field("linked", "视频监控已联网", "yes_no"),
    field("topics", "领域", "choices", choices={"fire": "消防", "food": "食品"}),
    field("rate", "到岗率", "percent"),
    key="code",
    title="name",
    parents={"unit": "unit_code"},
)
DRILL = table(
    "drill",
    "演练",
    field("school", "学校标识码"),
    field("held_on", "演练日期", "date"),
    parents={"institution": "school"},
    returned=True,
)
PACK = tiny_pack([SCHOOL, DRILL])
EARLY, LATE = date(2019, 12, 20), date(2019, 12, 27)


def part(table: str, *rows: dict[str, Any], file: str = "甲.xlsx", **more: Any) -> Part:
    types = {**schema(PACK.tables[table]), LINE: pl.Int64()}
    names = list(dict.fromkeys(name for row in rows for name in row))
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in names},
        schema={name: types.get(name, pl.Boolean()) for name in names},
    )
    if LINE not in names:
        frame = frame.with_columns(pl.int_range(2, len(rows) + 2, dtype=pl.Int64).alias(LINE))
    columns = {name: chr(ord("A") + at) for at, name in enumerate(names) if name in PACK.tables[table].fields}
    return Part(table, frame, Source(file, "Sheet1", table, columns))


def school(code: str | None, **facts: Any) -> dict[str, Any]:
    return {"code": code, **facts}


def rows(tables: Tables, name: str = "institution") -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if v is not None} for row in tables.frames[name].iter_rows(named=True)]


def codes(tables: Tables) -> list[str]:
    return tables.questions["code"].to_list()


# --- shape ---------------------------------------------------------------------------------------


def test_every_table_and_column_is_there_even_without_a_row() -> None:
    tables = assemble(PACK, {})
    assert set(tables.frames) == {"institution", "drill", "unit"}
    assert tables.frames["institution"].schema == schema(SCHOOL) == empty(SCHOOL).schema
    assert tables.frames["institution"].schema["topics"] == pl.List(pl.String)
    assert tables.origins.schema == ORIGIN_SCHEMA and tables.questions.schema == QUESTION_SCHEMA
    assert tables.questions.is_empty() and tables.sources == ()


def test_absent_columns_are_typed_nulls_and_given_ones_are_cast() -> None:
    frame = pl.DataFrame({"code": ["1"], "students": pl.Series([3], dtype=pl.Int8), "rate": [float("nan")]})
    tables = assemble(PACK, {"institution": frame})
    assert tables.frames["institution"].schema == schema(SCHOOL)
    assert rows(tables) == [{"code": "1", "students": 3}]
    with pytest.raises(ValueError, match="has no field nmae"):
        assemble(PACK, {"institution": pl.DataFrame({"nmae": ["x"]})})


def test_units_of_the_pack_are_rows() -> None:
    told = assemble(PACK, [part("unit", {"code": "320681", "name": "启东县"}, {"code": "999999", "name": "某区"})])
    units = told.frames["unit"]
    assert units["code"].to_list() == ["320681", "320684", "320614", "999999"]
    assert units["name"].to_list() == ["启东市", "海门市", "海门区", None]  # the pack knows better
    assert units.row(1, named=True)["successor"] == "320614"
    assert units["received_on"].null_count() == 4
    assert codes(told) == ["pack_owns", "unknown_unit_row"]


def test_a_sheet_may_add_fields_to_units() -> None:
    wider = table(
        "unit", "单位", *UNIT.fields.values(), field("schools", "学校总数", "count"), key="code", title="name"
    )
    pack = tiny_pack([SCHOOL, DRILL, wider])
    tables = assemble(pack, {"unit": pl.DataFrame({"code": ["320681"], "schools": [120]})})
    assert tables.frames["unit"].select("code", "name", "schools").row(0) == ("320681", "启东市", 120)
    assert tables.questions.is_empty()


# --- merging -------------------------------------------------------------------------------------


def test_sheets_that_share_the_key_become_one_row_with_all_its_lines() -> None:
    tables = assemble(
        PACK,
        [
            part("institution", school("1", name="城关小学"), school("2", name="河口小学")),
            part("institution", school("2", students=60), school("1", students=800), file="乙.xlsx"),
        ],
    )
    assert rows(tables) == [
        {"code": "1", "name": "城关小学", "students": 800},
        {"code": "2", "name": "河口小学", "students": 60},
    ]
    assert tables.origins.rows() == [
        ("institution", 0, 0, 2),
        ("institution", 0, 1, 3),
        ("institution", 1, 0, 3),
        ("institution", 1, 1, 2),
    ]
    assert codes(tables) == []


def test_identical_rows_collapse_and_are_told() -> None:
    same = school("1", name="城关小学", topics=["fire", "food"])
    tables = assemble(PACK, [part("institution", same, same), part("institution", same, file="乙.xlsx")])
    assert rows(tables) == [same]
    assert codes(tables) == ["duplicate_rows"]
    assert tables.questions["n"].to_list() == [1]


def test_rows_that_disagree_leave_the_field_missing() -> None:
    tables = assemble(
        PACK,
        [
            part(
                "institution",
                school("1", name="城关小学", students=4, linked=True),
                school("1", students=2, linked=True),
            )
        ],
    )
    assert rows(tables) == [{"code": "1", "name": "城关小学", "linked": True}]
    (question,) = tables.questions.iter_rows(named=True)
    assert (question["code"], question["key"], question["field"]) == ("duplicate_conflict", "1", "students")
    assert (question["cell"], question["raw"], question["n"]) == ("C2", "4 / 2", 2)
    assert "C2、C3" in question["message_zh"] and "institution" not in question["message_zh"]


def test_lists_and_booleans_disagree_too() -> None:
    tables = assemble(
        PACK,
        [part("institution", school("1", topics=["fire"], linked=True), school("1", topics=[], linked=False))],
    )
    assert rows(tables) == [{"code": "1"}]
    assert tables.questions["raw"].to_list() == ["yes / no", "fire / "]
    assert "是 / 否" in tables.questions["message_zh"][0]


def test_rows_that_hold_nothing_but_a_key_are_merged() -> None:
    tables = assemble(PACK, [part("institution", school("1"), school("1"))])
    assert [row["code"] for row in rows(tables)] == ["1"]
    assert codes(tables) == ["duplicate_rows"]


def test_an_empty_list_stays_known() -> None:
    tables = assemble(PACK, [part("institution", school("1", topics=[]), school("1", students=1))])
    assert rows(tables) == [{"code": "1", "topics": [], "students": 1}]


def test_an_unreadable_cell_is_not_outvoted() -> None:
    """One sheet says yes, the other 是，但损坏待修: the yes may be wrong."""
    lost = {LOST + "linked": True}
    tables = assemble(PACK, [part("institution", school("1", linked=True), school("1", linked=None, **lost))])
    assert rows(tables) == [{"code": "1"}]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_was_received_later_wins(order: tuple[int, int]) -> None:
    parts = [
        part("institution", school("1", name="城关小学", students=4, received_on=EARLY)),
        part("institution", school("1", students=2, linked=True, received_on=LATE), file="乙.xlsx"),
    ]
    tables = assemble(PACK, [parts[at] for at in order])
    assert rows(tables) == [{"code": "1", "name": "城关小学", "students": 2, "linked": True, "received_on": LATE}]
    assert codes(tables) == []


def test_the_same_sent_again_is_not_later() -> None:
    row = school("1", name="城关小学", students=4)
    tables = assemble(PACK, [part("institution", {**row, "received_on": day}) for day in (LATE, EARLY)])
    assert rows(tables) == [{**row, "received_on": EARLY}]


def test_a_row_without_a_day_of_receipt_was_always_there() -> None:
    tables = assemble(
        PACK,
        [part("institution", school("1", students=4, received_on=None), school("1", students=2, received_on=LATE))],
    )
    assert rows(tables)[0]["students"] == 2


def test_a_line_of_which_nothing_is_left_is_no_origin() -> None:
    tables = assemble(
        PACK,
        [part("institution", school("1", students=4, received_on=EARLY), school("1", students=2, received_on=LATE))],
    )
    assert tables.origins["line"].to_list() == [3]


def test_what_came_after_known_at_replaces_nothing() -> None:
    parts = [part("institution", school("1", students=4, received_on=EARLY), school("1", students=2, received_on=LATE))]
    tables = assemble(PACK, parts, known_at=EARLY)
    assert rows(tables) == [{"code": "1", "students": 4, "received_on": EARLY}]
    assert codes(tables) == ["received_later"]


def test_a_later_contradiction_hides_the_earlier_value() -> None:
    tables = assemble(
        PACK,
        [
            part(
                "institution",
                school("1", students=4, received_on=EARLY),
                school("1", students=2, received_on=LATE),
                school("1", students=3, received_on=LATE),
            )
        ],
    )
    assert "students" not in rows(tables)[0]
    assert tables.questions.filter(pl.col("code") == "duplicate_conflict")["raw"].to_list() == ["2 / 3"]


def test_rows_without_a_key_stay_apart() -> None:
    tables = assemble(
        PACK, [part("institution", school(None, name="甲"), school("1", name="乙"), school(None, name="丙"))]
    )
    assert [row["name"] for row in rows(tables)] == ["甲", "乙", "丙"]
    (question,) = tables.questions.iter_rows(named=True)
    assert (question["code"], question["cell"], question["n"]) == ("no_key", "A2", 2)


def test_a_table_without_a_key_counts_a_repeated_sheet_once() -> None:
    first = [{"school": "1", "held_on": EARLY}, {"school": "1", "held_on": EARLY}, {"school": None, "held_on": EARLY}]
    schools = part("institution", school("1"))
    tables = assemble(PACK, [schools, part("drill", *first), part("drill", *first[1:], file="乙.xlsx")])
    # Two drills of one sheet may look alike; the other sheet repeats one of them; whose the last is, nobody knows.
    assert tables.frames["drill"]["school"].to_list() == ["1", "1", None, None]
    assert codes(tables) == ["repeated_rows"]


# --- keys ----------------------------------------------------------------------------------------


def test_a_key_that_leads_nowhere_is_asked_about_and_kept() -> None:
    tables = assemble(
        PACK,
        [
            part("institution", school("1", unit_code="320681"), school("2", unit_code="XX")),
            part("drill", {"school": "9"}, {"school": "9"}, {"school": "1"}),
        ],
    )
    assert tables.frames["drill"]["school"].to_list() == ["9", "9", "1"]
    asked = tables.questions.select("code", "table", "field", "raw", "n", "cell").rows()
    assert asked == [("orphan", "institution", "unit_code", "XX", 1, "B3"), ("orphan", "drill", "school", "9", 2, "A2")]


def test_children_of_a_table_that_did_not_come_raise_one_question() -> None:
    tables = assemble(PACK, [part("drill", {"school": "8"}, {"school": "9"})])
    assert tables.questions.select("code", "n").rows() == [("no_parent_rows", 2)]


def test_a_parent_may_be_named() -> None:
    tables = assemble(
        PACK,
        [
            part("institution", school("1", name="城关小学"), school("2", name="同名"), school("3", name="同名")),
            part("drill", {"school": "城关小学"}, {"school": "同名"}, {"school": "没有这所"}),
        ],
    )
    assert tables.frames["drill"]["school"].to_list() == ["1", None, "没有这所"]
    assert sorted(codes(tables)) == ["matched_by_name", "name_not_unique", "orphan"]


# --- returns -------------------------------------------------------------------------------------


def returned(*returns: Return, schools: Sequence[tuple[str, str]] = (("1", "320681"), ("2", "320684"))) -> Tables:
    return assemble(PACK, [part("institution", *(school(c, unit_code=u) for c, u in schools))], returns=returns)


def days(tables: Tables, name: str = "institution") -> list[date | None]:
    return tables.frames[name]["_returned_drill"].to_list()


def test_a_return_of_a_unit_covers_its_schools_and_one_of_a_school_only_itself() -> None:
    assert days(returned(Return("drill", "320681", LATE))) == [LATE, None]
    assert days(returned(Return("drill", "2", EARLY))) == [None, EARLY]
    assert days(returned(Return("drill", "320681", EARLY), Return("drill", "1", LATE))) == [LATE, None]
    assert days(returned(Return("drill", "320681", LATE), Return("drill", "320681", EARLY))) == [LATE, None]


def test_a_successor_answers_for_the_rows_of_the_old_unit() -> None:
    assert days(returned(Return("drill", "320614", LATE))) == [None, LATE]


def test_a_table_that_nobody_returned_has_no_column() -> None:
    assert "_returned_drill" not in returned().frames["institution"].columns


def test_a_return_of_nobody_is_told() -> None:
    tables = returned(Return("drill", "不存在的学校", LATE))
    assert days(tables) == [None, None]
    assert codes(tables) == ["return_without_row"]


def test_a_return_that_came_too_late_does_not_count() -> None:
    tables = assemble(
        PACK,
        [part("institution", school("1", unit_code="320681"))],
        returns=[Return("drill", "320681", LATE, received_on=LATE)],
        known_at=EARLY,
    )
    assert "_returned_drill" not in tables.frames["institution"].columns


def test_returns_reach_grandchildren() -> None:
    bus = table(
        "bus", "校车", field("plate", "号牌"), field("school", "学校"), key="plate", parents={"institution": "school"}
    )
    trip = table("trip", "趟次", field("bus", "校车"), parents={"bus": "bus"}, returned=True)
    pack = tiny_pack([SCHOOL, bus, trip])
    frames = {
        "institution": pl.DataFrame({"code": ["1"], "unit_code": ["320681"]}),
        "bus": pl.DataFrame({"plate": ["A", "B"], "school": ["1", None]}),
    }
    by_unit = assemble(pack, frames, returns=[Return("trip", "320681", LATE)])
    assert by_unit.frames["bus"]["_returned_trip"].to_list() == [LATE, None]
    by_bus = assemble(pack, frames, returns=[Return("trip", "B", EARLY)])
    assert by_bus.frames["bus"]["_returned_trip"].to_list() == [None, EARLY]


def test_the_order_of_the_parts_does_not_change_the_values() -> None:
    parts = [
        part("institution", school("1", name="甲", students=1), school("2", name="乙")),
        part("institution", school("2", students=2, linked=False), school("1", name="丙"), file="乙.xlsx"),
        part("institution", school("3", rate=0.5), school("1", linked=True, received_on=LATE), file="丙.xlsx"),
    ]

    def values(order: Sequence[Part]) -> list[dict[str, Any]]:
        return sorted(rows(assemble(PACK, order)), key=lambda row: str(row["code"]))

    assert values(parts) == values(parts[::-1]) == values([parts[1], parts[2], parts[0]])


def test_type_of_every_kind_of_field() -> None:
    every: Table = table(
        "t", "表", *(field(kind, kind, kind) for kind in ("text", "yes_no", "count", "number", "datetime"))
    )
    assert list(schema(every).values()) == [
        pl.String(), pl.Boolean(), pl.Int64(), pl.Float64(), pl.Datetime("us"), pl.Date(),
    ]  # fmt: skip
