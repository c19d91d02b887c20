"""content + run + manifest → the report as JSON (schemas/report.schema.json), for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from checker.plan import DeferralOutcome, FigureResult, Run
from checker.reports.content import Content, GateLine, TargetLine
from checker.reports.counted import bounds
from checker.reports.deferring import verdict
from checker.reports.machine.stream import document, long
from checker.reports.measuring import as_json

COUNT_COLUMNS = ("rule", "revision", "unit", "period", "verdict", "status", "advisory", "deferred", "vacuous", "n")


def render(content: Content, run: Run, manifest: Mapping[str, Any]) -> bytes:
    """The long lists have one entry per line."""
    report = {
        "manifest": dict(manifest),
        "gates": [gate_entry(gate) for gate in content.gates],
        "targets": [_target(target) for target in content.targets],
        "deferrals": [_deferral(outcome, run, content) for outcome in run.deferrals],
        "figures": [_figure(result) for result in run.figures],
        "counts": long("counts"),
        "findings": long("findings"),
        "questions": long("questions"),
        "measures": long("measures"),
    }
    lists: dict[str, Iterable[object]] = {
        "counts": run.scorecard.counts.select(COUNT_COLUMNS).iter_rows(named=True),
        "findings": (finding(row) for row in content.findings.iter_rows(named=True)),
        "questions": run.tables.questions.iter_rows(named=True),
        "measures": as_json(run, content.lang),
    }
    return document(report, lists)


def gate_entry(gate: GateLine) -> dict[str, Any]:
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
                "values": _in_order(line.reason.values),
            }
            for line in gate.reasons
            # Of an open gate nothing stands in the way; its sentence is for people.
            if line.reason.gate or line.reason.state == "unknown"
        ],
    }


def _in_order(value: object) -> object:
    """The same however it came about: from gates just decided, or from those of a folder."""
    match value:
        case Mapping():
            return {name: _in_order(value[name]) for name in sorted(value)}
        case list() | tuple():
            return [_in_order(each) for each in value]
    return value


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


def _deferral(outcome: DeferralOutcome, run: Run, content: Content) -> dict[str, Any]:
    own = outcome.deferral
    return {
        "rule": own.rule,
        "rules": list(outcome.rules),
        "unit": own.unit or None,
        "subjects": list(own.subjects),
        "period": own.period or None,
        "expires": own.expires,
        "state": outcome.state,
        "lacking": list(outcome.lacking),
        "fingerprints": list(outcome.fingerprints),
        "text": verdict(outcome, run).of(content.lang),
    }


def _figure(result: FigureResult) -> dict[str, Any]:
    lower, upper = bounds(result)
    return {
        "figure": result.figure,
        "column": result.column,
        "unit": result.unit,
        "meant": result.meant,
        "counted": result.counted,
        "not_counted": result.rest,
        "unknown": result.unknown,
        "lower": lower,
        "upper": upper,
    }


def finding(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"observed": json.loads(row["observed"] or "{}")}
