"""Every doubt that a file raises by its form, before its cells are understood: code → severity and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from checker.errors import Text
from checker.plan import Source
from checker.tables import Kind, Question
from checker.tables.questions import MOST_PLACES, Said, Severity

FILE_KINDS: dict[str, Kind] = {}
_NAMED = 8  # places written out in the sentence itself


class Remark(NamedTuple):
    """What is to be asked about a file or a sheet as soon as it is known where it comes from."""

    kind: Kind
    cell: str = ""
    n: int = 1
    raw: str | None = None
    cells: tuple[str, ...] = ()
    values: Mapping[str, Said] = MappingProxyType({})

    def asked(self, source: Source) -> Question:
        return Question(
            self.kind, source, self.cell, raw=self.raw, n=self.n, values=dict(self.values), cells=self.cells
        )


def at_cells(kind: Kind, cells: Sequence[str], raw: str | None = None, **values: Said) -> Remark:
    """One remark about several places."""
    named = "、".join(cells[:_NAMED]) + ("…" if len(cells) > _NAMED else "")
    return Remark(kind, cells[0], len(cells), raw, tuple(cells[:MOST_PLACES]), {"cells": named, **values})


def at_lines(kind: Kind, lines: Sequence[int], raw: str | None = None) -> Remark:
    """`lines` count from 0; a place in a text is the first cell of its line."""
    return at_cells(kind, [f"A{at + 1}" for at in lines], raw)


def _kind(severity: Severity, code: str, zh: str, en: str) -> Kind:
    FILE_KINDS[code] = Kind(code, severity, Text(zh, en))
    return FILE_KINDS[code]


# --- texts ---------------------------------------------------------------------------------------

OTHER_ENCODING = _kind(
    "doubt",
    "other_encoding",
    "{n}行的文字编码与其他行不同，按GB18030读（{cells}）",
    "{n} lines are in another encoding than the rest, read as GB18030 ({cells})",
)
BROKEN_BYTES = _kind(
    "lost",
    "broken_bytes",
    "{n}行有认不出的字节（{cells}），含有这些字节的格不采用；请从原表重新导出",
    "{n} lines hold bytes that are no text ({cells}); the cells with them are not used: export again",
)
NUL_BYTES = _kind("info", "nul_bytes", "文件中有{n}个空字节，已略去", "{n} zero bytes in the file, left out")
BROKEN_QUOTES = _kind(
    "doubt",
    "broken_quotes",
    "{n}行的引号没有配对（{cells}），引号按普通字符读",
    "{n} lines with a quotation mark that nothing closes ({cells}); read as a plain character",
)
OVERLONG_ROWS = _kind(
    "lost",
    "overlong_rows",
    "{n}行的格子太多，不像表格的一行（{cells}），未读：{raw}",
    "{n} lines have far too many cells for a row of this table ({cells}), not read: {raw}",
)
LONG_ROWS = _kind(
    "lost",
    "long_rows",
    "{n}行比表头多出格子（{cells}），各格可能错位（格内有分隔符而没有加引号），未读：{raw}",
    "{n} rows have more cells than the heading ({cells}): a separator inside a cell without quotation marks? not read: {raw}",
)
SHORT_ROWS = _kind(
    "doubt",
    "short_rows",
    "{n}行比表头少格子（{cells}），可能是一行断成了两行；已有的格照读：{raw}",
    "{n} rows have fewer cells than the heading ({cells}), perhaps one row broken in two; read as they are: {raw}",
)

BROKEN_RECORDS = _kind(
    "lost",
    "broken_records",
    "{n}行不是完整的JSON记录（{cells}），未读：{raw}",
    "{n} lines are no whole JSON records ({cells}), not read: {raw}",
)
REPEATED_KEYS = _kind(
    "lost",
    "repeated_keys",
    "{n}行有重复的键（{cells}），重复的键不采用",
    "{n} lines have a key twice ({cells}); such keys are not used",
)

# --- workbooks -----------------------------------------------------------------------------------

OTHER_CONTENT = _kind(
    "info",
    "other_content",
    "扩展名是{what}，内容是{other}，按内容读取",
    "the name ends in {what}, the content is {other}; read as what it is",
)
NO_WORKSHEET = _kind(
    "info",
    "no_worksheet",
    "图表、宏表或对话框表，不是数据，未读",
    "a sheet of a chart, of macros or a dialogue: not data, not read",
)
MACROS = _kind(
    "info", "macros", "文件含有宏，宏没有运行，只读取数据", "the file holds macros; none is run, only data are read"
)
EXTERNAL_LINKS = _kind(
    "info",
    "external_links",
    "链接到别的文件或程序（{raw}），没有打开",
    "links to other files or programs ({raw}); none is followed",
)
CONNECTIONS = _kind(
    "info",
    "data_connections",
    "文件带有外部数据连接，没有连接",
    "the file has connections to outside data; none is opened",
)
FORMULAS = _kind(
    "info",
    "formulas",
    "{n}格是公式，采用文件中保存的结果",
    "{n} cells are formulas; their results as saved in the file are used",
)
EXTERNAL_FORMULAS = _kind(
    "doubt",
    "external_formulas",
    "{n}格的公式取自别的文件，采用上次保存的结果，可能已不是最新",
    "{n} formulas take their value from other files; the results last saved are used and may be out of date",
)
HIDDEN_OR_STRUCK = _kind(
    "doubt",
    "hidden_or_struck",
    "{what}（{cells}），值照常采用",
    "{what} ({cells}); used as they are",
)
HIDDEN_COLUMN = _kind(
    "doubt",
    "hidden_column",
    "“{field}”列是隐藏的（{cells}），值照常采用",
    'the column "{field}" is hidden ({cells}); used as it is',
)
COLOR_SEMANTICS = _kind(
    "lost",
    "color_semantics",
    "“{field}”有{n}个空格涂了颜色（{cells}），颜色不作数据，按未填；请写明内容",
    '"{field}": {n} empty cells are coloured ({cells}); a colour is never read as data: write out what it means',
)
CELL_NOTES = _kind(
    "doubt",
    "cell_notes",
    "{n}格带有批注（{cells}），批注不作数据：{raw}",
    "{n} cells carry comments ({cells}), which are not read: {raw}",
)
