"""Mapping documents: what is wrong with one is told at its place; what a sound one says holds, and nothing else changes."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

import checker
from checker import intake, pipeline
from checker.__main__ import main
from checker.errors import UsageError
from checker.mapping import Coding, ColumnMap, DataMap
from checker.model import Pack
from checker.pipeline.mapping import load_mapping

MESSY = Path(__file__).parent / "data" / "messy-sheet.csv"
DAY = date(2019, 12, 23)


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


def test_a_coding_must_mean_a_value_of_its_field(pack: Pack, tmp_path: Path) -> None:
    columns = "    columns:\n      岗: {field: protection_post, values: {有: 是, 2: 也许}}\n"
    assert faults(pack, tmp_path, sheet(columns + "      类: {field: school_type, values: {1: 小学堂}}\n")) == [
        ("E57", 5, 53),
        ("E57", 6, 43),
    ]


# --- what a mapping does -------------------------------------------------------------------------


def csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def look(pack: Pack, folder: Path, mapping: str, *paths: Path, **more: Any) -> Any:
    return intake.look(pack, paths or [MESSY], received_on=DAY, mapping=load(pack, folder, mapping), **more)


def asked(tables: Any, *codes: str) -> list[tuple[str, str, str | None]]:
    rows = tables.questions.select("code", "cell", "raw").iter_rows()
    return [row for row in rows if not codes or row[0] in codes]


def values(tables: Any, field: str, table: str = "institution") -> list[object]:
    return tables.frames[table][field].to_list()  # type: ignore[no-any-return]


def test_a_confirmed_column_is_certain_and_raises_no_doubt(pack: Pack, tmp_path: Path) -> None:
    plain = intake.read(pack, [MESSY], received_on=DAY)
    assert len(asked(plain, "head_by_neighbour")) == 1
    told = look(pack, tmp_path, sheet("    columns: {安防建设情况 / 与公安联网: alarm_linked}\n"))
    assert asked(told.tables, "head_by_neighbour") == []
    (column,) = (column for column in told.sheets[0].columns if column.field == "alarm_linked")
    assert (column.how, column.confidence) == ("confirmed", 1.0)
    assert values(told.tables, "alarm_linked") == values(plain, "alarm_linked")


def test_skip_silences_the_question_and_tells_it(pack: Pack, tmp_path: Path) -> None:
    told = look(pack, tmp_path, sheet("    columns: {备注: skip, 护学岗: 不读}\n"))
    assert asked(told.tables, "unmapped_column", "skipped_column") == [
        ("skipped_column", "N5", "安防建设情况 护学岗"),
        ("skipped_column", "O5", "备注"),
    ]
    assert {column.how for column in told.sheets[0].columns if column.place in "NO"} == {"skipped"}
    assert values(told.tables, "protection_post") == [None] * len(values(told.tables, "name"))


def test_codings_say_what_cells_mean(pack: Pack, tmp_path: Path) -> None:
    path = csv(tmp_path / "学校.csv", "学校标识码,学校名称,护学岗", *(f"213200120{n},校{n},{n}" for n in range(1, 5)))
    plain = intake.read(pack, [path])
    assert values(plain, "protection_post") == [None] * 4
    text = sheet("    columns: {护学岗: {field: protection_post, values: {1: 是, 2: 否, ３: 拟2020年设}}}\n")
    with pytest.raises(UsageError):
        load(pack, tmp_path, text)
    told = look(pack, tmp_path, text.replace("拟2020年设", "未设"), path)
    assert values(told.tables, "protection_post") == [True, False, False, None]
    # What nobody has said a meaning of is still asked about.
    assert asked(told.tables, "numeric_bool_ambiguous", "numeric_bool", "unreadable") == [
        ("numeric_bool_ambiguous", "C5", "4")
    ]


def test_a_sheet_that_no_name_fits_can_be_mapped_as_a_whole(pack: Pack, tmp_path: Path) -> None:
    path = csv(tmp_path / "启东.csv", "甲表,,", "单位,代码,人头,人头", "实验小学,2132001201,800,3")
    assert [s.state for s in intake.look(pack, [path]).sheets] == ["not_recognised"]
    mapping = (
        "schema: mapping/1\nsheets:\n  - file: 启东*.csv\n    table: 学校\n"
        "    columns: {单位: name, 代码: code, '#C': students, '#D': guards_full_time}\n"
    )
    told = look(pack, tmp_path, mapping, path)
    assert told.sheets[0].heading == (2, 2)
    row = told.tables.frames["institution"].row(0, named=True)
    assert (row["name"], row["code"], row["students"], row["guards_full_time"]) == ("实验小学", "2132001201", 800, 3)
    assert asked(told.tables, "unmapped_column", "mapping_unused") == []


def test_headings_that_are_alike_need_their_levels_or_their_column(pack: Pack, tmp_path: Path) -> None:
    path = csv(
        tmp_path / "a.csv",
        "学校标识码,学校名称,一键报警,,视频监控,",
        ",,安装,联网,安装,联网",
        "2132001201,实验小学,是,否,是,是",
    )
    with pytest.raises(UsageError) as refused:
        look(pack, tmp_path, sheet("    columns: {联网: video_linked}\n"), path)
    (fault,) = refused.value.diagnostics
    assert (fault.code, fault.span.line, fault.span.column) == ("E63", 4, 15)
    assert "D、F" in fault.message.zh
    told = look(pack, tmp_path, sheet("    columns: {一键报警 / 联网: video_linked}\n"), path)
    assert values(told.tables, "video_linked") == [False]
    told = look(pack, tmp_path, sheet("    columns: {'#F': video_linked}\n"), path)
    assert values(told.tables, "video_linked") == [True]
    with pytest.raises(UsageError) as refused:
        look(pack, tmp_path, sheet("    columns: {视频监控 / 联网: video_linked, '#F': skip}\n"), path)
    assert [(f.code, f.span.column) for f in refused.value.diagnostics] == [("E59", 40)]


def test_a_field_that_is_confirmed_elsewhere_is_taken(pack: Pack, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "学校标识码,学校名称,校名（新）", "2132001201,旧名,新名")
    told = look(pack, tmp_path, sheet("    columns: {校名（新）: name}\n"), path)
    assert values(told.tables, "name") == ["新名"]
    assert asked(told.tables, "second_column") == [("second_column", "B1", "学校名称")]


def test_the_heading_stands_where_the_mapping_says(pack: Pack, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "学校标识码,学校名称", "学校标识码,学校名称", "2132001201,实验小学")
    told = look(pack, tmp_path, sheet("    header: 2\n"), path)
    assert (told.sheets[0].heading, told.sheets[0].data) == ((2, 2), (3, 3))
    with pytest.raises(UsageError) as refused:
        look(pack, tmp_path, sheet("    header: 2-9\n"), path)
    assert [(f.code, f.span.line, f.span.column) for f in refused.value.diagnostics] == [("E64", 4, 13)]


def test_sheets_that_are_skipped_and_hidden_sheets_that_are_read(pack: Pack, tmp_path: Path) -> None:
    rows = [["学校标识码", "学校名称"], ["2132001201", "实验小学"]]
    path = tmp_path / "启东.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("学校", "旧表", "底稿"):
            target = book.add_worksheet(name)
            for at, row in enumerate(rows):
                target.write_row(at, 0, row)
            if name == "底稿":
                target.hide()
    text = "schema: mapping/1\nsheets:\n  - {sheet: 旧*, skip: yes}\n  - {sheet: 底稿, hidden: read}\n"
    told = look(pack, tmp_path, text, path)
    assert [(s.sheet, s.state) for s in told.sheets] == [("学校", "read"), ("旧表", "skipped"), ("底稿", "read")]
    assert [row[0] for row in asked(told.tables, "skipped_sheet", "hidden_sheet")] == ["skipped_sheet"]


def test_an_entry_without_a_sheet_never_makes_another_table_of_one(pack: Pack, tmp_path: Path) -> None:
    bus = csv(tmp_path / "校车.csv", "车牌号,使用学校标识码,核载人数", "苏F12345,2132001201,19")
    told = look(pack, tmp_path, sheet("    columns: {备注: skip}\n"), MESSY, bus)
    assert [s.table for s in told.sheets] == ["institution", "bus"]


def test_what_is_said_first_holds(pack: Pack, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "学校标识码,学校名称,甲", "2132001201,实验小学,3")
    text = (
        "schema: mapping/1\nsheets:\n  - {file: a.csv, table: institution, columns: {甲: guards_full_time}}\n"
        "  - {table: institution, columns: {甲: students}}\n"
    )
    told = look(pack, tmp_path, text, path)
    assert (values(told.tables, "guards_full_time"), values(told.tables, "students")) == ([3], [None])


def test_lines_that_were_not_used_are_told(pack: Pack, tmp_path: Path) -> None:
    text = (
        sheet("    columns:\n      校长: town\n      护学岗: protection_post\n") + "  - {file: 没有*.xls, table: bus}\n"
    )
    told = look(pack, tmp_path, text)
    said = told.tables.questions.filter(told.tables.questions["code"] == "mapping_unused")
    assert said["file"].to_list() == ["对照表.yaml"] * 2
    assert [message[:9] for message in said["message_zh"]] == ["对照表第5行没有用", "对照表第7行没有用"]


def test_a_settled_sheet_without_its_heading_is_told(pack: Pack, tmp_path: Path) -> None:
    path = csv(tmp_path / "a.csv", "甲,乙", "1,2")
    told = look(pack, tmp_path, "schema: mapping/1\nsheets:\n  - {file: a.csv, table: bus}\n", path)
    assert [row[0] for row in asked(told.tables)] == ["heading_not_found"]


def test_frames_and_the_python_api(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "对照表.yaml"
    path.write_text(sheet("    columns: {岗: {field: protection_post, values: {1: 是, 2: 否}}}\n"), "utf-8")
    frame = {"code": ["2132001201", "2132001202"], "unit_code": ["320681", "320681"], "岗": [1, 2]}
    run = checker.check(pack, {"institution": pl.DataFrame(frame)}, as_of="2019-12-31", mapping=path)
    assert values(run.tables, "protection_post") == [True, False]
    source = tmp_path / "a.parquet"
    pl.DataFrame(frame).write_parquet(source)
    run = checker.check(pack, source, as_of="2019-12-31", mapping=[path])
    assert values(run.tables, "protection_post") == [True, False]


def test_a_run_tells_the_mappings_it_rests_on(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "对照表.yaml"
    path.write_text(sheet("    columns: {岗: {field: protection_post, values: {1: 是, 2: 否}}}\n"), "utf-8")
    digest = sha256(path.read_bytes()).hexdigest()
    frame = {"code": ["2132001201"], "unit_code": ["320681"], "岗": [1]}
    source = csv(tmp_path / "a.csv", "学校标识码,县市区,岗", "2132001201,启东市,1")
    for data in (source, {"institution": pl.DataFrame(frame)}):
        run = checker.check(pack, data, as_of="2019-12-31", mapping=[path, path])
        told = pipeline.manifest(pipeline.save(run, tmp_path / "运行"))["data"]
        assert told[-1] == {"file": "对照表.yaml", "sheet": "", "table": "", "digest": digest}  # type: ignore[index]


def test_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.yaml").write_text(sheet("    columns: {备注: skip, 校长: town}\n"), "utf-8")
    data = ["nantong-2019", str(MESSY), "--received", "2019-12-23", "--mapping", "m.yaml", "--lang", "zh"]
    assert main(["intake", *data]) == 0
    assert "m.yaml：对照表第4行没有用上：没有表头为“校长”的列" in capsys.readouterr().out
    assert main(["run", *data, "--as-of", "2019-12-31"]) == 0
    assert "m.yaml：对照表第4行没有用上" in capsys.readouterr().out
    Path("m.yaml").write_text(sheet("    columns: {备注: 别的}\n"), "utf-8")
    assert main(["intake", *data]) == 2
    assert "m.yaml:4:19" in capsys.readouterr().err
