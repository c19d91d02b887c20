"""The rows under a heading → which of them are no data: totals, notes, repeated heads, broken lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import polars as pl

from checker.intake import kinds
from checker.intake.amounts import CLASSIFIER
from checker.intake.cells import normal, words
from checker.intake.columns import Raw
from checker.intake.file_kinds import LONG_ROWS, SHORT_ROWS, at_lines
from checker.intake.grid import Body, Grid, Marks
from checker.intake.layout import Layout
from checker.intake.totals import RUNNING, TOTAL, WHOLE, Marker
from checker.model import Table
from checker.tables.questions import MOST_PLACES, Said

_NEAR = 3  # columns in which 合计 is looked for
_SIGNED = (
    "注|备注|说明|填表说明|填表人|填报人|制表人?|审核人?|复核人?|负责人|单位负责人|统计负责人|联系人|联系电话|电话|"
    "填报日期|填表日期|报送日期|上报日期|统计人|经办人|盖章|签字|校长签字"
)
_FOOTNOTE = (
    rf"^\s*(?:{_SIGNED})\s*(?:[:：.、（(0-9]|$)|^\s*[*※]|^\s*(?:以上|上述)(?:数据|情况|各|表)|"
    + r"^\s*(?:单位|学校)\s*[（(](?:盖章|公章|签章)|^\s*(?:平均[数值]?|均值)\s*(?:[:：]|$)|"
    + r"^\s*(?:第\s*[0-9一二三四五六七八九十]{1,4}\s*页|共\s*[0-9]{1,4}\s*页)[\s,，/]*(?:共\s*[0-9]{1,4}\s*页)?\s*$|"
    + r"^\s*[（(]?\s*(?:以下|此行|本行)?(?:均|皆)?为?空白\s*[）)]?\s*$"
)
_NIL = words("无 / ／ // ／／ /// ＼ \\ - － -- －－ --- — —— – ― 暂无 没有 无记录")
_LONGEST_NIL = 9  # bytes
_HAN = re.compile("[\u4e00-\u9fff]{2}")
_WORDS = re.compile("^[^0-9A-Za-z]*[\u4e00-\u9fff][\u4e00-\u9fff][^0-9A-Za-z]*$")
_UNIT = re.compile(rf"[(（]?(?:单位[:：])?(?:[百千万]?{CLASSIFIER}|%|％|‰|是/否|有/无|年[-.]?月[-.]?日?)[)）]?")
_FURTHER = re.compile(r"\s*[（(]?(?:[0-9]{1,2}|[一二三四五六七八九十])[.、)）]\s*[\u4e00-\u9fff]")
_MARKS = Marks(
    f"{TOTAL}|{_FOOTNOTE}",
    [*(word[0] for word in _SIGNED.split("|")), "*", "※", *"以上单学平均此本为皆空（(第共承接续过转去同环增比较其"],
    "计总",
)


class Ask(Protocol):
    def __call__(
        self,
        kind: kinds.Kind,
        cell: str = "",
        *,
        raw: str | None = None,
        n: int = 1,
        values: Mapping[str, Said] = ...,
        cells: tuple[str, ...] = ...,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Apart:
    """Rows to leave out, and those among them that total others."""

    skip: list[int]
    markers: list[Marker]


def rows_apart(grid: Grid, layout: Layout, key: int | None, ask: Ask) -> Apart:
    """Each row that is no data is told. `key`: the column of the table's key."""
    head = grid.head(layout.bottom + 1)
    if above := {at: text for at, row in enumerate(head[: layout.top]) if (text := joined(row))}:
        place = f"A{grid.begins + 1}"
        ask(kinds.TITLE_ROWS, place, raw=" ".join(above.values()), n=len(above), cells=_cells(above))
    if layout.assumed:
        ask(kinds.ASSUMED_HEAD, f"A{layout.bottom + 1}", raw=joined(head[layout.bottom]))
    texts = {cell for row in head for cell in row if isinstance(cell, str) and cell.strip()}
    start = layout.bottom + 1
    skip: list[int] = []
    markers: list[Marker] = []
    repeated: list[int] = []
    if head and grid.first <= start < grid.height and _is_numbering(grid.row(start)):
        skip.append(start)
        ask(kinds.NUMBERING_ROW, f"A{start + 1}", raw=joined(grid.row(start)))
    if head and grid.first <= start < grid.height and is_unit_row(grid.row(start)):
        skip.append(start)
        ask(kinds.UNIT_ROW, f"A{start + 1}", raw=joined(grid.row(start)))
    for at in grid.suspects(start, _MARKS, texts, _NEAR, key):
        row = grid.row(at)
        filled = [cell for cell in row if cell != ""]
        if not filled:
            continue
        total = next((normal(cell) for cell in filled[:_NEAR] if isinstance(cell, str) and re.search(TOTAL, cell)), "")
        first = normal(filled[0])
        if all(isinstance(cell, str) and cell in texts for cell in filled) and _is_one_of(row, head):
            repeated.append(at)
        elif total and not _has_key(row, key, total):
            ask(kinds.TOTAL_ROW, f"A{at + 1}", raw=joined(row))
            if RUNNING.search(total) is None:
                markers.append(Marker(at, row, WHOLE.match(total) is not None))
        elif re.search(_FOOTNOTE, first) and not _has_key(row, key, first):
            for line in (lines := [at, *_going_on(grid, at)]):
                ask(kinds.FOOTNOTE_ROW, f"A{line + 1}", raw=joined(grid.row(line)))
            skip += lines[1:]
        else:
            continue
        skip.append(at)
    if repeated:
        ask(kinds.REPEATED_HEAD, f"A{repeated[0] + 1}", n=len(repeated), cells=_cells(repeated))
    if grid.widths is not None:
        skip += _of_other_width(grid, grid.widths, layout.bottom, skip, ask)
    return Apart(skip, markers)


