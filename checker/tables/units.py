"""The units of a pack and frames → who took over from whom, and which unit a record belongs to."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from checker.model import Pack
from checker.units import heirs

UNIT = "unit"


def predecessors(pack: Pack, code: str) -> list[str]:
    return [before for before in pack.units if code in heirs(pack.units, before) and before != code]


def unit_of(pack: Pack, frames: Mapping[str, pl.DataFrame], name: str) -> pl.Series:
    """Per row of the table the code of its unit: its own, else that of what it belongs to; null if nobody can say."""
    return owner_of(pack, frames, name, UNIT)


def owner_of(pack: Pack, frames: Mapping[str, pl.DataFrame], name: str, owner: str) -> pl.Series:
    """Per row of the table the key of the record of `owner` that it is, or belongs to; null if there is none."""
    table, frame = pack.tables[name], frames[name]
    if name == owner:
        return frame[table.key].alias(owner)
    codes = pl.Series(owner, [None], dtype=pl.String).new_from_index(0, frame.height)
    for parent, column in sorted(table.parents.items(), key=lambda item: item[0] != owner):
        if not codes.null_count():
            break
        if parent == owner:
            found = frame[column]
        else:
            keys = frames[parent].select(
                pl.col(pack.tables[parent].key).alias("key"), owner_of(pack, frames, parent, owner)
            )
            keys = keys.drop_nulls().unique("key", keep="first", maintain_order=True)
            found = frame.select(pl.col(column).alias("key")).join(keys, on="key", how="left", maintain_order="left")[
                owner
            ]
        codes = found if codes.null_count() == codes.len() else pl.select(pl.coalesce(codes, found)).to_series()
    return codes.alias(owner)
