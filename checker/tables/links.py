"""Merged frames → keys that lead somewhere: parents named by their title, keys without a row, returns on parent rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from checker.model import Pack, Table
from checker.plan import Source
from checker.tables import questions as ask
from checker.tables.questions import Question
from checker.units import heirs


@dataclass(frozen=True, slots=True)
class Return:
    """One line of the list of returns: all that `holder` (key of a unit or of a parent row) has, up to `until`, is in."""

    table: str
    holder: str
    until: date
    received_on: date | None = None
    source: Source | None = None
    cell: str = ""


# --- keys ----------------------------------------------------------------------------------------


def connect(
    pack: Pack, frames: dict[str, pl.DataFrame], origins: Mapping[str, pl.DataFrame], sources: Sequence[Source]
) -> list[Question]:
    """Puts keys where a sheet gave the parent's name (in place), and asks about keys that lead nowhere."""
    found: list[Question] = []
    for name, table in pack.tables.items():
        for parent, column in {**table.links, **table.parents}.items():
            if parent not in frames or not pack.tables[parent].key or not frames[name][column].count():
                continue
            asked = _Asked(table, pack.tables[parent], column, origins[name], sources)
            frames[name] = asked.connect(frames[name], frames[parent])
            found += asked.questions
    return found


def _titles(table: Table, frame: pl.DataFrame, names: pl.Series) -> dict[str, list[str]]:
    """Name → keys of the rows that bear it."""
    if table.title in ("", table.key) or table.fields[table.title].type != "text":
        return {}
    named = frame.select(pl.col(table.title).alias("name"), pl.col(table.key).alias("key")).drop_nulls()
    named = named.filter(pl.col("name").is_in(names.implode())).unique()
    return dict(named.group_by("name").agg(pl.col("key").sort()).iter_rows())


class _Asked:
    """One column of keys of one table."""

    def __init__(
        self, table: Table, parent: Table, column: str, origins: pl.DataFrame, sources: Sequence[Source]
    ) -> None:
        self.table, self.parent, self.column = table, parent, column
        self.origins, self.sources = origins, sources
        self.questions: list[Question] = []

    def connect(self, frame: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
        keys = above[self.parent.key]
        known = frame[self.column].is_in(pl.Series([keys.drop_nulls() if keys.null_count() else keys]))
        if known.all():  # but for cells that are empty
            return frame
        column = pl.col(self.column)
        astray = frame.select(column.alias("raw")).with_row_index("row").filter(~known)
        if above.is_empty():
            self._ask(ask.NO_PARENT_ROWS, None, "", astray["row"][0], astray.height)
            return frame
        renamed: dict[str, str | None] = {}
        by_name: list[tuple[str, str, int, int]] = []
        groups = astray.group_by("raw", maintain_order=True).agg(pl.col("row").first(), pl.len().alias("n"))
        titles = _titles(self.parent, above, groups["raw"])
        for raw, row, n in groups.iter_rows():
            named = titles.get(raw, [])
            if len(named) == 1:
                renamed[raw] = named[0]
                by_name.append((raw, named[0], row, n))
            elif named:
                renamed[raw] = None
                self._ask(ask.NAME_NOT_UNIQUE, raw, "", row, n, count=len(named))
            else:
                self._ask(ask.ORPHAN, raw, "", row, n)
        if not renamed:
            return frame
        if by_name:  # one question for all: a sheet that gives names gives them in every row
            raw, key, row, _ = by_name[0]
            self._ask(ask.MATCHED_BY_NAME, raw, key, row, sum(n for *_, n in by_name), names=len(by_name))
        return frame.with_columns(column.replace_strict(renamed, default=column, return_dtype=pl.String))

    def _ask(self, kind: ask.Kind, raw: str | None, reading: str, row: int, n: int, **values: int) -> None:
        place = self.origins.filter(pl.col("row") == row)
        source, cell = None, ""
        for at, line in place.select("source", "line").iter_rows():
            if source is None or (self.column in self.sources[at].columns and not cell):
                source = self.sources[at]
                column = source.columns.get(self.column, "")
                cell = ask.cell_name(column, line) if column else f"A{line}"
        self.questions.append(
            Question(
                kind,
                source,
                cell,
                self.table.id,
                field=self.column,
                raw=raw,
                reading=reading or None,
                n=n,
                values={
                    "field": self.table.fields[self.column].name,
                    "table": self.table.label,
                    "parent": self.parent.label,
                    **values,
                },
            )
        )


# --- returns -------------------------------------------------------------------------------------


def cover(pack: Pack, frames: dict[str, pl.DataFrame], returns: Sequence[Return]) -> list[Question]:
    """Adds `_returned_<child>` to the parents of every table that a return was given for (in place)."""
    found: list[Question] = []
    for child in dict.fromkeys(each.table for each in returns):
        given = [each for each in returns if each.table == child]
        used: set[str] = set()
        parents = [parent for parent in pack.tables[child].parents if parent in frames]
        for parent in parents:
            covered, reached = _covered(pack, frames, parent, given)
            used |= reached
            frames[parent] = frames[parent].with_columns(covered.alias(f"_returned_{child}"))
        found += [
            Question(
                ask.RETURN_WITHOUT_ROW,
                each.source,
                each.cell,
                child,
                raw=each.holder,
                values={
                    "child": pack.tables[child].label,
                    "parents": "、".join(pack.tables[parent].label.zh for parent in parents),
                },
            )
            for each in given
            if each.holder not in used
        ]
    return found


def _covered(
    pack: Pack, frames: Mapping[str, pl.DataFrame], parent: str, given: Sequence[Return]
) -> tuple[pl.Series, set[str]]:
    """Per row of `parent` the latest day that a return by itself or by anyone above it covers, and who was found."""
    until: dict[str, date] = {}
    for each in given:
        until[each.holder] = max(each.until, until.get(each.holder, each.until))
    # A unit that took over from another answers for the rows that still bear the old code.
    inherited = dict(until)
    for code in pack.units:
        for heir in heirs(pack.units, code):
            if heir in until:
                inherited[code] = max(until[heir], inherited.get(code, until[heir]))
    ways = ways_up(pack, frames, parent)
    reached = {each for each in until if each in pack.units or any((way == each).any() for way in ways)}
    days = pl.DataFrame(
        [
            way.replace_strict(inherited, default=None, return_dtype=pl.Date).alias(str(at))
            for at, way in enumerate(ways)
        ]
    )
    return days.select(pl.max_horizontal(pl.all())).to_series() if ways else pl.Series([], dtype=pl.Date), reached


def ways_up(
    pack: Pack, frames: Mapping[str, pl.DataFrame], name: str, passed: frozenset[str] = frozenset()
) -> list[pl.Series]:
    """Per row of the table its own key and the keys of all that stand above it, one series per way."""
    table, frame = pack.tables[name], frames[name]
    ways = [frame[table.key].alias("key")] if table.key else []
    for parent, column in table.parents.items():
        if parent in passed or parent not in frames or column not in frame.columns:
            continue
        above = frames[parent]
        for way in ways_up(pack, frames, parent, passed | {name}):
            hop = pl.DataFrame({"_key": above[pack.tables[parent].key], "_way": way})
            hop = hop.filter(pl.col("_key").is_not_null()).unique("_key", keep="first", maintain_order=True)
            joined = frame.select(pl.col(column).alias("_key")).join(hop, on="_key", how="left", maintain_order="left")
            ways.append(joined["_way"].alias("key"))
    return ways
