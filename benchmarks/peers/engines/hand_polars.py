"""Polars by hand: nothing but the verdicts, one small number each; no counts, no findings, no evidence."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce

import polars as pl

from benchmarks.peers.conditions import AllOf, Condition, Duty, Leaf, Of
from benchmarks.peers.protocol import VERDICTS, Table

COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Engine(Table):
    def __init__(self, duties: Sequence[Duty]) -> None:
        self.columns = [verdict(duty).alias(duty.id) for duty in duties]

    def judge(self, taken: pl.DataFrame) -> pl.DataFrame:
        return taken.select(self.columns)

    def letters(self, answer: pl.DataFrame) -> list[str]:
        return ["".join(map(VERDICTS.__getitem__, column)) for column in answer]


def verdict(duty: Duty) -> pl.Expr:
    applies, met = expression(duty.applies), expression(duty.require)
    p, f, u, n = (pl.lit(number, pl.UInt8) for number in range(4))
    return pl.when(applies & met).then(p).when(applies & ~met).then(f).when(~applies).then(n).otherwise(u)


def expression(condition: Condition) -> pl.Expr:
    match condition:
        case Leaf(field, "in", tuple(choices)):
            return pl.col(field).is_in(choices)
        case Leaf(field, "=", bool(value)):
            return pl.col(field) if value else ~pl.col(field)
        case Leaf(field, op, value):
            return COMPARE[op](pl.col(field), pl.col(value.field) if isinstance(value, Of) else pl.lit(value))
        case _:
            return reduce(
                operator.and_ if isinstance(condition, AllOf) else operator.or_, map(expression, condition.parts)
            )
