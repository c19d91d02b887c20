"""Tokens of an expression as written → the same words in the other language; expression → leaves worth showing as evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from checker.errors import Language, Text
from checker.expr import Agg, Expr, Field, Scale, children
from checker.lexicon import AGGREGATE_OF, AGGREGATES, KEYWORDS, UNIT_SPELLINGS, UNITS
from checker.model import Pack
from checker.parse import Word
from checker.plan import Leaf
from checker.render import render

TIGHT_BEFORE = {"RPAR", "COMMA", "DOT", "RANGE"}
TIGHT_AFTER = {"LPAR", "DOT", "RANGE"}


def translate(words: Sequence[Word], spoken: Mapping[int, Text], lang: Language) -> str:
    """The expression in `lang`: names by what they turned out to mean (`spoken`), words by the lexicon, marks by custom."""
    out: list[str] = []
    before: Word | None = None
    depth: list[bool] = []  # whether the open bracket is a list of choices (、) rather than arguments (，)
    for word in words:
        if word.kind == "LPAR":
            depth.append(before is not None and before.kind in ("IN", "NOTIN", "HAS", "HASANY"))
        text = _text(word, spoken, lang, bool(depth) and depth[-1])
        if word.kind == "RPAR" and depth:
            depth.pop()
        if before is not None and _space(before, word, lang):
            out.append(" ")
        out.append(text)
        before = word
    return "".join(out)


def _text(word: Word, spoken: Mapping[int, Text], lang: Language, in_list: bool) -> str:
    if word.start in spoken:
        return spoken[word.start].of(lang)
    match word.kind:
        case "UNIT":
            return UNITS[UNIT_SPELLINGS[" ".join(word.text.split())]].of(lang)
        case "AGG":
            return AGGREGATES[AGGREGATE_OF[word.text]].of(lang)
        case "LPAR" | "RPAR" | "COMMA" if lang == "zh":
            return {"LPAR": "（", "RPAR": "）", "COMMA": "、" if in_list else "，"}[word.kind]
        case "COMMA":
            return ","
        case "LPAR":
            return "("
        case "RPAR":
            return ")"
    return KEYWORDS[word.kind][0].of(lang) if word.kind in KEYWORDS else word.text


def _space(before: Word, word: Word, lang: Language) -> bool:
    if word.kind in TIGHT_BEFORE or before.kind in TIGHT_AFTER:
        return False
    if word.kind == "LPAR":
        return before.kind not in ("NAME", "AGG") and (lang == "en" or before.kind in ("OP", "PM", "TD", "AND", "OR"))
    if lang == "zh" and (before.kind == "COMMA" or word.kind == "UNIT"):
        return False
    return True


def leaves_of(expr: Expr, pack: Pack) -> tuple[Leaf, ...]:
    """Fields, scales and whole child functions of an expression, each once, in reading order."""
    found: dict[str, Leaf] = {}
    for part in _leaves(expr):
        label = render(part, pack, "en")
        found.setdefault(label, Leaf(label, part))
    return tuple(found.values())


def _leaves(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Field | Agg):
        yield expr
        return
    if isinstance(expr, Scale):
        yield expr
    for part in children(expr):
        yield from _leaves(part)
