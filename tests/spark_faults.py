"""Findings as ever, from executors that die or wait on purpose. Sent to executors by itself."""

from __future__ import annotations

import os
import time
from pathlib import Path

import polars as pl

from checker import find
from checker.plan import Evaluation, Plan, Tables

GO = "go"
Found = tuple[pl.DataFrame, pl.DataFrame]


def dying(folder: str, plan: Plan, tables: Tables, evaluation: Evaluation) -> Found:
    """The first process that comes here is lost."""
    try:
        Path(folder, "died").touch(exist_ok=False)
    except FileExistsError:
        return find.find(plan, tables, evaluation)
    os._exit(1)


def raising(plan: Plan, tables: Tables, evaluation: Evaluation) -> Found:
    raise ValueError("broken on purpose")


def waiting(folder: str, plan: Plan, tables: Tables, evaluation: Evaluation) -> Found:
    """Says who is at work, and goes on when told so."""
    Path(folder, str(os.getpid())).touch()
    for _ in range(1200):
        if Path(folder, GO).exists():
            return find.find(plan, tables, evaluation)
        time.sleep(0.1)
    raise TimeoutError(GO)
