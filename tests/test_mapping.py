"""Mapping documents: what is wrong with one is told at its place; what a sound one says holds, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import pipeline
from checker.errors import UsageError
from checker.mapping import Coding, ColumnMap, DataMap
from checker.model import Pack
from checker.pipeline.mapping import load_mapping


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pipeline.sound_pack("nantong-2019")


def load(pack: Pack, folder: Path, text: str, name: str = "对照表.yaml") -> DataMap:
    path = folder / name
    path.write_text(text, "utf-8")
    return load_mapping(pack, [path])


def faults(pack: Pack, folder: Path, text: str) -> list[tuple[str, int, int]]:
    with pytest.raises(UsageError) as refused:
        load(pack, folder, text)
    for fault in refused.value.diagnostics:
        assert fault.span.path.endswith("对照表.yaml")
        assert fault.message.zh and fault.message.en
    return [(fault.code, fault.span.line, fault.span.column) for fault in refused.value.diagnostics]


# --- documents -----------------------------------------------------------------------------------

ENGLISH = """\
schema: mapping/1
sheets:
  - file: "附件1*.xls*"
    sheet: "Sheet1"
    table: institution
    header: 4-5
    hidden: read
    columns:
      学校名称: name
      护学岗: {field: protection_post, values: {有: 是, 1: 否}}
      "#K": video_linked
      备注: skip
  - sheet: 通讯录
    skip: yes
databases:
  - url: postgresql://host/db
    query: select * from school
    into: institution
    columns: {school_name: name}
"""
CHINESE = """\
格式: 对照表/1
工作表:
  - 文件: "附件1*.xls*"
    工作表: "Sheet1"
    表: 学校
    表头行: 4—5
    隐藏: 读取
    列:
      学校名称: 学校名称
      护学岗: {对应: 已设立护学岗, 取值: {有: 是, 1: 否}}
      "#K": 视频监控已与公安联网
      备注: 不读
  - 工作表: 通讯录
    不读: 是
数据库:
  - 地址: postgresql://host/db
    查询: select * from school
    归入: 学校
    列: {school_name: 学校名称}
"""


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["english", "chinese"])
def test_both_spellings_say_the_same(pack: Pack, tmp_path: Path, text: str) -> None:
    mapping = load(pack, tmp_path, text)
    first, second = mapping.sheets
    assert (first.file, first.sheet, first.table, first.header, first.hidden) == (
        "附件1*.xls*",
        "Sheet1",
        "institution",
        (4, 5),
        True,
    )
    assert [(column.heading, column.field) for column in first.columns] == [
        ("学校名称", "name"),
        ("护学岗", "protection_post"),
        ("#K", "video_linked"),
        ("备注", ""),
    ]
    assert [(coding.raw, coding.means) for coding in first.columns[1].codings] == [("有", "是"), ("1", "否")]
    assert (second.sheet, second.skip) == ("通讯录", True)
    (database,) = mapping.databases
    assert (database.url, database.into, database.source) == ("postgresql://host/db", "institution", "")
    assert [(column.heading, column.field) for column in database.columns] == [("school_name", "name")]


def test_of_several_files_the_first_comes_first(pack: Pack, tmp_path: Path) -> None:
    text = "schema: mapping/1\nsheets:\n  - table: institution\n    columns: {{甲: {}}}\n"
    paths = []
    for name, field in (("1.yaml", "name"), ("2.yaml", "town")):
        paths.append(tmp_path / name)
        paths[-1].write_text(text.format(field), "utf-8")
    mapping = load_mapping(pack, paths)
    assert [sheet.columns[0].field for sheet in mapping.sheets] == ["name", "town"]


def sheet(lines: str) -> str:
    return "schema: mapping/1\nsheets:\n  - table: institution\n" + lines


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (sheet("    columns:\n      学校名称: 学校名\n"), [("E11", 5, 13)]),
        (sheet("    columns:\n      岗: {field: 护岗, values: {有: 是}}\n"), [("E11", 5, 18)]),
        (sheet("    columns:\n      学校: name\n      校名: 学校名称\n"), [("E59", 6, 7)]),
        (sheet("    columns:\n      学校: name\n      学校: skip\n"), [("E05", 6, 7)]),
        (sheet("    header: 5-4\n"), [("E57", 4, 13)]),
        (sheet("    header: 第4行\n"), [("E57", 4, 13)]),
        (sheet("    header: 0\n"), [("E57", 4, 13)]),
        (sheet("    hidden: yes\n"), [("E56", 4, 13)]),
        (sheet("    skip: yes\n    columns: {甲: name}\n"), [("E61", 4, 5)]),
        (sheet("    colums: {甲: name}\n"), [("E06", 4, 5)]),
        (sheet("    columns: {甲: {values: {有: 是}}}\n"), [("E07", 4, 18)]),
        (sheet("    columns: {甲: {field: protection_post, values: {有: ''}}}\n"), [("E55", 4, 56)]),
        ("schema: mapping/1\nsheets:\n  - table: institutions\n    columns: {甲: 乙}\n", [("E21", 3, 12)]),
        ("schema: mapping/1\nsheets:\n  - columns: {甲: name}\n", [("E07", 3, 5)]),
        ("schema: rule/1\n", [("E56", 1, 9)]),
        ("格式：对照表/1\n工作表:\n  - 表: 学校\n", [("E01", 1, 1)]),
        (
            "schema: mapping/1\ndatabases:\n  - {url: 'postgresql://me:secret@host/db', table: a, into: institution}\n",
            [("E62", 3, 12)],
        ),
        ("schema: mapping/1\ndatabases:\n  - {url: 'sqlite:///a.db', into: institution}\n", [("E61", 3, 12)]),
    ],
)
def test_every_fault_has_its_place(pack: Pack, tmp_path: Path, text: str, told: list[tuple[str, int, int]]) -> None:
    assert faults(pack, tmp_path, text) == told


def test_all_faults_are_told_at_once(pack: Pack, tmp_path: Path) -> None:
    text = sheet("    columns:\n      学校名称: 学校名\n      乡镇: 乡村\n")
    assert faults(pack, tmp_path, text) == [("E11", 5, 13), ("E11", 6, 11)]


def test_a_near_name_is_offered(pack: Pack, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        load(pack, tmp_path, sheet("    columns: {甲: 视频监控己与公安联网}\n"))
    (fault,) = refused.value.diagnostics
    assert fault.hint is not None and "视频监控已与公安联网" in fault.hint.zh


def test_a_file_that_is_not_there(pack: Pack, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        load_mapping(pack, [tmp_path / "无.yaml"])
    assert [fault.code for fault in refused.value.diagnostics] == ["E51"]


def test_a_password_is_never_shown(pack: Pack, tmp_path: Path) -> None:
    text = "schema: mapping/1\ndatabases:\n  - {url: 'postgresql://me:secret@host/db', table: a, into: 学校}\n"
    with pytest.raises(UsageError) as refused:
        load(pack, tmp_path, text)
    assert "secret" not in str(refused.value)


def test_places_are_kept(pack: Pack, tmp_path: Path) -> None:
    (entry,) = load(
        pack, tmp_path, sheet("    columns:\n      岗: {field: protection_post, values: {有: 是}}\n")
    ).sheets
    (column,) = entry.columns
    assert isinstance(column, ColumnMap) and isinstance(column.codings[0], Coding)
    assert (column.span.line, column.span.column) == (5, 7)
    assert (column.codings[0].span.line, column.codings[0].span.column) == (5, 47)
