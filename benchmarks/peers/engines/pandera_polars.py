"""pandera: a check of the schema for each duty, told all at once; missing values are left out, as it does unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from benchmarks.peers.conditions import Duty
from benchmarks.peers.engines.hand_polars import expression
from benchmarks.peers.protocol import UNTOLD, Table

Found = tuple[int, pl.DataFrame | None]


class Engine(Table):
    def __init__(self, duties: Sequence[Duty]) -> None:
        self.names = [duty.id for duty in duties]
        self.schema = pa.DataFrameSchema(checks=[pa.Check(_check(duty), name=duty.id) for duty in duties])

    def judge(self, taken: pl.DataFrame) -> Found:
        try:
            self.schema.validate(taken, lazy=True)
        except SchemaErrors as found:
            return taken.height, found.failure_cases
        return taken.height, None

    def letters(self, answer: Found) -> list[str]:
        height, cases = answer
        said = {name: [UNTOLD] * height for name in self.names}
        if cases is not None:
            for name, row in cases.select("check", "index").iter_rows():
                said[name][row] = "F"
        return ["".join(verdicts) for verdicts in said.values()]


def _check(duty: Duty) -> Callable[[pa.PolarsData], pl.LazyFrame]:
    kept = ~expression(duty.applies) | expression(duty.require)
    return lambda data: data.lazyframe.select(kept)
