"""A database's address as it is typed → where it is, what is asked of it, and its password, which nothing ever shows."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import quote, quote_plus, unquote

from checker.errors import NOWHERE, DataError, Diagnostic, Span, Text, UsageError

SUFFIXES = (".db", ".sqlite", ".sqlite3")
TIMEOUT = 600.0
USER, PASSWORD = "CHECKER_DB_USER", "CHECKER_DB_PASSWORD"
_OURS = ("schema", "table", "query", "timeout")
# What libpq may be told besides. Not `options`: it could undo that we only read.
_LIBPQ = (
    "host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout",
    "application_name", "target_session_attrs", "channel_binding", "gssencmode", "passfile", "service",
)  # fmt: skip
_KINDS: dict[str, Literal["sqlite", "postgresql"]] = {
    "sqlite": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
}
_URL = re.compile(r"([A-Za-z][A-Za-z0-9.-]+)(?:\+\w+)?:(//)?", re.ASCII)
_LOGIN = re.compile(r"[^/\\\s:@]+:[^/\\\s@]+@")
_SHORTEST = 4  # a shorter password cannot be cut out of a text without showing which letters it has


class Secret:
    """A text that shows itself to nobody who does not ask for it by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True)
class Address:
    """`name`: how the database is called in what we print and write: without host, user, password."""

    kind: Literal["sqlite", "postgresql"]
    name: str
    path: str = ""
    settings: Mapping[str, str] = made(default_factory=dict)
    password: Secret | None = None
    schema: str = ""
    tables: tuple[str, ...] = ()
    query: str = ""
    timeout: float = TIMEOUT

    @property
    def place(self) -> tuple[str, ...]:
        """The same for addresses of the same database, whoever asks and for what."""
        if self.kind == "sqlite":
            return ("sqlite", str(Path(self.path).resolve()))
        host, port = self.settings.get("host", os.environ.get("PGHOST", "")), self.settings.get("port", "")
        return ("postgresql", host, port or os.environ.get("PGPORT", "5432"), self.name)

    def refused(self, code: str, message: Text, hint: Text | None = None, span: Span | None = None) -> DataError:
        """What the driver or the server said may repeat what they were told: it is cleaned."""
        said = None if hint is None else Text(self._clean(hint.zh), self._clean(hint.en))
        cleaned = Text(self._clean(message.zh), self._clean(message.en))
        return DataError([Diagnostic(code, span or Span(self.name), cleaned, said)])

    def _clean(self, text: str) -> str:
        for secret in (self.password, Secret(os.environ.get("PGPASSWORD", ""))):
            for spelling in _spellings(secret):
                text = "***" if len(spelling) < _SHORTEST and spelling in text else text.replace(spelling, "***")
        return text


def _spellings(secret: Secret | None) -> list[str]:
    """The longest first: none may be left half cut."""
    raw = "" if secret is None else secret.reveal()
    return sorted({raw, quote(raw), quote(raw, safe=""), quote_plus(raw)} - {""}, key=lambda each: (-len(each), each))


def is_address(text: str) -> bool:
    """Whether a DATA argument is meant for a database; also one that only looks so: its password must not be printed."""
    url = _URL.match(text.removeprefix("jdbc:"))
    if url is not None and (url[2] or url[1].lower() in _KINDS):
        return True
    return _LOGIN.match(text) is not None and not Path(text).exists()


def of_file(path: Path, name: str) -> Address:
    return Address("sqlite", name, str(path))


def parse(text: str, environ: Mapping[str, str] = os.environ) -> Address:
    text = text.removeprefix("jdbc:")
    url = _URL.match(text)
    kind = _KINDS.get(url[1].lower()) if url is not None else None
    if url is None or kind is None:
        raise _unfit(
            Text("只能读取 SQLite 和 PostgreSQL 数据库", "only SQLite and PostgreSQL databases can be read"), _EXAMPLES
        )
    place, _, asked = text[url.end(1) :].partition(":")[2].partition("?")
    wanted = _asked(asked)
    address = _sqlite(place, wanted) if kind == "sqlite" else _postgresql(place, wanted, environ)
    timeout = wanted.get("timeout", [""])[-1]
    return replace(
        address,
        schema=wanted.get("schema", [""])[-1],
        tables=tuple(wanted.get("table", [])),
        query=wanted.get("query", [""])[-1],
        timeout=float(timeout) if re.fullmatch(r"\d{1,6}(?:\.\d+)?", timeout) and float(timeout) else TIMEOUT,
    )


