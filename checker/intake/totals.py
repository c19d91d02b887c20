"""Rows that total others + the numbers of the rows between them → what the rows give where a total cannot be right."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from checker.intake.cells import normal
from checker.intake.numbers import read_number

SUM = r"(?:合\s*计|小\s*计|总\s*计|共\s*计|累\s*计|总\s*数)"
# Of the page before, of a part, of another year: no rows of this sheet come to it.
BESIDE = (
    r"^\s*(?:承前页|承上页|接前页|接上页|续前页|过次页|转次页|转下页|(?:上年|去年|上期)同期数?|上年数|去年数|同比|环比|增减[数额率]?|增幅|增长率|"
    r"[比较](?:上年|去年|上期)(?:同期)?(?:增减|增长|增加|增幅)?)\s*(?:[:：（(]|$)|^\s*其中\s*(?:[:：]|$)"
)
TOTAL = rf"^\s*(?:全[县市区镇乡校园]|本[县市区镇乡校园页])?{SUM}\s*(?:[:：（(]|\d+\s*[所个家园校辆条]|$)|^\S{{1,8}}{SUM}\s*$|{BESIDE}"
WHOLE = re.compile(r"^(?:全[县市区镇乡校园])?(?:合\s*计|总\s*计|共\s*计|总\s*数)")
RUNNING = re.compile(rf"累\s*计|{BESIDE}")  # may go on from other pages or months: nothing to compare it with
_HOW_MANY = re.compile(r"(\d+)\s*(?:所|个|辆|条|人|家|项|处|行|户|校)")
# Sums of these do not depend on how many rows are added at a time.
_EXACT, _LEAST = pl.Decimal(38, 6), Decimal("0.000001")


class Marker(NamedTuple):
    """A row that totals all rows (`whole`) or a part of them; `at`: where it stands."""

    at: int
    cells: Sequence[object]
    whole: bool


@dataclass(slots=True)
class Tally:
    """Rows that follow one another: how many, and per field the sum of its numbers and how many are missing."""

    n: int = 0
    sums: dict[str, tuple[Decimal, int]] = field(default_factory=dict)

    def add(self, more: Tally) -> None:
        self.n += more.n
        for name, (total, missing) in more.sums.items():
            before, gaps = self.sums.get(name, (Decimal(0), 0))
            self.sums[name] = before + total, gaps + missing


def tallies(
    numbers: Mapping[str, pl.Series], lines: Sequence[int] | pl.Series, markers: Sequence[Marker]
) -> list[Tally]:
    """Of the rows before, between and after the markers. `lines`: where the rows stand."""
    bounds = [0, *(bisect(lines, marker.at) for marker in markers), len(lines)]
    return [
        Tally(after - first, {name: _sum(series[first:after]) for name, series in numbers.items()})
        for first, after in pairwise(bounds)
    ]


def _sum(series: pl.Series) -> tuple[Decimal, int]:
    exact = series if series.dtype.is_integer() else series.cast(_EXACT, strict=False)
    return Decimal(exact.sum() or 0), exact.null_count()


def wrong(
    markers: Sequence[Marker], between: Sequence[Tally], fields: Mapping[int, str]
) -> Iterator[tuple[Marker, int, str]]:
    """Marker, column, what the rows give. `between`: one more than markers. `fields`: column → field that is a number."""
    for marker, rows in _totalled(markers, between):
        for column, cell in enumerate(marker.cells):
            said = _mismatch(cell, rows, fields.get(column, ""))
            if said is not None:
                yield marker, column, said


def _totalled(markers: Sequence[Marker], between: Sequence[Tally]) -> Iterator[tuple[Marker, Tally]]:
    """Each total and the rows that it totals, where that is clear: of the parts, all end with their total, or all begin with
    it."""
    wholes = [marker for marker in markers if marker.whole]
    whole = wholes[0] if len(wholes) == 1 else None
    if whole is not None:
        yield whole, _all(between)
    parts = [marker for marker in markers if marker is not whole]
    groups = [Tally()]
    for marker, before in zip(markers, between, strict=False):
        groups[-1].add(before)
        if marker is not whole:
            groups.append(Tally())
    groups[-1].add(between[-1])
    if groups[0].n and not groups[-1].n:
        pairs = zip(parts, groups, strict=False)
    elif groups[-1].n and not groups[0].n:
        pairs = zip(parts, groups[1:], strict=True)
    else:
        return
    yield from ((marker, rows) for marker, rows in pairs if rows.n)


def _all(between: Iterable[Tally]) -> Tally:
    found = Tally()
    for each in between:
        found.add(each)
    return found


def _mismatch(cell: object, rows: Tally, name: str) -> str | None:
    text = normal(cell)
    if not text or re.search(TOTAL, text):
        return None
    if not name:
        said = _HOW_MANY.fullmatch(text)
        return str(rows.n) if said is not None and int(said[1]) != rows.n else None
    total = read_number(cell).value
    if not isinstance(total, Decimal):
        return None
    known, missing = rows.sums.get(name, (Decimal(0), 0))
    # With cells missing the rows may still come to the total, unless they already exceed it.
    off = abs(known - total) >= _LEAST if missing == 0 else known > total
    return f"{known.normalize():f}" if off else None
