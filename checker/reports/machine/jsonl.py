"""content → one finding per line, each as schemas/finding.schema.json has it."""

from __future__ import annotations

from io import BytesIO

from checker.reports.content import Content
from checker.reports.json import finding
from checker.reports.machine.stream import item


def render(told: Content) -> bytes:
    out = BytesIO()
    for row in told.findings.iter_rows(named=True):
        out.write(item(finding(row)) + b"\n")
    return out.getvalue()
