"""A finished run → its folder: manifest, findings, scorecard, the data and the rules it rests on. The same run, the same bytes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import polars as pl

from checker import parquet, signs
from checker.basis import basis
from checker.errors import UsageError
from checker.plan import Run, Scorecard
from checker.runs import entries
from checker.runs.parts import BASIS, DEFERRALS, EARLIER, FIGURES, FINDINGS, MANIFEST, MEASURES, PERHAPS, READ, digests
from checker.runs.refusals import occupied

DISTRIBUTION = "school-safety-checker"
SCHEMA = "run/1"


def write(run: Run, folder: str | Path, keep: Callable[[Path], None] | None = None) -> Path:
    """Writes or replaces the run. Reports that were put into the folder stay; the manifest comes last: without it, no run.
    `keep`: puts what was read of each file into the folder that it is given.
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise UsageError([occupied(folder)])
    # Read before anything is removed: the rules may be those of this very folder.
    rules = _pack_files(Path(run.plan.pack.root)) if run.plan.pack.root else {}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    for part in ("tables", "pack", FINDINGS, READ):
        shutil.rmtree(folder / part, ignore_errors=True)
    for name in PERHAPS:
        (folder / name).unlink(missing_ok=True)
    # Polars writes without holding Python up, which meanwhile writes the rest.
    with ThreadPoolExecutor(1) as beside:
        written = [beside.submit(_frames, run, folder)]
        if keep is not None:
            written.append(beside.submit(keep, folder / READ))
        _texts(run, rules, folder)
        for each in written:
            each.result()
    _json(manifest(run) | {"files": digests(folder)}, folder / MANIFEST)
    return folder


def _frames(run: Run, folder: Path) -> None:
    (folder / "tables").mkdir()
    for table, frame in sorted(run.tables.frames.items()):
        path = folder / "tables" / f"{table}.parquet"
        if table in run.tables.stored:
            run.tables.stored[table].sink_parquet(path, compression="zstd", row_group_size=parquet.ROW_GROUP)
        else:
            parquet.write(frame, path)
    parquet.write(run.tables.origins, folder / "origins.parquet")
    parquet.write(run.tables.questions, folder / "questions.parquet")
    _findings(run, folder)
    write_scorecard(run.scorecard, folder)
    if run.changes is not None:
        parquet.write(_all([each.findings for each in run.earlier]), folder / "earlier.parquet")
        parquet.write(
            _all([entries.targets_frame(each.targets) for each in run.earlier]), folder / "earlier-targets.parquet"
        )
        parquet.write(
            _all([entries.figures_frame(each.figures) for each in run.earlier]), folder / "earlier-figures.parquet"
        )
        parquet.write(run.changes, folder / "changes.parquet")
    if run.figures:
        parquet.write(entries.figures_frame(run.figures), folder / FIGURES)


def _texts(run: Run, rules: Mapping[str, bytes], folder: Path) -> None:
    for name, content in rules.items():
        (folder / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pack" / name).write_bytes(content)
    _json([entries.source(source) for source in run.tables.sources], folder / "sources.json")
    rests = basis(run.plan)
    _json({"program": signs.program(), "meaning": rests.meaning, "duties": rests.duties}, folder / BASIS)
    if run.deferrals:
        _json([entries.deferral(outcome) for outcome in run.deferrals], folder / DEFERRALS)
    if run.changes is not None:
        _json([entries.about(each) for each in run.earlier], folder / EARLIER)
    if run.plan.ladder.rules:
        _json([entries.measure(measure) for measure in run.measures.proposed], folder / MEASURES)


def write_scorecard(card: Scorecard, folder: Path) -> None:
    """Counts, targets and gates, as they are in the folder of a run."""
    parquet.write(card.counts, folder / "scorecard.parquet")
    parquet.write(entries.targets_frame(card.targets), folder / "targets.parquet")
    _json([entries.gate(gate) for gate in card.gates], folder / "gates.json")


def manifest(run: Run) -> dict[str, Any]:
    """What the run rests on and what came out, without clock, path or machine."""
    plan, counts = run.plan, run.scorecard.counts
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "pack": {"id": plan.pack.id, "version": plan.pack.version, "digest": plan.pack.digest},
        "as_of": plan.as_of.isoformat(),
        "known_at": None if plan.known_at is None else plan.known_at.isoformat(),
        "engine": run.engine,
        "versions": program_versions(),
        "data": [
            {"file": entry["file"], "sheet": entry["sheet"], "table": entry["table"], "digest": entry["digest"]}
            for entry in map(entries.source, run.tables.sources)
        ],
        "counts": {
            "rules": len({obligation.rule.id for obligation in plan.obligations}),
            "rows": {table: frame.height for table, frame in sorted(run.tables.frames.items())},
            "verdicts": {
                verdict: int(counts.filter(pl.col("verdict") == verdict)["n"].sum())
                for verdict in ("pass", "fail", "unknown", "not_applicable")
            },
            "findings": int(counts.filter(pl.col("verdict").is_in(["fail", "unknown"]))["n"].sum()),
            "questions": run.tables.questions.height,
            "gates": {
                state: sum(gate.state == state for gate in run.scorecard.gates)
                for state in ("open", "closed", "undecided")
            },
        },
    }
    if plan.ladder.rules:
        instead = run.measures.instead
        told["measures"] = {
            "proposed": len(run.measures.proposed),
            "engine": run.measures.engine,
            "instead": None if instead is None else {"zh": instead.zh, "en": instead.en},
        }
    if run.share is not None:
        told["rete"] = entries.share(run.share)
    return told


def program_versions() -> dict[str, str]:
    """What may make the bytes differ although nothing else does."""
    try:
        own = version(DISTRIBUTION)
    except PackageNotFoundError:
        own = "0"
    return {"checker": own, "polars": pl.__version__}


def _findings(run: Run, folder: Path) -> None:
    """Those that were put away are taken as they are, not read again."""
    whole = folder / f"{FINDINGS}.parquet"
    if not run.parts:
        parquet.write(run.findings, whole)
        return
    whole.unlink(missing_ok=True)
    (folder / FINDINGS).mkdir()
    for part in run.parts:
        shutil.move(part, folder / FINDINGS / part.name)


def _json(content: object, path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8", newline="\n")


def _pack_files(root: Path) -> dict[str, bytes]:
    paths = (path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file())
    wanted = (path for path in paths if not any(part.startswith((".", "__")) for part in path.parts))
    return {path.as_posix(): (root / path).read_bytes() for path in wanted}


def _all(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frame.with_columns(at=pl.lit(at, pl.UInt32)) for at, frame in enumerate(frames))
