"""Databases in the mapping documents that sheets have: tables, queries, columns and codings that somebody has confirmed."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
from postgres_server import PASSWORD, READER, Server
from test_databases import LITTLE, PACK, ROOT, asked, make, rows_of

from checker.__main__ import main
from checker.errors import DataError, UsageError
from checker.intake import read
from checker.mapping import DataMap
from checker.pipeline.loading import sound_pack
from checker.pipeline.mapping import load_mapping
from checker.plan import Tables

SCHEMA = [
    "create table t1 (id text primary key, mc text, rs text, lw integer, bz text)",
    "insert into t1 values ('2132810001', '甲校', '300', 1, 'x'), ('2132810002', '乙校', '约200', 2, 'y')",
    "create table log (id text, said text)",
]
ENTRY = """\
  - url: {url}
    table: t1
    into: institution
    columns:
      id: code
      mc: 学校名称
      rs: students
      lw: {{field: operating, values: {{1: 是, 2: 否}}}}
      bz: skip
"""


def mapping(folder: Path, *entries: str) -> DataMap:
    path = folder / "对照表.yaml"
    path.write_text("schema: mapping/1\ndatabases:\n" + "".join(entries), "utf-8")
    return load_mapping(PACK, [path])


def tables(folder: Path, *paths: str | Path, entries: tuple[str, ...]) -> Tables:
    return read(PACK, paths, mapping=mapping(folder, *entries))


EXPECTED = [
    {"code": "2132810001", "name": "甲校", "students": 300, "operating": True},
    {"code": "2132810002", "name": "乙校", "students": 200, "operating": False},
]


def test_a_database_that_only_the_mapping_names(tmp_path: Path) -> None:
    url = make(tmp_path / "x.db", *SCHEMA)
    found = tables(tmp_path, entries=(ENTRY.format(url=url),))
    assert rows_of(found) == EXPECTED
    assert asked(found) == [
        ("skipped_column", "info", "t1", "bz", "bz", 2),
        ("approximate", "doubt", "t1", "rs:2", "约200", 1),
    ]


@pytest.mark.parametrize("given_as", ["address", "file", "folder"])
def test_a_database_that_is_given_too(tmp_path: Path, given_as: str) -> None:
    """It is read once, as the mapping says; what else it holds is told."""
    (tmp_path / "库").mkdir()
    url = make(tmp_path / "库" / "x.db", *SCHEMA)
    path = {"address": url, "file": tmp_path / "库" / "x.db", "folder": tmp_path / "库"}[given_as]
    found = tables(tmp_path, path, entries=(ENTRY.format(url=url),))
    assert rows_of(found) == EXPECTED
    assert [source.sheet for source in found.sources if source.table] == ["t1"]
    assert found.questions.filter(pl.col("code") == "tables_not_read")["message_en"][0].startswith("1 other tables")


def test_an_address_may_ask_for_less_than_the_mapping_knows(tmp_path: Path) -> None:
    url = make(tmp_path / "x.db", *SCHEMA)
    found = tables(tmp_path, f"{url}?table=t1", entries=(ENTRY.format(url=url),))
    assert rows_of(found) == EXPECTED
    found = tables(tmp_path, f"{url}?table=log", entries=(ENTRY.format(url=url),))
    assert rows_of(found) == []
    assert [row[0] for row in asked(found)] == ["sheet_not_recognised", "mapping_unused"]
    assert found.questions["message_zh"][1] == "对照表第3行没有用上：数据库的这张表没有读"


def test_queries_in_a_mapping(tmp_path: Path) -> None:
    url = make(tmp_path / "x.db", *SCHEMA)
    query = "select id, mc, {at} as n from t1 where lw = {at}"
    entry = (
        f"  - {{{{url: '{{url}}', into: 学校, query: '{query}', columns: {{{{id: code, mc: name, n: guards}}}}}}}}\n"
    )
    found = tables(tmp_path, entries=(entry.format(url=url, at=1), entry.format(url=url, at=2)))
    assert rows_of(found) == [
        {"code": "2132810001", "name": "甲校", "guards": 1},
        {"code": "2132810002", "name": "乙校", "guards": 2},
    ]
    assert [source.sheet for source in found.sources if source.table] == ["query", "query2"]
    with pytest.raises(DataError) as refused:
        tables(tmp_path, entries=(f"  - {{url: '{url}', into: 学校, query: 'delete from t1'}}\n",))
    assert refused.value.diagnostics[0].code == "E27"


def test_columns_are_confirmed_and_lines_in_vain_are_told(tmp_path: Path) -> None:
    url = make(tmp_path / "x.db", *SCHEMA)
    entry = (
        f"  - url: {url}\n    table: t1\n    into: institution\n    columns: {{id: code, mc: name, 人数: students}}\n"
    )
    found = tables(tmp_path, entries=(entry,))
    assert [row[0] for row in asked(found)] == ["unmapped_column"] * 3 + ["mapping_unused"]
    assert found.questions.filter(pl.col("code") == "mapping_unused")["raw"].to_list() == ["人数"]


def test_what_the_mapping_says_of_sheets_holds_for_tables_too(tmp_path: Path) -> None:
    make(tmp_path / "x.db", *SCHEMA)
    path = tmp_path / "对照表.yaml"
    text = (
        "schema: mapping/1\nsheets:\n  - {file: '*.db', sheet: t1, table: institution, columns: {id: code, mc: name}}\n"
    )
    path.write_text(text, "utf-8")
    found = read(PACK, [f"sqlite:///{tmp_path / 'x.db'}?table=t1"], mapping=load_mapping(PACK, [path]))
    assert [row["name"] for row in rows_of(found)] == ["甲校", "乙校"]
    path.write_text("schema: mapping/1\nsheets:\n  - {sheet: institution, skip: yes}\n", "utf-8")
    url = make(tmp_path / "y.db", "create table institution (code text, name text)")
    found = read(PACK, [url], mapping=load_mapping(PACK, [path]))
    assert [row[0] for row in asked(found)] == ["skipped_sheet"]


def test_faults_are_told_at_their_line(tmp_path: Path) -> None:
    url = make(tmp_path / "x.db", *SCHEMA)
    with pytest.raises(DataError) as missing:
        tables(tmp_path, entries=(ENTRY.format(url=url).replace("table: t1", "table: T1"),))
    (fault,) = missing.value.diagnostics
    assert (fault.code, Path(fault.span.path).name, fault.span.line) == ("E26", "对照表.yaml", 3)
    assert fault.hint is not None
    assert fault.hint.en == "there is t1"
    with pytest.raises(UsageError) as unfit:
        tables(tmp_path, entries=(ENTRY.format(url="mysql://host/db"),))
    (fault,) = unfit.value.diagnostics
    assert (fault.code, fault.span.line) == ("U43", 3)


def test_postgresql_by_a_mapping(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of another schema, comments as headings, columns by their own names; user and password from the environment."""
    database = server.database(
        "create schema 教育",
        "create table 教育.t1 (id text, mc text, rs integer, lw text)",
        "comment on column 教育.t1.mc is '学校名称'",
        "insert into 教育.t1 values ('2132810001', '甲校', 300, 'Y'), ('2132810002', '乙校', 200, 'N')",
    )
    entry = ENTRY.format(url=server.bare(database)).replace("table: t1", "table: 教育.t1")
    entry = entry.replace("1: 是, 2: 否", "Y: 是, N: 否").replace("      bz: skip\n", "")
    monkeypatch.setenv("CHECKER_DB_USER", READER)
    monkeypatch.setenv("CHECKER_DB_PASSWORD", PASSWORD)
    assert rows_of(tables(tmp_path, entries=(entry,))) == EXPECTED
    monkeypatch.delenv("CHECKER_DB_PASSWORD")
    given = tables(tmp_path, server.url(database), entries=(entry,))
    assert rows_of(given) == EXPECTED
    assert given.questions.is_empty()


