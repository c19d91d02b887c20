"""The styles of an .xlsx workbook → which of them strike text through, fill cells with a colour, or show a number in a telling form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

_FONT, _FILL = re.compile(rb"<font(?=[\s/>])"), re.compile(rb"<fill(?=[\s/>])")
_FORMAT = re.compile(rb"<xf\b[^<>]*>")
_NUMBER_FORMAT = re.compile(rb'<numFmt\b[^<>]*\bnumFmtId="(\d{1,9})"[^<>]*\bformatCode="([^"<>]*)"')
STRIKE = re.compile(rb'<strike(?: val="(?:1|true)")? ?/>')
_SOLID = re.compile(rb'patternType="(?!none|gray125)')
_COLOUR = re.compile(rb"<fgColor ([^<>]*?) ?/?>")
_WHITE = re.compile(rb'(?i)rgb="(?:FF|00)?FFFFFF"|theme="0"(?! tint)|indexed="(?:9|65)"')
_QUOTED = re.compile(r'"[^"]*"|\\.')
_PERCENT = (9, 10)  # numbers of formats that every workbook has
_MONTHS = (17, 27, 36, 50, 52, 57)  # of these some are of Chinese workbooks only: yyyy"年"m"月"
_BRACKETED = re.compile(r"\[[^\]]*\]")
_YEAR_AND_MONTH = re.compile(r"(?i)y{2,4}[-/.年 ]*m{1,4}[月 ]*(?:;@)?|m{1,4}[-/. ]*y{2,4}(?:;@)?")
_HIDES = re.compile(r";{2,}@?")


@dataclass(frozen=True, slots=True)
class Styles:
    """By the number of the style. `struck`: also where the format hides the value. `zeros`: how many digits are shown.
    `months`: dates without their day."""

    struck: frozenset[int]
    fills: Mapping[int, str]
    percent: frozenset[int]
    zeros: Mapping[int, int]
    months: frozenset[int] = frozenset()


def read(xml: bytes) -> Styles:
    fonts = [STRIKE.search(font) is not None for font in _FONT.split(_inner(xml, b"fonts"))[1:]]
    fills = [_fill(fill) for fill in _FILL.split(_inner(xml, b"fills"))[1:]]
    codes = {int(number): unescape(code.decode("utf-8", "replace")) for number, code in _NUMBER_FORMAT.findall(xml)}
    struck: set[int] = set()
    percent: set[int] = set()
    coloured: dict[int, str] = {}
    zeros: dict[int, int] = {}
    months: set[int] = set()
    for style, tag in enumerate(_FORMAT.findall(_inner(xml, b"cellXfs"))):
        number, font, fill = (_attribute(tag, name) for name in (b"numFmtId", b"fontId", b"fillId"))
        code = _QUOTED.sub("", codes.get(number, "")).strip()
        if (font < len(fonts) and fonts[font]) or _HIDES.fullmatch(code):
            struck.add(style)
        if fill < len(fills) and fills[fill]:
            coloured[style] = fills[fill]
        if number in _PERCENT or "%" in code:
            percent.add(style)
        if re.fullmatch("0{2,}", code):
            zeros[style] = len(code)
        if number in _MONTHS or _YEAR_AND_MONTH.fullmatch(_BRACKETED.sub("", code)) is not None:
            months.add(style)
    return Styles(frozenset(struck), coloured, frozenset(percent), zeros, frozenset(months))


def _inner(xml: bytes, name: bytes) -> bytes:
    start = xml.find(b"<%s" % name)
    return xml[start : xml.find(b"</%s>" % name, start)] if start >= 0 else b""


def _attribute(tag: bytes, name: bytes) -> int:
    found = re.search(rb'\b%s="(\d{1,9})"' % name, tag)
    return int(found[1]) if found is not None else 0


def _fill(fill: bytes) -> str:
    """A name that tells colours apart; nothing for no colour and for white."""
    colour = _COLOUR.search(fill)
    if _SOLID.search(fill) is None or colour is None or _WHITE.search(colour[1]) is not None:
        return ""
    return colour[1].decode("utf-8", "replace")
