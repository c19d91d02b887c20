"""Paths of workbooks from a pipe, one after the other → what each of them holds. Run as a program: it may perish of one."""

from __future__ import annotations

import pickle
import sys
from typing import BinaryIO

from checker.intake import ahead


def _main(asked: BinaryIO, answers: BinaryIO) -> None:
    context, instead = pickle.load(asked)
    while True:
        try:
            path, name = pickle.load(asked)
        except EOFError:
            return
        pickle.dump(ahead.read(path, name, context, instead), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _allow(memory: int) -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    _allow(int(sys.argv[1]))
    _main(sys.stdin.buffer, sys.stdout.buffer)
