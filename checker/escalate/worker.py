"""Program and facts from a pipe → the measures that follow, by durable-rules, in a process that may die. Run as a program.

The parent is asked what a measure looks like as a fact.
"""

from __future__ import annotations

from checker.escalate.incremental import Incremental
from checker.escalate.program import Derive, Program, Raised
from checker.network.apart import serve
from checker.network.patterns import Fact


def followed(asked: tuple[Program, list[Fact]], derive: Derive) -> Raised:
    from checker.network.durable import Network

    program, facts = asked
    found = Incremental(program, derive, Network)
    found.change(facts)
    return found.raised()


if __name__ == "__main__":
    serve(followed)
