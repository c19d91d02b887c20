"""Lark tree of one expression + scope → typed, desugared expression tree; every fault becomes a diagnostic."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from checker.compile import scope as names
from checker.compile.calls import Calls
from checker.compile.paths import DATES, KIND_WORDS, NUMERIC, Duration, Fault, Range, Typed, bare, fold, place
from checker.compile.scope import Scope
from checker.errors import Text
from checker.expr import (
    Agg,
    And,
    ArithOp,
    Compare,
    CompareOp,
    Const,
    Diff,
    Expr,
    Field,
    Has,
    Known,
    Not,
    OneOf,
    Or,
    Shift,
    ShiftUnit,
    kind_of,
)
from checker.lexicon import UNIT_BASE, UNIT_SPELLINGS

if TYPE_CHECKING:
    from lark import Token, Tree


class Typer(Calls):
    """The operators, on top of the names."""

    def type(self, tree: Any, scope: Scope) -> Typed:
        method = getattr(self, f"_{tree.data}".rstrip("_"))
        return cast(Typed, method(tree, scope))

    def value(self, tree: Any, scope: Scope) -> Expr | None:
        """An expression of any kind, or None with the faults recorded."""
        try:
            return self.point(tree, scope)
        except Fault as fault:
            self.diagnostics.append(fault.diagnostic)
            return None

    def both(self, left: Any, right: Any, scope: Scope) -> tuple[Typed, Typed]:
        """Two parts; if both are faulty, both are reported."""
        found: list[Typed | None] = []
        for part in (left, right):
            try:
                found.append(self.type(part, scope))
            except Fault as fault:
                self.diagnostics.append(fault.diagnostic)
                found.append(None)
        if found[0] is None or found[1] is None:
            raise self.again()
        return found[0], found[1]

    def _or(self, tree: Tree[Token], scope: Scope) -> Expr:
        return Or(self._junction(tree, scope, "or_"))

    def _and(self, tree: Tree[Token], scope: Scope) -> Expr:
        return And(self._junction(tree, scope, "and_"))

    def _junction(self, tree: Any, scope: Scope, own: str) -> tuple[Expr, ...]:
        flat: list[Any] = []

        def gather(node: Any) -> None:
            if node.data == own:
                gather(node.children[0])
                gather(node.children[2])
            else:
                flat.append(node)

        gather(tree)
        for part in flat:
            if part.data in ("or_", "and_") and part.data != own:
                found = self.fault(
                    "E17",
                    part,
                    "“或”与“且”混用，先后不明",
                    "or and and are mixed without brackets",
                    Text("加括号：甲 或 （乙 且 丙）", "add brackets: a or (b and c)"),
                )
                self.diagnostics.append(found.diagnostic)
        parts = [self.condition(part, scope) for part in flat]
        if any(part is None for part in parts):
            raise self.again()
        return tuple(part for part in parts if part is not None)

    def _not(self, tree: Tree[Token], scope: Scope) -> Expr:
        inner = self.condition(tree.children[1], scope)
        if inner is None:
            raise self.again()
        return Not(inner)

    def _bracket(self, tree: Tree[Token], scope: Scope) -> Typed:
        return self.type(tree.children[1], scope)

    def _compare(self, tree: Tree[Token], scope: Scope) -> Expr:
        left_tree, op, right_tree = tree.children
        choice = self._choice_compare(left_tree, right_tree, scope)
        left, right = choice or self.both(left_tree, right_tree, scope)
        return self.compare(cast(CompareOp, str(op)), left, right, tree)

    def compare(self, op: CompareOp, left: Typed, right: Typed, tree: Any) -> Expr:
        if isinstance(left, Duration):
            left = self.minutes(left, tree)
        if isinstance(right, Duration):
            right = self.minutes(right, tree)
        if isinstance(left, Range) or isinstance(right, Range):
            raise self.fault(
                "E13", tree, "时间段不能这样比较", "a range cannot be compared", Text("用“属于”", "use in")
            )
        a, b = kind_of(left), kind_of(right)
        comparable = a == b or {a, b} <= set(NUMERIC) or {a, b} <= set(DATES)
        if not comparable or a == "choices":
            hint = None
            if {a, b} == {"number", "yes_no"}:
                hint = Text("是否要写 … > 0？", "did you mean … > 0?")
            elif a == "choices" or b == "choices":
                hint = Text("多选列用“包含”", "use has")
            raise self.fault(
                "E13",
                tree,
                f"{KIND_WORDS[a].zh}不能与{KIND_WORDS[b].zh}比较",
                f"{KIND_WORDS[a].en} cannot be compared with {KIND_WORDS[b].en}",
                hint,
            )
        if {a, b} == {"percent", "number"}:
            bare = right if b == "number" else left
            if isinstance(bare, Const) and isinstance(bare.value, Fraction) and bare.value > 1 and not bare.origin:
                raise self.fault(
                    "E35",
                    tree,
                    "百分比要与百分数比较",
                    "a percentage is compared with a percentage",
                    Text(f"写成 {float(bare.value):g}%", f"write {float(bare.value):g}%"),
                )
        if op not in ("=", "!=") and (
            a in ("yes_no", "text") or (a == "choice" and not (_ordered(left) or _ordered(right)))
        ):
            raise self.fault(
                "E34",
                tree,
                "这一列的取值没有先后大小，不能用大于、小于",
                "these values have no order",
                Text(
                    "用“属于”列出选项；有高低之分的，在词表中写“有序: 是”",
                    "list them with in; or set ordered: yes in the vocabulary",
                ),
            )
        return Compare(op, left, right)

    def _choice_compare(self, left: Any, right: Any, scope: Scope) -> tuple[Expr, Expr] | None:
        """A bare name beside a choice field is a choice of it."""
        field = self._quiet_choice(left, scope)
        if field is not None and bare(right):
            return field, self.choice(right, field)
        field = self._quiet_choice(right, scope)
        if field is not None and bare(left):
            return self.choice(left, field), field
        return None

    def _quiet_choice(self, tree: Any, scope: Scope) -> Field | None:
        """The choice field that `tree` names, without a complaint if it names none. `last(…, kind)` counts as one."""
        if tree.data not in ("path", "agg"):
            return None
        kept, self.diagnostics = self.diagnostics, []
        try:
            typed = self.type(tree, scope)
        except Fault:
            return None
        finally:
            self.diagnostics = kept
        if isinstance(typed, Agg) and typed.kind == "choice":
            return cast(Field, typed)  # its body carries the choices
        return typed if isinstance(typed, Field) and typed.kind in ("choice", "choices") else None

    def choice(self, tree: Any, field: Expr) -> Const:
        declared = self.declared(field)
        word = str(tree.children[0]) if tree.data == "path" else str(tree.children[0].value)
        found = names.choice_named(declared, word) if declared else None
        if declared is None or found is None:
            known = [c.label.zh for c in declared.choices] if declared else []
            codes = [c.code for c in declared.choices] if declared else []
            title = declared.name if declared else Text("此列", "this field")
            guess = names.closest(word, [*known, *codes])
            zh = f"可选：{'、'.join(known[:4])}{'…' if len(known) > 4 else ''}（共{len(known)}个）"
            en = f"choices: {', '.join(codes[:4])}{' …' if len(codes) > 4 else ''} ({len(codes)})"
            if guess:
                zh, en = f"是否应为“{guess}”？{zh}", f'did you mean "{guess}"? {en}'
            raise self.fault(
                "E12", tree, f"“{title.zh}”没有选项“{word}”", f'{title.en} has no choice "{word}"', Text(zh, en)
            )
        self.spoken[place(tree)[0]] = Text(found.label.zh, found.code)
        return Const(found.code, "choice")

    def _in(self, tree: Tree[Token], scope: Scope) -> Expr:
        item_tree, _, options_tree = cast(Any, tree.children)
        field = self._quiet_choice(item_tree, scope)
        if options_tree.data == "tuple":
            option_trees = [t for t in options_tree.children if hasattr(t, "data")]
        elif options_tree.data == "bracket":
            option_trees = [options_tree.children[1]]
        else:
            option_trees = []
        if option_trees:
            if field is not None and all(bare(t) for t in option_trees):
                options: list[Expr] = []
                for option in option_trees:
                    try:
                        options.append(self.choice(option, field))
                    except Fault as fault:
                        self.diagnostics.append(fault.diagnostic)
                if len(options) < len(option_trees):
                    raise self.again()
                return OneOf(field, tuple(options))
            item = self.point(item_tree, scope)
            found = [self.point(option, scope) for option in option_trees]
            for option, option_tree in zip(found, option_trees, strict=True):
                self.compare("=", item, option, option_tree)
            return OneOf(item, tuple(found))
        item_typed, around = self.both(item_tree, options_tree, scope)
        if not isinstance(around, Range) or isinstance(item_typed, Range | Duration):
            raise self.fault(
                "E13", options_tree, "“属于”后面要列出取值，或写起止", "in is followed by values in brackets, or a range",
                Text("如：属于（甲、乙），属于 25..60", "as in (a, b), in 25..60"),
            )  # fmt: skip
        return And(
            (self.compare(">=", item_typed, around.low, tree), self.compare("<=", item_typed, around.high, tree))
        )

    def _not_in(self, tree: Tree[Token], scope: Scope) -> Expr:
        return Not(self._in(tree, scope))

    def _overlaps(self, tree: Tree[Token], scope: Scope) -> Expr:
        left, right = self.both(tree.children[0], tree.children[2], scope)
        if not isinstance(left, Range) or not isinstance(right, Range):
            raise self.fault("E13", tree, "“重叠”两边都要写起止：开始..结束", "overlaps stands between two ranges a..b")
        return And((self.compare("<=", left.low, right.high, tree), self.compare("<=", right.low, left.high, tree)))

    def _has_all(self, tree: Tree[Token], scope: Scope) -> Expr:
        return self._has(tree, scope, some=False)

    def _has_any(self, tree: Tree[Token], scope: Scope) -> Expr:
        return self._has(tree, scope, some=True)

    def _has(self, tree: Any, scope: Scope, some: bool) -> Expr:
        item = self.point(tree.children[0], scope)
        if kind_of(item) != "choices":
            raise self.fault(
                "E13", tree.children[0], "“包含”只用于多选列", "has is for fields with several choices", Text("单选列用 =", "use =")
            )  # fmt: skip
        wanted = tree.children[2]
        trees = [t for t in wanted.children if hasattr(t, "data")] if wanted.data in ("tuple", "bracket") else [wanted]
        return Has(item, tuple(str(self.choice(t, item).value) for t in trees), some)

    def _known(self, tree: Tree[Token], scope: Scope) -> Expr:
        return Known(self.point(tree.children[0], scope))

    def _missing(self, tree: Tree[Token], scope: Scope) -> Expr:
        return Not(Known(self.point(tree.children[0], scope)))

    def _range(self, tree: Tree[Token], scope: Scope) -> Range:
        low, high = self.both(tree.children[0], tree.children[2], scope)
        if isinstance(low, Range | Duration) or isinstance(high, Range | Duration):
            raise self.fault("E13", tree, "起止要写成两个数或两个日期", "a range goes between two numbers or two dates")
        return Range(low, high)

    def _arith(self, tree: Tree[Token], scope: Scope) -> Typed:
        left, right = self.both(tree.children[0], tree.children[2], scope)
        op = cast(ArithOp, str(tree.children[1]))
        return self.arith(op, left, right, tree)

    def arith(self, op: ArithOp, left: Typed, right: Typed, tree: Any) -> Typed:
        if isinstance(left, Range) or isinstance(right, Range):
            raise self.fault("E13", tree, "时间段不能加减", "a range takes no part in arithmetic")
        if isinstance(right, Duration) and not isinstance(left, Duration) and kind_of(left) in DATES and op in "+-":
            amount = right.amount if op == "+" else fold("-", Const(Fraction(0), "number"), right.amount)
            if op == "-" and right.unit == "month":
                self.warn(
                    "W35",
                    tree,
                    "向前推若干个月，遇月末会差一天",
                    "counting months backwards differs at month ends",
                    Text("改写为：日期 + 6个月 >= 统计时点", "write: date + 6 months >= as_of"),
                )
            kind = kind_of(left)
            return Shift(left, amount, right.unit, "datetime" if right.unit == "minute" else kind)
        if isinstance(left, Duration) and op == "+" and not isinstance(right, Duration) and kind_of(right) in DATES:
            return self.arith("+", right, left, tree)
        for one, other in ((left, right), (right, left)):
            if (
                isinstance(one, Duration)
                and not isinstance(other, Duration)
                and kind_of(other) in NUMERIC
                and op == "*"
            ):
                return Duration(fold("*", one.amount, other), one.unit)
        a = self.minutes(left, tree) if isinstance(left, Duration) else left
        b = self.minutes(right, tree) if isinstance(right, Duration) else right
        ka, kb = kind_of(a), kind_of(b)
        if ka in DATES and kb in DATES and op == "-":
            return Diff(a, b)
        if ka == "duration" and kb == "duration":
            return fold(op, a, b, "number" if op == "/" else "duration")
        if (ka == "duration" and kb in NUMERIC and op in "*/") or (kb == "duration" and ka in NUMERIC and op == "*"):
            return fold(op, a, b, "duration")
        if ka in NUMERIC and kb in NUMERIC:
            if (
                op == "/"
                and isinstance(a, Agg)
                and isinstance(b, Agg)
                and a.name == b.name == "count"
                and a.table == b.table
            ):
                self.warn("W36", tree, "两个个数相除，请改用“占比”", "count divided by count: use share", None)
            return fold(op, a, b, "percent" if ka == kb == "percent" and op in "+-" else "number")
        hint = None
        if ka in DATES and kb in NUMERIC:
            hint = Text("写明单位，如 + 15天", "say the unit, as + 15 days")
        raise self.fault(
            "E13",
            tree,
            f"{KIND_WORDS[ka].zh}与{KIND_WORDS[kb].zh}不能这样计算",
            f"{KIND_WORDS[ka].en} {op} {KIND_WORDS[kb].en} has no meaning",
            hint,
        )

    def _sign(self, tree: Tree[Token], scope: Scope) -> Typed:
        inner = self.type(tree.children[1], scope)
        if str(tree.children[0]) == "+":
            return inner
        zero: Typed = (
            Duration(Const(Fraction(0), "number"), inner.unit)
            if isinstance(inner, Duration)
            else Const(Fraction(0), "number")
        )
        if isinstance(inner, Duration):
            return Duration(fold("-", cast(Duration, zero).amount, inner.amount), inner.unit)
        return self.arith("-", zero, inner, tree)

    # --- atoms

    def _number(self, tree: Tree[Token], scope: Scope) -> Expr:
        return Const(Fraction(str(tree.children[0])), "number")

    def _percent(self, tree: Tree[Token], scope: Scope) -> Expr:
        return Const(Fraction(str(tree.children[0])[:-1]) / 100, "percent")

    def _duration(self, tree: Tree[Token], scope: Scope) -> Duration:
        factor, unit = UNIT_BASE[UNIT_SPELLINGS[" ".join(str(tree.children[1]).split())]]
        return Duration(Const(Fraction(str(tree.children[0])) * factor, "number"), cast(ShiftUnit, unit))

    def _date(self, tree: Tree[Token], scope: Scope) -> Expr:
        text = str(tree.children[0])
        year, month, day = (int(part) for part in text.replace("年", "-").replace("月", "-").rstrip("日").split("-"))
        try:
            return Const(date(year, month, day), "date")
        except ValueError:
            raise self.fault("E09", tree, f"没有这一天：{text}", f"no such day: {text}") from None

    def _datetime(self, tree: Tree[Token], scope: Scope) -> Expr:
        try:
            return Const(datetime.fromisoformat(str(tree.children[0])), "datetime")
        except ValueError:
            raise self.fault(
                "E09", tree, f"没有这个时间：{tree.children[0]}", f"no such time: {tree.children[0]}"
            ) from None

    def _text(self, tree: Tree[Token], scope: Scope) -> Expr:
        return Const(str(tree.children[0])[1:-1].strip(), "text")

    def _yes(self, tree: Tree[Token], scope: Scope) -> Expr:
        return Const(True, "yes_no")

    def _no(self, tree: Tree[Token], scope: Scope) -> Expr:
        return Const(False, "yes_no")

    def _tuple(self, tree: Tree[Token], scope: Scope) -> Expr:
        raise self.fault(
            "E13", tree, "一列取值只能跟在“属于”“包含”后面", "a list of values stands only after in or has"
        )


def _ordered(expr: Expr) -> bool:
    return bool(
        (isinstance(expr, Field) and expr.order)
        or (isinstance(expr, Agg) and isinstance(expr.body, Field) and expr.body.order)
    )
