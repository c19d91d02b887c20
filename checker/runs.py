"""A finished run ↔ its folder: manifest, findings, scorecard, the data and the rules it rests on. The same run, the same bytes."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, cast

import polars as pl

from checker.errors import Diagnostic, Span, Text, UsageError
from checker.model import Deferral
from checker.plan import (
    DeferralOutcome,
    Earlier,
    GateResult,
    Reason,
    Run,
    Scorecard,
    Source,
    Tables,
    TargetResult,
)

DISTRIBUTION = "school-safety-checker"
MANIFEST = "manifest.json"
DEFERRALS, EARLIER = "deferrals.json", "earlier.json"
SCHEMA = "run/1"
# Fixed, so that the bytes do not depend on how a frame came about.
ROW_GROUP = 100_000
SHOWN_RUNS = 5


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run as read back. The pack's documents are in `pack_folder`, to be loaded like any pack; `tables()` reads the data."""

    folder: Path
    manifest: Mapping[str, Any]
    findings: pl.DataFrame
    scorecard: Scorecard
    questions: pl.DataFrame
    deferrals: tuple[DeferralOutcome, ...] = ()
    changes: pl.DataFrame | None = None
    earlier: tuple[Earlier, ...] = ()

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

    def tables(self) -> Tables:
        folder = self.folder / "tables"
        return Tables(
            frames={path.stem: pl.read_parquet(path) for path in sorted(folder.glob("*.parquet"))},
            origins=pl.read_parquet(self.folder / "origins.parquet"),
            sources=tuple(Source(**entry) for entry in _read_json(self.folder / "sources.json")),
            questions=self.questions,
        )


# --- writing -------------------------------------------------------------------------------------


