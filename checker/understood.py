"""How a reading understood each sheet: what the screen of intake, its forms and its mapping tell. Types only.

`Tables` hold the records; this holds why they are those records, sheet by sheet and column by column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from checker.plan import Tables

# confirmed: a mapping says so. exact: the heading is the field's name or printed heading; alias: one of its other names;
# loose: equal once brackets and asking words are gone; neighbour: only what stands before it tells which field it is.
# parent_name: names the parent, read where the parent's key is blank. All others are not read: ambiguous (several fields),
# second (another column holds the field), suggested (near to a field, nobody has confirmed it), unknown, headless,
# serial (序号), remark (备注), skipped (a mapping says so).
How = Literal[
    "confirmed",
    "exact",
    "alias",
    "loose",
    "neighbour",
    "parent_name",
    "ambiguous",
    "second",
    "suggested",
    "unknown",
    "headless",
    "serial",
    "remark",
    "skipped",
]
READ: frozenset[How] = frozenset(["confirmed", "exact", "alias", "loose", "neighbour", "parent_name"])
# Columns that may hold facts and are not read: somebody has to say what they are.
OPEN: frozenset[How] = frozenset(["ambiguous", "second", "suggested", "unknown", "headless"])

# returns: the list of what came, not records. hidden, skipped, not_recognised: not read.
State = Literal["read", "returns", "empty", "hidden", "skipped", "not_recognised"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A field that a column may hold, or a table that a sheet may be; `confidence` between 0 and 1."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Column:
    """`place`: letter, or the name where columns have names; `at` counts from 0. `heading`: from the top level to the lowest;
    `called`: how a mapping names it. `field`: what it is read as ("" if not read); `codings`: cell → what it was said to mean.
    `filled`: cells under the heading that say something; `samples`: the first three different ones.
    """

    place: str
    at: int
    heading: tuple[str, ...]
    how: How
    field: str = ""
    confidence: float = 0.0
    filled: int = 0
    samples: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    called: str = ""
    codings: tuple[tuple[str, str], ...] = ()

    @property
    def is_read(self) -> bool:
        return self.how in READ


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `heading` and `data`: first and last row, counted from 1. `rows`: rows of data read.

    `left_out`: rows that are no data, by the code of the question that tells them (title_rows, total_row, footnote_row …).
    `unit`: code of the unit that sent it, as told or as the form, the sheet's or the file's name says.
    """

    file: str
    sheet: str
    digest: str
    state: State
    hidden: bool = False
    table: str = ""
    heading: tuple[int, int] | None = None
    data: tuple[int, int] | None = None
    rows: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    columns: tuple[Column, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """A reading that also tells how each sheet was understood. `unit`: code of the sender, if the caller named one."""

    tables: Tables
    sheets: tuple[Sheet, ...]
    unit: str = ""
