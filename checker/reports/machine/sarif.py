"""content + run + manifest → SARIF 2.1.0, complete: rules, clauses, places, identity, deferrals, changes, data questions.

Facts of the format that decide: a result whose `kind` is not "fail" has level "none"; of the results either all tell their
suppressions or none does; a row and a column of a sheet stand as line and column; in a message a brace begins a placeholder
and "](" ends the text of a link, so neither is left as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from checker.errors import Language, Text
from checker.model import Deferral, Pack, Rule
from checker.plan import Run
from checker.reports.content import Content
from checker.reports.machine import escape, stamps, wording
from checker.reports.machine.history import approvals, first_seen, gone
from checker.reports.machine.outcomes import Outcome, with_outcomes
from checker.reports.machine.places import Place, Places, at_cell, files_of, of_rule, rules_of
from checker.reports.machine.stream import document, long
from checker.reports.sentences import Names

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_RANKS = {"critical": 95.0, "high": 75.0, "medium": 50.0, "low": 20.0}
_KINDS: dict[Outcome, str] = {
    "fail": "fail",
    "unknown": "open",
    "not_due": "informational",
    "deferred": "fail",
    "advisory": "informational",
}
# What came back is new: "updated" would say that it never went.
_BASELINES = {"new": "new", "persisting": "unchanged", "reopened": "new"}
_DOUBTS = {"lost": "warning", "doubt": "note", "info": "none"}
_DATA, _RULES = "DATA", "RULES"


def render(told: Content, run: Run, manifest: Mapping[str, Any]) -> bytes:
    findings = with_outcomes(told.findings)
    rules = list(rules_of(run).values())
    units, subjects = _logical(findings, run, told.lang)
    files = _files(findings, run)
    written: dict[str, Any] = {
        "tool": {"driver": driver(run.plan.pack, rules, manifest, told.lang, complete=True)},
        "taxonomies": [_taxonomy(run.plan.pack, rules, told.lang)],
        "language": "zh-CN" if told.lang == "zh" else "en",
        "automationDetails": automation(run, manifest, told),
        "invocations": [_invocation(run, manifest, told)],
        "originalUriBaseIds": {
            _DATA: {"description": {"text": Text("数据文件所在的文件夹", "the folder of the data").of(told.lang)}},
            _RULES: {"description": {"text": Text("规则包的文件夹", "the folder of the pack").of(told.lang)}},
        },
        "artifacts": list(_artifacts(files)),
        "logicalLocations": long("logical"),
        "columnKind": "unicodeCodePoints",
        "results": long("results"),
        "properties": {
            "asOf": run.plan.as_of,
            "headline": told.headline,
            "basis": told.basis,
            "notes": list(told.notes),
            "changes": list(told.changes),
            "deferrals": list(told.deferrals),
            "against": [{"run": e.name, "asOf": e.as_of, "manifest": e.digest} for e in run.earlier],
            "gates": [{"unit": g.unit, "name": g.name, "state": g.state, "summary": g.summary} for g in told.gates],
        },
    }
    lists = {
        "logical": _logical_locations(units, subjects),
        "questions": _notifications(run, told.lang),
        "results": _results(told, run, manifest, findings, ((units, subjects), files)),
    }
    return document({"$schema": stamps.SARIF_SCHEMA, "version": "2.1.0", "runs": [written]}, lists)


# --- head ----------------------------------------------------------------------------------------


def driver(
    pack: Pack, rules: list[Rule], manifest: Mapping[str, Any], lang: Language, *, complete: bool
) -> dict[str, Any]:
    """Who judged. `complete`: with the clauses and the kinds of data questions, for those who read them."""
    told: dict[str, Any] = {
        "name": stamps.TOOL,
        "fullName": pack.title.of(lang),
        "version": str(manifest["versions"]["checker"]),
        "rules": [descriptor(pack, rule, lang, complete=complete) for rule in rules],
    }
    if complete:
        told["language"] = "zh-CN" if lang == "zh" else "en"
        told["supportedTaxonomies"] = [{"name": pack.id, "index": 0}]
        told["properties"] = {"pack": manifest["pack"]}
    return told


def descriptor(pack: Pack, rule: Rule, lang: Language, *, complete: bool) -> dict[str, Any]:
    lines = wording.help_lines(pack, rule, lang)
    colon = "：" if lang == "zh" else ": "
    told: dict[str, Any] = {
        "id": rule.id,
        "shortDescription": {"text": rule.title.of(lang)},
        "fullDescription": {"text": wording.quotes(pack, rule) or rule.title.of(lang)},
        "help": {
            "text": "\n".join(f"{heading}{colon}{text}" for heading, text in lines) or rule.title.of(lang),
            "markdown": "\n\n".join(f"**{heading}**{colon}{escape.markdown(text)}" for heading, text in lines)
            or escape.markdown(rule.title.of(lang)),
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity], "rank": _RANKS[rule.severity]},
    }
    if complete:
        known = list(pack.clauses)
        told["relationships"] = [
            {"target": {"id": clause, "toolComponent": {"name": pack.id, "index": 0}}, "kinds": ["superset"]}
            for clause in rule.clauses
            if clause in known
        ]
        file, at = of_rule(pack, rule)
        told["properties"] = {
            "severity": rule.severity,
            "subject": rule.subject,
            "file": file,
            "line": at,
            "lead": rule.lead,
            "support": list(rule.support),
        }
    return told


def automation(run: Run, manifest: Mapping[str, Any], told: Content) -> dict[str, Any]:
    """One category for each unit that is told alone, so that an upload for one does not replace another's."""
    units = [gate.unit for gate in told.gates]
    whom = units[0] if len(units) == 1 else "all"
    plan = run.plan
    return {
        "id": f"{plan.pack.id}/{whom}/{plan.as_of.isoformat()}",
        "guid": stamps.stable_uuid("run", stamps.of_run(manifest, *units)),
        "correlationGuid": stamps.stable_uuid("category", plan.pack.id, whom),
    }


