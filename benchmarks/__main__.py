"""`make bench`: pairs measured one beside the other, medians of ratios of one run → a table on standard output."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import city, memory, reading, rejudging, spark
from benchmarks.pairs import Line

PARTS: dict[str, Callable[[Path], Iterator[Line]]] = {
    "city": city.lines,
    "reading": reading.lines,
    "rejudging": rejudging.lines,
    "memory": memory.lines,
    "spark": spark.lines,
}
ONLY_IF_ASKED = {"spark"}


def main(wanted: list[str]) -> None:
    """`wanted`: names of PARTS; without any, all but those that take long."""
    print(f"{'what':<58}{'base':>10}{'checker':>10}   ratio (min … median … max)   budget")
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted or [name for name in PARTS if name not in ONLY_IF_ASKED]:
            for line in PARTS[name](Path(folder)):
                print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
