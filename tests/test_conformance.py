"""The agreed cases of the language: every engine gives what they say."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from conformance import harness
from extension import needs_extension, without_its_warnings

from checker import resolve
from checker.compile import Compiler
from checker.compile.scope import scanner_names
from checker.errors import NOWHERE, Span
from checker.expr import Compare, Const, Known, Not, kind_of
from checker.find import target_state
from checker.model import Expression, Repeats
from checker.parse import parse
from checker.plan import Evaluation
from checker.units import in_charge

ENGINES = ["reference", "columnar", pytest.param("rete", marks=[needs_extension, without_its_warnings])]
SPAN = Span("case", 1, 1, 200)


def evaluate(engine: str, plan: Any, tables: Any) -> Evaluation:
    found: Evaluation = importlib.import_module(f"checker.engines.{engine}").evaluate(plan, tables, verdicts=True)
    assert found.share is None or found.share.instead is None
    return found


def ids(kind: str) -> list[Any]:
    return [pytest.param(row, id=row["id"]) for row in harness.rows(kind)]


def verdict(engine: str, row: Mapping[str, str], condition: Any) -> str:
    plan = harness.plan(row, require=harness.item("1", condition))
    found = evaluate(engine, plan, harness.tables_of(row)).verdicts
    assert found is not None
    return str(found.filter(key=f"{row['table']}-0")["verdict"][0])


def constant(text: str, kind: Any) -> Const:
    if kind in ("date", "datetime"):
        return Const(date.fromisoformat(text), "date")
    return Const(Fraction(text), kind)


@pytest.mark.usefixtures("durable_here")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("row", ids("expr"))
def test_expression(row: Mapping[str, str], engine: str) -> None:
    as_of = date.fromisoformat(row["as_of"])
    if row["expect"] == "error":
        with pytest.raises(harness.Refused):
            harness.compiled(row["input"], row["table"], as_of, bool(row["period"]))
        return
    expr = harness.compiled(row["input"], row["table"], as_of, bool(row["period"]))
    truths = {"true": "pass", "false": "fail", "unknown": "unknown"}
    if kind_of(expr) == "yes_no":
        assert verdict(engine, row, expr) == truths[row["expect"]]
    elif row["expect"] == "unknown":
        assert verdict(engine, row, Not(Known(expr))) == "pass"
    elif ".." in row["expect"]:
        low, high = row["expect"].split("..")
        # What an interval is shows in what it decides: at both ends, and just inside and outside of them.
        kind = kind_of(expr)
        for op, end, expected in [
            (">=", low, "pass"), ("<=", high, "pass"), (">", low, "unknown"), ("<", high, "unknown"),
        ]:  # fmt: skip
            assert verdict(engine, row, Compare(op, expr, constant(end, kind))) == expected  # type: ignore[arg-type]
    else:
        assert verdict(engine, row, Compare("=", expr, constant(row["expect"], kind_of(expr)))) == "pass"


@pytest.mark.usefixtures("durable_here")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("row", ids("rule"))
def test_rule(row: Mapping[str, str], engine: str) -> None:
    found = evaluate(engine, harness.rule_plan(row), harness.tables_of(row)).verdicts
    assert found is not None
    judged = found.filter(key=f"{row['table']}-0")
    if row["expect"] == "no_subject":
        assert judged.is_empty()
        return
    told = judged.row(0, named=True)
    assert told["verdict"] == row["expect"]
    assert (told["status"] or "") == row["status"]
    assert str(told["days"] or "") == row["days"]


@pytest.mark.parametrize("row", ids("target"))
def test_target(row: Mapping[str, str]) -> None:
    counts = json.loads(row["input"])["counts"]
    state, lower, upper = target_state(
        Fraction(counts["rate"]),
        counts.get("pass", 0),
        counts.get("fail", 0),
        counts.get("unknown", 0),
        counts.get("missing", 0),
        counts.get("deferred", 0),
        counts.get("complete", True),
        counts.get("before_due", False),
    )
    shown = ["" if end is None else str(end) for end in (lower, upper)]
    assert "|".join([state, *shown]) == row["expect"]


@pytest.mark.parametrize("row", ids("same"))
def test_both_languages_say_the_same(row: Mapping[str, str]) -> None:
    compiler = Compiler(harness.PACK)
    zh, zh_text = compiler.text(Expression(row["input"], SPAN), "institution", recurring=True, condition=False)
    en, en_text = compiler.text(Expression(row["expect"], SPAN), "institution", recurring=True, condition=False)
    assert zh is not None
    assert zh == en
    assert zh_text == en_text
    assert en_text.en == row["expect"]


@pytest.mark.parametrize("row", ids("parse"))
def test_parse(row: Mapping[str, str]) -> None:
    tree, _, problem = parse(row["input"], scanner_names(harness.PACK), SPAN)
    assert (tree is not None and problem is None) is (row["expect"] == "ok")


@pytest.mark.parametrize("row", ids("periods"))
def test_periods(row: Mapping[str, str]) -> None:
    each, first, until, as_of, *partial = json.loads(row["input"])["args"]
    repeats = Repeats(each, "", date.fromisoformat(first), date.fromisoformat(until), bool(partial and partial[0]))
    found = resolve.periods(repeats, date.fromisoformat(as_of), {})
    assert [period.name for period in found] == json.loads(row["expect"])


@pytest.mark.parametrize("row", ids("units"))
def test_units(row: Mapping[str, str]) -> None:
    spec = json.loads(row["input"])
    codes, on = spec["args"][0], date.fromisoformat(spec["args"][1])
    if spec["fn"] == "owners":
        assert [code for code in codes if harness.PACK.units[code].in_force(on)] == json.loads(row["expect"])
    else:
        assert in_charge(harness.PACK.units, codes, on) == row["expect"]


def test_nowhere_is_a_place_without_a_line() -> None:
    assert str(NOWHERE) == ""
