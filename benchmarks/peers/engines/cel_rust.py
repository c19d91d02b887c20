"""CEL on Rust: a program for each duty, compiled once; the record's fields are its variables."""

from __future__ import annotations

from collections.abc import Sequence

import cel

from benchmarks.peers.conditions import Duty
from benchmarks.peers.engines.cel import expression
from benchmarks.peers.protocol import OneByOne, Record, without_missing


class Engine(OneByOne):
    def __init__(self, duties: Sequence[Duty]) -> None:
        self.programs = [cel.compile(expression(duty)) for duty in duties]

    def fit(self, record: Record) -> Record:
        return without_missing(record)

    def one(self, record: Record) -> list[str]:
        context = cel.Context(variables=record)
        return [_verdict(program, context) for program in self.programs]


def _verdict(program: cel.Program, context: cel.Context) -> str:
    try:
        said: str = program.execute(context)
    except RuntimeError:
        return "U"
    return said
