"""Rego on rego-cpp: a rule with else for each duty, compiled once; a field that is not there is undefined, and no condition holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count

from regopy import Input, Interpreter

from benchmarks.peers.conditions import AnyOf, Condition, Duty, Leaf, Of, opposite
from benchmarks.peers.protocol import OneByOne, Record, without_missing

SIGNS = {"=": "==", "!=": "!="}


class Engine(OneByOne):
    def __init__(self, duties: Sequence[Duty]) -> None:
        self.interpreter = Interpreter()
        self.interpreter.add_module("duties.rego", _module(duties))
        self.bundle = self.interpreter.build("data.duties.verdicts")

    def fit(self, record: Record) -> Record:
        return without_missing(record)

    def one(self, record: Record) -> list[str]:
        self.interpreter.set_input(Input(record))
        answer = self.interpreter.query_bundle(self.bundle)
        return list(json.loads(str(answer))["expressions"][0])


def _module(duties: Sequence[Duty]) -> str:
    rules = _Rules()
    for at, duty in enumerate(duties):
        rules.duty(f"duty{at}", duty)
    array = ", ".join(f"duty{at}" for at in range(len(duties)))
    return "\n".join(["package duties", "import rego.v1", *rules.lines, f"verdicts := [{array}]", ""])


class _Rules:
    """What is said in one body is a line each; an alternative inside is a rule of its own."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.numbers = count()

    def duty(self, name: str, duty: Duty) -> None:
        applies, met, not_met = self.body(duty.applies), self.body(duty.require), self.body(opposite(duty.require))
        self.lines += [
            f'{name} := "P" if {{ {applies}; {met} }}',
            f'else := "F" if {{ {applies}; {not_met} }}',
            f'else := "N" if {{ {self.body(opposite(duty.applies))} }}',
            'else := "U"',
        ]

    def body(self, condition: Condition) -> str:
        if isinstance(condition, Leaf):
            return _leaf(condition)
        if not isinstance(condition, AnyOf):
            return "; ".join(map(self.body, condition.parts))
        name = f"any{next(self.numbers)}"
        self.lines += [f"{name} if {{ {body} }}" for body in map(self.body, condition.parts)]
        return name


def _leaf(leaf: Leaf) -> str:
    field = f"input.{leaf.field}"
    match leaf.value:
        case bool():
            return f"{field} == {str(leaf.value == (leaf.op == '=')).lower()}"
        case Of(other):
            return f"{field} {leaf.op} input.{other}"
        case tuple(choices):
            known = "" if leaf.op == "in" else f"{field}; not "
            return f"{known}{field} in {{{', '.join(map(json.dumps, choices))}}}"
        case value:
            plain = value if isinstance(value, int | float) else json.dumps(str(value))
            return f"{field} {SIGNS.get(leaf.op, leaf.op)} {plain}"
