"""content → the findings as CSV that Excel opens: UTF-8 with a byte order mark, and no cell that Excel would compute."""

from __future__ import annotations

from io import BytesIO

import polars as pl

from checker.plan import NO_UNIT
from checker.reports.content import Content

# A cell that begins like this is run as a formula; school names come from anywhere.
_FORMULA = r"^[=+\-@\t\r]"


def render(content: Content) -> bytes:
    text = pl.col(pl.String)
    harmless = pl.when(text.str.contains(_FORMULA) & (text != NO_UNIT)).then("'" + text).otherwise(text)
    out = BytesIO()
    content.findings.with_columns(harmless.name.keep()).write_csv(out, include_bom=True, line_terminator="\r\n")
    return out.getvalue()
