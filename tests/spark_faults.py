"""Findings as ever, from executors that die or wait on purpose. Sent to executors by itself."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from checker import find
from checker.plan import Evaluation, Plan, Tables

GO = "go"
Found = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]
Own = Mapping[str, pl.Series]


def dying(folder: str, plan: Plan, tables: Tables, evaluation: Evaluation, own: Own) -> Found:
    """The first process that comes here is lost."""
    try:
        Path(folder, "died").touch(exist_ok=False)
    except FileExistsError:
        return find.find_part(plan, tables, evaluation, own)
    os._exit(1)


def raising(plan: Plan, tables: Tables, evaluation: Evaluation, own: Own) -> Found:
    raise ValueError("broken on purpose")


def waiting(folder: str, plan: Plan, tables: Tables, evaluation: Evaluation, own: Own) -> Found:
    """Says who is at work, and goes on when told so."""
    Path(folder, str(os.getpid())).touch()
    for _ in range(1200):
        if Path(folder, GO).exists():
            return find.find_part(plan, tables, evaluation, own)
        time.sleep(0.1)
    raise TimeoutError(GO)
