"""What SQLite and PostgreSQL have in common: tables that may be read, a query that only reads → rows in an order of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, TypeVar

import polars as pl

from checker.errors import DataError, Text
from checker.intake.databases.address import Address

_SLICE = 100_000
# Comments, texts, quoted names, and PostgreSQL's dollar quotes: what a semicolon in them says is no command.
_QUOTED = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$", re.DOTALL
)
_COMMENT = re.compile(r"\s+|--[^\n]*(?:\n|$)|/\*.*?\*/", re.DOTALL)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view. `key`: its primary key; `shown`: how it is called where it is read from."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    comment: str = ""
    readable: bool = True

    @property
    def shown(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns by their names; `binary`: columns that hold files or pictures → how many cells of them are filled."""

    titles: tuple[str, ...]
    frame: pl.DataFrame
    binary: dict[str, int]


class Session(Protocol):
    """One consistent look at a database, in which nothing can be written."""

    default: str  # the schema that is read where none is asked for

    def relations(self) -> list[Relation]: ...

    def rows(self, what: Relation | str) -> Rows:
        """All of a table, or what a query finds; in any order."""

    def told(self, error: Exception) -> DataError:
        """What went wrong, in the words of those who use the database."""

    def close(self) -> None: ...


def attempt(told: Callable[[Exception], DataError], action: Callable[[], T]) -> T:
    """The driver's own exception is let go before ours is raised: it must not hang on it as its context."""
    try:
        return action()
    except DataError:
        raise
    except Exception as error:
        refusal = told(error)
    raise refusal


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def single_select(address: Address, query: str) -> str:
    """One SELECT, with or without WITH. The database itself refuses what gets past this."""
    bare = query.strip().rstrip(";").rstrip()
    start = 0
    while gap := _COMMENT.match(bare, start):
        start = gap.end()
    if ";" in _QUOTED.sub(" ", bare):
        message = Text("查询只能是一条语句", "the query must be a single statement")
    elif not re.match(r"(?:select|with)\b", bare[start:], re.IGNORECASE):
        message = Text(
            "查询只能读取：要以 SELECT 或 WITH 开头", "the query may only read: it begins with SELECT or WITH"
        )
    else:
        return bare
    raise address.refused("E27", message)


def in_order(rows: Rows, key: Sequence[str]) -> Rows:
    """A database promises no order. By the key, else by everything, so that the same content gives the same bytes."""
    names = dict(zip(rows.titles, rows.frame.columns, strict=True))
    by = [names[name] for name in key if name in names] or rows.frame.columns
    by = [name for name in by if rows.frame[name].dtype != pl.Null]
    if not by or rows.frame.is_empty():
        return rows
    return Rows(rows.titles, rows.frame.sort(by, nulls_last=True, maintain_order=True), rows.binary)


def digest(rows: Rows) -> str:
    """Of what was read: names and cells, however the database keeps them."""
    seen = sha256("\0".join(rows.titles).encode())
    cells = pl.all().cast(pl.String).fill_null("\0")
    for part in rows.frame.iter_slices(_SLICE):
        seen.update(part.select(pl.concat_str(cells, separator="\x1f").str.join("\x1e")).item().encode())
    return seen.hexdigest()


def timed_out(address: Address) -> Text:
    seconds = f"{address.timeout:g}"
    return Text(
        f"超过{seconds}秒没有读完，已停止；可在地址后加 timeout=秒数",
        f"stopped after {seconds} seconds; add timeout=SECONDS to the address",
    )
