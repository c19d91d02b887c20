"""What was read of a long sheet, piece by piece → the same as if it had been read at once: doubts folded, totals seen whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from typing import Literal, get_args

import polars as pl

from checker.intake import kinds
from checker.intake.cells import normal
from checker.intake.columns import Raw, distinct
from checker.intake.looking import SAMPLES
from checker.intake.totals import Marker, Tally
from checker.tables import Question
from checker.tables.questions import MOST_PLACES
from checker.understood import Sheet

Step = Literal["rows", "heads", "filling", "owner", "serial", "cells", "totals"]
STEPS: tuple[Step, ...] = get_args(Step)
Asked = dict[Step, list[Question]]

# About the heading, which all pieces share: asked once, whatever the number of pieces.
_ONCE = (kinds.TITLE_ROWS, kinds.ASSUMED_HEAD, kinds.HEAD_BY_NEIGHBOUR, kinds.HEAD_NOTE, kinds.KINDS["unit_differs"])
_MOST_SEEN = 10_000


@dataclass(slots=True)
class Carried:
    """What a piece of a long sheet knows of the others, from a first look at all of them. `seen`: field → the cells of its
    whole column, where one cell is read in the light of the others. `keys`: how many there are; `serial`: whether they only
    number the rows. `last`: column → the last cell of the pieces before, in columns that group rows.
    """

    seen: dict[str, Seen] = made(default_factory=dict)
    keys: int = 0
    serial: bool = True
    last: dict[int, str] = made(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """`fields`: those that were read, in order. `between`: of the rows between the markers, if there is anything to total."""

    frame: pl.DataFrame
    fields: Sequence[str]
    asked: Asked
    markers: Sequence[Marker]
    between: Sequence[Tally]
    sheet: Sheet | None


def unasked() -> Asked:
    return {step: [] for step in STEPS}


def is_serial(keys: pl.Series, first: int) -> bool:
    """Whether they are first, first + 1, first + 2 …"""
    return not keys.len() or (
        keys[0] == str(first)
        and keys[-1] == str(first + keys.len() - 1)
        and keys.to_list() == [str(at) for at in range(first, first + keys.len())]
    )


class Seen:
    """The distinct cells of a column that comes in pieces. Of very many the first are kept, and the least and the greatest
    number: all that the meaning of a column depends on."""

    def __init__(self) -> None:
        self.cells: dict[object, None] = {}
        self._ends: dict[str, tuple[float, object]] = {}

    def add(self, raw: Raw) -> None:
        for cell in distinct(raw):
            if len(self.cells) < _MOST_SEEN:
                self.cells[cell] = None
            elif (number := _number(cell)) is not None:
                for name, further in (("least", -number), ("greatest", number)):
                    if name not in self._ends or further > self._ends[name][0]:
                        self._ends[name] = (further, cell)

    def __iter__(self) -> Iterator[object]:
        yield from self.cells
        yield from (cell for _, cell in self._ends.values())


def _number(cell: object) -> float | None:
    try:
        return float(normal(cell))
    except ValueError:
        return None


# --- folding -------------------------------------------------------------------------------------


def fold(pieces: Sequence[Piece], columns: Mapping[str, int]) -> tuple[Asked, list[Marker], list[Tally]]:
    """`columns`: the cell of a heading → its column."""
    if len(pieces) == 1:
        return pieces[0].asked, list(pieces[0].markers), list(pieces[0].between)
    fields = {name: at for at, name in enumerate(dict.fromkeys(name for piece in pieces for name in piece.fields))}
    asked = unasked()
    for step in STEPS:
        found = _folded((question for piece in pieces for question in piece.asked[step]), step)
        match step:
            case "rows":
                found.sort(key=lambda question: question.kind is kinds.REPEATED_HEAD)
            case "heads":
                found.sort(key=lambda question: columns.get(question.cell, -1))
            case "filling" | "cells":
                found.sort(key=lambda question: fields.get(question.field, -1))
        asked[step] = found
    markers = [marker for piece in pieces for marker in piece.markers]
    between = [Tally()]
    for piece in pieces:
        between[-1].add(piece.between[0])
        between += piece.between[1:]
    return asked, markers, between


def _folded(questions: Iterable[Question], step: Step) -> list[Question]:
    found: dict[tuple[object, ...], Question] = {}
    for question in questions:
        kind = question.kind
        alone = question.cell if step in ("rows", "heads") and kind is not kinds.REPEATED_HEAD else ""
        key = (kind.code, question.field, question.raw if step == "cells" else None, alone)
        before = found.get(key)
        if before is None:
            found[key] = question
        elif kind not in _ONCE:
            cells = (*before.cells, *question.cells)[:MOST_PLACES]
            found[key] = replace(before, n=before.n + question.n, cells=cells)
    return list(found.values())


def look(pieces: Sequence[Piece]) -> Sheet | None:
    """How the sheet was understood."""
    sheets = [piece.sheet for piece in pieces if piece.sheet is not None]
    if not sheets:
        return None
    columns = tuple(
        replace(
            parts[-1],
            filled=sum(part.filled for part in parts),
            samples=tuple(dict.fromkeys(sample for part in parts for sample in part.samples))[:SAMPLES],
        )
        for parts in zip(*(sheet.columns for sheet in sheets), strict=True)
    )
    data = [sheet.data for sheet in sheets if sheet.data is not None]
    around = (data[0][0], data[-1][1]) if data else None
    return replace(sheets[0], data=around, rows=sum(sheet.rows for sheet in sheets), columns=columns)
