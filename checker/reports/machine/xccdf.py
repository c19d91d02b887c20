"""content + run + manifest → an XCCDF 1.2 TestResult: one rule-result for each finding, one per unit for what else was judged.

The score is the flat one without weights: how many results pass, of how many that apply. A share would say more than is
known where results are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from checker.errors import Language, Text
from checker.model import Deferral, Pack
from checker.plan import Run
from checker.reports.content import Content
from checker.reports.machine import escape, stamps, wording
from checker.reports.machine.history import approvals, gone
from checker.reports.machine.markup import Writer
from checker.reports.machine.outcomes import with_outcomes
from checker.reports.machine.places import rules_of
from checker.reports.sentences import Names

NAMESPACE = "http://checklists.nist.gov/xccdf/1.2"
_SCORING = "urn:xccdf:scoring:flat-unweighted"
_SEVERITIES = {"critical": "high", "high": "high", "medium": "medium", "low": "low"}
_RESULTS = {"fail": "fail", "unknown": "unknown", "not_due": "informational", "deferred": "fail"}


def render(told: Content, run: Run, manifest: Mapping[str, Any]) -> bytes:
    pack, when = run.plan.pack, stamps.moment(run.plan.as_of)
    units = [gate.unit for gate in told.gates]
    whom = units[0] if len(units) == 1 else "all"
    out = Writer()
    about = {
        "xmlns": NAMESPACE,
        "id": _name(pack, "testresult", f"{whom}-{run.plan.as_of.isoformat()}"),
        "end_time": when,
        "version": pack.version,
        "test_system": f"{stamps.TOOL} {manifest['versions']['checker']}",
    }
    with out.element("TestResult", **about):
        out.leaf("benchmark", href=f"{stamps.URN}:{escape.uri(pack.id)}", id=_name(pack, "benchmark", pack.id))
        out.leaf("title", escape.line(f"{told.title} {run.plan.as_of.isoformat()}"))
        for remark in (told.headline, *told.notes):
            out.leaf("remark", escape.line(remark))
        for gate in told.gates:
            out.leaf("target", escape.line(gate.name))
        if not told.gates:
            out.leaf("target", pack.id)
        with out.element("target-facts"):
            out.leaf("fact", run.plan.as_of.isoformat(), name=f"{stamps.URN}:as-of", type="string")
            for gate in told.gates:
                out.leaf("fact", gate.state, name=f"{stamps.URN}:gate:{escape.uri(gate.unit)}", type="string")
        _results(out, told, run)
        counts = run.scorecard.counts.filter(~pl.col("advisory") & (pl.col("verdict") != "not_applicable"))
        passed = int(counts.filter(pl.col("verdict") == "pass")["n"].sum())
        out.leaf("score", str(passed), system=_SCORING, maximum=str(int(counts["n"].sum())))
    return out.written()


def _results(out: Writer, told: Content, run: Run) -> None:
    pack, lang, names = run.plan.pack, told.lang, Names(run.plan, told.lang)
    rules, allowed = rules_of(run), approvals(run)
    for row in with_outcomes(told.findings).iter_rows(named=True):
        rule = rules[row["rule"]]
        advisory = row["outcome"] == "advisory"
        about = {
            "idref": _name(pack, "rule", rule.id),
            "role": "unscored" if advisory else "full",
            "severity": _SEVERITIES[row["severity"]],
        }
        with out.element("rule-result", **about):
            out.leaf("result", row["verdict"] if advisory else _RESULTS[row["outcome"]])
            if row["outcome"] == "deferred":
                _override(out, row["verdict"], allowed[row["fingerprint"]], lang)
            for clause in rule.clauses:
                out.leaf("ident", clause, system=f"{stamps.URN}:{escape.uri(pack.id)}:clause")
            out.leaf("message", escape.line(wording.said(row, lang)), severity=_loudness(row["outcome"]))
            _instances(out, row)
    for row in gone(run):
        with out.element("rule-result", idref=_name(pack, "rule", row["rule"]), severity=_SEVERITIES[row["severity"]]):
            out.leaf("result", "fixed")
            out.leaf("message", escape.line(wording.gone(row, names.rule(row["rule"]), lang)), severity="info")
            _instances(out, row)
    for rule_id, unit, passed, apart in _rest(run):
        with out.element("rule-result", idref=_name(pack, "rule", rule_id)):
            out.leaf("result", "pass" if passed else "notapplicable")
            word = Text("达标", "pass") if passed else Text("不适用", "not applicable")
            amount = names.pooled(passed or apart, rule_id)
            out.leaf("message", f"{word.of(lang)} {amount}", severity="info")
            out.leaf("instance", unit, context="unit")
    judged = set(run.scorecard.counts["rule"].unique())
    in_force = rules_of(run)
    for rule in {**in_force, **{rule.id: rule for rule in pack.rules}}.values():
        if rule.id not in judged:
            with out.element("rule-result", idref=_name(pack, "rule", rule.id)):
                out.leaf("result", "notchecked" if rule.id in in_force else "notselected")


def _instances(out: Writer, row: Mapping[str, Any]) -> None:
    """The unit, the record, its period."""
    out.leaf("instance", row["unit"], context="unit")
    if row["subject"] != "unit":
        out.leaf("instance", row["key"] or row["id"], context=row["subject"], parentContext="unit")
    if row["period"]:
        out.leaf("instance", row["period"], context="period", parentContext=row["subject"])


def _override(out: Writer, verdict: str, deferral: Deferral, lang: Language) -> None:
    assert deferral.approved_on is not None  # or it would not count
    with out.element("override", time=stamps.moment(deferral.approved_on), authority=escape.line(deferral.approver)):
        out.leaf("old-result", verdict)
        out.leaf("new-result", "notapplicable")
        out.leaf("remark", escape.line(wording.approval(deferral, lang)))


def _rest(run: Run) -> list[tuple[str, str, int, int]]:
    """(rule, unit, how many pass, to how many it does not apply), where there is something to tell."""
    n, verdict = pl.col("n"), pl.col("verdict")
    sums = run.scorecard.counts.group_by("rule", "unit", maintain_order=True).agg(
        n.filter(verdict == "pass").sum().alias("passed"), n.filter(verdict == "not_applicable").sum().alias("apart")
    )
    return [row for row in sums.iter_rows() if row[2] or row[3]]


def _loudness(outcome: str) -> str:
    return {"fail": "error", "unknown": "warning"}.get(outcome, "info")


def _name(pack: Pack, kind: str, name: str) -> str:
    """xccdf_nantong-2019_rule_video-linked: the second part may hold no underscore."""
    return f"xccdf_{pack.id.replace('_', '-')}_{kind}_{name}"
