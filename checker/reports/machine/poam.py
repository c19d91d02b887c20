"""content + run + manifest → an OSCAL plan of action and milestones: every shortcoming that is to be put right, and by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from checker.errors import Text
from checker.plan import Run
from checker.reports.content import Content
from checker.reports.machine import stamps, wording
from checker.reports.machine.oscal import metadata, one_line, props, risks
from checker.reports.machine.outcomes import with_outcomes
from checker.reports.machine.stream import document, long
from checker.reports.sentences import Names


def render(told: Content, run: Run, manifest: Mapping[str, Any]) -> bytes:
    findings = with_outcomes(told.findings).filter(
        (pl.col("verdict") == "fail") & pl.col("outcome").is_in(["fail", "not_due", "deferred"])
    )
    units = list(dict.fromkeys(gate.unit for gate in told.gates))
    plan: dict[str, Any] = {
        "uuid": stamps.stable_uuid("poam", stamps.of_run(manifest, *units), told.lang),
        "metadata": metadata(told, run, units or [run.plan.pack.id], Names(run.plan, told.lang)),
        "system-id": {
            "identifier-type": "http://ietf.org/rfc/rfc4122",
            "id": stamps.stable_uuid("system", run.plan.pack.id),
        },
    }
    if findings.height:
        plan["risks"] = long("risks")
    plan["poam-items"] = long("items")
    lists = {"risks": risks(told, run, findings), "items": _items(told, findings)}
    return document({"plan-of-action-and-milestones": plan}, lists)


def _items(told: Content, findings: pl.DataFrame) -> Iterator[dict[str, Any]]:
    if not findings.height:
        # The format wants one item at least.
        nothing = Text("没有需要整改的问题。", "Nothing is to be put right.").of(told.lang)
        yield {"uuid": stamps.stable_uuid("nothing"), "title": nothing, "description": nothing}
    for row in findings.iter_rows(named=True):
        yield {
            "uuid": stamps.stable_uuid("item", row["id"]),
            "title": one_line(f"{row['number']} {row['name'] or row['key'] or ''}"),
            "description": wording.said(row, told.lang),
            "props": props([("rule", row["rule"]), ("unit", row["unit"]), ("lead", row["lead"])]),
            "related-risks": [{"risk-uuid": stamps.stable_uuid("risk", row["id"])}],
        }
