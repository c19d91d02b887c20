"""Doubts about reported values → the frame of data questions, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import datetime
from typing import Literal, NamedTuple

import polars as pl

from checker.errors import Text
from checker.model import FieldDef
from checker.plan import Source
from checker.visible import visible

Severity = Literal["info", "review", "doubt", "lost"]
Said = Text | str | int

# info: told for completeness; review: a pattern to look into, all values are used; doubt: a value is used on an assumption;
# lost: something was reported and is not used.
# `reading`: the value used, as text; `candidate`: what the cell may have meant. `n`: how many identical doubts are folded
# here; `cell` and `key` are the first's, `cells` the first MOST_PLACES of them. `digest`: of the file.
QUESTION_SCHEMA: dict[str, pl.DataType] = {
    "code": pl.String(),
    "severity": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "table": pl.String(),
    "key": pl.String(),
    "field": pl.String(),
    "raw": pl.String(),
    "reading": pl.String(),
    "message_zh": pl.String(),
    "message_en": pl.String(),
    "n": pl.UInt32(),
    "candidate": pl.String(),
    "cells": pl.List(pl.String),
    "digest": pl.String(),
}

MOST_PLACES = 50  # cells named one by one in a folded question
_LONGEST_RAW = 200


class Kind(NamedTuple):
    """One sort of doubt. `text` may name {raw} {reading} {n} {field} {table} and what the place of asking adds."""

    code: str
    severity: Severity
    text: Text


@dataclass(frozen=True, slots=True)
class Question:
    kind: Kind
    source: Source | None = None
    cell: str = ""
    table: str = ""
    key: str | None = None
    field: str = ""
    raw: str | None = None
    reading: str | None = None
    n: int = 1
    values: Mapping[str, Said] = made(default_factory=dict)
    candidate: str | None = None
    cells: tuple[str, ...] = ()

    def _row(self) -> tuple[object, ...]:
        source = self.source
        return (
            self.kind.code,
            self.kind.severity,
            source.file if source else "",
            source.sheet if source else "",
            self.cell,
            self.table,
            self.key,
            self.field,
            self.raw,
            self.reading,
            self._message("zh"),
            self._message("en"),
            self.n,
            self.candidate or None,
            list(self.cells) or ([self.cell] if self.cell else []),
            source.digest if source else "",
        )

    def _message(self, lang: Literal["zh", "en"]) -> str:
        raw = "" if self.raw is None else self.raw
        said: dict[str, object] = {
            "raw": raw if len(raw) <= _LONGEST_RAW else raw[:_LONGEST_RAW] + "…",
            "reading": "" if self.reading is None else self.reading,
            "n": self.n,
            "field": self.field,
            "table": self.table,
        }
        said |= {name: value.of(lang) if isinstance(value, Text) else value for name, value in self.values.items()}
        return visible(self.kind.text.of(lang).format(**said))


def told(value: object, field: FieldDef | None = None) -> tuple[str | None, Text]:
    """A value as one would type it, and as a message says it."""
    match value:
        case None:
            return None, Text("缺失", "missing")
        case bool():
            return ("yes" if value else "no"), Text("是" if value else "否", "yes" if value else "no")
        case list():
            said = [told(each, field)[1] for each in value]
            either = Text("、".join(text.zh for text in said) or "无", ", ".join(text.en for text in said) or "none")
            return "、".join(map(str, value)), either
        case float():
            text = f"{value * 100:.10g}%" if field is not None and field.type == "percent" else f"{value:.15g}"
        case datetime():
            text = value.isoformat(" ", "minutes")
        case _:
            text = str(value)
    label = next((choice.label for choice in (field.choices if field else ()) if choice.code == text), None)
    return text, label or Text(text, text)


def as_told(code: str, severity: Severity, message: Text) -> Kind:
    """A kind whose words are ready, whatever stands in them."""
    return Kind(code, severity, Text(*(said.replace("{", "{{").replace("}", "}}") for said in message)))


def of_many(several: Sequence[Question], most: int) -> Question:
    """One question for cells of a column that say different things, more than `most`, and raise the same doubt."""
    first = several[0]
    zh, en = first._message("zh").rstrip("。"), first._message("en").rstrip(".")
    kind = as_told(first.kind.code, first.kind.severity, Text(zh, en))
    text = Text(
        f"{kind.text.zh}。这一列同类的共{{n}}格，写法超过{most:,}种，不逐一列出，请按整列核对",
        f"{kind.text.en}. There are {{n}} such cells in this column, with more than {most:,} texts, which are not listed: "
        "check the column",
    )
    n = sum(question.n for question in several)
    cells = tuple(cell for question in several for cell in question.cells[:1])[:MOST_PLACES]
    return replace(
        first, kind=kind._replace(text=text), raw=None, reading=None, candidate=None, n=n, values={}, cells=cells
    )


def frame(questions: Iterable[Question]) -> pl.DataFrame:
    columns = zip(*(question._row() for question in questions), strict=True)
    return pl.DataFrame(dict(zip(QUESTION_SCHEMA, columns, strict=False)), schema=QUESTION_SCHEMA)


def cell_name(column: str, line: int) -> str:
    """M + 9 → M9; a column known by name only → name:9."""
    letters = column.isascii() and column.isalpha() and column.isupper() and len(column) <= 3
    return f"{column}{line}" if letters or not column else f"{column}:{line}"


# --- doubts that appear when rows meet ------------------------------------------------------------

DUPLICATE_CONFLICT = Kind(
    "duplicate_conflict",
    "lost",
    Text(
        "同一{table}“{of}”有{n}行，“{field}”填写不同（{raw}；见{cells}）：按待核。若是两个校区或对象，请填各自的标识；否则请更正",
        '{n} rows for the same {table} "{of}" differ in "{field}" ({raw}; see {cells}): taken as unknown. '
        "If they are two, give each its own key",
    ),
)
DUPLICATE_ROWS = Kind(
    "duplicate_rows",
    "info",
    Text(
        "本表有{n}行与同一标识的其他行不矛盾，已合并为一行",
        "{n} rows of this sheet repeat a key without contradiction: merged",
    ),
)
REPEATED_ROWS = Kind(
    "repeated_rows",
    "doubt",
    Text(
        "{n}行与另一份表中的行完全相同，只计一次；若确为不同的记录，请补充区别",
        "{n} rows are identical to rows of another sheet and counted once; if they are different records, tell them apart",
    ),
)
NO_KEY = Kind(
    "no_key",
    "doubt",
    Text(
        "{n}行没有可用的“{field}”：保留该行，但不能与其他表合并",
        '{n} rows without a usable "{field}": kept, but cannot be joined with other sheets',
    ),
)
ORPHAN = Kind(
    "orphan",
    "doubt",
    Text(
        "“{field}”填“{raw}”（{n}行），但没有收到这个{parent}",
        '"{field}" says "{raw}" ({n} rows), but there is no such {parent}',
    ),
)
NO_PARENT_ROWS = Kind(
    "no_parent_rows",
    "doubt",
    Text(
        "{n}行按“{field}”应归属{parent}，但没有收到任何{parent}的记录",
        '{n} rows name a {parent} in "{field}", but no {parent} was received at all',
    ),
)
MATCHED_BY_NAME = Kind(
    "matched_by_name",
    "doubt",
    Text(
        "“{field}”填的是名称（{n}行，{names}个名称），按名称对应到标识，如“{raw}”→“{reading}”",
        '"{field}" holds names ({n} rows, {names} names), taken as keys: "{raw}" as "{reading}"',
    ),
)
NAME_NOT_UNIQUE = Kind(
    "name_not_unique",
    "lost",
    Text(
        "“{field}”填“{raw}”（{n}行），有{count}个{parent}都叫这个名称：请填标识",
        '"{field}" says "{raw}" ({n} rows), the name of {count} {parent} records: give the key',
    ),
)
UNKNOWN_UNIT_ROW = Kind(
    "unknown_unit_row",
    "doubt",
    Text("单位“{raw}”不在规则包的单位名单中", 'unit "{raw}" is not in the list of units of the pack'),
)
PACK_OWNS = Kind(
    "pack_owns",
    "info",
    Text("单位的“{field}”以规则包为准，表中{n}格未采用", '"{field}" of units comes from the pack; {n} cells not used'),
)
RETURN_WITHOUT_ROW = Kind(
    "return_without_row",
    "lost",
    Text(
        "收表记录：“{raw}”不是{child}的上级（{parents}）中的任何一个，未采用",
        'return: "{raw}" is none of the parents ({parents}) of {child}: not used',
    ),
)
RECEIVED_LATER = Kind(
    "received_later",
    "info",
    Text("{n}行在收数截止之后收到，不计入", "{n} rows were received after the limit and do not count"),
)

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        DUPLICATE_CONFLICT,
        DUPLICATE_ROWS,
        REPEATED_ROWS,
        NO_KEY,
        ORPHAN,
        NO_PARENT_ROWS,
        MATCHED_BY_NAME,
        NAME_NOT_UNIQUE,
        UNKNOWN_UNIT_ROW,
        PACK_OWNS,
        RETURN_WITHOUT_ROW,
        RECEIVED_LATER,
    )
}