def test_run_and_intake_with_a_mapping_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHECKER_LANG", "en")
    make(tmp_path / "x.db", "create table a (x text, y text)", "insert into a values ('2132000011', '甲校')")
    text = "schema: mapping/1\ndatabases:\n  - {url: 'sqlite:x.db', table: a, into: 学校, columns: {x: 学校标识码, y: name}}\n"
    Path("m.yaml").write_text(text, "utf-8")
    command = [str(LITTLE), "--mapping", "m.yaml"]
    assert main(["intake", *command, "--received", "2020-01-10"]) == 0
    assert "x.db" in capsys.readouterr().out
    assert main(["run", *command, "--as-of", "2020-01-31", "--out", "run"]) == 0
    Path("m.yaml").write_text("schema: mapping/1\nsheets:\n  - {sheet: a, table: 学校}\n", "utf-8")
    assert main(["run", *command, "--as-of", "2020-01-31"]) == 2
    assert "DATA" in capsys.readouterr().err


def test_the_mapping_in_the_guide(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "数据库.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "对照表.yaml").write_text(text, "utf-8")
    (entry,) = load_mapping(sound_pack("nantong-2019"), [tmp_path / "对照表.yaml"]).databases
    assert (entry.source, entry.into) == ("safety.t_xx01", "institution")
    assert [column.field for column in entry.columns] == ["code", "name", "video_linked", ""]
