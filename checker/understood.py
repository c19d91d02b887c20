"""How a reading understood each sheet, and what came of whom: what intake tells and writes. Types only.

`Tables` hold the records; this holds why they are those records, sheet by sheet and column by column.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from checker.errors import Text

if TYPE_CHECKING:
    from checker.plan import Tables
    from checker.tables import Return

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
    returns: tuple[Return, ...] = ()


# --- what came -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Receipt:
    """What one file holds of one table of one unit ("" if nobody can say whose). No rows: the sheet came, and was empty, or a
    list of returns says that there is nothing to report. `until`: the day up to which the table is said to be complete.
    """

    unit: str
    table: str
    file: str
    digest: str
    rows: int
    first: date | None
    last: date | None
    until: date | None = None


# The register and the workbook for people: our own papers and no data, wherever they lie.
RECEIPT_FILES: tuple[Text, Text] = (Text("收数登记.csv", "receipts.csv"), Text("收数情况.xlsx", "received.xlsx"))
RECEIPT_HEADINGS: tuple[Text, ...] = (
    Text("报送单位", "sent by"),
    Text("报送单位代码", "code of the sender"),
    Text("报送表", "what was sent"),
    Text("表编号", "table"),
    Text("文件", "file"),
    Text("文件摘要", "digest of the file"),
    Text("行数", "rows"),
    Text("最早收到", "first received"),
    Text("最近收到", "last received"),
    Text("覆盖至", "complete until"),
)