def _taxonomy(pack: Pack, rules: list[Rule], lang: Language) -> dict[str, Any]:
    used = {clause for rule in rules for clause in rule.clauses}
    taxa = []
    for clause in pack.clauses.values():
        if clause.id in used:
            short = clause.quote or (clause.gist.of(lang) if clause.gist else clause.section)
            taxa.append({"id": clause.id, "name": clause.section, "shortDescription": {"text": short or clause.id}})
    return {
        "name": pack.id,
        "version": pack.version,
        "fullName": pack.source_title.of(lang),
        "shortDescription": {"text": pack.source_title.of(lang)},
        "isComprehensive": False,
        "taxa": taxa,
    }


def _invocation(run: Run, manifest: Mapping[str, Any], told: Content) -> dict[str, Any]:
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": long("questions"),
        "properties": {
            "asOf": run.plan.as_of,
            "knownAt": run.plan.known_at,
            "engine": run.engine,
            "rules": manifest["pack"]["digest"],
            "questions": told.questions.sentence,
        },
    }


def _notifications(run: Run, lang: Language) -> Iterator[dict[str, Any]]:
    """Doubts about the data: told by the tool about its input, never as results."""
    for row in run.tables.questions.iter_rows(named=True):
        about = {name: row[name] for name in ("table", "key", "field", "raw", "reading", "candidate", "n", "cells")}
        told: dict[str, Any] = {
            "level": _DOUBTS[row["severity"]],
            "message": {"text": escape.sarif(row[f"message_{lang}"])},
            "descriptor": {"id": row["code"]},
            "properties": {name: value for name, value in about.items() if value not in (None, "", [])},
        }
        if row["file"]:
            told["locations"] = [{"physicalLocation": _physical(at_cell(row["file"], row["sheet"], row["cell"]), {})}]
        yield told


