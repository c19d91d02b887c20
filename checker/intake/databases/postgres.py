"""A PostgreSQL server, in one read-only transaction → its tables and views, and their rows as columns of Arrow."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

import polars as pl

from checker.errors import DataError, Text
from checker.intake.databases.address import Address
from checker.intake.databases.session import Column, Relation, Rows, quoted, single_select, timed_out

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection

LOCAL = "Asia/Shanghai"  # a moment with a zone becomes the time on the wall here
_CONNECT_WITHIN = 15  # seconds
_DIGITS = 15  # that a float keeps for certain
_AS_THEY_ARE = frozenset(["bool", "int2", "int4", "int8", "float8", "text", "varchar", "name"])
# The days that Python and Polars know. PostgreSQL has more, and `infinity`: those are read as texts.
_DAYS = {
    "date": ("0001-01-01", "9999-12-31"),
    "timestamp": ("0001-01-01", "9999-12-31"),
    "timestamptz": ("0001-01-02 00:00+00", "9999-12-30 00:00+00"),
}
_RELATIONS = """
select n.nspname::text, c.relname::text, a.attname::text, coalesce(obj_description(c.oid, 'pg_class'), ''),
       coalesce(col_description(c.oid, a.attnum), ''), coalesce(array_position(i.indkey::int2[], a.attnum), -1),
       has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
