"""Columns that already have names (a Parquet file, frames of pandas, Polars or Arrow) → rows, read like any sheet."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import compress

import polars as pl

from checker.errors import NOWHERE, DataError, Diagnostic, Text
from checker.intake import kinds, looking
from checker.intake.cells import normal
from checker.intake.columns import Raw
from checker.intake.grid import Body, Grid, Marks, Unreadable
from checker.intake.heads import of_columns
from checker.intake.names import plain
from checker.intake.sheets import Context, Found, read_layout
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack
from checker.plan import Source, Tables
from checker.tables import Question, assemble


class NamedGrid(Grid):
    """A frame as a grid without a heading: its columns are called by name, a row counts from 1."""

    __slots__ = ("columns", "rows_in_all", "titles")

    def __init__(self, sheet: str, titles: Sequence[str], columns: Sequence[Raw], rows: int, first: int = 0) -> None:
        super().__init__(sheet, merges=[], first=first)
        self.titles, self.columns, self.rows_in_all = list(titles), list(columns), rows

    @property
    def height(self) -> int:
        return self.first + self.rows_in_all

    @property
    def width(self) -> int:
        return len(self.titles)

    def column_name(self, at: int) -> str:
        return self.titles[at]

    def head(self, most: int) -> list[list[object]]:
        return []

    def row(self, at: int) -> list[object]:
        return [column[at - self.first] for column in self.columns]

    def suspects(self, start: int, marks: Marks, texts: set[str], reach: int, key: int | None) -> list[int]:
        return []

    def body(self, start: int, skip: Iterable[int]) -> Body:
        lines = pl.int_range(self.first, self.height, eager=True)
        gone = set(skip)
        if not gone:
            return Body(lines, self.columns)
        kept = [at not in gone for at in range(self.first, self.height)]
        return Body(lines.filter(pl.Series(kept)), [_kept(column, kept) for column in self.columns])


def _kept(column: Raw, rows: Sequence[bool]) -> Raw:
    return column.filter(pl.Series(rows)) if isinstance(column, pl.Series) else [*compress(column, rows)]


def read_named(
    grid: NamedGrid,
    file: str,
    digest: str,
    context: Context,
    table: str = "",
    pieces: Iterable[Grid] | None = None,
) -> Found:
    """`pieces`: of a long file, of which `grid` is the first."""
    said, bare = context.said(file, grid.sheet), Source(file, grid.sheet, "", {}, digest)
    if said.skip:
        asked = Question(kinds.SKIPPED_SHEET, bare)
        return Found(questions=[asked], sheet=looking.unread(grid, file, digest, "skipped"))
    layout = of_columns(grid.titles, context.index, file or grid.sheet, table, said)
    if layout is None:
        heads = "、".join(name for name in grid.titles if context.index.known(name)) or "—"
        rows = sum(piece.height - piece.first for piece in pieces or [grid])
        asked = Question(kinds.NOT_RECOGNISED, bare, n=rows, values={"heads": heads})
        return Found(questions=[asked], sheet=looking.unread(grid, file, digest, "not_recognised"))
    return read_layout(grid, layout, file, digest, context, said, pieces)


def parquet(data: bytes, name: str) -> NamedGrid:
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except pl.exceptions.PolarsError as error:
        raise not_parquet(name) from error
    return NamedGrid("", frame.columns, frame.get_columns(), frame.height)


def not_parquet(name: str) -> Unreadable:
    return Unreadable(Text(f"打不开{name}：不是有效的 Parquet 文件", f"cannot open {name}: not a valid Parquet file"))


# --- the Python API ------------------------------------------------------------------------------


def from_frames(
    pack: Pack,
    tables: Mapping[str, object],
    *,
    unit: str | None = None,
    received_on: date | None = None,
    known_at: date | None = None,
    mapping: DataMap = NO_MAP,
) -> Tables:
    """Frames of pandas, Polars or Arrow (or columns as lists), by the id, label or alias of their table. Columns are named by
    field, in either language, or as they are headed in sheets; what is not typed yet is read like a cell.
    """
    context = Context.of(pack, received_on, mapping=mapping).with_unit(unit)
    sheets = context.index.sheets
    named = {name: table for table, names in sheets.items() if table in pack.tables for name in names}
    if strange := [name for name in tables if plain(name) not in named]:
        known = "、".join(pack.tables)
        raise DataError(
            [
                Diagnostic(
                    "E21",
                    NOWHERE,
                    Text(f"没有名为“{name}”的表", f'no table "{name}"'),
                    Text(f"可用：{known}", f"tables: {known}"),
                )
                for name in strange
            ]
        )
    parts, questions = [], []
    for name, frame in tables.items():
        table = named[plain(name)]
        found = read_named(_grid(table, frame), "", "", context, table)
        parts += [found.part] if found.part else []
        questions += found.questions
    questions += context.about_mapping()
    read = assemble(pack, parts, questions=questions, known_at=known_at)
    return replace(read, sources=(*read.sources, *context.documents()))


def _grid(table: str, frame: object) -> NamedGrid:
    columns = dict(_columns(frame))
    height = max((len(column) for column in columns.values()), default=0)
    return NamedGrid(table, list(columns), list(columns.values()), height)


def _columns(frame: object) -> Iterable[tuple[str, Raw]]:
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pl.DataFrame):
        for column in frame:
            yield column.name, _series(column)
        return
    library = type(frame).__module__.partition(".")[0]
    if library == "pandas":
        yield from _of_pandas(frame)
    elif library == "pyarrow":
        arrow = pl.from_arrow(frame)
        yield from _columns(arrow)
    elif isinstance(frame, Mapping):
        for name, values in frame.items():
            yield str(name), [_cell(value) for value in values]
    else:
        raise TypeError(f"a frame of pandas, Polars or Arrow is expected, not {type(frame).__name__}")


def _series(column: pl.Series) -> Raw:
    return [_cell(value) for value in column] if column.dtype == pl.Object else column


def _of_pandas(frame: object) -> Iterable[tuple[str, Raw]]:
    """Imported by whoever made the frame: the command line never comes here."""
    import pandas as pd

    assert isinstance(frame, pd.DataFrame)
    for name in frame.columns:
        column = frame[name]
        if column.dtype == object:
            # Numbers among texts stay numbers: a code that is a number has kept all its digits.
            yield str(name), ["" if pd.api.types.is_scalar(v) and pd.isna(v) else _cell(v) for v in column]
        else:
            yield str(name), pl.from_pandas(column)


def _cell(value: object) -> object:
    """Python's own types; a list as one would write it in a cell."""
    if value is None:
        return ""
    if isinstance(value, (list, tuple, set, frozenset)):
        return "、".join(normal(each) for each in value) or "无"
    item = getattr(value, "item", None)
    return item() if callable(item) else value
