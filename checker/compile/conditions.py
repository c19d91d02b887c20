"""A condition with groups → one expression, for what is judged as a whole."""

from __future__ import annotations

from itertools import combinations

from checker.expr import And, Expr, Not, Or
from checker.plan import Condition, Item


def whole(condition: Condition) -> Expr:
    if isinstance(condition, Item):
        return condition.expr
    parts = tuple(whole(child) for child in condition.children)
    match condition.op:
        case "all_of":
            return And(parts)
        case "any_of":
            return Or(parts)
        case "none_of":
            return Not(Or(parts))
        case "when":
            return Or((Not(parts[0]), parts[1]))
        case "at_least":
            return Or(tuple(And(some) for some in combinations(parts, condition.count)))
