"""The folder of a run → the run as it was written, or why it cannot be read; and the runs that lie beside each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import polars as pl

from checker.basis import Basis
from checker.errors import Text, UsageError
from checker.measures import NO_MEASURES, Measures
from checker.plan import DeferralOutcome, Earlier, FigureResult, Scorecard, Share, Source, Tables
from checker.runs import entries
from checker.runs.parts import BASIS, DEFERRALS, EARLIER, FIGURES, FINDINGS, MANIFEST, MEASURES
from checker.runs.refusals import damaged, no_run


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as read back. The pack's documents are in `pack_folder`, to be loaded like any pack; `findings()` and
    `tables()` read what is large."""

    folder: Path
    manifest: Mapping[str, Any]
    scorecard: Scorecard
    questions: pl.DataFrame
    deferrals: tuple[DeferralOutcome, ...] = ()
    changes: pl.DataFrame | None = None
    earlier: tuple[Earlier, ...] = ()
    measures: Measures = NO_MEASURES
    figures: tuple[FigureResult, ...] = ()
    share: Share | None = None

    @property
    def pack_folder(self) -> Path:
        return self.folder / "pack"

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.manifest["as_of"])

    @property
    def known_at(self) -> date | None:
        known_at = self.manifest["known_at"]
        return None if known_at is None else date.fromisoformat(known_at)

    def findings(self, unit: str | None = None, rows: int | None = None) -> pl.DataFrame:
        """Sorted by unit, wherever they come from: groups of units may be entwined. `unit`: of this one only; `rows`: as
        with tables."""
        several = self.folder / FINDINGS
        try:
            scan = pl.scan_parquet(several / "*.parquet" if several.is_dir() else self.folder / f"{FINDINGS}.parquet")
            scan = scan if rows is None else scan.head(rows)
            found = (scan if unit is None else scan.filter(pl.col("unit") == unit)).collect()
        except (OSError, pl.exceptions.PolarsError) as error:
            raise UsageError([damaged(self.folder, error)]) from error
        return found.sort("unit", maintain_order=True) if several.is_dir() else found

    def rests(self) -> tuple[Basis, str]:
        """What the verdicts rest on, and the program that judged them, by its digest."""
        said = _read_json(self.folder / BASIS)
        return Basis(said["meaning"], tuple(said["duties"])), said["program"]

    def tables(self, rows: int | None = None) -> Tables:
        """`rows`: of each table the first ones only."""
        folder = self.folder / "tables"
        return Tables(
            frames={path.stem: pl.read_parquet(path, n_rows=rows) for path in sorted(folder.glob("*.parquet"))},
            origins=pl.read_parquet(self.folder / "origins.parquet", n_rows=rows),
            sources=tuple(Source(**entry) for entry in _read_json(self.folder / "sources.json")),
            questions=self.questions,
        )


def read(folder: str | Path) -> StoredRun:
    folder = Path(folder)
    if not (folder / MANIFEST).is_file():
        raise UsageError([no_run(folder)])
    try:
        manifest = cast(dict[str, Any], _read_json(folder / MANIFEST))
        return StoredRun(
            folder=folder,
            manifest=manifest,
            scorecard=Scorecard(
                counts=pl.read_parquet(folder / "scorecard.parquet"),
                targets=entries.targets(pl.read_parquet(folder / "targets.parquet")),
                gates=tuple(entries.gate_result(entry) for entry in _read_json(folder / "gates.json")),
            ),
            questions=pl.read_parquet(folder / "questions.parquet"),
            deferrals=tuple(entries.outcome(entry) for entry in _read_json(folder / DEFERRALS))
            if (folder / DEFERRALS).is_file()
            else (),
            changes=pl.read_parquet(folder / "changes.parquet") if (folder / EARLIER).is_file() else None,
            earlier=_earlier(folder) if (folder / EARLIER).is_file() else (),
            measures=_measures(folder, manifest) if (folder / MEASURES).is_file() else NO_MEASURES,
            figures=_figures(folder / FIGURES),
            share=entries.share_of(manifest["rete"]) if "rete" in manifest else None,
        )
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise UsageError([damaged(folder, error)]) from error


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _measures(folder: Path, manifest: Mapping[str, Any]) -> Measures:
    told = manifest["measures"]
    proposed = tuple(entries.measure_of(entry) for entry in _read_json(folder / MEASURES))
    return Measures(proposed, told["engine"], told["instead"] and Text(told["instead"]["zh"], told["instead"]["en"]))


def earlier(folder: str | Path) -> Earlier:
    """A run as another one is compared with it."""
    folder = Path(folder)
    stored = read(folder)
    digest = sha256((folder / MANIFEST).read_bytes()).hexdigest()
    pack = stored.manifest["pack"]["id"]
    told = (folder.name, pack, stored.as_of, stored.known_at, digest)
    return Earlier(*told, stored.findings(), stored.scorecard.targets, folder.as_posix(), stored.figures)


def _figures(path: Path) -> tuple[FigureResult, ...]:
    return entries.figures(pl.read_parquet(path)) if path.is_file() else ()


def _earlier(folder: Path) -> tuple[Earlier, ...]:
    findings = pl.read_parquet(folder / "earlier.parquet")
    targets = pl.read_parquet(folder / "earlier-targets.parquet")
    counted = pl.read_parquet(folder / "earlier-figures.parquet")

    def made(at: int, entry: dict[str, Any]) -> Earlier:
        known_at = entry["known_at"] and date.fromisoformat(entry["known_at"])
        own, rates, numbers = (frame.filter(pl.col("at") == at).drop("at") for frame in (findings, targets, counted))
        told = (entry["name"], entry["pack"], date.fromisoformat(entry["as_of"]), known_at, entry["digest"])
        return Earlier(*told, own, entries.targets(rates), figures=entries.figures(numbers))

    return tuple(made(at, entry) for at, entry in enumerate(_read_json(folder / EARLIER)))
