"""DuckDB by hand: one statement over a table in memory → an Arrow table; nothing but the verdicts, one small number each."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from benchmarks.peers.conditions import Condition, Duty, Leaf, Of
from benchmarks.peers.protocol import VERDICTS, Given, Table, spelt

_NUMBER = "(case when a{at} and m{at} then 0 when a{at} and not m{at} then 1 when not a{at} then 3 else 2 end)::utinyint as v{at}"


class Engine(Table):
    kept = ""  # what of the records goes along

    def __init__(self, duties: Sequence[Duty]) -> None:
        self.database = duckdb.connect()
        said = ", ".join(
            f"{_say(duty.applies)} as a{at}, {_say(duty.require)} as m{at}" for at, duty in enumerate(duties)
        )
        numbers = ", ".join(_NUMBER.format(at=at) for at in range(len(duties)))
        self.statement = f"select {self.kept}{numbers} from (select {self.kept}{said} from records)"

    def take(self, given: Given, places: slice) -> None:
        self.database.register("given", super().take(given, places))
        self.database.execute("create or replace table records as select * from given")

    def judge(self, taken: None) -> pa.Table:
        return self.database.sql(self.statement).to_arrow_table()

    def letters(self, answer: pa.Table) -> list[str]:
        return ["".join(map(VERDICTS.__getitem__, column.to_pylist())) for column in answer.columns]


def _say(condition: Condition) -> str:
    return spelt(condition, _leaf, "and", "or")


def _leaf(leaf: Leaf) -> str:
    match leaf.value:
        case bool():
            return leaf.field if leaf.value else f"(not {leaf.field})"
        case Of(other):
            return f"{leaf.field} {leaf.op} {other}"
        case tuple():
            return f"{leaf.field} {leaf.op} {leaf.value}"
        case int() | float():
            return f"{leaf.field} {leaf.op} {leaf.value}"
        case str():
            return f"{leaf.field} {leaf.op} '{leaf.value}'"
        case day:
            return f"{leaf.field} {leaf.op} date '{day}'"
