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
from checker.together import Together
from checker.units import heirs, successors

_UNIT, _AT = "unit", ":at"
_SHEET = ["digest", "file", "sheet"]
# A record costs what it takes to hold it, and again what each verdict on it takes. So many are judged at once: small enough
# for flat memory, large enough that what every batch costs anew (the expressions of all rules) does not show.
_HELD = 12
MOST = 8_000_000
# Rows of a column that is read to see whose they are, at once.
_PIECE = 1_000_000


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
    placed = _Placed(plan.pack, tables, plan.as_of, _looked_up(plan))
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
        name: _by_batch(pl.DataFrame({"batch": batched.gather(owner)}).with_row_index("row"))
        for name, owner in placed.owners.items()
    }
    rows |= {name: _by_batch(placed.looked_up_from(name, batched)) for name in sorted(placed.looked_up)}
    nothing = pl.Series([], dtype=pl.UInt32)
    for n in range(number + 1):
        units = frozenset(code for at, code in enumerate(placed.units) if batched[at] == n)
        yield Batch(units, {name: found.get(n, nothing) for name, found in rows.items()}, first=n == 0)


def _by_batch(placed: pl.DataFrame) -> dict[int, pl.Series]:
    """`placed`: batch, row; rows sorted within their batch."""
    parts = placed.partition_by("batch", as_dict=True, maintain_order=True)
    return {int(batch): part["row"] for (batch,), part in parts.items()}


@dataclass
class _Placed:
    """Whose each record is: per table and row the place of the unit in force, and which units belong together.

    Of tables that are not in memory a column is read when it is needed, a piece at a time: what stays is four bytes a record.
    """

    pack: Pack
    tables: Tables
    day: date
    looked_up: frozenset[str]
    units: list[str] = field(init=False)
    owners: dict[str, pl.Series] = field(init=False, default_factory=dict)
    _together: Together[int] = field(init=False, default_factory=Together)
    _keys: dict[str, pl.DataFrame] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        known, key = self.tables.frames[_UNIT], self.pack.tables[_UNIT].key
        codes = known[key].drop_nulls()
        now = successors(self.pack.units, codes, self.day)
        self.units = sorted({NO_UNIT, *now.values()})
        place = {code: at for at, code in enumerate(self.units)}
        self._code_places = {code: place[unit] for code, unit in now.items()}
        # Who takes over later looks at the same records.
        for code in self.pack.units:
            for heir in heirs(self.pack.units, code):
                self._together.join(self._code_places[code], self._code_places.get(heir, 0))
        if SUCCESSOR in known.columns:
            self._join_pairs(self._of_code(known[key]), self._of_code(known[SUCCESSOR]))
        for name in self.pack.tables:
            if name not in self.looked_up:
                self._owner(name)
        for table in self.pack.tables.values():
            for other, column in table.links.items():
                if not {table.id, other} & self.looked_up:
                    self._join_pairs(self.owners[table.id], self._of_key(table, other, column))

    def root(self, at: int) -> int:
        return self._together.root(at)

    def join_named(self, subjects: frozenset[str]) -> None:
        found: list[int] = []
        for name in self.owners:
            table = self.pack.tables[name]
            for column in dict.fromkeys((table.key, table.title)):
                for keys, owner in self._owned(name, column):
                    found += owner.filter(keys.is_in(sorted(subjects)).fill_null(value=False)).unique().to_list()
        for at in found:
            self._together.join(found[0], at)

    def looked_up_from(self, name: str, batch_of: pl.Series) -> pl.DataFrame:
        """batch, row. `name`: a table that is only looked up; what nobody looks up goes with the first batch. `batch_of`:
        by the place of a unit."""
        wanted = [pl.DataFrame(schema={"key": pl.String, "batch": pl.UInt32})]
        for other in self.pack.tables.values():
            for keys, owner in self._owned(other.id, other.links[name]) if name in other.links else ():
                wanted.append(pl.DataFrame({"key": keys, "batch": batch_of.gather(owner)}).drop_nulls().unique())
        keys = pl.concat(self._pieces(name, self.pack.tables[name].key))
        rows = pl.DataFrame({"key": keys}).with_row_index("row")
        placed = rows.join(pl.concat(wanted).unique(), on="key", how="left").fill_null(0)
        return placed.select("batch", "row").sort("batch", "row")

    def _pieces(self, name: str, column: str) -> Iterator[pl.Series]:
        """A column of a table as text, in order; there is one piece at least."""
        frame = self.tables.frames[name]
        scan = self.tables.stored.get(name, frame.lazy())
        text = (pl.col(column) if column else pl.repeat(None, pl.len())).cast(pl.String).alias("key")
        for at in range(0, max(frame.height, 1), _PIECE):
            yield scan.slice(at, _PIECE).select(text).collect()["key"]

    def _owned(self, name: str, column: str) -> Iterator[tuple[pl.Series, pl.Series]]:
        """The same with the owners of the records."""
        at = 0
        for keys in self._pieces(name, column):
            yield keys, self.owners[name].slice(at, keys.len())
            at += keys.len()

    def _join_pairs(self, one: pl.Series, other: pl.Series) -> None:
        pairs = pl.DataFrame({"one": one, "other": other}).drop_nulls().filter(pl.col("one") != pl.col("other"))
        for left, right in pairs.unique().iter_rows():
            self._together.join(left, right)

    def _owner(self, name: str) -> pl.Series:
        """Of a record that leads to no unit the first place, which is that of NO_UNIT."""
        if name in self.owners:
            return self.owners[name]
        table, height = self.pack.tables[name], self.tables.frames[name].height
        above = {_UNIT: table.key} if name == _UNIT else table.parents
        ways = [self._of_key(table, parent, column) for parent, column in above.items()]
        nowhere = pl.Series([0], dtype=pl.UInt32).new_from_index(0, height)
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
        if other == _UNIT:
            return pl.concat(map(self._of_code, self._pieces(table.id, column)))
        places = self._places(other)
        named = (pl.DataFrame({"key": keys}) for keys in self._pieces(table.id, column))
        return pl.concat(keys.join(places, on="key", how="left", maintain_order="left")["place"] for keys in named)

    def _places(self, name: str) -> pl.DataFrame:
        """key, place. Records that bear the same key are looked at together."""
        if name not in self._keys:
            self._owner(name)
            told = (pl.DataFrame(pair, ["key", "place"]) for pair in self._owned(name, self.pack.tables[name].key))
            places = pl.concat(told).drop_nulls().unique(maintain_order=True)
            first = places.unique("key", keep="first", maintain_order=True)
            if first.height < places.height:
                both = places.join(first, on="key", suffix=":first")
                self._join_pairs(both["place"], both["place:first"])
            self._keys[name] = first
        return self._keys[name]


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