def _asked(text: str) -> dict[str, list[str]]:
    """What stands after the question mark. A plus is a plus: SQL needs it."""
    found: dict[str, list[str]] = {}
    for part in filter(None, text.split("&")):
        name, _, value = part.partition("=")
        if name not in (*_OURS, *_LIBPQ):
            near = get_close_matches(name, (*_OURS, *_LIBPQ), n=1)
            known = "、".join(near or _OURS)
            # Not the name itself: half a password may stand here.
            message = Text("地址中问号后面有一项不认识", "the address has an unknown word after its question mark")
            raise _unfit(message, Text(f"可写：{known}", f"known: {', '.join(near or _OURS)}"))
        found.setdefault(name, []).append(unquote(value))
    return found


def _sqlite(place: str, wanted: Mapping[str, list[str]]) -> Address:
    """sqlite:///in/this/folder.db, sqlite:////from/the/root.db, and without any slash as well."""
    if place.startswith("///"):
        path = place[3:]
    else:
        path = place.removeprefix("//")
    if not path or wanted.keys() - set(_OURS) or "schema" in wanted:
        message = Text(
            "SQLite 的地址要写成 sqlite:///文件名", "the address of a SQLite database is written sqlite:///file"
        )
        raise _unfit(message, _EXAMPLES)
    return Address("sqlite", Path(path).name, path)


def _postgresql(place: str, wanted: Mapping[str, list[str]], environ: Mapping[str, str]) -> Address:
    authority, _, database = place.removeprefix("//").partition("/")
    login, _, hosts = authority.rpartition("@")
    parts = [re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:@\[\]]*)(?::(\d*))?", host) for host in hosts.split(",")]
    if not place.startswith("//") or "@" in database or None in parts:
        message = Text("看不懂 PostgreSQL 数据库的地址", "the address of the PostgreSQL database cannot be read")
        raise _unfit(message, _ENCODE)
    found = [part for part in parts if part is not None]
    user, _, password = login.partition(":")
    settings = {name: values[-1] for name, values in wanted.items() if name in _LIBPQ}
    settings |= {name: value for name, value in {"user": unquote(user), "dbname": unquote(database)}.items() if value}
    if any(part[1] for part in found):
        settings["host"] = ",".join(unquote(part[1]).strip("[]") for part in found)
    if any(part[2] for part in found):
        settings["port"] = ",".join(part[2] or "" for part in found)
    if environ.get(USER):
        settings.setdefault("user", environ[USER])
    given = unquote(password) or settings.pop("password", "") or environ.get(PASSWORD, "")
    database = settings.get("dbname") or environ.get("PGDATABASE") or settings.get("user") or "postgresql"
    return Address("postgresql", f"postgresql:{database}", "", settings, Secret(given) if given else None)


def _unfit(message: Text, hint: Text) -> UsageError:
    """Never with the address itself: a password may stand anywhere in one that is mistyped."""
    return UsageError([Diagnostic("U43", NOWHERE, message, hint)])


_EXAMPLES = Text(
    "如 sqlite:///学校.db，或 postgresql://主机/数据库?table=school；用户和口令放在环境变量 CHECKER_DB_USER、CHECKER_DB_PASSWORD 中",
    "as sqlite:///schools.db or postgresql://host/database?table=school; "
    "user and password in the environment: CHECKER_DB_USER, CHECKER_DB_PASSWORD",
)
_ENCODE = Text(
    "写成 postgresql://主机/数据库；用户和口令放在环境变量 CHECKER_DB_USER、CHECKER_DB_PASSWORD 中"
    "（写在地址里时，口令中的 / ? # @ % 要写成 %2F %3F %23 %40 %25）",
    "write postgresql://host/database, with user and password in the environment: CHECKER_DB_USER, CHECKER_DB_PASSWORD "
    "(inside an address / ? # @ % of a password are written %2F %3F %23 %40 %25)",
)
