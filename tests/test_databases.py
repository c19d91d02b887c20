"""Databases by their address → the same tables, doubts and findings as files; nothing is written to them, no password shown."""

from __future__ import annotations

import csv
import hashlib
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs import QIDONG, field, table, tiny_pack

import checker
from checker.errors import DataError, UsageError, without_password
from checker.intake import look, read
from checker.intake.databases import is_address, parse
from checker.intake.databases.session import quoted, single_select
from checker.plan import Correction, Tables

ROOT = Path(__file__).parents[1]
LITTLE, DATA = ROOT / "tests" / "little", ROOT / "tests" / "little_data"
AS_OF = date(2020, 1, 31)
PACK = tiny_pack(
    [
        table(
            "institution",
            "学校",
            field("code", "学校标识码", pattern="moe_code"),
            field("name", "学校名称"),
            field("unit_code", "所属单位"),
            field("students", "在校生数", "count"),
            field("guards", "专职保安人数", "count"),
            field("share", "持证比例", "percent"),
            field("area", "占地面积", "number"),
            field("operating", "在办", "yes_no"),
            field("checked_on", "检查日期", "date"),
            field("checked_at", "检查时间", "datetime"),
            field("notes", "备注"),
            key="code",
            title="name",
            parents={"unit": "unit_code"},
        )
    ]
)


def make(path: Path, *commands: str | tuple[str, list[tuple[Any, ...]]]) -> str:
    with closing(sqlite3.connect(path)) as connection:
        for command in commands:
            if isinstance(command, str):
                connection.execute(command)
            else:
                connection.executemany(*command)
        connection.commit()
    return f"sqlite:///{path}"


