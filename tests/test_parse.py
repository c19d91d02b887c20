"""The scanner and the grammar: Chinese without spaces, the same tree from both languages, one clear fault."""

from __future__ import annotations

import pytest

from checker.errors import Span
from checker.parse import parse, scan

NAMES = frozenset({"学校类别", "小学", "初中", "在办", "最近维保日期", "寄宿制", "非机动车数", "video_linked"})
SPAN = Span("rule.yaml", 9, 12, 60)


def kinds(text: str) -> list[str]:
    return [word.kind for word in scan(text, NAMES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("学校类别属于（小学、初中）且在办", "NAME IN LPAR NAME COMMA NAME RPAR AND NAME"),
        ("学校类别 不属于 （小学）", "NAME NOTIN LPAR NAME RPAR"),
        ("非寄宿制", "NOT NAME"),
        ("非机动车数 = 0", "NAME OP NUMBER"),  # a name that begins with a word of the language
        ("最近维保日期 + 6个月 >= 统计时点", "NAME PM NUMBER UNIT OP NAME"),
        ("最近（bus，x）", "AGG LPAR NAME COMMA NAME RPAR"),
        ("a not in (b) and c is known", "NAME NOTIN LPAR NAME RPAR AND NAME KNOWN"),
        ("topics has any (lab)", "NAME HASANY LPAR NAME RPAR"),
        ("any(bus)", "AGG LPAR NAME RPAR"),
        ("kind = none", "NAME OP NAME"),  # a child function is a word only before a bracket
        ("order and android or inside", "NAME AND NAME OR NAME"),
        ("d + 5 working days", "NAME PM NUMBER UNIT"),
        ("d <= 2019年12月31日", "NAME OP DATE"),
        ("在办且video_linked", "NAME AND NAME"),
        ("x ≥ 95%", "NAME OP PERCENT"),
        ("是否寄宿制", "NAME"),
        ("学段属于", "NAME"),  # unknown as a whole: compile proposes the space
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert kinds(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("a = b = c", "E31", 18),
        ("a == b", "E32", 14),
        ("a in ()", "E37", 17),
        ("a b", "E30", 14),
        ("every(bus, x", "E30", 23),
        ("a ~ b", "E30", 14),
        ("", "E30", 12),
        ("a and", "E30", 14),
    ],
)
def test_fault_has_code_and_place(text: str, code: str, column: int) -> None:
    tree, _, problem = parse(text, NAMES, SPAN)
    assert tree is None
    assert problem is not None
    assert (problem.code, problem.span.line, problem.span.column) == (code, 9, column)
    assert problem.message.zh
    assert problem.message.en