def write(run: Run, folder: str | Path) -> Path:
    """Writes or replaces the run. Reports that were put into the folder stay; the manifest comes last: without it, no run."""
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise UsageError([_occupied(folder)])
    # Read before anything is removed: the rules may be those of this very folder.
    rules = _pack_files(Path(run.plan.pack.root)) if run.plan.pack.root else {}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    for part in ("tables", "pack"):
        shutil.rmtree(folder / part, ignore_errors=True)
    for name, content in rules.items():
        (folder / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pack" / name).write_bytes(content)
    (folder / "tables").mkdir()
    for table, frame in sorted(run.tables.frames.items()):
        _parquet(frame, folder / "tables" / f"{table}.parquet")
    _parquet(run.tables.origins, folder / "origins.parquet")
    _parquet(run.tables.questions, folder / "questions.parquet")
    _parquet(run.findings, folder / "findings.parquet")
    _parquet(run.scorecard.counts, folder / "scorecard.parquet")
    _parquet(_targets_frame(run.scorecard.targets), folder / "targets.parquet")
    _json([_source(source) for source in run.tables.sources], folder / "sources.json")
    _json([_gate(gate) for gate in run.scorecard.gates], folder / "gates.json")
    for name in (DEFERRALS, EARLIER, "earlier.parquet", "changes.parquet"):
        (folder / name).unlink(missing_ok=True)
    if run.deferrals:
        _json([_deferral(outcome) for outcome in run.deferrals], folder / DEFERRALS)
    if run.changes is not None:
        _json([_about(each) for each in run.earlier], folder / EARLIER)
        _parquet(_findings_of(run.earlier), folder / "earlier.parquet")
        _parquet(run.changes, folder / "changes.parquet")
    _json(manifest(run), folder / MANIFEST)
    return folder


def manifest(run: Run) -> dict[str, Any]:
    """What the run rests on and what came out, without clock, path or machine."""
    plan, counts = run.plan, run.scorecard.counts
    return {
        "schema": SCHEMA,
        "pack": {"id": plan.pack.id, "version": plan.pack.version, "digest": plan.pack.digest},
        "as_of": plan.as_of.isoformat(),
        "known_at": None if plan.known_at is None else plan.known_at.isoformat(),
        "engine": run.engine,
        "versions": {"checker": _own_version(), "polars": pl.__version__},
        "data": [
            {"file": entry["file"], "sheet": entry["sheet"], "table": entry["table"], "digest": entry["digest"]}
            for entry in map(_source, run.tables.sources)
        ],
        "counts": {
            "rules": len({obligation.rule.id for obligation in plan.obligations}),
            "rows": {table: frame.height for table, frame in sorted(run.tables.frames.items())},
            "verdicts": {
                verdict: int(counts.filter(pl.col("verdict") == verdict)["n"].sum())
                for verdict in ("pass", "fail", "unknown", "not_applicable")
            },
            "findings": run.findings.height,
            "questions": run.tables.questions.height,
            "gates": {
                state: sum(gate.state == state for gate in run.scorecard.gates)
                for state in ("open", "closed", "undecided")
            },
        },
    }


def _own_version() -> str:
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "0"


def _parquet(frame: pl.DataFrame, path: Path) -> None:
    """Rows keep their order: findings and counts come sorted, and a record's place in its table is its identity."""
    frame.rechunk().write_parquet(path, compression="zstd", row_group_size=ROW_GROUP)


def _json(content: object, path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8", newline="\n")


def _pack_files(root: Path) -> dict[str, bytes]:
    paths = (path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file())
    wanted = (path for path in paths if not any(part.startswith((".", "__")) for part in path.parts))
    return {path.as_posix(): (root / path).read_bytes() for path in wanted}


def _source(source: Source) -> dict[str, Any]:
    """Names only: a folder, or the address of a database, belongs to a machine."""
    return {
        "file": re.split(r"[\\/]", source.file)[-1],
        "sheet": source.sheet,
        "table": source.table,
        "columns": dict(source.columns),
        "digest": source.digest,
    }


def _gate(gate: GateResult) -> dict[str, Any]:
    return {
        "unit": gate.unit,
        "name": {"zh": gate.name.zh, "en": gate.name.en},
        "state": gate.state,
        "reasons": [
            {"gate": r.gate, "effect": r.effect, "state": r.state, "values": dict(r.values)} for r in gate.reasons
        ],
    }


_TARGET_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "rule": pl.String,
    "revision": pl.Date,
    "unit": pl.String,
    "period": pl.String,
    "rate": pl.String,
    "due": pl.Date,
    "passed": pl.Int64,
    "failed": pl.Int64,
    "unknown": pl.Int64,
    "missing": pl.Int64,
    "deferred": pl.Int64,
    "not_applicable": pl.Int64,
    "lower": pl.String,
    "upper": pl.String,
    "state": pl.String,
}
_FRACTIONS = ("rate", "lower", "upper")


def _targets_frame(targets: tuple[TargetResult, ...]) -> pl.DataFrame:
    """Fractions as text ("109/118"): exact."""
    rows = [
        tuple(
            str(value) if name in _FRACTIONS and value is not None else value
            for name, value in ((name, getattr(target, name)) for name in _TARGET_COLUMNS)
        )
        for target in targets
    ]
    return pl.DataFrame(rows, schema=_TARGET_COLUMNS, orient="row")


# --- reading -------------------------------------------------------------------------------------


def read(folder: str | Path) -> StoredRun:
    folder = Path(folder)
    if not (folder / MANIFEST).is_file():
        raise UsageError([_no_run(folder)])
    try:
        return StoredRun(
            folder=folder,
            manifest=cast(dict[str, Any], _read_json(folder / MANIFEST)),
            findings=pl.read_parquet(folder / "findings.parquet"),
            scorecard=Scorecard(
                counts=pl.read_parquet(folder / "scorecard.parquet"),
                targets=_targets(pl.read_parquet(folder / "targets.parquet")),
                gates=tuple(_gate_result(entry) for entry in _read_json(folder / "gates.json")),
            ),
            questions=pl.read_parquet(folder / "questions.parquet"),
            deferrals=tuple(_outcome(entry) for entry in _read_json(folder / DEFERRALS))
            if (folder / DEFERRALS).is_file()
            else (),
            changes=pl.read_parquet(folder / "changes.parquet") if (folder / EARLIER).is_file() else None,
            earlier=_earlier(folder) if (folder / EARLIER).is_file() else (),
        )
    except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
        raise UsageError([_damaged(folder, error)]) from error


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _targets(frame: pl.DataFrame) -> tuple[TargetResult, ...]:
    def exact(row: dict[str, Any]) -> dict[str, Any]:
        return row | {name: None if row[name] is None else Fraction(row[name]) for name in _FRACTIONS}

    return tuple(TargetResult(**exact(row)) for row in frame.iter_rows(named=True))


def _gate_result(entry: dict[str, Any]) -> GateResult:
    return GateResult(
        unit=entry["unit"],
        name=Text(entry["name"]["zh"], entry["name"]["en"]),
        state=entry["state"],
        reasons=tuple(Reason(**reason) for reason in entry["reasons"]),
    )


# --- what it was compared with, what was deferred ------------------------------------------------


def folders(root: str | Path) -> list[Path]:
    """The runs that lie in a folder."""
    return sorted(path.parent for path in Path(root).glob(f"*/{MANIFEST}"))


def earlier(folder: str | Path) -> Earlier:
    """A run as another one is compared with it."""
    folder = Path(folder)
    stored = read(folder)
    digest = sha256((folder / MANIFEST).read_bytes()).hexdigest()
    pack = stored.manifest["pack"]["id"]
    return Earlier(folder.name, pack, stored.as_of, stored.known_at, digest, stored.findings, folder.as_posix())


def _about(run: Earlier) -> dict[str, Any]:
    known_at = None if run.known_at is None else run.known_at.isoformat()
    return {
        "name": run.name,
        "pack": run.pack,
        "as_of": run.as_of.isoformat(),
        "known_at": known_at,
        "digest": run.digest,
    }


def _findings_of(runs: tuple[Earlier, ...]) -> pl.DataFrame:
    return pl.concat(run.findings.with_columns(at=pl.lit(at, pl.UInt32)) for at, run in enumerate(runs))


def _earlier(folder: Path) -> tuple[Earlier, ...]:
    findings = pl.read_parquet(folder / "earlier.parquet")

    def made(at: int, entry: dict[str, Any]) -> Earlier:
        known_at = entry["known_at"] and date.fromisoformat(entry["known_at"])
        own = findings.filter(pl.col("at") == at).drop("at")
        return Earlier(entry["name"], entry["pack"], date.fromisoformat(entry["as_of"]), known_at, entry["digest"], own)

    return tuple(made(at, entry) for at, entry in enumerate(_read_json(folder / EARLIER)))


_DEFERRAL_DAYS = ("approved_on", "expires")


def _deferral(outcome: DeferralOutcome) -> dict[str, Any]:
    own = outcome.deferral
    told = {f.name: getattr(own, f.name) for f in fields(own) if f.name != "span"}
    told |= {name: None if told[name] is None else told[name].isoformat() for name in _DEFERRAL_DAYS}
    place = {"file": re.split(r"[\\/]", own.span.path)[-1], "line": own.span.line, "column": own.span.column}
    rest = {
        "state": outcome.state,
        "rules": outcome.rules,
        "lacking": outcome.lacking,
        "fingerprints": outcome.fingerprints,
    }
    return {"deferral": told, "place": place, **rest}


def _outcome(entry: dict[str, Any]) -> DeferralOutcome:
    told = dict(entry["deferral"]) | {"subjects": tuple(entry["deferral"]["subjects"])}
    told |= {name: told[name] and date.fromisoformat(told[name]) for name in _DEFERRAL_DAYS}
    place = entry["place"]
    own = Deferral(**told, span=Span(place["file"], place["line"], place["column"]))
    return DeferralOutcome(
        own, entry["state"], tuple(entry["rules"]), tuple(entry["lacking"]), tuple(entry["fingerprints"])
    )


# --- refusals ------------------------------------------------------------------------------------


def _no_run(folder: Path) -> Diagnostic:
    beside = folder.parent if folder.parent.is_dir() else Path()
    latest = [path.as_posix() for path in folders(beside)[::-1][:SHOWN_RUNS]]
    if latest:
        message = Text(f"没有这次运行。最近的有：{'、'.join(latest)}", f"no such run; latest: {', '.join(latest)}")
        return Diagnostic("U30", Span(folder.as_posix()), message)
    return Diagnostic(
        "U30",
        Span(folder.as_posix()),
        Text("没有这次运行", "no such run"),
        Text("先用 checker run 生成一次运行", "make one with checker run"),
    )


def _damaged(folder: Path, error: Exception) -> Diagnostic:
    return Diagnostic(
        "U30",
        Span(folder.as_posix()),
        Text("这次运行的文件不完整或已损坏，不能读取", "the files of this run are incomplete or damaged"),
        Text("请重新运行 checker run", f"run checker run again ({type(error).__name__})"),
    )


def _occupied(folder: Path) -> Diagnostic:
    return Diagnostic(
        "U31",
        Span(folder.as_posix()),
        Text(
            "这个文件夹里有别的文件，不是一次运行，没有写入",
            "the folder holds other files and is no run; nothing was written",
        ),
        Text("换一个文件夹，或先清空它", "choose another folder, or empty this one"),
    )
