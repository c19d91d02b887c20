"""json-logic-qubit: a rule in JSON for each duty; comparing with a missing value is false in it, but `!=` is true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from json_logic import jsonLogic

from benchmarks.peers.conditions import AllOf, Condition, Duty, Leaf, Of, opposite
from benchmarks.peers.protocol import OneByOne, Record

Logic = dict[str, Any]


class Engine(OneByOne):
    def __init__(self, duties: Sequence[Duty]) -> None:
        self.rules = [_verdict(duty) for duty in duties]

    def one(self, record: Record) -> list[str]:
        return [jsonLogic(rule, record) for rule in self.rules]


def _verdict(duty: Duty) -> Logic:
    met = {"if": [_say(duty.require), "P", _say(opposite(duty.require)), "F", "U"]}
    return {"if": [_say(duty.applies), met, _say(opposite(duty.applies)), "N", "U"]}


def _say(condition: Condition) -> Logic:
    if isinstance(condition, Leaf):
        return _leaf(condition)
    return {"and" if isinstance(condition, AllOf) else "or": [_say(part) for part in condition.parts]}


def _leaf(leaf: Leaf) -> Logic:
    var = {"var": leaf.field}
    known = {"!==": [var, None]}
    match leaf.value:
        case bool():
            return {"===": [var, leaf.value == (leaf.op == "=")]}
        case Of(other):
            return {leaf.op: [var, {"var": other}]}
        case tuple():
            inside = {"in": [var, list(leaf.value)]}
            return inside if leaf.op == "in" else {"and": [known, {"!": [inside]}]}
        case value if leaf.op == "=":
            return {"===": [var, value]}
        case value if leaf.op == "!=":
            return {"and": [known, {"!==": [var, value]}]}
        case int() | float():
            return {leaf.op: [var, leaf.value]}
        case _:
            return {leaf.op: [var, str(leaf.value)]}
