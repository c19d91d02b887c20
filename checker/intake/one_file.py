"""The path of one file → what its sheets hold. A workbook is read whole, a long text or Parquet file in pieces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

from checker import collector, signs, threads
from checker.intake import answered, kinds
from checker.intake.blocks import blocks
from checker.intake.context import Context, Found
from checker.intake.folders import contents
from checker.intake.formats import opened as sheets_of
from checker.intake.formats.long import Pieces, in_pieces
from checker.intake.frames import NamedGrid, read_named
from checker.intake.grid import Grid, NotInPieces, Opened
from checker.intake.recognise import read_sheet
from checker.plan import Source
from checker.tables import Question, papers

_REACH = 10  # rows in which the heading of a form is looked for
_WORTH = 1 << 22  # bytes from which a second thread saves more than it costs


@dataclass(frozen=True, slots=True)
class File:
    """`whole`: what it holds, unless it is so long that it comes in `pieces` first."""

    path: Path
    name: str
    digest: str
    whole: Callable[[], Opened]
    pieces: Pieces | None = None


def opened(path: Path, name: str) -> File:
    suffix = path.suffix.lower()
    if (pieces := in_pieces(path, suffix, name)) is not None:
        return File(path, name, signs.digest(path), lambda: sheets_of(contents(path, suffix), suffix, name), pieces)
    data = contents(path, suffix)
    whole: Callable[[], Opened] = partial(sheets_of, data, suffix, name)
    if len(data) >= _WORTH:
        whole = threads.beside(whole)  # neither needs the other
    return File(path, name, sha256(data).hexdigest(), whole)


def sheets(file: File, context: Context, instead: Mapping[str, Mapping[str, str]]) -> list[Found]:
    """`instead`: sheet → cell → what was answered about it."""
    if file.pieces is not None:
        try:
            with closing(file.pieces):
                return [_in_pieces(file, answered.Pieces(file.pieces, instead.get("", {})), context)]
        except NotInPieces:
            pass
    with collector.at_rest():  # millions of cells live for a moment
        return _in_whole(file, context, instead)


def _in_whole(file: File, context: Context, instead: Mapping[str, Mapping[str, str]]) -> list[Found]:
    name, digest = file.name, file.digest
    whole = file.whole()
    if any(papers.is_form(grid.head(_REACH)) for grid in whole.grids):
        return [Found(questions=[Question(kinds.FORM_AS_DATA, Source(name, "", "", {}, digest))])]
    found = [Found(questions=[remark.asked(Source(name, "", "", {}, digest)) for remark in whole.remarks])]
    names = [grid.sheet for grid in whole.grids]
    for grid in whole.grids:
        if papers.lists_findings(names, grid.head(_REACH)):
            found.append(Found(questions=[Question(kinds.OUR_PAPER, Source(name, grid.sheet, "", {}, digest))]))
            continue
        answered.put(grid, instead.get(grid.sheet, {}))
        if isinstance(grid, NamedGrid):
            found.append(read_named(grid, name, digest, context))
        else:
            found += [read_sheet(each, name, digest, context) for each in _tables_in(grid, name, context)]
    return found


def _in_pieces(file: File, pieces: answered.Pieces, context: Context) -> Found:
    first = next(iter(pieces))
    if isinstance(first, NamedGrid):
        return read_named(first, file.name, file.digest, context, pieces=pieces)
    return read_sheet(first, file.name, file.digest, context, pieces)


def _tables_in(grid: Grid, name: str, context: Context) -> list[Grid]:
    """A sheet may hold several tables, unless somebody has said what it is."""
    said = context.said(name, grid.sheet)
    is_settled = said.skip or said.table or said.header is not None
    return [grid] if grid.hidden or is_settled else blocks(grid, context.index.knowing(said.known()), name)
