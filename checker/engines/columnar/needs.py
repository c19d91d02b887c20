"""Plan → what must be at hand to judge it: fields, ancestors' fields and child functions, per table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from checker.engines.columnar.units import UNITS, VALID, Path, ways_to_unit
from checker.engines.columnar.windows import Window, window_of
from checker.expr import Agg, Clock, Expr, Field, children, walk
from checker.model import Pack, Table
from checker.plan import Obligation
from checker.relations import SUCCESSOR


@dataclass(frozen=True, slots=True)
class Slot:
    """Where the tallies of a child function stand: columns `name:…` of the parent's frame.

    `moving`: they differ by period. With a `window` only some child rows can count in a period; if the window is in
    the body, the rows outside still belong to the population, whose size is in the slot `population`.
    """

    name: str
    agg: Agg
    moving: bool = False
    window: Window | None = None
    population: str = ""


@dataclass
class Reads:
    """What is read of the rows of one table."""

    fields: dict[Path, None] = field(default_factory=dict)
    slots: dict[tuple[Agg, bool], Slot] = field(default_factory=dict)
    child_tables: dict[str, None] = field(default_factory=dict)

    def chosen(self, moving: bool) -> list[Slot]:
        return [slot for slot in self.slots.values() if slot.moving is moving]


class Needs:
    """Filled once from all obligations; the slots are numbered in the order in which they are met."""

    def __init__(self, pack: Pack, obligations: tuple[Obligation, ...]) -> None:
        self.pack = pack
        self.tables: dict[str, Reads] = {}
        for obligation in obligations:
            self.subject(obligation.subject)
            for expr in expressions(obligation):
                self.ask(expr, obligation.subject, obligation.periods is not None)

    def subject(self, name: str) -> None:
        """How a finding comes to its unit, and when a unit owes."""
        for way in ways_to_unit(self.pack, name):
            self._field(name, way)
        if UNITS in self.pack.tables:
            for own in (*VALID, SUCCESSOR):
                if own in self.pack.tables[UNITS].fields:
                    self._field(UNITS, ((), own))

    def of(self, table: str) -> Reads:
        return self.tables.setdefault(table, Reads())

    def moves(self, agg: Agg, recurring: bool) -> bool:
        """Whether the tallies of a child function differ by period. (Its register may differ even if they do not.)"""
        return recurring and any(
            (isinstance(part, Clock) and part.name != "as_of")
            or (part is not agg and isinstance(part, Agg) and self.pack.tables[part.table].returned)
            for part in walk(agg)
        )

    def ask(self, expr: Expr, table: str, recurring: bool) -> None:
        match expr:
            case Field():
                self._field(table, (expr.hops, expr.name))
            case Agg():
                self._agg(expr, table, recurring)
            case _:
                for part in children(expr):
                    self.ask(part, table, recurring)

    def _field(self, table: str, path: Path) -> None:
        self.of(table).fields.setdefault(path)
        hops, name = path
        if hops:
            here = self.pack.tables[table]
            self.of(table).fields.setdefault(((), key_field(here, hops[0])))
            self._field(hops[0], (hops[1:], name))

    def _agg(self, agg: Agg, table: str, recurring: bool) -> None:
        moving = self.moves(agg, recurring)
        reads = self.of(table)
        if (agg, moving) in reads.slots:
            return
        child = self.pack.tables[agg.table]
        self.register(child, table)
        window, population = None, ""
        if moving:
            window, population = self._window(agg, table)
        reads.slots[agg, moving] = Slot(f"a{len(reads.slots)}", agg, moving, window, population)
        for part in children(agg):
            self.ask(part, agg.table, moving)

    def _window(self, agg: Agg, table: str) -> tuple[Window | None, str]:
        found = window_of(agg.where)
        if found is not None:
            return found, ""
        everyone = Agg("count", agg.table, agg.where, None, "number")
        if agg.name in ("any", "none", "count") and not self.moves(everyone, recurring=True):
            found = window_of(agg.body)
        if found is None:
            return None, ""
        self._agg(everyone, table, recurring=False)
        return found, self.of(table).slots[everyone, False].name

    def register(self, child: Table, table: str) -> None:
        """The fields that tell whether all the child rows of a `table` row have arrived."""
        reads = self.of(table)
        reads.child_tables.setdefault(child.id)
        if table in child.declared_in:
            reads.fields.setdefault(((), child.declared_in[table]))
        self.of(child.id).fields.setdefault(((), child.parents[table]))


def key_field(table: Table, other: str) -> str:
    """The field of `table` that holds the key of a parent or linked table."""
    return table.parents[other] if other in table.parents else table.links[other]


def expressions(obligation: Obligation) -> Iterator[Expr]:
    """Every expression that is judged; the leaves shown as evidence are parts of them."""
    for item in obligation.items():
        yield item.expr
        yield from (leaf.expr for leaf in item.leaves)
    if obligation.due is not None:
        yield obligation.due