def little_rows(name: str) -> tuple[list[str], list[tuple[str | None, ...]]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    return head, [tuple(cell or None for cell in row) for row in rows]


def little_database(path: Path) -> str:
    """The files of the little pack as tables of text."""
    commands: list[Any] = []
    for name in ("学校", "校车", "报送"):
        head, rows = little_rows(name)
        commands.append(f"create table {quoted(name)} ({', '.join(f'{quoted(column)} text' for column in head)})")
        commands.append((f"insert into {quoted(name)} values ({', '.join('?' * len(head))})", rows))
    return make(path, *commands)


def rows_of(tables: Tables) -> list[dict[str, Any]]:
    return [
        {k: v for k, v in row.items() if v is not None} for row in tables.frames["institution"].iter_rows(named=True)
    ]


def asked(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.questions.select("code", "severity", "sheet", "cell", "raw", "n").rows()


def refusal(address: str | Path, pack: Any = PACK) -> str:
    with pytest.raises((DataError, UsageError)) as caught:
        read(pack, [address])
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    (diagnostic,) = caught.value.diagnostics
    return f"{diagnostic.code} {diagnostic.span.path} {diagnostic.message.en} {diagnostic.hint and diagnostic.hint.en}"


# --- what is read --------------------------------------------------------------------------------


def test_a_database_gives_the_run_that_the_files_give(tmp_path: Path) -> None:
    by_file = checker.check(LITTLE, DATA, as_of=AS_OF)
    by_address = checker.check(LITTLE, little_database(tmp_path / "库.db"), as_of=AS_OF)
    assert by_file.findings.height
    assert by_address.tables.frames.keys() == by_file.tables.frames.keys()
    for name, frame in by_file.tables.frames.items():
        assert by_address.tables.frames[name].equals(frame), name
    assert by_address.findings.drop("source").equals(by_file.findings.drop("source"))
    assert by_address.scorecard.gates == by_file.scorecard.gates
    assert by_address.scorecard.counts.equals(by_file.scorecard.counts)
    doubts = [
        run.tables.questions.select("code", "table", "key", "raw", "reading", "n") for run in (by_file, by_address)
    ]
    assert doubts[0].equals(doubts[1])


def test_a_plain_path_and_a_folder_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    little_database(tmp_path / "库.sqlite3")
    (tmp_path / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "库.sqlite3-journal").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    for given_as in ("库.sqlite3", "sqlite:库.sqlite3", "sqlite:///库.sqlite3", "sqlite+pysqlite:///库.sqlite3", "."):
        run = checker.check(LITTLE, given_as, as_of=AS_OF)
        assert run.tables.frames["bus"].height == 3
        assert {source.file for source in run.tables.sources} == {"库.sqlite3"}
    assert run.tables.questions.filter(pl.col("code") == "file_skipped").height == 2


def test_a_doubt_keeps_table_column_row_and_key(tmp_path: Path) -> None:
    address = make(
        tmp_path / "x.db",
        'create table "学校" ("学校标识码" text primary key, "学校名称" text, "专职保安人数" integer, "在办" text)',
        "insert into \"学校\" values ('2132810002', '乙校', '3人(兼职1人)', '基本在办'), ('2132810001', '甲校', 2, '是')",
    )
    tables = read(PACK, [address], unit="启东市")
    assert rows_of(tables) == [
        {"code": "2132810001", "name": "甲校", "unit_code": QIDONG.code, "guards": 2, "operating": True},
        {"code": "2132810002", "name": "乙校", "unit_code": QIDONG.code, "guards": 2},
    ]
    assert asked(tables) == [
        ("derived_from_note", "doubt", "学校", "专职保安人数:2", "3人(兼职1人)", 1),
        ("hedged_value", "lost", "学校", "在办:2", "基本在办", 1),
    ]
    assert set(tables.questions["key"]) == {"2132810002"}
    assert set(tables.questions["digest"]) == {tables.sources[0].digest}


def test_an_answer_stands_where_the_doubt_stood(tmp_path: Path) -> None:
    address = make(
        tmp_path / "x.db",
        "create table institution (code text primary key, name text, students integer)",
        "insert into institution values ('2132810002', '乙校', '约三百'), ('2132810001', '甲校', 2)",
    )
    doubt = read(PACK, [address]).questions.row(0, named=True)
    assert doubt["cell"] == "students:2"
    answer = Correction(doubt["digest"], doubt["sheet"], doubt["cell"], "312")
    answered = read(PACK, [address], corrections=[answer])
    assert [row["students"] for row in rows_of(answered)] == [2, 312]
    assert answered.questions.is_empty()


def test_how_a_database_was_understood(tmp_path: Path) -> None:
    (sheet,) = look(PACK, [make(tmp_path / "x.db", *OTHERS) + "?table=school"]).sheets
    assert (sheet.file, sheet.sheet, sheet.state, sheet.table, sheet.rows) == (
        "x.db",
        "school",
        "read",
        "institution",
        1,
    )
    assert [(each.place, each.field, each.samples) for each in sheet.columns] == [
        ("code", "code", ("2132810001",)),
        ("name", "name", ("甲校",)),
        ("students", "students", ("5",)),
    ]


def test_cells_keep_the_type_that_they_have(tmp_path: Path) -> None:
    address = make(
        tmp_path / "x.db",
        "create table school (code text, name text, students, guards integer, area real, operating boolean, notes)",
        """insert into school values
           ('2132810001', '甲校', 200.0, 9999, 1.5, 1, 7),
           ('2132810002', '乙校', '三百', 3, 9e999, 0, x'e4b8ad'),
           ('2132810003', '丙校', null, null, null, null, 'text')""",
    )
    tables = read(PACK, [address], unit="启东市")
    shown = [{k: v for k, v in row.items() if k not in ("name", "unit_code")} for row in rows_of(tables)]
    assert shown == [
        {"code": "2132810001", "students": 200, "area": 1.5, "operating": True, "notes": "7"},
        {"code": "2132810002", "students": 300, "guards": 3, "operating": False, "notes": "中"},
        {"code": "2132810003", "notes": "text"},
    ]
    assert {code for code, *_ in asked(tables)} == {"implausible_value"}


def test_days_in_a_column_that_is_declared_to_hold_them(tmp_path: Path) -> None:
    address = make(
        tmp_path / "x.db",
        "create table institution (code text, name text, checked_on datetime, checked_at timestamp, notes date)",
        """insert into institution values
           ('2132810001', '甲校', '2019-12-31 00:00:00.000000', '2019-12-31 08:30:00', '2019-12-31'),
           ('2132810002', '乙校', null, '2019-12-31 08:30:00.5', '有时')""",
    )
    frame = read(PACK, [address]).frames["institution"]
    assert frame["checked_on"].to_list() == [date(2019, 12, 31), None]
    assert [str(each) for each in frame["checked_at"]] == ["2019-12-31 08:30:00", "2019-12-31 08:30:00.500000"]
    assert frame["notes"].to_list() == ["2019-12-31", "有时"]


def test_texts_in_the_encoding_of_old_programs(tmp_path: Path) -> None:
    address = make(
        tmp_path / "x.db",
        "create table institution (code text, name text)",
        ("insert into institution values ('2132810001', cast(? as text))", [("启东一中".encode("gb18030"),)]),
    )
    assert rows_of(read(PACK, [address]))[0]["name"] == "启东一中"


def test_pictures_are_told_and_not_read(tmp_path: Path) -> None:
    address = make(
        tmp_path / "x.db",
        "create table institution (code text, name text, photo blob)",
        "insert into institution values ('2132810001', '甲校', x'ffd8ffe0'), ('2132810002', '乙校', null)",
    )
    assert asked(read(PACK, [address])) == [("binary_column", "lost", "institution", "", "photo", 1)]


def test_the_order_of_rows_does_not_depend_on_the_database(tmp_path: Path) -> None:
    """Rows come in the order of the key, or of all their cells; the digest is of what was read."""
    rows = [(f"{2132810000 + at}", f"学校{at % 7}", at % 3 or None) for at in range(50)]
    for key in ("text primary key", "text"):
        one = make(tmp_path / f"a{key}.db", f"create table school (code {key}, name text, students integer)",
                   ("insert into school values (?, ?, ?)", rows))  # fmt: skip
        two = make(tmp_path / f"b{key}.db", f"create table school (code {key}, name text, students integer)",
                   ("insert into school values (?, ?, ?)", rows[::-1]))  # fmt: skip
        first, second = read(PACK, [one]), read(PACK, [two])
        assert first.frames["institution"].equals(second.frames["institution"])
        assert first.sources[0].digest == second.sources[0].digest
    changed = make(tmp_path / "a.db", "create table school (code, name, students)",
                   ("insert into school values (?, ?, ?)", [*rows[:-1], ("2132810049", "学校0", 2)]))  # fmt: skip
    assert read(PACK, [changed]).sources[0].digest != first.sources[0].digest


def test_many_rows_come_in_chunks_of_different_types(tmp_path: Path) -> None:
    """Numbers for a hundred thousand rows, then a text: the column is text, and no number changes its look."""
    rows = [(2132800000 + at, "校", at % 100) for at in range(120_000)]
    address = make(
        tmp_path / "x.db",
        "create table school (code, name, students)",
        ("insert into school values (?, ?, ?)", [*rows, (2132999999, "校", "12人")]),
    )
    frame = read(PACK, [address]).frames["institution"]
    assert frame["students"].to_list() == [*(at % 100 for at in range(120_000)), 12]
    assert frame["code"].to_list() == [*(str(2132800000 + at) for at in range(120_000)), "2132999999"]


# --- which tables --------------------------------------------------------------------------------


OTHERS = [
    "create table school (code text, name text, students integer)",
    "insert into school values ('2132810001', '甲校', 5)",
    "create view 学校概况 as select code as 学校标识码, name as 学校名称, 4 as 专职保安人数, students as 在校生数 from school",
    "create table users (id integer, name text, mail text, phone text)",
    "create view broken as select * from gone",
]


def test_tables_and_views_that_the_pack_knows_are_read_the_others_are_named(tmp_path: Path) -> None:
    tables = read(PACK, [make(tmp_path / "x.db", *OTHERS)])
    assert [source.sheet for source in tables.sources] == ["school", "学校概况"]
    assert rows_of(tables) == [{"code": "2132810001", "name": "甲校", "students": 5, "guards": 4}]
    told = tables.questions.filter(pl.col("code") == "tables_not_read")
    assert told.select("severity", "n", "message_zh").row(0) == (
        "info",
        2,
        "库中另有2张表没有读：broken、users；要读哪张，在地址后加 table=表名",
    )


def test_only_what_is_asked_for(tmp_path: Path) -> None:
    address = make(tmp_path / "x.db", *OTHERS)
    assert [source.sheet for source in read(PACK, [address + "?table=学校概况"]).sources] == ["学校概况"]
    assert [s.sheet for s in read(PACK, [address + "?table=school&table=学校概况&table=school"]).sources] == [
        "school",
        "学校概况",
    ]
    unknown = read(PACK, [address + "?table=users"])
    assert [row[:3] for row in asked(unknown)] == [("sheet_not_recognised", "lost", "users")]


def test_a_table_whose_name_is_known_is_never_just_left_out(tmp_path: Path) -> None:
    """Its columns may be called anything: there is something to be asked. So it is where it cannot be read."""
    address = make(tmp_path / "x.db", "create table 学校 (xxmc text)", "insert into 学校 values ('甲校')")
    assert asked(read(PACK, [address])) == [("sheet_not_recognised", "lost", "学校", "", None, 1)]
    address = make(tmp_path / "y.db", *OTHERS[:2], "create view institution as select * from gone")
    assert asked(read(PACK, [address])) == [("tables_denied", "lost", "", "", None, 1)]


def test_nothing_known_is_more_than_a_remark(tmp_path: Path) -> None:
    tables = read(PACK, [make(tmp_path / "x.db", "create table users (id integer, mail text)")])
    assert asked(tables) == [("no_table_known", "lost", "", "", None, 1)]
    assert "E25 empty.db the database holds no table" in refusal(make(tmp_path / "empty.db"))


def test_a_query(tmp_path: Path) -> None:
    address = make(tmp_path / "x.db", *OTHERS)
    query = "-- 只取在校生\nwith s as (select * from school)\nselect code, name, students+1 as 在校生数 from s;"
    tables = read(PACK, [f"{address}?query={query}"])
    assert rows_of(tables) == [{"code": "2132810001", "name": "甲校", "students": 6}]
    assert tables.sources[0].sheet == "query"


@pytest.mark.parametrize(
    "query",
    [
        "delete from school",
        "select 1; delete from school",
        "with x as (select 1) delete from school",
        "attach database 'other.db' as o",
        "pragma user_version = 5",
        "select * from pragma_table_info('school')",
        "insert into school values ('1','2',3) returning *",
        "",
    ],
)
def test_a_query_only_reads(tmp_path: Path, query: str) -> None:
    address = make(tmp_path / "x.db", *OTHERS)
    before = hashlib.sha256((tmp_path / "x.db").read_bytes()).digest()
    if query:
        assert refusal(f"{address}?query={query}").startswith("E27 x.db the query")
    else:
        assert read(PACK, [f"{address}?query="]).sources  # nothing asked: the tables
    assert hashlib.sha256((tmp_path / "x.db").read_bytes()).digest() == before
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]


def test_a_semicolon_in_a_text_is_no_second_command(tmp_path: Path) -> None:
    address = parse(make(tmp_path / "x.db", *OTHERS))
    for query in ("select ';' as a", 'select 1 as ";"', "select 1 -- ; x\n", "/* ; */ select 1", "select $a$ ; $a$"):
        assert single_select(address, query + " ;\n") == query.strip()


def test_a_name_is_never_a_command(tmp_path: Path) -> None:
    """However a table or column is called; and what is typed is looked up, not run."""
    name = 'x"; drop table school; --'
    columns = ", ".join(f"{quoted(column)} text" for column in ("学校标识码", "学校名称", "在校生数", 'a"b'))
    make(
        tmp_path / "x.db",
        f"create table {quoted(name)} ({columns})",
        f"insert into {quoted(name)} values ('2132810001', '甲校', 5, '')",
        *OTHERS[:2],
    )
    address = f"sqlite:///{tmp_path / 'x.db'}"
    assert [source.sheet for source in read(PACK, [address]).sources] == ["school", name]
    assert read(PACK, [f"{address}?table={name}"]).sources[0].sheet == name
    assert "E26 x.db there is no table or view" in refusal(f"{address}?table=school where 1=1")
    assert read(PACK, [f"{address}?table=school"]).frames["institution"].height == 1


def test_a_table_that_does_not_exist_and_the_ones_that_do(tmp_path: Path) -> None:
    address = make(tmp_path / "x.db", *OTHERS)
    assert refusal(f"{address}?table=School") == 'E26 x.db there is no table or view "School" there is school'
    assert refusal(f"{address}?table=学校概").endswith("there is 学校概况")
    assert refusal(f"{address}?table=zzz").endswith("there is broken, school, users, 学校概况")
    assert refusal(f"{address}?table=broken") == 'E26 x.db "broken" may not be read, or is broken None'


def test_what_takes_too_long_is_stopped(tmp_path: Path) -> None:
    address = make(tmp_path / "x.db", *OTHERS)
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    assert "stopped after 0.05 seconds" in refusal(f"{address}?timeout=0.05&query={endless}")


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (
            "with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select i as code, hex(zeroblob(500)) as name, i as students from n",
            "far beyond the file itself",
        ),
        ("select 1 as code, hex(zeroblob(30000000)) as name, 1 as students", "a cell is beyond 20 MB"),
    ],
)
def test_a_small_file_that_makes_much_of_nothing(tmp_path: Path, view: str, told: str) -> None:
    make(tmp_path / "x.db", f"create view institution as {view}")
    assert told in refusal(tmp_path / "x.db")


