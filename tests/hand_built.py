"""nothing → a small pack, plan, data and evaluation put together by hand, for tests of what comes after the engines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from checker.compile.gates import gate_tables as compiled_gate_tables
from checker.errors import NOWHERE, Text
from checker.expr import Agg, Clock, Compare, Const, Expr, Field, Known, Shift
from checker.model import (
    Choice,
    Clause,
    FieldDef,
    GateRule,
    Pack,
    Period,
    Repeats,
    Revision,
    Rule,
    Severity,
    Table,
    Target,
    TextStatus,
    Unit,
)
from checker.plan import (
    Assumption,
    BoundGate,
    Condition,
    Evaluation,
    Item,
    Leaf,
    Obligation,
    Plan,
    Source,
    Tables,
)

SINCE = date(2019, 12, 10)
WEEKS = (
    Period("2020-W02", date(2020, 1, 6), date(2020, 1, 12)),
    Period("2020-W03", date(2020, 1, 13), date(2020, 1, 19)),
    Period("2020-W04", date(2020, 1, 20), date(2020, 1, 26), partial=True),
)


# --- pack ----------------------------------------------------------------------------------------


def field(id: str, zh: str, type: str = "text", **more: Any) -> FieldDef:
    return FieldDef(id, Text(zh, id), type, Text(zh, id), **more)  # type: ignore[arg-type]


def table(id: str, zh: str, key: str, *fields: FieldDef, **more: Any) -> Table:
    return Table(id, Text(zh, id), key, more.pop("title", key), {f.id: f for f in fields}, {}, **more)


def tables_of_pack() -> dict[str, Table]:
    return {
        "unit": table(
            "unit", "单位", "code", field("code", "代码"), field("name", "名称"), field("kind", "类别"),
            field("schools", "学校数", "count"), title="name", when_empty="zero",
        ),
        "institution": table(
            "institution", "学校", "code", field("code", "学校标识码"), field("name", "学校名称"),
            field("unit_code", "单位代码"), field("video_linked", "视频监控已联网", "yes_no"),
            field("guards", "专职保安人数", "count"), field("buses", "校车数", "count"),
            field("kind", "学校类别", "choice", choices=(Choice("primary", Text("小学", "primary school")),)),
            title="name", parents={"unit": "unit_code"}, declared_in={"unit": "schools"},
        ),
        "bus": table(
            "bus", "校车", "plate", field("plate", "号牌号码"), field("school", "学校标识码"),
            field("permit_until", "标牌有效期至", "date"),
            parents={"institution": "school"}, declared_in={"institution": "buses"},
        ),
        "report": table(
            "report", "报送", "", field("unit_code", "单位代码"), parents={"unit": "unit_code"}, when_empty="zero"
        ),
    }  # fmt: skip


UNITS = (
    Unit("320681", Text("启东市", "Qidong"), "QD", "county"),
    Unit("320623", Text("如东县", "Rudong"), "RD", "county"),
    Unit("320684", Text("海门市", "Haimen"), "HM", "county", valid_to=date(2020, 7, 2), successor="320614"),
    Unit("320614", Text("海门区", "Haimen District"), "HQ", "county", valid_from=date(2020, 7, 3)),
    Unit("320600", Text("南通市", "Nantong"), "NT", "none"),
)


def pack(gates: tuple[GateRule, ...] = (), **more: Any) -> Pack:
    values: dict[str, Any] = {
        "id": "nantong-2019",
        "version": "0.1.0",
        "title": Text("校园和校车安全专项整治", "Campus and school-bus safety"),
        "language": "zh",
        "source_title": Text("南通市校园和校车安全专项整治实施方案", "Nantong plan"),
        "source_text": "",
        "text_status": (TextStatus(SINCE, "draft"),),
        "begins": SINCE,
        "ends": date(2020, 12, 31),
        "phases": {},
        "phase_names": {},
        "tables": tables_of_pack(),
        "parameters": {},
        "scales": {},
        "rules": (),
        "clauses": {
            "5.4-q": Clause("5.4-q", "五（四）", "2019年底前联网率达到100%", 0, 1, "", "automated"),
            "3.2.4-e": Clause("3.2.4-e", "三（二）4", "校车标牌有效", 0, 1, "", "automated"),
        },
        "gates": gates,
        "units": {unit.code: unit for unit in UNITS},
        "calendars": {},
        "working_days": None,
        "root": "",
        "digest": "d0",
    }
    return Pack(**(values | more))


# --- plan ----------------------------------------------------------------------------------------


def own(name: str, kind: str = "yes_no", table: str = "institution") -> Field:
    return Field(name, kind, table)  # type: ignore[arg-type]


def item(name: str, expr: Expr, zh: str, en: str, *leaves: Leaf) -> Item:
    return Item(name, expr, leaves, Text(zh, en))


def rule(id: str, zh: str, en: str, subject: str, severity: Severity, *revisions: Revision, clause: str) -> Rule:
    remedy = Text("请整改。", "Put it right.")
    return Rule(
        id, Text(zh, en), (clause,), subject, severity, "市教育局", ("市公安局", "市交通运输局"), remedy,
        revisions, (), span=NOWHERE,
    )  # fmt: skip


def obligation(of: Rule, require: Condition, **more: Any) -> Obligation:
    values: dict[str, Any] = {
        "applies": None,
        "due": None,
        "done_on": None,
        "periods": None,
        "assumptions": (),
    }
    return Obligation(rule=of, revision=of.revisions[0], subject=of.subject, require=require, **(values | more))


def video(due: date | None = date(2019, 12, 31), rate: Fraction | None = Fraction(1)) -> Obligation:
    """A critical rule with one item about one field, a date due and a target."""
    revision = Revision(SINCE, NOWHERE, target=None if rate is None else Target(rate))
    of = rule("video-linked", "视频监控联网", "Video linked", "institution", "critical", revision, clause="5.4-q")
    linked = own("video_linked")
    kind = own("kind", "choice")
    return obligation(
        of,
        item("1", linked, "视频监控已联网", "video_linked", Leaf("video_linked", linked)),
        applies=item("applies", Known(kind), "学校类别 已知", "kind is known", Leaf("kind", kind)),
        due=None if due is None else Const(due, "date"),
    )


def permit() -> Obligation:
    """A rule about buses whose date due is the record's own."""
    revision = Revision(SINCE, NOWHERE, target=Target(Fraction(9, 10)))
    of = rule("bus-permit", "校车标牌有效", "Bus permit valid", "bus", "high", revision, clause="3.2.4-e")
    until = own("permit_until", "date", "bus")
    valid = Compare(">=", until, Clock("as_of", "date"))
    return obligation(
        of,
        item("1", valid, "标牌有效期至 >= 统计时点", "permit_until >= as_of", Leaf("permit_until", until)),
        due=until,
        assumptions=(
            Assumption(
                "param.grace",
                Text("宽限期", "grace"),
                Text("1天", "1 day"),
                "unconfirmed",
                Text("内部掌握", "internal"),
            ),
        ),
    )


