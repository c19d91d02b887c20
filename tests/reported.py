"""nothing → finished runs put together by hand, for tests of what reports tell: an ordinary one, odd ones, empty ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import hand_built as make
import polars as pl
from deferred import SOUND

from checker import compare, defer
from checker.errors import Text
from checker.expr import Const
from checker.find import find, targets
from checker.model import Expression, GateRule
from checker.plan import BoundGate, Earlier, GateResult, Item, Reason, Run, Scorecard, Source

DUE = date(2019, 12, 31)


def a_run(**more: Any) -> Run:
    """Qidong: 98 pass, 9 fail, 6 unknown, 3 not applicable, 7 deferred; Rudong: 3 unknown; Haimen: all well."""
    gates = (
        BoundGate(
            GateRule("targets", Text("到期目标均已完成", "All due targets met"), "blocks", Expression("")),
            Item("1", Const(True, "yes_no"), (), Text("", "")),
        ),
    )
    plan = make.plan(make.video(), make.permit(), make.weekly(), gates=gates, **more)
    tables = make.data(
        [
            {"code": "1", "name": "阳光幼儿园", "unit_code": "320681"},
            {"code": "2", "name": "=1+1", "unit_code": "320623"},
        ]
    )
    found = [
        make.found(
            0, 0, "1", "320681", due=DUE, days=15, observed={"applies": None, "1": {"video_linked": False}}
        ),
        make.found(0, 1, "2", "320623", "unknown", due=DUE, days=15, observed={"applies": {"kind": None}, "1": None}),
        make.found(1, 0, "苏F1", "320681", status="not_due", due=date(2020, 3, 1), observed={"1": {"permit_until": "2020-03-01"}}),
        make.found(2, 0, "320684", "320684", period="2020-W04", observed={"1": {"any(report)": None}, "done_on": None}),
    ]  # fmt: skip
    cells = [
        make.counted(0, "320681", "pass", 98),
        make.counted(0, "320681", "fail", 16),
        make.counted(0, "320681", "unknown", 6),
        make.counted(0, "320681", "not_applicable", 3),
        make.counted(0, "320623", "unknown", 3),
        make.counted(0, "320684", "pass", 12, vacuous=True),
        make.counted(1, "320684", "pass", 2, "not_due"),
        make.counted(1, "320681", "fail", 1, "not_due"),
        make.counted(2, "320684", "fail", 1, period="2020-W04"),
    ]
    findings, counts = find(plan, tables, make.evaluation(found, cells))
    seven = (pl.col("unit") == "320681") & (pl.col("verdict") == "fail") & (pl.col("rule") == "video-linked")
    counts = pl.concat(
        [
            counts.with_columns(pl.when(seven).then(9).otherwise("n").cast(pl.Int64).alias("n")),
            counts.filter(seven).with_columns(pl.lit(True).alias("deferred"), pl.lit(7, pl.Int64).alias("n")),
        ]
    )
    return Run(plan, tables, findings, Scorecard(counts, targets(plan, tables, counts), GATES), "reference")


def told(rule: str, **numbers: int) -> dict[str, Any]:
    rates = {"rate": "1", "lower": None, "upper": None, "state": "missed", "period": ""}
    return {
        "rule": rule,
        **rates,
        "owed": 0,
        "passed": 0,
        "needed": 0,
        "short": 0,
        "unknown": 0,
        "missing": 0,
    } | numbers


def reason(state: Any, **values: Any) -> Reason:
    return Reason("targets", "blocks", state, {"failing": 0, "unknown": 0, "rules": [], "targets": []} | values)


GATES = (
    GateResult("320623", Text("如东县", "Rudong"), "undecided", (reason("unknown", targets=[told("video-linked")]),)),
    GateResult("320681", Text("启东市", "Qidong"), "closed", (reason("false", targets=[told("video-linked")]),)),
    GateResult("320684", Text("海门市", "Haimen"), "open", ()),
    GateResult("320612", Text("通州区", "Tongzhou"), "undecided", (Reason("", "blocks", "unknown", {"code": "no_results"}),)),
)  # fmt: skip


# --- what people type ------------------------------------------------------------------------------

# Markup, quotes, control characters, commands for GitHub, links and references, halves of other alphabets.
ODD_NAMES = (
    "<b>&\"'</b>",
    "第一行\n::error file=x::第二行",
    "响铃\x07\x1b[31m红\x00",
    "表|格|`代码`*粗*_斜_",
    "](https://example.invalid) [文字](1) {0} {没有}",
    "@all #1 !2 %3 ~标签 $x$ ^y^ &4",
    "👩‍🏫👍🏽 𠮷野小学",
    "\ufffe\uffff\u2028\u2029\u202e倒",
    "%0A::warning::x,y:z=",
    "-- ]]> <!-- <![CDATA[",
    "   ",
    "\r\n\t",
    "长" * 3000,
)


def odd_run(**more: Any) -> Run:
    """A finding for each odd name, twice one without a key; sheets and files with odd names too."""
    plan = make.plan(make.video(), make.permit(), make.weekly(), **more)
    names = [*ODD_NAMES, None, None]
    schools = [
        {"code": None if name is None else name[:40] + str(at), "name": name, "unit_code": "320681"}
        for at, name in enumerate(names)
    ]
    sources = (
        Source("/上报/启东 100%!《附件,1》: a&b.xlsx", '表|1"<', "institution", {"video_linked": "AB"}),
        Source("数据!.csv", "", "institution", {"video_linked": "视频!监控:联网"}),
    )
    origins = [("institution", at, at % 2, at + 2) for at in range(len(schools) - 1)]
    tables = make.data(schools, sources=sources, origins=origins)
    evidence = {"applies": None, "1": {"video_linked": False}}
    found = [
        make.found(0, at, school["code"], "320681", due=DUE, days=15, observed=evidence)
        for at, school in enumerate(schools)
    ]
    found += [
        make.found(0, 0, "另一所", "-", "unknown", due=DUE, days=15, observed={"applies": {"kind": None}, "1": None}),
        make.found(2, 0, "320684", "320684", period="2020-W02", status="late", due=DUE, days=2, observed={"1": {}}),
        make.found(2, 0, "320684", "320684", period="2020-W04", observed={"1": {"any(report)": None}, "done_on": None}),
    ]
    cells = [
        make.counted(0, "320681", "fail", len(schools)),
        make.counted(0, "-", "unknown", 1),
        make.counted(2, "320684", "fail", 1, "late", period="2020-W02"),
        make.counted(2, "320684", "fail", 1, period="2020-W04"),
        make.counted(1, "320681", "not_applicable", 2),
        make.counted(1, "320684", "pass", 2),
    ]
    findings, counts = find(plan, tables, make.evaluation(found, cells))
    odd = tables.questions.with_columns(
        pl.lit(ODD_NAMES[4]).alias("message_zh"),
        pl.lit(ODD_NAMES[1]).alias("raw"),
        pl.lit("启东 %!.xlsx").alias("file"),
    )
    tables = replace(tables, questions=odd)
    gates = (*GATES, GateResult("-", Text("未列入单位", "no unit"), "open", ()))
    return Run(plan, tables, findings, Scorecard(counts, targets(plan, tables, counts), gates), "reference")


def followed_run() -> Run:
    """The ordinary run with a deferral, after two earlier ones: findings new, persisting, come back and gone."""
    run = a_run(rules=tuple(duty.rule for duty in (make.video(), make.permit(), make.weekly())))
    video, permit = 1, 2
    findings = run.findings
    past = findings[[permit]].with_columns(pl.lit("QD-0009").alias("number"))
    solved = {
        "fingerprint": "feedfeedfeedfeed",
        "number": "QD-0004",
        "key": "9",
        "name": "</已解决>",
        "rule": "video-linked",
    }
    clear = {"fingerprint": "deafdeafdeafdeaf", "number": "QD-0005", "verdict": "unknown", "rule": "no-longer-in-force"}
    last = pl.concat([findings[[video]], *(findings[[video]].with_columns(**lits(row)) for row in (solved, clear))])
    earlier = [
        Earlier(name, "nantong-2019", day, None, name * 8, rows, run.scorecard.targets)
        for name, day, rows in (("一", date(2019, 12, 11), past), ("二", date(2019, 12, 20), last))
    ]
    findings, outcomes = defer.defer(run.plan, findings, run.scorecard.counts, [DEFERRAL])
    findings, changes = compare.compare(run.plan, findings, earlier)
    return replace(run, findings=findings, deferrals=outcomes, changes=changes, earlier=tuple(earlier))


def lits(row: dict[str, str]) -> dict[str, pl.Expr]:
    return {name: pl.lit(value) for name, value in row.items()}


DEFERRAL = replace(SOUND, subjects=("1",), reason="整体搬迁 <&>\n]]>")


def empty_run() -> Run:
    """Rules in force and not one record."""
    plan, tables = make.plan(make.video(), make.permit(), make.weekly()), make.data()
    findings, counts = find(plan, tables, make.evaluation([], []))
    return Run(plan, tables, findings, Scorecard(counts, (), ()), "reference")


def ruleless_run() -> Run:
    """A day on which no rule is in force yet; the pack has one."""
    plan, tables = make.plan(rules=(make.video().rule,)), make.data()
    findings, counts = find(plan, tables, make.evaluation([], []))
    return Run(
        plan, replace(tables, questions=tables.questions.clear()), findings, Scorecard(counts, (), ()), "reference"
    )


RUNS: dict[str, Callable[[], Run]] = {
    "ordinary": a_run,
    "odd": odd_run,
    "followed": followed_run,
    "empty": empty_run,
    "ruleless": ruleless_run,
}