def test_a_database_that_is_open_elsewhere_or_was_left_in_a_hurry(tmp_path: Path) -> None:
    """Write-ahead: what was committed but not yet moved into the file is read; no file is left beside it."""
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("pragma journal_mode = wal")
        for command in OTHERS[:2]:
            writer.execute(command)
        assert rows_of(read(PACK, [path])) == [{"code": "2132810001", "name": "甲校", "students": 5}]
        writer.execute("begin immediate")
        writer.execute("insert into school values ('2132810002', '乙校', 6)")
        assert len(rows_of(read(PACK, [path]))) == 1
        writer.execute("commit")
        assert len(rows_of(read(PACK, [path]))) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["x.db"]
    assert len(rows_of(read(PACK, [path]))) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["x.db"]


def test_files_that_are_no_database(tmp_path: Path) -> None:
    for name, content in {"a.db": b"hello", "b.sqlite": b"SQLite format 3\0" + bytes(300)}.items():
        (tmp_path / name).write_bytes(content)
        assert f"{name} not a SQLite database" in refusal(tmp_path / name)
    assert "E25 none.db no such file" in refusal("sqlite:///none.db")
    little_database(tmp_path / "c.db")
    tables = read(PACK, [tmp_path])
    assert tables.questions.filter(pl.col("code") == "file_unsupported").height == 2


