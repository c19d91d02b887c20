"""Conditions in CEL, the same text for every implementation: a field that is not there is an error, and `false && error` is false."""

from __future__ import annotations

import json

from benchmarks.peers.conditions import Duty, Leaf, Of
from benchmarks.peers.protocol import spelt

SIGNS = {"=": "==", "!=": "!="}


def expression(duty: Duty) -> str:
    """An error is unknown."""
    applies, met = (spelt(condition, _leaf, "&&", "||") for condition in (duty.applies, duty.require))
    return f'{applies} ? ({met} ? "P" : "F") : "N"'


def _leaf(leaf: Leaf) -> str:
    match leaf.value:
        case bool():
            return leaf.field if leaf.value else f"!{leaf.field}"
        case Of(other):
            return f"{leaf.field} {SIGNS.get(leaf.op, leaf.op)} {other}"
        case tuple():
            return f"{leaf.field} in {json.dumps(leaf.value)}"
        case int() | float():
            return f"{leaf.field} {SIGNS.get(leaf.op, leaf.op)} {leaf.value}"
        case _:
            return f"{leaf.field} {SIGNS.get(leaf.op, leaf.op)} {json.dumps(str(leaf.value))}"