def weekly() -> Obligation:
    """A duty of units, week by week; lateness itself is the breach; the last week is cut."""
    repeats = Repeats("week", "", date(2020, 1, 6), date(2020, 9, 27), partial=True)
    revision = Revision(SINCE, NOWHERE, repeats=repeats, target=Target(Fraction(1)))
    of = rule("weekly-report", "每周进展报送", "Weekly report", "unit", "medium", revision, clause="5.4-q")
    sent = Agg("any", "report", None, None, "yes_no")
    return obligation(
        of,
        item("1", sent, "存在（报送）", "any(report)", Leaf("any(report)", sent)),
        due=Shift(Clock("period.end", "date"), Const(Fraction(1), "number"), "day"),
        done_on=item(
            "done_on",
            Agg("earliest", "report", None, own("received_on", "date", "report"), "date"),
            "最早（报送）",
            "earliest(report)",
        ),
        periods=WEEKS,
    )


def plan(*obligations: Obligation, as_of: date = date(2020, 1, 15), **more: Any) -> Plan:
    conditions: tuple[BoundGate, ...] = more.pop("gates", ())
    known_at: date | None = more.pop("known_at", None)
    told: Mapping[str, Table] | None = more.pop("gate_tables", None)
    own_pack = pack(tuple(bound.gate for bound in conditions), **more)
    gate_tables = compiled_gate_tables(own_pack) if told is None else told
    return Plan(own_pack, as_of, known_at, obligations, conditions, gate_tables)


# --- data and results ----------------------------------------------------------------------------

