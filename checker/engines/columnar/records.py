"""Conditions over the fields of one record + a frame of such records → the rows of which each is false."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from checker.engines.columnar.fold import condition
from checker.engines.columnar.needs import Needs
from checker.engines.columnar.scope import Scope
from checker.expr import Expr
from checker.model import Pack


def where_false(pack: Pack, table: str, frame: pl.DataFrame, conditions: Sequence[Expr]) -> list[pl.Series]:
    """Per condition the positions of its rows; a record that leaves it unknown is not among them."""
    scope = Scope(pack.tables[table], False, Needs(pack, ()), date.min)  # such conditions do not ask for the day
    judged = frame.select((~condition(expr, scope)).alias(str(at)) for at, expr in enumerate(conditions))
    none = pl.Series([], dtype=pl.UInt32)
    return [column.arg_true() if column.any() else none for column in judged]
