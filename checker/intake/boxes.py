"""Ticks and boxes: ☑是□否, 是√/否, R有£无 → which of the printed options is marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

# R £ þ ¨ ü û ý: what ticks and boxes of the fonts Wingdings become as plain text.
TICKS = "√✓✔☑✅🗹🗸●■◉◆★⊙☒þüRrvV▣"
EMPTY = "□○☐◯◇☆£¨▢口_"
CROSSES = "×✗✘✕✖❌xXûý"

_BRACKET = re.compile(r"\(([^()]*)\)")
_BETWEEN = "/、,;|.:或 "
_NUMBERING = re.compile(r"^(?:[A-Da-d1-4][.、:)]|[①②③④])")


class Marked(NamedTuple):
    """`chosen`: the options that bear a tick. Not `sure`: 是√否, where the tick may belong to either. `joined`: what stands
    between the options, if no mark does.
    """

    options: tuple[str, ...]
    chosen: tuple[str, ...]
    sure: bool = True
    joined: str = ""


def marked(text: str, option_at: Callable[[str, int], str]) -> Marked | None:
    """`option_at`: the longest option that begins at a place of the text, or nothing. None: the text is no list of options."""
    tokens = _tokens(text, option_at)
    if tokens is None:
        return None
    options = tuple(token[1] for token in tokens if token[0] == "option")
    if len(options) < 2:
        return None
    marks = [token for token in tokens if token[0] in ("tick", "empty", "cross")]
    if not marks:
        return Marked(options, (), joined="".join(token[1] for token in tokens if token[0] == "between"))
    by_option = _paired(tokens)
    if by_option is None:
        ticked = [at for at, token in enumerate(tokens[:-1]) if token[0] == "tick"]
        return Marked(options, (_before(tokens, ticked[0]),) if len(ticked) == 1 else (), sure=False)
    return Marked(options, tuple(option for option, mark in by_option if mark == "tick"))


def _tokens(text: str, option_at: Callable[[str, int], str]) -> list[tuple[str, str]] | None:
    text = _BRACKET.sub(lambda bracket: _in_bracket(bracket[1]), text)
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        if option := option_at(text, at):
            found.append(("option", option))
            at += len(option)
            continue
        letter = text[at]
        kind = next((k for k, letters in _KINDS if letter in letters), "")
        if kind == "between" and (not found or found[-1][0] != "between"):
            found.append((kind, letter))
        elif kind in ("tick", "cross") or (
            kind == "empty" and not (letter == "_" and found and found[-1] == (kind, letter))
        ):
            # A line of underscores is one empty place; __√__ is a ticked one.
            if found and found[-1] == ("empty", "_"):
                found.pop()
            if not (kind == "empty" and letter == "_" and found and found[-1][0] in ("tick", "cross")):
                found.append((kind, letter))
        elif not kind and not (numbered := _NUMBERING.match(text[at:])):
            return None
        elif not kind and numbered:
            found.append(("between", "."))
            at += len(numbered[0]) - 1
        at += 1
    return found


_KINDS: tuple[tuple[str, Iterable[str]], ...] = (
    ("tick", TICKS),
    ("empty", EMPTY),
    ("cross", CROSSES),
    ("between", _BETWEEN),
)


def _in_bracket(inner: str) -> str:
    inner = inner.strip(" _")
    if not inner:
        return "□"
    return inner if len(inner) == 1 and inner in TICKS + EMPTY + CROSSES else f"({inner})"


def _paired(tokens: Sequence[tuple[str, str]]) -> list[tuple[str, str]] | None:
    """Each option with its mark, if the places of the marks leave no doubt: all before, all after, or parted by / and 、."""
    groups: list[list[tuple[str, str]]] = [[]]
    for token in tokens:
        if token[0] == "between":
            groups.append([])
        else:
            groups[-1].append(token)
    groups = [group for group in groups if group]
    if all(sum(token[0] == "option" for token in group) == 1 for group in groups):
        return [_one(group) for group in groups] if all(len(group) <= 2 for group in groups) else None
    kinds = [token[0] for token in tokens if token[0] != "between"]
    if len(kinds) % 2 == 0 and sum(kind == "option" for kind in kinds) * 2 == len(kinds):
        plain = [token for token in tokens if token[0] != "between"]
        pairs = [plain[at : at + 2] for at in range(0, len(plain), 2)]
        if all({token[0] == "option" for token in pair} == {True, False} for pair in pairs):
            if len({pair[0][0] == "option" for pair in pairs}) == 1:
                return [_one(pair) for pair in pairs]
    # One tick in front of everything can only be the first option's.
    if kinds[0] == "tick" and all(kind == "option" for kind in kinds[1:]):
        plain = [token for token in tokens if token[0] != "between"]
        return [(plain[1][1], "tick"), *((token[1], "") for token in plain[2:])]
    return None


def _one(group: Sequence[tuple[str, str]]) -> tuple[str, str]:
    return next(token[1] for token in group if token[0] == "option"), next(
        (token[0] for token in group if token[0] != "option"), ""
    )


def _before(tokens: Sequence[tuple[str, str]], tick: int) -> str:
    """The option that a tick follows: the first guess."""
    return next((token[1] for token in reversed(tokens[:tick]) if token[0] == "option"), "")