# --- addresses -----------------------------------------------------------------------------------


def test_the_parts_of_an_address() -> None:
    address = parse("postgres://u%40x:p%3Aw@h:5433/db%20a?table=a&table=b&schema=s&sslmode=require&timeout=2.5", {})
    assert address.settings == {"user": "u@x", "dbname": "db a", "host": "h", "port": "5433", "sslmode": "require"}
    assert address.password is not None
    assert address.password.reveal() == "p:w"
    assert (address.tables, address.schema, address.timeout) == (("a", "b"), "s", 2.5)
    assert address.name == "postgresql:db a"
    java = parse("jdbc:postgresql://h:5433/d?user=u&password=p", {})
    assert java.settings == {"user": "u", "dbname": "d", "host": "h", "port": "5433"}
    assert "p" in (java.password.reveal() if java.password else "")
    six = parse("postgresql+psycopg://[::1]:1,h2:2/d", {})
    assert (six.settings["host"], six.settings["port"]) == ("::1,h2", "1,2")


def test_user_and_password_from_the_environment() -> None:
    environ = {"CHECKER_DB_USER": "u", "CHECKER_DB_PASSWORD": "secret"}
    address = parse("postgresql://h/d", environ)
    assert address.settings["user"] == "u"
    assert address.password is not None
    assert address.password.reveal() == "secret"
    given = parse("postgresql://me:mine@h/d", environ)
    assert given.settings["user"] == "me"
    assert given.password is not None
    assert given.password.reveal() == "mine"
    assert parse("postgresql://h/d", {}).password is None


