"""Where an expression is evaluated: the names of the columns that its fields, clocks and child functions stand in.

Own fields keep their names, an ancestor's field is `institution.students`; columns of this engine have a colon.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from checker.engines.columnar.needs import Needs, Slot
from checker.engines.columnar.units import Path
from checker.expr import Agg, ClockName, Field
from checker.model import FieldDef, Table

ROW, KEY, UNIT, THERE = ":row", ":key", ":unit", ":there"
# Position of a row among the prepared rows of its table, and of its parent among the parent's.
POS, PARENT = ":pos", ":parent"
PERIOD, START, END, NAME = ":period", ":start", ":end", ":name"
CLOCKS: dict[ClockName, str] = {"period.start": START, "period.end": END, "period.name": NAME}


@dataclass(frozen=True, slots=True)
class Scope:
    """Rows of `table`, each once or (`moving`) once per period."""

    table: Table
    moving: bool
    needs: Needs
    as_of: date

    def inside(self, slot: Slot) -> Scope:
        """The child rows over which a child function goes."""
        return Scope(self.needs.pack.tables[slot.agg.table], slot.moving, self.needs, self.as_of)

    def slot(self, agg: Agg) -> Slot:
        slots = self.needs.of(self.table.id).slots
        return slots[agg, self.needs.moves(agg, self.moving)]

    def definition(self, field: Field) -> FieldDef | None:
        """None for the system columns."""
        return self.needs.pack.tables[field.table].fields.get(field.name)

    def clock(self, name: ClockName) -> pl.Expr:
        return pl.lit(self.as_of) if name == "as_of" else pl.col(CLOCKS[name])


def column(path: Path) -> str:
    hops, name = path
    return ".".join((*hops, name))


def arrived(child: str) -> str:
    """How many rows of a child table surely exist."""
    return f"arrived:{child}"


def missing(child: str) -> str:
    """How many more there may be: 0 if the register is complete, up to infinity."""
    return f"missing:{child}"


def returned(child: str) -> str:
    return f"_returned_{child}"


def tally(slot: Slot | str, part: str) -> str:
    return f"{slot if isinstance(slot, str) else slot.name}:{part}"
