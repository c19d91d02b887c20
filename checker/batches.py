"""Records of many units → groups of units whose records never look at each other's, each small enough to be judged at once.

Everything that a run tells is told of a unit. So a run over many units is the union of runs over groups of them, as long as
no record of one group leads to a record of another: then only one group has to be in memory with all that is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from checker.model import Pack, Table
from checker.plan import NO_UNIT, Plan, Tables
from checker.relations import SUCCESSOR
from checker.units import heirs, successors

_UNIT, _AT = "unit", ":at"
_SHEET = ["digest", "file", "sheet"]
# A record costs what it takes to hold it, and again what each verdict on it takes. So many are judged at once: small enough
# for flat memory, large enough that what every batch costs anew (the expressions of all rules) does not show.
_HELD = 12
MOST = 8_000_000


@dataclass(frozen=True, slots=True)
class Batch:
    """`units`: codes of the units in force (NO_UNIT among them), `rows`: table → positions of their records, sorted."""

    units: frozenset[str]
    rows: Mapping[str, pl.Series]
    first: bool


def batches(plan: Plan, tables: Tables, named: Sequence[frozenset[str]], most: int) -> list[Batch]:
    """In the order of the units. `named`: subjects, by key or name, that have to be judged together wherever they belong.

    A unit is never divided, nor are units divided whose records lead to each other.
    """
    costs = _costs(plan)
    if sum(frame.height * costs[name] for name, frame in tables.frames.items()) <= most:
        rows = {name: pl.int_range(frame.height, dtype=pl.UInt32, eager=True) for name, frame in tables.frames.items()}
        return [Batch(frozenset(plan.pack.units) | {NO_UNIT}, rows, first=True)]
    placed = _Placed(plan.pack, tables.frames, plan.as_of, _looked_up(plan))
    for subjects in named:
        placed.join_named(subjects)
    return list(_packed(placed, costs, most))


def _looked_up(plan: Plan) -> frozenset[str]:
    """Tables that belong to nobody and are only looked up by what links to them, as a bus to its driver: their records are
    there in every group that looks at them."""
    about = {duty.subject for duty in plan.obligations} | {figure.subject for figure in plan.pack.figures}
    for bound in plan.ladder.rules:
        about |= {bound.rule.by, *(fact.table for fact in (*bound.match, *bound.unless))}
    about |= {recorded.table for recorded in plan.ladder.recorded}
    tables = plan.pack.tables
    above = {parent for table in tables.values() for parent in table.parents}
    free = {name for name, table in tables.items() if not table.parents and not table.links}
    return frozenset(free - about - above - {_UNIT})


def _costs(plan: Plan) -> dict[str, int]:
    """Per table what one record costs."""
    costs = dict.fromkeys(plan.pack.tables, _HELD)
    for duty in plan.obligations:
        costs[duty.subject] += 1 if duty.periods is None else len(duty.periods)
    return costs


def _packed(placed: _Placed, costs: Mapping[str, int], most: int) -> Iterator[Batch]:
    """Groups that belong together, as many of them as fit, in the order of their first units."""
    group_of = [placed.root(at) for at in range(len(placed.units))]
    weight = [0] * len(placed.units)
    groups = pl.Series(group_of, dtype=pl.UInt32)
    owners = {name: groups.gather(owner) for name, owner in placed.owners.items()}
    for name, owner in owners.items():
        for at, n in owner.value_counts().iter_rows():
            weight[at] += n * costs[name]
    batch_of, held, number = [0] * len(placed.units), 0, 0
    for at in range(len(placed.units)):
        if group_of[at] == at:  # the smallest place of a group is its root
            if held and held + weight[at] > most:
                held, number = 0, number + 1
            held += weight[at]
            batch_of[at] = number
    batched = pl.Series([batch_of[at] for at in group_of], dtype=pl.UInt32)
    rows = {
        name: dict(
            pl.DataFrame({"batch": batched.gather(owner)})
            .with_row_index("row")
            .group_by("batch")
            .agg(pl.col("row").sort())
            .iter_rows()
        )
        for name, owner in placed.owners.items()
    }
    nothing = pl.Series([], dtype=pl.UInt32)
    for n in range(number + 1):
        units = frozenset(code for at, code in enumerate(placed.units) if batched[at] == n)
        own = {name: pl.Series(found.get(n, nothing), dtype=pl.UInt32) for name, found in rows.items()}
        yield Batch(units, own | placed.looked_up_by(own, first=n == 0), first=n == 0)


@dataclass
class _Placed:
    """Whose each record is: per table and row the place of the unit in force, and which units belong together."""

    pack: Pack
    frames: Mapping[str, pl.DataFrame]
    day: date
    looked_up: frozenset[str]
    units: list[str] = field(init=False)
    owners: dict[str, pl.Series] = field(init=False, default_factory=dict)
    _above: list[int] = field(init=False)
    _keys: dict[str, pl.DataFrame] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        codes = self.frames[_UNIT][self.pack.tables[_UNIT].key].drop_nulls()
        now = successors(self.pack.units, codes, self.day)
        self.units = sorted({NO_UNIT, *now.values()})
        place = {code: at for at, code in enumerate(self.units)}
        self._above = list(range(len(self.units)))
        self._code_places = {code: place[unit] for code, unit in now.items()}
        # Who takes over later looks at the same records.
        for code in self.pack.units:
            for heir in heirs(self.pack.units, code):
                self._join(self._code_places[code], self._code_places.get(heir, 0))
        if SUCCESSOR in (own := self.frames[_UNIT]).columns:
            self._join_pairs(self._of_code(own[self.pack.tables[_UNIT].key]), self._of_code(own[SUCCESSOR]))
        for name in self.pack.tables:
            if name not in self.looked_up:
                self._owner(name)
        for table in self.pack.tables.values():
            for other, column in table.links.items():
                if not {table.id, other} & self.looked_up:
                    self._join_pairs(self.owners[table.id], self._of_key(table, other, column))

    def root(self, at: int) -> int:
        while self._above[at] != at:
            at = self._above[at]
        return at

    def join_named(self, subjects: frozenset[str]) -> None:
        found: list[int] = []
        for name, owner in self.owners.items():
            table, frame = self.pack.tables[name], self.frames[name]
            columns = [c for c in dict.fromkeys((table.key, table.title)) if c in frame.columns]
            for column in columns:
                named = frame[column].cast(pl.String).is_in(sorted(subjects)).fill_null(value=False)
                found += owner.filter(named).unique().to_list()
        for at in found:
            self._join(found[0], at)

    def looked_up_by(self, rows: Mapping[str, pl.Series], *, first: bool) -> dict[str, pl.Series]:
        """Those of the tables that are only looked up. What nobody looks up goes with the first group."""
        return {name: self._linked(name, rows, first=first) for name in sorted(self.looked_up)}

    def _linked(self, name: str, rows: Mapping[str, pl.Series], *, first: bool) -> pl.Series:
        links = [(each.id, each.links[name]) for each in self.pack.tables.values() if name in each.links]
        frame, key = self.frames[name], self.pack.tables[name].key
        keys = frame[key].cast(pl.String) if key else pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
        own = _texts(taken(self.frames[table].select(column), rows[table])[column] for table, column in links)
        wanted = keys.is_in(own.implode()).fill_null(value=False)
        if first:
            every = _texts(self.frames[table][column] for table, column in links)
            wanted |= ~keys.is_in(every.implode()).fill_null(value=False)
        return wanted.arg_true()

    def _join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._above[high] = low

    def _join_pairs(self, one: pl.Series, other: pl.Series) -> None:
        pairs = pl.DataFrame({"one": one, "other": other}).drop_nulls().filter(pl.col("one") != pl.col("other"))
        for left, right in pairs.unique().iter_rows():
            self._join(left, right)

    def _owner(self, name: str) -> pl.Series:
        """Of a record that leads to no unit the first place, which is that of NO_UNIT."""
        if name in self.owners:
            return self.owners[name]
        table, frame = self.pack.tables[name], self.frames[name]
        if name == _UNIT:
            ways = [self._of_code(frame[table.key])]
        else:
            ways = [self._of_key(table, parent, column) for parent, column in table.parents.items()]
        nowhere = pl.Series([0], dtype=pl.UInt32).new_from_index(0, frame.height)
        found = pl.select(pl.coalesce([*ways, nowhere])).to_series()
        for way in ways[1:]:
            self._join_pairs(found, way)
        self.owners[name] = found
        return found

    def _of_code(self, codes: pl.Series) -> pl.Series:
        """A code that nobody knows leads to no unit."""
        places = codes.cast(pl.String).replace_strict(self._code_places, default=0, return_dtype=pl.UInt32)
        return pl.select(pl.when(codes.is_not_null()).then(places)).to_series()

    def _of_key(self, table: Table, other: str, column: str) -> pl.Series:
        """Per row of `table` the place of the record of `other` that it names; null if it names none."""
        keys = self.frames[table.id][column].cast(pl.String)
        if other == _UNIT:
            return self._of_code(keys)
        named = pl.DataFrame({"key": keys})
        return named.join(self._places(other), on="key", how="left", maintain_order="left")["place"]

    def _places(self, name: str) -> pl.DataFrame:
        """key, place. Records that bear the same key are looked at together."""
        if name not in self._keys:
            key = self.frames[name][self.pack.tables[name].key].cast(pl.String)
            places = pl.DataFrame({"key": key, "place": self._owner(name)}).drop_nulls().unique(maintain_order=True)
            first = places.unique("key", keep="first", maintain_order=True)
            if first.height < places.height:
                both = places.join(first, on="key", suffix=":first")
                self._join_pairs(both["place"], both["place:first"])
            self._keys[name] = first
        return self._keys[name]


def _texts(keys: Iterable[pl.Series]) -> pl.Series:
    return pl.concat([pl.Series([], dtype=pl.String), *(each.cast(pl.String).alias("") for each in keys)]).unique()


# --- batch by batch ------------------------------------------------------------------------------

Lines = Mapping[str, pl.DataFrame]  # table → where its records come from


def parts(plan: Plan, tables: Tables, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Plan, Tables]]:
    """Each with a pack that knows no other units, and their records alone."""
    now = successors(plan.pack.units, (), plan.as_of)
    lines = {str(table): own for (table,), own in tables.origins.group_by("table", maintain_order=True)}
    for batch in batches:
        units = {code: unit for code, unit in plan.pack.units.items() if now[code] in batch.units}
        yield batch, replace(plan, pack=replace(plan.pack, units=units)), _records(tables, lines, batch)


def _records(tables: Tables, lines: Lines, batch: Batch) -> Tables:
    frames = {
        name: read(tables.stored[name], batch.rows[name]) if name in tables.stored else taken(frame, batch.rows[name])
        for name, frame in tables.frames.items()
    }
    origins = pl.concat([tables.origins.clear(), *_origins(lines, batch.rows)])
    return Tables(frames, origins, tables.sources, _questions(tables, origins, batch))


def taken(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """The rows at these positions, which are sorted. Rows that stand together need no copy."""
    if rows.is_empty():
        return frame.clear()
    first, last = rows[0], rows[-1]
    return frame.slice(first, rows.len()) if last - first + 1 == rows.len() else frame[rows]


def read(scan: pl.LazyFrame, rows: pl.Series) -> pl.DataFrame:
    """The same of rows that are not in memory."""
    if rows.is_empty():
        return scan.head(0).collect()
    first, last = rows[0], rows[-1]
    if last - first + 1 == rows.len():
        return scan.slice(first, rows.len()).collect()
    return scan.with_row_index(_AT).filter(pl.col(_AT).is_in(rows.implode())).drop(_AT).collect(engine="streaming")


def _origins(lines: Lines, rows: Mapping[str, pl.Series]) -> Iterator[pl.DataFrame]:
    for table, known in lines.items():
        own = rows[table]
        local = pl.DataFrame({"row": own, "local": pl.int_range(own.len(), dtype=pl.UInt32, eager=True)})
        found = known.join(local, on="row", how="inner", maintain_order="left")
        yield found.with_columns(pl.col("local").alias("row")).drop("local")


def _questions(tables: Tables, origins: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """Those about sheets that hold a record of the batch; those about no record at all go with the first one."""

    def sheets(numbers: pl.Series) -> pl.DataFrame:
        named = [tables.sources[at] for at in numbers.unique().sort()]
        rows = [(each.digest, each.file, each.sheet) for each in named]
        return pl.DataFrame(rows, schema=dict.fromkeys(_SHEET, pl.String), orient="row").unique()

    asked = tables.questions
    own = asked.join(sheets(origins["source"]), on=_SHEET, how="semi", maintain_order="left")
    if not batch.first:
        return own
    homeless = asked.join(sheets(tables.origins["source"]), on=_SHEET, how="anti", maintain_order="left")
    return pl.concat([own, homeless])
