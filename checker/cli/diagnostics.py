"""Diagnostics → what people read: file, line, a mark under the place, a suggestion; or the same as JSON."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any
from unicodedata import category, east_asian_width

from checker.errors import Diagnostic, Language, Span, Text, in_order

MOST_PER_FILE = 20
# A line of YAML is rarely longer; what lies beyond would only wrap on the screen.
LONGEST_LINE = 120
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_LEVELS = {"error": Text("错误", "error"), "warning": Text("提醒", "warning")}


def shown(diagnostics: Iterable[Diagnostic], lang: Language) -> str:
    """All of them by file and line; of one file no more than a reader takes in at once."""
    return "\n".join(_blocks(in_order(diagnostics), lang))


def _blocks(diagnostics: Sequence[Diagnostic], lang: Language) -> Iterator[str]:
    for path, group in groupby(diagnostics, key=lambda d: d.span.path):
        lines = _lines(path)
        # Within the limit errors come before mere reminders; then by place again.
        found = list(group)
        kept = set(sorted(found, key=lambda d: not d.is_error)[:MOST_PER_FILE])
        yield from (_block(d, lines, lang) for d in found if d in kept)
        if len(found) > len(kept):
            yield Text(f"  另有{len(found) - len(kept)}处", f"  {len(found) - len(kept)} more").of(lang)


def _block(diagnostic: Diagnostic, file: Sequence[str], lang: Language) -> str:
    gap = "　" if lang == "zh" else "  "
    level, place = _LEVELS[diagnostic.severity].of(lang), _place(diagnostic.span)
    lines = [f"{level} {diagnostic.code}{gap}{place + gap if place else ''}{diagnostic.message.of(lang)}"]
    lines += _pointed(diagnostic.span, file)
    if diagnostic.hint is not None:
        first, *more = diagnostic.hint.of(lang).split("\n")
        lines += [f"  {'建议：' if lang == 'zh' else 'hint: '}{first}", *(f"        {line}" for line in more)]
    return "\n".join(lines)


def _place(span: Span) -> str:
    return str(Span(shortened(span.path), span.line, span.column)) if span.path else ""


def shortened(path: str) -> str:
    """The path as somebody who stands in the current folder would write it."""
    if not os.path.isabs(path):
        return path
    try:
        return Path(path).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path


def from_here(diagnostic: Diagnostic) -> Diagnostic:
    """With the path as seen from the current folder: in CI that is the root of the repository."""
    span = diagnostic.span
    return replace(diagnostic, span=replace(span, path=shortened(span.path))) if span.path else diagnostic


def _pointed(span: Span, file: Sequence[str]) -> Iterator[str]:
    """The line and a mark under the place, by display width: a Han character is two columns wide."""
    line = file[span.line - 1].replace("\t", " ") if 0 < span.line <= len(file) else ""
    if not line.strip():
        return
    before, marked = line[: span.column - 1], line[span.column - 1 : max(span.end_column, span.column + 1) - 1]
    head = f"  {span.line} | "
    shown = line if width(line) <= LONGEST_LINE else _cut(line, max(len(before) + 20, LONGEST_LINE // 2))
    yield head + shown
    yield " " * (len(head) - 2) + "| " + " " * width(before) + "~" * max(width(marked[: len(shown) - len(before)]), 1)


def _cut(line: str, keep: int) -> str:
    return line if len(line) <= keep + 1 else line[:keep] + "…"


def width(text: str) -> int:
    return sum(
        0 if category(character) == "Mn" else 2 if east_asian_width(character) in "WF" else 1 for character in text
    )


def _lines(path: str) -> Sequence[str]:
    try:
        return _LINE_BREAK.split(Path(path).read_text("utf-8-sig")) if path else ()
    except (OSError, UnicodeDecodeError):
        return ()


def as_error(diagnostic: Diagnostic) -> Diagnostic:
    """What --strict makes of a reminder."""
    return replace(diagnostic, severity="error")


def as_json(diagnostics: Iterable[Diagnostic], lang: Language, **more: Any) -> str:
    """{"diagnostics": […], …} for programs."""
    listed = [
        {
            "code": d.code,
            "severity": d.severity,
            "file": shortened(d.span.path) or None,
            "line": d.span.line or None,
            "column": d.span.column or None,
            "end_column": d.span.end_column or None,
            "message": d.message.of(lang),
            "hint": None if d.hint is None else d.hint.of(lang),
        }
        for d in in_order(diagnostics)
    ]
    return json.dumps({"diagnostics": listed, **more}, ensure_ascii=False, indent=1)
