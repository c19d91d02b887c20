"""One sheet → read as what it is: nothing, not to be read, not recognised, or the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable

from checker.intake import kinds, looking, suggest
from checker.intake.context import Context, Found
from checker.intake.formats import limits
from checker.intake.grid import Grid, NotInPieces
from checker.intake.heads import begins_with_heads, find, likely_heading, recognised
from checker.intake.mapped import beyond
from checker.intake.sheets import read_layout
from checker.plan import Source
from checker.tables import Question

_SHOWN = 8


def read_sheet(grid: Grid, file: str, digest: str, context: Context, pieces: Iterable[Grid] | None = None) -> Found:
    """`pieces`: of a long text, of which `grid` is the first."""
    bare = Source(file, grid.sheet, "", {}, digest)
    found = _read_sheet(grid, file, digest, context, bare, pieces)
    # Of a sheet that is left aside nothing more is told.
    if found.part is not None or not grid.hidden:
        found.questions[:0] = [remark.asked(bare) for remark in grid.remarks]
    return found


def _read_sheet(
    grid: Grid, file: str, digest: str, context: Context, bare: Source, pieces: Iterable[Grid] | None
) -> Found:
    if not grid.height or not grid.width:
        return Found(sheet=looking.unread(grid, file, digest, "empty"))
    said = context.said(file, grid.sheet)
    if said.skip:
        return Found(
            questions=[Question(kinds.SKIPPED_SHEET, bare)], sheet=looking.unread(grid, file, digest, "skipped")
        )
    if grid.hidden and not context.hidden and not said.hidden:
        return Found(questions=[Question(kinds.HIDDEN_SHEET, bare)], sheet=looking.unread(grid, file, digest, "hidden"))
    if pieces is not None and said.heading[1] >= limits.FIRST_LINES:
        raise NotInPieces
    if said.header is not None and said.heading[1] >= grid.height:
        context.faults.append(beyond(said.header, grid.height, file, grid.sheet))
        return Found(sheet=looking.unread(grid, file, digest, "not_recognised"))
    layout = find(grid, context.index, grid.sheet, file, said)
    if not said.table and (fields := begins_with_heads(grid, layout, context.index)):
        asked = Question(kinds.NOT_A_LIST, bare, n=len(fields), values={"heads": "、".join(fields[:_SHOWN])})
        return Found(questions=[asked], sheet=looking.unread(grid, file, digest, "not_recognised"))
    if layout is not None:
        return read_layout(grid, layout, file, digest, context, said, pieces)
    rows = sum(piece.body(0, ()).height for piece in pieces or [grid])
    if not rows:
        return Found(sheet=looking.unread(grid, file, digest, "empty"))
    if said.table:
        table = context.pack.tables[said.table].label
        asked = Question(kinds.HEADING_NOT_FOUND, bare, n=rows, values={"table": table})
    else:
        heads = "、".join(recognised(grid, context.index)[:_SHOWN]) or "—"
        asked = Question(kinds.NOT_RECOGNISED, bare, n=rows, values={"heads": heads})
    near = suggest.tables(likely_heading(grid, context.index), context.index) if context.looking else ()
    return Found(questions=[asked], sheet=looking.unread(grid, file, digest, "not_recognised", near))
