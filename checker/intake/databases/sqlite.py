"""A SQLite file, opened for reading only → its tables, and their rows in the types that their cells really have."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import polars as pl

from checker.errors import DataError, Text
from checker.intake.cells import normal
from checker.intake.databases.address import Address
from checker.intake.databases.session import Column, Relation, Rows, quoted, single_select, timed_out
from checker.intake.formats import limits

_CHUNK = 5_000
# A file from anywhere: a view may make any number of rows of nothing. Real ones come to a few times the file's size.
_MOST_TIMES, _MOST_ANYWAY = 20, 200_000_000
_LONGEST_CELL = 20_000_000
_STEPS = 100_000  # of SQLite's machine, between two looks at the clock
_MAGIC = b"SQLite format 3\0"
_MAY = frozenset([sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE])
_EXACT = 2**53  # whole numbers up to here are the same as floats
_TABLES = "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'"
_COLUMNS = "select name, type, pk from pragma_table_xinfo(?) where hidden != 1 order by cid"


class Sqlite:
    default = ""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._declared: dict[str, list[str]] = {}
        path = Path(address.path)
        if not path.is_file():
            raise address.refused("E25", Text("没有这个文件", "no such file"))
        with path.open("rb") as file:
            head = file.read(20)
        if head and not head.startswith(_MAGIC):
            raise address.refused("E25", _NOT_SQLITE)
        # Even a reader of a write-ahead database makes files beside it, unless it is told that nobody writes.
        alone = head[18:19] == b"\2" and not Path(f"{path}-wal").exists()
        uri = f"file:{quote(str(path))}?mode=ro{'&immutable=1' if alone else ''}"
        self._connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        self._most = max(path.stat().st_size * _MOST_TIMES, _MOST_ANYWAY)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_CELL)
        self._connection.execute("pragma query_only = on")
        self._connection.execute("pragma trusted_schema = off")
        self._connection.execute("begin")
        until = time.monotonic() + address.timeout
        self._connection.set_progress_handler(lambda: int(time.monotonic() > until), _STEPS)

    def relations(self) -> list[Relation]:
        return [self._relation(name) for (name,) in sorted(self._connection.execute(_TABLES).fetchall())]

    def _relation(self, name: str) -> Relation:
        try:
            columns = self._connection.execute(_COLUMNS, (name,)).fetchall()
        except sqlite3.Error:
            return Relation("", name, (), readable=False)  # a view of a table that is gone
        self._declared[name] = [str(type).upper() for _, type, _ in columns]
        key = sorted((place, column) for column, _, place in columns if place)
        return Relation("", name, tuple(Column(column) for column, _, _ in columns), tuple(column for _, column in key))

    def rows(self, what: Relation | str) -> Rows:
        if isinstance(what, Relation):
            columns = ", ".join(quoted(column.name) for column in what.columns)
            query, declared = f"select {columns} from {quoted(what.name)}", self._declared[what.name]
        else:
            query, declared = single_select(self._address, what), []
        # From here on nothing but reading: no other file, no setting, no command.
        self._connection.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in _MAY else sqlite3.SQLITE_DENY)
        try:
            found = self._fetched(query)
        except sqlite3.OperationalError as error:
            if "decode to UTF-8" not in str(error):
                raise
            self._connection.text_factory = _decoded
            found = self._fetched(query)
        frame: dict[str, pl.Series] = {}
        for at, column in enumerate(found):
            if (series := column.whole()) is not None:
                frame[f"c{at}"] = _declared(series, declared[at] if declared else "")
        titles = tuple(found[int(name[1:])].name for name in frame)
        return Rows(titles, pl.DataFrame(frame), {column.name: column.binary for column in found if column.binary})

    def _fetched(self, query: str) -> list[_Column]:
        """Only a chunk of rows at a time is Python's; before the next it is columns."""
        cursor = self._connection.execute(query)
        columns = [_Column(str(each[0])) for each in cursor.description]
        while rows := cursor.fetchmany(_CHUNK):
            for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
                column.add(cells)
            if sum(column.size for column in columns) > self._most:
                raise self._address.refused("E25", _too_much(self._most))
        return columns

    def told(self, error: Exception) -> DataError:
        return told(self._address, error)

    def close(self) -> None:
        self._connection.close()


_NOT_SQLITE = Text("不是 SQLite 数据库，或已损坏、有密码", "not a SQLite database, or damaged, or encrypted")


