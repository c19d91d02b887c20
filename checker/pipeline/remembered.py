"""A pack's folders → the pack as it was last found sound, if since then no byte of them, nor of this program, has changed.

Reading and checking three hundred documents takes most of a second, compiling them for a day and putting that into expressions
half as long; what came of it is kept in the user's cache folder. A file there is only believed if nobody else can write in the
folder, and if its digest is right: whatever is wrong with it, the documents are read again. `CHECKER_CACHE` names another
folder, or says `off`.
"""

from __future__ import annotations

import gc
import os
import pickle
import platform
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from checker.model import Pack
from checker.plan import Plan

_CODE = Path(__file__).resolve().parents[1]
_KEPT = 16  # packs, and as many plans; the oldest go


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


def place_of_plan(pack: Pack, as_of: date, known_at: date | None) -> Path | None:
    """Where what was compiled from a pack is kept, if the pack itself is: beside it."""
    beside = [path for known, path in _noted_last if known is pack]
    return beside[0].with_name(f"{beside[0].stem}.{as_of}.{known_at or ''}.plan") if beside else None


def recall_plan(path: Path, pack: Pack) -> Plan | None:
    plan = _recalled(path, (pack, *pack.rules))
    return _noted(plan, path) if isinstance(plan, Plan) else None


def keep_plan(path: Path, plan: Plan) -> None:
    _keep(path, _noted(plan, path), (plan.pack, *plan.pack.rules))


@contextmanager
def expressions(plan: Plan, said: dict[Any, Any]) -> Iterator[None]:
    """What the engine makes of a plan that is kept: put into `said` before, and kept afterwards if there is more of it."""
    beside = [path for known, path in _noted_last if known is plan]
    path = beside[0].with_suffix(f".{version('polars')}.said") if beside else None
    if path is not None and not said and isinstance(kept := _recalled(path, ()), dict):
        said.update(kept)
    before = len(said)
    yield
    if path is not None and len(said) > before:
        _keep(path, said, ())


# What was read or compiled last: only of these is asked what else is kept of them.
_noted_last: list[tuple[object, Path]] = []
_T = TypeVar("_T", Pack, Plan)


def _noted(found: _T, path: Path) -> _T:
    _noted_last[:] = [*(each for each in _noted_last[-1:] if each[1] != path), (found, path)]
    return found


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


def _recalled(path: Path, known: Sequence[object]) -> object:
    """Nothing, if it is not there or not as it was written."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, payload = content[:32], content[32:]
    if sha256(payload).digest() != digest:
        return None
    gc.disable()  # it would look through the thousands of new objects again and again
    try:
        return _Reader(BytesIO(payload), known).load()
    except Exception:
        return None
    finally:
        gc.enable()


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
