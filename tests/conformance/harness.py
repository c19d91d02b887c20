"""Conformance rows → packs, tables and plans that every engine can run."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from checker.compile import bind, compile_expression
from checker.dtypes import DTYPES
from checker.errors import NOWHERE, Text
from checker.expr import Expr
from checker.model import (
    Choice,
    Definition,
    Expression,
    FieldDef,
    Pack,
    Parameter,
    ParameterValue,
    Period,
    Revision,
    Rule,
    Table,
    Unit,
    WorkingDays,
)
from checker.plan import Condition, Group, Item, Obligation, Plan, Tables

HERE = Path(__file__).parent
CONTEXT = json.loads((HERE / "context.json").read_text(encoding="utf-8"))


def rows(kind: str) -> list[dict[str, str]]:
    with (HERE / "cases.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == kind]


def both(word: str) -> Text:
    return Text(word, word)


def _field(name: str, spec: list[Any]) -> FieldDef:
    choices = tuple(Choice(code, both(code)) for code in spec[1]) if spec[0] in ("choice", "choices") else ()
    shown = {"yes": tuple(spec[1])} if spec[0] == "yes_no" and len(spec) > 1 else {}
    return FieldDef(name, both(name), spec[0], both(name), choices=choices, ordered="ordered" in spec, shown_by=shown)


def _table(name: str, spec: Mapping[str, Any]) -> Table:
    fields = {id: _field(id, f) for id, f in spec["fields"].items()}
    own = {"_key": "text"}
    for parent in filter(None, [spec.get("parent")]):
        own[f"_{parent}"] = "text"
    for link in spec.get("links", []):
        own[f"_{link}"] = "text"
    if name == "unit":
        own |= {"valid_from": "date", "valid_to": "date", "successor": "text"}
    fields |= {id: FieldDef(id, both(id), type, both(id)) for id, type in own.items()}  # type: ignore[arg-type]
    empty = spec.get("absent", "unknown")
    return Table(
        name,
        both(name),
        "_key",
        "_key",
        fields,
        {id: Definition(id, both(id), Expression(text)) for id, text in spec.get("define", {}).items()},
        parents={spec["parent"]: f"_{spec['parent']}"} if "parent" in spec else {},
        links={link: f"_{link}" for link in spec.get("links", [])},
        declared_in={spec["parent"]: spec["declared"]} if "declared" in spec else {},
        when_empty="zero" if empty == "none" else empty,
        returned=spec.get("returned", False),
        dated=spec.get("dated", ""),
        shown_by=tuple(spec.get("shown_by", ())),
    )


def _parameter(id: str, kind: Any, value: Any, unit: str = "", **more: Any) -> Parameter:
    found = ParameterValue(date(2000, 1, 1), None, both(""), "confirmed", value, **more)
    values = () if value is None and not more else (found,)
    return Parameter(id, both(id), kind, values, unit, is_scale=bool(more))


def _brackets() -> Any:
    from checker.expr import Bracket

    return (
        Bracket(None, False, Fraction(100), False, Fraction(1)),
        Bracket(Fraction(100), True, Fraction(1000), True, Fraction(2)),
        Bracket(Fraction(1000), False, None, False, Fraction(2), Fraction(500), Fraction(1), True),
    )


def _working_days() -> WorkingDays:
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(366)]
    found = tuple(d for d in days if d.weekday() < 5 and d != date(2020, 1, 1))
    return WorkingDays(days[0], days[-1], found)


def _unit(code: str, spec: list[Any]) -> Unit:
    start, end, successor = spec
    return Unit(
        code, both(code), code, "county", date.fromisoformat(start) if start else None,
        date.fromisoformat(end) if end else None, successor or "",
    )  # fmt: skip


def build_pack() -> Pack:
    phases = {k: Period(k, *map(date.fromisoformat, v)) for k, v in CONTEXT["phases"].items()}
    return Pack(
        id="conformance",
        version="1",
        title=both("conformance"),
        language="zh",
        source_title=both(""),
        source_text="",
        text_status=(),
        begins=None,
        ends=None,
        phases=phases,
        phase_names={k: both(k) for k in phases},
        tables={name: _table(name, spec) for name, spec in CONTEXT["vocab"].items()},
        parameters={
            "guards_min": _parameter("guards_min", "number", Fraction(2)),
            "unset": _parameter("unset", "number", None),
            "grace": _parameter("grace", "number", Fraction(1), "day"),
            "half_year": _parameter("half_year", "number", Fraction(6), "month"),
            "fallback": _parameter("fallback", "date", date(2020, 9, 30)),
        },
        scales={
            "guards": _parameter("guards", "number", None, brackets=_brackets()),
            "speed": _parameter(
                "speed", "number", None, by_choice=(("expressway", Fraction(80)), ("other", Fraction(60)))
            ),
        },
        rules=(),
        clauses={},
        gates=(),
        units={code: _unit(code, spec) for code, spec in CONTEXT["units"].items()},
        calendars={},
        working_days=_working_days(),
        root="",
        digest="",
    )


PACK = build_pack()


# --- records --------------------------------------------------------------------------------------


@dataclass
class Frames:
    """Rows of all tables, as they are collected from one case."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in PACK.tables})

    def add(self, table: str, record: Mapping[str, Any], parent: tuple[str, str] | None = None) -> str:
        key = f"{table}-{len(self.rows[table])}"
        plain = {k: v for k, v in record.items() if k != "_children"}
        row: dict[str, Any] = {"_key": key, **plain}
        if parent is not None:
            row[f"_{parent[0]}"] = parent[1]
        self.rows[table].append(row)
        for child, found in record.get("_children", {}).items():
            for below in found:
                self.add(child, below, (table, key))
        return key

    def tables(self) -> Tables:
        empty = pl.DataFrame()
        return Tables({name: self._frame(name) for name in PACK.tables}, empty, (), empty)

    def _frame(self, name: str) -> pl.DataFrame:
        table, found = PACK.tables[name], self.rows[name]
        columns: dict[str, Any] = {id: DTYPES[f.type] for id, f in table.fields.items()}
        columns["received_on"] = pl.Date
        extra = {key for row in found for key in row if key.startswith("_returned_")}
        columns |= dict.fromkeys(sorted(extra), pl.Date)
        typed = [{key: _cell(row.get(key), columns[key]) for key in columns} for row in found]
        return pl.DataFrame(typed, schema=columns)


