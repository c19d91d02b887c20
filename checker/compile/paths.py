"""Names of one expression → typed nodes. The base of `calls.Calls`, which adds functions, and of `typing.Typer`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from checker.compile import scope as names
from checker.compile.scope import Scope
from checker.errors import Diagnostic, Span, Text
from checker.expr import (
    Arith,
    ArithOp,
    Clock,
    ClockName,
    Const,
    Expr,
    Field,
    Kind,
    Param,
    ShiftUnit,
    kind_of,
)
from checker.lexicon import (
    PERIOD_PART_OF,
    PERIOD_PARTS,
    ROOT_OF,
    ROOTS,
)
from checker.model import Definition, Pack, Parameter, Table

if TYPE_CHECKING:
    from lark import Token, Tree

NUMERIC: tuple[Kind, ...] = ("number", "percent")
DATES: tuple[Kind, ...] = ("date", "datetime")
KIND_WORDS: dict[str, Text] = {
    "yes_no": Text("是／否", "yes/no"),
    "number": Text("数", "a number"),
    "percent": Text("百分比", "a percentage"),
    "text": Text("文字", "text"),
    "choice": Text("选项", "a choice"),
    "choices": Text("多选", "several choices"),
    "date": Text("日期", "a date"),
    "datetime": Text("时间", "a date and time"),
    "duration": Text("时长", "a length of time"),
}


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends included. Exists only while typing: `in` and `overlaps` dissolve it."""

    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class Duration:
    """amount × unit, before it is added to a date or becomes minutes."""

    amount: Expr
    unit: ShiftUnit


Typed = Expr | Range | Duration
MINUTES = {"minute": 1, "day": 1440}


