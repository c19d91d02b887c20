"""Cedar: policies that forbid, one for each way in which a duty can be decided; the answer's reasons are those that hold."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cedarpy import PolicySet, is_authorized_batch

from benchmarks.peers.conditions import Condition, Duty, Leaf, Of, fields
from benchmarks.peers.duties import DATES, PERCENTS
from benchmarks.peers.protocol import (
    Dicts,
    Record,
    decided,
    number_of,
    otherwise,
    spelt,
    with_numbered_days,
    without_missing,
)

_REQUEST = {"principal": 'User::"a"', "action": 'Action::"judge"', "resource": 'School::"a"'}
SIGNS = {"=": "==", "!=": "!="}


class Engine(Dicts):
    asked = "PFN"

    def __init__(self, duties: Sequence[Duty]) -> None:
        self.otherwise = otherwise(self.asked) * len(duties)
        self.meanings: dict[str, tuple[int, str]] = {}
        policies = []
        for at, duty in enumerate(duties):
            for letter, condition in decided(duty, self.asked).items():
                self.meanings[f"policy{len(policies)}"] = at, letter
                policies.append(f"forbid(principal, action, resource) when {{ {_say(condition)} }};")
        self.policies = PolicySet.from_str("\n".join(policies))

    def fit(self, record: Record) -> Record:
        """Its numbers are whole: days are counted, percents are hundredths."""
        found = without_missing(with_numbered_days(record, tuple(DATES)))
        return {name: round(value * 100) if name in PERCENTS else value for name, value in found.items()}

    def judge(self, taken: list[Record]) -> list[list[str]]:
        answers = is_authorized_batch([{**_REQUEST, "context": record} for record in taken], self.policies, [])
        return [self._said(answer.diagnostics.reasons) for answer in answers]

    def _said(self, reasons: list[str]) -> list[str]:
        said = list(self.otherwise)
        for policy in reasons:
            at, letter = self.meanings[policy]
            said[at] = letter
        return said


def _say(condition: Condition) -> str:
    return spelt(condition, _leaf, "&&", "||")


def _leaf(leaf: Leaf) -> str:
    there = " && ".join(f"context has {name}" for name in fields(leaf))
    field = f"context.{leaf.field}"
    match leaf.value:
        case bool():
            said = f"{field} == {str(leaf.value == (leaf.op == '=')).lower()}"
        case Of(other):
            said = f"{field} {leaf.op} context.{other}"
        case tuple(choices):
            said = f"{'' if leaf.op == 'in' else '!'}{json.dumps(choices)}.contains({field})"
        case str():
            said = f"{field} {SIGNS[leaf.op]} {json.dumps(leaf.value)}"
        case float():
            said = f"{field} {leaf.op} {round(leaf.value * 100)}"
        case int():
            said = f"{field} {SIGNS.get(leaf.op, leaf.op)} {leaf.value}"
        case day:
            said = f"{field} {leaf.op} {number_of(day)}"
    return f"({there} && {said})"
