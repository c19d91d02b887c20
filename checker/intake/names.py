"""The names that a pack gives to tables and fields → which of them a heading, a sheet or a file name means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from copy import copy
from functools import lru_cache
from typing import ClassVar

from checker.errors import Text
from checker.model import FieldDef, Pack, Table

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>|《[^《》]*》")
# Spaces, brackets and marks are not part of a name.
_MARKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff()\[\]{}【】〔〕《》<>“”\"'‘’:,、，。.;·*★▲※/\\|_—–~^-]+")
_NUMBERED = re.compile(
    r"^\s*(?:[0-9]{1,2}(?:[、．]|\.(?![0-9]))|[①-⑳]|[一二三四五六七八九十]{1,2}、|[(（][0-9一二三四五六七八九十]{1,2}[)）])"
)
_NOT = re.compile("未|没|无|不|非|缺")
_MOST_NAMED = 10_000
_ASKING = re.compile(r"是否已?|有无|是不是|有没有|已经|已|的")

RETURNS = "returns"
RECEIVED = "received_on"
_RECEIVED_NAMES = ("received_on", "收到日期", "收表日期", "接收日期", "received on")
_RETURN_FIELDS = {
    "table": ("表", "表名", "表格", "报表", "table"),
    "holder": ("单位或学校", "单位", "学校", "填报单位", "unit", "holder", "unit or institution"),
    "until": ("截至", "截至日期", "截止日期", "截止", "until", "covers until"),
}
_RETURN_SHEET = ("收表记录", "收表登记", "returns")

# Headings that number or sign a row; they hold no facts.
SERIAL_HEADS = frozenset(["序号", "编号", "行号", "no", "№", "序"])
# Headings over words for people.
REMARK_HEADS = frozenset(
    ["备注", "备考", "说明", "备注说明", "情况说明", "其他说明", "remark", "remarks", "note", "notes"]
)


@lru_cache(maxsize=100_000)
def plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).lower()


@lru_cache(maxsize=20_000)
def bare(text: str) -> str:
    """Without what stands in brackets: 学校(机构)标识码 → 学校标识码; and without its number: 1.在校生数."""
    return plain(_BRACKETED.sub("", unicodedata.normalize("NFKC", _NUMBERED.sub("", text))))


@lru_cache(maxsize=20_000)
def stem(text: str) -> str:
    """Without the words that make a question or a statement of it: 是否联网, 已联网 → 联网."""
    return _ASKING.sub("", bare(text))


LEVELS = (plain, bare, stem)

# What stands in brackets only to help whoever fills the form: units of measure, options, formats, hints.
_ONLY_HELP = re.compile(
    r"(?:单位[:：]?)?(?:人|名|个|所|辆|台|处|间|栋|幢|次|份|条|项|家|件|座|枚|只|套|平方米|平米|㎡|m2|m²|米|公里|km|万?元|%|％|吨|公斤|千克|kg|升|年|月|日|天|小?时|分钟?)"
    r"|[是有][/、或]?[否无]|[是否有无√×/、或和]+|y(?:es)?/no?|y+[-/.年]m+[-/.月]d+日?|年[-/.]?月(?:[-/.]?日)?"
    r"|[0-9一二十]{1,3}位(?:数字|数|码|编码)?"
    r"|(?:必填|选填|可不填|多选|单选|下拉|请|填|如|例|按|精确|打|盖章|签字).*",
    re.IGNORECASE,
)


def notes(heading: str) -> list[str]:
    """What stands in brackets and may change the meaning: 专职保安人数（含兼职） → 含兼职."""
    without = unicodedata.normalize("NFKC", _NUMBERED.sub("", heading))
    inside = [found[1:-1].strip() for found in _BRACKETED.findall(without)]
    return [note for note in inside if note and not _ONLY_HELP.fullmatch(note)]


def return_field(field: str) -> Text:
    """How a column of the list of returns is called."""
    return Text(_RETURN_FIELDS[field][0], field) if field in _RETURN_FIELDS else Text("收到日期", RECEIVED)


def field_names(field: FieldDef) -> list[str]:
    return [field.id, *field.name, *field.header, *field.aliases]


class Index:
    """All names of all tables, from exact to loose. A hit is a set of (table, field)."""

    _last: ClassVar[tuple[Pack, Index] | None] = None

    def __init__(self, pack: Pack) -> None:
        self.tables = pack.tables
        self.levels: tuple[dict[str, set[tuple[str, str]]], ...] = tuple({} for _ in LEVELS)
        self.stems: dict[str, dict[str, set[str]]] = {}
        for table in pack.tables.values():
            for field in table.fields.values():
                self._add(table.id, field.id, field_names(field))
            self._add(table.id, RECEIVED, _RECEIVED_NAMES)
        # As they are written; what is merely near is not among them.
        self.spellings = frozenset(
            name for table in pack.tables.values() for field in table.fields.values() for name in field_names(field)
        )
        if RETURNS not in pack.tables:
            for name, spellings in _RETURN_FIELDS.items():
                self._add(RETURNS, name, spellings)
            self._add(RETURNS, RECEIVED, _RECEIVED_NAMES)
        self.sheets = {table.id: _sheet_names(table) for table in pack.tables.values()}
        if RETURNS not in pack.tables:
            self.sheets[RETURNS] = {plain(name) for name in _RETURN_SHEET}
        # What was asked before: the sheets of a reading have the same headings.
        self._named: dict[str, dict[str, float]] = {}
        self._hits: dict[str, list[set[tuple[str, str]]]] = {}

    @classmethod
    def of(cls, pack: Pack) -> Index:
        """That of the last pack is kept: who reads again mostly reads with the same one."""
        if cls._last is None or cls._last[0] is not pack:
            cls._last = (pack, cls(pack))
        return cls._last[1]

    def _add(self, table: str, field: str, spellings: Iterable[str]) -> None:
        for spelling in spellings:
            for level, form in enumerate(LEVELS):
                if name := form(spelling):
                    self.levels[level].setdefault(name, set()).add((table, field))
            if len(short := stem(spelling)) > 1:
                self.stems.setdefault(table, {}).setdefault(field, set()).add(short)

    def knowing(self, more: Iterable[tuple[str, str, str]]) -> Index:
        """The same index, with further headings (heading, table, field) that somebody has confirmed."""
        known = [(plain(heading), table, field) for heading, table, field in more]
        if not known:
            return self
        wider = copy(self)
        exact = {name: set(hits) for name, hits in self.levels[0].items()}
        for name, table, field in known:
            exact.setdefault(name, set()).add((table, field))
        wider.levels, wider._hits = (exact, *self.levels[1:]), {}
        return wider

    def hits(self, heading: str) -> list[set[tuple[str, str]]]:
        """Per level what the heading may be."""
        if (known := self._hits.get(heading)) is not None:
            return known
        found = [self.levels[level].get(form(heading), set()) for level, form in enumerate(LEVELS)]
        if any(found):
            self._hits[heading] = found
        return found

    def known(self, heading: str) -> bool:
        return any(self.hits(heading))

    def named(self, text: str) -> dict[str, float]:
        """Tables that a sheet name, file name or title names → how surely (1: it is exactly that name)."""
        if (known := self._named.get(text)) is not None:
            return known
        if len(self._named) == _MOST_NAMED:
            self._named.clear()
        self._named[text] = found = self._looked_up(text)
        return found

    def _looked_up(self, text: str) -> dict[str, float]:
        tight = plain(text)
        found: dict[str, float] = {}
        for table, names in self.sheets.items():
            for name in names:
                if name == tight:
                    found[table] = 1.0
                elif len(name) > 1 and name in tight:
                    found[table] = max(found.get(table, 0.0), min(0.9, len(name) / len(tight) + 0.1))
        return found

    def by_neighbour(self, table: str, heading: str, before: str) -> set[str]:
        """与公安联网 after 一键报警是否安装 → the fields called 一键报警…联网: begins like the one, ends like the other."""
        this, other = stem(heading), stem(before)
        found = set()
        known = self.stems.get(table, {})
        for field, stems in known.items():
            for name in stems:
                start = _common_start(name, other)
                rest = name[start:]
                if start < 2 or len(rest) < 2 or rest not in this:
                    continue
                own = this[: this.index(rest)]
                # 视频监控未与公安联网 says what it is about, and that it is not so.
                about_another = len(own) > 1 and not name.startswith(own[:2]) and _begins_any(own[:2], known)
                if not about_another and not (_NOT.search(this) and not _NOT.search(name)):
                    found.add(field)
        return found


def _begins_any(start: str, stems: Mapping[str, Iterable[str]]) -> bool:
    return any(name.startswith(start) for names in stems.values() for name in names)


def _common_start(one: str, other: str) -> int:
    at = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        at += 1
    return at


def _sheet_names(table: Table) -> set[str]:
    return {plain(name) for name in (table.id, *table.label, *table.aliases)} - {""}