_UNIT_SCHEMA = {"code": pl.String, "name": pl.String, "kind": pl.String, "schools": pl.Int64, "received_on": pl.Date}
_SCHOOL_SCHEMA = {
    "code": pl.String, "name": pl.String, "unit_code": pl.String, "video_linked": pl.Boolean, "guards": pl.Int64,
    "buses": pl.Int64, "kind": pl.String, "received_on": pl.Date,
}  # fmt: skip
_BUS_SCHEMA = {"plate": pl.String, "school": pl.String, "permit_until": pl.Date, "received_on": pl.Date}
_REPORT_SCHEMA = {"unit_code": pl.String, "received_on": pl.Date}


def frame(rows: list[dict[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=dict(schema))


def data(
    schools: list[dict[str, Any]] | None = None,
    buses: list[dict[str, Any]] | None = None,
    declared: Mapping[str, int] | None = None,
    sources: tuple[Source, ...] = (),
    origins: list[tuple[str, int, int, int]] | None = None,
) -> Tables:
    told = declared or {}
    units = [{"code": u.code, "name": u.name.zh, "kind": u.kind, "schools": told.get(u.code)} for u in UNITS]
    return Tables(
        frames={
            "unit": frame(units, _UNIT_SCHEMA),
            "institution": frame(schools or [], _SCHOOL_SCHEMA),
            "bus": frame(buses or [], _BUS_SCHEMA),
            "report": frame([], _REPORT_SCHEMA),
        },
        origins=pl.DataFrame(
            origins or [],
            schema={"table": pl.String, "row": pl.UInt32, "source": pl.UInt32, "line": pl.UInt32},
            orient="row",
        ),
        sources=sources,
        questions=questions(),
    )


def questions() -> pl.DataFrame:
    """One cell that could not be read, and one thing told for completeness."""
    told = {
        "code": "unreadable", "severity": "lost", "file": "启东.xlsx", "sheet": "Sheet1", "cell": "M9",
        "table": "institution", "key": "1", "field": "video_linked", "raw": "拟2020年3月", "reading": None,
        "message_zh": "不能采用", "message_en": "not used", "n": 1,
        "candidate": None, "cells": ["M9"], "digest": "",
    }  # fmt: skip
    schema = dict.fromkeys(told, pl.String) | {"n": pl.UInt32, "cells": pl.List(pl.String)}
    return pl.DataFrame([told, told | {"severity": "info"}], schema=schema)


def found(
    obligation: int, row: int, key: str, unit: str, verdict: str = "fail", status: str = "overdue", **more: Any
) -> dict[str, Any]:
    return {
        "obligation": obligation,
        "row": row,
        "key": key,
        "period": more.get("period"),
        "unit": unit,
        "verdict": verdict,
        "status": status,
        "due": more.get("due"),
        "days": more.get("days"),
        "observed": json.dumps(more.get("observed", {"1": {}}), ensure_ascii=False, separators=(",", ":")),
        "vacuous": False,
    }


def counted(
    obligation: int, unit: str, verdict: str, n: int, status: str | None = "overdue", **more: Any
) -> dict[str, Any]:
    return {
        "obligation": obligation,
        "unit": unit,
        "period": more.get("period"),
        "verdict": verdict,
        "status": None if verdict == "not_applicable" else status,
        "vacuous": more.get("vacuous", False),
        "n": n,
    }


def evaluation(findings: list[dict[str, Any]], counts: list[dict[str, Any]]) -> Evaluation:
    return Evaluation(
        findings=pl.DataFrame(
            findings,
            schema={
                "obligation": pl.UInt32, "row": pl.UInt32, "key": pl.String, "period": pl.String, "unit": pl.String,
                "verdict": pl.String, "status": pl.String, "due": pl.Date, "days": pl.Int32, "observed": pl.String,
                "vacuous": pl.Boolean,
            },
        ),
        counts=pl.DataFrame(
            counts,
            schema={
                "obligation": pl.UInt32, "unit": pl.String, "period": pl.String, "verdict": pl.String,
                "status": pl.String, "vacuous": pl.Boolean, "n": pl.UInt32,
            },
        ),
    )  # fmt: skip


def rules_folder(at: Path) -> Path:
    (at / "requirements").mkdir(parents=True)
    (at / "pack.yaml").write_text("id: nantong-2019\n", "utf-8")
    (at / "requirements" / "video-linked.yaml").write_text("id: video-linked\n", "utf-8")
    (at / ".cache").write_text("not part of the pack", "utf-8")
    return at
