"""What is told of a run → the first screen: three numbers, and one row per unit with its gate and its gaps in squares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from checker.errors import Language
from checker.plan import NO_UNIT, GateState, Run
from checker.reports.content import Content, GateLine, TargetLine
from checker.reports.html.squares import Squares, squares
from checker.reports.sentences import Names, gap_short, needed
from checker.reports.text import MARKS
from checker.reports.trending import overdue_by_unit

# A page of A4 holds no more than these beside the gate.
SHOWN_TARGETS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """The gap of one unit in one target. `text` tells in numbers what the squares show."""

    squares: Squares | None
    text: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """`why`: what holds the gate, where none of the squares tells it."""

    unit: str
    name: str
    state: GateState
    mark: str
    word: str
    cells: tuple[Cell, ...]
    overdue: int
    waiting: int
    since: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class First:
    """`folded`: open units to which none of the shown targets applies, told in one row."""

    columns: tuple[TargetLine, ...]
    rows: tuple[UnitRow, ...]
    folded: tuple[UnitRow, ...]
    total: UnitRow
    others: tuple[str, ...]
    not_due: tuple[str, ...]


def first(run: Run, told: Content, names: Names) -> First:
    due = [line for line in told.totals if line.result.state in ("missed", "undecided") and needed(line.result) > 0]
    due.sort(key=lambda line: (-needed(line.result), line.result.rule, line.result.period))
    columns = due[:SHOWN_TARGETS]
    own = {(t.result.unit, t.result.rule, t.result.period): t for t in told.targets}
    overdue = _by_unit(told.overdue)
    waiting = _by_unit(still_unknown(told.findings))
    then, now = _then_and_now(run)
    rows = []
    for gate in told.gates:
        if gate.unit == NO_UNIT and not (overdue.get(gate.unit) or waiting.get(gate.unit)):
            continue
        lines = [own.get((gate.unit, each.result.rule, each.result.period)) for each in columns]
        since = None if then is None else now.get(gate.unit, 0) - then.get(gate.unit, 0)
        cells = tuple(_cell(line, names) for line in lines)
        rows.append(_row(gate, cells, overdue.get(gate.unit, 0), waiting.get(gate.unit, 0), since))
    shown = [row for row in rows if row.state != "open" or any(cell.text for cell in row.cells)]
    folded = [row for row in rows if row not in shown]
    if not shown or len(folded) < 2:
        shown, folded = rows, []
    whole = UnitRow(
        "",
        "合计" if told.lang == "zh" else "Total",
        "open",
        "",
        "",
        tuple(_total(line, names) for line in columns),
        told.overdue.height,
        still_unknown(told.findings).height,
        None if then is None else sum(now.values()) - sum(then.values()),
    )
    return First(
        tuple(columns),
        tuple(shown),
        tuple(folded),
        whole,
        tuple(line.sentence for line in due[SHOWN_TARGETS:]),
        tuple(line.sentence for line in told.totals if line.result.state == "not_due" and line.result.owed),
    )


def still_unknown(findings: pl.DataFrame) -> pl.DataFrame:
    """Past their date, and nobody knows: the same rows that the sentence about overdue findings counts."""
    return findings.filter(
        (pl.col("verdict") == "unknown") & (pl.col("status") == "overdue") & ~pl.col("advisory") & ~pl.col("deferred")
    )


def _by_unit(findings: pl.DataFrame) -> Mapping[str, int]:
    return dict(findings.group_by("unit").len().iter_rows())


def _then_and_now(run: Run) -> tuple[Mapping[str, int] | None, Mapping[str, int]]:
    counted = [counts for _, counts in overdue_by_unit(run)]
    return (counted[-2] if len(counted) > 1 else None), counted[-1]


def _row(gate: GateLine, cells: tuple[Cell, ...], overdue: int, waiting: int, since: int | None) -> UnitRow:
    visible = any(cell.squares and (cell.squares.failed or gate.state == "undecided") for cell in cells)
    why = "" if gate.state == "open" or visible else gate.summary
    return UnitRow(gate.unit, gate.name, gate.state, MARKS[gate.state], gate.word, cells, overdue, waiting, since, why)


def _cell(line: TargetLine | None, names: Names) -> Cell:
    if line is None or not line.result.owed:
        return Cell(None, "")
    if not needed(line.result):
        return Cell(None, "已完成" if names.lang == "zh" else "met")
    return Cell(squares(line.result), gap_short(line.result, names))


def _total(line: TargetLine, names: Names) -> Cell:
    gap = gap_short(line.result, names)
    return Cell(None, f"{line.rate}{'，' if names.lang == 'zh' else ', '}{gap}" if line.rate else gap)


def signed(number: int, lang: Language) -> str:
    """＋2, －3, 0; in English + and −."""
    if number == 0:
        return "0"
    plus, minus = ("＋", "－") if lang == "zh" else ("+", "−")
    return f"{plus if number > 0 else minus}{abs(number)}"


def sums_agree(first: First) -> bool:
    """The last row of the table is the sum of the rows above it."""
    rows: Sequence[UnitRow] = [*first.rows, *first.folded]
    return (first.total.overdue, first.total.waiting) == (
        sum(row.overdue for row in rows),
        sum(row.waiting for row in rows),
    )
