"""The expressions of a paper → bound to a day: its figures about a unit, and for which records it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from checker.compile.bind import bind
from checker.errors import Diagnostic, Text
from checker.expr import Expr, kind_of
from checker.model import Pack
from checker.papers import Paper

if TYPE_CHECKING:
    from checker.compile import Compiler

UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Bound:
    figures: Mapping[str, Expr]
    applies: Expr | None


def check(compiler: Compiler, paper: Paper) -> tuple[dict[str, Expr], Expr | None]:
    """Faults gather in the compiler."""
    figures: dict[str, Expr] = {}
    for name, written in paper.figures.items():
        expr, _ = compiler.text(written, UNIT, condition=False)
        if expr is not None and kind_of(expr) not in ("count", "number"):
            message = Text(f"“{name}”应是一个数", f'"{name}" must be a number')
            compiler.diagnostics.append(Diagnostic("E13", written.span, message))
        elif expr is not None:
            figures[name] = expr
    applies = None
    if paper.applies is not None and paper.each in compiler.pack.tables:
        applies, _ = compiler.text(paper.applies, paper.each)
    return figures, applies


def bound(compiler: Compiler, paper: Paper, pack: Pack, day: date) -> Bound:
    figures, applies = check(compiler, paper)
    return Bound(
        {name: bind(expr, pack, day) for name, expr in figures.items()},
        None if applies is None else bind(applies, pack, day),
    )
