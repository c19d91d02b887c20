"""Functions and child functions of one expression → typed nodes, on top of the names."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

from checker.compile import scope as names
from checker.compile.paths import DATES, NUMERIC, Duration, Paths, Typed, fold
from checker.compile.scope import Scope
from checker.errors import Text
from checker.expr import (
    Agg,
    AggName,
    Arith,
    Call,
    Const,
    Diff,
    Expr,
    Field,
    FunctionName,
    Kind,
    Scale,
    ShiftUnit,
    children,
    kind_of,
)
from checker.lexicon import AGGREGATE_OF, AGGREGATES, FUNCTION_OF, FUNCTIONS, ROOT_OF, ROOTS
from checker.model import FieldDef

# How many arguments a function takes, at least and at most.
SIGNATURES: dict[str, tuple[int, int]] = {
    "if": (3, 3),
    "ceil": (1, 1),
    "floor": (1, 1),
    "round": (1, 1),
    "abs": (1, 1),
    "min": (2, 9),
    "max": (2, 9),
    "age": (2, 2),
    "first_known": (2, 9),
    "days": (1, 1),
    "hours": (1, 1),
    "working_days": (2, 2),
}


class Calls(Paths):
    def _call(self, tree: Any, scope: Scope) -> Typed:
        path = [token for token in tree.children[0].children if token.type == "NAME"]
        arguments = [t for t in tree.children[2].children if hasattr(t, "data")] if tree.children[2] is not None else []
        word = str(path[0])
        if ROOT_OF.get(word) == "scale" and len(path) == 2:
            self.spoken[path[0].start_pos] = ROOTS["scale"]
            return self._scale(path[1], arguments, tree, scope)
        name = FUNCTION_OF.get(word)
        if name is None or len(path) > 1:
            split = names.spaced(word, names.names_of(self.pack.tables[scope.table]))
            guess = names.closest(word, [*FUNCTION_OF, *AGGREGATE_OF])
            hint = Text(f"是否应断开写成“{split}”？", f'put spaces around the word: "{split}"') if split else None
            if hint is None and guess:
                hint = Text(f"是否应为“{guess}”？", f'did you mean "{guess}"?')
            raise self.fault("E39", tree.children[0], f"没有名为“{word}”的函数", f'no function "{word}"', hint)
        self.spoken[path[0].start_pos] = FUNCTIONS[name]
        fewest, most = SIGNATURES[name]
        if not fewest <= len(arguments) <= most:
            raise self.fault(
                "E36",
                tree,
                f"“{word}”要{fewest}个参数，写了{len(arguments)}个",
                f'"{word}" takes {fewest} arguments, got {len(arguments)}',
            )
        return self._function(name, [self.point(argument, scope) for argument in arguments], tree)

    def _function(self, name: str, args: list[Expr], tree: Any) -> Expr:
        kinds = [kind_of(arg) for arg in args]
        if name in ("days", "hours"):
            self._want(kinds[0] == "duration", tree, "时长（两个日期相减）", "a length of time (date - date)")
            return fold("/", args[0], Const(Fraction(1440 if name == "days" else 60), "number"), "number")
        if name in ("ceil", "floor", "round", "abs"):
            self._want(kinds[0] in (*NUMERIC, "duration"), tree, "数", "a number")
            return Call(cast(FunctionName, name), tuple(args), kinds[0])
        if name in ("age", "working_days"):
            self._want(all(kind in DATES for kind in kinds), tree, "两个日期", "two dates")
            return Call(cast(FunctionName, name), tuple(args), "number")
        values = kinds[1:] if name == "if" else kinds
        if name == "if":
            self._want(kinds[0] == "yes_no", tree, "条件在前", "a condition first")
        same = len(set(values)) == 1 or set(values) <= set(NUMERIC) or (set(values) <= set(DATES) and name != "if")
        self._want(same, tree, "同一类的取值", "values of one kind")
        if name in ("min", "max"):
            self._want(values[0] in (*NUMERIC, *DATES, "duration"), tree, "数或日期", "numbers or dates")
        return Call(cast(FunctionName, name), tuple(args), values[0])

    def _want(self, fits: bool, tree: Any, zh: str, en: str) -> None:
        if not fits:
            raise self.fault("E13", tree, f"这个函数要的是{zh}", f"this function takes {en}")

    def _scale(self, token: Any, arguments: list[Any], tree: Any, scope: Scope) -> Typed:
        scale = self._parameter(self.pack.scales, token, "标准", "scale")
        if len(arguments) != 1:
            raise self.fault("E36", tree, "标准后面的括号里写一个自变量", "a scale takes one argument")
        argument = self.point(arguments[0], scope)
        codes = {code for value in scale.values for code, _ in value.by_choice}
        if codes:
            declared = self.declared(argument)
            missing = [c for c in declared.choices if c.code not in codes] if declared else []
            if declared is None or missing:
                lacking = "、".join(c.label.zh for c in missing) or "选项"
                raise self.fault(
                    "E40",
                    arguments[0],
                    f"标准“{scale.name.zh}”没有写全选项：缺{lacking}",
                    f"scale {scale.id} does not cover: {', '.join(c.code for c in missing) or 'no choice field'}",
                )
        else:
            self._want(kind_of(argument) in NUMERIC, arguments[0], "数", "a number")
        node = Scale(f"scale.{scale.id}", argument, "number" if scale.unit else scale.kind)
        return Duration(node, cast(ShiftUnit, scale.unit)) if scale.unit else node

    def declared(self, expr: Expr) -> FieldDef | None:
        """The declaration behind a choice-valued expression: a field, or last(…, field)."""
        field = expr.body if isinstance(expr, Agg) else expr
        return names.choice_field(self.pack, field) if isinstance(field, Field) else None

    # --- child functions

    def _agg(self, tree: Any, scope: Scope) -> Expr:
        token, _, table_token, where_tree, by_tree, body_tree, _ = tree.children
        name = cast(AggName, AGGREGATE_OF[str(token)])
        self.spoken[token.start_pos] = AGGREGATES[name]
        table = names.table_named(self.pack, str(table_token))
        if table is None:
            raise self._no_table(table_token, [w for t in self.pack.tables.values() for w in (t.id, t.label.zh)])
        self.spoken[table_token.start_pos] = Text(table.label.zh, table.id)
        if scope.table not in table.parents:
            ways = [p for p in table.parents if scope.table in self.pack.tables[p].parents]
            hint = None
            if ways:
                via = self.pack.tables[ways[0]]
                hint = Text(
                    f"经由“{via.label.zh}”逐级写：{token}（{via.label.zh}，{token}（{table.label.zh}，…））",
                    f"go through {via.id}: {name}({via.id}, {name}({table.id}, …))",
                )
            raise self.fault(
                "E38",
                table_token,
                f"“{table.label.zh}”不是“{self.pack.tables[scope.table].label.zh}”的下级表",
                f"{table.id} is not a child of {scope.table}",
                hint,
            )
        inner = scope.inside(table.id)
        where = self.condition(where_tree.children[1], inner) if where_tree is not None else None
        if where_tree is not None and where is None:
            raise self.again()
        body = self._body(name, body_tree, tree, inner)
        by: Expr | None = None
        if name == "last":
            if by_tree is None:
                raise self.fault("E36", tree, "“末次”要写“按”哪个日期", "last needs by and a date field")
            by = self.point(by_tree.children[1], inner)
            self._want(kind_of(by) in DATES, by_tree, "日期", "a date")
        elif by_tree is not None:
            raise self.fault("E36", by_tree, "只有“末次”用“按”", "only last takes by")
        kinds: dict[str, Kind] = {"count": "number", "share": "percent"}
        kind = kinds.get(
            name, kind_of(body) if body is not None and name in ("sum", "latest", "earliest", "last") else "yes_no"
        )
        return Agg(name, table.id, where, body, kind, by)

    def _body(self, name: str, tree: Any, whole: Any, inner: Scope) -> Expr | None:
        if tree is None:
            if name in ("every", "sum", "share", "latest", "earliest", "last"):
                raise self.fault(
                    "E36", whole, "缺少第二个参数：要看下级记录的哪一列", "the part after the comma is missing"
                )
            return None
        if name in ("every", "any", "none", "count", "share"):
            body = self.condition(tree.children[1], inner)
            if body is None:
                raise self.again()
            return body
        body = self.point(tree.children[1], inner)
        if name == "sum":
            self._want(kind_of(body) in NUMERIC, tree, "数", "a number")
            if _may_be_negative(body):
                # With rows still to come, the sum of what cannot be negative is at least what is there; else nothing is.
                raise self.fault(
                    "E36",
                    tree,
                    "“合计”的各项可能是负数：缺行时合计就无从判断",
                    "the terms of this sum may be negative: with rows missing nothing could be said",
                    Text("分开合计再相减，或写“取大（…，0）”", "subtract two sums, or write max(…, 0)"),
                )
        if name in ("latest", "earliest"):
            self._want(kind_of(body) in DATES, tree, "日期", "a date")
        return body


def _may_be_negative(expr: Expr) -> bool:
    """Numbers in records are not negative; what is subtracted or said to be is."""
    match expr:
        case Const(value):
            return isinstance(value, Fraction) and value < 0
        case Arith("-") | Diff():
            return True
        case Call("abs") | Agg():
            return (
                isinstance(expr, Agg) and expr.name == "last" and expr.body is not None and _may_be_negative(expr.body)
            )
        case Call("max", args):
            return all(map(_may_be_negative, args))
        case _:
            return any(map(_may_be_negative, children(expr)))
