"""A file → its digest; and what it shows of having been saved again, without being read."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

Sign = tuple[int, int, int]  # size, time of the last change in ns, which file it is


def sign(path: Path) -> Sign:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def digest(path: Path) -> str:
    """SHA-256; a large file is not held."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