@pytest.mark.parametrize(
    "address",
    [
        "mysql://u:SECRET@h/d",
        "u:SECRET@h/d",
        "postgresql:/u:SECRET@h/d",
        "postgresql://u:SEC/RET@h/d",
        "postgresql://u:SEC?RET@h/d",
        "postgresql://h:SECRET/d",
        "postgresql://h/d?pasword=SECRET",
        "postgresql://h/d?options=-c default_transaction_read_only=off",
        "sqlite://",
        "sqlite:///x.db?schema=s",
        "sqlite:///x.db?password=SECRET",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(address: str) -> None:
    assert is_address(address)
    with pytest.raises(UsageError) as caught:
        read(PACK, [address])
    text = f"{caught.value} {caught.value.diagnostics}"
    assert caught.value.diagnostics[0].code == "U43"
    assert caught.value.__context__ is None
    assert "SEC" not in text
    assert "RET" not in text


def test_the_addresses_in_the_guide() -> None:
    guide = (ROOT / "docs" / "数据库.md").read_text("utf-8")
    found = re.findall(r"(?:sqlite:|postgresql://)[^`\s\"]+", guide.replace("主机:端口", "主机:5432"))
    assert len(found) >= 5
    for address in found:
        assert is_address(address)
        assert "口令" not in repr(parse(address, {}))


@pytest.mark.parametrize(
    "path", ["数据/学校.xlsx", "C:\\data\\x.xlsx", "附件1：学校.xlsx", "a:b.csv", "x.db", "2019-12-31"]
)
def test_paths_are_no_addresses(path: str) -> None:
    assert not is_address(path)


@given(st.text(min_size=4, alphabet=st.characters(blacklist_characters="\n\r", blacklist_categories=["Cs"])))
def test_no_password_in_what_an_address_shows_of_itself(password: str) -> None:
    from urllib.parse import quote

    marked = f"<<{password}>>"
    address = parse(f"postgresql://u:{quote(marked, safe='')}@h/d", {})
    for spelling in (marked, quote(marked), quote(marked, safe="")):
        assert spelling not in repr(address)
        assert spelling not in str(address.refused("E25", without := _text(f"a {spelling} b")))
        assert without.en != spelling
    assert marked not in without_password(f"see postgresql://u:{marked}@h/d for more")


def _text(text: str) -> Any:
    from checker.errors import Text

    return Text(text, text)


def test_an_address_in_the_wrong_place_of_a_command_shows_no_password(tmp_path: Path) -> None:
    address = "postgresql://u:SECRET@h/d"
    for arguments in (
        ["run", address, "tests/little_data", "--as-of", "2020-01-31"],
        ["gate", address],
        ["gate", "a", address],
        ["run", "tests/little", address, "--as-of", "2020-01-31", "--unit", address],
        ["validate", address],
        [address],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "checker", *arguments], cwd=ROOT, capture_output=True, check=False, text=True
        )
        assert done.returncode == 2, arguments
        assert "SECRET" not in done.stdout + done.stderr, arguments
