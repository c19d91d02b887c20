"""Files as counties send them: typed, doubts with their cells, checks, beside readers of bare text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from benchmarks import city, county, messy
from benchmarks.pairs import Line, in_turn, process
from checker import pipeline

SCHOOLS = 500_000
OF_A_COUNTY = 1_050
SHEETS = """
import sys
from python_calamine import CalamineWorkbook
for path in sys.argv[1:]:
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
"""
RECORDS = """
import sys
from checker import pipeline
pipeline.read_data(pipeline.sound_pack("nantong-2019"), sys.argv[1:])
"""


def lines(folder: Path) -> Iterator[Line]:
    pack, day = pipeline.sound_pack("nantong-2019"), date(2019, 12, 31)
    path = messy.write(folder / "messy.csv", SCHOOLS)

    def bare() -> None:
        pl.read_csv(path, infer_schema=False, has_header=False, truncate_ragged_lines=True)

    def typed() -> None:
        pipeline.read_data(pack, [path], received_on=day)

    yield Line(f"read a messy CSV of {SCHOOLS:,} rows / Polars, as text", in_turn(bare, typed), 2.0)
    sheet = county.write(folder / "county.xlsx", OF_A_COUNTY)

    def cells() -> None:
        book = CalamineWorkbook.from_path(sheet)
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()

    def records() -> None:
        pipeline.read_data(pack, [sheet], received_on=day)

    yield Line(f"read a workbook of {OF_A_COUNTY:,} schools / calamine", in_turn(cells, records), 1.0)
    # Whole processes: what reads side by side with this one is copied from it as it starts.
    books = city.books(folder)
    base, ours = (process([sys.executable, "-c", program, *books]) for program in (SHEETS, RECORDS))
    yield Line("start and read the workbooks of the city / with calamine", in_turn(base, ours), 1.0)
