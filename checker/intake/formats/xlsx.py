"""An .xlsx container → per worksheet what its XML says besides the values, and what the whole workbook carries along.

The values themselves are taken by the workbook reader; before it sees the file, every part has been looked through here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import unescape

from checker.errors import Text
from checker.intake.file_kinds import CONNECTIONS, EXTERNAL_LINKS, MACROS, Remark
from checker.intake.formats import extent, limits, markup, styles
from checker.intake.formats.archive import XML, Archive
from checker.intake.formats.markup import Markup
from checker.intake.formats.styles import STRIKE
from checker.intake.grid import Cell, Unreadable
from checker.visible import visible

_BOOK, _STYLES, _STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
_SHEET = re.compile(r"<sheet\b[^<>]*>")
_RELATION = re.compile(r"<Relationship\b[^<>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_DATE_1904 = re.compile(r'date1904="(?:1|true)"')
_PREFIX = re.compile(rb"<(\w+):(?:worksheet|sst|styleSheet|workbook|comments)\b")
_STRINGS_BEGIN = re.compile(rb"<(?:\w+:)?sst\b[^<>]*>")
_COUNT = re.compile(rb"""ount\s*=\s*["']\s*(\d+)""")
_STRING = re.compile(rb"<si(?=[\s/>])")
_COMMENT = re.compile(rb'[^<>]*\bref="([A-Z]{1,3})(\d{1,7})"')
_TEXT = re.compile(rb"<t(?:\s[^<>]*)?>([^<>]*)</t>")
_SHOWN, _LONGEST = 8, 80

_LYING = Text(
    "内部计数与内容不符，不可信，没有打开；请用表格软件另存为 .xlsx",
    "its own counts do not fit its contents: not to be trusted, not opened; save it as .xlsx",
)


class Book:
    """`sheets`: by the name of the sheet. `remarks`: about the workbook as a whole."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._seen: set[str] = set()
        self._cells = 0
        book = self._text(_BOOK)
        strings = self._read(_STRINGS)
        _check_counts(strings, len(strings))
        self._struck = _struck(strings)
        self._styles = styles.read(self._read(_STYLES))
        self.since_1904 = _DATE_1904.search(book) is not None
        self.sheets: dict[str, Markup] = {}
        targets = self._relations(_BOOK)
        for sheet in map(_attributes, _SHEET.findall(book)):
            key = next((value for name, value in sheet.items() if name.endswith(":id")), "")
            path = targets.get(key, ("", ""))[1]
            if path in archive and path not in self._seen:
                self.sheets[sheet.get("name", "")] = self._sheet(path)
        self.remarks = self._carried()
        for name in archive.names:
            self._look_through(name)

    def _sheet(self, path: str) -> Markup:
        estimate = extent.Estimate()
        found = markup.read(estimate.over(self._rows(path)), self._styles, self._struck)
        self._make_room(path, estimate.most)
        for kind, target in self._relations(path).values():
            if kind.endswith("/comments") and target in self._archive:
                found.looks.notes |= _comments(self._read(target))
        return found

    def _make_room(self, path: str, estimate: int | None) -> None:
        self._cells += extent.count(self._rows(path)) if estimate is None else estimate
        if self._cells > limits.MAX_CELLS:
            raise Unreadable(extent.too_many_in_all(self._cells))

    def _rows(self, path: str) -> Iterator[bytes]:
        """The part in pieces that begin where a row begins: no cell is cut."""
        self._seen.add(path)
        pieces = self._archive.pieces(path)
        rest = next(pieces, b"")
        prefix = _prefix(rest)
        for piece in pieces:
            if (cut := rest.rfind(b"<%srow" % prefix)) > 0:
                yield _without(prefix, rest[:cut])
                rest = rest[cut:]
            rest += piece
        yield _without(prefix, rest)

    def _look_through(self, name: str) -> None:
        """A part that nothing seems to point at may still be one that the reader finds."""
        if name in self._seen or not name.lower().endswith(XML):
            return
        is_sheet = False
        for piece in self._archive.pieces(name):
            is_sheet = is_sheet or b"sheetData" in piece
            _check_counts(piece, self._archive.size(name))
        if is_sheet:
            self._make_room(name, None)

    def _carried(self) -> list[Remark]:
        found = []
        names = [name.lower() for name in self._archive.names]
        if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
            found.append(Remark(MACROS))
        links = [name for name in self._archive.names if re.fullmatch(r"xl/externalLinks/[^/]+\.xml", name)]
        if said := [target for link in links for target in self._linked(link)]:
            shown = "、".join(visible(each)[:_LONGEST] for each in said[:_SHOWN])
            found.append(Remark(EXTERNAL_LINKS, n=len(said), raw=shown))
        if "xl/connections.xml" in names:
            found.append(Remark(CONNECTIONS))
        return found

    def _linked(self, link: str) -> list[str]:
        programs = [_attributes(tag) for tag in re.findall(r"<ddeLink\b[^<>]*>", self._text(link))]
        said = [f"{each.get('ddeService', '')}|{each.get('ddeTopic', '')}" for each in programs]
        return said + [target for _, target in self._relations(link).values()]

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id → kind and target: a part of the workbook, or as it is written."""
        folder, name = posixpath.split(part)
        found = {}
        for tag in map(_attributes, _RELATION.findall(self._text(f"{folder}/_rels/{name}.rels"))):
            target = tag.get("Target", "")
            if tag.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[tag.get("Id", "")] = (tag.get("Type", ""), target)
        return found

    def _text(self, name: str) -> str:
        return self._read(name).decode("utf-8", "replace")

    def _read(self, name: str) -> bytes:
        if name not in self._archive:
            return b""
        self._seen.add(name)
        xml = self._archive.read(name)
        return _without(_prefix(xml), xml)


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def _prefix(xml: bytes) -> bytes:
    """Some programs write <x:row> for <row>."""
    found = _PREFIX.search(xml[:4096])
    return found[1] + b":" if found is not None else b""


def _without(prefix: bytes, xml: bytes) -> bytes:
    return xml.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</") if prefix else xml


def _check_counts(strings: bytes, size: int) -> None:
    """Its reader makes room for as many texts as the part says it has."""
    found = _STRINGS_BEGIN.search(strings) if b"sst" in strings else None
    if found is not None and any(int(number) > size for number in _COUNT.findall(found[0])):
        raise Unreadable(_LYING)


def _struck(strings: bytes) -> frozenset[int]:
    """Shared texts of which a part is struck through."""
    if b"<strike" not in strings:
        return frozenset()
    return frozenset(at for at, text in enumerate(_STRING.split(strings)[1:]) if STRIKE.search(text) is not None)


def _comments(xml: bytes) -> dict[Cell, str]:
    found = {}
    for comment in re.split(rb"<comment(?=\s)", xml)[1:]:
        if (about := _COMMENT.match(comment)) is not None:
            text = b"".join(_TEXT.findall(comment)).decode("utf-8", "replace")
            found[markup.place(about[1], about[2])] = unescape(text)
    return found
