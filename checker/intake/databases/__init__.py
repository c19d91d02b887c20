"""SQLite files and PostgreSQL databases, by their address → the rows they hold, read like any sheet and never written to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from checker.errors import UsageError
from checker.intake.answered import ByFile
from checker.intake.context import Context, Found
from checker.intake.databases.address import SUFFIXES, Address, is_address, of_file, parse
from checker.intake.databases.choosing import Asked
from checker.intake.databases.reading import found_in
from checker.intake.databases.session import Session, attempt
from checker.mapping import DatabaseMap, DataMap

__all__ = ["Asked", "asked_for", "is_address", "read"]


def asked_for(
    addresses: Sequence[str], files: Sequence[tuple[Path, str]], mapping: DataMap
) -> tuple[list[Asked], dict[Path, Asked]]:
    """Databases by address, then those that only a mapping names; and which of the files are databases. Each with what
    the mappings say of it.
    """
    said = [(_parsed(entry), entry) for entry in mapping.databases]
    given = [parse(address) for address in addresses]
    inside = {path: of_file(path, name) for path, name in files if path.suffix.lower() in SUFFIXES}
    places = {address.place for address in (*given, *inside.values())}
    others = {address.place: address for address, _ in said if address.place not in places}
    asked = [Asked(address, _about(address, said)) for address in given]
    asked += [Asked(address, _about(address, said), whole=False) for address in others.values()]
    return asked, {path: Asked(address, _about(address, said)) for path, address in inside.items()}


def _about(address: Address, said: Sequence[tuple[Address, DatabaseMap]]) -> tuple[DatabaseMap, ...]:
    return tuple(entry for other, entry in said if other.place == address.place)


def _parsed(entry: DatabaseMap) -> Address:
    try:
        return parse(entry.url)
    except UsageError as error:
        refused = [replace(diagnostic, span=entry.span) for diagnostic in error.diagnostics]
    raise UsageError(refused)


def read(asked: Asked, context: Context, instead: ByFile) -> list[Found]:
    """All or nothing: a database that breaks off half way is an error, not half a table. `instead`: what was answered."""
    session = _opened(asked.address)
    try:
        return found_in(session, asked, context, instead)
    finally:
        session.close()


def _opened(address: Address) -> Session:
    if address.kind == "sqlite":
        from checker.intake.databases import sqlite

        return attempt(lambda error: sqlite.told(address, error), lambda: sqlite.Sqlite(address))
    from checker.intake.databases import postgres

    return attempt(lambda error: postgres.told(address, error), lambda: postgres.Postgres(address))
