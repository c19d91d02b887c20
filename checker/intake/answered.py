"""A sheet as it came + what a county answered about single cells → the sheet with the answers standing where the doubts stood."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import polars as pl

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


def put(grid: Grid, texts: Mapping[str, str]) -> None:
    """`texts`: cell, called as in a question (M9, 在校生数:9) → what stands there instead. A cell that is not there is left."""
    for column, cells in _places(grid, texts).items():
        if isinstance(grid, NamedGrid):
            grid.columns[column] = [
                cells.get(at, "" if old is None else old) for at, old in enumerate(grid.columns[column])
            ]
        elif isinstance(grid, FrameGrid):
            name = grid.frame.columns[column]
            new = pl.Series(list(cells.values()), dtype=pl.String)
            grid.frame = grid.frame.with_columns(grid.frame[name].scatter(list(cells), new))
        else:
            for row, text in cells.items():
                grid.rows[row][column] = text


def _places(grid: Grid, texts: Mapping[str, str]) -> dict[int, dict[int, str]]:
    """Column → row → text."""
    columns = {grid.column_name(at): at for at in range(grid.width)}
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for cell, text in texts.items():
        place = _PLACE.fullmatch(cell)
        if place is not None and place[1] in columns and 1 <= int(place[2]) <= grid.height:
            found[columns[place[1]]][int(place[2]) - 1] = text
    return dict(found)
