"""A field of the vocabulary → the reader of its cells: raw cell → typed value, each distinct cell read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from math import inf
from typing import assert_never

from checker.intake import choices, codes, dates, numbers, percents, periods, places, statements, yes_no
from checker.intake.cells import Reading, normal
from checker.model import FieldDef, Pack, Table
from checker.tables.units import UNIT
from checker.units import WITHOUT_DUTIES

# Something stood in the cell, but it says no more than an empty one: another sheet may fill it in.
SAYS_NOTHING = frozenset(["dash_ambiguous", "not_known", "no_content", "template_not_filled"])

_MOST_KNOWN = 100_000
_BY_COLUMN = ("yes_no", "percent")  # one cell may be read in the light of the others
_MOST, _LONGEST_NUMBER = 10**9, 12  # more is no coding of yes and no


class CellReader(dict[object, object]):
    """Raw cell → value. `noted`: the cells among them that raise a doubt. `plain`: the form that needs no reading."""

    def __init__(self, read: Callable[[object], Reading], plain: str = "") -> None:
        super().__init__()
        self._read = read
        self.plain = plain
        self.is_share = plain == "share"
        self.noted: dict[object, Reading] = {}

    def __missing__(self, raw: object) -> object:
        found = self._read(raw)
        if found.kind:
            self.noted[raw] = found
        self[raw] = found.value
        return found.value


class Readers:
    """The readers of one pack. Columns that read alike share one, so a cell is understood once for a whole workbook."""

    def __init__(self, pack: Pack, received_on: date | None = None) -> None:
        self.units = places.spellings(pack.units, WITHOUT_DUTIES)
        # The city itself stands in every title: it owns no schools of its own.
        self.owners = places.unit_names(
            {code: unit for code, unit in pack.units.items() if unit.kind != WITHOUT_DUTIES}
        )
        self._pack, self._received_on = pack, received_on
        self._made: dict[tuple[object, ...], CellReader] = {}
        self._of: dict[tuple[str, str, bool], CellReader] = {}
        provinces = {codes.province_of(code) for code in pack.units} - {""}
        self._province = provinces.pop() if len(provinces) == 1 else ""

    def forget(self) -> None:
        """Between two pieces of a long sheet: what was read is not needed again, and there may be no end of it."""
        for reader in self._made.values():
            if len(reader) > _MOST_KNOWN:
                reader.clear()
                reader.noted.clear()

    def unit(self, dated: bool = False) -> CellReader:
        units, day = self._pack.units, self._received_on
        return self._shared((UNIT, dated), lambda raw: places.read_unit(raw, self.units, units, day, dated))

    def day(self, since_1904: bool = False) -> CellReader:
        return self._dated(periods.Column("", since_1904, self._received_on))

    def of(
        self, table: Table, field: FieldDef, distinct: Callable[[], Iterable[object]], since_1904: bool = False
    ) -> CellReader:
        """`distinct`: the cells of the column, asked for only where the type is read by column."""
        if field.type in _BY_COLUMN:
            return self._reader(table, field, distinct, since_1904)
        like = (table.id, field.id, since_1904)
        if like not in self._of:
            self._of[like] = self._reader(table, field, distinct, since_1904)
        return self._of[like]

    def _reader(
        self, table: Table, field: FieldDef, distinct: Callable[[], Iterable[object]], since_1904: bool
    ) -> CellReader:
        points_to = {column: parent for parent, column in {**table.links, **table.parents}.items()}
        if points_to.get(field.id) == UNIT or (table.id == UNIT and field.id == table.key):
            return self.unit(bool(table.dated))
        if field.pattern:
            pattern, names, province = field.pattern, field.id in points_to, self._province
            return self._shared((pattern, names), lambda raw: codes.read_code(raw, pattern, names, province), pattern)
        label = " ".join(dict.fromkeys([*field.name, *field.header, field.id]))
        match field.type:
            case "text":
                return self._shared(("text",), codes.read_text, "text")
            case "yes_no":
                asked = statements.column(label, _numbers(distinct()), self._received_on)
                return self._shared(("yes_no", asked), lambda raw: yes_no.read(raw, asked))
            case "count":
                numbered = numbers.Column(label, field.measure, "专职" in label or "full_time" in label)
                return self._shared(("count", numbered), lambda raw: numbers.read_count(raw, numbered), "count")
            case "number":
                measured = numbers.Column(label, field.measure)
                plain = "" if field.measure in numbers.LARGE else "number"  # each number is looked at
                return self._shared(("number", measured), lambda raw: numbers.read_amount(raw, measured), plain)
            case "percent":
                scale = percents.scale(distinct())
                return self._shared(("percent", scale), lambda raw: percents.read_percent(raw, scale), "share")
            case "date":
                return self._dated(periods.Column(dates.reads(label), since_1904, self._received_on))
            case "datetime":
                moment = periods.Column("", since_1904, self._received_on)
                return self._shared(("datetime", moment), lambda raw: dates.read_datetime(raw, moment))
            case "choice":
                among = choices.options(field)
                return self._shared(("choice", field.id, field.choices), lambda raw: choices.read_choice(raw, among))
            case "choices":
                several = choices.options(field)
                return self._shared(
                    ("choices", field.id, field.choices), lambda raw: choices.read_choices(raw, several)
                )
            case _:
                assert_never(field.type)

    def _dated(self, column: periods.Column) -> CellReader:
        return self._shared(("date", column), lambda raw: dates.read_date(raw, column), "date")

    def _shared(self, like: tuple[object, ...], read: Callable[[object], Reading], plain: str = "") -> CellReader:
        if like not in self._made:
            self._made[like] = CellReader(read, plain)
        return self._made[like]


def _numbers(cells: Iterable[object]) -> frozenset[float]:
    found = set()
    for cell in cells:
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            found.add(float(cell) if abs(cell) < _MOST else inf)
        elif isinstance(cell, str) and len(cell) < _LONGEST_NUMBER and (text := normal(cell)).isdecimal():
            found.add(float(text))
    return frozenset(found)
