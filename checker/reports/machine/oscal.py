"""content + run + manifest → OSCAL assessment results: one result for each unit, with what was seen, the risks, the findings.

A rule is a control. OSCAL knows satisfied and not satisfied only: a finding is written for what is due and fails, and for a
rule that nothing in the unit breaks; what is unknown is an observation and no finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import polars as pl

from checker.errors import Text
from checker.plan import Run
from checker.reports.content import Content
from checker.reports.machine import escape, stamps, wording
from checker.reports.machine.history import approvals, gone
from checker.reports.machine.outcomes import with_outcomes
from checker.reports.machine.stream import document, long
from checker.reports.sentences import Names

VERSION = "1.2.1"
_RISKS = {"fail": "open", "not_due": "open", "deferred": "deviation-approved"}


def render(told: Content, run: Run, manifest: Mapping[str, Any]) -> bytes:
    findings = with_outcomes(told.findings).filter(pl.col("outcome") != "advisory")
    names, seed = Names(run.plan, told.lang), stamps.of_run(manifest, *(gate.unit for gate in told.gates))
    units = list(dict.fromkeys([*(gate.unit for gate in told.gates), *findings["unit"]]))
    if not units:
        units = [run.plan.pack.id]
    plan_uuid = stamps.stable_uuid("plan", run.plan.pack.id, run.plan.pack.version)
    lists: dict[str, Iterable[object]] = {}
    results = []
    for number, unit in enumerate(units):
        parts = _parts(told, run, unit, findings.filter(pl.col("unit") == unit))
        # A list that is there holds something.
        filled = [part for part, made in parts.items() if next(made(), None) is not None]
        results.append(_result(told, run, unit, (names, seed)) | _lists(number, filled))
        lists |= {f"{part}-{number}": parts[part]() for part in filled}
    return document(
        {
            "assessment-results": {
                "uuid": stamps.stable_uuid("assessment-results", seed, told.lang),
                "metadata": metadata(told, run, units, names),
                "import-ap": {"href": f"#{plan_uuid}"},
                "results": results,
                "back-matter": {
                    "resources": [{"uuid": plan_uuid, "title": one_line(run.plan.pack.source_title.of(told.lang))}]
                },
            }
        },
        lists,
    )


def metadata(told: Content, run: Run, units: Iterable[str], names: Names) -> dict[str, Any]:
    called = _called(told)
    return {
        "title": one_line(f"{told.title} {run.plan.as_of.isoformat()}"),
        "last-modified": stamps.moment(run.plan.as_of),
        "version": run.plan.pack.version,
        "oscal-version": VERSION,
        "parties": [
            {
                "uuid": stamps.stable_uuid("unit", unit),
                "type": "organization",
                "name": one_line(called.get(unit) or names.unit(unit)),
            }
            for unit in units
        ],
        "remarks": "\n".join([told.headline, *told.notes]),
    }


def _lists(number: int, filled: list[str]) -> dict[str, Any]:
    lists: dict[str, Any] = {part: long(f"{part}-{number}") for part in filled}
    items = lists.pop("items", None)
    return ({} if items is None else {"local-definitions": {"inventory-items": items}}) | lists


def _called(told: Content) -> dict[str, str]:
    return {gate.unit: gate.name for gate in told.gates}


def _result(told: Content, run: Run, unit: str, known: tuple[Names, str]) -> dict[str, Any]:
    names, seed = known
    gate = next((gate for gate in told.gates if gate.unit == unit), None)
    rules = list(dict.fromkeys(obligation.rule.id for obligation in run.plan.obligations))
    chosen: dict[str, Any] = (
        {"include-controls": [{"control-id": control(rule)} for rule in rules]} if rules else {"include-all": {}}
    )
    about = [("unit", unit), ("as-of", run.plan.as_of.isoformat()), ("gate", gate.state if gate else "")]
    return {
        "uuid": stamps.stable_uuid("result", seed, unit),
        "title": one_line(f"{_called(told).get(unit) or names.unit(unit)} {run.plan.as_of.isoformat()}"),
        "description": "\n".join([told.basis, *(reason.text for reason in (gate.reasons if gate else ()))]),
        "start": stamps.moment(run.plan.as_of),
        "end": stamps.moment(run.plan.as_of),
        "props": props(about),
        "reviewed-controls": {"control-selections": [chosen]},
    }


def _parts(
    told: Content, run: Run, unit: str, findings: pl.DataFrame
) -> dict[str, Callable[[], Iterator[dict[str, Any]]]]:
    return {
        "items": partial(_items, findings),
        "observations": partial(_observations, told, run, findings),
        "risks": partial(_risks, told, run, unit, findings),
        "findings": partial(_findings, told, run, unit, findings),
    }


def _items(findings: pl.DataFrame) -> Iterator[dict[str, Any]]:
    subjects = findings.unique(["unit", "subject", "key"], keep="first", maintain_order=True)
    for row in subjects.select("unit", "subject", "key", "name").iter_rows(named=True):
        yield {
            "uuid": _subject_uuid(row),
            "description": one_line(row["name"] or row["key"] or row["subject"]),
            "props": props([("asset-id", row["key"]), ("subject", row["subject"]), ("unit", row["unit"])]),
        }


def _subject_uuid(row: Mapping[str, Any]) -> str:
    return stamps.stable_uuid("subject", row["unit"], row["subject"], row["key"] or "")


def _observations(told: Content, run: Run, findings: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in findings.iter_rows(named=True):
        observation: dict[str, Any] = {
            "uuid": stamps.stable_uuid("observation", row["id"]),
            "title": one_line(row["title"]),
            "description": wording.said(row, told.lang),
            "props": props(
                [(name, row[name]) for name in ("number", "verdict", "status", "severity", "period", "change")]
            ),
            "methods": ["EXAMINE"],
            "types": ["finding"],
            "subjects": [{"subject-uuid": _subject_uuid(row), "type": "inventory-item"}],
            "collected": stamps.moment(run.plan.as_of),
        }
        if row["source"]:
            observation["relevant-evidence"] = [{"description": row["source"]}]
        yield observation


def _risks(told: Content, run: Run, unit: str, findings: pl.DataFrame) -> Iterator[dict[str, Any]]:
    yield from risks(told, run, findings)
    names = Names(run.plan, told.lang)
    for row in gone(run):
        if row["unit"] == unit and row["verdict_before"] == "fail":
            title = names.rule(row["rule"])
            yield {
                "uuid": stamps.stable_uuid("risk", row["id"]),
                "title": one_line(f"{row['name'] or row['key'] or ''} {title}"),
                "description": wording.gone(row, title, told.lang),
                "statement": title,
                "props": props([("severity", row["severity"]), ("number", row["number"])]),
                "status": "closed",
            }


def risks(told: Content, run: Run, findings: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """What fails: due, not due yet, deferred. A deferral brings its own date and what is done meanwhile."""
    allowed = approvals(run)
    for row in findings.filter((pl.col("verdict") == "fail") & (pl.col("outcome") != "advisory")).iter_rows(named=True):
        risk: dict[str, Any] = {
            "uuid": stamps.stable_uuid("risk", row["id"]),
            "title": one_line(f"{row['name'] or row['key'] or ''} {row['title']}"),
            "description": wording.said(row, told.lang),
            "statement": row["quote"] or row["title"],
            "props": props([("severity", row["severity"]), ("status", row["status"]), ("number", row["number"])]),
            "status": _RISKS[row["outcome"]],
        }
        deadline = row["due"]
        if row["outcome"] == "deferred":
            deferral = allowed[row["fingerprint"]]
            deadline = deferral.expires or deadline
            about = [("approved-by", deferral.approver), ("document", deferral.document)]
            risk["props"] += props([*about, ("watched-by", deferral.watched_by)])
            risk["mitigating-factors"] = [
                {
                    "uuid": stamps.stable_uuid("deferral", row["id"]),
                    "description": wording.approval(deferral, told.lang),
                }
            ]
        if deadline is not None:
            risk["deadline"] = stamps.end_of(deadline)
        risk["remediations"] = [
            {
                "uuid": stamps.stable_uuid("remediation", row["id"]),
                "lifecycle": "recommendation",
                "title": Text("整改建议", "What to do").of(told.lang),
                "description": row["remedy"],
            }
        ]
        yield risk


def _findings(told: Content, run: Run, unit: str, findings: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in findings.filter(pl.col("outcome") == "fail").iter_rows(named=True):
        yield {
            "uuid": stamps.stable_uuid("finding", row["id"]),
            "title": one_line(f"{row['name'] or row['key'] or ''} {row['title']}"),
            "description": wording.said(row, told.lang),
            "props": props([("number", row["number"]), ("fingerprint", row["fingerprint"])]),
            "target": _target(row["rule"], "not-satisfied", "fail"),
            "related-observations": [{"observation-uuid": stamps.stable_uuid("observation", row["id"])}],
            "related-risks": [{"risk-uuid": stamps.stable_uuid("risk", row["id"])}],
        }
    names = Names(run.plan, told.lang)
    for rule, passed in _satisfied(run, unit):
        word = Text("达标", "pass").of(told.lang)
        yield {
            "uuid": stamps.stable_uuid("satisfied", unit, rule),
            "title": one_line(names.rule(rule)),
            "description": f"{word} {names.pooled(passed, rule)}",
            "target": _target(rule, "satisfied", "pass"),
        }


def _target(rule: str, state: str, reason: str) -> dict[str, Any]:
    return {"type": "objective-id", "target-id": f"{control(rule)}_obj", "status": {"state": state, "reason": reason}}


def control(rule: str) -> str:
    """A name that begins with a letter."""
    return rule if rule[:1].isalpha() else f"rule-{rule}"


def _satisfied(run: Run, unit: str) -> Iterator[tuple[str, int]]:
    """Rules that something in the unit meets and nothing leaves open."""
    counts = run.scorecard.counts.filter((pl.col("unit") == unit) & ~pl.col("advisory"))
    n, verdict = pl.col("n"), pl.col("verdict")
    sums = counts.group_by("rule", maintain_order=True).agg(
        n.filter(verdict == "pass").sum().alias("passed"),
        n.filter(verdict.is_in(["fail", "unknown"])).sum().alias("open"),
    )
    yield from sums.filter((pl.col("passed") > 0) & (pl.col("open") == 0)).select("rule", "passed").iter_rows()


def props(about: Iterable[tuple[str, str | None]]) -> list[dict[str, str]]:
    """Facts for which OSCAL has no place; a value is on one line and never empty."""
    return [
        {"name": name.replace("_", "-"), "ns": stamps.URN, "value": one_line(value)} for name, value in about if value
    ]


def one_line(text: str) -> str:
    return escape.line(text) or "-"
