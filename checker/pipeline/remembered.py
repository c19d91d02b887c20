"""A pack's folders → the pack as it was last found sound, if since then no byte of them, nor of this program, has changed.

Reading and checking three hundred documents takes most of a second, compiling them for a day and putting that into expressions
half as long; what came of it is kept in the user's cache folder. A file there is only believed if nobody else can write in the
folder, and if its digest is right: whatever is wrong with it, the documents are read again. `CHECKER_CACHE` names another
folder, or says `off`.
"""

from __future__ import annotations

import os
import pickle
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from checker import collector
from checker.model import Pack
from checker.plan import Plan

_CODE = Path(__file__).resolve().parents[1]
_KEPT = 16  # of each kind; the oldest go
_T = TypeVar("_T")


def place(folders: Sequence[Path]) -> Path | None:
    """Where a pack made from these folders as they are now is kept: its own, and those of the packs that it extends."""
    kept_in = _folder()
    if kept_in is None:
        return None
    key = sha256()
    for part in _parts(folders):
        key.update(f"{len(part)} ".encode() + part)
    return kept_in / f"{key.hexdigest()}.pack"


def recall(path: Path) -> Pack | None:
    pack = _recalled(path, ())
    return _noted(pack, path) if isinstance(pack, Pack) else None


def keep(path: Path, pack: Pack) -> None:
    """Where it cannot be kept, it is not: the next run reads the documents again."""
    _keep(path, _noted(pack, path), ())


def compiled(pack: Pack, name: str, make: Callable[[], _T]) -> _T:
    """What follows from a pack alone, kept beside it if it is kept itself."""
    beside = _place_of(pack)
    if beside is None:
        return make()
    path = beside.with_name(f"{beside.stem}.{name}")
    known = (pack, *pack.rules, *(getattr(pack, each.name) for each in fields(pack)))
    found: _T | None = _recalled(path, known)
    if found is None:
        found = make()
        _keep(path, found, known)
    return _noted(found, path)


@contextmanager
def expressions(plan: Plan, said: dict[Any, Any]) -> Iterator[None]:
    """What the engine makes of a plan that is kept: put into `said` before, and kept afterwards if there is more of it."""
    beside = _place_of(plan)
    path = None if beside is None else beside.with_suffix(f".{version('polars')}.said")
    if path is not None and not said and isinstance(kept := _recalled(path, ()), dict):
        said.update(kept)
    before = len(said)
    yield
    if path is not None and len(said) > before:
        _keep(path, said, ())


# What was read or compiled last of its kind: only of these is asked what else is kept of them.
_latest: dict[str, tuple[object, Path]] = {}


def _noted(found: _T, path: Path) -> _T:
    _latest[path.suffix] = (found, path)
    return found


def _place_of(found: object) -> Path | None:
    return next((path for known, path in _latest.values() if known is found), None)


class _Writer(pickle.Pickler):
    """What is at hand already is only named."""

    def __init__(self, file: BytesIO, known: Sequence[object]) -> None:
        super().__init__(file, protocol=5)
        self._names = {id(each): name for name, each in enumerate(known)}

    def persistent_id(self, obj: object) -> int | None:
        return self._names.get(id(obj))


class _Reader(pickle.Unpickler):
    def __init__(self, file: BytesIO, known: Sequence[object]) -> None:
        super().__init__(file)
        self._known = known

    def persistent_load(self, pid: int) -> object:
        return self._known[pid]


def _recalled(path: Path, known: Sequence[object]) -> Any:
    """Nothing, if it is not there or not as it was written."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, payload = content[:32], content[32:]
    if sha256(payload).digest() != digest:
        return None
    try:
        with collector.at_rest():
            return _Reader(BytesIO(payload), known).load()
    except Exception:
        return None


def _keep(path: Path, value: object, known: Sequence[object]) -> None:
    written = BytesIO()
    _Writer(written, known).dump(value)
    payload = written.getvalue()
    with suppress(OSError):
        # Another run may be writing the same: whoever is last puts a whole file in place of a whole file.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sha256(payload).digest() + payload)
            os.replace(name, path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        for old in sorted(path.parent.glob(f"*{path.suffix}"), key=lambda each: each.stat().st_mtime)[:-_KEPT]:
            old.unlink(missing_ok=True)


def _parts(folders: Sequence[Path]) -> Iterator[bytes]:
    """All that a pack is made from: the documents under the names by which messages call them, and this program."""
    yield platform.python_version().encode()
    for folder in (_CODE, *folders):
        yield f"{folder} {folder.resolve()}".encode()
    for path in _files(_CODE):
        if path.suffix == ".py":
            stat = path.stat()
            yield f"{path.relative_to(_CODE)} {stat.st_size} {stat.st_mtime_ns}".encode()
    for folder in folders:
        for path in _files(folder):
            yield str(path.relative_to(folder)).encode(errors="surrogateescape")
            yield path.read_bytes()


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(place, name) for name in sorted(names) if Path(place, name).is_file())


def _folder() -> Path | None:
    """Of this user, and writable for nobody else: what lies there is run like a program."""
    said = os.environ.get("CHECKER_CACHE", "")
    if said == "off":
        return None
    folder = Path(said) if said else _users_own()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stat = folder.stat()
    except OSError:
        return None
    if hasattr(os, "getuid") and (stat.st_uid != os.getuid() or stat.st_mode & 0o022):
        return None
    return folder


def _users_own() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("checker", appauthor=False)
