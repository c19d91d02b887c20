"""pointblank: a step for each duty, on the records to which it applies; a value that is missing is no pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pointblank as pb
import polars as pl

from benchmarks.peers.conditions import Duty
from benchmarks.peers.engines.hand_polars import expression
from benchmarks.peers.protocol import UNTOLD, Table


class Engine(Table):
    def __init__(self, duties: Sequence[Duty]) -> None:
        self.duties = [(duty.id, _only(duty), expression(duty.require)) for duty in duties]

    def judge(self, taken: pl.DataFrame) -> tuple[pl.DataFrame, pb.Validate]:
        steps = pb.Validate(taken)
        for name, only, met in self.duties:
            steps = steps.col_vals_expr(met, pre=only, brief=name)
        return taken, steps.interrogate(extract_limit=taken.height)

    def letters(self, answer: tuple[pl.DataFrame, pb.Validate]) -> list[str]:
        taken, steps = answer
        codes = taken.get_column("code").to_list()
        extracts = steps.get_data_extracts()
        # A step that concerns no record has no extract.
        faulty = [set(extracts[step]["code"]) if extracts[step] is not None else set() for step in extracts]
        return ["".join("F" if code in found else UNTOLD for code in codes) for found in faulty]


def _only(duty: Duty) -> Callable[[pl.DataFrame], pl.DataFrame]:
    applies = expression(duty.applies)
    return lambda records: records.filter(applies)