where c.relkind in ('r', 'v', 'm', 'f', 'p') and not c.relispartition
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by n.nspname::text collate "C", c.relname::text collate "C", a.attnum
"""
_JSON = """case jsonb_typeof({0}::jsonb) when 'null' then null
 when 'array' then array(select jsonb_array_elements_text({0}::jsonb)) else array[{0}::jsonb #>> '{{}}'] end"""


class Postgres:
    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection = _connected(address)
        # Before anything else: one moment of the database for all tables, and no way to write.
        self._run("set transaction isolation level repeatable read, read only")
        self._run(f"set local statement_timeout = {round(address.timeout * 1000)}")
        # What is read as text must not depend on how the server or the user is set up.
        for setting in (f"timezone = '{LOCAL}'", "datestyle = 'ISO, YMD'", "intervalstyle = 'postgres'"):
            self._run(f"set local {setting}")
        self.default = str(self._fetched("select current_schema()::text")[0][0] or "public")

    def relations(self) -> list[Relation]:
        found: dict[tuple[str, str], list[tuple[object, ...]]] = {}
        for row in self._fetched(_RELATIONS):
            found.setdefault((str(row[0]), str(row[1])), []).append(row)
        return [_relation(schema, name, rows) for (schema, name), rows in found.items()]

    def rows(self, what: Relation | str) -> Rows:
        if isinstance(what, Relation):
            columns = ", ".join(quoted(column.name) for column in what.columns)
            source = f"select {columns} from {quoted(what.schema)}.{quoted(what.name)}"
        else:
            source = single_select(self._address, what)
        with self._connection.cursor() as cursor:
            described = cursor.adbc_execute_schema(f"select * from (\n{source}\n) as q")
            names = [field.name for field in described]
            types = [field.metadata[b"POSTGRESQL:type"].decode() for field in described]
            asked = [_asked(f"c{at}", type) for at, type in enumerate(types)]
            aliases = ", ".join(f"c{at}" for at in range(len(types)))
            cursor.execute(f"select {', '.join(asked)} from (\n{source}\n) as q({aliases})")
            with cursor.fetch_record_batch() as reader:
                chunks = [pl.DataFrame(reader.schema.empty_table()), *map(pl.DataFrame, reader)]
        frame = pl.concat(chunks, rechunk=False)
        kept, binary = [], {}
        for at, (name, type) in enumerate(zip(names, types, strict=True)):
            if type == "bytea":
                binary[name] = int(frame[f"c{at}"].sum())
            else:
                kept.append((name, _typed(frame, f"c{at}", type)))
        filled = {name: n for name, n in binary.items() if n}
        return Rows(tuple(name for name, _ in kept), pl.DataFrame([series for _, series in kept]), filled)

    def told(self, error: Exception) -> DataError:
        return told(self._address, error)

    def close(self) -> None:
        # The server may be gone, or a cursor left open where reading broke off: there is nothing more to save.
        with suppress(Exception):
            self._connection.close()

    def _run(self, command: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(command)

    def _fetched(self, query: str) -> list[tuple[object, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()]


def _connected(address: Address) -> Connection:
    try:
        from adbc_driver_postgresql import dbapi
    except ImportError:
        dbapi = None
    if dbapi is None:
        message = Text("读取 PostgreSQL 要另装可选部分 db", 'PostgreSQL is read with the optional part "db"')
        install = "pip install 'school-safety-checker[db]'"
        raise address.refused("E25", message, Text(install, install))
    settings = {"connect_timeout": str(_CONNECT_WITHIN), "application_name": "checker", **address.settings}
    if address.password is not None:
        settings["password"] = address.password.reveal()
    connection: Connection = dbapi.connect(" ".join(f"{name}={_literal(value)}" for name, value in settings.items()))
    return connection


def _literal(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _relation(schema: str, name: str, rows: list[tuple[object, ...]]) -> Relation:
    columns = tuple(Column(str(row[2]), str(row[4])) for row in rows)
    key = sorted((int(str(row[5])), str(row[2])) for row in rows if int(str(row[5])) >= 0)
    return Relation(schema, name, columns, tuple(column for _, column in key), str(rows[0][3]), bool(rows[0][6]))


# --- types ---------------------------------------------------------------------------------------


def _asked(column: str, type: str) -> str:
    """What to select so that nothing is lost on the way."""
    if type in _AS_THEY_ARE:
        return column
    if type in _DAYS:
        first, last = _DAYS[type]
        inside = f"{column} between '{first}'::{type} and '{last}'::{type}"
        return f"case when {inside} then {column} end as {column}, case when not ({inside}) then {column}::text end as x{column}"
    if type == "bytea":
        return f"({column} is not null)::int4 as {column}"
    if type in ("json", "jsonb"):
        return f"{_JSON.format(column)} as {column}"
    if type == "money":
        return f"{column}::numeric::text as {column}"
    if type == "float4":
        return f"{column}::text::float8 as {column}"  # 1.1, not 1.10000002384
    return f"{column}::{'text[]' if type.startswith('_') else 'text'} as {column}"


def _typed(frame: pl.DataFrame, column: str, type: str) -> pl.Series:
    series = frame[column]
    if type in _DAYS:
        if type == "timestamptz":
            series = series.dt.convert_time_zone(LOCAL).dt.replace_time_zone(None)
        beyond = frame[f"x{column}"]
        if beyond.null_count() < len(beyond):
            return pl.select(pl.coalesce(beyond, series.dt.to_string("iso"))).to_series().alias(column)
        return series
    if type in ("numeric", "money"):
        return _number(series)
    if isinstance(series.dtype, pl.List):
        return series.list.join("、", ignore_nulls=True).replace("", "无")
    return series


def _number(texts: pl.Series) -> pl.Series:
    """Exact decimals: whole numbers and short ones as numbers, longer ones as they are written."""
    point = texts.str.contains(".", literal=True)
    short = texts.str.strip_chars_end("0").str.strip_chars_end(".")
    written = pl.select(pl.when(point).then(short).otherwise(texts)).to_series().alias(texts.name)
    written = written.replace("NaN", None)
    if written.str.contains(r"^-?[0-9]{1,18}$").all():
        return written.cast(pl.Int64)
    digits = written.str.replace_all(r"[^0-9]", "").str.strip_chars_start("0").str.len_chars()
    if written.str.contains(r"^-?[0-9]+(?:\.[0-9]+)?$").all() and (digits <= _DIGITS).all():
        return written.cast(pl.Float64)
    return written


# --- what went wrong -----------------------------------------------------------------------------

_SAID = re.compile(r"(?:FATAL|ERROR|PANIC|致命错误|错误):\s*(.+)")
_ADVICE = Text(
    "用户和口令放在环境变量 CHECKER_DB_USER、CHECKER_DB_PASSWORD（或 PGUSER、PGPASSWORD、口令文件）中",
    "user and password in the environment: CHECKER_DB_USER, CHECKER_DB_PASSWORD (or PGUSER, PGPASSWORD, a password file)",
)


def told(address: Address, error: Exception) -> DataError:
    """Of the driver's text only what the server says, without the statement around it."""
    whole = str(error)
    server = _SAID.search(whole)
    said = server[1].strip() if server is not None else whole.split("\n")[0].rpartition("Failed to connect: ")[2]
    if "statement timeout" in whole or "57014" in whole:
        return address.refused("E25", timed_out(address))
    if "Failed to connect" in whole:
        if re.search("authentication|password|认证|口令", whole):
            return address.refused("E25", Text("用户名或口令不对", "user name or password is wrong"), _ADVICE)
        return address.refused("E25", Text(f"连不上数据库：{said}", f"cannot connect: {said}"))
    if re.search("25006|read-only|read-write|data-modifying", whole):
        message = Text("查询只能读取，不能改动数据库", "the query may only read, not change the database")
        return address.refused("E27", message)
    if re.search("SQLSTATE: 42", whole):
        return address.refused("E27", Text(f"查询写得不对：{said}", f"the query is wrong: {said}"))
    if re.search("terminat|server closed|connection to server was lost|no connection", whole):
        message = Text(
            "读到一半数据库断开了，已读的不采用", "the database went away while it was read; nothing of it is used"
        )
        return address.refused("E25", message, Text("请重新运行", "run it again"))
    return address.refused("E25", Text(f"读取失败：{said}", f"cannot be read: {said}"))
