"""content + run + manifest → the report as JSON (schemas/report.schema.json), for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl

from checker.plan import Run
from checker.reports.content import Content, GateLine, TargetLine

COUNT_COLUMNS = ("rule", "revision", "unit", "period", "verdict", "status", "advisory", "deferred", "vacuous", "n")


def render(content: Content, run: Run, manifest: Mapping[str, Any]) -> str:
    report = {
        "manifest": dict(manifest),
        "gates": [_gate(gate) for gate in content.gates],
        "targets": [_target(target) for target in content.targets],
        "counts": _rows(run.scorecard.counts.select(COUNT_COLUMNS)),
        "findings": [_finding(row) for row in _rows(content.findings)],
        "questions": _rows(run.tables.questions),
    }
    return json.dumps(report, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _gate(gate: GateLine) -> dict[str, Any]:
    return {
        "unit": gate.unit,
        "name": gate.name,
        "state": gate.state,
        "reasons": [
            {
                "gate": line.reason.gate,
                "effect": line.reason.effect,
                "state": line.reason.state,
                "text": line.text,
                "values": dict(line.reason.values),
            }
            for line in gate.reasons
            # Of an open gate nothing stands in the way; its sentence is for people.
            if line.reason.gate or line.reason.state == "unknown"
        ],
    }


def _target(line: TargetLine) -> dict[str, Any]:
    target = line.result
    return {
        "rule": target.rule,
        "revision": target.revision,
        "unit": target.unit,
        "period": target.period or None,
        "rate": target.rate,
        "due": target.due,
        "lower": target.lower,
        "upper": target.upper,
        "state": target.state,
        "counts": {
            "owed": target.owed,
            "pass": target.passed,
            "fail": target.failed,
            "unknown": target.unknown,
            "missing": target.missing,
            "deferred": target.deferred,
            "not_applicable": target.not_applicable,
        },
    }


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"observed": json.loads(row["observed"] or "{}")}


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return list(frame.iter_rows(named=True))


def _plain(value: object) -> object:
    match value:
        case date():
            return value.isoformat()
        case Fraction():
            return float(value)
    return str(value)
