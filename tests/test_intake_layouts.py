"""Sheets as bureaus lay them out: groups above groups, units in headings, notes below, forms, tables turned on their side."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from packs import field, table, tiny_pack
from test_intake import PACK, Rows, asked, codes, read, rows_of, write_csv, write_xlsx

from checker import pipeline

HEADS = ["学校标识码", "学校名称", "在校生数", "专职保安人数"]
TWO: Rows = [["2132001201", "甲小学", 100, 2], ["2132001202", "乙小学", 200, 3]]
BOTH = [
    {"code": "2132001201", "name": "甲小学", "students": 100, "guards": 2},
    {"code": "2132001202", "name": "乙小学", "students": 200, "guards": 3},
]


@pytest.mark.parametrize("form", ["merged", "plain", "csv"])
def test_groups_that_no_table_knows_stand_within_the_heading(form: str, tmp_path: Path) -> None:
    """安防建设情况 → 人防, 技防 → 保安人数 …: one heading of three rows, not two tables."""
    rows: Rows = [
        ["序号", "学校标识码", "学校名称", "在校生数", "安防建设情况", "", "", ""],
        ["", "", "", "", "人防", "", "技防", ""],
        ["", "", "", "", "专职保安人数", "其中持证", "一键报警与公安联网", "视频监控联网"],
        ["1", "2132001201", "甲小学", "100", "2", "1", "是", "否"],
    ]

    def merge(_: Any, sheet: Any) -> None:
        for column, text in enumerate(rows[0][:4]):
            sheet.merge_range(0, column, 2, column, text)
        sheet.merge_range("E1:H1", "安防建设情况")
        sheet.merge_range("E2:F2", "人防")
        sheet.merge_range("G2:H2", "技防")

    if form == "csv":
        path = write_csv(tmp_path / "学校.csv", rows)
    else:
        path = write_xlsx(tmp_path / "学校.xlsx", ("学校", rows), more=merge if form == "merged" else None)
    tables = read(PACK, [path])
    assert rows_of(tables) == [
        {
            "code": "2132001201", "name": "甲小学", "students": 100, "guards": 2, "certified": 1, "alarm_linked": True,
            "video_linked": False,
        }
    ]  # fmt: skip
    assert codes(tables) == {"serial_column"}


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_parts_of_a_heading_that_no_table_knows_are_no_record(form: str, tmp_path: Path) -> None:
    """专职保安人数 → 应配, 实配: which of the two is meant has to be said."""
    rows: Rows = [
        ["学校标识码", "学校名称", "在校生数", "专职保安人数", ""],
        ["", "", "", "应配", "实配"],
        ["2132001201", "甲小学", "100", "4", "2"],
    ]
    write = write_csv if form == "csv" else lambda path, rows: write_xlsx(path, ("学校", rows))
    tables = read(PACK, [write(tmp_path / f"学校.{form}", rows)])
    assert rows_of(tables) == [{"code": "2132001201", "name": "甲小学", "students": 100}]
    assert asked(tables, "unmapped_column") == [
        ("unmapped_column", "D2", "专职保安人数 应配", 1),
        ("unmapped_column", "E2", "专职保安人数 实配", 1),
    ]


# --- what stands between and below ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((word, "total_row") for word in ["累计", "本页累计", "全园合计", "合计2所", "合计：", "总计（2所）"]),
        *((word, "footnote_row") for word in ["平均", "平均数", "均值：150"]),
    ],
)
def test_sums_and_averages_are_no_records(word: str, kind: str, tmp_path: Path) -> None:
    rows: Rows = [["序号", *HEADS], ["1", *TWO[0]], ["2", *TWO[1]], [word, "", "", 300, 5]]
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert rows_of(tables) == BOTH
    assert codes(tables) == {"serial_column", kind}


def test_what_adds_up_from_page_to_page_is_compared_with_nothing(tmp_path: Path) -> None:
    rows: Rows = [HEADS, TWO[0], ["累计", "", 100, 2], TWO[1], ["累计", "", 300, 5]]
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert rows_of(tables) == BOTH and codes(tables) == {"total_row"}


def test_a_title_that_comes_again_is_no_record(tmp_path: Path) -> None:
    heads = ["序号", *HEADS]
    rows: Rows = [["学校安全情况表"], heads, ["1", *TWO[0]], ["学校安全情况表（续）"], heads, ["2", *TWO[1]]]
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert rows_of(tables) == BOTH
    assert asked(tables, "idle_row") == [("idle_row", "A4", "学校安全情况表(续)", 1)]


@pytest.mark.parametrize("across", [False, True])
def test_names_of_towns_between_the_rows_are_no_records(across: bool, tmp_path: Path) -> None:
    rows: Rows = [HEADS, ["一、汇龙镇"], TWO[0], ["二、吕四港镇"], TWO[1], ["", "丙小学", "", ""]]

    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_range("A2:D2", "一、汇龙镇")
        sheet.merge_range("A4:D4", "二、吕四港镇")

    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows), more=merge if across else None)])
    assert rows_of(tables) == [*BOTH, {"name": "丙小学"}]  # a name alone may be a school of which nothing was filled in
    assert [row[1] for row in asked(tables, "idle_row")] == ["A2", "A4"]
    assert codes(tables) == {"idle_row", "no_key"}


@pytest.mark.parametrize("mark", ["无", "/", "／", "——", "暂无"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_row_of_strokes_is_no_record(form: str, mark: str, tmp_path: Path) -> None:
    rows: Rows = [["序号", *HEADS], ["1", *TWO[0]], ["2", *TWO[1]], ["3", mark, mark, "", mark]]
    write = write_csv if form == "csv" else lambda path, rows: write_xlsx(path, ("学校", rows))
    tables = read(PACK, [write(tmp_path / f"学校.{form}", rows)])
    assert rows_of(tables) == BOTH
    assert [where for _, where, *_ in asked(tables, "nil_row")] == ["A4"]


def test_a_row_that_says_no_to_everything_is_one(tmp_path: Path) -> None:
    rows: Rows = [HEADS, TWO[0], ["2132001202", "乙小学", "/", "无"]]
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert rows_of(tables)[1] == {"code": "2132001202", "name": "乙小学", "guards": 0}


def test_what_follows_is_blank(tmp_path: Path) -> None:
    rows: Rows = [HEADS, *TWO, ["", "（以下空白）", "", ""]]
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert rows_of(tables) == BOTH and codes(tables) == {"footnote_row"}


def test_signatures_and_notes_in_the_column_of_the_key_are_no_records(tmp_path: Path) -> None:
    notes: Rows = [
        ["以上数据截至2019年12月20日"],
        ["说明：1.在校生数含附设幼儿班；"],
        ["      2.寄宿生按实际住宿人数填报。"],
        ["单位（盖章）", "", "2019年12月20日"],
        ["单位负责人：", "填表人：王五"],
    ]
    shifted: Rows = [["", *HEADS], ["", *TWO[0]], ["", *TWO[1]], ["单位负责人：", "填表人：王五", "审核人：李四"]]
    first = write_xlsx(tmp_path / "甲.xlsx", ("学校", [HEADS, *TWO, *notes]))
    second = write_xlsx(tmp_path / "乙.xlsx", ("学校", shifted))
    for path, n in ((first, 5), (second, 1)):
        tables = read(PACK, [path])
        assert rows_of(tables) == BOTH and codes(tables) == {"footnote_row"}
        assert len(asked(tables, "footnote_row")) == n


# --- units of measure ----------------------------------------------------------------------------

PAID = tiny_pack(
    [
        table(
            "institution",
            "学校",
            field("code", "学校标识码", pattern="moe_code"),
            field("name", "学校名称"),
            field("students", "在校生数", "count"),
            field("pay", "保安月均待遇", "number", measure="元"),
            field("days", "录像保存天数", "count", measure="天"),
            key="code",
        )
    ]
)


@pytest.mark.parametrize(
    ("heads", "above", "cells", "expected", "told"),
    [
        (("在校生数（百人）", "保安月均待遇（万元）"), "", (12, 0.35), (1200, 3500.0), {"C", "D"}),
        (("在校生数（人）", "保安月均待遇（元）"), "", (1200, 3500), (1200, 3500.0), set()),
        (("在校生数", "保安月均待遇"), "单位：人、千元", ("1200", "3.5"), (1200, 3500.0), {"D"}),
        (("在校生数", "保安月均待遇（单位：千元）"), "", (1200, "3500元"), (1200, 3500.0), {"D"}),
        (("在校生数", "保安月均待遇（万元）"), "单位：人、千元", (1200, 0.35), (1200, 3500.0), {"D"}),
        (("在校生数", "保安月均待遇"), "填报单位：启东市教育局", (1200, 3500), (1200, 3500.0), set()),
    ],
)
def test_a_heading_tells_the_unit_of_its_numbers(
    heads: tuple[str, str], above: str, cells: Any, expected: Any, told: set[str], tmp_path: Path
) -> None:
    rows: Rows = [["保安待遇表", "", "", above], ["学校标识码", "学校名称", *heads], ["2132001201", "甲小学", *cells]]
    tables = read(PAID, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    (row,) = rows_of(tables)
    assert (row["students"], row["pay"]) == expected
    assert {cell[0] for _, cell, *_ in asked(tables, "head_unit")} == told
    assert codes(tables) <= {"head_unit", "title_rows"}


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_row_of_units_under_the_heading(form: str, tmp_path: Path) -> None:
    rows: Rows = [
        ["学校标识码", "学校名称", "在校生数", "保安月均待遇"], ["", "", "人", "千元"], ["2132001201", "甲小学", "100", "3.5"],
    ]  # fmt: skip
    csv = form == "csv"
    path = write_csv(tmp_path / "a.csv", rows) if csv else write_xlsx(tmp_path / "a.xlsx", ("学校", rows))
    tables = read(PAID, [path])
    assert rows_of(tables) == [{"code": "2132001201", "name": "甲小学", "students": 100, "pay": 3500.0}]
    assert codes(tables) == {"unit_row", "head_unit"}


# --- what the numbers mean -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "cells", "expected"),
    [
        ("视频监控联网（1是0否）", (1, 0), [True, False]),
        ("视频监控联网（1=是，2=否）", (1, 2), [True, False]),
        ("视频监控联网（1.有 2.无）", ("2", "1"), [False, True]),
        ("视频监控联网（1是2否）", (3, "是"), [None, True]),
        ("视频监控联网（1是2不清楚）", (1, 2), [None, None]),  # not all of it is understood
    ],
)
def test_a_heading_tells_what_its_numbers_mean(head: str, cells: Any, expected: list[Any], tmp_path: Path) -> None:
    rows: Rows = [
        ["学校标识码", "学校名称", head],
        *([row[0], row[1], cell] for row, cell in zip(TWO, cells, strict=True)),
    ]
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert tables.frames["institution"]["video_linked"].to_list() == expected
    assert ("head_note" in codes(tables)) == (expected == [None, None])


def test_options_are_numbered_in_their_heading(tmp_path: Path) -> None:
    rows: Rows = [
        ["学校标识码", "学校名称", "学校类别（1幼儿园 2小学 3初级中学）"],
        ["1132001201", "甲", 1],
        ["2132001202", "乙", "2"],
    ]
    tables = read(pipeline.sound_pack("nantong-2019"), [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert tables.frames["institution"]["school_type"].to_list() == ["kindergarten", "primary"]


def test_a_date_that_shows_no_day_has_none(tmp_path: Path) -> None:
    def more(book: Any, sheet: Any) -> None:
        month = book.add_format({"num_format": 'yyyy"年"m"月"'})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_number(1, 2, 43739, month)  # 2019-10-01
        sheet.write_number(2, 2, 43746, month)  # 2019-10-08 was typed with its day
        sheet.write_number(3, 2, 43739, day)

    rows: Rows = [
        ["号牌号码", "学校标识码", "校车标牌有效期至"],
        *([f"苏F1234{at}", "2132001201", ""] for at in range(3)),
    ]
    tables = read(PACK, [write_xlsx(tmp_path / "校车.xlsx", ("校车", rows), more=more)])
    assert tables.frames["bus"]["permit_until"].to_list() == [None, date(2019, 10, 8), date(2019, 10, 1)]
    assert asked(tables, "month_precision") == [("month_precision", "C2", "2019年10月", 1)]


def test_hours_are_no_days(tmp_path: Path) -> None:
    rows: Rows = [["学校标识码", "学校名称", "录像保存天数（小时）"], ["2132001201", "甲小学", 720]]
    tables = read(PAID, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert rows_of(tables)[0]["days"] == 30 and len(asked(tables, "head_unit")) == 1


# --- no lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        [["学校名称", "甲小学", "乙小学"], ["学校标识码", "2132001201", "2132001202"], ["在校生数", 1, 2], ["寄宿生数", 0, 0]],
        [["项目", "甲小学", "乙小学"], ["学校标识码", "2132001201", "2132001202"], ["在校生数", 1, 2], ["专职保安人数", 2, 3]],
        [["登记表"], ["学校名称", "甲小学", "学校标识码", "2132001201"], ["学校类别", "小学", "在校生数", 400],
         ["专职保安人数", 2, "视频监控联网", "是"]],
    ],
)  # fmt: skip
def test_a_form_or_a_table_on_its_side_gives_no_records(rows: Rows, tmp_path: Path) -> None:
    good = write_xlsx(tmp_path / "好.xlsx", ("学校", [HEADS, *TWO]))
    tables = read(PACK, [good, write_xlsx(tmp_path / "坏.xlsx", ("学校", rows))])
    assert rows_of(tables) == BOTH
    ((_, severity),) = tables.questions.filter(code="sheet_not_a_list").select("file", "severity").rows()
    assert severity == "lost" and codes(tables) == {"sheet_not_a_list"}


def test_a_heading_before_every_row_is_a_list_all_the_same(tmp_path: Path) -> None:
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", [HEADS, TWO[0], HEADS, TWO[1]]))])
    assert rows_of(tables) == BOTH
