"""Nothing is dropped in silence: every row is a record or told, every cell of a record has a value or a question."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intake import PACK, Rows, write_csv, write_xlsx

from checker.intake import look
from checker.intake.cells import normal
from checker.intake.formats.texts import text_grid
from checker.tables.questions import MOST_PLACES
from checker.understood import Looked

CELLS = st.sampled_from(
    [
        *(
            "是",
            "否",
            "√",
            "无",
            "不详",
            "/",
            "已联网",
            "部分联网",
            "是，但损坏",
            "4人",
            "2+1",
            "约800",
            "1862",
            "95%",
            "2.5",
        ),
        *(
            "公办",
            "公建民营",
            "小学",
            "小学（附设幼儿园）",
            "2020-06-30",
            "2019.12",
            "12月10日",
            "2132001201",
            "2132001202",
        ),
        *("3.1320E+09", "同上", "启东", "如东", "#N/A", "=A1", "苏F12345", "合计", "注：甲", "", "", "　"),
    ]
)
HEADS = st.sampled_from(
    [
        *(
            "学校标识码",
            "学校名称",
            "县市区",
            "乡镇",
            "学校类别",
            "办学性质",
            "在校生数",
            "专职保安人数",
            "持证人数",
            "其中持证",
        ),
        *("与公安联网", "视频监控联网", "护学岗", "序号", "备注", "收到日期", ""),
    ]
)
OF_ROWS = {
    "title_rows", "total_row", "footnote_row", "repeated_header", "numbering_row", "assumed_header", "long_rows",
    "overlong_rows", "return_unreadable", "idle_row", "nil_row", "unit_row",
}  # fmt: skip
OF_COLUMNS = {
    "unmapped_column", "remark_column", "serial_column", "headless_column", "second_column", "ambiguous_head",
    "names_parent",
}  # fmt: skip


# --- sheets as people make them ------------------------------------------------------------------


def cells_of(size: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(CELLS, min_size=size, max_size=size)


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    heads = draw(st.lists(HEADS, min_size=2, max_size=6))
    blank = [""] * len(heads)
    groups = [draw(st.sampled_from(["", "安防建设情况", "基本情况"])) for _ in heads]
    total = st.builds(
        lambda word, row: [word, *row[1:]], st.sampled_from(["合计", "小计", "全县总计"]), cells_of(len(heads))
    )
    note = st.builds(lambda text: [text, *blank[1:]], st.sampled_from(["注：截至12月", "填表人：张三", "备注"]))
    line = st.one_of(cells_of(len(heads)), cells_of(len(heads)), st.sampled_from([heads, blank]), total, note)
    title = st.sampled_from([[], [["附件1", *blank[1:]]], [["××县统计表"], ["填报单位：启东市教育局"]], [groups]])
    numbers = st.sampled_from([[], [[str(at) for at in range(1, len(heads) + 1)]]])
    return [*draw(title), heads, *draw(numbers), *draw(st.lists(line, max_size=6))]


@st.composite
def sheets(draw: st.DrawFn) -> Rows:
    parts = draw(st.lists(tables(), min_size=1, max_size=2))
    beside = len(parts) > 1 and draw(st.booleans())
    width = max(len(row) for part in parts for row in part)
    padded = [[[*row, *[""] * (width - len(row))] for row in part] for part in parts]
    if not beside:
        return [row for part in padded for row in part]
    height = max(map(len, parts))
    left, right = ([*part, *[[""] * width] * (height - len(part))] for part in padded)
    return [[*one, "", *other] for one, other in zip(left, right, strict=True)]


# --- what is left in silence ---------------------------------------------------------------------


def number(cell: str) -> int:
    return int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)


def silent(rows: Rows, looked: Looked) -> list[str]:
    """Rows and cells that hold something but are neither data nor told."""
    told = looked.tables.questions.rows(named=True)
    assert all(each["n"] <= MOST_PLACES for each in told)
    if any(each["code"] in ("sheet_not_recognised", "sheet_not_a_list") for each in told):
        return []
    apart = {number(cell) for each in told if each["code"] in OF_ROWS for cell in each["cells"]}
    columns = {each["cell"].rstrip("0123456789") for each in told if each["code"] in OF_COLUMNS}
    # Of rows that another table repeats word for word only the first is named.
    repeated = sum(each["n"] for each in told if each["code"] == "repeated_rows")
    if repeated:
        columns |= {column for source in looked.tables.sources for column in source.columns.values()}
    headings = {at for sheet in looked.sheets if sheet.heading for at in range(sheet.heading[0], sheet.heading[1] + 1)}
    records = defaultdict(list)
    for table, row, source, line in looked.tables.origins.select("table", "row", "source", "line").iter_rows():
        records[line].append((looked.tables.frames[table], row, looked.tables.sources[source]))
    returned = {
        number(each.cell) for sheet in looked.sheets if sheet.state == "returns" for each in looked.tables.returns
    }
    found = []
    for line, row in enumerate(rows, start=1):
        filled = {chr(ord("A") + at): cell for at, cell in enumerate(row) if normal(cell)}
        if not filled or line in apart | headings | returned:
            continue
        if line not in records and repeated:
            repeated -= 1
        elif line not in records:
            found.append(f"{line}: {list(filled.values())}")
        for column, cell in filled.items() if line in records else ():
            if column not in columns and not any(has(column, cell, *each, told) for each in records[line]):
                found.append(f"{column}{line} {cell}")
    return found


def has(column: str, cell: Any, frame: pl.DataFrame, row: int, source: Any, told: list[dict[str, Any]]) -> bool:
    """Whether the record has a value in this column, or a question about what stands there."""
    field = next((name for name, place in source.columns.items() if place == column), "")
    if not field:
        return False
    if field in frame.columns and frame[field][row] is not None:
        return True
    about = [each for each in told if each["field"] == field]
    return any(each["code"] == "duplicate_conflict" or normal(each["raw"]) == normal(cell) for each in about)


@settings(max_examples=100, deadline=None)
@given(rows=sheets(), workbook=st.booleans())
def test_no_row_and_no_cell_is_dropped_in_silence(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, workbook: bool
) -> None:
    folder = tmp_path_factory.mktemp("silent")
    path = write_xlsx(folder / "学校.xlsx", ("学校", rows)) if workbook else write_csv(folder / "学校.csv", rows)
    assert silent(rows, look(PACK, [path])) == []


@pytest.mark.parametrize(
    "rows",
    [
        [["学校标识码", "", ""], ["是", "是", "/"], ["是", "是", "是"]],
        [["学校标识码", "", "", "学校标识码"], ["是", "公建民营", "公建民营", ""], ["是", "公建民营", "公建民营", ""]],
        [["学校标识码", "学校名称", "学校标识码", "", "学校标识码"]],
    ],
)
@pytest.mark.parametrize("workbook", [False, True])
def test_rows_that_look_like_headings(tmp_path: Path, rows: Rows, workbook: bool) -> None:
    path = write_xlsx(tmp_path / "学校.xlsx", ("学校", rows)) if workbook else write_csv(tmp_path / "学校.csv", rows)
    assert silent(rows, look(PACK, [path])) == []


def test_what_stands_beside_an_unreadable_cell_of_the_same_record_is_told(tmp_path: Path) -> None:
    rows: Rows = [["学校标识码", "学校名称", "护学岗"], ["2132001201", "甲", "是"], ["2132001201", "甲", "部分联网"]]
    looked = look(PACK, [write_csv(tmp_path / "学校.csv", rows)])
    assert silent(rows, looked) == []
    (asked,) = looked.tables.questions.filter(code="duplicate_conflict").iter_rows(named=True)
    assert (asked["raw"], asked["cells"]) == ("yes", ["C2", "C3"]) and "是 / 待核" in asked["message_zh"]


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(
        st.one_of(
            st.builds(",".join, cells_of(4).map(lambda row: [str(cell) for cell in row])),
            st.builds(",".join, st.lists(st.sampled_from(["甲", "1", '"', '"乙"', "x;y"]), min_size=1, max_size=7)),
            st.sampled_from(["", ",,,", "，", '"', "\r", "a\rb", "\x00", "\ufffd"]),
        ),
        max_size=8,
    ),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_every_line_of_a_text_is_a_row_or_told(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], encoding: str, end: str
) -> None:
    head = "学校标识码,学校名称,在校生数,护学岗"
    path = tmp_path_factory.mktemp("lines") / "学校.csv"
    path.write_bytes(end.join([head, *lines]).encode(encoding, "replace"))
    grid = text_grid(path.read_bytes())
    rows = [[str(cell) for cell in grid.row(at)] for at in range(grid.height)]
    assert silent(rows, look(PACK, [path])) == []
