"""The frozen data of a condition as written: texts of expressions, and groups of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from checker.errors import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Expression:
    """The text of an expression as written, and its place."""

    text: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class RawGroup:
    """all_of, any_of, none_of, at_least (with `count`) or when (children: condition, consequence)."""

    op: Literal["all_of", "any_of", "none_of", "at_least", "when"]
    children: tuple[RawCondition, ...]
    count: int = 0
    span: Span = NOWHERE


RawCondition = Expression | RawGroup
