"""Conditions for languages with null but without unknown: whether a field is there is asked before it is compared; days are numbers."""

from __future__ import annotations

import json

from benchmarks.peers.conditions import Condition, Duty, Leaf, Of
from benchmarks.peers.protocol import number_of, spelt, surely

SIGNS = {"=": "==", "!=": "!="}


def verdict(duty: Duty) -> str:
    applies, not_applies, met, not_met = surely(duty, _say)
    return f"{applies} ? ({met} ? 'P' : ({not_met} ? 'F' : 'U')) : ({not_applies} ? 'N' : 'U')"


def _say(condition: Condition) -> str:
    return spelt(condition, _leaf, "and", "or")


def _leaf(leaf: Leaf) -> str:
    match leaf.value:
        case bool():
            return f"{leaf.field} == {str(leaf.value == (leaf.op == '=')).lower()}"
        case Of(other):
            return f"({leaf.field} != null and {other} != null and {leaf.field} {SIGNS.get(leaf.op, leaf.op)} {other})"
        case tuple():
            return f"({leaf.field} != null and {leaf.field} {leaf.op} {json.dumps(leaf.value)})"
        case str():
            return f"({leaf.field} != null and {leaf.field} {SIGNS[leaf.op]} '{leaf.value}')"
        case int() | float():
            return f"({leaf.field} != null and {leaf.field} {SIGNS.get(leaf.op, leaf.op)} {leaf.value})"
        case day:
            return f"({leaf.field} != null and {leaf.field} {SIGNS.get(leaf.op, leaf.op)} {number_of(day)})"
