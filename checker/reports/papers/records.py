"""Records as they were reported → lines, each with what was found about it; nothing that a county wrote is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import polars as pl

from checker.model import FieldDef, Table
from checker.papers import NUMBER
from checker.render import shown_value
from checker.reports.papers.material import Material
from checker.reports.papers.slots import Line, Value


def lines(material: Material, table: Table) -> list[Line]:
    """All records of the units that are told of, by unit; those of the day of the question, that had come by then."""
    units = material.units()
    order = {code: place for place, code in enumerate(units)}
    there = (
        _placed(material, table)
        .filter(pl.col(":unit").is_in(units), *_there(material, table))
        .sort(pl.col(":unit").replace_strict(order, default=None, return_dtype=pl.Int32), maintain_order=True)
    )
    return _told(material, table, there)


def one(material: Material, table: Table, key: str) -> Line:
    """The record that a paper is about."""
    return _told(material, table, _placed(material, table).filter(pl.col(table.key) == key).head(1))[0]


def _placed(material: Material, table: Table) -> pl.DataFrame:
    unit = material.places[table.id]["unit"].alias(":unit")
    return material.run.tables.frames[table.id].with_columns(
        unit, pl.int_range(pl.len(), dtype=pl.UInt32).alias(":row")
    )


def _told(material: Material, table: Table, placed: pl.DataFrame) -> list[Line]:
    above = {parent: _by_key(material, parent) for parent in table.parents if parent in material.run.tables.frames}
    hints = _hints(material, table)
    counted: dict[str, int] = {}
    found: list[Line] = []
    for row in placed.iter_rows(named=True):
        unit = row[":unit"]
        counted[unit] = counted.get(unit, 0) + 1
        line: dict[str, Value] = {
            NUMBER: counted[unit],
            "单位": material.names.unit(unit),
            "核对提示": hints.get(row[":row"]),
            **_own(table, row),
        }
        for parent, keys in above.items():
            known = material.run.plan.pack.tables[parent]
            line |= {
                f"{known.label.zh}.{name}": value
                for name, value in _own(known, keys.get(row[table.parents[parent]], {})).items()
            }
        found.append(line)
    return found


def _own(table: Table, row: dict[str, object]) -> dict[str, Value]:
    """The fields of one record under their Chinese names."""
    return {declared.name.zh: _value(declared, row.get(declared.id)) for declared in table.fields.values()}


def _value(declared: FieldDef, value: object) -> Value:
    match value:
        case None:
            return None
        case datetime():
            return value.date()
        case date():
            return value
        case bool():
            return shown_value(value, declared, "zh")
        case int() | float() if declared.type != "percent":
            return value
    return shown_value(value, declared, "zh")


def _there(material: Material, table: Table) -> Iterator[pl.Expr]:
    plan = material.run.plan
    if table.dated:
        yield (pl.col(table.dated).cast(pl.Date) <= plan.as_of).fill_null(True)
    if plan.known_at is not None:
        yield (pl.col("received_on") <= plan.known_at).fill_null(True)


def _by_key(material: Material, table: str) -> dict[object, dict[str, object]]:
    key = material.run.plan.pack.tables[table].key
    return {row[key]: row for row in material.run.tables.frames[table].iter_rows(named=True) if row[key] is not None}


def _hints(material: Material, table: Table) -> dict[int, str]:
    """Row → what was found about the record itself, each with the number that all papers use."""
    told: dict[int, list[str]] = {}
    mine = material.findings.filter((pl.col("subject") == table.id) & (pl.col("status") != "not_due"))
    for row in mine.iter_rows(named=True):
        days = row["days_overdue"]
        word = "经批准延期" if row["deferred"] else "待核" if row["verdict"] == "unknown" else "不达标"
        late = f"，已逾期{days}天" if days is not None and row["verdict"] == "fail" and not row["deferred"] else ""
        told.setdefault(row["row"], []).append(f"{row['number']} {row['title']}：{word}{late}")
    return {row: "；".join(parts) for row, parts in told.items()}
