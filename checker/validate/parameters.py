"""Parameter documents → dated values: exact numbers, durations in one unit, dates in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import cast

from checker.errors import Span, Text
from checker.expr import Kind
from checker.model import Confirmation, Parameter, ParameterValue
from checker.validate.reading import (
    Reader,
    as_day,
    is_identifier,
    read_date,
    read_duration,
    read_number,
    read_percent,
)

KINDS: dict[str, Kind] = {
    "count": "number",
    "number": "number",
    "percent": "percent",
    "date": "date",
    "duration": "duration",
    "yes_no": "yes_no",
    "text": "text",
}
_TRUTH = {"yes": True, "是": True, "no": False, "否": False}


def read_parameters(readers: Sequence[Reader]) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    taken: dict[str, str] = {}
    for reader in readers:
        identifier, name = read_names(reader, taken)
        units: dict[str, Span] = {}
        values = tuple(
            ParameterValue(
                since=as_day(item.text("since")) or date.min,
                until=as_day(item.text("until")),
                source=item.both("source"),
                confirmation=cast(Confirmation, item.text("confirmation", "unconfirmed")),
                value=read_value(item, "value", reader.text("type"), units),
                doc_no=item.text("doc_no"),
                article=item.text("article"),
                span=item.span("since"),
            )
            for item in reader.items("values")
        )
        check_dates(reader)
        found.setdefault(
            identifier,
            Parameter(
                id=identifier,
                name=name,
                kind=KINDS.get(reader.text("type"), "number"),
                values=values,
                unit=one_unit(reader, units),
                span=reader.span("id"),
            ),
        )
    return found


def read_names(reader: Reader, taken: dict[str, str]) -> tuple[str, Text]:
    """Identifiers of both languages: well built, and no other parameter's."""
    identifier = reader.text("id")
    name = Text(reader.both("name", Text(identifier, identifier)).zh, identifier)
    if identifier in taken.values():
        zh, en = f"编号“{identifier}”写了两次", f'the id "{identifier}" is used twice'
        reader.report.error("E59", reader.span("id"), zh, en)
    for word, span in ((identifier, reader.span("id")), (name.zh, reader.span("name"))):
        if word and not is_identifier(word):
            zh = f"“{word}”不能作名称：只用汉字、字母、数字和下划线，不以数字开头"
            en = f'"{word}" cannot be a name: letters, digits and _ only, no digit first'
            reader.report.error("V01", span, zh, en)
        if word and taken.setdefault(word, identifier) != identifier:
            reader.report.error("V03", span, f"“{word}”已是另一个的名称", f'"{word}" already names another one')
    return identifier, name


def read_value(reader: Reader, key: str, kind: str, units: dict[str, Span]) -> bool | Fraction | str | date | None:
    """One value of the declared type; the unit of a duration is noted with its place."""
    text, span, name = reader.text(key), reader.span(key), reader.word(key)
    if not text:
        return None
    if kind == "percent":
        return read_percent(text, span, name, reader.report)
    if kind == "date":
        return read_date(text, span, reader.report)
    if kind == "duration":
        length = read_duration(text, span, reader.report)
        if length is None:
            return None
        units.setdefault(length[1], span)
        return length[0]
    if kind == "yes_no":
        if text not in _TRUTH:
            reader.report.error("E56", span, f"应写“是”或“否”，不是“{text}”", f'must be yes or no, not "{text}"')
        return _TRUTH.get(text)
    if kind in ("count", "number"):
        number = read_number(text, span, name, reader.report)
        if kind == "count" and number is not None and (number < 0 or number.denominator != 1):
            reader.report.error(
                "E57", span, f"个数应是不小于零的整数，不是“{text}”", f'a count is a whole number, not "{text}"'
            )
        return number
    return text


def one_unit(reader: Reader, units: Mapping[str, Span]) -> str:
    if len(units) > 1:
        span = list(units.values())[1]
        zh, en = (
            "各时长的单位要能换算：天、个月、个工作日、小时不能混用",
            "lengths of time must share a unit: days, months, working days, hours",
        )
        reader.report.error("E61", span, zh, en)
    return next(iter(units), "")


def check_dates(reader: Reader) -> None:
    """Dated values in order, none beginning while the one before still holds by its own word."""
    before: tuple[date, date | None] | None = None
    for item in reader.items("values"):
        since, until = item.day("since"), item.day("until")
        if since is None:
            continue
        if until is not None and until < since:
            zh, en = f"止（{until}）早于施行日期（{since}）", f"until ({until}) is before since ({since})"
            reader.report.error("E15", item.span("until"), zh, en)
        if before is not None:
            earlier, end = before
            if since == earlier:
                zh, en = f"两个取值的施行日期相同（{since}）", f"two values start on {since}"
                reader.report.error(
                    "E15", item.span(), zh, en, Text("后一个填其施行日期", "give the later one its own date")
                )
            elif since < earlier:
                zh, en = (
                    f"取值未按施行日期先后排列：{since} 在 {earlier} 之后",
                    f"values out of order: {since} after {earlier}",
                )
                reader.report.error(
                    "E15", item.span(), zh, en, Text("按日期先后排列", "put them in order of their dates")
                )
            elif end is not None and since <= end:
                zh, en = (
                    f"前一个取值到 {end} 才止，与本条（{since}起）重叠",
                    f"the value before holds until {end} and overlaps this one",
                )
                reader.report.error("E15", item.span(), zh, en)
        before = (since, until)
