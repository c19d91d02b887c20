"""Text of an expression + the pack's names → Lark tree with positions, or one diagnostic. Lark's only door.

The scanner takes the longest match: names are known, so Chinese needs no spaces (学校类别属于（小学、初中）且在办).
A stretch of letters that is wholly a name or a word is that; else it is cut into names and words if that works
out; else it is one unknown name, which compile reports with a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from checker.errors import Diagnostic, Span, Text
from checker.lexicon import AGGREGATE_OF, FUNCTION_OF, KEYWORD_OF, MARKS, OPERATORS, PAIRS, ROOT_OF, UNIT_SPELLINGS

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

GRAMMAR = r"""
?start: disj
?disj: conj | disj OR conj            -> or_
?conj: neg  | conj AND neg            -> and_
?neg:  cmp  | NOT neg                 -> not_
?cmp:  span
    | span OP span                    -> compare
    | span IN span                    -> in_
    | span NOTIN span                 -> not_in
    | span OVERLAPS span              -> overlaps
    | span HAS span                   -> has_all
    | span HASANY span                -> has_any
    | span KNOWN                      -> known
    | span MISSING                    -> missing
?span: sum  | sum RANGE sum           -> range
?sum:  prod | sum PM prod             -> arith
?prod: sign | prod TD sign            -> arith
?sign: atom | PM sign                 -> sign
?atom: NUMBER                         -> number
    | PERCENT                         -> percent
    | NUMBER UNIT                     -> duration
    | DATE                            -> date
    | DATETIME                        -> datetime
    | TEXT                            -> text
    | YES                             -> yes
    | NO                              -> no
    | path
    | path LPAR [args] RPAR           -> call
    | AGG LPAR NAME [where] [by] [body] RPAR    -> agg
    | LPAR disj RPAR                  -> bracket
    | LPAR span (COMMA span)+ RPAR    -> tuple
args:  disj (COMMA disj)*
where: WHERE disj
by:    BY path
body:  COMMA disj
path:  NAME (DOT NAME)*

