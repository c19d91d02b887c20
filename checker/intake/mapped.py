"""What the mappings say about one sheet → its table, its heading, and which of its columns is which field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from unicodedata import normalize

import polars as pl

from checker.errors import Diagnostic, Span, Text
from checker.intake.cells import normal, squeezed
from checker.intake.columns import Raw
from checker.intake.layout import Head
from checker.intake.names import plain
from checker.intake.values import Readers
from checker.mapping import Coding, ColumnMap, DatabaseMap, DataMap, SheetMap
from checker.model import Pack, Table

LEVELS_JOINED = " / "


@dataclass(frozen=True, slots=True)
class About:
    """The entries that fit a sheet, in order. `settled`: those that name the sheet and not only what it may be."""

    maps: tuple[SheetMap, ...] = ()
    settled: tuple[SheetMap, ...] = ()

    @property
    def table(self) -> str:
        return next((each.table for each in self.settled if each.table), "")

    @property
    def skip(self) -> bool:
        """Whether the first entry that decides what the sheet is says that it is none."""
        return next((each.skip for each in self.maps if each.skip or (each.table and each in self.settled)), False)

    @property
    def hidden(self) -> bool:
        return any(each.hidden for each in self.maps)

    @property
    def unit(self) -> str:
        return next((each.unit for each in self.maps if each.unit), "")

    @property
    def apart(self) -> bool:
        return any(each.apart for each in self.maps)

    @property
    def own_keys(self) -> bool:
        return any(each.own_keys for each in self.maps)

    @property
    def void(self) -> list[int]:
        """Counted from 0."""
        return sorted({line - 1 for each in self.maps for line in each.void})

    @property
    def header(self) -> SheetMap | None:
        """The entry that says where the heading stands."""
        return next((each for each in self.maps if each.header is not None), None)

    @property
    def heading(self) -> tuple[int, int]:
        """Its rows, counted from 0."""
        rows = self.header.header if self.header is not None else None
        return (rows[0] - 1, rows[1] - 1) if rows is not None else (0, 0)

    def of(self, table: str) -> tuple[SheetMap, ...]:
        """The entries that hold once it is known which table the sheet is."""
        return tuple(each for each in self.maps if each.table in ("", table))

    def columns(self, table: str) -> list[ColumnMap]:
        """What is said first about a heading holds."""
        found: dict[str, ColumnMap] = {}
        for each in self.of(table):
            for column in each.columns:
                found.setdefault(_key(column.heading), column)
        return list(found.values())

    def known(self) -> Iterable[tuple[str, str, str]]:
        """heading, table, field: headings that are known besides the names of the fields."""
        for each in self.maps:
            for column in each.columns:
                if column.field and not column.heading.startswith("#"):
                    yield column.heading, each.table, column.field
                    yield column.heading.split(LEVELS_JOINED)[-1], each.table, column.field


NOTHING = About()


def about(mapping: DataMap, file: str, sheet: str) -> About:
    fitting = [each for each in mapping.sheets if _fits(each.file, file) and _fits(each.sheet, sheet)]
    # A text file is its own only sheet.
    settled = [each for each in fitting if each.sheet or (each.file and not sheet)]
    return About(tuple(fitting), tuple(settled)) if fitting else NOTHING


def _fits(glob: str, name: str) -> bool:
    """Of a file in a folder the name alone may be given."""
    if not glob:
        return True
    wanted, found = normalize("NFC", glob), normalize("NFC", name)
    return fnmatchcase(found, wanted) or fnmatchcase(PurePosixPath(found).name, wanted)


def _key(heading: str) -> str:
    return heading if heading.startswith("#") else plain(heading)


# --- columns -------------------------------------------------------------------------------------


def assign(
    columns: Sequence[ColumnMap], forms: Mapping[int, Sequence[str]], places: Mapping[str, int]
) -> tuple[dict[int, ColumnMap], list[Diagnostic]]:
    """Column → what is said about it, and what cannot hold. `forms`: per column its heading from the most said to the least;
    `places`: name of the column → column.
    """
    found: dict[int, ColumnMap] = {}
    faults: list[Diagnostic] = []
    for column in columns:
        meant = _meant(column.heading, forms, places)
        if len(meant) > 1:
            names = [name for name, at in places.items() if at in meant]
            faults.append(_several(column, names))
        elif meant and meant[0] in found:
            faults.append(_same(column, found[meant[0]]))
        elif meant:
            found[meant[0]] = column
    return found, faults


def _meant(heading: str, forms: Mapping[int, Sequence[str]], places: Mapping[str, int]) -> list[int]:
    if heading.startswith("#"):
        at = places.get(heading[1:].strip())
        return [] if at is None else [at]
    wanted = plain(heading)
    whole = [at for at, said in forms.items() if said and plain(said[0]) == wanted]
    return whole or [at for at, said in forms.items() if any(plain(form) == wanted for form in said)]


def names(heads: Sequence[Head], places: Mapping[int, str]) -> dict[int, str]:
    """Column → the heading by which a mapping can name it and no other: its levels, or #K where they are no good for that."""
    whole = {
        head.column: LEVELS_JOINED.join(" ".join(level.split()) for level in (*head.above, head.leaf)) for head in heads
    }
    often = Counter(map(plain, whole.values()))
    return {
        at: whole[at] if at in whole and often[plain(whole[at])] == 1 and _can_be_key(whole[at]) else f"#{place}"
        for at, place in places.items()
    }


