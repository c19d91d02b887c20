"""CEL in Python: a program for each duty, compiled once; the record's fields are its variables."""

from __future__ import annotations

from collections.abc import Sequence

import celpy

from benchmarks.peers.conditions import Duty
from benchmarks.peers.engines.cel import expression
from benchmarks.peers.protocol import OneByOne, Record, without_missing


class Engine(OneByOne):
    def __init__(self, duties: Sequence[Duty]) -> None:
        environment = celpy.Environment()
        self.programs = [environment.program(environment.compile(expression(duty))) for duty in duties]

    def fit(self, record: Record) -> Record:
        return without_missing(record)

    def one(self, record: Record) -> list[str]:
        activation = celpy.json_to_cel(record)
        return [_verdict(program, activation) for program in self.programs]


def _verdict(program: celpy.Runner, activation: celpy.Context) -> str:
    try:
        return str(program.evaluate(activation))
    except celpy.CELEvalError:
        return "U"
