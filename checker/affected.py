"""The records of two days → the subjects of which a verdict may have changed between them, and the records it rests on.

A verdict looks at its subject, at the rows below it, and at whatever these lead to, parents and linked records. So a row
that has changed concerns all that lead to it, and all that stand above those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from checker.model import Pack, Table
from checker.relations import predecessors

_UNIT = "unit"
Rows = dict[str, pl.Series]  # table → positions, sorted
_NONE = pl.Series([], dtype=pl.UInt32)


class Graph:
    """Which rows lead to which, by the keys that they bear. Rows that share a key are all led to."""

    def __init__(self, pack: Pack, frames: Mapping[str, pl.DataFrame]) -> None:
        self.frames = frames
        # table → table that it leads to, whether as its parent, pairs of rows
        self.ways = [
            (table.id, above, above in table.parents, self._pairs(table, above, column, pack))
            for table in pack.tables.values()
            for above, column in {**table.links, **table.parents}.items()
            if above in frames and table.id in frames
        ]

    def led_to(self, rows: Rows) -> Rows:
        """These rows, and all that they lead to."""
        return self._closure(rows, [(here, above, pairs) for here, above, _, pairs in self.ways])

    def leading_to(self, rows: Rows) -> Rows:
        """These rows, and all that lead to them."""
        return self._closure(rows, [(above, here, _turned(pairs)) for here, above, _, pairs in self.ways])

    def above(self, rows: Rows) -> Rows:
        return self._closure(rows, [(here, up, pairs) for here, up, is_parent, pairs in self.ways if is_parent])

    def below(self, rows: Rows) -> Rows:
        return self._closure(rows, [(up, here, _turned(p)) for here, up, is_parent, p in self.ways if is_parent])

    def _pairs(self, table: Table, above: str, column: str, pack: Pack) -> pl.DataFrame:
        own, there = self.frames[table.id], self.frames[above]
        key = pack.tables[above].key
        if column not in own.columns or key not in there.columns:
            return pl.DataFrame(schema={"from": pl.UInt32, "to": pl.UInt32})
        at = pl.int_range(pl.len(), dtype=pl.UInt32)
        leads = own.select(at.alias("from"), pl.col(column).cast(pl.String).alias("key")).drop_nulls()
        ends = there.select(at.alias("to"), pl.col(key).cast(pl.String).alias("key")).drop_nulls()
        if above == _UNIT:
            # What belongs to a unit belongs to those that took over from it, too.
            heirs = ends.join(predecessors(there, key), left_on="key", right_on=":owner")
            ends = pl.concat([ends, heirs.select("to", key=":before")])
        return leads.join(ends, on="key").select("from", "to")

    def _closure(self, start: Rows, ways: list[tuple[str, str, pl.DataFrame]]) -> Rows:
        seen = {table: rows for table, rows in start.items() if rows.len()}
        fresh = dict(seen)
        while fresh:
            reached: Rows = {}
            for here, there, pairs in ways:
                if here in fresh:
                    found = pairs.filter(pl.col("from").is_in(fresh[here].implode()))["to"]
                    reached[there] = joined(reached.get(there, _NONE), found)
            fresh = {}
            for table, rows in reached.items():
                known = seen.get(table, _NONE)
                if (new := rows.filter(~rows.is_in(known.implode()))).len():
                    fresh[table], seen[table] = new, joined(known, new)
        return seen


def joined(one: pl.Series, other: pl.Series) -> pl.Series:
    return pl.concat([one.cast(pl.UInt32), other.cast(pl.UInt32)]).unique().sort()


def _turned(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(pl.col("to").alias("from"), pl.col("from").alias("to"))


# --- what has changed ----------------------------------------------------------------------------


def unchanged(
    pack: Pack, before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """Per table the rows that say now what they said before: `before`, `after`; in the same order in both."""
    return {name: _unchanged(pack.tables[name], before[name], frame) for name, frame in after.items()}


def _unchanged(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    if before.equals(after):
        places = pl.int_range(before.height, dtype=pl.UInt32, eager=True)
        return pl.DataFrame({"before": places, "after": places})
    nothing = pl.DataFrame(schema={"before": pl.UInt32, "after": pl.UInt32})
    if before.schema != after.schema or before.is_empty() or after.is_empty():
        return nothing
    if table.key and all(frame[table.key].drop_nulls().is_unique().all() for frame in (before, after)):
        at = pl.int_range(pl.len(), dtype=pl.UInt32)
        old, new = before.with_columns(before=at), after.with_columns(after=at)
        both = old.join(new, on=table.key, suffix=":now", maintain_order="left")
        others = [name for name in before.columns if name != table.key]
        same = both.filter(pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}:now")) for name in others))
        pairs = same.select("before", "after")
        return pairs if pairs["after"].is_sorted() else nothing
    # Rows that nothing tells apart: those above and those below the place where something was edited.
    return pl.concat(_ends(before, after))


def edited(
    pack: Pack, before: Mapping[str, pl.DataFrame], after: Mapping[str, pl.DataFrame]
) -> dict[str, set[str] | None]:
    """Per table the fields in which a record says something else; None if there are others records, or they belong elsewhere."""
    return {name: _edited(pack.tables[name], before[name], frame) for name, frame in after.items()}


def _edited(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> set[str] | None:
    if before.schema != after.schema or before.height != after.height:
        return None
    fields = {name for name in before.columns if not before[name].equals(after[name])}
    placed = {table.key, table.dated, *table.shown_by, *table.parents.values(), *table.links.values()}
    if fields and (table.id == _UNIT or not table.key or any(n in placed or n not in table.fields for n in fields)):
        return None
    return fields


def _ends(before: pl.DataFrame, after: pl.DataFrame) -> Iterator[pl.DataFrame]:
    most = min(before.height, after.height)
    above = _alike(before.head(most), after.head(most))
    below = min(_alike(before.tail(most).reverse(), after.tail(most).reverse()), most - above)
    for n, old, new in ((above, 0, 0), (below, before.height - below, after.height - below)):
        at = pl.int_range(n, dtype=pl.UInt32, eager=True)
        yield pl.DataFrame({"before": (at + old).cast(pl.UInt32), "after": (at + new).cast(pl.UInt32)})


def _alike(one: pl.DataFrame, other: pl.DataFrame) -> int:
    """How many rows are the same, from the first on."""
    both = pl.concat([one, other.rename(lambda name: f"{name}:now")], how="horizontal")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}:now")) for name in one.columns)
    different = both.select(~same).to_series().arg_true()
    return int(different[0]) if different.len() else one.height


# --- what that concerns --------------------------------------------------------------------------


def concerned(before: Graph, after: Graph, same: Mapping[str, pl.DataFrame]) -> tuple[Rows, Rows]:
    """The rows, before and now, of which a verdict may be another one. Those that are there on both sides are named on both."""
    old, new = (
        graph.above(graph.leading_to(_others(graph, same, side)))
        for graph, side in ((before, "before"), (after, "after"))
    )
    was, now = dict(old), dict(new)
    for table, pairs in same.items():
        was[table] = joined(was.get(table, _NONE), _across(pairs, new.get(table, _NONE), "after", "before"))
        now[table] = joined(now.get(table, _NONE), _across(pairs, old.get(table, _NONE), "before", "after"))
    return was, now


def _others(graph: Graph, same: Mapping[str, pl.DataFrame], side: str) -> Rows:
    everything = {name: pl.int_range(frame.height, dtype=pl.UInt32, eager=True) for name, frame in graph.frames.items()}
    return {name: rows.filter(~rows.is_in(same[name][side].implode())) for name, rows in everything.items()}


def _across(pairs: pl.DataFrame, rows: pl.Series, here: str, there: str) -> pl.Series:
    return pairs.filter(pl.col(here).is_in(rows.implode()))[there]


def rests_on(graph: Graph, subjects: Rows) -> Rows:
    """All rows that verdicts on these subjects can look at. Units, which are few, are all there."""
    rows = graph.led_to(graph.below(subjects))
    if _UNIT in graph.frames:
        rows[_UNIT] = pl.int_range(graph.frames[_UNIT].height, dtype=pl.UInt32, eager=True)
    return rows
