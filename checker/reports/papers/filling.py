"""A paper and what it may say → the file: its template, opened and filled."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from checker.errors import NOWHERE, Diagnostic, Span, Text, UsageError
from checker.papers import Paper
from checker.reports.papers.slots import Slots


def fill(paper: Paper, slots: Slots) -> bytes:
    from checker.reports.papers import pages, sheets

    template = Path(paper.template)
    if template.suffix == ".docx":
        return pages.fill(_opened(_docx().Document, template), slots)
    from openpyxl import load_workbook

    return sheets.fill(_opened(partial(load_workbook, keep_links=False), template), slots)


def _opened(library: Any, template: Path) -> Any:
    try:
        return library(str(template))
    except Exception as error:
        # Its placeholders could be read, but something else in it is not as the library expects.
        message = Text("文书模板有损坏，打不开", "the template of a paper is damaged")
        hint = Text("在 Word、Excel 或 WPS 中另存一份", "save a copy in Word or Excel")
        raise UsageError([Diagnostic("E51", Span(template.as_posix()), message, hint)]) from error


def _docx() -> Any:
    try:
        import docx
    except ImportError as error:
        install = "pip install 'school-safety-checker[papers]'"
        message = Text("写 Word 文书要另装一个组件", "Word papers need one more package")
        hint = Text(f"运行 {install}", f"run {install}")
        raise UsageError([Diagnostic("U52", NOWHERE, message, hint)]) from error
    return docx
