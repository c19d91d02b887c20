"""Sheets and columns as they were understood → the words for it, and the table of columns with confidence and samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.errors import Language, Text
from checker.model import Pack
from checker.reports.text import width
from checker.understood import Column, How, Sheet, Suggestion

_HOW: dict[How, Text] = {
    "confirmed": Text("按对照表", "by mapping"),
    "exact": Text("表头相同", "same heading"),
    "alias": Text("别名", "other name"),
    "loose": Text("写法相近", "same but for marks"),
    "neighbour": Text("按前一列推定", "by the column before"),
    "parent_name": Text("上级名称", "name of the parent"),
    "ambiguous": Text("可能是几列", "may be several"),
    "second": Text("另有一列相同", "another column is it"),
    "suggested": Text("未确认", "not confirmed"),
    "unknown": Text("未认出", "not known"),
    "headless": Text("没有表头", "no heading"),
    "serial": Text("序号", "row numbers"),
    "remark": Text("备注", "remarks"),
    "skipped": Text("按对照表或答复不读", "skipped by a mapping or an answer"),
}


def heading(column: Column, lang: Language) -> str:
    return column.heading[-1] if column.heading else Text(f"{column.place}列", f"column {column.place}").of(lang)


def table_name(pack: Pack, table: str, lang: Language) -> str:
    known = pack.tables.get(table)
    return known.label.of(lang) if known is not None else Text("收表记录", "returns").of(lang)


def field_name(pack: Pack, table: str, field: str, lang: Language) -> str:
    known = pack.tables.get(table)
    if known is not None and field in known.fields:
        return known.fields[field].name.of(lang)
    return Text("收到日期", "received_on").of(lang) if field == "received_on" else field


def how_read(column: Column, lang: Language) -> str:
    """98% 别名; without a figure for a column that is not read."""
    return f"{column.confidence:.0%} {_HOW[column.how].of(lang)}" if column.is_read else _HOW[column.how].of(lang)


def maybe(names: Sequence[tuple[str, Suggestion]], lang: Language) -> str:
    """What something may be, with the name of each suggestion."""
    said = ("、" if lang == "zh" else ", ").join(f"{name} {each.confidence:.0%}" for name, each in names)
    return (f"可能是 {said}" if lang == "zh" else f"perhaps {said}") if said else ""


def maybe_fields(pack: Pack, table: str, column: Column, lang: Language) -> str:
    return maybe([(field_name(pack, table, each.name, lang), each) for each in column.suggestions], lang)


def maybe_tables(pack: Pack, sheet: Sheet, lang: Language) -> str:
    return maybe([(table_name(pack, each.name, lang), each) for each in sheet.suggestions], lang)


def columns(pack: Pack, sheet: Sheet, lang: Language) -> Iterator[str]:
    """The columns as a table: place, heading, field, how surely, samples or what a column may be."""
    rows = [
        (
            column.place,
            " / ".join(column.heading) or "—",
            field_name(pack, sheet.table, column.field, lang) or "—",
            how_read(column, lang),
            "　".join(filter(None, [" | ".join(column.samples), maybe_fields(pack, sheet.table, column, lang)])),
        )
        for column in sheet.columns
    ]
    wide = [max(width(row[at]) for row in rows) for at in range(4)] if rows else []
    for row in rows:
        padded = [text + " " * (wide[at] - width(text)) for at, text in enumerate(row[:4])]
        yield "  ".join([*padded, row[4]]).rstrip()
