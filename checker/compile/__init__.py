"""Pack + date → plan: expressions parsed, typed and bound to the values in force. Unknown fields stop here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from checker import parse as parsing
from checker import resolve
from checker.compile import papers
from checker.compile.bind import bind
from checker.compile.conditions import whole as as_one
from checker.compile.escalations import compile_ladder
from checker.compile.gates import gate_tables
from checker.compile.lints import in_applies, in_require
from checker.compile.records import beyond, fields_of, said
from checker.compile.scope import Scope, scanner_names
from checker.compile.speak import leaves_of, translate
from checker.compile.typing import Typer
from checker.errors import Diagnostic, Span, Text, in_order
from checker.expr import Expr, kind_of
from checker.model import (
    Definition,
    Expression,
    Figure,
    FigureColumn,
    Lifecycle,
    Pack,
    Period,
    RawCondition,
    Revision,
    Rule,
    Table,
)
from checker.model.lifecycle import LATE, NEEDS
from checker.papers import Paper
from checker.plan import Assumption, BoundGate, Condition, FigurePlan, Group, Item, Obligation, Plan, RecordCheck

__all__ = [
    "bind",
    "check_pack",
    "compile_checks",
    "compile_expression",
    "compile_figures",
    "compile_lifecycle",
    "compile_pack",
    "compile_paper",
]


@dataclass
class Compiler:
    """Compiles texts of one pack; every text once. Faults gather in `diagnostics`."""

    pack: Pack
    diagnostics: list[Diagnostic] = field(default_factory=list)
    _definitions: dict[tuple[str, str], Expr | None] = field(default_factory=dict)
    _open: list[tuple[str, str]] = field(default_factory=list)
    _cache: dict[tuple[str, str, Expr | None, bool, bool], tuple[Expr | None, Text]] = field(default_factory=dict)

    def text(
        self,
        source: Expression,
        table: str,
        *,
        due: Expr | None = None,
        recurring: bool = False,
        condition: bool = True,
    ) -> tuple[Expr | None, Text]:
        """One text seen from a record of `table` → expression (None if faulty) and its wording in both languages."""
        key = (source.text, table, due, recurring, condition)
        if key in self._cache and self._cache[key][0] is not None:
            return self._cache[key]
        tree, words, problem = parsing.parse(source.text, scanner_names(self.pack), source.span)
        wording = Text(source.text, source.text)
        expr: Expr | None = None
        if problem is not None:
            self.diagnostics.append(problem)
        else:
            typer = Typer(self.pack, source.span, due, recurring, self._definition, [], {})
            expr = typer.condition(tree, Scope((table,))) if condition else typer.value(tree, Scope((table,)))
            self.diagnostics.extend(typer.diagnostics)
            wording = Text(translate(words, typer.spoken, "zh"), translate(words, typer.spoken, "en"))
        self._cache[key] = (expr, wording)
        return expr, wording

    def _definition(self, table: Table, definition: Definition) -> Expr | None:
        key = (table.id, definition.id)
        if key in self._definitions:
            return self._definitions[key]
        if key in self._open:
            message = Text(
                f"“{definition.name.zh}”的定义绕回了自己", f'the definition "{definition.id}" refers to itself'
            )
            self.diagnostics.append(Diagnostic("E41", definition.expression.span, message))
            return None
        self._open.append(key)
        expr, _ = self.text(definition.expression, table.id, condition=False)
        self._open.pop()
        self._definitions[key] = expr
        return expr

    def definitions(self) -> None:
        for table in self.pack.tables.values():
            for definition in table.define.values():
                self._definition(table, definition)

    def checks(self) -> list[RecordCheck]:
        found: list[RecordCheck] = []
        for table in self.pack.tables.values():
            for check in table.checks.values():
                expr, wording = self.text(check.expression, table.id)
                fault = None if expr is None else beyond(expr, check.expression.span)
                if fault is not None:
                    self.diagnostics.append(fault)
                elif expr is not None:
                    text = check.name or said(expr, table, wording)
                    found.append(RecordCheck(table.id, check.id, expr, fields_of(expr, table), text))
        return found

    def revision(self, rule: Rule, revision: Revision) -> _Compiled | None:
        """One revision, not yet bound to a day."""
        if revision.require is None:
            return None
        recurring = revision.repeats is not None
        text = partial(self.text, table=rule.subject, recurring=recurring)
        due: Expr | None = None
        if revision.due is not None:
            due, _ = text(revision.due, condition=False)
            if due is not None and kind_of(due) not in ("date", "datetime"):
                message = Text("期限要写成日期", "due must be a date")
                self.diagnostics.append(Diagnostic("E13", revision.due.span, message))
        done_on = None
        if revision.done_on is not None:
            expr, wording = text(revision.done_on, due=due, condition=False)
            done_on = None if expr is None else Item("done_on", expr, leaves_of(expr, self.pack), wording)
            if expr is not None and kind_of(expr) not in ("date", "datetime"):
                message = Text("“完成于”要写成日期", "done_on must be a date")
                self.diagnostics.append(Diagnostic("E13", revision.done_on.span, message))
        applies = None
        if revision.applies is not None:
            whole = self.condition(revision.applies, rule.subject, due, recurring)
            if whole is not None:
                items = _items(whole)
                expr = as_one(whole)
                wording = Text("，且".join(i.text.zh for i in items), " and ".join(i.text.en for i in items))
                applies = Item("applies", expr, leaves_of(expr, self.pack), wording)
                self.diagnostics.extend(in_applies(expr, revision))
        require = self.condition(revision.require, rule.subject, due, recurring)
        if require is None:
            return None
        self.diagnostics.extend(in_require(require, revision, due))
        return _Compiled(rule, revision, applies, _numbered(require), due, done_on)

    def condition(self, raw: RawCondition, table: str, due: Expr | None, recurring: bool) -> Condition | None:
        if isinstance(raw, Expression):
            expr, wording = self.text(raw, table, due=due, recurring=recurring)
            return None if expr is None else Item("", expr, leaves_of(expr, self.pack), wording)
        children = [self.condition(child, table, due, recurring) for child in raw.children]
        if any(child is None for child in children):
            return None
        return Group(raw.op, tuple(child for child in children if child is not None), raw.count)


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    revision: Revision
    applies: Item | None
    require: Condition
    due: Expr | None
    done_on: Item | None

    def bound(self, pack: Pack, day: date, periods: tuple[Period, ...] | None) -> Obligation:
        rests_on: dict[str, Assumption] = {}

        def expr(part: Expr) -> Expr:
            return bind(part, pack, day, rests_on)

        def item(part: Item) -> Item:
            leaves = tuple(replace(leaf, expr=expr(leaf.expr)) for leaf in part.leaves)
            return replace(part, expr=expr(part.expr), leaves=leaves)

        def condition(part: Condition) -> Condition:
            if isinstance(part, Item):
                return item(part)
            return replace(part, children=tuple(condition(child) for child in part.children))

        return Obligation(
            self.rule,
            self.revision,
            self.rule.subject,
            None if self.applies is None else item(self.applies),
            condition(self.require),
            None if self.due is None else expr(self.due),
            None if self.done_on is None else item(self.done_on),
            periods,
            tuple(rests_on.values()),
        )


def compile_pack(pack: Pack, as_of: date, known_at: date | None = None) -> tuple[Plan | None, list[Diagnostic]]:
    """The plan of `as_of`; None if a rule in force cannot be compiled (diagnostics say why)."""
    compiler = Compiler(pack)
    obligations: list[Obligation] = []
    for rule in pack.rules:
        if rule.subject not in pack.tables:
            continue  # reported by validate
        for revision, periods in _duties(rule, as_of, pack):
            compiled = compiler.revision(rule, revision)
            if compiled is None:
                continue
            if periods is None:
                obligations.append(compiled.bound(pack, as_of, None))
                continue
            # Periods that meet the same values are judged together.
            groups: dict[object, tuple[Obligation, list[Period]]] = {}
            for period in periods:
                bound = compiled.bound(pack, period.end, ())
                values = (bound.applies, bound.require, bound.due, bound.done_on, bound.assumptions)
                groups.setdefault(values, (bound, []))[1].append(period)
            obligations.extend(replace(bound, periods=tuple(found)) for bound, found in groups.values())
    gates = _gates(pack, compiler)
    ladder = compile_ladder(pack, as_of, Compiler, compiler.diagnostics)
    diagnostics = in_order(compiler.diagnostics)
    if any(d.is_error for d in diagnostics):
        return None, diagnostics
    return Plan(pack, as_of, known_at, tuple(obligations), gates, gate_tables(pack), ladder), diagnostics


def compile_figures(pack: Pack, as_of: date, known_at: date | None = None) -> list[FigurePlan]:
    """The figures as plans for an engine. Their expressions were checked with the pack."""
    found = []
    for claimed, own in ((False, pack), (True, _without_evidence(pack))):
        columns = [(f, column) for f in pack.figures for column in f.columns if column.as_claimed is claimed]
        compiler = Compiler(own)
        duties = [compiler.revision(*_as_duty(figure, column)) for figure, column in columns]
        bound = tuple(duty.bound(own, as_of, None) for duty in duties if duty is not None)
        if columns and len(bound) == len(columns):
            found.append(FigurePlan(Plan(own, as_of, known_at, bound, (), {}), tuple(columns)))
    return found


def compile_lifecycle(pack: Pack, cycle: Lifecycle, as_of: date, known_at: date | None = None) -> Plan:
    """The conditions of the states as duties of their names, and LATE; of a sound pack."""
    compiler = Compiler(pack)
    duties = [compiler.revision(*_of_state(cycle, name, when)) for name, when in _conditions(cycle)]
    return Plan(pack, as_of, known_at, tuple(d.bound(pack, as_of, None) for d in duties if d is not None), (), {})


def _conditions(cycle: Lifecycle) -> Iterator[tuple[str, RawCondition]]:
    for state in cycle.states:
        named = {state.id: state.when, state.id + NEEDS: state.needs}
        yield from ((name, condition) for name, condition in named.items() if condition is not None)
    if cycle.late is not None:
        yield LATE, cycle.late


def _of_state(cycle: Lifecycle, name: str, when: RawCondition) -> tuple[Rule, Revision]:
    nothing = Text("", "")
    revision = Revision(date.min, cycle.span, require=when)
    rule = Rule(name, nothing, cycle.clauses, cycle.subject, "low", "", (), nothing, (revision,), (), cycle.span)
    return rule, revision


def _as_duty(figure: Figure, column: FigureColumn) -> tuple[Rule, Revision]:
    """A column counts as a rule judges: who is meant is who is bound, who is counted is who complies."""
    revision = Revision(date.min, column.span, applies=figure.among, require=column.counted)
    nothing = Text("", "")
    name = f"{figure.id}/{column.id}"
    subject = figure.subject
    rule = Rule(name, figure.name, figure.clauses, subject, "low", "", (), nothing, (revision,), (), column.span)
    return rule, revision


def _without_evidence(pack: Pack) -> Pack:
    """The vocabulary in which a value counts as it is reported."""
    return replace(
        pack,
        tables={
            name: replace(
                table,
                shown_by=(),
                fields={field: replace(known, shown_by={}) for field, known in table.fields.items()},
            )
            for name, table in pack.tables.items()
        },
    )


def _duties(rule: Rule, as_of: date, pack: Pack) -> list[tuple[Revision, list[Period] | None]]:
    """The revisions to judge: the one of as_of, or for a recurring duty each with the periods that end under it."""
    found: list[tuple[Revision, list[Period] | None]] = []
    current = resolve.revision_on(rule, as_of)
    if current is not None and current.repeats is None:
        found.append((current, None))
    for revision in rule.revisions:
        if revision.repeats is None:
            continue
        begun = resolve.periods(revision.repeats, as_of, pack.calendars)
        mine = [period for period in begun if resolve.revision_on(rule, period.end) is revision]
        if mine:
            found.append((revision, mine))
    return found


def check_pack(pack: Pack) -> list[Diagnostic]:
    """All faults of all expressions of all revisions, of definitions, checks, figures and gates."""
    compiler = Compiler(pack)
    compiler.definitions()
    compiler.checks()
    for rule in pack.rules:
        for revision in rule.revisions:
            if rule.subject in pack.tables:
                compiler.revision(rule, revision)
    for figure in pack.figures:
        for column in figure.columns:
            if figure.subject in pack.tables:
                compiler.revision(*_as_duty(figure, column))
    for cycle in pack.lifecycles.values():
        if cycle.subject in pack.tables:
            for name, when in _conditions(cycle):
                compiler.revision(*_of_state(cycle, name, when))
    _gates(pack, compiler)
    compile_ladder(pack, date.min, Compiler, compiler.diagnostics)
    for paper in pack.papers.values():
        papers.check(compiler, paper)
    return in_order(compiler.diagnostics)


def compile_paper(pack: Pack, paper: Paper, day: date) -> dict[str, Expr]:
    """The numbers of a paper of a sound pack on a day."""
    return papers.bound(Compiler(pack), paper, pack, day)


def compile_checks(pack: Pack) -> tuple[RecordCheck, ...]:
    """The checks of the vocabulary that can be compiled; `check_pack` tells of the others."""
    return tuple(Compiler(pack).checks())


def compile_expression(
    text: str, pack: Pack, table: str, *, recurring: bool = False, span: Span | None = None
) -> tuple[Expr | None, list[Diagnostic]]:
    """One expression, unbound, of any kind. A mixture of and/or is reported (E17) and still read, `and` first."""
    compiler = Compiler(pack)
    source = Expression(text, span or Span("", 1, 1, 1 + len(text)))
    expr, _ = compiler.text(source, table, recurring=recurring, condition=False)
    return expr, in_order(compiler.diagnostics)


def definitions(pack: Pack, day: date) -> dict[str, dict[Expr, str]]:
    """Table → its named conditions as they stand in the expressions of that day, written out → their names."""
    found: dict[str, dict[Expr, str]] = {}
    for table in pack.tables.values():
        for definition in table.define.values():
            expr, _ = compile_expression(definition.expression.text, pack, table.id)
            if expr is not None:
                found.setdefault(table.id, {})[bind(expr, pack, day)] = definition.id
    return found


def _gates(pack: Pack, compiler: Compiler) -> tuple[BoundGate, ...]:
    scoring = replace(pack, tables=gate_tables(pack))
    judge = Compiler(scoring, compiler.diagnostics)
    found = []
    for gate in pack.gates:
        condition = judge.condition(gate.require, "unit", None, False)
        if condition is not None:
            found.append(BoundGate(gate, _numbered(condition)))
    return tuple(found)


def _items(condition: Condition) -> list[Item]:
    if isinstance(condition, Item):
        return [condition]
    return [item for child in condition.children for item in _items(child)]


def _numbered(condition: Condition) -> Condition:
    """Items named "1", "2" … in reading order."""
    count = 0

    def go(part: Condition) -> Condition:
        nonlocal count
        if isinstance(part, Item):
            count += 1
            return replace(part, name=str(count))
        return replace(part, children=tuple(go(child) for child in part.children))

    return go(condition)
