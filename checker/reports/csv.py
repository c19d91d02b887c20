"""content → the findings as CSV that Excel opens, with no cell that Excel would compute."""

from __future__ import annotations

from checker.reports.content import Content
from checker.sheet_text import csv_bytes


def render(content: Content) -> bytes:
    return csv_bytes(content.findings)
