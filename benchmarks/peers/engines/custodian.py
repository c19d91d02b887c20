"""Cloud Custodian: a list of filters for each duty, that leaves the records at fault; it has no word for unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from c7n.filters import FilterRegistry, ValueFilter

from benchmarks.peers.conditions import AllOf, Condition, Duty, Leaf, Of, opposite
from benchmarks.peers.protocol import UNTOLD, Dicts, Record

NAMES = {"=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "in": "in", "not in": "not-in"}
Found = tuple[list[Record], list[list[Record]]]


class _School:
    """What filters ask of a kind of resource."""

    id = "code"


class _Schools:
    type = resource_type = "school"

    def get_model(self) -> type[_School]:
        return _School


class Engine(Dicts):
    def __init__(self, duties: Sequence[Duty]) -> None:
        registry = FilterRegistry("school")
        registry.register("value", ValueFilter)
        faults = [[_say(duty.applies), _say(opposite(duty.require))] for duty in duties]
        self.policies = [[registry.factory(each, _Schools()) for each in filters] for filters in faults]

    def judge(self, taken: list[Record]) -> Found:
        return taken, [_left(policy, taken) for policy in self.policies]

    def letters(self, answer: Found) -> list[str]:
        taken, found = answer
        faulty = [{record["code"] for record in records} for records in found]
        return ["".join("F" if record["code"] in codes else UNTOLD for record in taken) for codes in faulty]


def _left(policy: list[Any], records: list[Record]) -> list[Record]:
    records = [dict(record) for record in records]  # filters write into them
    for each in policy:
        records = each.process(records)
    return records


def _say(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, Leaf):
        return _leaf(condition)
    return {"and" if isinstance(condition, AllOf) else "or": [_say(part) for part in condition.parts]}


def _leaf(leaf: Leaf) -> dict[str, Any]:
    match leaf.value:
        case Of(other):
            return {"type": "value", "key": leaf.field, "op": NAMES[leaf.op], "value": other, "value_type": "expr"}
        case bool():
            return {"type": "value", "key": leaf.field, "value": leaf.value == (leaf.op == "=")}
        case tuple() | int() | float() | str():
            value: Any = list(leaf.value) if isinstance(leaf.value, tuple) else leaf.value
        case day:
            value = str(day)
    said = {"type": "value", "key": leaf.field, "op": NAMES[leaf.op], "value": value}
    if leaf.op not in ("!=", "not in"):
        return said
    return {"and": [{"type": "value", "key": leaf.field, "value": "present"}, said]}