%declare OR AND NOT OP IN NOTIN OVERLAPS HAS HASANY KNOWN MISSING RANGE PM TD NUMBER PERCENT UNIT DATE DATETIME TEXT
%declare YES NO LPAR RPAR COMMA DOT AGG NAME WHERE BY
"""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      |(?P<DATETIME>\d{4}-\d\d-\d\dT\d\d:\d\d)
      |(?P<DATE>\d{4}-\d\d?-\d\d?(?!\d)|\d{4}年\d{1,2}月\d{1,2}日)
      |(?P<PERCENT>\d+(\.\d+)?%)
      |(?P<NUMBER>\d+(\.\d+)?(?!\.?\d))
      |(?P<TEXT>'[^']*')
      |(?P<RANGE>\.\.)
      |(?P<OP>>=|<=|!=|≥|≤|≠|=|<|>)
      |(?P<PM>[+-])|(?P<TD>[*/])|(?P<LPAR>\()|(?P<RPAR>\))|(?P<COMMA>,)|(?P<DOT>\.)
      |(?P<word>[^\W\d]\w*)""",
    re.VERBOSE,
)
OPERANDS = ("NAME", "YES", "NO", "AGG")
_ASCII_WORD = re.compile(r"[A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class Word:
    """One token: its kind in the grammar, its text as written, its place (0-based, half open)."""

    kind: str
    text: str
    start: int
    end: int


class _Fault(Exception):
    def __init__(self, start: int, end: int, message: Text, hint: Text | None = None, code: str = "E30") -> None:
        self.start, self.end, self.message, self.hint, self.code = start, end, message, hint, code


def scan(text: str, names: Set[str]) -> list[Word]:
    """All tokens of an expression. Raises _Fault at the first character that belongs to no token."""
    plain = text.translate(MARKS)
    words: list[Word] = []
    at = 0
    while at < len(plain):
        match = _TOKEN.match(plain, at)
        if match is None:
            mark = text[at]
            raise _Fault(at, at + 1, Text(f"这里不能用“{mark}”", f"“{mark}” cannot stand here"))
        kind = match.lastgroup or ""
        end = match.end()
        if kind == "word":
            opens = plain[end:].lstrip()[:1] == "("
            words.extend(_split(match.group(), at, names, opens, bool(words) and words[-1].kind == "NUMBER"))
        elif kind != "space":
            value = match.group()
            words.append(Word(kind, OPERATORS.get(value, value), at, end))
        at = end
    return list(_pair(words))


def _split(run: str, at: int, names: Set[str], opens: bool, after_number: bool) -> list[Word]:
    """A stretch of letters → words. Whole before pieces, longest piece first, every letter used."""
    whole = _word(run, at, names, opens, after_number)
    if whole is not None:
        return [whole]

    def cut(start: int, after: bool) -> list[Word] | None:
        if start == len(run):
            return []
        for end in range(len(run), start, -1):
            if end < len(run) and _ASCII_WORD.match(run[end - 1]) and _ASCII_WORD.match(run[end]):
                continue  # never inside an English word
            piece = _word(run[start:end], at + start, names, opens and end == len(run), after)
            if piece is not None and (rest := cut(end, False)) is not None:
                # Two operands side by side make no sense: 是否寄宿制 is not 是, 否, 寄宿制.
                if not (rest and piece.kind in OPERANDS and rest[0].kind in OPERANDS):
                    return [piece, *rest]
        return None

    return cut(0, after_number) or [Word("NAME", run, at, at + len(run))]


def _word(piece: str, at: int, names: Set[str], opens: bool, after_number: bool) -> Word | None:
    end = at + len(piece)
    if after_number and piece in UNIT_SPELLINGS:
        return Word("UNIT", piece, at, end)
    if opens and piece in AGGREGATE_OF:
        return Word("AGG", piece, at, end)
    if opens and piece in FUNCTION_OF:
        return Word("NAME", piece, at, end)
    if piece in KEYWORD_OF:
        return Word(KEYWORD_OF[piece], piece, at, end)
    if piece in names or piece in ROOT_OF:
        return Word("NAME", piece, at, end)
    return None


def _pair(words: list[Word]) -> Iterator[Word]:
    """English words of two parts: not in, has any, is known, is missing, working days."""
    skip = False
    for this, following in zip_longest(words, words[1:]):
        if skip:
            skip = False
            continue
        if following is not None:
            kind = PAIRS.get((this.text, following.text))
            if (this.text, following.text) in (("working", "days"), ("working", "day")):
                kind = "UNIT"
            if kind is not None:
                yield Word(kind, f"{this.text} {following.text}", this.start, following.end)
                skip = True
                continue
        yield this


@cache
def _parser() -> Lark:
    from lark import Lark, Token
    from lark.lexer import Lexer

    class Scanned(Lexer):  # type: ignore[misc,unused-ignore]
        def __init__(self, lexer_conf: Any) -> None:
            pass

        def lex(self, lexer_state: Any, parser_state: Any = None) -> Iterator[Token]:
            for word in lexer_state:
                yield Token(word.kind, word.text, start_pos=word.start, end_pos=word.end)

    return Lark(GRAMMAR, parser="lalr", lexer=Scanned)


def parse(text: str, names: Set[str], span: Span) -> tuple[Tree[Token] | None, list[Word], Diagnostic | None]:
    """The tree and the tokens of `text`, which stands at `span`; or what is wrong with it."""
    from lark.exceptions import UnexpectedInput, UnexpectedToken

    words: list[Word] = []
    try:
        words = scan(text, names)
        if not words:
            raise _Fault(0, 1, Text("条件是空的", "the condition is empty"))
        return _parser().parse(words), words, None
    except _Fault as fault:
        return None, words, Diagnostic(fault.code, span.inside(fault.start, fault.end), fault.message, fault.hint)
    except UnexpectedToken as error:
        why = _explain(error.token, words)
        return None, words, Diagnostic(why.code, span.inside(why.start, why.end), why.message, why.hint)
    except UnexpectedInput:
        return None, words, Diagnostic("E30", span, Text("看不懂这个条件", "this condition cannot be read"))


def _explain(token: Token, words: list[Word]) -> _Fault:
    """What a clerk can do about the first token that does not fit."""
    if token.type == "$END" or not isinstance(token.start_pos, int):
        last = words[-1]
        opened = sum(w.kind == "LPAR" for w in words) - sum(w.kind == "RPAR" for w in words)
        if opened > 0:
            return _Fault(
                last.start, last.end, Text("括号没有闭合", "a bracket is not closed"), Text("在末尾补“）”", "add “)”")
            )
        return _Fault(last.start, last.end, Text("条件没有写完", "the condition stops too early"))
    start, end = token.start_pos, token.end_pos or token.start_pos + 1
    index = next((i for i, word in enumerate(words) if word.start == start), 0)
    before = words[index - 1] if index else None
    if token.type == "OP" and before is not None and before.kind == "OP" and token == "=" and before.text == "=":
        return _Fault(before.start, end, Text("等于只写一个“=”", "write one “=” for equal"), None, "E32")
    if token.type == "OP" and any(word.kind == "OP" for word in words[:index]):
        return _Fault(
            start,
            end,
            Text("比较不能连着写", "comparisons do not chain"),
            Text("拆成两个条件：甲 <= 乙 且 乙 <= 丙", "write a <= b and b <= c"),
            "E31",
        )
    if token.type == "RPAR" and before is not None and before.kind == "LPAR":
        return _Fault(before.start, end, Text("括号里是空的", "nothing between the brackets"), None, "E37")
    if token.type == "NAME" and before is not None and before.kind == "NAME":
        return _Fault(
            start,
            end,
            Text(
                f"“{before.text}”与“{token}”之间缺少“且”“或”或比较符号",
                f"“{before.text}” and “{token}” need and, or, or a comparison between them",
            ),
        )
    return _Fault(start, end, Text(f"这里不能出现“{token}”", f"“{token}” does not fit here"))
