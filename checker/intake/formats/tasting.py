"""A Parquet file → nothing, once another process has read it unharmed; else why it is not read.

A damaged page can ask for more memory than there is, and the library ends the process. So one reads first that may be lost.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from pathlib import Path
from threading import Timer

from checker import processes
from checker.errors import Text
from checker.intake.formats import limits, taster
from checker.intake.grid import Unreadable

_Process = subprocess.Popen[bytes]
_running: list[_Process] = []  # one for all files: to start it takes longer than to read most of them


def taste(what: bytes | Path) -> None:
    """Unreadable if the file cannot be read."""
    is_path = isinstance(what, Path)
    content = os.fsencode(what.absolute()) if isinstance(what, Path) else what
    size = what.stat().st_size if isinstance(what, Path) else len(what)
    head = taster.HEAD.pack(
        taster.PATH if is_path else taster.BYTES,
        len(content),
        limits.PIECE_ROWS if is_path else 0,
        limits.MAX_MEMORY_APART + size,
    )
    process = _process()
    watch = Timer(limits.MAX_SECONDS_APART, process.kill)
    watch.start()
    try:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(head + content)
        process.stdin.flush()
        answer = process.stdout.read(1)
    except OSError:
        answer = b""
    finally:
        watch.cancel()
    if not answer:
        _end()
    if answer != taster.READ:
        raise Unreadable(_refusal())


def _process() -> _Process:
    if _running:
        return _running[0]
    command = [sys.executable, "-P", str(Path(taster.__file__))]
    pipe, places = subprocess.PIPE, processes.environment()
    try:
        started = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=places)
    except OSError as error:
        raise Unreadable(_CANNOT_START) from error
    _running.append(started)
    return started


@atexit.register
def _end() -> None:
    while _running:
        process = _running.pop()
        process.kill()
        process.communicate()


def _refusal() -> Text:
    memory = limits.in_mb(limits.MAX_MEMORY_APART)
    return Text(
        f"不是有效的 Parquet 文件，或已损坏，或读取所需超过{memory}内存的限度",
        f"not a valid Parquet file, or damaged, or more than {memory} of memory would be needed",
    )


_CANNOT_START = Text(
    "Parquet 文件先由另一个进程试读，而系统没有允许；请改用 .csv",
    "a Parquet file is first read by a process of its own, which could not be started; use .csv",
)
