"""content → the findings as Parquet: the columns of the CSV, typed; `observed` is JSON text."""

from __future__ import annotations

from io import BytesIO

from checker.reports.content import Content

# Fixed, so that the bytes do not depend on how the frame came about.
_ROW_GROUP = 100_000


def render(told: Content) -> bytes:
    out = BytesIO()
    told.findings.rechunk().write_parquet(out, compression="zstd", row_group_size=_ROW_GROUP)
    return out.getvalue()
