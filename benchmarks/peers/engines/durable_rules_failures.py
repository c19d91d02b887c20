"""durable-rules, asked for failures alone, as it is used where nobody asks what is unknown."""

from __future__ import annotations

from benchmarks.peers.engines import durable_rules


class Engine(durable_rules.Engine):
    asked = "F"
    together = 50
