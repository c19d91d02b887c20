"""Paths of workbooks from a pipe, one after the other → what each of them holds. In a process of its own: it may perish of one."""

from __future__ import annotations

import pickle
import sys
from typing import IO

from checker.intake import early
from checker.intake.answered import ByFile
from checker.intake.context import Context
from checker.intake.formats import limits


def serve(asked: IO[bytes], answers: IO[bytes], context: Context, instead: ByFile) -> None:
    """Until nothing more is asked."""
    _allow(limits.MAX_MEMORY_APART)
    while True:
        try:
            path, name = pickle.load(asked)
        except EOFError:
            return
        pickle.dump(early.read(path, name, context, instead), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _allow(memory: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, *pickle.load(sys.stdin.buffer))
