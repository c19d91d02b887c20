"""Several tables in one sheet, headings of three rows: each row is read as what it is, and its cells are called as they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from test_intake import PACK, Rows, asked, codes, read, rows_of, write_csv, write_xlsx

from checker.plan import Tables

SCHOOLS: Rows = [
    ["序号", "学校标识码", "学校名称", "在校生数"],
    ["1", "2132001201", "实验小学", "1862"],
    ["2", "2132001202", "河口小学", "约60"],
]
BUSES: Rows = [
    ["序号", "号牌号码", "使用学校标识码", "核载人数"],
    ["1", "苏F12345", "2132001201", "36"],
    ["2", "苏F12346", "2132001202", "三十"],
]


def below(*parts: Rows) -> Rows:
    width = max(len(row) for part in parts for row in part)
    return [[*row, *[""] * (width - len(row))] for part in parts for row in part]


def beside(left: Rows, right: Rows, gap: int = 1) -> Rows:
    height = max(len(left), len(right))
    blank = [""] * len(left[0]), [""] * len(right[0])
    left, right = left + [blank[0]] * (height - len(left)), right + [blank[1]] * (height - len(right))
    return [[*one, *[""] * gap, *other] for one, other in zip(left, right, strict=True)]


@pytest.fixture(params=["csv", "xlsx"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    def read_rows(rows: Rows) -> Tables:
        path = tmp_path / f"汇总.{request.param}"
        return read(PACK, [write_csv(path, rows) if request.param == "csv" else write_xlsx(path, ("汇总", rows))])

    return read_rows


def lines(tables: Tables, table: str) -> list[int]:
    return tables.origins.filter(pl.col("table") == table)["line"].to_list()


def test_a_second_table_further_down(made: Any) -> None:
    title: Rows = [["表一 学校"], ["填报单位：海门市教育局"]]
    rows = below(title, SCHOOLS, [["合计", "", "2所"], ["注：截至12月"], [], ["表二 校车"]], BUSES, [["注：无"]])
    tables = made(rows)
    assert [row["code"] for row in rows_of(tables)] == ["2132001201", "2132001202"]
    assert rows_of(tables, "bus") == [
        {"plate": "苏F12345", "school": "2132001201", "seats": 36},
        {"plate": "苏F12346", "school": "2132001202", "seats": 30},
    ]
    assert (lines(tables, "institution"), lines(tables, "bus")) == ([4, 5], [11, 12])
    assert set(tables.frames["institution"]["unit_code"]) == {"320684"}
    told = {(code, cell): raw for code, cell, raw, _ in asked(tables)}
    assert told["title_rows", "A1"] == "表一 学校 填报单位:海门市教育局"
    assert told["title_rows", "A6"] if ("title_rows", "A6") in told else told["title_rows", "A9"]
    assert ("approximate", "D5") in told and ("footnote_row", "A13") in told and ("total_row", "A6") in told
    assert told["footnote_row", "A7"] == "注:截至12月"


def test_the_sender_above_the_first_table_holds_for_all(made: Any) -> None:
    drills: Rows = [["学校标识码", "学校名称", "在校生数", "寄宿生数"], ["2132001203", "丙", "5", "1"]]
    tables = made(below([["填报单位：海门市教育局"]], SCHOOLS, [["附表"]], drills))
    assert tables.frames["institution"]["unit_code"].to_list() == ["320684"] * 3


def test_headings_that_come_again_are_no_second_table(made: Any) -> None:
    tables = made(
        below(SCHOOLS, SCHOOLS[:1], [["3", "2132001203", "丙", "1"]], SCHOOLS[:1], [["4", "2132001204", "丁", "2"]])
    )
    assert len(rows_of(tables)) == 4
    assert asked(tables, "repeated_header") == [("repeated_header", "A4", None, 2)]


def test_a_table_beside_another(tmp_path: Path) -> None:
    rows = [["各类情况汇总"] + [""] * 9, *beside(SCHOOLS, [*BUSES, ["3", "苏F12347", "2132001201", "20"]], gap=2)]
    tables = read(PACK, [write_xlsx(tmp_path / "汇总.xlsx", ("汇总", rows))])
    assert [row["code"] for row in rows_of(tables)] == ["2132001201", "2132001202"]
    assert [row["plate"] for row in rows_of(tables, "bus")] == ["苏F12345", "苏F12346", "苏F12347"]
    assert tables.sources[1].columns == {"plate": "H", "school": "I", "seats": "J"}
    assert "headless_column" not in codes(tables) and "unmapped_column" not in codes(tables)
    assert ("word_number", "J4") in {(code, cell) for code, cell, *_ in asked(tables)} or "unreadable" not in codes(
        tables
    )


def test_one_table_printed_in_two_halves(tmp_path: Path) -> None:
    more: Rows = [SCHOOLS[0], ["3", "2132001203", "丙", "3"]]
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", beside(SCHOOLS, more)))])
    assert [row["code"] for row in rows_of(tables)] == ["2132001201", "2132001202", "2132001203"]
    assert "no_key" not in codes(tables) and "second_column" not in codes(tables)


def test_an_empty_column_within_a_table_divides_nothing(tmp_path: Path) -> None:
    rows = [["学校标识码", "学校名称", "", "在校生数", "寄宿生数"], ["2132001201", "甲", "", "100", "0"]]
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert rows_of(tables) == [{"code": "2132001201", "name": "甲", "students": 100, "boarders": 0}]
    assert codes(tables) == set()


def test_four_tables_in_a_square(tmp_path: Path) -> None:
    drills: Rows = [["演练编号", "学校标识码", "演练日期"], ["Y1", "2132001201", "2020-01-03"]]
    more: Rows = [["学校标识码", "学校名称", "是否设立护学岗"], ["2132001203", "丙", "是"]]
    upper, lower = beside(SCHOOLS, BUSES), beside(below(drills), more)
    tables = read(PACK, [write_xlsx(tmp_path / "汇总.xlsx", ("汇总", below(upper, [[]], lower)))])
    assert {name: frame.height for name, frame in tables.frames.items() if frame.height and name != "unit"} == {
        "institution": 3, "bus": 2, "drill": 1,
    }  # fmt: skip


@pytest.mark.parametrize("merged", [False, True])
def test_headings_of_three_rows(tmp_path: Path, merged: bool) -> None:
    rows: Rows = [
        ["学校标识码", "基本情况", "", "", "安防建设情况", ""],
        ["", "学校名称", "学生", "", "技防", ""],
        ["", "", "在校生数", "寄宿生数", "一键报警与公安联网", "视频监控联网"],
        ["2132001201", "甲", "100", "0", "是", "否"],
    ]

    def more(_: Any, sheet: Any) -> None:
        if not merged:
            return
        sheet.merge_range("A1:A3", "学校标识码")
        sheet.merge_range("B1:D1", "基本情况")
        sheet.merge_range("E1:F1", "安防建设情况")
        sheet.merge_range("B2:B3", "学校名称")
        sheet.merge_range("C2:D2", "学生")
        sheet.merge_range("E2:F2", "技防")

    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows), more=more)])
    assert rows_of(tables) == [
        {
            "code": "2132001201",
            "name": "甲",
            "students": 100,
            "boarders": 0,
            "alarm_linked": True,
            "video_linked": False,
        }
    ]
    assert codes(tables) == set()
