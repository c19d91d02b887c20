"""content + run → GitLab's code quality report: what is due and fails or is unknown, the gravest first.

GitLab compares by fingerprint what a merge request changes, and shows the first of those that share one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checker.plan import Run
from checker.reports.content import Content
from checker.reports.machine import wording
from checker.reports.machine.outcomes import urgent, with_outcomes
from checker.reports.machine.places import Places, of_rule, rules_of
from checker.reports.machine.stream import document, long

_SEVERITIES = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


def render(told: Content, run: Run) -> bytes:
    return document(long("issues"), {"issues": _issues(told, run)})


def _issues(told: Content, run: Run) -> Iterator[dict[str, Any]]:
    places, rules = Places(run), rules_of(run)
    for row in urgent(with_outcomes(told.findings), "fail", "unknown").iter_rows(named=True):
        place = places.of(row["source"])
        file, line = of_rule(run.plan.pack, rules[row["rule"]]) if place is None else (place.file, place.row)
        yield issue(
            description=wording.said(row, told.lang) + ("" if place is None else f" [{place.said}]"),
            check=row["rule"],
            fingerprint=row["id"],
            severity=_SEVERITIES[row["severity"]] if row["outcome"] == "fail" else "info",
            place=(file, line),
        )


def issue(description: str, check: str, fingerprint: str, severity: str, place: tuple[str, int]) -> dict[str, Any]:
    return {
        "description": description,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": place[0], "lines": {"begin": max(place[1], 1)}},
    }
