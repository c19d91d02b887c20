"""A field of the vocabulary → the reader of its cells: raw cell → typed value, each distinct cell read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import assert_never

from checker.intake import codes, dates, numbers, yes_no
from checker.intake.cells import Reading, normal
from checker.model import FieldDef, Pack, Table
from checker.tables.units import UNIT

NO_DUTIES = "none"  # the kind of a unit that owes nothing itself
# Something stood in the cell, but it says no more than an empty one: another sheet may fill it in.
SAYS_NOTHING = frozenset(["dash_ambiguous", "not_known", "no_content", "template_not_filled"])


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
        self.units = codes.unit_names(pack.units)
        # The city itself stands in every title: it owns no schools of its own.
        self.owners = codes.unit_names({code: unit for code, unit in pack.units.items() if unit.kind != NO_DUTIES})
        self._pack, self._received_on = pack, received_on
        self._made: dict[tuple[object, ...], CellReader] = {}

    def unit(self, dated: bool = False) -> CellReader:
        units, day = self._pack.units, self._received_on
        return self._shared((UNIT, dated), lambda raw: codes.read_unit(raw, self.units, units, day, dated))

    def day(self, since_1904: bool = False) -> CellReader:
        return self._shared(("date", "", since_1904), lambda raw: dates.read_date(raw, "", since_1904), "date")

    def of(
        self, table: Table, field: FieldDef, distinct: Callable[[], Iterable[object]], since_1904: bool = False
    ) -> CellReader:
        """`distinct`: the cells of the column, asked for only where one cell is read in the light of the others."""
        points_to = {column: parent for parent, column in {**table.links, **table.parents}.items()}
        if points_to.get(field.id) == UNIT or (table.id == UNIT and field.id == table.key):
            return self.unit(bool(table.dated))
        if field.pattern:
            pattern, names = field.pattern, field.id in points_to
            return self._shared((pattern, names), lambda raw: codes.read_code(raw, pattern, names), pattern)
        label = " ".join([*field.name, *field.header, field.id])
        match field.type:
            case "text":
                return self._shared(("text",), codes.read_text, "text")
            case "yes_no":
                asked, coded = yes_no.reads(label, _numbers(distinct()))
                return self._shared(("yes_no", asked, coded), lambda raw: yes_no.read(raw, asked, coded))
            case "count":
                full_time = "专职" in label or "full_time" in label
                return self._shared(("count", full_time), lambda raw: numbers.read_count(raw, full_time), "count")
            case "number":
                measure = field.measure
                return self._shared(("number", measure), lambda raw: numbers.read_amount(raw, measure), "number")
            case "percent":
                hundreds = numbers.in_hundreds(distinct())
                return self._shared(("percent", hundreds), lambda raw: numbers.read_percent(raw, hundreds), "share")
            case "date":
                asked = dates.reads(label)
                return self._shared(
                    ("date", asked, since_1904), lambda raw: dates.read_date(raw, asked, since_1904), "date"
                )
            case "datetime":
                return self._shared(("datetime", since_1904), lambda raw: dates.read_datetime(raw, since_1904))
            case "choice" | "choices":
                known = codes.labels(field.choices)
                read = codes.read_choice if field.type == "choice" else codes.read_choices
                return self._shared((field.type, field.choices), lambda raw: read(raw, known))
            case _:
                assert_never(field.type)

    def _shared(self, like: tuple[object, ...], read: Callable[[object], Reading], plain: str = "") -> CellReader:
        if like not in self._made:
            self._made[like] = CellReader(read, plain)
        return self._made[like]


def _numbers(cells: Iterable[object]) -> frozenset[float]:
    found = set()
    for cell in cells:
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            found.add(float(cell))
        elif isinstance(cell, str) and (text := normal(cell)).isdecimal():
            found.add(float(text))
    return frozenset(found)
