"""A worksheet's XML → what it says besides the values: formulas without one, hidden rows and columns, struck and coloured cells.

Searched as bytes, and each thing only where its sign occurs at all: building a tree of the XML would take longer than reading
the cells. Among rows, the sign is looked for only where a letter of it occurs, which is found far sooner. No pattern runs beyond
the tag it stands in, so that no file can make the search long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from checker.intake.formats.styles import Styles
from checker.intake.grid import Cell, Looks

_ERROR = re.compile(rb'<c r="([A-Z]+)(\d+)"[^<>]* t="e"[^<>]*>(?:<f[^<>]*>[^<>]*</f>|<f[^<>]*/>)?<v>([^<>]*)</v>')
_BARE = re.compile(rb'<c r="([A-Z]+)(\d+)"[^<>]*><f[^<>]*>([^<>]*)</f>(?:<v></v>|<v ?/>)?</c>')
# Looked for first: hardly any sheet has such a cell, and then nothing needs to be searched.
_ERRORS, _FORMULAS = b' t="e"', b"</f>"
_ROWS, _END_OF_ROWS = b"<sheetData", b"</sheetData"
_WITHOUT = (b"</f></c>", b"</f><v></v>", b"</f><v/>", b"</f><v />")
_SHARED = re.compile(rb"<f\b[^<>]*/>")
_EXTERNAL = re.compile(rb"<f[^<>]*>[^<>\[]*\[\d+\]")
_HIDDEN, _NO_HEIGHT = b' hidden="', b' ht="0"'
_HIDDEN_ROW = re.compile(rb'<row(?=[^<>]* (?:hidden="(?:1|true)"|ht="0"))[^<>]*? r="(\d{1,7})"')
_HIDDEN_COLUMNS = re.compile(rb'<col(?=[^<>]* hidden="(?:1|true)")[^<>]*>')
_STYLED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: s="(\d+)")?')
_BEGINNING = 40  # characters from the beginning of a cell to its style
_FEW = 50  # rows that are looked for one by one


@dataclass(slots=True)
class Markup:
    """`without_value`: cells and what they show. `percent`, `zeros`: numbers in a form that says more than their value, and
    with how many digits; `months`: days in a form that says less. `formulas`: those with a result; of these
    `external`: what takes its value from another file."""

    looks: Looks = field(default_factory=Looks)
    without_value: dict[Cell, str] = field(default_factory=dict)
    percent: set[Cell] = field(default_factory=set)
    zeros: dict[Cell, int] = field(default_factory=dict)
    months: set[Cell] = field(default_factory=set)
    formulas: int = 0
    external: int = 0


def read(pieces: Iterable[bytes], styles: Styles, struck_strings: frozenset[int]) -> Markup:
    """`pieces` begin where a row begins. `struck_strings`: numbers of the shared texts that are struck in part."""
    found = Markup()
    looks = found.looks
    is_struck = _strings(struck_strings) if struck_strings else None
    for xml in pieces:
        around = _around(xml)
        _formulas(xml, around, found)
        if _holds(xml, _HIDDEN, b"h", around) or _holds(xml, _NO_HEIGHT, b"h", around):
            looks.hidden_rows |= {int(row) - 1 for row in _HIDDEN_ROW.findall(xml)}
            looks.hidden_columns += [_span(columns) for columns in _HIDDEN_COLUMNS.findall(xml)]
        looks.is_filtered = looks.is_filtered or _holds(xml, b"<filterColumn", b"f", around)
        looks.struck |= {cell for cell, _ in _of_styles(xml, styles.struck, _with_content)}
        if is_struck is not None:
            looks.struck |= {place(*each) for each in is_struck.findall(xml)}
        found.percent |= {cell for cell, _ in _of_styles(xml, styles.percent, _with_content)}
        found.months |= {cell for cell, _ in _of_styles(xml, styles.months, _with_content)}
        found.zeros |= {cell: styles.zeros[style] for cell, style in _of_styles(xml, styles.zeros, _with_content)}
        looks.coloured |= _standing_out(dict(_of_styles(xml, styles.fills, _empty)), xml, styles.fills)
    return found


def place(letters: bytes, digits: bytes) -> Cell:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return int(digits) - 1, column - 1


def _around(xml: bytes) -> tuple[int, int]:
    """Where the rows begin and where they end; a piece may begin or end among them."""
    start, end = xml.find(_ROWS), xml.rfind(_END_OF_ROWS)
    return start + len(_ROWS) if start >= 0 else 0, end if end >= 0 else len(xml)


def _holds(xml: bytes, sign: bytes, letter: bytes, around: tuple[int, int]) -> bool:
    """`letter`: one of the sign that is rare among rows."""
    start, end = around
    if xml.find(letter, start, end) >= 0:
        return sign in xml
    return xml.find(sign, 0, start) >= 0 or xml.find(sign, end) >= 0


# --- formulas, hidden columns --------------------------------------------------------------------


def _formulas(xml: bytes, around: tuple[int, int], found: Markup) -> None:
    has_formulas = _holds(xml, _FORMULAS, b"f", around)
    if has_formulas:
        found.formulas += xml.count(_FORMULAS) + len(_SHARED.findall(xml))
        found.external += len(_EXTERNAL.findall(xml))
    if (has_formulas and any(sign in xml for sign in _WITHOUT)) or _holds(xml, _ERRORS, b"e", around):
        for match in _ERROR.finditer(xml):
            found.formulas -= b"<f" in match[0]
            found.without_value[place(match[1], match[2])] = unescape(match[3].decode("utf-8", "replace"))
        for match in _BARE.finditer(xml):
            found.formulas -= 1
            text = "=" + unescape(match[3].decode("utf-8", "replace"))
            found.without_value.setdefault(place(match[1], match[2]), text)


def _span(columns: bytes) -> tuple[int, int]:
    bounds = {name: int(number) for name, number in re.findall(rb' (min|max)="(\d{1,5})"', columns)}
    first = bounds.get(b"min", 1)
    return first - 1, bounds.get(b"max", first) - 1


# --- cells of certain styles ---------------------------------------------------------------------


def _of_styles(xml: bytes, styles: Iterable[int], ending: re.Pattern[bytes]) -> Iterator[tuple[Cell, int]]:
    """Cells in one of the styles; `ending`: how their tag goes on."""
    for style in styles:
        sign = b' s="%d"' % style
        at = xml.find(sign)
        while at >= 0:
            cell = _STYLED.match(xml, xml.rfind(b"<c ", max(at - _BEGINNING, 0), at) if at else 0)
            if cell is not None and cell[3] == b"%d" % style and ending.match(xml, cell.end()):
                yield place(cell[1], cell[2]), style
            at = xml.find(sign, at + len(sign))


_with_content = re.compile(rb"(?! ?/>)[^<>]*>(?!</c>)")
_empty = re.compile(rb" ?/>|></c>")


def _strings(numbers: Iterable[int]) -> re.Pattern[bytes]:
    listed = b"|".join(b"%d" % number for number in sorted(numbers))
    return re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>]* t="s"[^<>]*><v>(?:%s)</v>' % listed)


def _standing_out(empty: Mapping[Cell, int], xml: bytes, fills: Mapping[int, str]) -> set[Cell]:
    """Striped rows and tinted columns say nothing: a colour counts only where most cells of its row and column have another."""
    rows = {row for row, _ in empty}
    by_row = _usual(((row, fill) for (row, _), fill in _filled(_only(xml, rows), fills)), rows)
    found = {cell for cell, style in empty.items() if fills[style] != by_row[cell[0]]}
    if not found:
        return found
    columns = {column for _, column in found}
    by_column = _usual(((column, fill) for (_, column), fill in _filled(xml, fills)), columns)
    return {cell for cell in found if fills[empty[cell]] != by_column[cell[1]]}


def _only(xml: bytes, rows: set[int]) -> bytes:
    if len(rows) > _FEW:
        return xml
    starts = [xml.find(b'<row r="%d"' % (row + 1)) for row in rows]
    return b"".join(xml[at : xml.find(b"</row>", at)] for at in starts if at >= 0)


def _filled(xml: bytes, fills: Mapping[int, str]) -> Iterator[tuple[Cell, str]]:
    for letters, digits, style in _STYLED.findall(xml):
        yield place(letters, digits), fills.get(int(style), "") if style else ""


def _usual(found: Iterable[tuple[int, str]], places: set[int]) -> dict[int, str]:
    counts: dict[int, Counter[str]] = {at: Counter() for at in places}
    for at, fill in found:
        if at in counts:
            counts[at][fill] += 1
    return {at: max(fills, key=lambda fill: fills[fill], default="") for at, fills in counts.items()}
