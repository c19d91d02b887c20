"""Records with their origins, sheets and returns → what each file holds of each table of each unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from checker.model import Pack
from checker.plan import Tables
from checker.tables.links import Return
from checker.tables.units import unit_of
from checker.understood import Receipt, Sheet

_Key = tuple[str, str, str]  # unit, table, digest of the file


def receipts(
    pack: Pack,
    tables: Tables,
    sheets: Sequence[Sheet],
    returns: Sequence[Return],
    received_on: date | None,
) -> tuple[Receipt, ...]:
    """By unit, table and file. Rows are whose they say; those that do not say it are the sender's."""
    sent = {(sheet.file, sheet.sheet): sheet.unit for sheet in sheets}
    found: dict[_Key, Receipt] = {}
    for name in pack.tables:
        for each in _of_rows(pack, tables, name, sent):
            found[each.unit, each.table, each.digest] = each
    for sheet in sheets:
        if sheet.state == "read" and sheet.unit:
            empty = Receipt(sheet.unit, sheet.table, sheet.file, sheet.digest, 0, received_on, received_on)
            found.setdefault((sheet.unit, sheet.table, sheet.digest), empty)
    for given in returns:
        if given.holder in pack.units and given.source is not None:
            _add(found, given)
    return tuple(sorted(found.values(), key=lambda each: (each.unit, each.table, each.file, each.digest)))


def _add(found: dict[_Key, Receipt], given: Return) -> None:
    """A return says that all there is has come."""
    mine = [key for key in found if key[:2] == (given.holder, given.table)]
    for key in mine:
        found[key] = replace(found[key], until=max(filter(None, (found[key].until, given.until))))
    if not mine and given.source is not None:
        place, day = given.source, given.received_on
        new = Receipt(given.holder, given.table, place.file, place.digest, 0, day, day, given.until)
        found[given.holder, given.table, place.digest] = new


def _of_rows(pack: Pack, tables: Tables, name: str, sent: dict[tuple[str, str], str]) -> Iterable[Receipt]:
    frame = tables.frames[name]
    here = tables.origins.filter(pl.col("table") == name)
    if here.is_empty():
        return
    sources = pl.DataFrame(
        [(at, s.file, s.digest, sent.get((s.file, s.sheet), "")) for at, s in enumerate(tables.sources)],
        schema={"source": pl.UInt32, "file": pl.String, "digest": pl.String, "sender": pl.String},
        orient="row",
    )
    rows = frame.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), unit_of(pack, tables.frames, name), "received_on"
    )
    said = (
        here.join(sources, on="source", maintain_order="left")
        .join(rows, on="row", maintain_order="left")
        .with_columns(pl.coalesce("unit", "sender").alias("unit"))
        .unique(["row", "file", "digest"], maintain_order=True)
        .group_by("unit", "file", "digest", maintain_order=True)
        .agg(
            pl.len().alias("rows"),
            pl.col("received_on").min().alias("first"),
            pl.col("received_on").max().alias("last"),
        )
    )
    for unit, file, digest, n, first, last in said.iter_rows():
        yield Receipt(unit, name, file, digest, n, first, last)