class Fault(Exception):
    """One fault; the nearest node that can go on without the part catches it."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message.en)
        self.diagnostic = diagnostic


def place(node: Any) -> tuple[int, int]:
    """First and last character of a tree or token (0-based, half open)."""
    if hasattr(node, "start_pos") and not hasattr(node, "children"):
        return node.start_pos or 0, node.end_pos or 1
    tokens = [place(child) for child in node.children if child is not None]
    return (min(t[0] for t in tokens), max(t[1] for t in tokens)) if tokens else (0, 1)


def bare(tree: Any) -> bool:
    """A single name, or a word that may also be the name of a choice (是, none)."""
    return (tree.data == "path" and len(tree.children) == 1) or tree.data in ("yes", "no")


def fold(op: ArithOp, left: Expr, right: Expr, kind: Kind = "number") -> Expr:
    """Arithmetic of two written numbers is a written number."""
    match left, right:
        case Const(Fraction() as a, _, ""), Const(Fraction() as b, _, "") if op != "/" or b != 0:
            return Const({"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else a}[op], kind)
    return Arith(op, left, right, kind)


@dataclass
class Paths:
    """Types one expression. `due` is the typed due of the rule, None if it has none; `recurring` allows period.*."""

    pack: Pack
    span: Span
    due: Expr | None
    recurring: bool
    expand: Callable[[Table, Definition], Expr | None]
    diagnostics: list[Diagnostic]
    spoken: dict[int, Text]  # start of a name → its printed forms

    def type(self, tree: Any, scope: Scope) -> Typed:
        raise NotImplementedError

    # --- faults

    def fault(self, code: str, node: Any, zh: str, en: str, hint: Text | None = None) -> Fault:
        return Fault(Diagnostic(code, self.span.inside(*place(node)), Text(zh, en), hint))

    def warn(self, code: str, node: Any, zh: str, en: str, hint: Text | None = None) -> None:
        self.diagnostics.append(replace(self.fault(code, node, zh, en, hint).diagnostic, severity="warning"))

    def again(self) -> Fault:
        """A fault that is reported already; diagnostics are a set in the end."""
        return Fault(self.diagnostics[-1])

    def point(self, tree: Any, scope: Scope) -> Expr:
        typed = self.type(tree, scope)
        if isinstance(typed, Range):
            raise self.fault(
                "E13", tree, "起止时间只能跟在“属于”“重叠”后面", "a range stands only after in or overlaps"
            )
        return self.minutes(typed, tree) if isinstance(typed, Duration) else typed

    def minutes(self, duration: Duration, node: Any) -> Expr:
        if duration.unit not in MINUTES:
            raise self.fault(
                "E33",
                node,
                "月、年、工作日长短不一，不能与天数比较",
                "months, years and working days have no fixed length",
                Text("改写为：日期 + 12个月 >= 统计时点", "write: date + 12 months >= as_of"),
            )
        return fold("*", duration.amount, Const(Fraction(MINUTES[duration.unit]), "number"), "duration")

    def condition(self, tree: Any, scope: Scope) -> Expr | None:
        """A yes/no expression, or None with the faults recorded."""
        try:
            typed = self.point(tree, scope)
            if kind_of(typed) != "yes_no":
                word = KIND_WORDS[kind_of(typed)]
                raise self.fault(
                    "E13",
                    tree,
                    f"这里要一个能判断是否成立的条件，得到的是{word.zh}",
                    f"a condition is needed here, this is {word.en}",
                    Text("是否要写成比较，如 … > 0？", "compare it with something, as … > 0?"),
                )
            return typed
        except Fault as fault:
            self.diagnostics.append(fault.diagnostic)
            return None

    # --- names

    def _path(self, tree: Tree[Token], scope: Scope) -> Typed:
        parts = [token for token in cast(Any, tree.children) if token.type == "NAME"]
        first = str(parts[0])
        root = ROOT_OF.get(first)
        if root is not None:
            self.spoken[parts[0].start_pos] = ROOTS[root]
            return self._rooted(root, parts, tree, scope)
        if len(parts) == 1:
            return self._own(parts[0], scope)
        return self._far(parts, tree, scope)

    def _own(self, token: Any, scope: Scope) -> Expr:
        """A field or definition of the innermost record."""
        return self._member(token, self.pack.tables[scope.table], (), scope)

    def _member(self, token: Any, table: Table, hops: tuple[str, ...], scope: Scope) -> Expr:
        word = str(token)
        if ROOT_OF.get(word) == "received_on":
            self.spoken[token.start_pos] = ROOTS["received_on"]
            return Field("received_on", "date", table.id, hops)
        found = names.field_named(table, word)
        if found is not None:
            self.spoken[token.start_pos] = found.name
            return names.node(table, found, hops)
        definition = names.definition_named(table, word)
        if definition is not None:
            self.spoken[token.start_pos] = definition.name
            inner = self.expand(table, definition)
            if inner is None:
                raise self.fault(
                    "E11",
                    token,
                    f"“{word}”的定义有误，见词表",
                    f'the definition of "{word}" is faulty, see the vocabulary',
                )
            moved = names.rebase(inner, hops)
            if moved is None:
                raise self.fault(
                    "E38",
                    token,
                    f"“{word}”要数下级记录，不能从这里引用",
                    f'"{word}" counts child rows and cannot be used from here',
                )
            return moved
        raise self._unknown(token, table)

    def _unknown(self, token: Any, table: Table) -> Fault:
        word = str(token)
        known = list(names.names_of(table))
        guess = names.closest(word, known)
        owners = [t for t in self.pack.tables.values() if names.field_named(t, word)]
        if owners:
            hint = Text(f"“{owners[0].label.zh}”表有这一列", f"table {owners[0].id} has a field of this name")
        elif guess is not None:
            look = "（形近字）" if guess.translate(names.CONFUSABLE) == word.translate(names.CONFUSABLE) else ""
            hint = Text(f"是否应为“{guess}”？{look}", f'did you mean "{guess}"?')
        elif (split := names.spaced(word, known)) is not None:
            hint = Text(f"是否应断开写成“{split}”？", f'put spaces around the word: "{split}"')
        else:
            hint = Text(
                f"“{table.label.zh}”表的列见词表 {table.id}.yaml", f"fields of {table.id}: see its vocabulary file"
            )
        return self.fault(
            "E11", token, f"“{table.label.zh}”表没有名为“{word}”的列", f'no field "{word}" in table {table.id}', hint
        )

    def _far(self, parts: list[Any], tree: Any, scope: Scope) -> Expr:
        """table.name of an ancestor, link.name, or a chain of them."""
        here, hops = scope.table, ()  # type: tuple[str, tuple[str, ...]]
        for token in parts[:-1]:
            table = names.table_named(self.pack, str(token))
            if table is None:
                known = [word for t in self.pack.tables.values() for word in (t.id, t.label.zh)]
                raise self._no_table(token, known)
            way = names.way_to(self.pack, here, table.id)
            if way is None:
                raise self.fault(
                    "E38",
                    token,
                    f"“{self.pack.tables[here].label.zh}”没有名为“{table.label.zh}”的上级或关联记录",
                    f"{table.id} is neither an ancestor nor a link of {here}",
                    Text("下级记录要用“全部”“存在”“个数”等", "use every, any, count … for child records"),
                )
            self.spoken[token.start_pos] = Text(table.label.zh, table.id)
            here, hops = table.id, hops + way
        return self._member(parts[-1], self.pack.tables[here], hops, scope)

    def _no_table(self, token: Any, known: Iterable[str]) -> Fault:
        guess = names.closest(str(token), known)
        hint = Text(f"是否应为“{guess}”？", f'did you mean "{guess}"?') if guess else None
        return self.fault("E11", token, f"没有名为“{token}”的表", f'no table "{token}"', hint)

    def _rooted(self, root: str, parts: list[Any], tree: Any, scope: Scope) -> Typed:
        if root == "as_of":
            return Clock("as_of", "date")
        if root == "received_on":
            return Field("received_on", "date", scope.table)
        if root == "due":
            if self.due is None:
                raise self.fault("E11", tree, "这条规则没有期限", "this rule has no due date")
            moved = names.rebase(self.due, scope.way_up)
            if moved is None:
                raise self.fault(
                    "E38", tree, "期限要数下级记录，不能在这里引用", "due counts child rows and cannot be used here"
                )
            return moved
        if root == "period":
            return self._period(parts, tree)
        if len(parts) < 2:
            raise self.fault("E11", tree, f"“{parts[0]}”后面要写“.”和名称", f'"{parts[0]}" needs a dot and a name')
        if root in ("phase", "calendar"):
            return self._dated(root, parts)
        parameter = self._parameter(self.pack.parameters, parts[1], "参数", "parameter")
        constant = Param(f"param.{parameter.id}", "number" if parameter.unit else parameter.kind)
        return Duration(constant, cast(ShiftUnit, parameter.unit)) if parameter.unit else constant

    def _period(self, parts: list[Any], tree: Any) -> Typed:
        if not self.recurring:
            raise self.fault("E11", tree, "只有写了“周期”的规则才有“本期”", "only a rule that repeats has a period")
        if len(parts) == 1:
            return Range(Clock("period.start", "date"), Clock("period.end", "date"))
        part = PERIOD_PART_OF.get(str(parts[1]))
        if part is None:
            raise self.fault(
                "E11",
                parts[1],
                f"“本期”没有“{parts[1]}”",
                f'period has no "{parts[1]}"',
                Text("起始日、截止日、期名", "start, end, name"),
            )
        self.spoken[parts[1].start_pos] = PERIOD_PARTS[part]
        return Clock(cast(ClockName, f"period.{part}"), "text" if part == "name" else "date")

    def _dated(self, root: str, parts: list[Any]) -> Range:
        word = str(parts[1])
        if root == "phase":
            known = dict(self.pack.phase_names)
        else:
            known = {c.id: c.name for c in self.pack.calendars.values()}
        found = next((name for name, text in known.items() if word == name or word in text), None)
        if found is None:
            guess = names.closest(word, [w for name, text in known.items() for w in (name, *text)])
            hint = Text(f"是否应为“{guess}”？", f'did you mean "{guess}"?') if guess else None
            raise self.fault("E11", parts[1], f"没有名为“{word}”的{ROOTS[root].zh}", f'no {root} "{word}"', hint)
        self.spoken[parts[1].start_pos] = Text(known[found].zh, found)
        return Range(Param(f"{root}.{found}.start", "date"), Param(f"{root}.{found}.end", "date"))

    def _parameter(self, group: Any, token: Any, zh: str, en: str) -> Parameter:
        word = str(token)
        found: Parameter | None = group.get(word) or next((p for p in group.values() if word in p.name), None)
        if found is None:
            guess = names.closest(word, [w for p in group.values() for w in (p.id, *p.name)])
            hint = Text(f"是否应为“{guess}”？", f'did you mean "{guess}"?') if guess else None
            raise self.fault("E11", token, f"没有名为“{word}”的{zh}", f'no {en} "{word}"', hint)
        self.spoken[token.start_pos] = Text(found.name.zh, found.id)
        return found
