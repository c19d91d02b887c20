"""A real PostgreSQL, started by the tests → the same tables, doubts and findings as files; read-only; its password never shown."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from packs import QIDONG
from postgres_server import PASSWORD, READER, Server
from test_databases import AS_OF, DATA, LITTLE, PACK, ROOT, asked, little_database, little_rows, refusal, rows_of

import checker
from checker import pipeline
from checker.__main__ import main
from checker.errors import DataError, UsageError
from checker.intake import read
from checker.intake.databases import parse
from checker.intake.databases.session import quoted

WRONG = "wr@ng1/秘密 xyzzy"


def literal(cell: str | None) -> str:
    return "null" if cell is None else "'" + cell.replace("'", "''") + "'"


def little_commands(types: dict[str, str] | None = None) -> Iterator[str]:
    for name in ("学校", "校车", "报送"):
        head, rows = little_rows(name)
        columns = [f"{quoted(each)} {(types or {}).get(each, 'text')}" for each in head]
        yield f"create table {quoted(name)} ({', '.join(columns)})"
        yield f"insert into {quoted(name)} values " + ", ".join(f"({', '.join(map(literal, row))})" for row in rows)


SCHOOL = [
    "create table institution (code text primary key, name text, students integer, guards text)",
    "insert into institution values ('2132810002', '乙校', 200, '3人(兼职1人)'), ('2132810001', '甲校', 100, '2')",
]


# --- what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize("types", [{}, {"在校生数": "integer", "专职保安人数": "numeric(6,2)", "报送日期": "date"}])
def test_files_sqlite_and_postgresql_give_the_same_run(server: Server, tmp_path: Path, types: dict[str, str]) -> None:
    addresses = [DATA, little_database(tmp_path / "库.db"), server.url(server.database(*little_commands(types)))]
    first, *others = [checker.check(LITTLE, address, as_of=AS_OF) for address in addresses]
    assert first.findings.height
    for run in others:
        for name, frame in first.tables.frames.items():
            assert run.tables.frames[name].equals(frame), name
        assert run.findings.drop("source").equals(first.findings.drop("source"))
        assert run.scorecard.gates == first.scorecard.gates
        doubts = [
            r.tables.questions.select("code", "table", "key", "field", "raw", "reading", "n") for r in (first, run)
        ]
        assert doubts[0].equals(doubts[1])


def test_a_doubt_keeps_table_column_row_and_key(server: Server) -> None:
    tables = read(PACK, [server.url(server.database(*SCHOOL))], unit="启东市")
    assert rows_of(tables) == [
        {"code": "2132810001", "name": "甲校", "unit_code": QIDONG.code, "students": 100, "guards": 2},
        {"code": "2132810002", "name": "乙校", "unit_code": QIDONG.code, "students": 200, "guards": 2},
    ]
    assert asked(tables) == [("derived_from_note", "doubt", "public.institution", "guards:2", "3人(兼职1人)", 1)]
    assert tables.questions["key"].to_list() == ["2132810002"]


TYPES: list[tuple[str, str, object]] = [
    ("operating", "true", True),
    ("students", "200::smallint", 200),
    ("students", "200.00::numeric(10,2)", 200),
    ("students", "9999", None),
    ("area", "0.1::real", 0.1),
    ("area", "12345678.125::numeric", 12345678.125),
    ("area", "'NaN'::numeric", None),
    ("area", "'NaN'::float8", None),
    ("area", "'infinity'::float8", None),
    ("area", "12.50::money", 12.5),
    ("share", "0.95::numeric(3,2)", 0.95),
    ("checked_on", "date '2019-12-31'", "2019-12-31"),
    ("checked_on", "timestamp '2019-12-31 00:00'", "2019-12-31"),
    ("checked_on", "timestamptz '2019-12-31 16:00+00'", "2020-01-01"),  # midnight in China
    ("checked_on", "'infinity'::date", None),
    ("checked_on", "date '0044-03-15 BC'", None),
    ("checked_at", "timestamptz '2019-12-31 23:30+00'", "2020-01-01 07:30:00"),
    ("checked_at", "'-infinity'::timestamptz", None),
    ("checked_at", "timestamp '2019-12-31 08:00'", "2019-12-31 08:00:00"),
    ("notes", "array['甲', null, '乙']", "甲、乙"),
    ("notes", "array[[1, 2], [3, 4]]", "1、2、3、4"),
    ("notes", """'["甲", 1, "乙"]'::jsonb""", "甲、1、乙"),
    ("notes", "'\"甲\"'::json", "甲"),
    ("notes", "'null'::json", None),
    ("notes", """'{"a": 1}'::jsonb""", '{"a": 1}'),
    ("notes", "'甲  '::char(8)", "甲"),
    ("notes", "'甲'::mood", "甲"),
    ("notes", "array['甲']::mood[]", "甲"),
    ("notes", "'x'::code", "x"),
    ("notes", "time '03:00'", "03:00:00"),
    ("notes", "interval '1 day 2 hours'", "1 day 02:00:00"),
    ("notes", "inet '10.0.0.1'", "10.0.0.1/32"),
    ("notes", "row(1, 'a')::text", "(1,a)"),
    ("notes", "123456789012345678901.5::numeric", "123456789012345678901.5"),
    ("notes", "'a8098c1a-f86e-11da-bd1a-00112444be1e'::uuid", "a8098c1a-f86e-11da-bd1a-00112444be1e"),
    ("notes", "E'多行\\n\"引号\"，逗号'", '多行\n"引号",逗号'),
]


@pytest.fixture(scope="module")
def typed(server: Server) -> str:
    return server.database("create type mood as enum ('甲', '乙')", "create domain code as text")


@pytest.mark.parametrize(("field", "value", "expected"), TYPES)
def test_types(server: Server, typed: str, field: str, value: str, expected: object) -> None:
    query = f"select '2132810001' as code, '甲校' as name, {value} as {field}"
    tables = read(PACK, [server.url(typed, more="?query=" + quote(query))])
    cell = tables.frames["institution"][field][0]
    assert (str(cell) if isinstance(expected, str) else cell) == expected
    lost = {"9999", "'infinity'::float8", "'infinity'::date", "date '0044-03-15 BC'", "'-infinity'::timestamptz"}
    assert (tables.questions["severity"].to_list() == ["lost"]) == (value in lost)


def test_a_column_with_no_end_and_others_with_a_day(server: Server) -> None:
    values = "values ('2132810001', '甲校', date '2019-12-31'), ('2132810002', '乙校', 'infinity'::date)"
    database = server.database(f"create table institution as select * from ({values}) as v(code, name, checked_on)")
    tables = read(PACK, [server.url(database)])
    assert [row.get("checked_on") for row in rows_of(tables)] == [AS_OF.replace(2019, 12, 31), None]
    assert [row[:1] + row[3:] for row in asked(tables)] == [("unreadable", "checked_on:2", "infinity", 1)]


def test_pictures_are_told_and_not_read(server: Server) -> None:
    database = server.database(
        "create table institution (code text, name text, photo bytea, empty bytea)",
        "insert into institution values ('2132810001', '甲校', '\\xff', null), ('2132810002', '乙校', null, null)",
    )
    assert asked(read(PACK, [server.url(database)])) == [
        ("binary_column", "lost", "public.institution", "", "photo", 1)
    ]


def test_a_table_without_rows_and_a_column_without_cells(server: Server) -> None:
    columns = "code text, name text, students integer, area numeric, checked_on date, notes jsonb, more text[]"
    database = server.database(f"create table institution ({columns})")
    tables = read(PACK, [server.url(database)])
    assert tables.frames["institution"].height == 0
    assert tables.sources[0].columns.keys() == {"code", "name", "students", "area", "checked_on", "notes"}
    database = server.database(
        f"create table institution ({columns})", "insert into institution (code, name) values ('2132810001', '甲校')"
    )
    assert rows_of(read(PACK, [server.url(database)])) == [{"code": "2132810001", "name": "甲校"}]


def test_the_comment_of_a_column_is_its_heading(server: Server) -> None:
    """Old systems call the column xxmc and say 学校名称 in its comment."""
    database = server.database(
        "create table t_xx01 (xxbsm text, xxmc text, zxs integer, gxsj timestamp)",
        "comment on table t_xx01 is '学校'",
        "comment on column t_xx01.xxbsm is '学校标识码'",
        "comment on column t_xx01.xxmc is '学校名称'",
        "comment on column t_xx01.zxs is '在校生数'",
        "comment on column t_xx01.gxsj is '更新时间'",
        "insert into t_xx01 values ('2132810001', '甲校', 300, now())",
    )
    tables = read(PACK, [server.url(database)])
    assert rows_of(tables) == [{"code": "2132810001", "name": "甲校", "students": 300}]
    assert tables.sources[0].columns == {"code": "xxbsm", "name": "xxmc", "students": "zxs"}
    assert asked(tables) == [("unmapped_column", "lost", "public.t_xx01", "gxsj", "gxsj", 1)]


def test_the_same_content_gives_the_same_bytes(server: Server, tmp_path: Path) -> None:
    """Another order, another collation of the server, another time zone of the user: the same run."""
    one, two = server.database(*little_commands()), server.database(*little_commands())

    def written(folder: Path) -> dict[str, bytes]:
        pipeline.save(checker.check(LITTLE, server.url(one), as_of=AS_OF), folder)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    first = written(tmp_path / "1")
    with server.cursor(two) as cursor:
        cursor.execute('create table 新 as select * from "学校" order by "学校标识码" desc')
        cursor.execute('drop table "学校"')
        cursor.execute('alter table 新 rename to "学校"')
        cursor.execute(f"alter role {READER} set timezone to 'America/New_York'")
        cursor.execute(f"alter role {READER} set datestyle to 'SQL, DMY'")
    with server.cursor(transaction=False) as cursor:
        cursor.execute(f"alter database {quoted(one)} rename to {quoted(one + '旧')}")
        cursor.execute(f"alter database {quoted(two)} rename to {quoted(one)}")
    assert written(tmp_path / "2") == first


# --- which tables --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schemas(server: Server) -> str:
    return server.database(
        *SCHOOL,
        "create schema 教育",
        'create table 教育."学 校" ("学校标识码" text, "学校名称" text, "在校生数" integer)',
        "insert into 教育.\"学 校\" values ('2132810009', '壬校', 9)",
        "create view 教育.institution as select * from public.institution where students > 100",
        "create materialized view public.school_copy as select code, name, students as guards from institution",
        "create table public.users (id integer, mail text)",
        "create table public.secret (code text, name text, students integer)",
        f"revoke select on public.secret from {READER}",
    )


def test_tables_views_and_schemas(server: Server, schemas: str) -> None:
    def sheets(more: str) -> list[str]:
        return [source.sheet for source in read(PACK, [server.url(schemas, more=more)]).sources]

    assert sheets("") == ["public.institution", "public.school_copy"]
    assert sheets("?schema=" + quote("教育")) == ["教育.institution", "教育.学 校"]
    assert sheets("?table=school_copy") == ["public.school_copy"]
    assert sheets("?table=" + quote("教育.学 校") + "&table=institution") == ["教育.学 校", "public.institution"]
    tables = read(PACK, [server.url(schemas)])
    told = tables.questions.filter(pl.col("code").str.starts_with("tables_")).select("code", "severity", "n", "sheet")
    assert told.rows() == [("tables_denied", "lost", 1, "public"), ("tables_not_read", "info", 1, "public")]
    view = read(PACK, [server.url(schemas, more="?table=" + quote("教育.institution"))])
    assert [row["code"] for row in rows_of(view)] == ["2132810002"]


def test_what_is_not_there_and_what_is(server: Server, schemas: str) -> None:
    def refused(more: str) -> str:
        return refusal(server.url(schemas, more=more)).partition(f"{schemas} ")[2]

    assert refused("?table=instituton") == 'there is no table or view "instituton" there is institution'
    assert refused("?table=" + quote("学 校")).endswith("there is 教育.学 校")
    assert refused("?table=Users") == 'there is no table or view "Users" there is users'
    assert refused("?table=secret") == '"secret" may not be read, or is broken None'
    assert "schema=public, schema=教育" in refused("?schema=edu")
    assert 'database "nowhere" does not exist' in refusal(server.url("nowhere"))


@pytest.mark.parametrize("typed_in", ["institution; drop table users", 'institution" where true; --', "a' or '1'='1"])
def test_a_name_is_never_a_command(server: Server, schemas: str, typed_in: str) -> None:
    assert "there is no table or view" in refusal(server.url(schemas, more="?table=" + quote(typed_in)))
    assert "there is no table in the schema" in refusal(server.url(schemas, more="?schema=" + quote(typed_in)))
    name = quoted(typed_in)
    odd = server.database(f"create table {name} (学校标识码 text, 学校名称 text, 在校生数 integer, {name} text)")
    assert read(PACK, [server.url(odd)]).sources[0].sheet == f"public.{typed_in}"


def test_a_query(server: Server, schemas: str) -> None:
    query = "with s as (select * from institution) select code, name, name, students + 1 as 在校生数 from s -- 加一"
    tables = read(PACK, [server.url(schemas, more="?query=" + quote(query))])
    assert [row["students"] for row in rows_of(tables)] == [101, 201]
    assert tables.sources[0].sheet == "query"
    assert [row[0] for row in asked(tables)] == ["ambiguous_head", "ambiguous_head"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("delete from institution", "E27"),
        ("select 1; delete from institution", "E27"),
        ("with gone as (delete from institution returning *) select * from gone", "E27"),
        ("with a as (select 1) delete from institution", "E27"),
        ("select set_config('transaction_read_only', 'off', false)", "E27"),
        ("select * into copy from institution", "E27"),
        ("select nextval('numbers')", "E27"),
        ("select * from institution for update", "E27"),
        ("select empty_it()", "E27"),
        ("select 1) as q; delete from institution; select * from (select 1", "E27"),
        ("select nothing from institution", "E27"),
        ("copy institution to '/tmp/x'", "E27"),
    ],
)
def test_a_query_only_reads(server: Server, writable: str, query: str, code: str) -> None:
    """Not even for a user who may write."""
    assert refusal(server.url(writable, "tester", more="?query=" + quote(query))).startswith(f"{code} ")
    with server.cursor(writable) as cursor:
        cursor.execute("select count(*) from institution")
        assert cursor.fetchone() == (2,)


@pytest.fixture(scope="module")
def writable(server: Server) -> str:
    body = "begin delete from institution; return 1; end"
    return server.database(
        *SCHOOL,
        "create sequence numbers",
        f"create function empty_it() returns integer language plpgsql as '{body}'",
    )


# --- what goes wrong -----------------------------------------------------------------------------


def test_a_server_that_goes_away_while_it_is_read(server: Server, schemas: str) -> None:
    """Half a table is none: nothing is taken from what came before."""
    query = (
        "select g::text as code, '校' || g as name, g as students, "
        "case when g > 200000 then pg_terminate_backend(pg_backend_pid()) end as ended from generate_series(1, 300000) g"
    )
    assert "the database went away while it was read" in refusal(server.url(schemas, more="?query=" + quote(query)))


def test_what_takes_too_long_is_stopped(server: Server, schemas: str) -> None:
    assert "stopped after 0.1 seconds" in refusal(server.url(schemas, more="?timeout=0.1&query=select pg_sleep(20)"))


def test_no_server(server: Server) -> None:
    assert "cannot connect" in refusal("postgresql://127.0.0.1:1/d")


@pytest.mark.parametrize("password", [WRONG, ""])
def test_a_wrong_password(server: Server, schemas: str, password: str) -> None:
    assert "E25" in (told := refusal(server.url(schemas, password=password)))
    assert "user name or password is wrong user and password in the environment" in told
    assert READER not in told


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    assert "pip install 'school-safety-checker[db]'" in refusal("postgresql://h/d")


# --- the password --------------------------------------------------------------------------------


def forms(password: str) -> set[str]:
    """Every spelling, and no part of it either."""
    parts = [part for part in password.replace("/", " ").replace("@", " ").split() if len(part) > 3]
    return {password, quote(password), quote(password, safe=""), *parts, *map(quote, parts)}


@pytest.fixture
def left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Runs a command in an empty folder → its exit code, and all that it printed and wrote, parquet unpacked."""
    for name in [name for name in os.environ if name.startswith(("PG", "CHECKER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, **environ: str) -> tuple[int, str]:
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        code = main(arguments)
        printed = capfd.readouterr()
        content = [printed.out, printed.err]
        for path in sorted(tmp_path.rglob("*")):
            content.append(str(path.relative_to(tmp_path)))
            if path.suffix == ".parquet":
                content.append(str(pl.read_parquet(path).to_dict(as_series=False)))
            elif path.is_file() and path.name != ".pgpass":
                content.append(path.read_bytes().decode("utf-8", "replace"))  # the cache of packs is no text
        return code, "\n".join(content)

    return run


Given = Callable[[Server, str, Path], tuple[str, dict[str, str]]]


def _in_pgpass(server: Server, database: str, folder: Path) -> tuple[str, dict[str, str]]:
    escaped = PASSWORD.replace("\\", "\\\\").replace(":", "\\:")
    (folder / ".pgpass").write_text(f"*:*:*:{READER}:{escaped}\n", "utf-8")
    (folder / ".pgpass").chmod(0o600)
    return server.bare(database), {"PGUSER": READER, "PGPASSFILE": str(folder / ".pgpass")}


WAYS: dict[str, Given] = {
    "address": lambda server, database, _: (server.url(database), {}),
    "ours": lambda server, database, _: (
        server.bare(database),
        {"CHECKER_DB_USER": READER, "CHECKER_DB_PASSWORD": PASSWORD},
    ),
    "libpq": lambda server, database, _: (server.bare(database), {"PGUSER": READER, "PGPASSWORD": PASSWORD}),
    "parameter": lambda server, database, _: (
        server.bare(database, f"?user={READER}&password={quote(PASSWORD, safe='')}"),
        {},
    ),
    "file": _in_pgpass,
}


Left = Callable[..., tuple[int, str]]


@pytest.mark.parametrize("way", WAYS)
def test_the_password_is_in_nothing_that_a_run_leaves(server: Server, tmp_path: Path, left: Left, way: str) -> None:
    database = server.database(*little_commands(), "create table other (x integer)")
    address, environ = WAYS[way](server, database, tmp_path)
    code, found = left("run", str(LITTLE), address, "--as-of", "2020-01-31", "--out", "out", **environ)
    assert code == 0, found
    assert database in found  # what the run rests on is told: the manifest, the data questions
    assert not [spelling for spelling in {*forms(PASSWORD), READER, f":{server.port}"} if spelling in found]


@pytest.mark.parametrize("more", ["", "?table=none", "?query=delete", "?query=select%20x", "?schema=none", "?tabel=x"])
@pytest.mark.parametrize("password", [PASSWORD, WRONG])
def test_the_password_is_in_no_error(server: Server, schemas: str, left: Left, more: str, password: str) -> None:
    address = server.url(schemas, password=password, more=more)
    if password == PASSWORD and not more:
        address = address.replace(f":{server.port}/", ":1/")
    code, found = left("run", str(LITTLE), address, "--as-of", "2020-01-31")
    assert code == 2
    with pytest.raises((DataError, UsageError)) as caught:
        read(PACK, [address])
    found += "".join(traceback.format_exception(caught.value))
    assert not [spelling for spelling in forms(password) if spelling in found]


def test_the_password_is_in_no_error_that_nobody_foresaw(
    server: Server, schemas: str, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of our own in the middle of reading: the file for the maintainers names places, not values."""

    def fail(*values: object) -> None:
        raise RuntimeError(repr(values))

    monkeypatch.setattr("checker.intake.databases.reading.digest", fail)
    code, found = left("run", str(LITTLE), server.url(schemas), "--as-of", "2020-01-31")
    assert code == 2
    assert "错误.txt" in found
    assert "builtins.RuntimeError" in found
    assert not [spelling for spelling in forms(PASSWORD) if spelling in found]


def test_an_address_shows_no_password_of_itself(server: Server) -> None:
    shown: Any = parse(server.url("d"))
    for spelling in forms(PASSWORD):
        assert spelling not in f"{shown!r} {shown}"


# --- size ----------------------------------------------------------------------------------------

_MEASURE = """
import resource, sys
import polars as pl
from checker.intake.databases import parse
from checker.intake.databases.postgres import Postgres
session = Postgres(parse(sys.argv[1]))
relation = next(each for each in session.relations() if each.name == "big")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
rows = session.rows(relation)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(rows.frame.height, int(rows.frame.estimated_size()), after - before)
"""


def test_a_big_table_takes_little_more_than_its_columns(server: Server) -> None:
    """Half a million rows never become objects of Python: these alone would take ten times as much."""
    database = server.database(
        "create table big as select g as id, '学校' || g as name, g % 1000 as students, g % 2 = 0 as operating, "
        "date '2019-01-01' + g % 365 as checked_on, md5(g::text) as notes from generate_series(1, 500000) g"
    )
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, server.url(database)], cwd=ROOT, capture_output=True, check=True, text=True
    )
    rows, size, taken = map(int, done.stdout.split())
    assert rows == 500_000
    assert taken < 3 * size + 60_000_000
