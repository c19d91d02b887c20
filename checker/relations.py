"""A pack + its records → which rows of one table belong to which of another, up or down the parents and along links."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import polars as pl

from checker.model import Pack
from checker.plan import Tables
from checker.units import heirs

_UNIT, SUCCESSOR = "unit", "successor"


class Relations:
    """Rows of one table and the rows of another that they belong to, up or down the parents and along links."""

    def __init__(self, pack: Pack, tables: Tables) -> None:
        self.pack, self.frames = pack, tables.frames
        self._made: dict[tuple[str, str], pl.DataFrame] = {}

    def pairs(self, table: str, subject: str) -> pl.DataFrame:
        """row (of `table`), subject_row."""
        if (table, subject) not in self._made:
            self._made[table, subject] = self._pairs(table, subject)
        return self._made[table, subject]

    def holders(self, table: str) -> pl.DataFrame:
        """row, holder, holder_name: the record directly below a unit that each row belongs to, as a bus to its school.
        Of what stands there itself, or belongs to no unit, nothing."""
        way = self.way(table, _UNIT) or []
        if len(way) < 3:
            return pl.DataFrame(schema={"row": pl.UInt32, "holder": pl.String, "holder_name": pl.String})
        above, frame = self.pack.tables[way[-2]], self.frames[way[-2]]
        name = above.title if above.title in frame.columns else above.key
        held = self._rows(way[-2]).with_columns(
            frame[above.key].cast(pl.String).alias("holder"), frame[name].cast(pl.String).alias("holder_name")
        )
        pairs = self.pairs(table, way[-2]).unique("row", keep="first", maintain_order=True)
        return pairs.join(held, left_on="subject_row", right_on="row").select("row", "holder", "holder_name")

    def held(self, records: pl.DataFrame) -> pl.DataFrame:
        """Records (subject, row, key and name) with their `holder` and `holder_name`; else they are their own."""
        known = [
            self.holders(subject).with_columns(pl.lit(subject).alias("subject"))
            for subject in records["subject"].unique().sort()
        ]
        found = (
            records.join(pl.concat(known), on=["subject", "row"], how="left", maintain_order="left")
            if known
            else (
                records.with_columns(
                    pl.lit(None, pl.String).alias("holder"), pl.lit(None, pl.String).alias("holder_name")
                )
            )
        )
        return found.with_columns(
            pl.coalesce("holder", "key").alias("holder"), pl.coalesce("holder_name", "name", "key").alias("holder_name")
        )

    def _pairs(self, table: str, subject: str) -> pl.DataFrame:
        if table == subject:
            return self._rows(table).select("row", subject_row="row")
        if (way := self.way(table, subject)) is not None:
            return self._along(table, way).rename({"end": "subject_row"})
        if (way := self.way(subject, table)) is not None:
            return self._along(subject, way).select(row="end", subject_row="row")
        if thirds := [name for name in self.frames if self.way(name, table) and self.way(name, subject)]:
            return (
                pl.concat([self._through(third, table, subject) for third in thirds])
                .unique()
                .sort("row", "subject_row")
            )
        # Related in no such way: whatever holds of one may concern all of the other.
        return self._rows(table).join(self._rows(subject).select(subject_row="row"), how="cross")

    def _through(self, third: str, table: str, subject: str) -> pl.DataFrame:
        """Both stand above the third: a driver and the school whose bus he drives."""
        one, other = self.pairs(third, table), self.pairs(third, subject)
        return one.rename({"subject_row": "of"}).join(other, on="row").select(row="of", subject_row="subject_row")

    def _rows(self, table: str) -> pl.DataFrame:
        return self.frames[table].select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))

    def way(self, below: str, above: str) -> list[str] | None:
        """Tables from `below` up to `above`."""
        waiting: deque[list[str]] = deque([[below]])
        seen = {below}
        while waiting:
            way = waiting.popleft()
            if way[-1] == above:
                return way
            here = self.pack.tables[way[-1]]
            for following in (*here.parents, *here.links):
                if following in self.frames and following not in seen:
                    seen.add(following)
                    waiting.append([*way, following])
        return None

    def _along(self, table: str, way: list[str]) -> pl.DataFrame:
        """row, end: from every row of `table` to the rows at the end of the way."""
        found = self._rows(table).with_columns(end="row")
        for here, following in pairwise(way):
            known = self.pack.tables[here]
            column = known.parents.get(following) or known.links[following]
            key = self.frames[here].select(
                pl.int_range(pl.len(), dtype=pl.UInt32).alias("end"), pl.col(column).alias("key")
            )
            if following == _UNIT:
                key = self._with_heirs(key)
            above = self.frames[following].select(
                pl.int_range(pl.len(), dtype=pl.UInt32).alias("next"),
                pl.col(self.pack.tables[following].key).alias("key"),
            )
            found = found.join(key, on="end").join(above, on="key").select("row", end="next")
        return found

    def _with_heirs(self, key: pl.DataFrame) -> pl.DataFrame:
        """A record of a unit that was taken over counts for the unit that took over."""
        units = self.pack.units
        pairs = [(code, heir) for code in units for heir in dict.fromkeys([code, *heirs(units, code)])]
        owners = pl.DataFrame(pairs, schema=["key", "heir"], orient="row")
        return key.join(owners, on="key").select("end", key="heir")


def predecessors(units: pl.DataFrame, key: str) -> pl.DataFrame:
    """Unit (`:owner`) and every unit before it (`:before`) along the successor chains."""
    after: dict[str, str] = {}
    if SUCCESSOR in units.columns:
        after = dict(units.select(key, SUCCESSOR).drop_nulls().iter_rows())
    known = set(units.get_column(key))
    pairs = []
    for before in after:
        code, seen = before, {before}
        while (code := after.get(code, "")) in known and code not in seen:
            seen.add(code)
            pairs.append((code, before))
    return pl.DataFrame(pairs, schema={":owner": pl.String, ":before": pl.String}, orient="row")
