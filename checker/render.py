"""Expression tree → its text in Chinese or English, with the pack's names: labels of evidence, explanations."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import assert_never

from checker.errors import Language, Text
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
from checker.lexicon import AGGREGATES, FUNCTIONS, KEYWORDS, PERIOD_PARTS, ROOTS, UNITS
from checker.model import FieldDef, Pack


def word(kind: str, lang: Language) -> str:
    """The printed form of a keyword token."""
    return KEYWORDS[kind][0].of(lang)


def render(expr: Expr, pack: Pack, lang: Language) -> str:
    """The text that would parse back to `expr` (definitions and due appear written out)."""
    return _Printer(pack, lang).text(expr)


def shown_value(value: object, field: FieldDef | None, lang: Language) -> str:
    """One value for people: 是, 2019年12月31日 …; a missing one is 未报."""
    match value:
        case None:
            return Text("未报", "not reported").of(lang)
        case bool():
            return word("YES" if value else "NO", lang)
        case str() if field is not None and field.choices:
            return next((c.label.of(lang) for c in field.choices if c.code == value), value)
        case int() | float() | Fraction() if field is not None and field.type == "percent":
            return f"{float(value) * 100:g}%"
        case float() | Fraction():
            return f"{float(value):g}"
        case list() | tuple() | frozenset():
            return "、".join(shown_value(part, field, lang) for part in value)
    return str(value)


class _Printer:
    def __init__(self, pack: Pack, lang: Language) -> None:
        self.pack, self.lang = pack, lang
        self.comma = "，" if lang == "zh" else ", "
        self.listed = "、" if lang == "zh" else ", "
        self.open, self.close = ("（", "）") if lang == "zh" else ("(", ")")

    def text(self, expr: Expr, beside: Expr | None = None) -> str:
        """`beside`: what the expression is compared with (a choice prints as that field names it)."""
        match expr:
            case Const():
                return self._const(expr, beside)
            case Field():
                return self._field(expr)
            case Clock(name):
                return self._clock(name)
            case Param(name):
                return self._param(name)
            case Not(OneOf(item, options)):
                return f"{self.text(item)} {word('NOTIN', self.lang)} {self._options(item, options)}"
            case Not(Known(item)):
                return f"{self.text(item)} {word('MISSING', self.lang)}"
            case Not(item):
                return f"{word('NOT', self.lang)} {self._inner(item)}"
            case And(items):
                return f" {word('AND', self.lang)} ".join(self._inner(item) for item in items)
            case Or(items):
                return f" {word('OR', self.lang)} ".join(self._inner(item) for item in items)
            case Compare(op, left, right):
                return f"{self.text(left, right)} {op} {self.text(right, left)}"
            case OneOf(item, options):
                return f"{self.text(item)} {word('IN', self.lang)} {self._options(item, options)}"
            case Has(item, codes, some):
                named = [self._choice(code, item) for code in codes]
                listed = named[0] if len(named) == 1 else f"{self.open}{self.listed.join(named)}{self.close}"
                return f"{self.text(item)} {word('HASANY' if some else 'HAS', self.lang)} {listed}"
            case Known(item):
                return f"{self.text(item)} {word('KNOWN', self.lang)}"
            case Arith(op, left, right):
                return f"{self._inner(left)} {op} {self._inner(right)}"
            case Diff(left, right):
                return f"{self._inner(left)} - {self._inner(right)}"
            case Shift():
                return self._shift(expr)
            case Call(name, args):
                return self._call(FUNCTIONS[name].of(self.lang), [self.text(arg) for arg in args])
            case Scale():
                scale = self.pack.scales.get(expr.name.removeprefix("scale."))
                name = (
                    expr.name
                    if scale is None
                    else f"{ROOTS['scale'].of(self.lang)}.{self._named(scale.name, scale.id)}"
                )
                return self._call(name, [self.text(expr.argument)])
            case Agg():
                return self._agg(expr)
        assert_never(expr)

    def _named(self, name: Text, code: str) -> str:
        return name.zh if self.lang == "zh" else code

    def _inner(self, expr: Expr) -> str:
        text = self.text(expr)
        return f"{self.open}{text}{self.close}" if isinstance(expr, And | Or | Arith | Diff) else text

    def _call(self, name: str, args: list[str]) -> str:
        return f"{name}{self.open}{self.comma.join(args)}{self.close}"

    def _options(self, item: Expr, options: tuple[Expr, ...]) -> str:
        return f"{self.open}{self.listed.join(self.text(option, item) for option in options)}{self.close}"

    def _const(self, const: Const, beside: Expr | None) -> str:
        if const.origin:
            return self._param(const.origin)
        value = const.value
        match value:
            case bool():
                return word("YES" if value else "NO", self.lang)
            case Fraction():
                if const.kind == "percent":
                    return f"{float(value * 100):g}%"
                if const.kind == "duration":
                    return self._minutes(value)
                return f"{float(value):g}" if value.denominator != 1 else str(value.numerator)
            case datetime():
                return value.isoformat(timespec="minutes")
            case str() if const.kind == "choice":
                return self._choice(value, beside)
            case str():
                return f"'{value}'"
        return str(value)

    def _minutes(self, value: Fraction) -> str:
        unit, size = ("day", 1440) if value % 1440 == 0 else ("hour", 60) if value % 60 == 0 else ("minute", 1)
        space = "" if self.lang == "zh" else " "
        return f"{float(value / size):g}{space}{UNITS[unit].of(self.lang)}"

    def _choice(self, code: str, beside: Expr | None) -> str:
        field = self.declared(beside)
        choice = next((c for c in field.choices if c.code == code), None) if field else None
        return code if choice is None else self._named(choice.label, choice.code)

    def declared(self, expr: Expr | None) -> FieldDef | None:
        if isinstance(expr, Agg):
            expr = expr.body
        if not isinstance(expr, Field) or expr.table not in self.pack.tables:
            return None
        return self.pack.tables[expr.table].fields.get(expr.name)

    def _field(self, field: Field) -> str:
        declared = self.declared(field)
        name = ROOTS["received_on"].of(self.lang) if declared is None else self._named(declared.name, declared.id)
        hops = [self._named(self.pack.tables[hop].label, hop) for hop in field.hops]
        return ".".join([*hops, name])

    def _clock(self, name: str) -> str:
        root, *part = name.split(".")
        text = ROOTS[root].of(self.lang)
        return f"{text}.{PERIOD_PARTS[part[0]].of(self.lang)}" if part else text

    def _param(self, name: str) -> str:
        root, code, *part = name.split(".")
        if root == "phase":
            label = self.pack.phase_names[code]
        elif root == "calendar":
            label = self.pack.calendars[code].name
        else:
            label = self.pack.parameters[code].name
        text = f"{ROOTS[root].of(self.lang)}.{self._named(label, code)}"
        return f"{text}.{PERIOD_PARTS[part[0]].of(self.lang)}" if part else text

    def _shift(self, shift: Shift) -> str:
        amount, op = shift.amount, "+"
        if isinstance(amount, Const) and isinstance(amount.value, Fraction) and not amount.origin:
            value, unit = amount.value, str(shift.unit)
            if value < 0:
                value, op = -value, "-"
            if unit == "minute" and value % 60 == 0:
                value, unit = value / 60, "hour"
            if unit == "month" and value % 12 == 0:
                value, unit = value / 12, "year"
            space = "" if self.lang == "zh" else " "
            return f"{self.text(shift.item)} {op} {float(value):g}{space}{UNITS[unit].of(self.lang)}"
        if isinstance(amount, Const | Scale):
            return f"{self.text(shift.item)} + {self.text(amount)}"
        one = f"1{'' if self.lang == 'zh' else ' '}{UNITS[shift.unit].of(self.lang)}"
        return f"{self.text(shift.item)} + {self._inner(amount)} * {one}"

    def _agg(self, agg: Agg) -> str:
        table = self.pack.tables[agg.table]
        text = self._named(table.label, table.id)
        if agg.where is not None:
            text += f" {word('WHERE', self.lang)} {self.text(agg.where)}"
        if agg.by is not None:
            text += f" {word('BY', self.lang)} {self.text(agg.by)}"
        return self._call(AGGREGATES[agg.name].of(self.lang), [text, *([self.text(agg.body)] if agg.body else [])])
