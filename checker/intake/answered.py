"""A sheet as it came + what a county answered about single cells → the sheet with the answers standing where the doubts stood."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import polars as pl

from checker.intake.formats import limits
from checker.intake.frames import NamedGrid
from checker.intake.grid import FrameGrid, Grid
from checker.plan import Correction

_PLACE = re.compile(r"(.*?):?(\d+)", re.DOTALL)

ByFile = Mapping[str, Mapping[str, Mapping[str, str]]]  # digest → sheet → cell → text


def by_file(corrections: Iterable[Correction]) -> ByFile:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for each in corrections:
        found.setdefault(each.digest, {}).setdefault(each.sheet, {})[each.cell] = each.text
    return found


class Pieces:
    """The pieces of a long file, with the answers in them and the heading that all of them share."""

    def __init__(self, pieces: Iterable[FrameGrid | NamedGrid], texts: Mapping[str, str]) -> None:
        self._pieces, self._texts = pieces, texts

    def __iter__(self) -> Iterator[FrameGrid | NamedGrid]:
        top: list[list[object]] | None = None
        for grid in self._pieces:
            put(grid, self._texts)
            if top is None:
                top = grid.head(limits.FIRST_LINES)
            elif isinstance(grid, FrameGrid):
                grid.top = top
            yield grid


def put(grid: Grid, texts: Mapping[str, str]) -> None:
    """`texts`: cell, called as in a question (M9, 在校生数:9) → what stands there instead. A cell that is not there is left."""
    for column, cells in _places(grid, texts).items():
        if isinstance(grid, NamedGrid):
            grid.columns[column] = [
                cells.get(at, "" if old is None else old) for at, old in enumerate(grid.columns[column], grid.first)
            ]
        elif isinstance(grid, FrameGrid):
            name = grid.frame.columns[column]
            new = pl.Series(list(cells.values()), dtype=pl.String)
            at = [row - grid.first for row in cells]
            grid.frame = grid.frame.with_columns(grid.frame[name].scatter(at, new))
        else:
            for row, text in cells.items():
                grid.rows[row][column] = text


def _places(grid: Grid, texts: Mapping[str, str]) -> dict[int, dict[int, str]]:
    """Column → row → text."""
    columns = {grid.column_name(at): at for at in range(grid.width)}
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for cell, text in texts.items():
        place = _PLACE.fullmatch(cell)
        if place is not None and place[1] in columns and grid.first < int(place[2]) <= grid.height:
            found[columns[place[1]]][int(place[2]) - 1] = text
    return dict(found)
