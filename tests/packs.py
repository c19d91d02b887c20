"""Small packs for tests: tables written in one line each → Pack, without any file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from checker.errors import Text
from checker.model import Choice, FieldDef, FieldType, Pack, Table, Unit


def text(zh: str, en: str = "") -> Text:
    return Text(zh, en or zh)


def field(id: str, zh: str = "", type: FieldType = "text", **more: Any) -> FieldDef:
    """`choices`: code → label, or code → (label, alias …). `by_rule`: code → more spellings of it that are asked about.
    `header`: the printed heading, by default the name.
    """
    name = text(zh or id, id)
    by_rule = more.pop("by_rule", {})
    choices = tuple(
        Choice(
            code,
            text(*((label, code) if isinstance(label, str) else (label[0], code))),
            _rest(label),
            tuple(by_rule.get(code, ())),
        )
        for code, label in more.pop("choices", {}).items()
    )
    header = more.pop("header", "")
    more["aliases"] = tuple(more.get("aliases", ()))
    return FieldDef(id=id, name=name, type=type, header=text(header) if header else name, choices=choices, **more)


def _rest(label: str | tuple[str, ...]) -> tuple[str, ...]:
    return () if isinstance(label, str) else tuple(label[1:])


def table(id: str, zh: str, *fields: FieldDef, key: str = "", title: str = "", **more: Any) -> Table:
    more["aliases"] = tuple(more.get("aliases", ()))
    return Table(
        id=id,
        label=text(zh, id),
        key=key,
        title=title or key,
        fields={each.id: each for each in fields},
        define=more.pop("define", {}),
        **more,
    )


UNIT = table(
    "unit",
    "单位",
    field("code", "单位代码"),
    field("name", "单位名称"),
    field("kind", "单位类别", "choice", choices={"county": "县（市、区）", "functional_area": "功能区"}),
    field("valid_from", "启用日期", "date"),
    field("valid_to", "停用日期", "date"),
    field("successor", "承接单位代码"),
    key="code",
    title="name",
)

QIDONG = Unit("320681", text("启东市", "Qidong"), "QD", "county", aliases=("启东",))
HAIMEN = Unit(
    "320684", text("海门市", "Haimen"), "HM", "county", valid_to=date(2020, 7, 2), successor="320614", aliases=("海门",)
)
HAIMEN_DISTRICT = Unit(
    "320614", text("海门区", "Haimen District"), "HQ", "county", valid_from=date(2020, 7, 3), aliases=("海门",)
)
UNITS = (QIDONG, HAIMEN, HAIMEN_DISTRICT)


def tiny_pack(tables: Iterable[Table] = (), units: Iterable[Unit] = UNITS, **more: Any) -> Pack:
    """A pack of these tables and the table `unit`; every other part is empty unless given by its name."""
    known = {each.id: each for each in tables}
    known.setdefault("unit", UNIT)
    empty: Mapping[str, Any] = {
        "id": "tiny",
        "version": "0",
        "title": text("试验方案", "Tiny plan"),
        "language": "zh",
        "source_title": text("原文", "source"),
        "source_text": "",
        "text_status": (),
        "begins": None,
        "ends": None,
        "phases": {},
        "phase_names": {},
        "parameters": {},
        "scales": {},
        "rules": (),
        "clauses": {},
        "gates": (),
        "calendars": {},
        "working_days": None,
        "root": "",
        "digest": "",
    }
    return Pack(**{**empty, **more, "tables": known, "units": {unit.code: unit for unit in units}})