def _going_on(grid: Grid, at: int) -> Iterator[int]:
    """2.寄宿生按实际住宿人数填报: the lines of a note after its first."""
    for line in range(at + 1, grid.height):
        filled = [cell for cell in grid.row(line) if cell != ""]
        if len(filled) != 1 or not isinstance(filled[0], str) or _FURTHER.match(filled[0]) is None:
            return
        yield line


def begins_like_a_note(cell: object) -> bool:
    return isinstance(cell, str) and _MARKS.on(cell)


def _of_other_width(grid: Grid, widths: Sequence[int], heading: int, skip: Sequence[int], ask: Ask) -> list[int]:
    """Lines of a text that are longer than the heading are not read: no cell of theirs need stand under its heading."""
    if {*widths[heading + 1 :]} <= {0, widths[heading]}:
        return []  # only what stands above the heading differs: a title
    gone = set(skip)
    lines = [at for at in range(heading + 1, len(widths)) if widths[at] and at not in gone]
    usual, times = Counter(widths[at] for at in lines).most_common(1)[0] if lines else (0, 0)
    # Where most lines have a cell more, they have a column without a heading.
    whole = max(widths[heading], usual if times > 1 and len(lines) < 2 * times else 0)
    long = [at for at in lines if widths[at] > whole and any(map(normal, grid.row(at)[whole:]))]
    short = [at for at in lines if widths[at] < widths[heading]]
    # A program that leaves empty cells at the end away does so in many lines.
    short = [at for at in short if any(map(normal, grid.row(at)))] if 2 * len(short) <= len(lines) else []
    for kind, found in ((LONG_ROWS, long), (SHORT_ROWS, short)):
        if found:
            told = at_lines(kind, found, joined(grid.row(found[0])))
            ask(kind, told.cell, raw=told.raw, n=told.n, values=told.values, cells=told.cells)
    return long


def _cells(rows: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"A{at + 1}" for at in islice(rows, MOST_PLACES))


def _has_key(row: Sequence[object], key: int | None, word: str) -> bool:
    """A row that bears a key is data, whatever else it says."""
    cell = normal(row[key]) if key is not None and key < len(row) else ""
    return bool(cell) and cell != word and not cell.startswith("=") and not begins_like_a_note(cell)


def _is_one_of(row: Sequence[object], head: Sequence[Sequence[object]]) -> bool:
    """A heading that comes again has its words in the same columns."""
    return any(all(cell in ("", *above[at : at + 1]) for at, cell in enumerate(row)) for above in head)


def joined(row: Sequence[object]) -> str:
    return " ".join(text for cell in row if (text := normal(cell)))


