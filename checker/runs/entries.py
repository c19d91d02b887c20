"""Parts of a run ↔ what stands for them in JSON and Parquet: gates, targets, figures, deferrals, earlier runs, measures, shares."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl

from checker.errors import Span, Text
from checker.measures import Ground, Measure
from checker.model import Deferral
from checker.plan import DeferralOutcome, Earlier, FigureResult, GateResult, Reason, Share, Source, TargetResult


def source(source: Source) -> dict[str, Any]:
    """Names only: a folder, or the address of a database, belongs to a machine."""
    return {
        "file": re.split(r"[\\/]", source.file)[-1],
        "sheet": source.sheet,
        "table": source.table,
        "columns": dict(source.columns),
        "digest": source.digest,
    }


def gate(gate: GateResult) -> dict[str, Any]:
    return {
        "unit": gate.unit,
        "name": {"zh": gate.name.zh, "en": gate.name.en},
        "state": gate.state,
        "reasons": [
            {"gate": r.gate, "effect": r.effect, "state": r.state, "values": dict(r.values)} for r in gate.reasons
        ],
    }


def gate_result(entry: dict[str, Any]) -> GateResult:
    return GateResult(
        unit=entry["unit"],
        name=Text(entry["name"]["zh"], entry["name"]["en"]),
        state=entry["state"],
        reasons=tuple(Reason(**reason) for reason in entry["reasons"]),
    )


# --- targets -------------------------------------------------------------------------------------

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


def targets_frame(targets: tuple[TargetResult, ...]) -> pl.DataFrame:
    """Fractions as text ("109/118"): exact."""
    rows = [
        tuple(
            str(value) if name in _FRACTIONS and value is not None else value
            for name, value in ((name, getattr(target, name)) for name in _TARGET_COLUMNS)
        )
        for target in targets
    ]
    return pl.DataFrame(rows, schema=_TARGET_COLUMNS, orient="row")


def targets(frame: pl.DataFrame) -> tuple[TargetResult, ...]:
    def exact(row: dict[str, Any]) -> dict[str, Any]:
        return row | {name: None if row[name] is None else Fraction(row[name]) for name in _FRACTIONS}

    return tuple(TargetResult(**exact(row)) for row in frame.iter_rows(named=True))


# --- figures -------------------------------------------------------------------------------------

_FIGURE_COLUMNS: dict[str, type[pl.DataType]] = {
    "figure": pl.String,
    "column": pl.String,
    "unit": pl.String,
    "counted": pl.Int64,
    "rest": pl.Int64,
    "unknown": pl.Int64,
}


def figures_frame(figures: tuple[FigureResult, ...]) -> pl.DataFrame:
    rows = [tuple(getattr(result, name) for name in _FIGURE_COLUMNS) for result in figures]
    return pl.DataFrame(rows, schema=_FIGURE_COLUMNS, orient="row")


def figures(frame: pl.DataFrame) -> tuple[FigureResult, ...]:
    return tuple(FigureResult(**row) for row in frame.iter_rows(named=True))


# --- deferrals, earlier runs ---------------------------------------------------------------------

_DEFERRAL_DAYS = ("approved_on", "expires")


def deferral(outcome: DeferralOutcome) -> dict[str, Any]:
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


def outcome(entry: dict[str, Any]) -> DeferralOutcome:
    told = dict(entry["deferral"]) | {"subjects": tuple(entry["deferral"]["subjects"])}
    told |= {name: told[name] and date.fromisoformat(told[name]) for name in _DEFERRAL_DAYS}
    place = entry["place"]
    own = Deferral(**told, span=Span(place["file"], place["line"], place["column"]))
    return DeferralOutcome(
        own, entry["state"], tuple(entry["rules"]), tuple(entry["lacking"]), tuple(entry["fingerprints"])
    )


def about(run: Earlier) -> dict[str, Any]:
    known_at = None if run.known_at is None else run.known_at.isoformat()
    return {
        "name": run.name,
        "pack": run.pack,
        "as_of": run.as_of.isoformat(),
        "known_at": known_at,
        "digest": run.digest,
    }


# --- the share of durable-rules -------------------------------------------------------------------


def share(share: Share) -> dict[str, Any]:
    told = {f.name: getattr(share, f.name) for f in fields(share)}
    return told | {"instead": share.instead and share.instead._asdict()}


def share_of(entry: dict[str, Any]) -> Share:
    return Share(**(entry | {"instead": entry["instead"] and Text(**entry["instead"])}))


# --- measures ------------------------------------------------------------------------------------


def measure(measure: Measure) -> dict[str, Any]:
    told = {f.name: getattr(measure, f.name) for f in fields(measure)}
    grounds = [{"table": g.table, "key": g.key, "zh": g.text.zh, "en": g.text.en} for g in measure.grounds]
    return told | {"deadline": measure.deadline and measure.deadline.isoformat(), "grounds": grounds}


def measure_of(entry: dict[str, Any]) -> Measure:
    grounds = tuple(Ground(each["table"], each["key"], Text(each["zh"], each["en"])) for each in entry["grounds"])
    deadline = entry["deadline"] and date.fromisoformat(entry["deadline"])
    return Measure(**(entry | {"deadline": deadline, "grounds": grounds}))
