"""What all workbooks are read with → processes beside this one that read them: copies of it where that is safe, else started anew."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, NoReturn, Protocol

from checker import processes
from checker.intake import reader
from checker.intake.answered import ByFile
from checker.intake.context import Context

_PROGRAM = "checker.intake.reader"
_ONE_THREAD = {processes.THREADS: "1"}  # each: together they have one for every core


class Helper(Protocol):
    """`asked`: where it is told a path and a name. `answers`: where it says what it read there."""

    asked: IO[bytes]
    answers: IO[bytes]

    def kill(self) -> None: ...

    def wait(self) -> None:
        """Until it is gone; of one that was killed."""


def started(several: int, context: Context, instead: ByFile) -> Iterator[Helper]:
    """Fewer where the system allows no more."""
    begin = Copy if processes.may_be_copied() else Program
    for _ in range(several):
        try:
            yield begin(context, instead)
        except OSError:
            return


class Copy:
    """Has imported all that it needs, and knows what this process knows."""

    def __init__(self, context: Context, instead: ByFile) -> None:
        (hears, asks), (reads, says) = os.pipe(), os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python counts threads; see `may_be_copied`
            self._process = os.fork()
        if not self._process:
            os.close(asks)
            os.close(reads)
            _serve(os.fdopen(hears, "rb"), os.fdopen(says, "wb"), context, instead)
        os.close(hears)
        os.close(says)
        self.asked: IO[bytes] = os.fdopen(asks, "wb")
        self.answers: IO[bytes] = os.fdopen(reads, "rb")
        self._is_waited_for = False

    def kill(self) -> None:
        if not self._is_waited_for:  # then its number may be another's
            os.kill(self._process, signal.SIGKILL)

    def wait(self) -> None:
        self._is_waited_for = True
        os.waitpid(self._process, 0)
        for end in (self.asked, self.answers):
            with suppress(OSError):  # it may not have heard all
                end.close()


def _serve(asked: IO[bytes], answers: IO[bytes], context: Context, instead: ByFile) -> NoReturn:
    """Nothing of what this process had begun is finished here."""
    try:
        os.environ |= _ONE_THREAD
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        reader.serve(asked, answers, context, instead)
    finally:
        os._exit(0)


class Program:
    """Starts from nothing: half a second that it works for itself."""

    def __init__(self, context: Context, instead: ByFile) -> None:
        places = processes.environment() | _ONE_THREAD
        command, pipe = [sys.executable, "-P", "-m", _PROGRAM], subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=places)
        assert self._process.stdin is not None and self._process.stdout is not None
        self.asked: IO[bytes] = self._process.stdin
        self.answers: IO[bytes] = self._process.stdout
        told = pickle.dumps((context, instead), pickle.HIGHEST_PROTOCOL)
        with suppress(OSError):  # it is gone already, as whoever asks it will see
            self.asked.write(told)

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> None:
        self._process.communicate()
