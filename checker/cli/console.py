"""Text → the terminal or a pipe: which language, safe writing, progress. The only place that prints."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO, get_args

from checker.errors import Language, Text, without_password
from checker.visible import visible_lines

# The first packs are Chinese; whoever wants English says so once, in CHECKER_LANG.
DEFAULT_LANGUAGE: Language = "zh"


def asked_language(args: Sequence[str], environ: Mapping[str, str] = os.environ) -> Language | None:
    """--lang, else CHECKER_LANG; never the locale. Looked up before the arguments are parsed: help needs it too."""
    found = environ.get("CHECKER_LANG", "")
    for at, arg in enumerate(args):
        if arg == "--":
            break
        if arg == "--lang" and at + 1 < len(args):
            found = args[at + 1]
        elif arg.startswith("--lang="):
            found = arg.removeprefix("--lang=")
    return next((known for known in get_args(Language) if known == found.strip().lower()), None)


def make_streams_safe() -> None:
    """UTF-8 whatever the console or the pipe thinks it is; a character that cannot be shown never stops a run."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


def say(text: str) -> None:
    _write(sys.stdout, visible_lines(text))


def complain(text: str) -> None:
    _write(sys.stderr, visible_lines(without_password(text)))


def say_bytes(content: bytes) -> None:
    """A report as it is: its bytes are the same on the screen and in a file."""
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        _write(sys.stdout, content.decode("utf-8-sig"), end="")
        return
    with _quiet_when_closed(sys.stdout):
        sys.stdout.flush()
        binary.write(content)
        binary.flush()


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with _quiet_when_closed(stream):
            stream.flush()


def _write(stream: TextIO, text: str, end: str = "\n") -> None:
    with _quiet_when_closed(stream):
        stream.write(text if text.endswith("\n") else text + end)
        stream.flush()


@contextmanager
def _quiet_when_closed(stream: TextIO) -> Iterator[None]:
    """`checker … | head` closes the pipe: what is left is not written, and the exit code stays the answer."""
    try:
        yield
    except OSError as error:
        # Windows calls a closed pipe an invalid argument.
        if error.errno not in (errno.EPIPE, errno.EINVAL):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def progress(what: Text, lang: Language) -> Iterator[Callable[[int, int], None]]:
    """A sign of life on a terminal, with rate and remaining time once it is told how much of how many records is done;
    nothing at all in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    # The usual dots are Braille, which a Chinese console cannot show.
    rate = TextColumn("{task.fields[rate]}")
    columns = (SpinnerColumn("line"), TextColumn("{task.description}"), BarColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what.of(lang), total=None, rate="")

        def tell(done: int, total: int) -> None:
            speed = shown.tasks[task].finished_speed or shown.tasks[task].speed or 0.0
            per = Text(f"每秒{speed:,.0f}条记录", f"{speed:,.0f} records/s").of(lang) if speed else ""
            shown.update(task, completed=done, total=total, rate=f"{done:,}/{total:,}  {per}")

        yield tell
