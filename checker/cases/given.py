"""The facts of a case as written → typed records, linked to each other; what cannot be read is told at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING

from checker.errors import Diagnostic, Text
from checker.lexicon import ROOTS
from checker.model import Case, FieldDef, Pack, Table, Unit

if TYPE_CHECKING:
    import polars as pl

Value = bool | int | float | str | date | list[str]

RECEIVED_ON = "received_on"
RETURNED = ("returned", "收表", "已收表")
_YES_NO = {"yes": True, "是": True, "no": False, "否": False}
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass
class Record:
    """One row: its values, what returns cover for its child tables, and the key by which other rows find it."""

    table: Table
    key: str
    values: dict[str, Value | None] = field(default_factory=dict)
    returned: dict[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """All records of one case; the first is the subject. `own_keys`: the keys that the author wrote."""

    records: tuple[Record, ...]
    own_keys: frozenset[tuple[str, str]]


class _Unreadable(Exception):
    def __init__(self, code: str, zh: str, en: str, hint: Text | None = None) -> None:
        self.code, self.message, self.hint = code, Text(zh, en), hint


def read_facts(pack: Pack, subject: str, case: Case, prefix: str) -> tuple[Facts, list[Diagnostic]]:
    """What is given of one record of `subject` and around it. `prefix` makes the keys differ from those of any other case."""
    reader = _Reader(pack, case, prefix)
    reader.record(pack.tables[subject], case.given, ())
    reader.add_named_units()
    return Facts(tuple(reader.records), frozenset(reader.own_keys)), reader.faults


def frames_of(
    tables: Mapping[str, Table], records: Iterable[Record], schema: Callable[[Table], Mapping[str, pl.DataType]]
) -> dict[str, pl.DataFrame]:
    """Every table, with the records that it has."""
    import polars as pl

    rows: dict[str, list[dict[str, object]]] = {name: [] for name in tables}
    returned: dict[str, set[str]] = {name: set() for name in tables}
    for record in records:
        covered = {f"_returned_{child}": until for child, until in record.returned.items()}
        returned[record.table.id] |= set(covered)
        rows[record.table.id].append({**record.values, **covered})
    return {
        name: pl.DataFrame(
            rows[name], schema={**schema(table), **dict.fromkeys(sorted(returned[name]), pl.Date())}, orient="row"
        )
        for name, table in tables.items()
    }


@dataclass
class _Reader:
    pack: Pack
    case: Case
    prefix: str
    records: list[Record] = field(default_factory=list)
    own_keys: set[tuple[str, str]] = field(default_factory=set)
    faults: list[Diagnostic] = field(default_factory=list)

    def record(self, table: Table, given: Mapping[str, object], around: tuple[Record, ...]) -> Record:
        """One row with everything written inside it. `around`: the records that it stands in, outermost first."""
        record = Record(table, f"{self.prefix}.{len(self.records) + 1}")
        self.records.append(record)
        tables: list[tuple[str, Table, object]] = []
        for name, raw in given.items():
            try:
                below = self._entry(record, name, raw)
            except _Unreadable as fault:
                self._fault(fault)
                continue
            if below is not None:
                tables.append((name, below, raw))
        written = record.values.get(table.key)
        if written is not None:
            record.key = str(written)
            self.own_keys.add((table.id, record.key))
        elif table.key:
            record.values[table.key] = record.key
        for outer in around:
            # A row below a record belongs to it, and to all around it that its table knows as parents.
            link = table.parents.get(outer.table.id)
            if link is not None:
                record.values.setdefault(link, outer.key)
        above: dict[tuple[str, ...], Record] = {(): record}
        # The nearer ancestor first: the way to the farther one leads through it.
        for name, below, raw in sorted(tables, key=lambda each: len(_way(self.pack, table, each[1].id))):
            try:
                self._related(record, name, below, raw, around, above)
            except _Unreadable as fault:
                self._fault(fault)
        return record

    def _entry(self, record: Record, name: str, raw: object) -> Table | None:
        """Fills a field and gives None, or gives the table that `name` means."""
        table = record.table
        found = table.fields.get(name) or next((f for f in table.fields.values() if name in f.name), None)
        if found is not None:
            record.values[found.id] = read_value(found, raw)
            return None
        if name in ROOTS[RECEIVED_ON]:
            record.values[RECEIVED_ON] = _day(_scalar(raw, name))
            return None
        if name in RETURNED:
            record.returned.update(self._returns(table, raw))
            return None
        other = table_named(self.pack, name)
        if other is None:
            raise self._unknown(table, name)
        return other

    def _returns(self, table: Table, raw: object) -> dict[str, date]:
        if not isinstance(raw, Mapping):
            raise _Unreadable(
                "E13", "收表要写明哪张表收到哪一天", "returned needs a table and a day",
                Text("如 returned: {drill: 2020-03-31}", "as in returned: {drill: 2020-03-31}"),
            )  # fmt: skip
        found = {}
        for name, day in raw.items():
            child = table_named(self.pack, str(name))
            if child is None or table.id not in child.parents:
                raise _Unreadable(
                    "E11",
                    f"“{table.label.zh}”没有名为“{name}”的下级表",
                    f'{table.id} has no child table "{name}"',
                )
            found[child.id] = _day(_scalar(day, str(name)))
        return found

    def _related(
        self,
        record: Record,
        name: str,
        other: Table,
        raw: object,
        around: tuple[Record, ...],
        above: dict[tuple[str, ...], Record],
    ) -> None:
        """A list holds rows of a child table, a mapping the ancestor or linked record."""
        if isinstance(raw, list):
            if record.table.id not in other.parents:
                raise _Unreadable(
                    "E11",
                    f"“{other.label.zh}”不是“{record.table.label.zh}”的下级表",
                    f"{other.id} is not a child table of {record.table.id}",
                )
            for row in raw:
                if not isinstance(row, Mapping):
                    raise _Unreadable(
                        "E13",
                        f"“{name}”的每一行要写成“列: 值”",
                        f'every row of "{name}" is written as field: value',
                        Text(f"如 {name}: [{{…}}, {{…}}]", f"as {name}: [{{…}}, {{…}}]"),
                    )
                self.record(other, row, (*around, record))
            return
        way = _way(self.pack, record.table, other.id)
        if not isinstance(raw, Mapping) or not way:
            raise _Unreadable(
                "E13", f"“{name}”是一张表，不能这样写", f'"{name}" is a table and cannot be written like this',
                Text(f"下级记录写成列表：{name}: [{{…}}]", f"write child rows as a list: {name}: [{{…}}]"),
            )  # fmt: skip
        for depth in range(1, len(way)):
            self._step(above, way[:depth], {})
        self._step(above, way, raw)

    def _step(self, above: dict[tuple[str, ...], Record], way: tuple[str, ...], given: Mapping[str, object]) -> None:
        """The record at the end of `way`, made and linked to the one before it; one that is there already is kept."""
        if way in above:
            return
        before = above[way[:-1]]
        link = before.table.parents.get(way[-1]) or before.table.links[way[-1]]
        table = self.pack.tables[way[-1]]
        written = before.values.get(link)
        known = {table.key: written, **given} if isinstance(written, str) and table.key not in given else given
        record = self.record(table, known, ())
        before.values[link] = record.key
        above[way] = record

    def add_named_units(self) -> None:
        """A unit of the pack that the facts name by its code is there, with its successors, as in every real run."""
        table = self.pack.tables.get("unit")
        if table is None:
            return
        present = {record.key: record for record in self.records if record.table.id == "unit"}
        for record in present.values():
            if record.key in self.pack.units:
                record.values = {**_unit_facts(self.pack.units[record.key], table), **record.values}
        links = [(r, {**r.table.parents, **r.table.links}.get("unit")) for r in self.records]
        wanted = [str(record.values[link]) for record, link in links if link and record.values.get(link) is not None]
        wanted += [str(record.values.get("successor") or "") for record in present.values()]
        while wanted:
            code = wanted.pop()
            if code in present or code not in self.pack.units:
                continue
            unit = self.pack.units[code]
            present[code] = Record(table, code, _unit_facts(unit, table))
            self.records.append(present[code])
            self.own_keys.add(("unit", code))
            wanted.append(unit.successor)

    def _unknown(self, table: Table, name: str) -> _Unreadable:
        for definition in table.define.values():
            if name == definition.id or name in definition.name:
                return _Unreadable(
                    "E11",
                    f"“{name}”是按其他列推出来的，不能直接给定",
                    f'"{name}" follows from other fields and cannot be given',
                    Text(f"请给定它所依据的列：{definition.expression.text}", f"give: {definition.expression.text}"),
                )
        known = [word for each in table.fields.values() for word in (each.id, *each.name)]
        known += [word for other in self.pack.tables.values() for word in (other.id, other.label.zh)]
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = Text(f"是否应为“{near[0]}”？", f'did you mean "{near[0]}"?') if near else None
        return _Unreadable(
            "E11", f"“{table.label.zh}”没有名为“{name}”的列", f'no field "{name}" in table {table.id}', hint
        )

    def _fault(self, fault: _Unreadable) -> None:
        told = Text(f"样例“{self.case.name}”：{fault.message.zh}", f'case "{self.case.name}": {fault.message.en}')
        span = self.case.given_span if self.case.given_span.line else self.case.span
        self.faults.append(Diagnostic(fault.code, span, told, fault.hint))


# --- names -------------------------------------------------------------------------------------------


def table_named(pack: Pack, name: str) -> Table | None:
    return pack.tables.get(name) or next((t for t in pack.tables.values() if t.label.zh == name), None)


def _way(pack: Pack, start: Table, goal: str) -> tuple[str, ...]:
    """The tables to walk from a record to an ancestor, or to one linked directly; the shortest way, () if none."""
    frontier: list[tuple[str, ...]] = [(parent,) for parent in start.parents]
    for way in frontier:  # grows while it is walked: nearest first
        if way[-1] == goal:
            return way
        frontier += [(*way, parent) for parent in pack.tables[way[-1]].parents if parent not in way]
    return (goal,) if goal in start.links else ()


def _unit_facts(unit: Unit, table: Table) -> dict[str, Value | None]:
    facts: dict[str, Value | None] = {
        "code": unit.code,
        "name": unit.name.zh,
        "kind": unit.kind,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "successor": unit.successor or None,
    }
    return {name: value for name, value in facts.items() if name in table.fields}


# --- values ------------------------------------------------------------------------------------------


def read_value(declared: FieldDef, raw: object) -> Value | None:
    """The text in the type of its field; an empty text is a missing value."""
    if declared.type == "choices":
        return _choices(declared, raw)
    text = _scalar(raw, declared.name.zh)
    if not text:
        return None
    match declared.type:
        case "text":
            return text
        case "yes_no":
            if text not in _YES_NO:
                raise differences(declared, text, Text("“是”或“否”", "yes or no"))
            return _YES_NO[text]
        case "count":
            if not _NUMBER.fullmatch(text) or Fraction(text).denominator != 1:
                raise differences(declared, text, Text("整数", "a whole number"))
            return int(Fraction(text))
        case "number":
            if not _NUMBER.fullmatch(text):
                raise differences(declared, text, Text("数", "a number"))
            return float(Fraction(text))
        case "percent":
            return _percent(declared, text)
        case "date":
            return _day(text)
        case "datetime":
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                raise differences(
                    declared, text, Text("时间，如 2020-05-01T10:00", "a time as 2020-05-01T10:00")
                ) from None
        case "choice":
            return _choice(declared, text)


def _scalar(raw: object, name: str) -> str:
    if not isinstance(raw, str):
        raise _Unreadable("E13", f"“{name}”只能有一个值", f'"{name}" takes one value')
    return raw.strip()


def differences(declared: FieldDef, text: str, wanted: Text) -> _Unreadable:
    return _Unreadable(
        "E13",
        f"“{declared.name.zh}”应是{wanted.zh}，不是“{text}”",
        f'"{declared.id}" must be {wanted.en}, not "{text}"',
    )


def _percent(declared: FieldDef, text: str) -> float:
    """95% or, as a part of one, 0.95."""
    plain = text.replace("％", "%").removesuffix("%").strip()
    is_percent = plain != text
    if not _NUMBER.fullmatch(plain) or (not is_percent and Fraction(plain) > 1):
        raise differences(declared, text, Text("百分比，如 95%", "a percentage, as 95%"))
    return float(Fraction(plain) / 100 if is_percent else Fraction(plain))


def _day(text: str) -> date:
    # fromisoformat alone would also take 20191231 and 2019-W01-1.
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        return date(*map(int, found.groups()))
    except ValueError:
        message = Text(f"日期写法应为 2019-12-31，不是“{text}”", f'write dates as 2019-12-31, not "{text}"')
        raise _Unreadable("E10", *message) from None


def _choice(declared: FieldDef, text: str) -> str:
    found = next((c for c in declared.choices if text == c.code or text in c.label or text in c.aliases), None)
    if found is not None:
        return found.code
    labels, codes = [c.label.zh for c in declared.choices], [c.code for c in declared.choices]
    raise _Unreadable(
        "E12",
        f"“{declared.name.zh}”没有选项“{text}”",
        f'{declared.id} has no choice "{text}"',
        Text(f"可选：{'、'.join(labels)}", f"choices: {', '.join(codes)}"),
    )


def _choices(declared: FieldDef, raw: object) -> list[str] | None:
    """A list; one text stands for a list of one. An empty list is known to be empty."""
    if isinstance(raw, list):
        return [_choice(declared, text) for text in _texts(raw, declared)]
    text = _scalar(raw, declared.name.zh)
    return [_choice(declared, part.strip()) for part in re.split("[、,，]", text)] if text else None


def _texts(raw: list[object], declared: FieldDef) -> Iterator[str]:
    for part in raw:
        yield _scalar(part, declared.name.zh)
