"""plan + tables → Evaluation: what durable-rules decides soundly of one record it decides, all else is the reference's.

A third opinion: the same Evaluation, or why there is none from there, and then it is the reference's alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from checker.engines import reference
from checker.engines.rete.questions import Asked, Coverage, Questions
from checker.engines.rete.sights import Unstated, stated
from checker.engines.rete.worker import Decided, Records, Values
from checker.engines.values import Truth
from checker.engines.world import Record, World
from checker.errors import Text
from checker.network import apart
from checker.plan import Condition, Evaluation, Plan, Share, Tables

if TYPE_CHECKING:
    import polars as pl

    from checker.model import Period

WORKER = "checker.engines.rete.worker"
# So many records per turn: the time limit is one for each.
TURN = 500


def evaluate(
    plan: Plan, tables: Tables, *, verdicts: bool = False, only: Mapping[str, pl.Series] | None = None
) -> Evaluation:
    """Like the reference's, with `share`: how much of it durable-rules decided."""
    world = DecidedWorld(plan, tables.frames)
    instead: Text | None = None
    try:
        world.decide(only)
    except apart.Lost as lost:
        world.answers.clear()
        instead = Text(f"{lost.why.zh}，由参考引擎判定", f"{lost.why.en}; judged by the reference")
    found = reference.judged(world, plan, verdicts=True, only=only)
    assert found.verdicts is not None, "asked for"
    share = _share(world, found.verdicts, instead)
    return replace(found, verdicts=found.verdicts if verdicts else None, share=share)


def coverage(plan: Plan) -> list[Coverage]:
    """By obligation which items durable-rules decides, and why not the others."""
    return Questions(plan, World(plan, {})).coverage


def _share(world: DecidedWorld, verdicts: pl.DataFrame, instead: Text | None) -> Share:
    covered = world.questions.coverage
    own = sum(
        covered[number].decides(verdict) and (covered[number].obligation.subject, row) in world.answers
        for number, row, verdict in verdicts.select("obligation", "row", "verdict").iter_rows()
    )
    wholly = sum(each.wholly for each in covered)
    partly = sum(each.covered > 0 for each in covered) - wholly
    return Share(len(covered), wholly, partly, verdicts.height, own, instead)


class DecidedWorld(World):
    """A world in which conditions have the truth that durable-rules found, where it was asked."""

    def __init__(self, plan: Plan, frames: Mapping[str, pl.DataFrame]) -> None:
        super().__init__(plan, frames)
        self.questions = Questions(plan, self)
        self.answers: dict[tuple[str, int], tuple[Truth, ...]] = {}

    def condition(self, condition: Condition, record: Record, period: Period | None = None) -> Truth:
        number = self.questions.numbers.get(id(condition))
        if number is not None:
            answers = self.answers.get((record.table, record.position))
            if answers is not None:
                return answers[number]
        return super().condition(condition, record, period)

    def decide(self, only: Mapping[str, pl.Series] | None) -> None:
        """Asks about all records that are judged, but those with a value that cannot be told exactly."""
        turns = self._turns(only)
        waiting: list[tuple[Asked, list[tuple[int, Values]]]] = []

        def more(found: Sequence[Decided]) -> Records | None:
            if waiting:
                asked, rows = waiting.pop()
                for (position, values), each in zip(rows, found, strict=True):
                    self.answers[asked.table, position] = _truths(asked, values, each)
            turn = next(turns, None)
            if turn is None:
                return None
            waiting.append(turn)
            return turn[0].table, [values for _, values in turn[1]]

        if self.questions.asked:
            parts = {table: list(asked.parts()) for table, asked in self.questions.asked.items()}
            apart.ask(WORKER, parts, more)

    def _turns(self, only: Mapping[str, pl.Series] | None) -> Iterator[tuple[Asked, list[tuple[int, Values]]]]:
        for table, asked in self.questions.asked.items():
            wanted = None if only is None else set(only.get(table, ()))
            rows: list[tuple[int, Values]] = []
            for record in self.records[table]:
                if record.there is False or (wanted is not None and record.position not in wanted):
                    continue
                try:
                    rows.append((record.position, self._values(asked, record)))
                except Unstated:
                    continue
                if len(rows) == TURN:
                    yield asked, rows
                    rows = []
            if rows:
                yield asked, rows

    def _values(self, asked: Asked, record: Record) -> Values:
        seen = ((name, stated(sight, self.value(sight.field, record))) for sight, name in asked.names.items())
        return {name: value for name, value in seen if value is not None}


def _truths(asked: Asked, values: Values, found: Decided) -> tuple[Truth, ...]:
    """Every question has one answer; none only while something is missing."""
    true, false = found
    truths: list[Truth] = []
    for number, reads in enumerate(asked.reads):
        truth = True if number in true else False if number in false else None
        if (truth is None and all(name in values for name in reads)) or (truth and number in false):
            raise apart.Lost(Text("durable-rules 的判定自相矛盾", "durable-rules contradicted itself"))
        truths.append(truth)
    return tuple(truths)
