"""A sheet headed like a document of deferrals → that document: keys in English, texts as typed, places as rows and columns."""

from __future__ import annotations

import re
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from checker.errors import Diagnostic, Span, Text
from checker.intake.cells import normal
from checker.intake.dates import read_date
from checker.intake.formats import opened
from checker.intake.grid import Grid, Unreadable
from checker.intake.heads import REACH
from checker.model import Document
from checker.words import DOCUMENTS, Shape

KIND = "deferrals"
_LEAST = 3  # headings that make a row a heading
_DAYS = ("approved_on", "expires")
_BETWEEN = re.compile(r"[、；;\r\n]")
Key = tuple[str | int, ...]


def document(path: Path) -> tuple[Document, list[Diagnostic]]:
    """The first sheet that holds deferrals; a sheet without a heading that is known is told."""
    data, name = path.read_bytes(), path.name
    rows: list[dict[str, object]] = []
    spans: dict[Key, Span] = {}
    told: list[Diagnostic] = []
    try:
        sheets = opened(data, path.suffix.lower(), name).grids
    except Unreadable as unreadable:
        sheets, told = [], [Diagnostic("E22", Span(name), unreadable.reason)]
    for grid in sheets:
        _read(grid, f"{name}《{grid.sheet}》" if grid.sheet else name, rows, spans)
    if not spans and not told:
        wanted = "、".join(chinese for chinese in _keys().chinese.values())
        message = Text("认不出延期批准的表头", "no heading of deferrals found")
        told = [
            Diagnostic("E22", Span(name), message, Text(f"表头：{wanted}", f"headings: {', '.join(_keys().under)}"))
        ]
    content = {"schema": f"{KIND}/1", KIND: rows}
    return Document(name, KIND, content, {(): Span(name), **spans}, spans, (), sha256(data).hexdigest(), "zh"), told


def _keys() -> Shape:
    shape = DOCUMENTS[KIND].under[KIND].item
    assert shape is not None
    return shape


def _read(grid: Grid, place: str, rows: list[dict[str, object]], spans: dict[Key, Span]) -> None:
    found = _heading(grid)
    if found is None:
        return
    top, columns = found
    for at in range(top + 1, grid.height):
        cells = {key: cell for column, key in columns.items() if (cell := grid.row(at)[column]) != ""}
        if not cells:
            continue
        number = len(rows)
        rows.append({key: _text(key, cell) for key, cell in cells.items()})
        spans[KIND,] = spans.get((KIND,), Span(place, top + 1, 1))
        spans[KIND, number] = Span(place, at + 1, 1, 2)
        for column, key in columns.items():
            if key in cells:
                spans[KIND, number, key] = Span(place, at + 1, column + 1, column + 2)


def _heading(grid: Grid) -> tuple[int, dict[int, str]] | None:
    english = _keys().english
    for at, row in enumerate(grid.head(REACH)):
        columns = {column: english[normal(cell)] for column, cell in enumerate(row) if normal(cell) in english}
        if len(columns) >= _LEAST:
            return at, columns
    return None


def _text(key: str, cell: object) -> str | list[str]:
    """Days as they are written in YAML; of the records a cell may name several."""
    if key in _DAYS:
        day = read_date(cell).value
        if isinstance(day, date):
            return (day.date() if isinstance(day, datetime) else day).isoformat()
    if key == "subject":
        return [name for name in map(normal, _BETWEEN.split(str(cell))) if name]
    return normal(cell)
