"""content + run → annotations for GitHub's log: what is due and fails or is unknown, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator

from checker.plan import Run
from checker.reports.content import Content
from checker.reports.machine import wording
from checker.reports.machine.commands import Annotation, lines
from checker.reports.machine.outcomes import urgent, with_outcomes
from checker.reports.machine.places import Places, of_rule, rules_of


def render(told: Content, run: Run) -> bytes:
    return lines(_annotations(told, run), told.lang).encode()


def _annotations(told: Content, run: Run) -> Iterator[Annotation]:
    places, rules = Places(run), rules_of(run)
    for row in urgent(with_outcomes(told.findings), "fail", "unknown").iter_rows(named=True):
        place = places.of(row["source"])
        # Without a sheet the finding stands in its rule's file.
        file, line = of_rule(run.plan.pack, rules[row["rule"]]) if place is None else (place.file, place.row)
        grave = row["outcome"] == "fail" and row["severity"] in ("critical", "high")
        where = "" if place is None else f"　{place.said}" if told.lang == "zh" else f"  {place.said}"
        yield Annotation(
            level="error" if grave else "warning",
            title=f"{row['number']} {row['title']}",
            message=wording.said(row, told.lang) + where,
            file=file,
            line=line,
            column=0 if place is None else place.column,
        )
