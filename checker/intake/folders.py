"""DATA as named by a caller → the files in it, each under the name by which it is reported; what is no file to read is told."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from checker.errors import Diagnostic, Span, Text
from checker.intake.formats import limits, refusal
from checker.intake.grid import Unreadable
from checker.tables.papers import is_own_folder, is_paper
from checker.visible import visible

CANNOT_READ = "E22"
_BESIDE = re.compile(r"\.(?:db|sqlite3?)-(?:wal|shm|journal)$", re.IGNORECASE)

_NO_SUCH = Text("没有这个文件或文件夹", "no such file or folder")
_LINK = Text(
    "是指向别处的链接，没有跟随；请放入文件本身", "a link to another place, not followed; put the file itself here"
)
_SPECIAL = Text("不是普通文件（是设备或管道），没有读取", "not a regular file (a device or a pipe), not read")
_EMPTY = Text("是空文件（0字节）", "an empty file (0 bytes)")
_GONE = Text("读取时文件已经不在", "the file had gone when it was to be read")
_DENIED = Text("没有读取权限", "no permission to read it")
_TOO_LONG = Text("路径或文件名太长", "the path or name is too long")
_FAULT = Text("磁盘或网络盘读取出错", "the disk or network drive reported an error")
_REASONS = {
    errno.ENOENT: _GONE,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.ENAMETOOLONG: _TOO_LONG,
    errno.EIO: _FAULT,
    errno.ESTALE: _FAULT,
    errno.ETIMEDOUT: _FAULT,
}


@dataclass(slots=True)
class Listing:
    """`files`: what to read, in an order that is the same on every machine. `skipped`: names of what a system left there;
    `papers`: of what we wrote to a county ourselves, or it sent back.
    """

    files: list[tuple[Path, str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    refused: list[Diagnostic] = field(default_factory=list)

    def refuse(self, name: str, reason: Text) -> None:
        self.refused.append(Diagnostic(CANNOT_READ, Span(name), reason))


def listing(paths: Sequence[str | Path]) -> Listing:
    """A link that the caller names is followed; links within a folder are not: they may lead anywhere, or in circles."""
    found = Listing()
    for given in map(Path, paths):
        try:
            mode = os.stat(given).st_mode
        except ValueError:  # a zero byte in the path
            found.refuse(visible(str(given)), _NO_SUCH)
            continue
        except OSError as error:
            gone = error.errno in (errno.ENOENT, errno.ENOTDIR)
            found.refuse(visible(str(given)), _NO_SUCH if gone else in_words(error))
            continue
        if stat.S_ISDIR(mode):
            for path, name in _inside(given, found):
                _take(path, name, found)
        elif stat.S_ISREG(mode):
            _take(given, visible(given.name), found)
        else:
            found.refuse(visible(str(given)), _SPECIAL)
    return found


def _inside(folder: Path, found: Listing) -> Iterator[tuple[Path, str]]:
    open_folders = [iter(_entries(folder, "", found))]
    while open_folders:
        entry = next(open_folders[-1], None)
        if entry is None:
            open_folders.pop()
            continue
        name = visible(Path(entry.path).relative_to(folder).as_posix())
        if _is_leftover(entry.name):
            found.skipped.append(name)
        elif entry.is_symlink():
            found.refuse(name, _LINK)
        elif entry.is_dir(follow_symlinks=False):
            inside = _entries(Path(entry.path), name, found)
            if is_own_folder(each.name for each in inside):
                found.papers.append(name)
            else:
                open_folders.append(iter(inside))
        elif is_paper(entry.name):
            found.papers.append(name)
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path), name
        else:
            found.refuse(name, _SPECIAL)


def _entries(folder: Path, name: str, found: Listing) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        found.refuse(name or visible(str(folder)), in_words(error))
        return []


def _take(path: Path, name: str, found: Listing) -> None:
    if _is_leftover(path.name):
        found.skipped.append(name)
    elif (reason := refusal(path.suffix.lower())) is not None:
        found.refuse(name, reason)
    else:
        found.files.append((path, name))


def _is_leftover(name: str) -> bool:
    """Office leaves ~$name beside an open workbook, SQLite name-wal; a folder may hold what the system put there."""
    return name.startswith((".", "~$")) or name.lower() == "thumbs.db" or _BESIDE.search(name) is not None


def contents(path: Path, suffix: str) -> bytes:
    """The whole file. It may have changed since it was listed: it is looked at once more, now that it is open."""
    limit = limits.most_bytes(suffix)
    try:
        # Without waiting: nobody may ever write into a pipe.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(number, "rb") as file:
            state = os.fstat(number)
            if not stat.S_ISREG(state.st_mode):
                raise Unreadable(_SPECIAL)
            if not state.st_size:
                raise Unreadable(_EMPTY)
            if state.st_size > limit:
                raise Unreadable(_too_large(state.st_size, limit))
            return file.read()
    except OSError as error:
        raise Unreadable(in_words(error)) from error


def in_words(error: OSError) -> Text:
    if (reason := _REASONS.get(error.errno or 0)) is not None:
        return reason
    said = error.strerror or type(error).__name__
    return Text(f"系统不能读取（{said}）", f"the system cannot read it ({said})")


def _too_large(size: int, limit: int) -> Text:
    has, may = limits.in_mb(size), limits.in_mb(limit)
    return Text(
        f"文件有{has}，超过{may} 的限度；请分成几个文件，或改用 .csv、.parquet",
        f"{has} is beyond the limit of {may}; split the file, or use .csv or .parquet",
    )
