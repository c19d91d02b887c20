"""Typed conditions of a revision → warnings: correct to the letter, but perhaps not what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from checker.errors import Diagnostic, Text
from checker.expr import Agg, Const, Expr, Known, Not, children
from checker.model import Revision
from checker.plan import Condition, Item


def known_uses(expr: Expr, positive: bool = True) -> Iterator[bool]:
    """For every `is known` inside: whether a known value can make the condition truer (True) or less true (False)."""
    match expr:
        case Known():
            yield positive
        case Not(item):
            yield from known_uses(item, not positive)
        case Agg():
            flips = expr.name == "none"
            if expr.body is not None:
                yield from known_uses(expr.body, positive is not flips)
            if expr.where is not None:
                yield from known_uses(expr.where, positive is not (flips or expr.name == "every"))
        case _:
            for part in children(expr):
                yield from known_uses(part, positive)


def in_applies(expr: Expr, revision: Revision) -> Iterator[Diagnostic]:
    if any(True for _ in known_uses(expr)) and revision.because is None:
        message = Text(
            "“适用”里用了“已知／缺失”：空着不填就能不受约束",
            "is known / is missing in applies: a blank cell would leave the population",
        )
        hint = Text("改写条件，或在版次中写明“理由说明”", "write it another way, or give because: on the revision")
        yield Diagnostic("MISS01", revision.span, message, hint, "warning")


def in_require(condition: Condition, revision: Revision, due: Expr | None) -> Iterator[Diagnostic]:
    if revision.because is None and False in set(_polarities(condition, True)):
        message = Text("空着不填会使这条要求更容易达标", "a blank cell makes this requirement easier to pass")
        hint = Text(
            "“已知”只用在填了更好的地方；确有理由的写“理由说明”",
            "use is known only where filling in helps; else give because:",
        )
        yield Diagnostic("MISS01", revision.span, message, hint, "warning")
    if isinstance(due, Const) and isinstance(due.value, date) and due.value < revision.since:
        message = Text("期限早于施行日期", "due lies before since")
        yield Diagnostic("W37", revision.span, message, None, "warning")


def _polarities(condition: Condition, positive: bool) -> Iterator[bool]:
    if isinstance(condition, Item):
        yield from known_uses(condition.expr, positive)
        return
    for position, child in enumerate(condition.children):
        flips = condition.op == "none_of" or (condition.op == "when" and position == 0)
        yield from _polarities(child, positive is not flips)
