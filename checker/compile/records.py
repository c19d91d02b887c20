"""A typed condition over one record → what it may not reach, the fields it reads, how it is said."""

from __future__ import annotations

from checker.errors import Diagnostic, Span, Text
from checker.expr import Agg, Clock, Compare, CompareOp, Expr, Field, Param, Scale, kind_of, walk
from checker.model import Table

_OF_NUMBERS: dict[CompareOp, Text] = {
    "<=": Text("不大于", "at most"),
    "<": Text("小于", "less than"),
    ">=": Text("不小于", "at least"),
    ">": Text("大于", "more than"),
    "=": Text("等于", "equal to"),
    "!=": Text("不同于", "other than"),
}
_OF_DATES: dict[CompareOp, Text] = {
    "<=": Text("不晚于", "not after"),
    "<": Text("早于", "before"),
    ">=": Text("不早于", "not before"),
    ">": Text("晚于", "after"),
    "=": Text("同于", "the same as"),
    "!=": Text("不同于", "other than"),
}


def beyond(expr: Expr, span: Span) -> Diagnostic | None:
    """A check asks about what was filled in: it knows neither the day, nor the parameters, nor other records."""
    for part in walk(expr):
        if isinstance(part, Agg | Clock | Param | Scale) or (isinstance(part, Field) and part.hops):
            message = Text("核对只能用本条记录的列", "a check reads the fields of its own record only")
            hint = Text(
                "不用统计时点、参数、标准，也不用上级或下级记录；要判的写成规则",
                "no as_of, param or scale, no record above or below; what is to be judged is a rule",
            )
            return Diagnostic("E42", span, message, hint)
    return None


def fields_of(expr: Expr, table: Table) -> tuple[str, ...]:
    """In reading order, each once."""
    return tuple(dict.fromkeys(p.name for p in walk(expr) if isinstance(p, Field) and p.name in table.fields))


def said(expr: Expr, table: Table, wording: Text) -> Text:
    """Two fields compared, in words; anything else as it is written."""
    match expr:
        case Compare(op, Field(left), Field(right)) if left in table.fields and right in table.fields:
            one, other = table.fields[left].name, table.fields[right].name
            word = (_OF_DATES if kind_of(expr.left) in ("date", "datetime") else _OF_NUMBERS)[op]
            return Text(f"{one.zh}{word.zh}{other.zh}", f"{one.en} {word.en} {other.en}")
        case _:
            return wording
