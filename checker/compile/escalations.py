"""The ladder of a pack as written → compiled and bound to a day, in an order in which no absence is asked about too early."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from checker.compile.bind import bind, rebuild
from checker.compile.conditions import whole
from checker.compile.facts import UNIT, fact_tables
from checker.compile.scope import way_to
from checker.errors import Diagnostic, Span, Text
from checker.expr import Agg, And, Compare, CompareOp, Const, Expr, Field, OneOf, Scale, kind_of, walk
from checker.measures import (
    MEASURE,
    NO_LADDER,
    UNSAID,
    BoundEscalation,
    BoundFact,
    BoundJoin,
    BoundRecorded,
    Dependence,
    Escalation,
    Ladder,
    RawFact,
    RawRecorded,
    circle,
    strata,
)
from checker.model import Expression, Pack, RawCondition
from checker.plan import Assumption, items_of

if TYPE_CHECKING:
    from checker.compile import Compiler


# More than there are of anything: so many of which no value in force says how many.
NEVER = 10**9
_FLIPPED: dict[CompareOp, CompareOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def compile_ladder(pack: Pack, day: date, make: type[Compiler], diagnostics: list[Diagnostic]) -> Ladder:
    """The rules in force on `day`; faults of all rules, whenever they are in force."""
    if not pack.escalations.rules:
        return NO_LADDER
    tables = fact_tables(pack)
    inside = _Ladder(replace(pack, tables=tables), day, make, diagnostics)
    recorded = [
        each
        for kind in pack.escalations.kinds.values()
        for raw in kind.recorded
        for each in inside.recorded(kind.id, raw)
    ]
    compiled = [(rule, inside.rule(rule)) for rule in pack.escalations.rules]
    dependences = [each for rule, bound in compiled if bound for each in _dependences(pack, rule, bound)]
    if found := circle(dependences):
        diagnostics.append(_told(pack, found))
        return NO_LADDER
    rules = tuple(bound for rule, bound in compiled if bound is not None and rule.in_force(day))
    return Ladder(tuple(recorded), rules, strata(dependences), tables)


@dataclass
class _Ladder:
    pack: Pack
    day: date
    make: type[Compiler]
    diagnostics: list[Diagnostic]

    def recorded(self, kind: str, raw: RawRecorded) -> Iterator[BoundRecorded]:
        compiler = self.make(self.pack, self.diagnostics)
        if raw.table not in self.pack.tables:
            return

        def day(source: Expression | None) -> Expr | None:
            return None if source is None else self._date(compiler, source, raw.table)

        on = day(raw.on)
        when = self._tests(compiler, raw.when, raw.table)[0] if raw.when is not None else ()
        if on is not None:
            whole = And(when) if when else None
            yield BoundRecorded(kind, raw.table, on, whole, day(raw.answer_by), day(raw.answered_on))

    def rule(self, rule: Escalation) -> BoundEscalation | None:
        """None if anything in it is at fault."""
        rests_on: dict[str, Assumption] = {}
        before = len(self.diagnostics)
        names: list[tuple[str, str]] = []  # name, table of the single facts, which later ones may be compared with
        match: list[BoundFact | None] = []
        unless: list[BoundFact | None] = []
        for raw in (*rule.match, *rule.unless):
            absent = len(match) == len(rule.match)
            fact = self._fact(raw, rule, names, absent, rests_on)
            if not absent:
                names.append((raw.name if raw.at_least is None else "", raw.table))
            (unless if absent else match).append(fact)
        deadline = self._deadline(rule, rests_on)
        if any(d.is_error for d in self.diagnostics[before:]):
            return None
        told = [[fact for fact in facts if fact is not None] for facts in (match, unless)]
        return BoundEscalation(rule, tuple(told[0]), tuple(told[1]), deadline, tuple(rests_on.values()))

    # --- facts

    def _fact(
        self,
        raw: RawFact,
        rule: Escalation,
        names: Sequence[tuple[str, str]],
        absent: bool,
        rests_on: dict[str, Assumption],
    ) -> BoundFact | None:
        if raw.table not in self.pack.tables or rule.by not in self.pack.tables:
            return None  # reported by validate
        if not _belongs(self.pack, raw.table, rule.by):
            self._error("E38", raw.span, *_beside(self.pack, raw.table, rule.by))
            return None
        earlier = {name: at for at, (name, _) in enumerate(names) if name}
        if raw.name in earlier or (raw.name in self.pack.tables and raw.name != raw.table):
            zh, en = f"“{raw.name}”在这条规则里指了两件事", f'"{raw.name}" means two things in this rule'
            self._error("E59", raw.span, zh, en, Text("用“称为”另起名称", "give it another name with as"))
            return None
        if absent and raw.at_least is not None:
            zh, en = "“除非有”里不写“至少”：少于几件才建议，次序就说不清", "at_least does not stand under unless"
            self._error("E61", raw.span, zh, en)
            return None
        compiler = self.make(self._seen(raw, names), self.diagnostics)
        tests, wording = self._tests(compiler, raw.where, raw.table) if raw.where is not None else ((), UNSAID)
        if raw.within is not None:
            recent, when = self._within(compiler, raw, raw.within)
            tests = (*tests, *recent)
            wording = _and(wording, when)
        own: list[Expr] = []
        joins: list[BoundJoin] = []
        for test in tests:
            bound = bind(test, self.pack, self.day, rests_on)
            if not _names_in(bound, earlier):
                own.append(bound)
            elif (join := _join(bound, earlier)) is not None:
                joins.append(replace(join, other=rebuild(join.other, partial(_at_home, names[join.at][1]))))
            else:
                zh = "与前面的事实只能一对一比较：这边一个值，那边一个值"
                en = "with earlier facts one value is compared with one value"
                self._error("E42", raw.span, zh, en, Text("“或者”的情形另写一条规则", "write a second rule for an or"))
        at_least = None if raw.at_least is None else self._number(compiler, raw.at_least, raw.table, rests_on)
        distinct = None
        if raw.distinct is not None:
            expr, _ = compiler.text(raw.distinct, raw.table, condition=False)
            if expr is not None and _names_in(expr, earlier):
                self._error("E42", raw.distinct.span, "“不同”只看这件事实自己", "distinct reads the fact alone")
            elif expr is not None:
                distinct = bind(expr, self.pack, self.day, rests_on)
        return BoundFact(raw.table, raw.name, tuple(own), tuple(joins), wording, at_least, distinct)

    def _seen(self, raw: RawFact, names: Sequence[tuple[str, str]]) -> Pack:
        """The pack as it looks from a fact: earlier ones are records that it is linked with."""
        tables = dict(self.pack.tables)
        links = dict(tables[raw.table].links)
        for name, table in names:
            if name:
                label = tables[name].label if name == table else Text(name, name)
                tables[name] = replace(self.pack.tables[table], id=name, label=label)
                links[name] = ""
        tables[raw.table] = replace(self.pack.tables[raw.table], links=links)
        return replace(self.pack, tables=tables)

    def _tests(self, compiler: Compiler, raw: RawCondition, table: str) -> tuple[tuple[Expr, ...], Text]:
        """What must all hold, and its wording."""
        condition = compiler.condition(raw, table, None, False)
        if condition is None:
            return (), UNSAID
        wording = UNSAID
        for item in items_of(condition):
            wording = _and(wording, item.text)
        found = tuple(_conjuncts(whole(condition)))
        for part in (part for test in found for part in walk(test)):
            if isinstance(part, Agg) and part.table == MEASURE:
                zh, en = "措施还在推算中，不能在条件里数", "measures are being worked out and cannot be counted here"
                hint = Text("写成一项事实：“事实: 措施”，再写“至少”", "make it a fact: measure, with at_least")
                self._error("E38", raw.span, zh, en, hint)
        return found, wording

    def _within(self, compiler: Compiler, raw: RawFact, within: Expression) -> tuple[tuple[Expr, ...], Text]:
        dated = "taken_on" if raw.table == MEASURE else self.pack.tables[raw.table].dated
        if not dated:
            label = self.pack.tables[raw.table].label
            zh, en = f"“{label.zh}”没有日期列，不能写“近”", f"{raw.table} has no dated field for within"
            self._error("E36", within.span, zh, en, Text("在条件里写明哪个日期", "name the date under where"))
            return (), UNSAID
        source = Expression(f"{dated} + {within.text} >= as_of", within.span)
        expr, wording = compiler.text(source, raw.table)
        return () if expr is None else (expr,), wording

    def _number(
        self, compiler: Compiler, source: Expression, table: str, rests_on: dict[str, Assumption]
    ) -> int | None:
        """A constant of the day. Without a value in force nothing can reach it."""
        expr, _ = compiler.text(source, table, condition=False)
        if expr is None:
            return None
        value = bind(expr, self.pack, self.day, rests_on)
        if not isinstance(value, Const) or value.kind != "number":
            zh, en = "“至少”要写一个数，或一个参数", "at_least is a number or a parameter"
            self._error("E13", source.span, zh, en)
            return None
        if value.value is None:
            return NEVER
        assert isinstance(value.value, Fraction)
        if value.value < 1 or value.value.denominator != 1:
            self._error("E61", source.span, "“至少”要写1以上的整数", "at_least is a whole number from 1")
            return None
        return int(value.value)

    def _date(self, compiler: Compiler, source: Expression, table: str) -> Expr | None:
        expr, _ = compiler.text(source, table, condition=False)
        if expr is not None and kind_of(expr) != "date":
            self._error("E13", source.span, "这里要一个日期", "a date is needed here")
            return None
        return None if expr is None else bind(expr, self.pack, self.day)

    def _deadline(self, rule: Escalation, rests_on: dict[str, Assumption]) -> Expr | None:
        """The same for every measure of the rule, however it came about."""
        if rule.deadline is None:
            return None
        expr, _ = self.make(self.pack, self.diagnostics).text(rule.deadline, UNIT, condition=False)
        if expr is None:
            return None
        if kind_of(expr) != "date" or any(isinstance(part, Field | Agg | Scale) for part in walk(expr)):
            zh, en = "限期写某一天，或统计时点加若干天", "a deadline is a day, or as_of and a length of time"
            self._error("E13", rule.deadline.span, zh, en)
            return None
        return bind(expr, self.pack, self.day, rests_on)

    def _error(self, code: str, span: Span, zh: str, en: str, hint: Text | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, span, Text(zh, en), hint))


# --- where a fact belongs ------------------------------------------------------------------------


def _belongs(pack: Pack, table: str, by: str) -> bool:
    """A finding belongs where its record does, a measure where the record does that it is about."""
    return table in ("finding", MEASURE) or way_to(pack, table, by) is not None


def _beside(pack: Pack, table: str, by: str) -> tuple[str, str]:
    one, other = pack.tables[table].label, pack.tables[by].label
    return f"“{one.zh}”不属于某一条“{other.zh}”，合不到一起", f"a {table} does not belong to one record of {by}"


# --- parts of conditions -------------------------------------------------------------------------


def _and(one: Text, other: Text) -> Text:
    return Text(f"{one.zh}，且{other.zh}", f"{one.en} and {other.en}") if one.zh else other


def _conjuncts(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, And):
        for item in expr.items:
            yield from _conjuncts(item)
    else:
        yield expr


def _names_in(expr: Expr, earlier: Mapping[str, int]) -> set[str]:
    """The earlier facts that an expression reads."""
    return {part.hops[0] for part in walk(expr) if isinstance(part, Field) and part.hops and part.hops[0] in earlier}


def _join(test: Expr, earlier: Mapping[str, int]) -> BoundJoin | None:
    """A comparison of a value of this fact with a value of one earlier fact."""
    if not isinstance(test, Compare):
        return None
    sides = [(test.left, test.op, test.right), (test.right, _FLIPPED.get(test.op, test.op), test.left)]
    for own, op, other in sides:
        names = _names_in(other, earlier)
        fields = [part for part in walk(other) if isinstance(part, Field | Agg)]
        far = all(isinstance(part, Field) and part.hops[:1] == (min(names, default=""),) for part in fields)
        if (
            not _names_in(own, earlier)
            and not any(isinstance(part, Agg) for part in walk(own))
            and len(names) == 1
            and far
        ):
            return BoundJoin(own, op, earlier[min(names)], other)
    return None


def _at_home(table: str, part: Expr) -> Expr:
    """A field of an earlier fact, seen from that fact, which is a record of `table`."""
    if not isinstance(part, Field):
        return part
    return replace(part, hops=part.hops[1:], table=table if len(part.hops) == 1 else part.table)


# --- order ---------------------------------------------------------------------------------------


def _dependences(pack: Pack, rule: Escalation, bound: BoundEscalation) -> Iterator[Dependence]:
    for facts, negative in ((bound.match, False), (bound.unless, True)):
        for fact in facts:
            for body in _kinds(pack, fact):
                yield from (Dependence(body, head, rule.id, negative) for head in rule.raises)


def _kinds(pack: Pack, fact: BoundFact) -> list[str]:
    """The kinds of proposed measures that a fact may be."""
    kinds = list(pack.escalations.kinds) if fact.table == MEASURE else []
    for test in fact.tests:
        match test:
            case Compare("=", Field("kind", hops=()), Const(str() as code)):
                kinds = [kind for kind in kinds if kind == code]
            case OneOf(Field("kind", hops=()), options):
                codes = {option.value for option in options if isinstance(option, Const)}
                kinds = [kind for kind in kinds if kind in codes]
            case Compare("=", Field("state", hops=()), Const("taken")):
                kinds = []
    return kinds


def _told(pack: Pack, found: Sequence[Dependence]) -> Diagnostic:
    """A circle, written out from measure to measure."""
    kinds, rules = pack.escalations.kinds, {rule.id: rule for rule in pack.escalations.rules}
    zh, en = f"“{kinds[found[0].body].name.zh}”", found[0].body
    for step in found:
        title = rules[step.rule].title
        zh += f" →（“{title.zh}”{'，除非有' if step.negative else ''}）“{kinds[step.head].name.zh}”"
        en += f" → ({step.rule}{', unless' if step.negative else ''}) {step.head}"
    message = Text(f"措施之间绕成了圈，有没有说不定：{zh}", f"measures follow from their own absence: {en}")
    hint = Text(
        "只看已采取的，就在“除非有”里加上：采取情况 = 已采取；否则拆开其中一环",
        "where only measures on record are meant, add state = taken under unless; else break the circle",
    )
    return Diagnostic("E70", rules[found[0].rule].span, message, hint)
