"""A paper and what it may say → the file: its template, filled."""

from __future__ import annotations

from pathlib import Path

from checker.papers import Paper
from checker.reports.papers.slots import Slots


def fill(paper: Paper, slots: Slots) -> bytes:
    from checker.reports.papers import pages, sheets

    template = Path(paper.template)
    return pages.fill(template, slots) if template.suffix == ".docx" else sheets.fill(template, slots)
