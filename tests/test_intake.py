"""Files as counties send them → typed tables; and whatever is not taken as it stands is asked about."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xlsxwriter
from packs import QIDONG, UNITS, field, table, text, tiny_pack

from checker.errors import DataError, UsageError
from checker.intake import from_frames, read
from checker.model import Unit
from checker.plan import Tables

DATA = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[1]

SCHOOL = table(
    "institution",
    "学校",
    field("code", "学校标识码", pattern="moe_code", header="学校（机构）标识码"),
    field("name", "学校名称", aliases=["使用学校"]),
    field("unit_code", "所属单位", aliases=["县市区"]),
    field("town", "乡镇街道", header="乡镇（街道）", aliases=["乡镇"]),
    field(
        "school_type",
        "学校类别",
        "choice",
        choices={
            "kindergarten": ("幼儿园", "幼稚园"),
            "primary": ("小学", "教学点"),
            "junior": ("初中", "初级中学"),
            "nine_year": ("九年一贯制学校", "九年制"),
            "complete": ("完全中学", "完中"),
        },
    ),
    field("ownership", "办学性质", "choice", choices={"public": "公办", "private": "民办"}),
    field("students", "在校生数", "count"),
    field("boarders", "寄宿生数", "count"),
    field("guards", "专职保安人数", "count"),
    field("certified", "持证保安人数", "count", aliases=["持证人数", "其中持证"]),
    field("alarm_linked", "一键报警已与公安联网", "yes_no", header="一键报警是否与公安联网"),
    field("video_linked", "视频监控已与公安联网", "yes_no", header="视频监控是否与公安联网", aliases=["视频监控联网"]),
    field("post", "已设立护学岗", "yes_no", header="是否设立护学岗", aliases=["护学岗"]),
    key="code",
    title="name",
    parents={"unit": "unit_code"},
    aliases=["安全防范建设情况统计表"],
)
BUS = table(
    "bus",
    "校车",
    field("plate", "号牌号码", pattern="plate", aliases=["车牌号"]),
    field("school", "使用学校标识码", pattern="moe_code", aliases=["学校标识码"]),
    field("permit_until", "校车标牌有效期至", "date", aliases=["标牌有效期"]),
    field("seats", "核载人数", "count"),
    key="plate",
    parents={"institution": "school"},
    aliases=["校车基本情况表"],
)
DRILL = table(
    "drill",
    "演练",
    field("id", "演练编号", aliases=["编号"]),
    field("school", "学校标识码", pattern="moe_code"),
    field("held_on", "演练日期", "date"),
    key="id",
    parents={"institution": "school"},
    returned=True,
)
PACK = tiny_pack([SCHOOL, BUS, DRILL])
DAY = date(2019, 12, 23)

Rows = list[list[Any]]


def write_csv(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, *sheets: tuple[str, Rows], more: Callable[[Any, Any], None] | None = None) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(at, column, datetime(cell.year, cell.month, cell.day), day)
                    elif isinstance(cell, str):
                        sheet.write_string(at, column, cell)
                    else:
                        sheet.write(at, column, cell)
            if more is not None:
                more(book, sheet)
    return path


def rows_of(tables: Tables, name: str = "institution") -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if v is not None} for row in tables.frames[name].iter_rows(named=True)]


def asked(tables: Tables, *codes: str) -> list[tuple[Any, ...]]:
    found = tables.questions.filter(pl.col("code").is_in(codes)) if codes else tables.questions
    return found.select("code", "cell", "raw", "n").rows()


def codes(tables: Tables) -> set[str]:
    return set(tables.questions["code"])


# --- the messy sheet -----------------------------------------------------------------------------


def messy_rows() -> Rows:
    with (DATA / "messy-sheet.csv").open(encoding="utf-8", newline="") as lines:
        return [list(row) for row in csv.reader(lines)]


def messy_workbook(path: Path) -> Path:
    """The same as a workbook: merged title, heads and towns; numbers as numbers where the sheet has plain ones."""
    rows = [[float(cell) if cell.isdecimal() and len(cell) < 6 else cell for cell in row] for row in messy_rows()]

    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_range(1, 0, 1, 14, rows[1][0])
        sheet.merge_range(3, 8, 3, 13, "安防建设情况")
        for column in (*range(8), 14):
            sheet.merge_range(3, column, 4, column, rows[3][column])
        sheet.merge_range(5, 1, 9, 1, "城关镇")
        sheet.merge_range(10, 1, 13, 1, "河口镇")

    return write_xlsx(path, ("Sheet1", rows), more=merge)


@pytest.fixture(params=["csv", "gb18030", "bom", "xlsx"])
def messy(request: pytest.FixtureRequest, tmp_path: Path) -> Tables:
    match request.param:
        case "xlsx":
            path = messy_workbook(tmp_path / "附件1：启东市统计表.xlsx")
        case "gb18030":
            path = write_csv(tmp_path / "messy.csv", messy_rows(), "gb18030")
        case "bom":
            path = write_csv(tmp_path / "messy.csv", messy_rows(), "utf-8-sig")
        case _:
            path = DATA / "messy-sheet.csv"
    return read(PACK, [path], unit="启东市", received_on=DAY)


def test_messy_rows(messy: Tables) -> None:
    frame = messy.frames["institution"]
    assert frame["name"].to_list() == [
        None,  # 实验小学 and its second campus under one code
        "第一初级中学",
        "阳光幼儿园",
        "小太阳幼稚园",
        "河口九年制学校",
        "河口小学附设幼儿园",
        "农场小学教学点",
        "海门市外国语学校",
    ]
    assert frame["code"].to_list() == [
        "2132001201", None, "1132002345", None, "3132003456", None, "2132003457", "3432004567",
    ]  # fmt: skip
    assert frame["unit_code"].to_list() == ["320681"] * 8
    assert frame["town"].to_list() == ["城关镇"] * 4 + ["河口镇"] * 4
    assert frame["received_on"].to_list() == [DAY] * 8
    assert frame["students"].to_list() == [None, 1240, 286, 95, 615, 60, 38, 2310]
    assert frame["guards"].to_list() == [None, 5, 1, None, 2, None, 0, None]
    assert frame["certified"].to_list() == [None, 5, None, 1, 2, None, 0, 12]
    assert frame["school_type"].to_list()[-2:] == ["primary", "complete"]
    assert frame["ownership"].to_list()[2:4] == ["private", None]
    assert frame["alarm_linked"].to_list() == [True, False, False, True, True, None, False, True]
    assert frame["video_linked"].to_list() == [None, True, False, None, True, None, None, False]
    assert frame["post"].to_list() == [True, True, False, None, True, None, None, True]


def test_messy_questions(messy: Tables) -> None:
    found = {(code, cell) for code, cell, _, _ in asked(messy)}
    assert found >= {
        ("title_rows", "A1"),
        ("total_row", "A15"),
        ("footnote_row", "A16"),
        ("total_mismatch", "C15"),
        ("serial_column", "A5"),
        ("unmapped_column", "K5"),  # 一键报警: the pack has no such field
        ("remark_column", "O5"),
        ("head_by_neighbour", "L5"),
        ("digits_lost", "D8"),
        ("ditto", "D12"),
        ("unknown_choice", "F10"),
        ("trailing_note", "F9"),
        ("approximate", "G7"),
        ("derived_from_note", "I7"),
        ("expression_in_cell", "I10"),
        ("word_zero", "I13"),
        ("implausible_value", "I14"),
        ("two_facts_in_cell", "L8"),
        ("typo_confusable", "L13"),
        ("percent_in_yes_no", "L14"),
        ("partial_value", "M7"),
        ("planned_not_done", "M9"),
        ("qualified_yes", "M10"),
        ("not_known", "M13"),
        ("dash_ambiguous", "N13"),
        ("no_key", "D8"),
        ("duplicate_conflict", "I6"),
    }
    said = messy.questions.row(
        by_predicate=(pl.col("code") == "total_mismatch") & (pl.col("cell") == "C15"), named=True
    )
    assert (said["raw"], said["reading"]) == ("8所", "9")
    assert {"merged_fill", "blank_filled"} & codes(messy)
    plan = messy.questions.row(by_predicate=pl.col("code") == "planned_not_done", named=True)
    assert (plan["severity"], plan["key"], plan["field"], plan["raw"], plan["reading"]) == (
        "doubt", "1132002345", "video_linked", "拟2020年3月联网", "no",
    )  # fmt: skip
    assert "按“否”" in plan["message_zh"] and "read as no" not in plan["message_zh"]


def test_messy_origins_point_at_the_cells(messy: Tables) -> None:
    (source,) = messy.sources
    assert source.columns["video_linked"] == "M" and source.columns["code"] == "D"
    assert len(source.digest) == 64
    lines = messy.origins.filter(pl.col("table") == "institution").select("row", "line").rows()
    assert lines == [(0, 6), (0, 7), (1, 8), (2, 9), (3, 10), (4, 11), (5, 12), (6, 13), (7, 14)]


def test_messy_sheet_with_the_real_vocabulary() -> None:
    from checker import pipeline

    pack, _ = pipeline.load_pack(ROOT / "rules" / "nantong-2019")
    assert pack is not None
    tables = read(pack, [DATA / "messy-sheet.csv"], unit="启东市")
    frame = tables.frames["institution"]
    assert frame.height == 8
    assert frame["video_linked"].to_list() == [None, True, False, None, True, None, None, False]
    assert set(tables.frames) == set(pack.tables)
    said = tables.questions.filter(pl.col("code") == "ownership_ambiguous")
    assert said["message_zh"].to_list() == ["“办学性质”：“公建民营”可能是公办、民办，按待核"]
    assert said["candidate"].to_list() == ["public、private"]


@pytest.mark.parametrize("spelling", ["header", "name", "id"])
def test_every_table_of_the_real_vocabulary_is_known_by_its_headings(tmp_path: Path, spelling: str) -> None:
    from checker import pipeline

    pack, _ = pipeline.load_pack(ROOT / "rules" / "nantong-2019")
    assert pack is not None
    for known in pack.tables.values():
        heads = [each.id if spelling == "id" else getattr(each, spelling).zh for each in known.fields.values()]
        (tmp_path / known.id).mkdir()
        path = write_csv(tmp_path / known.id / "x.csv", [heads, ["1"] * len(heads)])
        (source,) = read(pack, [path]).sources
        assert (source.table, list(source.columns)) == (known.id, list(known.fields))


# --- files ---------------------------------------------------------------------------------------

PLAIN: Rows = [
    ["学校标识码", "学校名称", "在校生数"],
    ["2132001201", "实验小学", "1862"],
    ["2132001202", "河口小学", "60"],
]


def test_a_folder_is_read_in_order_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    write_csv(tmp_path / "b" / "学校.csv" if (tmp_path / "b").mkdir() is None else tmp_path, PLAIN)
    write_csv(tmp_path / "a.csv", [["号牌号码", "学校标识码"], ["苏F12345", "2132001201"]])
    write_csv(tmp_path / "copy.csv", PLAIN)
    (tmp_path / ".hidden.csv").write_text("x")
    (tmp_path / "~$a.xlsx").write_text("x")
    (tmp_path / "表.et").write_text("x")
    (tmp_path / "坏.xlsx").write_text("this is no workbook")
    tables = read(PACK, [tmp_path])
    assert [source.file for source in tables.sources] == ["a.csv", "b/学校.csv"] or [
        source.file for source in tables.sources
    ] == ["a.csv", "copy.csv"]
    told = tables.questions.select("code", "file").rows()
    assert {code for code, _ in told} == {"file_skipped", "duplicate_file", "file_unsupported"}
    refused = tables.questions.filter(pl.col("code") == "file_unsupported")
    assert refused["file"].to_list() == ["表.et", "坏.xlsx"] or set(refused["file"]) == {"表.et", "坏.xlsx"}
    assert "另存为 .xlsx" in refused["message_zh"][0]


def test_nothing_readable_is_an_error_with_every_reason(tmp_path: Path) -> None:
    (tmp_path / "启东.et").write_text("x")
    (tmp_path / "启东.pdf").write_text("x")
    with pytest.raises(DataError) as caught:
        read(PACK, [tmp_path, tmp_path / "没有.xlsx"])
    assert [d.code for d in caught.value.diagnostics] == ["E22"] * 3
    assert "WPS" in caught.value.diagnostics[1].message.zh or "WPS" in str(caught.value)
    (tmp_path / "leer").mkdir()
    with pytest.raises(DataError):
        read(PACK, [tmp_path / "leer"])


def test_an_unknown_unit_is_wrong_usage() -> None:
    with pytest.raises(UsageError):
        read(PACK, [DATA / "messy-sheet.csv"], unit="如东县")


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "code": ["2132001201", "2132001202"],
            "在校生数": pl.Series([1862, 60], dtype=pl.UInt16),
            "video_linked": [True, None],
            "school_type": pl.Series(["小学", "primary"], dtype=pl.Categorical),
            "ownership": ["公办", "公建民营"],
            "guards": [2.0, 2.5],
            "colour": ["red", None],
        }
    )
    frame.write_parquet(tmp_path / "institution.parquet")
    tables = read(PACK, [tmp_path])
    assert rows_of(tables) == [
        {
            "code": "2132001201",
            "students": 1862,
            "video_linked": True,
            "school_type": "primary",
            "ownership": "public",
            "guards": 2,
        },
        {"code": "2132001202", "students": 60, "school_type": "primary"},
    ]
    assert asked(tables) == [
        ("unmapped_column", "colour", "colour", 1),
        ("unknown_choice", "ownership:2", "公建民营", 1),
        ("non_integer_count", "guards:2", "2.5", 1),
    ]
    assert tables.sources[0].columns["students"] == "在校生数"


def test_a_long_text_file_is_read_by_column_like_a_short_one(tmp_path: Path) -> None:
    """Plain cells are cast as a whole, odd ones are read one by one: the same values either way."""
    head = ["学校标识码", "学校名称", "在校生数", "一键报警是否与公安联网"]
    odd = ["3132 001234", "无", "约800", "部分联网"]
    rows = [
        head,
        *([f"213200{at:04}", f"学校{at}", str(at), "是"] for at in range(300)),
        odd,
        ["", "", "", ""],
        ["合计", "", "", ""],
    ]
    tables = read(PACK, [write_csv(tmp_path / "学校.csv", rows)])
    frame = tables.frames["institution"]
    assert frame.height == 301
    assert frame.row(299, named=True)["students"] == 299
    last = frame.row(300, named=True)
    assert (last["code"], last["name"], last["students"], last["alarm_linked"]) == ("3132001234", None, 800, False)
    assert {(code, cell) for code, cell, _, _ in asked(tables)} == {
        ("inner_space", "A302"), ("no_content", "B302"), ("approximate", "C302"), ("partial_value", "D302"), ("total_row", "A304"),
    }  # fmt: skip


# --- headings ------------------------------------------------------------------------------------


def test_a_heading_over_several_columns_tells_like_headings_apart(tmp_path: Path) -> None:
    rows: Rows = [
        ["学校标识码", "一键报警", "", "视频监控", ""],
        ["", "品牌", "是否与公安联网", "品牌", "是否与公安联网"],
        ["2132001201", "甲", "是", "乙", "否"],
    ]
    tables = read(PACK, [write_csv(tmp_path / "学校.csv", rows)])
    assert rows_of(tables) == [{"code": "2132001201", "alarm_linked": True, "video_linked": False}]
    assert asked(tables, "unmapped_column") == [
        ("unmapped_column", "B2", "一键报警 品牌", 1), ("unmapped_column", "D2", "视频监控 品牌", 1),
    ]  # fmt: skip


def test_like_headings_are_told_apart_by_the_column_before(tmp_path: Path) -> None:
    rows: Rows = [
        ["学校标识码", "一键报警是否安装", "是否与公安联网", "视频监控点位数", "是否与公安联网"],
        ["2132001201", "是", "是", "16", "否"],
    ]
    tables = read(PACK, [write_csv(tmp_path / "学校.csv", rows)])
    assert rows_of(tables) == [{"code": "2132001201", "alarm_linked": True, "video_linked": False}]
    assert [cell for _, cell, _, _ in asked(tables, "head_by_neighbour")] == ["C1", "E1"]


def test_a_heading_twice_that_nothing_tells_apart_is_not_used(tmp_path: Path) -> None:
    rows: Rows = [["学校标识码", "学校名称", "在校生数", "在校生数"], ["2132001201", "实验小学", "1", "2"]]
    tables = read(PACK, [write_csv(tmp_path / "学校.csv", rows)])
    assert rows_of(tables) == [{"code": "2132001201", "name": "实验小学"}]
    assert [cell for _, cell, _, _ in asked(tables, "ambiguous_head")] == ["C1", "D1"]


def test_two_headings_for_one_field(tmp_path: Path) -> None:
    rows: Rows = [["学校标识码", "学校名称", "持证保安人数", "其中持证"], ["2132001201", "实验小学", "1", "2"]]
    tables = read(PACK, [write_csv(tmp_path / "学校.csv", rows)])
    assert rows_of(tables)[0]["certified"] == 1
    assert asked(tables, "second_column") == [("second_column", "D1", "其中持证", 1)]


def test_repeated_headings_column_numbers_and_subtotals(tmp_path: Path) -> None:
    rows: Rows = [
        ["县市区", "学校标识码", "学校名称", "在校生数", "寄宿生数", "专职保安人数"],
        ["1", "2", "3", "4", "5", "6"],
        ["启东市", "2132001201", "甲", "100", "0", "2"],
        ["", "2132001202", "乙", "50", "0", "1"],
        ["启东市小计", "", "", "150", "", ""],
        ["县市区", "学校标识码", "学校名称", "在校生数", "寄宿生数", "专职保安人数"],
        ["海门", "2132001203", "丙", "10", "", ""],
        ["总计", "", "3所", "161", "", ""],
        ["填表人：张三", "", "", "审核人：李四", "", ""],
    ]
    tables = read(PACK, [write_csv(tmp_path / "学校.csv", rows)])
    assert [(row["code"], row["unit_code"]) for row in rows_of(tables)] == [
        ("2132001201", "320681"), ("2132001202", "320681"), ("2132001203", "320684"),
    ]  # fmt: skip
    assert asked(tables, "total_row", "total_mismatch", "repeated_header", "numbering_row", "footnote_row") == [
        ("numbering_row", "A2", "1 2 3 4 5 6", 1),
        ("total_row", "A5", "启东市小计 150", 1),
        ("total_row", "A8", "总计 3所 161", 1),
        ("footnote_row", "A9", "填表人:张三 审核人:李四", 1),
        ("repeated_header", "A6", None, 1),
        ("total_mismatch", "D8", "161", 1),
    ]


def test_a_school_may_be_called_like_a_total(tmp_path: Path) -> None:
    rows: Rows = [["学校标识码", "学校名称"], ["2132001201", "合计"], ["2132001202", "注：甲"]]
    assert len(rows_of(read(PACK, [write_csv(tmp_path / "学校.csv", rows)]))) == 2


def test_sheets_find_their_tables_and_strangers_are_told(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "启东.xlsx",
        ("城关镇", PLAIN),
        ("校车基本情况表", [["号牌号码", "使用学校", "标牌有效期"], ["苏F12345", "实验小学", date(2020, 6, 30)]]),
        ("食谱", [["周一", "周二"], ["面", "饭"]]),
        ("空", []),
    )
    tables = read(PACK, [path])
    assert [source.table for source in tables.sources] == ["institution", "bus"]
    assert rows_of(tables, "bus") == [{"plate": "苏F12345", "school": "2132001201", "permit_until": date(2020, 6, 30)}]
    assert asked(tables, "sheet_not_recognised", "matched_by_name") == [
        ("sheet_not_recognised", "", None, 2), ("matched_by_name", "B2", "实验小学", 1),
    ]  # fmt: skip


def test_hidden_sheets_formula_errors_and_merged_facts(tmp_path: Path) -> None:
    rows: Rows = [
        ["学校标识码", "学校名称", "在校生数", "护学岗"],
        ["2132001201", "甲", 1.0, ""],
        ["2132001202", "乙", "", ""],
        ["2132001203", "丙", "", ""],
    ]

    def more(book: Any, sheet: Any) -> None:
        if sheet.name == "码表":
            sheet.hide()
            return
        sheet.write_formula(2, 2, "=1/0", None, "#DIV/0!")
        sheet.merge_range(1, 3, 3, 3, "是")

    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows), ("码表", PLAIN), more=more)])
    assert [row.get("post") for row in rows_of(tables)] == [True, None, None]
    assert asked(tables) == [
        ("merged_fact", "D3", "", 2), ("excel_error", "C3", "#DIV/0!", 1), ("hidden_sheet", "", None, 1),
    ]  # fmt: skip


def test_merged_parents_speak_for_their_children(tmp_path: Path) -> None:
    rows: Rows = [["学校标识码", "号牌号码"], ["2132001201", "苏F12345"], ["", "苏F12346"], ["", "苏F12347"]]

    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_range(1, 0, 2, 0, "2132001201")

    tables = read(PACK, [write_xlsx(tmp_path / "校车.xlsx", ("校车", rows), more=merge)])
    assert tables.frames["bus"]["school"].to_list() == ["2132001201", "2132001201", None]
    assert asked(tables, "merged_fill") == [("merged_fill", "A3", None, 1)]


# --- units, days, keys ---------------------------------------------------------------------------


def test_the_unit_comes_from_the_cell_else_the_caller_else_the_form(tmp_path: Path) -> None:
    form: Rows = [["填报单位（盖章）：海门市教育局"], *PLAIN]
    plain = write_csv(tmp_path / "学校.csv", form)
    assert set(read(PACK, [plain]).frames["institution"]["unit_code"]) == {"320684"}
    assert asked(read(PACK, [plain]), "unit_assumed") == [("unit_assumed", "A1", "填报单位(盖章):海门市教育局", 2)]
    told = read(PACK, [plain], unit="启东")
    assert set(told.frames["institution"]["unit_code"]) == {"320681"}
    assert asked(told, "unit_differs")
    own = write_csv(tmp_path / "b" / "x.csv" if (tmp_path / "b").mkdir() is None else plain, [
        [*PLAIN[0], "县市区"], [*PLAIN[1], "海门"], [*PLAIN[2], "如东"],
    ])  # fmt: skip
    told = read(PACK, [own], unit="320681")
    assert told.frames["institution"]["unit_code"].to_list() == ["320684", None]  # named wrongly is not unnamed
    assert asked(told, "unknown_unit") == [("unknown_unit", "D3", "如东", 1)]
    named = write_csv(tmp_path / "启东市学校.csv", PLAIN)
    assert set(read(PACK, [named]).frames["institution"]["unit_code"]) == {"320681"}


def test_the_city_in_a_title_owns_no_school(tmp_path: Path) -> None:
    pack = tiny_pack([SCHOOL], units=[*UNITS, Unit("320600", text("南通市"), "NT", "none")])
    path = write_csv(tmp_path / "南通市启东市学校.csv", PLAIN)
    assert set(read(pack, [path]).frames["institution"]["unit_code"]) == {QIDONG.code}


def test_the_day_of_receipt_comes_from_the_row_else_the_caller(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "学校.csv", [[*PLAIN[0], "收到日期"], [*PLAIN[1], "2019-12-20"], [*PLAIN[2], ""]])
    assert read(PACK, [path], received_on=DAY).frames["institution"]["received_on"].to_list() == [
        date(2019, 12, 20),
        DAY,
    ]
    assert read(PACK, [path]).frames["institution"]["received_on"].to_list() == [date(2019, 12, 20), None]
    early = read(PACK, [path], received_on=DAY, known_at=date(2019, 12, 21))
    assert early.frames["institution"].height == 1 and codes(early) == {"received_later"}


def test_numbers_down_the_sheet_are_no_keys(tmp_path: Path) -> None:
    head = ["编号", "学校标识码", "演练日期"]
    write_csv(tmp_path / "演练1.csv", [head, ["1", "2132001201", "2020-01-03"], ["2", "2132001202", "2020-01-04"]])
    write_csv(tmp_path / "演练2.csv", [head, ["1", "2132001203", "2020-02-03"], ["2", "2132001201", "2020-02-04"]])
    tables = read(PACK, [tmp_path])
    assert tables.frames["drill"]["id"].to_list() == ["2132001201-1", "2132001202-2", "2132001203-1", "2132001201-2"]
    assert [code for code, *_ in asked(tables, "serial_key")] == ["serial_key"] * 2


def test_a_numeric_code_keeps_all_its_digits(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "学校.xlsx", ("学校", [["学校标识码", "学校名称"], [2132001201, "甲"], ["3.1320E+09", "乙"]])
    )
    tables = read(PACK, [path])
    assert tables.frames["institution"]["code"].to_list() == ["2132001201", None]
    (lost,) = tables.questions.filter(pl.col("code") == "digits_lost").iter_rows(named=True)
    assert "无法还原" in lost["message_zh"] and lost["cell"] == "A3"


def test_returns(tmp_path: Path) -> None:
    write_csv(tmp_path / "学校.csv", [[*PLAIN[0], "县市区"], [*PLAIN[1], "启东"], [*PLAIN[2], "海门"]])
    write_csv(
        tmp_path / "收表记录.csv",
        [
            ["表", "单位或学校", "截至"],
            ["演练", "启东市", "2020-03-31"],
            ["drill", "2132001202", "2020年2月29日"],
            ["演练", "海门市", "下周"],
            ["校车", "启东市", "2020-03-31"],
        ],
    )
    tables = read(PACK, [tmp_path])
    assert tables.frames["institution"]["_returned_drill"].to_list() == [date(2020, 3, 31), date(2020, 2, 29)]
    assert asked(tables) == [
        ("return_unreadable", "A4", "演练 海门市 下周", 1), ("return_unreadable", "A5", "校车 启东市 2020-03-31", 1),
    ]  # fmt: skip


# --- the Python API ------------------------------------------------------------------------------

FACTS: dict[str, list[Any]] = {
    "学校标识码": ["2132001201", "2132001202"],
    "students": [1862, None],
    "视频监控是否与公安联网": ["部分联网", "是"],
    "颜色": ["红", None],
}


def test_frames_of_every_kind_are_read_alike() -> None:
    expected = [
        {"code": "2132001201", "students": 1862, "video_linked": False},
        {"code": "2132001202", "video_linked": True},
    ]
    lists = pl.DataFrame(FACTS)
    for frame in (lists, lists.lazy(), pd.DataFrame(FACTS), pa.table(FACTS), FACTS):
        for name in ("institution", "学校"):
            tables = from_frames(PACK, {name: frame})
            assert rows_of(tables) == expected, type(frame)
            assert codes(tables) == {"unmapped_column", "partial_value"}
            assert tables.sources[0].sheet == "institution"


def test_frames_of_pandas_with_objects() -> None:
    frame = pd.DataFrame(
        {
            "plate": ["苏F12345", "苏F12346"],
            "使用学校标识码": pd.Series([2132001201, "3.1320E+09"], dtype=object),
            "permit_until": pd.to_datetime(["2020-06-30", None]),
            "seats": pd.array([36, None], dtype="Int64"),
        }
    )
    tables = from_frames(PACK, {"bus": frame})
    assert rows_of(tables, "bus") == [
        {"plate": "苏F12345", "school": "2132001201", "permit_until": date(2020, 6, 30), "seats": 36},
        {"plate": "苏F12346"},
    ]
    assert codes(tables) == {"digits_lost", "no_parent_rows"}


def test_a_frame_for_no_table_is_refused() -> None:
    with pytest.raises(DataError, match="no table"):
        from_frames(PACK, {"kantine": {"a": [1]}})
    with pytest.raises(TypeError):
        from_frames(PACK, {"bus": 3})


def test_reading_files_does_not_import_pandas() -> None:
    code = (
        "import sys, checker.intake; print([n for n in ('pandas', 'pyarrow', 'numpy', 'openpyxl') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


def test_codes_that_only_fill_the_cell_are_doubted_in_every_format(tmp_path: Path) -> None:
    codes = ["1111111111", "2132001201", "1234567890"]
    rows = [["学校标识码", "学校名称"], *([code, f"第{at}小学"] for at, code in enumerate(codes))]
    frame = {"学校标识码": [int(code) for code in codes], "学校名称": ["甲", "乙", "丙"]}
    pl.DataFrame(frame).write_parquet(tmp_path / "学校.parquet")
    numbers = [[int(cell) if cell.isdecimal() else cell for cell in row] for row in rows]
    for path in (
        write_csv(tmp_path / "学校.csv", rows),
        write_xlsx(tmp_path / "学校.xlsx", ("学校", rows)),
        write_xlsx(tmp_path / "数.xlsx", ("学校", numbers)),
        tmp_path / "学校.parquet",
    ):
        tables = read(PACK, [path])
        assert tables.frames["institution"]["code"].to_list() == [None, "2132001201", None]
        told = asked(tables, "placeholder_code")
        assert [(raw, n) for _, _, raw, n in told] == [("1111111111", 1), ("1234567890", 1)]
