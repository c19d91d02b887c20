"""JSON by lines, a record on each → a grid whose columns are the keys; lines that are no record are told and the others read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from checker.errors import Text
from checker.intake.cells import BROKEN
from checker.intake.file_kinds import BROKEN_RECORDS, REPEATED_KEYS, Remark, at_lines
from checker.intake.formats import limits
from checker.intake.formats.encodings import to_utf8
from checker.intake.frames import NamedGrid
from checker.intake.grid import Body, Opened, Unreadable
from checker.visible import visible

_HALVES = re.compile("[\ud800-\udfff]")
_SHOWN = 200


class RecordGrid(NamedGrid):
    """`lines`: those that hold a record; the others stand in the columns as blanks."""

    __slots__ = ("lines",)

    def __init__(self, columns: dict[str, list[object]], height: int, lines: list[int]) -> None:
        super().__init__("", list(columns), list(columns.values()), height)
        self.lines = lines

    def body(self, start: int, skip: Iterable[int]) -> Body:
        return Body(self.lines, [[column[at] for at in self.lines] for column in self.columns])


def records(data: bytes) -> Opened:
    decoded = to_utf8(data)
    lines = decoded.utf8.decode("utf-8").split("\n")
    columns: dict[str, list[object]] = {}
    found: list[int] = []
    broken: list[int] = []
    repeated: list[int] = []
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        record, is_plain = _record(line)
        if record is None:
            broken.append(at)
            continue
        found.append(at)
        if not is_plain:
            repeated.append(at)
        for name, value in record.items():
            if name not in columns:
                columns[name] = [""] * len(lines)
                if len(columns) * len(lines) > limits.MAX_UNEVEN_CELLS:
                    raise Unreadable(_too_wide(len(lines), len(columns)))
            columns[name][at] = value
    if not found:
        raise Unreadable(_NO_RECORD)
    told: list[Remark] = [at_lines(BROKEN_RECORDS, broken, lines[broken[0]].strip()[:_SHOWN])] if broken else []
    told += [at_lines(REPEATED_KEYS, repeated)] if repeated else []
    return Opened([RecordGrid(columns, len(lines), found)], decoded.remarks + told)


def _record(line: str) -> tuple[dict[str, object] | None, bool]:
    """Keys and cells, and whether no key comes twice: of such a key nothing is used."""
    try:
        pairs = json.loads(line, object_pairs_hook=_Pairs, parse_constant=str)
    except (ValueError, RecursionError):
        return None, True
    if not isinstance(pairs, _Pairs):
        return None, True
    record: dict[str, object] = {}
    twice = set()
    for key, value in pairs:
        name = visible(key)
        if name in record:
            twice.add(name)
        record[name] = _cell(value)
    return record | dict.fromkeys(twice, ""), not twice


class _Pairs(list[tuple[str, Any]]):
    """An object as it is written, with all its keys."""


def _cell(value: object) -> object:
    """As one would type it; a list of plain values as one writes it in a cell."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _HALVES.sub(BROKEN, value)
    if isinstance(value, _Pairs):
        return _HALVES.sub(BROKEN, json.dumps(dict(value), ensure_ascii=False))
    if isinstance(value, list):
        return "、".join(str(_cell(each)) for each in value) or "无"
    return value


_NO_RECORD = Text(
    "没有一行是完整的 JSON 记录；请每行写一条，或另存为 .csv",
    "no line is a whole JSON record; write one on each line, or save as .csv",
)


def _too_wide(rows: int, columns: int) -> Text:
    return Text(
        f"{rows:,}行、{columns:,}个不同的键，超过限度（{limits.MAX_UNEVEN_CELLS:,}格）；请改用 .csv 或 .parquet",
        f"{rows:,} lines with {columns:,} different keys are beyond the limit of {limits.MAX_UNEVEN_CELLS:,} cells; "
        "use .csv or .parquet",
    )