def idle_rows(
    grid: Grid, body: Body, columns: Sequence[int], key: int | None, blank: Callable[[Raw], pl.Series]
) -> list[int]:
    """Titles that come again and names of towns between the rows: one text, in no column that is read, across several, or
    where only a code can stand. `key`: the column of the codes.
    """
    if not grid.width or not columns:
        return []
    at_all = {line for line in _across(grid) if grid.first <= line < grid.height}
    if key is not None:
        at_all |= {body.line(at) for at in _words(body.column(key))}
    nothing: pl.Series | None = None
    for column in columns:
        own = blank(body.column(column))
        nothing = own if nothing is None else nothing & own
        if not nothing.any():
            break
    at_all |= set() if nothing is None else {body.line(at) for at in nothing.arg_true()}
    return sorted(at for at in at_all & _lines(body, at_all) if _is_one_text(grid.row(at)))


def nil_rows(body: Body, table: Table, columns: Mapping[str, int], blank: Callable[[Raw], pl.Series]) -> list[int]:
    """Rows that say that there is nothing to list: 无 or a stroke in every cell that is read, or nothing.

    One must stand where others say whose record it is, for elsewhere 无 may be what is asked for. `columns`: by field.
    """
    who = {table.key: 0, table.title: 1} | dict.fromkeys(table.parents.values(), 1)
    fields = sorted(columns, key=lambda field: who.get(field, 2))  # the key first: it hardly ever is nothing
    of_whom = [body.column(columns[field]) for field in fields if field in who]
    if all(not isinstance(cells, pl.Series) and _NIL.isdisjoint(cells) for cells in of_whom):
        return []
    nothing = pl.Series([True]).new_from_index(0, body.height)
    said = ~nothing
    for field in fields:
        cells = body.column(columns[field])
        nil = _is_nil(cells)
        nothing &= nil | blank(cells)
        if field in who:
            said |= nil
        if not nothing.any():
            return []
    return [body.line(at) for at in (nothing & said).arg_true()]


def _is_nil(cells: Raw) -> pl.Series:
    if not isinstance(cells, pl.Series):
        known = _NIL.intersection(cells)
        return pl.Series([cell in known for cell in cells] if known else [False] * len(cells), dtype=pl.Boolean)
    if isinstance(cells.dtype, pl.Enum):
        return _is_nil(cells.dtype.categories).gather(cells.to_physical()).fill_null(False)
    if cells.dtype != pl.String:
        return pl.Series([False]).new_from_index(0, cells.len())
    short = (cells.str.len_bytes() <= _LONGEST_NIL).fill_null(False)
    at = short.arg_true()
    return short.scatter(at, _is_nil(cells.gather(at).to_list())) if at.len() else short


def _across(grid: Grid) -> list[int]:
    """Rows of which a cell is merged over three columns and more."""
    return [first for (first, left), (_, right) in grid.merges or () if right - left > 1]


def _words(codes: Raw) -> Sequence[int]:
    if isinstance(codes, pl.Series):
        texts = codes.cast(pl.String).rename("text").to_frame().with_row_index("at")
        # Quicker than a pattern: what begins with a digit is no word.
        texts = texts.filter((pl.col("text") < "0") | (pl.col("text") >= ":"))
        return texts.filter(pl.col("text").str.contains(_WORDS.pattern))["at"].to_list()
    return [at for at, cell in enumerate(codes) if isinstance(cell, str) and _WORDS.search(cell)]


def _lines(body: Body, wanted: set[int]) -> set[int]:
    return {line for line in body.lines if line in wanted} if wanted else set()


def _is_one_text(row: Sequence[object]) -> bool:
    filled = [cell for cell in row if normal(cell)]
    return len(filled) == 1 and isinstance(filled[0], str) and _HAN.search(filled[0]) is not None


def is_unit_row(row: Sequence[object]) -> bool:
    """人 名 天 under the heading: in which unit each column is."""
    filled = [cell for cell in row if normal(cell)]
    return len(filled) > 1 and all(isinstance(cell, str) and _UNIT.fullmatch(normal(cell)) for cell in filled)


def _is_numbering(row: Sequence[object]) -> bool:
    """栏次: 1 2 3 4 … (or 甲 乙 1 2 …) under the heading."""
    texts = [text for cell in row if (text := normal(cell))]
    numbers = [int(text) for text in texts if text.isdecimal() and len(text) < 4]
    rest = "".join(text for text in texts if not (text.isdecimal() and len(text) < 4))
    return (
        len(numbers) >= (2 if rest else 5)
        and rest in ("", "甲", "甲乙", "甲乙丙", "甲乙丙丁", "栏次")
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and numbers[0] <= 2
    )
