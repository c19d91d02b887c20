"""What stands around the cells: numbered, negated and coded headings, other measures, rows about other pages, parts and years."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from packs import field, table, tiny_pack
from test_intake import DAY, Rows, write_csv, write_xlsx

from checker.intake import read
from checker.plan import Tables

SCHOOL = table(
    "institution",
    "学校",
    field("code", "学校标识码", pattern="moe_code"),
    field("name", "学校名称"),
    field("students", "在校生数", "count"),
    field("guards", "专职保安人数", "count"),
    field("alarm_installed", "一键报警已安装", "yes_no", header="一键报警是否安装"),
    field("alarm_linked", "一键报警已与公安联网", "yes_no", header="一键报警是否与公安联网"),
    field("video_linked", "视频监控已与公安联网", "yes_no", header="视频监控是否与公安联网"),
    field("hours", "保安年培训学时", "number", measure="学时"),
    key="code",
    title="name",
)
PACK = tiny_pack([SCHOOL])
HEAD = ["学校标识码", "学校名称", "在校生数"]
ROWS: Rows = [["2132001201", "甲小学", 500], ["2132001202", "其中小学", 600]]


def of(path: Path) -> Tables:
    return read(PACK, [path], received_on=DAY)


def column(tables: Tables, name: str) -> list[Any]:
    return tables.frames["institution"][name].to_list()


def codes(tables: Tables, *but: str) -> set[str]:
    return set(tables.questions["code"]) - {"title_rows", *but}


@pytest.mark.parametrize(
    "row",
    [
        ["承前页", None, 400],
        ["过次页", None, 1100],
        ["其中：民办", None, 600],
        [None, "其中:", 600],
        ["上年同期", None, 1000],
        ["同比", None, "10%"],
        ["比上年增减", None, "+100"],
        ["增减率", "", 0.1],
        ["第 1 页", None, None],
        ["第2页，共3页", None, None],
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_rows_about_other_pages_parts_and_years_are_no_records(row: list[Any], kind: str, tmp_path: Path) -> None:
    rows: Rows = [HEAD, *ROWS, row]
    if kind == "xlsx":
        path = write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))
    else:
        path = write_csv(tmp_path / "学校.csv", [["" if cell is None else str(cell) for cell in each] for each in rows])
    tables = of(path)
    assert column(tables, "students") == [500, 600]
    assert codes(tables) <= {"total_row", "footnote_row"} and len(codes(tables)) == 1


def test_a_total_is_held_against_all_rows_whatever_parts_stand_between(tmp_path: Path) -> None:
    rows: Rows = [HEAD, ["合计", None, 1100], ["其中：公办", None, 500], *ROWS]
    assert codes(of(write_xlsx(tmp_path / "学校.xlsx", ("学校", rows)))) == {"total_row"}
    rows[1][2] = 1200
    tables = of(write_xlsx(tmp_path / "错.xlsx", ("学校", rows)))
    assert tables.questions.filter(code="total_mismatch")["reading"].to_list() == ["1100"]


@pytest.mark.parametrize(
    "heads",
    [
        ["1.学校标识码", "2.学校名称", "3.在校生数"],
        ["1、学校标识码", "2、学校名称", "3、在校\n生数"],
        ["（1）学校标识码", "（2）学校名称", "（3）在校生数"],
        ["一、学校标识码", "二、学校名称", "三、在校生数"],
    ],
)
def test_numbered_headings(heads: list[str], tmp_path: Path) -> None:
    tables = of(write_xlsx(tmp_path / "学校.xlsx", ("学校", [heads, *ROWS])))
    assert column(tables, "students") == [500, 600] and codes(tables) == set()


@pytest.mark.parametrize(
    ("head", "yes"),
    [
        ("是填0，否填1", "0"),
        ("是=1，否=2", "1"),
        ("已安装填2、未安装填1", None),
        ("是1否2", "1"),
        ("1是2否", "1"),
        ("有写1 无写0", "1"),
        ("是填1，否填1", None),
    ],
)
def test_a_heading_that_says_which_number_means_yes(head: str, yes: str | None, tmp_path: Path) -> None:
    cells = [*dict.fromkeys(each for each in head if each.isdecimal())]
    rows: Rows = [[*HEAD, f"一键报警是否安装（{head}）"], *([*ROWS[0][:2], 5, int(cell)] for cell in cells[:1])]
    tables = of(write_xlsx(tmp_path / "学校.xlsx", ("学校", rows)))
    if yes is None:
        assert codes(tables) != set()  # whatever is taken, it is asked about
    else:
        assert column(tables, "alarm_installed") == [cells[0] == yes] and codes(tables) == set()


def test_a_heading_that_denies_is_not_taken_for_the_field_that_its_neighbour_suggests(tmp_path: Path) -> None:
    def kinds(*heads: str) -> dict[str, str]:
        path = write_xlsx(tmp_path / "学校.xlsx", ("学校", [[*HEAD, *heads], [*ROWS[0], *("√" for _ in heads)]]))
        asked = of(path).questions.filter(code="head_by_neighbour")
        return dict(asked.select("raw", "field").rows())

    assert kinds("一键报警是否安装", "与公安联网") == {"与公安联网": "alarm_linked"}
    assert kinds("一键报警是否安装", "未与公安联网") == {}
    assert kinds("一键报警是否安装", "视频监控未与公安联网") == {}
    assert kinds("一键报警未安装", "视频与公安联网情况") == {}


def test_a_measure_of_another_kind_in_the_heading_is_asked_about(tmp_path: Path) -> None:
    rows: Rows = [[*HEAD, "保安年培训学时（分钟）"], [*ROWS[0], 240]]
    tables = of(write_xlsx(tmp_path / "学校.xlsx", ("学校", rows)))
    assert tables.questions.filter(code="head_note")["message_zh"].to_list() == [
        "表头“保安年培训学时(分钟)”按“保安年培训学时”读，括号内的“分钟”未作区别"
    ]


def test_a_heading_of_another_time_is_not_read_as_what_is_there(tmp_path: Path) -> None:
    heads = [*HEAD[:2], "专职保安人数（计划）", "专职保安人数（实际）", "一键报警是否安装（计划）", "在校生数（上年）"]
    tables = of(write_xlsx(tmp_path / "学校.xlsx", ("学校", [heads, [*ROWS[0][:2], 5, 3, "是", 480]])))
    frame = tables.frames["institution"].select("guards", "alarm_installed", "students")
    assert frame.rows() == [(3, None, None)]
    asked = dict(tables.questions.select("cell", "code").rows())
    assert asked == {"C1": "unmapped_column", "D1": "head_note", "E1": "unmapped_column", "F1": "unmapped_column"}


def test_of_two_years_in_brackets_the_later_is_taken_and_asked_about(tmp_path: Path) -> None:
    heads = [*HEAD[:2], "在校生数（2018年）", "在校生数（2019年）"]
    tables = of(write_xlsx(tmp_path / "学校.xlsx", ("学校", [heads, [*ROWS[0][:2], 480, 500]])))
    assert column(tables, "students") == [500]
    assert dict(tables.questions.select("cell", "code").rows()) == {"C1": "second_column", "D1": "head_note"}