def _cell(value: Any, dtype: Any) -> Any:
    if value is None or value == "":
        return None
    if dtype == pl.Boolean:
        return {"yes": True, "no": False}[value]
    if dtype == pl.Date:
        return date.fromisoformat(value)
    if dtype == pl.Datetime("us"):
        return datetime.fromisoformat(value)
    if dtype == pl.Int64:
        return int(value)
    return float(value) if dtype == pl.Float64 else value


def tables_of(row: Mapping[str, str]) -> Tables:
    """The subject (key `<table>-0`) with its children, registers and links."""
    frames = Frames()
    subject = dict(json.loads(row["record"] or "{}"))
    for name, register in json.loads(row["registers"] or "{}").items():
        if register.get("returned_until"):
            subject[f"_returned_{name}"] = register["returned_until"]
    for name, record in json.loads(row["links"] or "{}").items():
        subject[f"_{name}"] = "nobody" if record is None else frames.add(name, record)
    subject["_children"] = json.loads(row["children"] or "{}")
    frames.add(row["table"], subject)
    return frames.tables()


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def period_of(row: Mapping[str, str]) -> Period | None:
    if not row["period"]:
        return None
    start, end, name = json.loads(row["period"])
    return Period(name, date.fromisoformat(start), date.fromisoformat(end))


# --- plans ----------------------------------------------------------------------------------------


class Refused(Exception):
    """The expression does not compile."""


def compiled(text: str, table: str, as_of: date, recurring: bool) -> Expr:
    expr, diagnostics = compile_expression(text, PACK, table, recurring=recurring)
    if expr is None:
        raise Refused([d.code for d in diagnostics])
    return bind(expr, PACK, as_of)


def item(name: str, expr: Expr) -> Item:
    from checker.compile.speak import leaves_of

    return Item(name, expr, leaves_of(expr, PACK), both(name))


def plan(row: Mapping[str, str], **parts: Any) -> Plan:
    as_of = date.fromisoformat(row["as_of"])
    revision = Revision(date(2000, 1, 1), NOWHERE)
    rule = Rule("case", both("case"), (), row["table"], "high", "", (), both(""), (revision,), (), NOWHERE)
    period = period_of(row)
    made = {"applies": None, "due": None, "done_on": None, **parts}
    obligation = Obligation(rule, revision, row["table"], periods=None if period is None else (period,), **made)
    return Plan(PACK, as_of, day(row["known_at"]), (obligation,), (), {})


def rule_plan(row: Mapping[str, str]) -> Plan:
    spec = json.loads(row["input"])["rule"]
    as_of, recurring = date.fromisoformat(row["as_of"]), bool(row["period"])

    def expr(text: str) -> Expr:
        return compiled(text, row["table"], as_of, recurring)

    numbers = iter(range(1, 99))
    return plan(
        row,
        applies=item("applies", expr(spec["applies"])) if "applies" in spec else None,
        require=_condition(spec["require"], expr, numbers),
        due=expr(spec["due"]) if "due" in spec else None,
        done_on=item("done_on", expr(spec["done_on"])) if "done_on" in spec else None,
    )


def _condition(spec: Any, expr: Any, numbers: Iterator[int]) -> Condition:
    if isinstance(spec, str):
        return item(str(next(numbers)), expr(spec))
    if isinstance(spec, list):
        return Group("all_of", tuple(_condition(part, expr, numbers) for part in spec))
    if "when" in spec:
        return Group("when", tuple(_condition(spec[part], expr, numbers) for part in ("when", "then")))
    if "at_least" in spec:
        inner = spec["at_least"]
        return Group("at_least", tuple(_condition(part, expr, numbers) for part in inner["of"]), inner["count"])
    op = next(iter(spec))
    parts = tuple(_condition(part, expr, numbers) for part in spec[op])
    return Group({"all": "all_of", "any": "any_of", "none": "none_of"}[op], parts)  # type: ignore[arg-type]
