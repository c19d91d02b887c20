"""What was read of a long sheet, piece by piece → the same as if it had been read at once: doubts folded, totals seen whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from typing import Literal, get_args

import polars as pl

from checker.intake import kinds
from checker.intake.cells import normal
from checker.intake.columns import Raw, distinct
from checker.intake.formats import limits
from checker.intake.looking import SAMPLES
from checker.intake.totals import Marker, Tally
from checker.tables import Question
from checker.tables.questions import MOST_PLACES, of_many
from checker.understood import Sheet

Step = Literal["rows", "heads", "filling", "owner", "serial", "cells", "totals"]
STEPS: tuple[Step, ...] = get_args(Step)
Asked = dict[Step, list[Question]]
_Sort = tuple[str, str]  # kind of doubt, field

# About the heading, which all pieces share: asked once, whatever the number of pieces.
_ONCE = (
    kinds.TITLE_ROWS,
    kinds.ASSUMED_HEAD,
    kinds.HEAD_BY_NEIGHBOUR,
    kinds.HEAD_NOTE,
    kinds.HEAD_UNIT,
    kinds.KINDS["unit_differs"],
)
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


class Whole:
    """A sheet, piece by piece. What it asks is folded as it comes: a long sheet may ask the same in each of its pieces."""

    def __init__(self, alone: bool) -> None:
        self.frames: list[pl.DataFrame] = []
        self.markers: list[Marker] = []
        self.between: list[Tally] = [Tally()]
        self._sheets: list[Sheet] = []
        self._fields: dict[str, None] = {}
        self._alone = alone
        self._asked = {step: _Folded(step, alone) for step in STEPS}

    def add(self, piece: Piece) -> None:
        self.frames.append(piece.frame)
        self.markers += piece.markers
        if piece.between:
            self.between[-1].add(piece.between[0])
            self.between += piece.between[1:]
        self._sheets += [piece.sheet] if piece.sheet is not None else []
        self._fields |= dict.fromkeys(piece.fields)
        for step in STEPS:
            for question in piece.asked[step]:
                self._asked[step].add(question)

    def asked(self, columns: Mapping[str, int]) -> Asked:
        """In the order in which the sheet would ask if it were read at once. `columns`: the cell of a heading → its column."""
        asked: Asked = {step: self._asked[step].questions for step in STEPS}
        if self._alone:
            return asked
        fields = {name: at for at, name in enumerate(self._fields)}
        for step, found in asked.items():
            match step:
                case "rows":
                    found.sort(key=lambda question: question.kind is kinds.REPEATED_HEAD)
                case "heads":
                    found.sort(key=lambda question: columns.get(question.cell, -1))
                case "filling" | "cells":
                    found.sort(key=lambda question: fields.get(question.field, -1))
        return asked

    def look(self) -> Sheet | None:
        """How the sheet was understood."""
        return look(self._sheets)


class _Folded:
    """The questions of one step; what is asked in several pieces is asked once, with the first of its cells."""

    def __init__(self, step: Step, alone: bool) -> None:
        self.step, self.alone, self._n = step, alone, 0
        self._found: dict[tuple[object, ...], Question] = {}
        self._texts: dict[_Sort, list[tuple[object, ...]]] = {}
        self._crowds: dict[_Sort, tuple[object, ...]] = {}

    @property
    def questions(self) -> list[Question]:
        return list(self._found.values())

    def add(self, question: Question) -> None:
        self._n += 1
        sort = question.kind.code, question.field
        if sort in self._crowds:
            crowd = self._found[self._crowds[sort]]
            self._found[self._crowds[sort]] = replace(crowd, n=crowd.n + question.n)
            return
        key = self._key(question)
        before = self._found.get(key)
        if before is None:
            self._found[key] = question
            if self.step == "cells":
                self._texts.setdefault(sort, []).append(key)
                self._crowd(sort)
        elif question.kind not in _ONCE:
            cells = (*before.cells, *question.cells)[:MOST_PLACES]
            self._found[key] = replace(before, n=before.n + question.n, cells=cells)

    def _key(self, question: Question) -> tuple[object, ...]:
        kind, is_cell = question.kind, self.step == "cells"
        apart = question.cell if self.step in ("rows", "heads") and kind is not kinds.REPEATED_HEAD else ""
        return kind.code, question.field, question.raw if is_cell else None, apart, self._n if self.alone else 0

    def _crowd(self, sort: _Sort) -> None:
        """Who filled a whole column in some way of its own is asked about the column, not a thousand times."""
        texts = self._texts[sort]
        if len(texts) <= limits.MOST_TEXTS:
            return
        several = [self._found[key] for key in texts]
        self._found[texts[0]] = of_many(several, limits.MOST_TEXTS)
        self._crowds[sort] = texts[0]
        for key in texts[1:]:
            del self._found[key]
        del self._texts[sort]


def look(sheets: Sequence[Sheet]) -> Sheet | None:
    """How a sheet was understood, from what was seen of its pieces."""
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
