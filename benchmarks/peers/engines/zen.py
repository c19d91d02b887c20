"""zen-engine: a decision with one expression node that holds all duties, loaded once; records go in together."""

from __future__ import annotations

from collections.abc import Sequence

import zen

from benchmarks.peers.conditions import Duty
from benchmarks.peers.duties import DATES
from benchmarks.peers.engines.asked_for import verdict
from benchmarks.peers.protocol import Dicts, Record, with_numbered_days


class Engine(Dicts):
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
        loader = {"type": "static", "content": {"duties": {"nodes": nodes, "edges": edges}}}
        self.engine = zen.ZenEngine({"loader": loader})
        self.keys = [f"v{at}" for at in range(len(duties))]

    def fit(self, record: Record) -> Record:
        return with_numbered_days(record, tuple(DATES))

    def judge(self, taken: list[Record]) -> list[list[str]]:
        answers = self.engine.evaluate_batch([{"key": "duties", "context": record} for record in taken])
        return [[answer["data"]["result"][key] for key in self.keys] for answer in answers]