def _can_be_key(text: str) -> bool:
    """YAML would take a bracket that stays open for the beginning of something else."""
    open_brackets = sum(map(text.count, "(（")) - sum(map(text.count, ")）"))
    return plain(text) != "" and text.isprintable() and text[0] != "#" and open_brackets == 0


def _several(column: ColumnMap, names: Sequence[str]) -> Diagnostic:
    message = Text(
        f"有{len(names)}列的表头都是“{column.heading}”（{'、'.join(names)}列），不知是哪一列",
        f'{len(names)} columns are headed "{column.heading}" ({", ".join(names)}): which one?',
    )
    hint = Text(
        f"写出上面各层的表头，用“ / ”连接；或写 '#{names[0]}'",
        f"write the levels above too, joined by \" / \"; or '#{names[0]}'",
    )
    return Diagnostic("E63", column.span, message, hint)


def _same(column: ColumnMap, other: ColumnMap) -> Diagnostic:
    message = Text(
        f"“{column.heading}”和“{other.heading}”（第{other.span.line}行）是同一列",
        f'"{column.heading}" and "{other.heading}" (line {other.span.line}) are the same column',
    )
    return Diagnostic("E59", column.span, message, Text("删去一处", "delete one"))


def beyond(entry: SheetMap, height: int, file: str, sheet: str) -> Diagnostic:
    """The rows of the heading that the mapping names do not exist."""
    rows = entry.header or (0, 0)
    place = f"{file}《{sheet}》" if sheet else file
    message = Text(f"{place}只有{height}行，没有第{rows[1]}行", f"{place} has {height} rows, there is no row {rows[1]}")
    return Diagnostic("E64", entry.header_span, message, Text("表头行从1数起", "rows are counted from 1"))


def unused(mapping: DataMap, used: set[Span]) -> Iterable[tuple[Span, str]]:
    """Lines of the mappings that found no sheet, no table of a database or no column, and their heading ("": the whole entry)."""
    entries: tuple[SheetMap | DatabaseMap, ...] = (*mapping.sheets, *mapping.databases)
    for entry in entries:
        if entry.span not in used:
            yield entry.span, ""
            continue
        yield from ((column.span, column.heading) for column in entry.columns if column.span not in used)


def unreadable(pack: Pack, mapping: DataMap) -> list[Diagnostic]:
    """Codings whose meaning is no value of their field."""
    readers, faults = Readers(pack), list[Diagnostic]()
    said = [(each.table, column) for each in mapping.sheets for column in each.columns]
    said += [(each.into, column) for each in mapping.databases for column in each.columns]
    for owner, column in said:
        table, means = pack.tables[owner], [coding.means for coding in column.codings]
        if column.field in table.fields:
            reader = readers.of(table, table.fields[column.field], lambda means=means: means)  # type: ignore[misc]
        else:
            reader = readers.day()
        for coding in column.codings:
            if reader[coding.means] is None or coding.means in reader.noted:
                faults.append(_no_value(coding, table, column.field))
    return faults


def _no_value(coding: Coding, table: Table, name: str) -> Diagnostic:
    field = table.fields.get(name)
    called = field.name if field is not None else Text("收到日期", "received_on")
    message = Text(f"“{coding.means}”不能作“{called.zh}”的值", f'"{coding.means}" is no value of "{called.en}"')
    hint = None
    if field is not None and field.choices:
        hint = Text(
            f"可写：{'、'.join(choice.label.zh for choice in field.choices)}",
            f"one of: {', '.join(choice.code for choice in field.choices)}",
        )
    elif field is not None and field.type == "yes_no":
        hint = Text("可写：是、否", "one of: yes, no")
    return Diagnostic("E57", coding.span, message, hint)


# --- cells ---------------------------------------------------------------------------------------


def coded(raw: Raw, codings: Sequence[Coding]) -> Raw:
    """The cells as they would be typed, where somebody has said what they mean."""
    means = {_cell(coding.raw): coding.means for coding in codings}
    if not means:
        return raw
    cells: list[object] = ["" if cell is None else cell for cell in raw] if isinstance(raw, pl.Series) else list(raw)
    kinds = {(type(cell), cell) for cell in cells}
    instead = {key: means[text] for key in kinds if (text := _cell(key[1])) in means}
    return [instead.get((type(cell), cell), cell) for cell in cells] if instead else raw


def _cell(cell: object) -> str:
    return squeezed(normal(cell)).lower()
