"""A .docx template and what a paper may say → the document: lines of a list repeated, everything else as the office wrote it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from io import BytesIO
from itertools import groupby
from typing import Any

from checker.packed import timeless
from checker.papers import Mark, mark, marks
from checker.reports.papers.sheets import in_words
from checker.reports.papers.slots import Line, Slots
from checker.visible import visible

_NAMESPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _ROW, _CELL, _TEXT = (f"{_NAMESPACE}{tag}" for tag in ("p", "tr", "tc", "t"))
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_BRACES = re.compile(r"\{\{([^{}]*)\}\}")
_NOT_XML = re.compile("[\ufffe\uffff]")


def fill(document: Any, slots: Slots) -> bytes:
    for part in document.part.package.iter_parts():
        if (root := getattr(part, "element", None)) is not None:
            _fill(root, slots)
    out = BytesIO()
    document.save(out)
    return timeless(out.getvalue())


def _fill(root: Any, slots: Slots) -> None:
    # Rows before the paragraphs within them: what a row repeats, they repeat.
    for tag in (_ROW, _PARAGRAPH):
        for parent in [element for element in root.iter() if any(child.tag == tag for child in element)]:
            _fill_children(parent, tag, slots)
            if parent.tag == _CELL and parent.find(_PARAGRAPH) is None:
                parent.append(parent.makeelement(_PARAGRAPH, {}))  # a cell without a paragraph is a broken file


def _fill_children(parent: Any, tag: str, slots: Slots) -> None:
    """Lines that follow each other and draw on one list are repeated together."""
    children = [child for child in parent if child.tag == tag]
    for group, run in groupby(children, lambda child: _group(child, slots)):
        block = list(run)
        if not group:
            for child in block:
                if _stays(child, slots):
                    _replace(child, {}, slots)
                else:
                    parent.remove(child)
            continue
        kept = [child for child in block if _stays(child, slots)]
        # A table keeps one empty row for people to write in; a text keeps nothing.
        lines: Sequence[Line] = slots.rows(group) or ([{}] if tag == _ROW else [])
        place = block[0]
        for line in lines if kept else ():
            for child in kept:
                copy = deepcopy(child)
                _replace(copy, line, slots)
                place.addprevious(copy)
        for child in block:
            parent.remove(child)


def _said(element: Any) -> str:
    return "".join(piece.text or "" for piece in element.iter(_TEXT))


def _group(element: Any, slots: Slots) -> str:
    return next((found.group for found in marks(_said(element)) if slots.repeats(found)), "")


def _stays(element: Any, slots: Slots) -> bool:
    return all(slots.stays(found) for found in marks(_said(element)) if found.when)


def _replace(element: Any, line: Line, slots: Slots) -> None:
    paragraphs = [element] if element.tag == _PARAGRAPH else list(element.iter(_PARAGRAPH))
    for paragraph in paragraphs:
        _replace_in(list(paragraph.iter(_TEXT)), line, slots)


def _replace_in(pieces: Sequence[Any], line: Line, slots: Slots) -> None:
    """Word cuts a text into pieces wherever it likes: a placeholder takes the look of the piece in which it begins."""
    whole = "".join(piece.text or "" for piece in pieces)
    for found in reversed(list(_BRACES.finditer(whole))):
        told = _told(mark(found), line, slots)
        start, end = found.span()
        at = 0
        for piece in pieces:
            text = piece.text or ""
            first, last = max(start - at, 0), min(end - at, len(text))
            if first < last:
                piece.text = text[:first] + (told if start >= at else "") + text[last:]
                piece.set(_SPACE, "preserve")
            at += len(text)


def _told(found: Mark, line: Line, slots: Slots) -> str:
    if found.when:
        return ""
    # A name that holds braces is a name: it is not looked up in its turn.
    return _NOT_XML.sub("\ufffd", visible(in_words(slots.value(found, line)))).replace("{{", "｛｛")
