"""A file → what it shows of having been saved again, without being read."""

from __future__ import annotations

from pathlib import Path

Sign = tuple[int, int, int]  # size, time of the last change in ns, which file it is


def sign(path: Path) -> Sign:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino
