"""The numbers of a paper, expressions about a unit → checked, and bound to a day."""

from __future__ import annotations

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


def check(compiler: Compiler, paper: Paper) -> dict[str, Expr]:
    """Faults gather in the compiler."""
    numbers: dict[str, Expr] = {}
    for name, written in paper.numbers.items():
        expr, _ = compiler.text(written, UNIT, condition=False)
        if expr is not None and kind_of(expr) not in ("count", "number"):
            message = Text(f"“{name}”应是一个数", f'"{name}" must be a number')
            compiler.diagnostics.append(Diagnostic("E13", written.span, message))
        elif expr is not None:
            numbers[name] = expr
    return numbers


def bound(compiler: Compiler, paper: Paper, pack: Pack, day: date) -> dict[str, Expr]:
    return {name: bind(expr, pack, day) for name, expr in check(compiler, paper).items()}
