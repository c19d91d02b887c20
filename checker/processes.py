"""A process beside this one: where it finds the modules that are found here, and how many are worth having."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def environment() -> dict[str, str]:
    """Of a program that imports the same modules as this one, wherever it is started."""
    places = [str(Path(__file__).parents[1]), *filter(None, sys.path)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}


def cores() -> int:
    """As many as Polars uses: `POLARS_MAX_THREADS` limits both. One where others wait for them already."""
    import polars as pl

    many = pl.thread_pool_size()
    return 1 if _waiting() > 2 * many else many


def _waiting() -> float:
    """Processes that ran or wanted to, in the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
