"""content + run + manifest → the part of SARIF that GitHub's code scanning reads: what is due and fails, the gravest first.

GitHub takes every result for an alert whatever its `kind` and suppressions say, and keeps 5,000 of a run: so only findings
that stand are written, no more than that, and in our order. A finding that no sheet holds stands in its rule's file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checker.errors import Text
from checker.plan import Run
from checker.reports.content import Content
from checker.reports.machine import escape, sarif, stamps, wording
from checker.reports.machine.outcomes import urgent, with_outcomes
from checker.reports.machine.places import Places, of_rule, rules_of
from checker.reports.machine.stream import document, long

MOST_RESULTS = 5_000
LONGEST_TEXT = 1_024
_TAGS = ("security", "campus-safety")  # without "security" the figure below is not read
# critical: over 9.0, high: from 7.0, medium: from 4.0.
_SECURITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.5"}


def render(told: Content, run: Run, manifest: Mapping[str, Any]) -> bytes:
    failing = urgent(with_outcomes(told.findings), "fail")
    kept = failing.head(MOST_RESULTS)
    broken = set(kept["rule"].unique())
    rules = [rule for rule in rules_of(run).values() if rule.id in broken]
    driver = sarif.driver(run.plan.pack, rules, manifest, told.lang, complete=False)
    for rule, descriptor in zip(rules, driver["rules"], strict=True):
        for name in ("shortDescription", "fullDescription", "help"):
            descriptor[name] = {kind: _short(text) for kind, text in descriptor[name].items()}
        descriptor["properties"] = {"tags": [*_TAGS, rule.subject], "security-severity": _SECURITY[rule.severity]}
    left = failing.height - kept.height
    written: dict[str, Any] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": sarif.automation(run, manifest, told)["id"]},
        "columnKind": "unicodeCodePoints",
        "results": long("results"),
    }
    if left:
        text = Text(
            f"按轻重列出前{kept.height}项，另有{left}项未列", f"the {kept.height} gravest; {left} more are left out"
        )
        notification = {"level": "warning", "message": {"text": text.of(told.lang)}}
        written["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [notification]}]
    index = {rule.id: at for at, rule in enumerate(rules)}
    results = _results(told, run, kept.iter_rows(named=True), index)
    return document({"$schema": stamps.SARIF_SCHEMA, "version": "2.1.0", "runs": [written]}, {"results": results})


def _results(
    told: Content, run: Run, rows: Iterator[dict[str, Any]], index: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    places, rules = Places(run), rules_of(run)
    for row in rows:
        place = places.of(row["source"])
        if place is None:
            file, line = of_rule(run.plan.pack, rules[row["rule"]])
            column = 1
        else:
            file, line, column = place.file, max(place.row, 1), max(place.column, 1)
        text = wording.said(row, told.lang) + ("" if place is None else f" [{place.said}]")
        region = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1}
        yield {
            "ruleId": row["rule"],
            "ruleIndex": index[row["rule"]],
            "level": sarif.LEVELS[row["severity"]],
            "message": {"text": escape.sarif(text)},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": escape.uri(file)}, "region": region}}],
            "partialFingerprints": {"primaryLocationLineHash": row["id"]},
        }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
