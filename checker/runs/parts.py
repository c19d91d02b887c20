"""The folder of a run → the files that belong to it, and their digests; a folder of runs → the runs in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from checker import signs

# Since the run was written, by its manifest.
Touched = Literal["altered", "lost", "added"]

MANIFEST = "manifest.json"
# What the verdicts rest on, by digests: for a later run, which need not judge again what has not changed.
BASIS = "basis.json"
# What was read of each file.
READ = "read"
DEFERRALS, EARLIER, FIGURES, MEASURES = "deferrals.json", "earlier.json", "figures.parquet", "measures.json"
# One file; of a run over many records a folder of files, in order.
FINDINGS = "findings"
FILES = (
    "origins.parquet",
    "questions.parquet",
    f"{FINDINGS}.parquet",
    "scorecard.parquet",
    "targets.parquet",
    "sources.json",
    "gates.json",
    BASIS,
)
# Only in runs with deferrals, compared with others, of a pack that has figures, or by one with a ladder of measures.
EARLIER_RUNS = (EARLIER, "earlier.parquet", "earlier-targets.parquet", "earlier-figures.parquet")
PERHAPS = (DEFERRALS, *EARLIER_RUNS, "changes.parquet", FIGURES, MEASURES)
_JUDGED_FROM = ("origins.parquet", "questions.parquet", "sources.json", DEFERRALS, *EARLIER_RUNS)


def parts(folder: Path) -> list[Path]:
    """The files that make up the run: not the manifest, nor reports that were put beside them."""
    own = [folder / name for name in (*FILES, *PERHAPS)]
    inside = [path for part in ("tables", "pack", FINDINGS, READ) for path in (folder / part).rglob("*")]
    return sorted(path for path in (*own, *inside) if path.is_file())


def is_input(name: str) -> bool:
    """What a run is judged from; the rest is what came out."""
    return name.startswith(("pack/", "tables/")) or name in _JUDGED_FROM


def is_kept(name: str) -> bool:
    """What is neither judged from nor told: it only saves work."""
    return name == BASIS or name.startswith(f"{READ}/")


def touched(told: Mapping[str, str], there: Mapping[str, str]) -> dict[str, Touched]:
    """`told`: digests of the files as they were written, `there`: as they are."""
    found: dict[str, Touched] = {name: "altered" for name, digest in told.items() if there.get(name, digest) != digest}
    found |= dict.fromkeys(told.keys() - there.keys(), "lost")
    return found | dict.fromkeys(there.keys() - told.keys(), "added")


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every part, by its name within the run."""
    return {path.relative_to(folder).as_posix(): signs.digest(path) for path in parts(folder)}


def folders(root: str | Path) -> list[Path]:
    """The runs that lie in a folder."""
    return sorted(path.parent for path in Path(root).glob(f"*/{MANIFEST}"))
