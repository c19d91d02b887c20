"""SQLite files and PostgreSQL databases, by their address → the rows they hold, read like any sheet and never written to."""

from __future__ import annotations

from checker.intake.answered import ByFile
from checker.intake.databases.address import SUFFIXES, Address, is_address, of_file, parse
from checker.intake.databases.reading import found_in
from checker.intake.databases.session import Session, attempt
from checker.intake.sheets import Context, Found

__all__ = ["SUFFIXES", "Address", "is_address", "of_file", "parse", "read"]


def read(address: Address, context: Context, instead: ByFile) -> list[Found]:
    """All or nothing: a database that breaks off half way is an error, not half a table. `instead`: what was answered."""
    session = _opened(address)
    try:
        return found_in(session, address, context, instead)
    finally:
        session.close()


def _opened(address: Address) -> Session:
    if address.kind == "sqlite":
        from checker.intake.databases import sqlite

        return attempt(lambda error: sqlite.told(address, error), lambda: sqlite.Sqlite(address))
    from checker.intake.databases import postgres

    return attempt(lambda error: postgres.told(address, error), lambda: postgres.Postgres(address))
