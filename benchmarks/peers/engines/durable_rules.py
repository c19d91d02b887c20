"""durable-rules: a rule for each way in which a duty can be decided, that fires on the record as a fact; where none fires it is unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from durable.engine import Host

from benchmarks.peers.conditions import AllOf, Condition, Duty, Leaf, Of
from benchmarks.peers.protocol import OneByOne, Record, decided, otherwise, without_missing

COMPARE = {"!=": "$neq", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


class _Quiet(Host):  # type: ignore[misc]
    """Without the threads that look for timers: there are none."""

    def _run(self) -> None:
        pass


class Engine(OneByOne):
    asked = "PFN"
    together = 20  # duties in one ruleset: a fact may wait at 64 places of it at once

    def __init__(self, duties: Sequence[Duty]) -> None:
        self.host = _Quiet()
        self.said: list[str] = []
        self.otherwise = otherwise(self.asked) * len(duties)
        self.rulesets = []
        for first in range(0, len(duties), self.together):
            rules: dict[str, Any] = {}
            for at, duty in enumerate(duties[first : first + self.together], start=first):
                for letter, condition in decided(duty, self.asked).items():
                    rules[f"r{at}{letter}"] = {"all": [{"m": _say(condition)}], "run": self._telling(at, letter)}
            rules["any"] = {"all": [{"m": {"$ex": {"code": 1}}}], "run": _nothing}
            self.rulesets.append(f"duties{first}")
            self.host.set_rulesets({self.rulesets[-1]: rules})

    def fit(self, record: Record) -> Record:
        return {**without_missing(record), "id": record["code"]}

    def one(self, record: Record) -> list[str]:
        self.said = list(self.otherwise)
        for ruleset in self.rulesets:
            self.host.assert_fact(ruleset, record)
            self.host.retract_fact(ruleset, {"id": record["id"]})
        return self.said

    def _telling(self, at: int, letter: str) -> Callable[[Any], None]:
        def tell(_: Any) -> None:
            self.said[at] = letter

        return tell


def _nothing(_: Any) -> None:
    """A fact that no rule wants is refused."""


def _say(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, Leaf):
        return _leaf(condition)
    return {"$and" if isinstance(condition, AllOf) else "$or": [_say(part) for part in condition.parts]}


def _leaf(leaf: Leaf) -> dict[str, Any]:
    match leaf.value:
        case bool():
            return {leaf.field: leaf.value == (leaf.op == "=")}
        case Of(other):
            # The other field has to be asked for first: compared with one that is not there, the engine answers at random.
            return {"$and": [{"$ex": {other: 1}}, {COMPARE[leaf.op]: {leaf.field: {"$m": other}}}]}
        case tuple(choices):
            each = [_leaf(Leaf(leaf.field, "=" if leaf.op == "in" else "!=", choice)) for choice in choices]
            return {"$or" if leaf.op == "in" else "$and": each}
        case value:
            plain = value if isinstance(value, int | float) else str(value)
            return {leaf.field: plain} if leaf.op == "=" else {COMPARE[leaf.op]: {leaf.field: plain}}
