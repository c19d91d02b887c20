"""Evaluation of a part of all records → its findings, counts and registers: what is told of the whole is their sum."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from checker.find.findings import find
from checker.find.registers import registers
from checker.plan import Evaluation, Plan, Tables


def find_part(
    plan: Plan, tables: Tables, evaluation: Evaluation, own: Mapping[str, pl.Series]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """`own`: table → positions of the records that belong to the part; others are there because these lead to them."""
    return *find(plan, tables, evaluation), registers(plan, tables, own)
