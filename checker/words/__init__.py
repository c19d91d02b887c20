"""A kind of document and a place in it → which keys and words may stand there, and how they are called in either language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from checker.words.tables import PARTS, Under
from checker.words.values import CONFIRMATION as CONFIRMATION
from checker.words.values import DOCUMENT as DOCUMENT
from checker.words.values import EACH as EACH
from checker.words.values import FIELD_TYPE as FIELD_TYPE
from checker.words.values import PROPOSED as PROPOSED
from checker.words.values import SEVERITY as SEVERITY
from checker.words.values import SKIP as SKIP
from checker.words.values import STANDING as STANDING
from checker.words.values import STATUS as STATUS
from checker.words.values import TEXT_STATUS as TEXT_STATUS
from checker.words.values import VERDICT as VERDICT
from checker.words.values import YES_NO as YES_NO


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What may stand at a place: fixed keys, or keys of the author's choice, or a list, or an enumerated word.

    `english` and `chinese` turn a spelling into the other language's; a scalar stands for itself unless `values` has it.
    """

    english: dict[str, str] = field(default_factory=dict)
    chinese: dict[str, str] = field(default_factory=dict)
    under: dict[str, Shape] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    item: Shape | None = None
    named: Shape | None = None
    is_expression: bool = False

    def within(self, step: str | int) -> Shape:
        """The shape below a key or a list position."""
        if isinstance(step, int):
            return self.item or self  # a plain text and a list of such are often both welcome
        return self.named or self.under.get(step, PLAIN)

    def at(self, path: Iterable[str | int]) -> Shape:
        shape = self
        for step in path:
            shape = shape.within(step)
        return shape


PLAIN = Shape()
EXPRESSION = Shape(is_expression=True)


def _spellings(words: Mapping[str, str]) -> dict[str, str]:
    """All spellings → the English one."""
    found = {spelling: english for english, chinese in words.items() for spelling in chinese.split("|")}
    return found | {english: english for english in words}


def _build() -> dict[str, Shape]:
    # Shapes hold each other (a condition holds conditions): make all of them first, fill them afterwards.
    shapes = {name: Shape(is_expression=name == "condition") for name in PARTS} | {"expression": EXPRESSION}

    def below(what: Under) -> Shape:
        if isinstance(what, dict):
            return Shape(values=_spellings(what), chinese={en: zh.split("|")[0] for en, zh in what.items()})
        if isinstance(what, str):
            return shapes[what]
        (name,) = what
        return Shape(item=shapes[name]) if isinstance(what, list) else Shape(named=shapes[name])

    for name, rows in PARTS.items():
        shape = shapes[name]
        for english, row in rows.items():
            chinese, what = (row, None) if isinstance(row, str) else row
            shape.english.update(_spellings({english: chinese}))
            shape.chinese[english] = chinese.split("|")[0]
            shape.under[english] = PLAIN if what is None else below(what)
    return shapes


_SHAPES = _build()
KINDS: tuple[str, ...] = tuple(name.removesuffix("/1") for name in DOCUMENT)
DOCUMENTS: dict[str, Shape] = {kind: _SHAPES[kind] for kind in KINDS}
DOCUMENT_OF: dict[str, str] = {spelling: name.removesuffix("/1") for spelling, name in _spellings(DOCUMENT).items()}
KEYS: frozenset[str] = frozenset(word for shape in _SHAPES.values() for word in shape.english)


def shape_of(kind: str) -> Shape:
    return DOCUMENTS.get(kind, PLAIN)


def chinese_key(kind: str, path: Iterable[str | int], key: str) -> str:
    """The Chinese spelling of `key` in the mapping at `path`; an author's own key is its own spelling."""
    return shape_of(kind).at(path).chinese.get(key, key)
