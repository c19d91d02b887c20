"""`make bench`: whole processes, interleaved, medians of ratios in one run → a table on standard output."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 7
AS_OF = "2020-12-31"

# The least that any tool must do: start, import Polars, read every sheet of the same workbooks.
BASE = """
import sys
import polars
from python_calamine import CalamineWorkbook
for path in sys.argv[1:]:
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
"""


def timed(command: list[str]) -> float:
    """Wall seconds of one process; it must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "CHECKER_LANG": "en"})
    return time.perf_counter() - start


def city() -> None:
    """The city: records of the demo in, findings and text report out. Budget: 3 × the base."""
    checker = [sys.executable, "-m", "checker"]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        subprocess.run([*checker, "demo", str(data)], check=True, stdout=subprocess.DEVNULL)
        books = sorted(str(path) for path in (data / AS_OF).rglob("*.xlsx"))
        base = [sys.executable, "-c", BASE, *books]
        run = [*checker, "run", "nantong-2019", str(data / AS_OF), "--as-of", AS_OF, "--out", str(Path(folder, "run"))]
        timed(base), timed(run)  # warm the file cache
        pairs = [(timed(base), timed(run)) for _ in range(REPEATS)]
    ratios = [after / before for before, after in pairs]
    print("what                                   median s   ratio (min … median … max)   budget")
    print(f"start, import Polars, read workbooks   {statistics.median(b for b, _ in pairs):8.2f}")
    print(
        f"checker run, whole city                {statistics.median(a for _, a in pairs):8.2f}   "
        f"{min(ratios):.2f} … {statistics.median(ratios):.2f} … {max(ratios):.2f}           3.00"
    )


if __name__ == "__main__":
    city()
