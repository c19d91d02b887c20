"""A mapping document + the pack that it is for → what it says about sheets and databases, and everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from checker.errors import Diagnostic, Text, in_order
from checker.mapping import Coding, ColumnMap, DatabaseMap, DataMap, SheetMap
from checker.model import Document, Pack, Table
from checker.validate import shape
from checker.validate.reading import Reader, Report, did_you_mean
from checker.words import SKIP

_EVERY_ROW = {"received_on": Text("收到日期", "received_on")}
_PASSWORD = re.compile(r"://[^/@\s]*:[^/@\s]*@|[?&;](?:password|passwd|pwd)=", re.IGNORECASE)


def read_mapping(document: Document, pack: Pack) -> tuple[DataMap, list[Diagnostic]]:
    report = Report()
    if () not in document.spans:
        return DataMap(), []  # what is wrong with the file as YAML has been told
    if document.kind != "mapping":
        first = Reader.of(document, report)
        zh, en = "这不是对照表：第一行应为“格式: 对照表/1”", 'no mapping: the first line should be "schema: mapping/1"'
        report.error("E56", first.span("schema"), zh, en)
        return DataMap(), report.diagnostics
    report.diagnostics += shape.faults(document)
    root = Reader.of(document, report)
    sheets = tuple(_sheet(entry, pack) for entry in root.items("sheets"))
    databases = tuple(_database(entry, pack) for entry in root.items("databases"))
    return DataMap(sheets, databases), in_order(report.diagnostics)


def _sheet(entry: Reader, pack: Pack) -> SheetMap:
    table = _table(entry, "table", pack)
    skip = entry.flag("skip")
    if skip and (entry.has("columns") or entry.has("header")):
        zh, en = "写了“不读”，就不能再写表头行和列", "a sheet that is skipped has no heading and no columns"
        entry.report.error("E61", entry.key_span("skip"), zh, en)
    return SheetMap(
        entry.text("file"),
        entry.text("sheet"),
        table.id if table is not None else "",
        skip,
        _header(entry),
        entry.text("hidden") == "read",
        _columns(entry, table),
        entry.span(),
        entry.span("header"),
    )


def _database(entry: Reader, pack: Pack) -> DatabaseMap:
    table = _table(entry, "into", pack)
    if _PASSWORD.search(entry.text("url")):
        zh, en = "地址里写了口令", "the address holds a password"
        hint = Text(
            "删去用户名和口令；用环境变量 CHECKER_DB_USER、CHECKER_DB_PASSWORD 提供",
            "take out user and password; give them in CHECKER_DB_USER and CHECKER_DB_PASSWORD",
        )
        entry.report.error("E62", entry.span("url"), zh, en, hint)
    if entry.has("table") == entry.has("query"):
        zh, en = "“表”和“查询”要写一个，也只能写一个", 'either "table" or "query", and not both'
        entry.report.error("E61", entry.span("url"), zh, en)
    return DatabaseMap(
        entry.text("url"),
        table.id if table is not None else "",
        entry.text("table"),
        entry.text("query"),
        _columns(entry, table),
        entry.span(),
    )


def _header(entry: Reader) -> tuple[int, int] | None:
    numbers = [int(number) for number in re.findall(r"\d+", entry.text("header"))]
    if not numbers or len(numbers) > 2:
        return None
    first, last = numbers[0], numbers[-1]
    if first > last:
        zh, en = f"表头行由上到下写：{last}-{first}", f"write the rows of the heading downwards: {last}-{first}"
        entry.report.error("E57", entry.span("header"), zh, en)
    return first, last


# --- names ---------------------------------------------------------------------------------------


def _table(entry: Reader, key: str, pack: Pack) -> Table | None:
    written = entry.text(key)
    if not written:
        return None
    for table in pack.tables.values():
        if written in (table.id, *table.label, *table.aliases):
            return table
    names = [name for table in pack.tables.values() for name in (table.label.zh, table.id, *table.aliases)]
    known = Text(
        f"规则包中的表：{'、'.join(table.label.zh for table in pack.tables.values())}",
        f"tables of the pack: {', '.join(pack.tables)}",
    )
    zh, en = f"规则包里没有叫“{written}”的表", f'no table "{written}" in the pack'
    entry.report.error("E21", entry.span(key), zh, en, did_you_mean(written, names, known))
    return None


def _field(entry: Reader, steps: tuple[str, ...], written: str, table: Table) -> str:
    """The id of a field named by id, name or printed heading; "" if there is none."""
    for field in table.fields.values():
        if written in (field.id, *field.name, *field.header):
            return field.id
    for name, text in _EVERY_ROW.items():
        if written in (name, *text):
            return name
    names = [name for field in table.fields.values() for name in (*field.name, *field.header)]
    zh, en = f"{table.label.zh}没有名为“{written}”的列", f'no field "{written}" in table {table.id}'
    listed = Text(
        f"可写：{'、'.join(field.name.zh for field in table.fields.values())}", f"fields: {', '.join(table.fields)}"
    )
    entry.report.error("E11", entry.span(*steps), zh, en, did_you_mean(written, names, listed))
    return ""


def _columns(entry: Reader, table: Table | None) -> tuple[ColumnMap, ...]:
    if table is None:
        return ()
    found: list[ColumnMap] = []
    taken: dict[str, str] = {}
    for heading, column in entry.named("columns"):
        whole = isinstance(column.here, str)
        written = column.here if isinstance(column.here, str) else column.text("field")
        if not written:
            continue
        place = entry.key_span("columns", heading)
        if written in SKIP:
            found.append(ColumnMap(heading, "", (), place))
            continue
        steps = ("columns", heading) if whole else ("columns", heading, "field")
        field = _field(entry, steps, written, table)
        if not field:
            continue
        if field in taken:
            name = table.fields[field].name if field in table.fields else _EVERY_ROW[field]
            zh = f"“{taken[field]}”和“{heading}”都写成“{name.zh}”，不知以哪一列为准"
            en = f'"{taken[field]}" and "{heading}" are both "{name.en}"'
            hint = Text("一列对应一个，另一列写“不读”", "one column for one field; the other is skip")
            entry.report.error("E59", place, zh, en, hint)
            continue
        taken[field] = heading
        found.append(ColumnMap(heading, field, tuple(_codings(column)), place))
    return tuple(found)


def _codings(column: Reader) -> Iterable[Coding]:
    for raw, means in column.mapping("values").items():
        if isinstance(means, str) and means:
            yield Coding(raw, means, column.span("values", raw))
