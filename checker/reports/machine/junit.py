"""content + run + manifest → JUnit XML: a suite for each unit, a case for each finding and for what else a rule judged.

There is no standard; this is what the strictest schemas (Ant's and Jenkins's) take. A fail that is due and counts is a
failure, an unknown is an error of the type "unknown"; what is not due, deferred or advice only fails no build. Names are
made of what stays the same, so that a system can follow a case from run to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from checker.errors import Language, Text
from checker.model import Deferral
from checker.plan import Run
from checker.reports.content import Content
from checker.reports.machine import escape, wording
from checker.reports.machine.history import approvals
from checker.reports.machine.markup import Writer
from checker.reports.machine.outcomes import with_outcomes
from checker.reports.sentences import Names

_TAGS = {"fail": "failure", "unknown": "error", "not_due": "skipped", "deferred": "skipped"}
_REST = Text("其余对象", "all other subjects")


@dataclass(slots=True)
class _Case:
    """`tag` empty: it passed."""

    rule: str
    name: str
    tag: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""


def render(told: Content, run: Run, manifest: Mapping[str, Any]) -> bytes:
    names, called = Names(run.plan, told.lang), {gate.unit: gate.name for gate in told.gates}
    findings = with_outcomes(told.findings)
    counted = run.scorecard.counts["unit"].unique()
    units = list(dict.fromkeys([*(gate.unit for gate in told.gates), *findings["unit"], *counted.sort()]))
    by_unit = {str(unit): part for (unit,), part in findings.partition_by("unit", as_dict=True).items()}
    allowed = approvals(run)
    rules = {rule: at for at, rule in enumerate(dict.fromkeys(o.rule.id for o in run.plan.obligations))}
    whose = f"{run.plan.pack.id}@{run.plan.pack.version} {manifest['pack']['digest']}"
    out = Writer()
    with out.element("testsuites"):
        for number, unit in enumerate(units):
            rest = run.scorecard.counts.filter(pl.col("unit") == unit)
            cases = list(_cases(by_unit.get(unit, findings.clear()), rest, names, allowed))
            cases.sort(key=lambda case: rules[case.rule])
            kinds = [case.tag for case in cases]
            attributes = {
                "package": run.plan.pack.id,
                "id": str(number),
                "name": escape.line(called.get(unit) or names.unit(unit)),
                "timestamp": f"{run.plan.as_of.isoformat()}T00:00:00",
                "hostname": "localhost",
                "tests": str(len(cases)),
                "failures": str(kinds.count("failure")),
                "errors": str(kinds.count("error")),
                "skipped": str(kinds.count("skipped")),
                "time": "0",
            }
            with out.element("testsuite", **attributes):
                with out.element("properties"):
                    out.leaf("property", name="unit", value=unit)
                    out.leaf("property", name="as_of", value=run.plan.as_of.isoformat())
                    out.leaf("property", name="rules", value=whose)
                for case in cases:
                    _write(out, case)
                out.leaf("system-out", "\n".join(_remarks(told, unit, by_unit.get(unit, findings.clear()))))
                out.leaf("system-err")
    return out.written()


def _write(out: Writer, case: _Case) -> None:
    about = {"classname": case.rule, "name": case.name, "time": "0"}
    if not case.tag:
        out.leaf("testcase", **about)
        return
    with out.element("testcase", **about):
        out.leaf(case.tag, case.text, **case.attributes)


def _cases(
    findings: pl.DataFrame, counts: pl.DataFrame, names: Names, allowed: Mapping[str, Deferral]
) -> Iterator[_Case]:
    told: set[tuple[str, str]] = set()
    for row in findings.iter_rows(named=True):
        case = _of_finding(row, names.lang, allowed)
        if not case.name or (case.rule, case.name) in told:
            # Records that people call alike, or that have neither name nor key.
            case.name = f"{case.name} {row['id']}".strip()
        told.add((case.rule, case.name))
        yield case
    # Who passes is known in numbers only.
    sums = counts.group_by("rule", maintain_order=True).agg(
        pl.col("n").filter(pl.col("verdict") == "pass").sum().alias("passed"),
        pl.col("n").filter(pl.col("verdict") == "not_applicable").sum().alias("apart"),
    )
    for rule, passed, apart in sums.iter_rows():
        name = escape.line(f"{names.rule(rule)}{'：' if names.lang == 'zh' else ': '}{_REST.of(names.lang)}")
        if passed:
            yield _Case(rule, name)
        elif apart:
            yield _Case(rule, name, "skipped", {"message": Text("不适用", "not applicable").of(names.lang)})


def _of_finding(row: Mapping[str, Any], lang: Language, allowed: Mapping[str, Deferral]) -> _Case:
    parts = (row["name"], row["key"] if row["key"] != row["name"] else None, row["period"])
    case = _Case(row["rule"], escape.line(" ".join(part for part in parts if part)))
    if row["outcome"] not in _TAGS:
        return case
    case.tag = _TAGS[row["outcome"]]
    message, colon = escape.line(row["message"]), "：" if lang == "zh" else ": "
    if case.tag == "skipped":
        why = wording.approval(allowed[row["fingerprint"]], lang) if row["outcome"] == "deferred" else message
        case.attributes = {"message": f"{wording.OUTCOMES[row['outcome']].of(lang)}{colon}{escape.line(why)}"}
        return case
    case.attributes = {"type": row["severity"] if case.tag == "failure" else "unknown", "message": message}
    told = [
        (Text("编号", "number"), row["number"]),
        (Text("要求", "required"), row["required"]),
        (Text("依据", "clause"), f"{row['section']} {row['quote']}".strip()),
        (Text("位置", "place"), row["source"]),
        (Text("整改建议", "what to do"), row["remedy"]),
    ]
    case.text = "\n".join(f"{word.of(lang)}{colon}{text}" for word, text in told if text)
    return case


def _remarks(told: Content, unit: str, findings: pl.DataFrame) -> Iterator[str]:
    """What has no case of its own: the gate with its reasons, and advice."""
    for gate in told.gates:
        if gate.unit == unit:
            yield f"{gate.name} {gate.word}"
            yield from (reason.text for reason in gate.reasons)
    for row in findings.filter(pl.col("outcome") == "advisory").iter_rows(named=True):
        yield f"{wording.OUTCOMES['advisory'].of(told.lang)} {row['number']} {wording.said(row, told.lang)}"
