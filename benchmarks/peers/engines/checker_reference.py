"""checker's other engine: the meaning of the language in plain Python, one record at a time; it gives what the default one gives."""

from __future__ import annotations

from benchmarks.peers.engines import checker


class Engine(checker.Engine):
    engine = "reference"
