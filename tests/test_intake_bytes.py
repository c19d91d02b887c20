"""Files in which bytes have been lost, changed or mixed up: refused in plain words, or read with every line a record or told."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from damaged import damaged, damaged_inside
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_books import ods_parts, ods_row, zipped
from test_answers import fill, signed
from test_intake import PACK, write_xlsx
from test_intake_conservation import OF_ROWS
from test_intake_formats import as_html, as_xls

from checker import DataError
from checker.__main__ import main
from checker.intake import look
from checker.intake.cells import normal
from checker.intake.formats import opened
from checker.intake.frames import NamedGrid
from checker.intake.grid import Grid
from checker.understood import Looked

LITTLE = Path(__file__).parent / "little"
ROWS: list[list[Any]] = [
    ["启东市学校安全防范建设情况统计表", "", "", "", ""],
    ["学校标识码", "学校名称", "县市区", "在校生数", "视频监控联网"],
    ["2132001201", "实验小学", "启东", 1862, "是"],
    ["2132001202", "河口小学（东校区）", "启东", "约60", "拟2020年3月联网"],
    ["2132001203", "新安小学", "海门", "", "√"],
    ["合计", "", "", 1922, ""],
    ["注：截至12月", "", "", "", ""],
]
LINES = [[str(cell) for cell in row] for row in ROWS]
RECORDS = [dict(zip(LINES[1], row, strict=True)) for row in LINES[2:5]]


@cache
def sound() -> dict[str, bytes]:
    """Name → content, a file of every kind."""
    text = "\r\n".join(",".join(row).rstrip(",") for row in LINES)
    parquet = io.BytesIO()
    pl.DataFrame(RECORDS).write_parquet(parquet)
    with tempfile.TemporaryDirectory() as folder:
        xlsx = write_xlsx(Path(folder, "_.xlsx"), ("学校", ROWS)).read_bytes()
    return {
        "utf8.csv": text.encode(),
        "mark.csv": text.encode("utf-8-sig"),
        "gb.csv": text.encode("gb18030"),
        "wide.csv": text.encode("utf-16"),
        "quoted.csv": "\n".join(",".join(f'"{cell}"' for cell in row) for row in LINES).encode(),
        "tabs.tsv": "\n".join("\t".join(row) for row in LINES).encode(),
        "records.jsonl": "\n".join(pl.DataFrame([each]).write_ndjson().strip() for each in RECORDS).encode(),
        "columns.parquet": parquet.getvalue(),
        "page.xls": as_html("gb18030"),
        "book.xlsx": xlsx,
        "open.ods": zipped(ods_parts("".join(map(ods_row, LINES)))),
        "old.xls": as_xls(ROWS),
    }


TEXTS = [name for name in sound() if name.endswith(("csv", "tsv", "jsonl", "parquet")) or name == "page.xls"]


# --- every line is a record or told --------------------------------------------------------------


_LINE = re.compile(r"(\d+)$")  # at the end of a cell's name


def lines_of(grid: Grid) -> set[int]:
    """Lines that hold something."""
    if isinstance(grid, NamedGrid):
        body = grid.body(0, ())
        return {body.line(at) + 1 for at in range(body.height) if any(_says(column[at]) for column in body.columns)}
    return {at + 1 for at in range(grid.height) if any(_says(cell) for cell in grid.row(at))}


def _says(cell: object) -> bool:
    return cell is not None and cell == cell and normal(cell) != ""


def untold(looked: Looked, grids: list[Grid]) -> list[str]:
    """Lines of sheets that are neither records, nor headings, nor told."""
    asked = looked.tables.questions.rows(named=True)
    records: dict[str, set[int]] = {}
    for source, line in looked.tables.origins.select("source", "line").iter_rows():
        records.setdefault(looked.tables.sources[source].sheet, set()).add(line)
    found = []
    for grid in grids:
        own = [each for each in asked if each["sheet"] == grid.sheet]
        if any(
            each["code"] in ("sheet_not_recognised", "sheet_not_a_list", "hidden_sheet", "form_as_data") for each in own
        ):
            continue
        told = {
            int(cell[1]) for each in own if each["code"] in OF_ROWS for cell in map(_LINE.search, each["cells"]) if cell
        }
        sheets = [sheet for sheet in looked.sheets if sheet.sheet == grid.sheet]
        heads = {at for sheet in sheets if sheet.heading for at in range(sheet.heading[0], sheet.heading[1] + 1)}
        repeated = sum(each["n"] for each in own if each["code"] == "repeated_rows")
        left = sorted(lines_of(grid) - records.get(grid.sheet, set()) - told - heads)
        if len(left) > repeated and not any(sheet.state == "returns" for sheet in sheets):
            found.append(f"{grid.sheet}: {left}")
    return found


def holds(name: str, data: bytes) -> str:
    """Reads the file; "read" or "refused", with everything that was lost on the way told."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            looked = look(PACK, [path])
        except DataError as refused:
            for each in refused.diagnostics:
                assert each.message.zh and each.message.en and each.span.path
            return "refused"
        assert all(zh and en for zh, en in looked.tables.questions.select("message_zh", "message_en").iter_rows())
        assert untold(looked, opened(data, path.suffix, name).grids) == []
        return "read"


