"""--write-mapping: what was understood, as a mapping; read in again it changes nothing, and a person only has to edit a line."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import intake, pipeline
from checker.__main__ import main
from checker.errors import Language
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack
from checker.pipeline.mapping import load_mapping
from checker.reports import mapping as writing
from checker.understood import Looked

ROOT = Path(__file__).parents[1]
MESSY = ROOT / "tests" / "data" / "messy-sheet.csv"
DAY = date(2019, 12, 23)
PACK = pipeline.sound_pack("nantong-2019")
# Where the heading stands is an assumption no longer.
SETTLED = ["assumed_header"]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return PACK


def look(paths: list[Path], mapping: DataMap = NO_MAP, **more: Any) -> Looked:
    return intake.look(PACK, paths, received_on=DAY, mapping=mapping, **more)


def reread(folder: Path, text: str) -> DataMap:
    path = folder / "对照表.yaml"
    path.write_text(text, "utf-8")
    return load_mapping(PACK, [path])


def same(one: Looked, other: Looked) -> None:
    for name, frame in one.tables.frames.items():
        assert frame.equals(other.tables.frames[name]), name
    read = [[source for source in each.tables.sources if source.table] for each in (one, other)]
    assert read[0] == read[1]
    asked = [each.tables.questions.filter(~pl.col("code").is_in(SETTLED)) for each in (one, other)]
    assert asked[0].rows() == asked[1].rows()
    assert one.tables.origins.equals(other.tables.origins)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_messy_sheet(tmp_path: Path, lang: Language) -> None:
    seen = look([MESSY])
    text = writing.text(PACK, seen.sheets, lang)
    again = look([MESSY], reread(tmp_path, text))
    same(seen, again)
    assert {column.how for column in again.sheets[0].columns} == {"confirmed", "neighbour", "serial", "remark"}
    # What was confirmed is written as it was, whatever else is now known of it.
    assert [line.split("#")[0] for line in writing.text(PACK, again.sheets, lang).splitlines()] == [
        line.split("#")[0] for line in text.splitlines()
    ]


def test_the_demo(tmp_path: Path) -> None:
    data = [ROOT / "examples" / "nantong" / "2019-12-31"]
    seen = look(data)
    text = writing.text(PACK, seen.sheets, "zh")
    same(seen, look(data, reread(tmp_path, text)))
    # Sheets that the counties fill in alike are written once.
    assert text.count("工作表: '校车台账'") == 1
    assert "启东市.xlsx" not in text


def test_a_person_only_has_to_edit_the_line(tmp_path: Path) -> None:
    path = tmp_path / "学校.csv"
    path.write_text("学校标识码,学校名称,监控联网情况,岗哨\n2132001201,实验小学,是,1\n", "utf-8")
    text = writing.text(PACK, look([path]).sheets, "zh")
    (line,) = (line for line in text.splitlines() if "监控联网情况" in line)
    assert line.startswith("      # 监控联网情况: 视频监控已与公安联网")
    assert "可能是" in line and "如 是" in line
    (other,) = (line for line in text.splitlines() if "岗哨" in line)
    assert "# 岗哨: 不读" in other
    text = text.replace("# 监控联网情况:", "监控联网情况:")
    text = text.replace("# 岗哨: 不读", "岗哨: {对应: 已设立护学岗, 取值: {1: 是, 0: 否}}")
    told = look([path], reread(tmp_path, text))
    (row,) = told.tables.frames["institution"].select("video_linked", "protection_post").rows()
    assert row == (True, True)
    # Codings are kept when the mapping is written again.
    assert "{对应: 已设立护学岗, 取值: {1: 是, 0: 否}}" in writing.text(PACK, told.sheets, "zh")


def test_sheets_that_are_not_read_wait_for_a_word(tmp_path: Path) -> None:
    path = tmp_path / "启东[1].xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in {
            "Sheet1": [["学校标识码", "学校名称"], ["2132001201", "实验小学"]],
            "底稿": [["学校标识码", "学校名称"], ["2132001202", "第二小学"]],
            "车辆": [["号牌号", "核定载客", "标牌到期"], ["苏F12345", 19, "2020-01-01"]],
        }.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            if name == "底稿":
                sheet.hide()
    seen = look([path])
    text = writing.text(PACK, seen.sheets, "zh")
    same(seen, look([path], reread(tmp_path, text)))
    woken = text.replace("  # - ", "  - ").replace("  #   ", "    ")
    again = look([path], reread(tmp_path, woken))
    assert [(sheet.state, sheet.table) for sheet in again.sheets[:2]] == [("read", "institution")] * 2
    assert "表: 校车" in woken


def test_nothing_understood_still_makes_a_mapping(tmp_path: Path) -> None:
    path = tmp_path / "甲.csv"
    path.write_text("姓名,电话\n甲,1\n", "utf-8")
    seen = look([path])
    same(seen, look([path], reread(tmp_path, writing.text(PACK, seen.sheets, "zh"))))


NAMES = sorted(
    {
        name
        for table in ("institution", "bus")
        for field in PACK.tables[table].fields.values()
        for name in (field.id, *field.name, *field.header, *field.aliases)
    }
)
ODD = [
    "备注", "序号", "监控联网情况", "# 号", "a: b", "- x", "'", '"', "*", "&x", "!t", "%", "@", "{", "}", "[", "甲,乙", "~",
    "null", "人数（单位", "(", "甲 / 乙", "甲\n乙", "甲\u2028乙", "\u200b", "是", "1", "2019-01-01", "...", "---", "<<", "=1+1",
    "专职保安人数（含兼职）", "在校生数（人）", "甲：", "与公安联网", "联网", "“甲”", "\\", "a\tb", "　",
]  # fmt: skip
headings = st.one_of(st.sampled_from(NAMES), st.sampled_from(ODD), st.text(max_size=6))
cells = st.sampled_from(
    ["", "是", "否", "1", "2", "苏F12345", "2132001201", "2019-12-01", "无", "甲 # 乙", "甲\n乙: 丙"]
)


@st.composite
def sheets(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 7))
    row = st.lists(headings, min_size=width, max_size=width)
    depth = draw(st.integers(1, 2))
    head = [draw(row) for _ in range(depth)]
    title = [["甲表", *[""] * (width - 1)]] if draw(st.booleans()) else []
    body = draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=4))
    return [*title, *head, *body]


@settings(max_examples=150, deadline=None)
@given(rows=sheets(), lang=st.sampled_from(["zh", "en"]), name=st.sampled_from(["学校", "校车", "x[1]", "a'b", "*?"]))
def test_what_was_written_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], lang: Language, name: str
) -> None:
    folder = tmp_path_factory.mktemp("written")
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    seen = look([path])
    same(seen, look([path], reread(folder, writing.text(PACK, seen.sheets, lang))))


def test_the_command_writes_it_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "收数" / "对照表.yaml"
    args = ["intake", "nantong-2019", str(MESSY), "--received", "2019-12-23", "--lang", "zh"]
    assert main([*args, "--write-mapping", str(to)]) == 0
    assert "已写：" in capsys.readouterr().out
    first = to.read_bytes()
    assert main([*args, "--write-mapping", str(to), "--mapping", str(to)]) == 0
    assert main([*args, "--write-mapping", str(tmp_path / "b.yaml")]) == 0
    assert (tmp_path / "b.yaml").read_bytes() == first
