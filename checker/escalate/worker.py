"""Program and facts from a pipe → the measures that follow, by durable-rules, in a process that may die. Run as a program.

The parent is asked what a measure looks like as a fact. Whatever happens here, only this process is lost.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, Literal

from checker.escalate.incremental import Incremental
from checker.escalate.patterns import Refused
from checker.escalate.program import Fact, Head, Raised

# What goes back: what is meant, then what belongs to it.
Answer = tuple[Literal["derive", "done", "no_extension", "refused"], object]


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    def tell(answer: Answer) -> None:
        pickle.dump(answer, sink, pickle.HIGHEST_PROTOCOL)
        sink.flush()

    def derive(head: Head) -> Fact:
        tell(("derive", head))
        fact: Fact = pickle.load(source)
        return fact

    program, facts = pickle.load(source)
    try:
        tell(("done", _followed(program, facts, derive)))
    except ImportError as error:
        tell(("no_extension", str(error)))
    except Refused as refusal:
        tell(("refused", str(refusal)))


def _followed(program: Any, facts: list[Fact], derive: Callable[[Head], Fact]) -> Raised:
    from checker.escalate.network import Network

    followed = Incremental(program, derive, Network)
    followed.change(facts)
    return followed.raised()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