def test_the_sound_files_are_read() -> None:
    for name, data in sound().items():
        assert holds(name, data) == "read", name


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_texts_and_columns(name: str, data: st.DataObject) -> None:
    holds(name, data.draw(damaged(sound()[name])))


@pytest.mark.parametrize("name", ["book.xlsx", "open.ods", "old.xls"])
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_workbooks(name: str, data: st.DataObject) -> None:
    holds(name, data.draw(damaged(sound()[name])))


@pytest.mark.parametrize(("name", "examples"), [("book.xlsx", 60), ("open.ods", 12)])
def test_parts_of_workbooks(name: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(data=damaged_inside(sound()[name]))
    def check(data: bytes) -> None:
        holds(name, data)

    check()


# --- cells and headings --------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SPOILT = st.one_of(ANY_TEXT, st.sampled_from([cell for row in LINES for cell in row]).flatmap(
    lambda cell: st.builds(lambda at, more: cell[:at] + more + cell[at:], st.integers(0, len(cell)), ANY_TEXT)
))  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    heads=st.lists(st.one_of(st.sampled_from(LINES[1]), SPOILT), min_size=1, max_size=6),
    data=st.data(),
    name=st.sampled_from(["学校.csv", "学校.jsonl", "学校.parquet"]),
)
def test_any_text_in_cells_and_headings(heads: list[str], data: st.DataObject, name: str) -> None:
    rows = data.draw(st.lists(st.lists(SPOILT, min_size=len(heads), max_size=len(heads)), min_size=1, max_size=5))
    if name.endswith("csv"):
        out = io.StringIO(newline="")
        csv.writer(out).writerows([heads, *rows])
        content = out.getvalue().encode()
    else:
        frame = pl.DataFrame(dict(zip(heads, zip(*rows, strict=True), strict=True)))
        written = io.BytesIO()
        frame.write_ndjson(written) if name.endswith("jsonl") else frame.write_parquet(written)
        content = written.getvalue()
    holds(name, content)


# --- the command line ----------------------------------------------------------------------------


def said(*args: str) -> tuple[int, str]:
    """Exit code and all that was printed."""
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="replace")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(args)
        out.flush()
    return code, out.buffer.getvalue().decode("utf-8", "replace")


@contextlib.contextmanager
def at_work(files: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with these files."""
    with tempfile.TemporaryDirectory() as place:
        for name, content in files.items():
            path = Path(place, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        yield Path(place)


def intake(folder: Path, *more: str) -> str:
    """Whatever comes, intake ends with 0 or 2 and no fault of its own."""
    with contextlib.chdir(folder):
        code, text = said("intake", str(LITTLE), "收到", "--received", "2019-12-23", "--lang", "zh", *more)
    assert code in (0, 2), text
    assert "程序出错" not in text and "Traceback" not in text, text
    return text


@pytest.mark.parametrize("name", sorted(sound()))
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_damaged_data_on_the_command_line(name: str, data: st.DataObject) -> None:
    with at_work({f"收到/{name}": data.draw(damaged(sound()[name]))}) as folder:
        intake(folder)


MAPPING = """\
格式: mapping/1
工作表:
  - 文件: "学校*.csv"
    表: 学校
    表头行: 1
    列:
      学校标识码: code
      视频监控已联网: {对应: video_linked, 取值: {拟联网: 否, "√": 是}}
      在办: 不读
备注: 各县通用
"""
SCHOOLS = (LITTLE.parent / "little_data" / "学校.csv").read_bytes()


@settings(max_examples=40, deadline=None)
@given(content=damaged(MAPPING.encode()))
def test_damaged_mappings(content: bytes) -> None:
    with at_work({"收到/学校.csv": SCHOOLS, "对照表.yaml": content}) as folder:
        intake(folder, "--mapping", "对照表.yaml")


@cache
def came_back() -> dict[str, bytes]:
    """The form filled in, and the answers kept from it."""
    with at_work({"收到/学校.csv": SCHOOLS}) as folder:
        intake(folder, "--out", "来往")
        (form,) = (folder / "来往").glob("*数据疑问清单.xlsx")
        cells = {cell: signed("更正为", "否") for cell in ("F4", "F2")}
        filled = fill(form, cells, folder / "已复.xlsx")
        intake(folder, "--out", "来往", "--answers", "已复.xlsx")
        (kept,) = (folder / "来往").glob("*答复.csv")
        return {"已复.xlsx": filled.read_bytes(), "答复.csv": kept.read_bytes()}


def test_the_sound_papers_are_understood() -> None:
    with at_work({"收到/学校.csv": SCHOOLS, "对照表.yaml": MAPPING.encode(), **came_back()}) as folder:
        assert "对照表" not in intake(folder, "--mapping", "对照表.yaml")
        for name in came_back():
            assert "采用1" in intake(folder, "--answers", name)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_damaged_answers(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(came_back())))
    content = came_back()[name]
    how = damaged_inside if name.endswith("xlsx") and data.draw(st.booleans()) else damaged
    with at_work({"收到/学校.csv": SCHOOLS, name: data.draw(how(content))}) as folder:
        intake(folder, "--answers", name)