def _artifacts(files: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for name, digest in files:
        told: dict[str, Any] = {"location": {"uri": escape.uri(name), "uriBaseId": _DATA}, "roles": ["analysisTarget"]}
        if digest:
            told["hashes"] = {"sha-256": digest}
        yield told


def _files(findings: pl.DataFrame, run: Run) -> list[tuple[str, str]]:
    """Those in which something of this report stands: of one unit's report, none of another's."""
    places = Places(run)
    told = (places.of(source) for source in findings["source"].unique(maintain_order=True))
    return files_of(run, [*(place.file for place in told if place is not None), *run.tables.questions["file"]])


# --- places --------------------------------------------------------------------------------------

_Logical = tuple[dict[str, tuple[int, str]], dict[tuple[str, str, str | None], tuple[int, str | None]]]


def _logical(findings: pl.DataFrame, run: Run, lang: Language) -> _Logical:
    """unit → (its index, name), (unit, subject, key) → (its index, name): units first, then whom they answer for."""
    place, names = ["unit", "subject", "key", "name"], Names(run.plan, lang)
    rows = findings.select(place).unique(place[:3], keep="first", maintain_order=True).rows()
    rows += [(row["unit"], row["subject"], row["key"], row["name"]) for row in gone(run)]
    units = {unit: (at, names.unit(unit)) for at, unit in enumerate(dict.fromkeys(row[0] for row in rows))}
    called = {(unit, subject, key): name for unit, subject, key, name in reversed(rows) if subject != "unit"}
    below = {whom: (len(units) + at, name) for at, (whom, name) in enumerate(reversed(called.items()))}
    return units, below


def _logical_locations(
    units: Mapping[str, tuple[int, str]], subjects: Mapping[tuple[str, str, str | None], tuple[int, str | None]]
) -> Iterator[dict[str, Any]]:
    for unit, (_, unit_name) in units.items():
        yield {"name": unit_name, "fullyQualifiedName": unit, "kind": "unit"}
    for (unit, subject, key), (_, name) in subjects.items():
        full = f"{unit}/{subject}/{key or ''}"
        parent = units[unit][0]
        yield {"name": name or key or "", "fullyQualifiedName": full, "kind": subject, "parentIndex": parent}


def _physical(place: Place, files: Mapping[str, int]) -> dict[str, Any]:
    artifact: dict[str, Any] = {"uri": escape.uri(place.file), "uriBaseId": _DATA}
    if place.file in files:
        artifact["index"] = files[place.file]
    told: dict[str, Any] = {"artifactLocation": artifact}
    if place.row:
        told["region"] = {"startLine": place.row} | ({"startColumn": place.column} if place.column else {})
    about = {"sheet": place.sheet, "cell": place.cell}
    return told | {"properties": {name: value for name, value in about.items() if value}}


# --- results -------------------------------------------------------------------------------------


def _results(
    told: Content,
    run: Run,
    manifest: Mapping[str, Any],
    findings: pl.DataFrame,
    indexed: tuple[_Logical, list[tuple[str, str]]],
) -> Iterator[dict[str, Any]]:
    places, lang, logical = Places(run), told.lang, indexed[0]
    files = {name: at for at, (name, _) in enumerate(indexed[1])}
    allowed, seen = approvals(run), first_seen(run)
    this_run, index = stamps.of_run(manifest), {rule: at for at, rule in enumerate(rules_of(run))}
    for row in findings.iter_rows(named=True):
        place = places.of(row["source"])
        result = _identified(row, index, this_run) | {"message": {"text": escape.sarif(wording.said(row, lang))}}
        result |= _graded(_KINDS[row["outcome"]], row["severity"])
        location = {"logicalLocations": [{"index": _index(row, logical)}]}
        if place is not None:
            about: dict[str, Any] = {"physicalLocation": _physical(place, files)}
            location = about | {"message": {"text": escape.sarif(place.said)}} | location
        result["locations"] = [location]
        if row["change"] is not None:
            result["baselineState"] = _BASELINES[row["change"]]
        if row["number"] in seen:
            result["provenance"] = {"firstDetectionTimeUtc": stamps.moment(seen[row["number"]])}
        # Of all results, or of none.
        if run.deferrals:
            result["suppressions"] = [_suppression(allowed[row["fingerprint"]], lang)] if row["deferred"] else []
        yield result | {"properties": _facts(row)}
    titles = {rule.id: rule.title.of(lang) for rule in (*run.plan.pack.rules, *rules_of(run).values())}
    for row in gone(run):
        text = wording.gone(row, titles.get(row["rule"], row["rule"]), lang)
        kind = "fail" if row["verdict_before"] == "fail" else "open"
        result = _identified(row, index, this_run) | _graded(kind, row["severity"])
        result |= {"message": {"text": escape.sarif(text)}, "baselineState": "absent"}
        result["locations"] = [{"logicalLocations": [{"index": _index(row, logical)}]}]
        result["provenance"] = {"firstDetectionTimeUtc": stamps.moment(row["first_seen"])}
        yield result | ({"suppressions": []} if run.deferrals else {})


def _identified(row: Mapping[str, Any], rules: Mapping[str, int], this_run: str) -> dict[str, Any]:
    # A rule that is no longer in force has no descriptor.
    index = {"ruleIndex": rules[row["rule"]]} if row["rule"] in rules else {}
    return (
        {"ruleId": row["rule"]}
        | index
        | {
            "fingerprints": {"finding/v1": row["id"]},
            "partialFingerprints": {"ruleSubjectPeriod/v1": row["fingerprint"]},
            "guid": stamps.stable_uuid("result", this_run, row["id"]),
            "correlationGuid": stamps.stable_uuid("finding", row["id"]),
        }
    )


def _graded(kind: str, severity: str) -> dict[str, Any]:
    return {"kind": kind, "level": LEVELS[severity] if kind == "fail" else "none"}


def _index(row: Mapping[str, Any], logical: _Logical) -> int:
    units, subjects = logical
    below = subjects.get((row["unit"], row["subject"], row["key"]))
    return units[row["unit"]][0] if below is None else below[0]


def _suppression(deferral: Deferral, lang: Language) -> dict[str, Any]:
    about = {
        "approver": deferral.approver,
        "requestedBy": deferral.requested_by,
        "approvedOn": deferral.approved_on,
        "document": deferral.document,
        "expires": deferral.expires,
        "interim": deferral.interim,
        "watchedBy": deferral.watched_by,
    }
    return {
        "kind": "external",
        "status": "accepted",
        "justification": wording.approval(deferral, lang),
        "properties": {name: value for name, value in about.items() if value},
    }


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the format has no place for, under the names of schemas/finding.schema.json."""
    names = ("number", "verdict", "status", "severity", "unit", "key", "period", "revision", "due", "days_overdue")
    told = {name: row[name] for name in (*names, "required", "advisory", "change") if row[name] is not None}
    return told | {"observed": json.loads(row["observed"] or "{}")}
