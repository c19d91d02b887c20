"""Files as counties send them, read within one process: typed, doubts with their cells, checks, beside readers of bare text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from benchmarks import city, messy
from benchmarks.pairs import Line, in_turn
from checker import pipeline

SCHOOLS = 500_000


def lines(folder: Path) -> Iterator[Line]:
    pack, day = pipeline.sound_pack("nantong-2019"), date(2019, 12, 31)
    path = messy.write(folder / "messy.csv", SCHOOLS)

    def bare() -> None:
        pl.read_csv(path, infer_schema=False, has_header=False, truncate_ragged_lines=True)

    def typed() -> None:
        pipeline.read_data(pack, [path], received_on=day)

    yield Line(f"read a messy CSV of {SCHOOLS:,} rows / Polars, as text", in_turn(bare, typed), 2.0)
    books = city.books(folder)

    def sheets() -> None:
        for each in books:
            book = CalamineWorkbook.from_path(each)
            for name in book.sheet_names:
                book.get_sheet_by_name(name).to_python()

    def records() -> None:
        pipeline.read_data(pack, books, received_on=day)

    yield Line("read the workbooks of the city / calamine", in_turn(sheets, records), 1.0)
