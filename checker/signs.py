"""A file, or this program → its digest; and what a file shows of having been saved again, without being read."""

from __future__ import annotations

from hashlib import file_digest, sha256
from pathlib import Path

_CODE = Path(__file__).resolve().parent

Sign = tuple[int, int, int]  # size, time of the last change in ns, which file it is


def sign(path: Path) -> Sign:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def digest(path: Path) -> str:
    """SHA-256; a large file is not held."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def program() -> str:
    """SHA-256 of this program's own code: a number of a version says nothing of what somebody has changed in it since."""
    found = sha256()
    for path in sorted(_CODE.rglob("*.py"), key=lambda each: each.relative_to(_CODE).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        found.update(f"{path.relative_to(_CODE).as_posix()} {len(content)} ".encode() + content)
    return found.hexdigest()
