"""rule-engine: a rule for each duty, compiled once; fields that are null are asked for before they are compared."""

from __future__ import annotations

from collections.abc import Sequence

import rule_engine

from benchmarks.peers.conditions import Duty
from benchmarks.peers.duties import DATES
from benchmarks.peers.engines.asked_for import verdict
from benchmarks.peers.protocol import OneByOne, Record, with_numbered_days


class Engine(OneByOne):
    def __init__(self, duties: Sequence[Duty]) -> None:
        self.rules = [rule_engine.Rule(verdict(duty)) for duty in duties]

    def fit(self, record: Record) -> Record:
        return with_numbered_days(record, tuple(DATES))

    def one(self, record: Record) -> list[str]:
        return [rule.evaluate(record) for rule in self.rules]
