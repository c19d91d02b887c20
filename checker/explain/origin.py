"""A record and a field → the file, sheet and cell they were read from, and what was doubtful there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from checker.errors import Language
from checker.plan import Source, Tables

_LETTERS = re.compile(r"[A-Z]{1,3}")


@dataclass
class Origins:
    tables: Tables

    def of_field(self, table: str, row: int, field: str, lang: Language) -> Iterator[str]:
        """One text per cell: 启东.xlsx《Sheet1》!M9, and how doubtful words were read."""
        for source, line in self._lines(table, row):
            column = source.columns.get(field)
            if column is None:
                continue
            cell = f"{column}{line}" if _LETTERS.fullmatch(column) else f"{column}:{line}"
            yield f"{_sheet(source)}!{cell}"
            yield from self._questions(source, cell, lang)

    def of_row(self, table: str, row: int, lang: Language) -> str:
        return next((f"{_sheet(source)}!{line}" for source, line in self._lines(table, row)), "")

    def _lines(self, table: str, row: int) -> Iterator[tuple[Source, int]]:
        mine = self.tables.origins.filter((pl.col("table") == table) & (pl.col("row") == row))
        for at, line in mine.select("source", "line").iter_rows():
            yield self.tables.sources[at], line

    def _questions(self, source: Source, cell: str, lang: Language) -> Iterator[str]:
        asked = self.tables.questions
        if not {"file", "sheet", "cells", f"message_{lang}"} <= set(asked.columns):
            return
        here = asked.filter(
            pl.col("cells").list.contains(cell)
            & (pl.col("sheet") == source.sheet)
            & (pl.col("file").map_elements(_base, return_dtype=pl.String) == _base(source.file))
        )
        for message in here[f"message_{lang}"]:
            yield f"（{message}）" if lang == "zh" else f"({message})"


def _base(path: str) -> str:
    """The file's own name: folders differ from machine to machine."""
    return re.split(r"[\\/]", path)[-1]


def _sheet(source: Source) -> str:
    return f"{_base(source.file)}《{source.sheet}》" if source.sheet else _base(source.file)
