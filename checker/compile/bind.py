"""Typed expression + pack + day → the same expression with the values in force on that day, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import assert_never

from checker import resolve
from checker.errors import Text
from checker.expr import (
    Agg,
    And,
    Arith,
    Call,
    Clock,
    Compare,
    Const,
    Diff,
    Expr,
    Field,
    Has,
    Known,
    Not,
    OneOf,
    Or,
    Param,
    Scale,
    Shift,
)
from checker.lexicon import UNITS
from checker.model import Pack, Parameter, ParameterValue
from checker.plan import Assumption


def rebuild(expr: Expr, leaf: Callable[[Expr], Expr]) -> Expr:
    """The same tree with every Const, Field, Clock, Param and Scale put through `leaf` (a Scale after its argument)."""

    def go(part: Expr) -> Expr:
        return rebuild(part, leaf)

    match expr:
        case Const() | Field() | Clock() | Param():
            return leaf(expr)
        case Not(item):
            return Not(go(item))
        case Known(item):
            return Known(go(item))
        case Has(item, codes, some):
            return Has(go(item), codes, some)
        case And(items):
            return And(tuple(map(go, items)))
        case Or(items):
            return Or(tuple(map(go, items)))
        case Compare(op, left, right):
            return Compare(op, go(left), go(right))
        case Arith(op, left, right, kind):
            return Arith(op, go(left), go(right), kind)
        case Diff(left, right):
            return Diff(go(left), go(right))
        case OneOf(item, options):
            return OneOf(go(item), tuple(map(go, options)))
        case Shift(item, amount, unit, kind):
            return Shift(go(item), go(amount), unit, kind)
        case Call(name, args, kind):
            return Call(name, tuple(map(go, args)), kind)
        case Scale():
            return leaf(replace(expr, argument=go(expr.argument)))
        case Agg():
            return replace(
                expr,
                where=None if expr.where is None else go(expr.where),
                body=None if expr.body is None else go(expr.body),
                by=None if expr.by is None else go(expr.by),
            )
    assert_never(expr)


def bind(expr: Expr, pack: Pack, day: date, rests_on: dict[str, Assumption] | None = None) -> Expr:
    """`expr` with the parameters, scales, phases and calendar entries of `day`. Fills `rests_on` by name."""

    def leaf(part: Expr) -> Expr:
        if isinstance(part, Param):
            return _constant(part, pack, day, rests_on)
        if isinstance(part, Scale):
            scale = pack.scales[part.name.removeprefix("scale.")]
            value = resolve.value_on(scale, day)
            _note(part.name, scale, value, rests_on)
            if value is None:
                return replace(part, bound=True)
            return replace(part, brackets=value.brackets, by_choice=value.by_choice, bound=True)
        return part

    return rebuild(expr, leaf)


def _constant(param: Param, pack: Pack, day: date, rests_on: dict[str, Assumption] | None) -> Const:
    group, name, *part = param.name.split(".")
    if group == "param":
        parameter = pack.parameters[name]
        value = resolve.value_on(parameter, day)
        _note(param.name, parameter, value, rests_on)
        return Const(None if value is None else value.value, param.kind, param.name)
    entries = (pack.phases[name],) if group == "phase" else pack.calendars[name].entries
    entry = next((e for e in entries if group == "phase" or e.start <= day <= e.end), None)
    if entry is None:
        return Const(None, param.kind, param.name)
    return Const(entry.start if part == ["start"] else entry.end, param.kind, param.name)


def _note(
    name: str, parameter: Parameter, value: ParameterValue | None, rests_on: dict[str, Assumption] | None
) -> None:
    if rests_on is None or value is None:
        return
    rests_on[name] = Assumption(name, parameter.name, _shown(parameter, value), value.confirmation, value.source)


def _shown(parameter: Parameter, value: ParameterValue) -> Text:
    """The value as people read it; nothing for a scale, whose value depends on who is asked."""
    amount = value.value
    match amount:
        case None:
            return Text("", "")
        case Fraction() if parameter.kind == "percent":
            return Text(*[f"{float(amount * 100):g}%"] * 2)
        case Fraction() if parameter.unit:
            unit = UNITS[parameter.unit]
            return Text(
                f"{float(amount):g}{unit.zh}",
                f"{float(amount):g} {unit.en.removesuffix('s') if amount == 1 else unit.en}",
            )
        case Fraction():
            return Text(*[f"{float(amount):g}"] * 2)
        case bool():
            return Text("是", "yes") if amount else Text("否", "no")
        case _:
            return Text(str(amount), str(amount))
