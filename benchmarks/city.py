"""The demo city, whole processes: records in, findings and report out, beside the least that any tool must spend on them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.pairs import Line, in_turn, process

AS_OF = "2020-12-31"
CHECKER = [sys.executable, "-m", "checker"]

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


def data(folder: Path) -> Path:
    """The workbooks of the demo, written once."""
    if not (folder / "demo").is_dir():
        subprocess.run([*CHECKER, "demo", str(folder / "demo")], check=True, stdout=subprocess.DEVNULL)
    return folder / "demo" / AS_OF


def books(folder: Path) -> list[str]:
    return sorted(str(path) for path in data(folder).rglob("*.xlsx"))


def lines(folder: Path) -> Iterator[Line]:
    base = process([sys.executable, "-c", BASE, *books(folder)])
    run = process([*CHECKER, "run", "nantong-2019", str(data(folder)), "--as-of", AS_OF, "--out", str(folder / "run")])
    yield Line("checker run, whole city / start and read its workbooks", in_turn(base, run), 3.0)
    start = process([sys.executable, "-c", "import polars"])
    yield Line("checker --version / start and import Polars", in_turn(start, process([*CHECKER, "--version"])))
