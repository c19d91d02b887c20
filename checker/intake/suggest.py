"""A heading, or a sheet, that no name fits → the fields or tables that it comes near to. Only suggests: somebody must confirm."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from checker.intake.layout import Head
from checker.intake.names import SERIAL_HEADS, Index, field_names, plain, stem
from checker.understood import Suggestion

_LEAST = 60.0  # of 100: below this two names have nothing to do with each other
_MOST = 0.89  # a suggestion is never as sure as a name that fits
_SHOWN = 3
_FEW_HEADINGS = 0.3  # a table that fewer of the headings come near to is not named
_WORD = re.compile(r"[a-z0-9]+")


def fields(head: Head, table: str, index: Index, taken: Collection[str] = ()) -> tuple[Suggestion, ...]:
    """`taken`: fields that other columns hold."""
    found = {field: sure for field, sure in _near(head, table, index).items() if field not in taken}
    return _best(found)


def tables(headings: Sequence[str], index: Index) -> tuple[Suggestion, ...]:
    """By how near the headings come to the fields of a table, taken together."""
    heads = [Head(at, text) for at, text in enumerate(headings) if plain(text) and plain(text) not in SERIAL_HEADS]
    found: dict[str, float] = {}
    for table in index.tables:
        near = [max(_near(head, table, index).values(), default=0.0) for head in heads]
        sure = sum(near) / max(len(near), 1)
        if sure >= _FEW_HEADINGS:
            found[table] = sure
    return _best(found)


def _best(found: dict[str, float]) -> tuple[Suggestion, ...]:
    near = sorted((-sure, name) for name, sure in found.items())
    return tuple(Suggestion(name, round(min(-sure, _MOST), 2)) for sure, name in near[:_SHOWN])


def _near(head: Head, table: str, index: Index) -> dict[str, float]:
    """Fields of the table that the heading comes near to, 0 to 1."""
    from rapidfuzz import fuzz, process

    owner = index.tables.get(table)
    named = [(name, field.id) for field in owner.fields.values() for name in field_names(field)] if owner else []
    found: dict[str, float] = {}
    for form in dict.fromkeys((head.forms()[0], head.leaf)):
        # Spaces part English words; in Chinese only the characters count.
        for ours, scorer in ((stem, fuzz.ratio), (_words, fuzz.token_sort_ratio)):
            if not (wanted := ours(form)):
                continue
            for _, score, at in process.extract(
                wanted, [ours(name) for name, _ in named], scorer=scorer, score_cutoff=_LEAST, limit=None
            ):
                field = named[at][1]
                found[field] = max(found.get(field, 0.0), score / 100)
    return found


def _words(text: str) -> str:
    """The words of a name in Latin letters; nothing of any other."""
    return " ".join(_WORD.findall(text.lower())) if text.isascii() else ""
