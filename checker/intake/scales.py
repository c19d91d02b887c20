"""A heading or a title that tells in which unit numbers are written (万元, 百人, 小时) → the cells in the unit of their field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple, Protocol

from checker.errors import Text
from checker.intake import kinds
from checker.intake.amounts import counts_persons, is_measure, ratio
from checker.intake.cells import normal
from checker.intake.columns import Raw
from checker.intake.grid import Grid
from checker.intake.layout import Layout
from checker.intake.rows import is_unit_row
from checker.model import Table
from checker.tables.questions import Kind, Said

_BRACKETED = re.compile(r"[(（\[【]\s*(?:单位\s*[:：]?)?\s*([^()（）\[\]【】]{1,6}?)\s*[)）\]】]")
_TITLE = re.compile(r"(?<![\u4e00-\u9fff])(?:计量)?单位\s*[:：]\s*([^\s:：]{1,20})")
_PARTS = re.compile(r"[、,，/／;；和]")
_TIMES = {"百": 100, "千": 1000, "万": 10_000, "百万": 1_000_000, "亿": 100_000_000}
_MANY = re.compile(r"(百万|[百千万亿])(.*)")
_OF_PERSONS = ("人", "名", "个", "")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


class Scale(NamedTuple):
    """Numbers under the heading are in `unit`: `factor` of the field's own."""

    unit: str
    factor: Decimal


def scales(layout: Layout, table: Table, grid: Grid) -> dict[int, Scale]:
    """Column → how its numbers are written, where that is not the unit of its field: the heading, a row of units under it,
    or a title says so."""
    rows = grid.head(layout.bottom + 2) if layout.bottom >= 0 else []
    above, below = rows[: max(layout.top, 0)], rows[-1] if len(rows) > layout.bottom + 1 else []
    units = below if is_unit_row(below) else []
    titled = [
        unit
        for row in above
        for cell in row
        if isinstance(cell, str) and (said := _TITLE.search(unicodedata.normalize("NFKC", cell))) is not None
        for unit in _PARTS.split(said[1])
    ]
    leaves = {head.column: head.leaf for head in layout.heads}
    found = {}
    for column, name in layout.fields.items():
        field = table.fields.get(name)
        if field is None or field.type not in ("count", "number") or column in layout.by_neighbour:
            continue
        leaf = (
            f"{leaves.get(column, '')}({normal(units[column]).strip('()')})"
            if column < len(units)
            else leaves.get(column, "")
        )
        own = _BRACKETED.findall(unicodedata.normalize("NFKC", leaf))
        label = "".join(field.name)
        hits = [
            Scale(unit, times) for unit in own or titled if (times := _times(unit, field.measure, label)) is not None
        ]
        if len(hits) == 1 and hits[0].factor != 1:
            found[column] = hits[0]
    layout.told |= set(found)
    return found


def other_measures(heading: str, measure: str) -> list[str]:
    """分钟 where lessons are asked for: no factor leads from the one to the other."""
    said = _BRACKETED.findall(unicodedata.normalize("NFKC", heading))
    return [unit for unit in said if is_measure(unit) and is_measure(measure) and ratio(unit, measure) is None]


def _times(unit: str, measure: str, label: str) -> Decimal | None:
    if (exact := ratio(unit, measure)) is not None:
        return exact
    many = _MANY.fullmatch(unit)
    if many is None:
        return None
    if measure:
        within = ratio(many[2], measure) if many[2] else None
        return None if within is None else within * _TIMES[many[1]]
    return Decimal(_TIMES[many[1]]) if many[2] in _OF_PERSONS and counts_persons(label) else None


class Ask(Protocol):
    def __call__(self, kind: Kind, cell: str, *, field: str, raw: str, values: Mapping[str, Said]) -> None: ...


def ask_scales(found: Mapping[int, Scale], grid: Grid, layout: Layout, name: Callable[[str], Text], ask: Ask) -> None:
    for column, scale in found.items():
        place = f"{grid.column_name(column)}{layout.bottom + 1}"
        factor, field = f"{scale.factor.normalize():f}", layout.fields[column]
        said: dict[str, Said] = {"field": name(field), "unit": scale.unit, "factor": factor}
        ask(kinds.HEAD_UNIT, place, field=field, raw=scale.unit, values=said)


def scaled(raw: Raw, scale: Scale) -> Raw:
    """Bare numbers in the unit of the field; a cell that says more is left."""
    return [_one(cell, scale.factor) for cell in raw]


def _one(cell: object, factor: Decimal) -> object:
    if cell is None:
        return ""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return cell
    text = normal(cell)
    return float(Decimal(text) * factor) if _NUMBER.fullmatch(text) else cell
