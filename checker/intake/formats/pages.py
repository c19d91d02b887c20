"""The tables of a web page, as systems export them under the name .xls → a grid for each."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from checker.intake.formats import limits
from checker.intake.formats.encodings import to_utf8
from checker.intake.formats.extent import too_many
from checker.intake.grid import Grid, Opened, Range, Unreadable

_MOST_SPANNED = 1000
_SPACE = re.compile(r"[ \t\r\n]+")


def page(data: bytes) -> Opened:
    decoded = to_utf8(data)
    parser = _Tables()
    parser.feed(decoded.utf8.decode("utf-8"))
    parser.close()
    parser.end_table()
    return Opened(parser.found, decoded.remarks)


class _Tables(HTMLParser):
    """A table within a table is a part of the cell it stands in."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Grid] = []
        self._depth = 0
        self._rows: list[list[object]] = []
        self._merges: list[Range] = []
        self._taken: set[tuple[int, int]] = set()  # places that a merged cell above reaches into
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
        if self._depth != 1:
            return
        if tag == "tr":
            self._end_cell()
            self._rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            said = dict(attrs)
            self._span = (_number(said.get("rowspan")), _number(said.get("colspan")))
            self._cell = []
        elif tag in ("br", "p") and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._depth == 1 and tag in ("td", "th", "tr"):
            self._end_cell()
        if tag == "table" and self._depth:
            self._depth -= 1
            if not self._depth:
                self.end_table()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(_SPACE.sub(" ", data))

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        if not self._rows:
            self._rows.append([])
        row, at = self._rows[-1], len(self._rows) - 1
        while (at, len(row)) in self._taken:
            row.append("")
        column = len(row)
        down, right = self._span
        self._cells += down * right
        if self._cells > limits.MAX_CELLS:
            raise Unreadable(too_many(at + 1, column + right))
        row.append("".join(self._cell).strip())
        row += [""] * (right - 1)
        if self._span != (1, 1):
            self._merges.append(((at, column), (at + down - 1, column + right - 1)))
            self._taken |= {(line, each) for line in range(at + 1, at + down) for each in range(column, column + right)}
        self._cell = None

    def end_table(self) -> None:
        self._end_cell()
        width = max(map(len, self._rows), default=0)
        if len(self._rows) * width > limits.MAX_CELLS:
            raise Unreadable(too_many(len(self._rows), width))
        if width:
            rows = [row + [""] * (width - len(row)) for row in self._rows]
            self.found.append(Grid(f"#{len(self.found) + 1}", rows, _within(self._merges, len(rows))))
        self._rows, self._merges, self._taken, self._depth = [], [], set(), 0


def _number(said: str | None) -> int:
    return min(int(said), _MOST_SPANNED) if said and said.isdecimal() and len(said) < 9 else 1


def _within(merges: list[Range], height: int) -> list[Range]:
    return [(first, (min(last, height - 1), right)) for first, (last, right) in merges]
