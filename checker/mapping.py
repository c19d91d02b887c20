"""How somebody says that sheets and databases are to be read: a mapping document, checked. Types only."""

from __future__ import annotations

from dataclasses import dataclass

from checker.errors import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Coding:
    """What one cell means, as one would type it: 1 → 是."""

    raw: str
    means: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """`heading`: as printed, its levels joined by " / ", or "#K" for column K. `field`: "" if the column is not to be read."""

    heading: str
    field: str
    codings: tuple[Coding, ...] = ()
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class SheetMap:
    """What holds for the sheets that fit `file` and `sheet` (globs; "" fits any). `table`: "" if it is to be found.

    With a `sheet`, or a `file` that has no sheets, the table is settled; else the columns hold for the sheets that are
    recognised as that table. `header`: rows of the heading, counted from 1. What answers to data questions say of the rows of
    a sheet: `unit` (code) owns those that name none; `apart`: they are records of their own, even if another sheet has the
    same; `void`: lines, counted from 1, that are no records; `own_keys`: 1, 2, 3 … are their keys and no numbers of the rows.
    """

    file: str = ""
    sheet: str = ""
    table: str = ""
    skip: bool = False
    header: tuple[int, int] | None = None
    hidden: bool = False
    columns: tuple[ColumnMap, ...] = ()
    span: Span = NOWHERE
    header_span: Span = NOWHERE
    unit: str = ""
    apart: bool = False
    void: tuple[int, ...] = ()
    own_keys: bool = False


@dataclass(frozen=True, slots=True)
class DatabaseMap:
    """A table of a database (`source`) or the rows of a `query`, read into a table. `url`: without user and password."""

    url: str
    into: str
    source: str = ""
    query: str = ""
    columns: tuple[ColumnMap, ...] = ()
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class DataMap:
    """All mapping documents of one reading; where two say something about one sheet or column, the first holds.

    `documents`: the name and digest of each, for whoever wants to know later what a reading rests on.
    """

    sheets: tuple[SheetMap, ...] = ()
    databases: tuple[DatabaseMap, ...] = ()
    documents: tuple[tuple[str, str], ...] = ()

    def __or__(self, other: DataMap) -> DataMap:
        documents = (*self.documents, *other.documents)
        return DataMap((*self.sheets, *other.sheets), (*self.databases, *other.databases), documents)


NO_MAP = DataMap()
