"""Cedar, asked for failures alone, as it is used where nobody asks what is unknown."""

from __future__ import annotations

from benchmarks.peers.engines import cedar


class Engine(cedar.Engine):
    asked = "F"
