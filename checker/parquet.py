"""A frame → a file of Parquet, whose bytes do not depend on how the frame came about."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import polars as pl

ROW_GROUP = 100_000


def write(frame: pl.DataFrame, place: Path | BytesIO) -> None:
    """Rows keep their order: findings and counts come sorted, and a record's place in its table is its identity."""
    frame.rechunk().write_parquet(place, compression="zstd", row_group_size=ROW_GROUP)
