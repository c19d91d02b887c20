"""Ever longer files stored as tables → the most memory that a process held; it must not grow with them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import messy
from benchmarks.pairs import Line

ROWS = (500_000, 2_000_000)
# A child of its own, so that nothing else counts.
CHILD = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


@dataclass(frozen=True, slots=True)
class Held(Line):
    """`pairs`: million rows and MB."""

    def __str__(self) -> str:
        return f"{self.what:<58}" + ", ".join(f"{rows:g} M rows {held:.0f} MB" for rows, held in self.pairs)


def lines(folder: Path) -> Iterator[Line]:
    found = []
    for rows in ROWS:
        path = messy.write(folder / "long.csv", rows)
        store = ["-m", "checker", "intake", "nantong-2019", str(path), "--received", "2019-12-31"]
        command = [sys.executable, "-c", CHILD, sys.executable, *store, "--tables", str(folder / f"tables-{rows}")]
        done = subprocess.run(command, check=True, capture_output=True)
        found.append((rows / 1e6, int(done.stdout) * _UNIT / 1e6))
        path.unlink()
    yield Held("checker intake --tables: most memory held", found)
