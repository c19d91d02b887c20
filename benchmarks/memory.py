"""Ever longer files stored as tables → the most memory that a process held; it must not grow with them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import messy
from benchmarks.pairs import Line, watched

ROWS = (500_000, 2_000_000)


@dataclass(frozen=True, slots=True)
class Held(Line):
    """`pairs`: million rows and MB."""

    def __str__(self) -> str:
        return f"{self.what:<58}" + ", ".join(f"{rows:g} M rows {held:.0f} MB" for rows, held in self.pairs)


def lines(folder: Path) -> Iterator[Line]:
    found = []
    for rows in ROWS:
        path = messy.write(folder / "long.csv", rows)
        intake = [
            "intake",
            "nantong-2019",
            str(path),
            "--received",
            "2019-12-31",
            "--tables",
            str(folder / f"tables-{rows}"),
        ]
        found.append((rows / 1e6, watched([sys.executable, "-m", "checker", *intake]).held / 1e6))
        path.unlink()
    yield Held("checker intake --tables: most memory held", found)
