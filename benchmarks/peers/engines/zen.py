"""zen-engine: a decision with one expression node that holds all duties, compiled once."""

from __future__ import annotations

import json
from collections.abc import Sequence

import zen

from benchmarks.peers.conditions import Duty
from benchmarks.peers.duties import DATES
from benchmarks.peers.engines.asked_for import verdict
from benchmarks.peers.protocol import OneByOne, Record, with_numbered_days


class Engine(OneByOne):
    def __init__(self, duties: Sequence[Duty]) -> None:
        expressions = [{"id": duty.id, "key": f"v{at}", "value": verdict(duty)} for at, duty in enumerate(duties)]
        nodes = [
            {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {
                "id": "duties",
                "name": "duties",
                "type": "expressionNode",
                "position": {"x": 1, "y": 0},
                "content": {"expressions": expressions},
            },
            {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ]
        edges = [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "duties"},
            {"id": "2", "type": "edge", "sourceId": "duties", "targetId": "out"},
        ]
        content = zen.ZenDecisionContent(json.dumps({"nodes": nodes, "edges": edges}))
        self.decision = zen.ZenEngine().create_decision(content)
        self.keys = [f"v{at}" for at in range(len(duties))]

    def fit(self, record: Record) -> Record:
        return with_numbered_days(record, tuple(DATES))

    def one(self, record: Record) -> list[str]:
        result = self.decision.evaluate(record)["result"]
        return [result[key] for key in self.keys]
