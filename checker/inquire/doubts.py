"""The questions of a reading + its records → doubts: what each is about, which cells and records, and what an answer to it does."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Literal

import polars as pl

from checker.errors import Text
from checker.model import Pack, Table
from checker.plan import Source, Tables
from checker.tables.checks import KINDS as CHECK_KINDS
from checker.tables.questions import cell_name, told

# What a correction does. cell: it is read in place of each doubted cell; record: in place of all cells that say this of the
# record, or says which of its rows holds; column: it says which field a column is; sheet: which table a sheet is; rows: whether
# rows count; total: whether a total holds or its rows do; owner: whose rows they are; marked: whether cells
# count that look otherwise than the rest; names: which key a name means; serial: whether numbers are keys or only count the rows;
# word: nothing, only the sheet itself can be put right, and sent again.
Way = Literal["cell", "record", "column", "sheet", "rows", "total", "owner", "marked", "names", "serial", "word"]

HIDDEN_COLUMN = "hidden_column"
# A column that is read as its heading is taken to mean, or though nobody sees it.
ASSUMED_HEADS = frozenset(["head_by_neighbour", "head_note", "head_unit", HIDDEN_COLUMN])
_OF_A_COLUMN = ASSUMED_HEADS | {"unmapped_column", "headless_column", "ambiguous_head", "second_column"}
HIDDEN_SHEET = "hidden_sheet"
_OF_A_SHEET = frozenset(["sheet_not_recognised", HIDDEN_SHEET])
_OF_A_RECORD = frozenset(["duplicate_conflict"])
REPEATED, STRUCK, COLOURED, COMMENTED = "repeated_rows", "hidden_or_struck", "color_semantics", "cell_notes"
_OF_ROWS = frozenset([REPEATED, STRUCK, "short_rows"])
_OF_MARKS = frozenset([STRUCK, COLOURED, COMMENTED])
_OF_A_KEY: dict[str, Way] = {"matched_by_name": "names", "serial_key": "serial"}
_OF_A_TOTAL = frozenset(["total_mismatch"])
_OF_AN_OWNER = frozenset(["unit_assumed", "unit_differs"])
_EACH_ITS_OWN = frozenset(["no_key"])  # of several such cells none can have what another has
# Of databases, mappings and lists of returns: nothing that a county could answer.
OF_THE_READING = frozenset(
    ["form_as_data", "tables_denied", "no_table_known", "heading_not_found", "return_unreadable", "return_without_row"]
)
# Raised by records beside each other: the cells of one question may hold different values.
_BESIDE = frozenset(CHECK_KINDS)
_LINE = re.compile(r"(\d+)$")
_UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Spot:
    """One doubted cell. `id` stays while the record, the field and the text stay, wherever the row moves."""

    id: str
    digest: str
    sheet: str
    cell: str
    raw: str | None = None
    key: str | None = None
    own: str = ""  # the record's own name
    name: str = ""  # how people call it: a school's name stands before that of what belongs to it
    key_cell: str = ""  # where the key of its row stands


@dataclass(frozen=True, slots=True)
class Doubt:
    """One data question. `at`: its position among the questions; `spots`: the cells it names, `n` how many there are.

    `typed`: `raw` is what was read, not what stands there. `alike`: all cells hold the same, so that one correction may stand
    for all of them.
    """

    id: str
    at: int
    code: str
    severity: str
    source: Source
    cell: str
    table: str
    key: str | None
    field: str
    raw: str | None
    reading: str | None
    candidate: str
    message: Text
    n: int
    spots: tuple[Spot, ...]
    way: Way
    typed: bool = False

    @property
    def alike(self) -> bool:
        if self.code in _EACH_ITS_OWN:
            return self.n <= 1
        return (
            self.way == "word"
            or not self.typed
            or self.n <= 1
            or (len({spot.raw for spot in self.spots}) == 1 and not self.more)
        )

    @property
    def more(self) -> int:
        """Cells that the question does not name."""
        return max(self.n - len(self.spots), 0) if self.way == "cell" else 0


def doubts(pack: Pack, tables: Tables) -> list[Doubt]:
    """In the order of the questions; what is told for completeness only is among them."""
    rows = tables.questions.rows(named=True)
    places = {(s.digest, s.file, s.sheet, s.table): at for at, s in enumerate(tables.sources)}
    sources = [places.get((row["digest"], row["file"], row["sheet"], row["table"])) for row in rows]
    read = {(source.digest, source.sheet) for source in tables.sources if source.table}
    records = _Records(pack, tables)
    spots = records.spots(rows, sources)
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for at, (row, source) in enumerate(zip(rows, sources, strict=True)):
        here = tables.sources[source] if source is not None else _elsewhere(row)
        way = _way(row, here, read)
        mine = _named(row, spots[at], seen)
        of = row["key"] if way == "record" else ""
        said = (row["code"], row["table"], row["field"], row["sheet"], of, row["raw"])
        found.append(
            Doubt(
                mine[0].id if len(mine) == 1 and row["n"] <= 1 else _id(seen, here.digest, *said),
                at,
                row["code"],
                row["severity"],
                here,
                row["cell"],
                row["table"],
                row["key"],
                row["field"],
                row["raw"],
                row["reading"],
                row["candidate"] or "",
                Text(row["message_zh"], row["message_en"]),
                row["n"],
                mine,
                way,
                row["code"] in _BESIDE,
            )
        )
    return found


def _elsewhere(row: Mapping[str, Any]) -> Source:
    """A file or sheet of which no row was read."""
    return Source(row["file"], row["sheet"], row["table"], {}, row["digest"])


def _way(row: Mapping[str, Any], source: Source, read: Container[tuple[str, str]]) -> Way:
    """`read`: the sheets of which something was read; of these nobody can say that they are one table."""
    if row["code"] in _OF_A_SHEET and row["digest"]:
        return "word" if (row["digest"], row["sheet"]) in read else "sheet"
    if row["severity"] in ("info", "review"):
        return "word"
    if row["code"] in _OF_A_COLUMN:
        return "column"
    if row["code"] in _OF_A_TOTAL and row["digest"]:
        return "total"
    if row["code"] in _OF_AN_OWNER and row["digest"]:
        return "owner"
    if row["code"] in _OF_ROWS and not row["field"] and row["digest"]:
        # Rows that the question does not name cannot be left out by an answer to it.
        return "rows" if row["code"] == REPEATED or row["n"] <= len(row["cells"]) else "word"
    if row["code"] in _OF_MARKS and row["digest"]:
        return "marked" if row["n"] <= len(row["cells"]) else "word"
    if row["code"] in _OF_A_KEY and row["digest"]:
        return _OF_A_KEY[row["code"]]
    if row["code"] in _OF_A_RECORD:
        return "record"
    column = source.columns.get(row["field"])
    # What stands in the cell is what is doubted: not so where a question is about a row, a sheet or a merged range.
    doubted = row["raw"] is not None and column is not None and _column(row["cell"]) == column
    return "cell" if doubted else "word"


def _named(row: Mapping[str, Any], spots: Iterable[Spot], seen: Counter[tuple[str, str]]) -> tuple[Spot, ...]:
    """`spots` with their ids. What stands in other files does not enter: the id is the same whichever are read together."""
    said = (row["code"], row["table"], row["field"])
    return tuple(
        replace(
            spot,
            id=_id(seen, spot.digest, *said, spot.key or spot.own or f"{spot.sheet}!{spot.cell}", spot.raw),
        )
        for spot in spots
    )


def _id(seen: Counter[tuple[str, str]], digest: str, *said: str | None) -> str:
    """A letter in front: a spreadsheet takes 12e45 for a number. Of doubts in one file that say the same each gets its own."""
    text = "\x1f".join(part or "" for part in said)
    seen[digest, text] += 1
    return "Q" + sha256(f"{text}\x1f{seen[digest, text]}".encode()).hexdigest()[:12]


def line_of(cell: str) -> int | None:
    found = _LINE.search(cell)
    return int(found[1]) if found is not None else None


def _column(cell: str) -> str:
    return _LINE.sub("", cell).removesuffix(":")


class _Records:
    """Which record stands in a line, and what people call it."""

    def __init__(self, pack: Pack, tables: Tables) -> None:
        self.pack, self.tables = pack, tables
        self._titles: dict[str, Mapping[object, str]] = {}
        titles = {table.id: table.title for table in pack.tables.values()}
        conflicts = tables.questions.filter(pl.col("code").is_in(sorted(_OF_A_RECORD)))
        # Rows that contradict each other in the name: one of the names is better than none.
        self._names = {
            (table, key): (raw or "").split(" / ")[0]
            for table, key, field, raw in conflicts.select("table", "key", "field", "raw").iter_rows()
            if titles.get(table) == field
        }

    def spots(self, rows: Sequence[Mapping[str, Any]], sources: Sequence[int | None]) -> list[list[Spot]]:
        """Per question its cells; of a contradiction between files the cells of all of them."""
        cells = [
            (at, source, cell, line_of(cell))
            for at, (row, source) in enumerate(zip(rows, sources, strict=True))
            if row["code"] not in _OF_A_RECORD
            for cell in row["cells"]
        ]
        cells += self._of_records(rows, sources)
        schema = {"at": pl.UInt32, "source": pl.UInt32, "cell": pl.String, "line": pl.Int64}
        frame = pl.DataFrame(cells, schema=schema, orient="row").with_columns(
            table=pl.col("at").replace_strict(dict(enumerate(row["table"] for row in rows)), return_dtype=pl.String)
            if cells
            else pl.lit("")
        )
        met = frame.join(self.tables.origins, on=["table", "source", "line"], how="left", maintain_order="left")
        found: list[list[Spot]] = [[] for _ in rows]
        for at, source, cell, _, table, row in met.select("at", "source", "cell", "line", "table", "row").iter_rows():
            asked = rows[at]
            here = self.tables.sources[source] if source is not None else _elsewhere(asked)
            called = self._called(table, row) if row is not None else (None, "", "")
            key = self._key_cell(asked, here, cell)
            found[at].append(Spot("", here.digest, here.sheet, cell, self._raw(asked, here, cell, row), *called, key))
        return found

    def _key_cell(self, asked: Mapping[str, Any], source: Source, cell: str) -> str:
        table, line = self.pack.tables.get(asked["table"]), line_of(cell)
        column = source.columns.get(table.key) if table is not None else None
        return cell_name(column, line) if column is not None and line is not None else ""

    def _raw(self, asked: Mapping[str, Any], here: Source, cell: str, row: int | None) -> str | None:
        """What stands in the cell, as far as the question or the record tells."""
        raw: str | None = asked["raw"]
        name = asked["field"]
        if asked["code"] in _OF_MARKS:
            raw = ""
            name = name or next((field for field, column in here.columns.items() if column == _column(cell)), "")
        elif asked["code"] not in _BESIDE or asked["n"] <= 1:
            return raw
        if row is None or (field := self.pack.tables[asked["table"]].fields.get(name)) is None:
            return raw
        return told(self.tables.frames[asked["table"]][row, field.id], field)[0]

    def _of_records(
        self, rows: Sequence[Mapping[str, Any]], sources: Sequence[int | None]
    ) -> Iterator[tuple[int, int | None, str, int | None]]:
        asked = [at for at, row in enumerate(rows) if row["code"] in _OF_A_RECORD]
        lines: dict[str, dict[str, list[tuple[int, int]]]] = {}
        for at in asked:
            row, source = rows[at], sources[at]
            yield from ((at, source, cell, line_of(cell)) for cell in row["cells"])
            if row["table"] not in lines:
                lines[row["table"]] = self._lines_by_key(row["table"])
            for other, line in lines[row["table"]].get(row["key"], []):
                column = self.tables.sources[other].columns.get(row["field"])
                if other != source and column is not None:
                    yield at, other, cell_name(column, line), line

    def _lines_by_key(self, table: str) -> dict[str, list[tuple[int, int]]]:
        """Key → (source, line) of every row that bears it."""
        keys = self.tables.frames[table][self.pack.tables[table].key].cast(pl.String)
        found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        mine = self.tables.origins.filter(pl.col("table") == table).sort("row", "source", "line")
        for row, source, line in mine.select("row", "source", "line").iter_rows():
            if keys[row] is not None:
                found[keys[row]].append((source, line))
        return found

    def _called(self, name: str, row: int) -> tuple[str | None, str, str]:
        """Key, own name, and the name with that of the school before it."""
        table, frame = self.pack.tables[name], self.tables.frames[name]
        key = frame[row, table.key] if table.key else None
        own = frame[row, table.title] if table.title in frame.columns else None
        above = [
            title
            for parent, column in table.parents.items()
            if parent != _UNIT and (title := self._title(parent).get(frame[row, column]))
        ]
        known = "" if own is None else str(own)
        spoken = known or self._names.get((name, str(key)), "")
        return None if key is None else str(key), known, " ".join([*above[:1], spoken]).strip() or str(key or "")

    def _title(self, name: str) -> Mapping[object, str]:
        if name not in self._titles:
            table: Table = self.pack.tables[name]
            frame = self.tables.frames[name]
            pairs = frame.select(table.key, pl.col(table.title).cast(pl.String).alias("_title")).drop_nulls()
            self._titles[name] = dict(pairs.iter_rows())
        return self._titles[name]