def told(address: Address, error: Exception) -> DataError:
    said = str(error)
    if "not a database" in said or "malformed" in said:
        return address.refused("E25", _NOT_SQLITE)
    if said == "interrupted":
        return address.refused("E25", timed_out(address))
    if "too big" in said:
        most = limits.in_mb(_LONGEST_CELL)
        return address.refused("E25", Text(f"有一格超过{most}，没有读取", f"a cell is beyond {most}, not read"))
    if "not authorized" in said or "prohibited" in said or "readonly" in said:
        return address.refused("E27", Text("查询只能读取本库的表", "the query may only read tables of this database"))
    return address.refused("E25", Text(f"读取失败：{said}", f"cannot be read: {said}"))


def _too_much(most: int) -> Text:
    return Text(
        f"内容超过{limits.in_mb(most)}，远大于文件本身，已停止；请检查其中的视图",
        f"more than {limits.in_mb(most)}, far beyond the file itself: stopped; look at its views",
    )


class _Column:
    """In SQLite every cell has a type of its own, whatever its column says: the types that were met decide."""

    _TYPES: dict[type, pl.DataType] = {int: pl.Int64(), float: pl.Float64(), str: pl.String()}  # noqa: RUF012

    def __init__(self, name: str) -> None:
        self.name, self.binary, self.size = name, 0, 0
        self._chunks: list[pl.Series] = []

    def add(self, cells: Sequence[object]) -> None:
        types = set(map(type, cells))
        if bytes in types:
            cells = [_decoded(cell) if isinstance(cell, bytes) else cell for cell in cells]
            self.binary += sum(isinstance(cell, bytes) for cell in cells)
            cells = [None if isinstance(cell, bytes) else cell for cell in cells]
            types = set(map(type, cells))
        types.discard(type(None))
        if types == {int, float} and all(abs(cell) <= _EXACT for cell in cells if isinstance(cell, int)):
            types = {float}
        if not types:
            chunk = pl.Series(cells, dtype=pl.Null)
        elif len(types) == 1:
            chunk = pl.Series(cells, dtype=self._TYPES[types.pop()], strict=False)
        else:
            chunk = pl.Series(list(map(_text, cells)), dtype=pl.String)
        self._chunks.append(chunk)
        self.size += len(chunk) + int(chunk.estimated_size())

    def whole(self) -> pl.Series | None:
        """The column in the one type that holds all its cells; None if it holds nothing but files or pictures."""
        types = {chunk.dtype for chunk in self._chunks} - {pl.Null()}
        if not types:
            return None if self.binary else pl.Series([None] * sum(map(len, self._chunks)), dtype=pl.Null)
        if types == {pl.Int64(), pl.Float64()}:
            whole = [chunk for chunk in self._chunks if chunk.dtype == pl.Int64]
            types = {pl.Float64()} if all(chunk.is_between(-_EXACT, _EXACT).all() for chunk in whole) else types
        dtype = types.pop() if len(types) == 1 else pl.String()
        return pl.concat([_as(chunk, dtype) for chunk in self._chunks], rechunk=False)


def _as(chunk: pl.Series, dtype: pl.DataType) -> pl.Series:
    """A number among texts is what one would type: 3, not 3.0."""
    if dtype == pl.String and chunk.dtype.is_numeric():
        return pl.Series(list(map(_text, chunk)), dtype=dtype)
    return chunk.cast(dtype)


def _text(cell: object) -> str | None:
    return cell if cell is None or isinstance(cell, str) else normal(cell)


def _decoded(text: bytes) -> str | bytes:
    for encoding in ("utf-8", "gb18030"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text


def _declared(series: pl.Series, type: str) -> pl.Series:
    """SQLite keeps truths as numbers and days as texts; a column that is declared to hold them holds them if all fit."""
    if type.startswith("BOOL") and series.dtype == pl.Int64 and series.is_in([0, 1]).all():
        return series.cast(pl.Boolean)
    if type.startswith(("DATE", "TIMESTAMP")) and series.dtype == pl.String:
        for dtype, form in ((pl.Date, "%Y-%m-%d"), (pl.Datetime("us"), "%Y-%m-%d %H:%M:%S%.f")):
            days = series.str.strptime(dtype, form, strict=False)
            if days.null_count() == series.null_count():
                return days
    return series
