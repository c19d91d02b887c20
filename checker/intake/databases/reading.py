"""An open database and what is asked of it → the rows of every table that is asked for or known; the others are named, not read."""

from __future__ import annotations

from dataclasses import replace

from checker.errors import Text
from checker.intake import answered, kinds, looking
from checker.intake.answered import ByFile
from checker.intake.context import Context, Found
from checker.intake.databases.choosing import Asked, Wanted, choose, headings, shown, title
from checker.intake.databases.session import Rows, Session, attempt, digest, in_order
from checker.intake.frames import NamedGrid
from checker.intake.heads import of_columns
from checker.intake.mapped import About
from checker.intake.sheets import read_layout
from checker.mapping import SheetMap
from checker.plan import Source
from checker.tables import Question


def found_in(session: Session, asked: Asked, context: Context, instead: ByFile) -> list[Found]:
    relations = attempt(session.told, session.relations)
    choice = choose(asked, relations, session.default, context.index)
    found = [_read(session, asked, each, context, instead) for each in choice.wanted]
    left = {kinds.TABLES_DENIED: choice.denied, kinds.TABLES_NOT_READ: choice.unknown}
    if not choice.wanted and not choice.denied:
        left = {kinds.NO_TABLE_KNOWN: choice.unknown}
    source = Source(asked.address.name, asked.address.schema or session.default, "", {})
    for kind, tables in left.items():
        if tables:
            found.append(Found(questions=[Question(kind, source, n=len(tables), values={"names": shown(tables)})]))
    if not found:
        raise asked.address.refused("E25", Text("库中没有表", "the database holds no table"))
    return found


def _read(session: Session, asked: Asked, wanted: Wanted, context: Context, instead: ByFile) -> Found:
    what, index, file = wanted.what, context.index, asked.address.name
    said = _said(asked, wanted, context)
    if said.skip:
        return Found(questions=[Question(kinds.SKIPPED_SHEET, Source(file, wanted.sheet, "", {}))])
    rows = attempt(session.told, lambda: in_order(session.rows(what), () if isinstance(what, str) else what.key))
    seen = digest(rows)
    source = Source(file, wanted.sheet, "", {}, seen)
    grid = NamedGrid(wanted.sheet, rows.titles, rows.frame.get_columns(), rows.frame.height)
    answered.put(grid, instead.get(seen, {}).get(wanted.sheet, {}))
    heads = headings(rows.titles, what, index)
    layout = of_columns(heads, index, title(what, index), said=_by_name(said, rows), names=rows.titles)
    if layout is None:
        known = "、".join(name for name in rows.titles if index.known(name)) or "—"
        question = Question(kinds.NOT_RECOGNISED, source, n=grid.height, values={"heads": known})
        found = Found(questions=[question], sheet=looking.unread(grid, file, seen, "not_recognised"))
    else:
        found = read_layout(grid, layout, file, seen, context, said)
    found.questions += [Question(kinds.BINARY_COLUMN, source, raw=name, n=n) for name, n in rows.binary.items()]
    return found


def _said(asked: Asked, wanted: Wanted, context: Context) -> About:
    """What the mappings say: first of the database, then of sheets that are called so."""
    said = context.said(asked.address.name, wanted.sheet)
    if wanted.entry is None:
        return said
    entry = SheetMap(table=wanted.entry.into, columns=wanted.entry.columns, span=wanted.entry.span)
    return About((entry, *said.maps), (entry, *said.settled))


def _by_name(said: About, rows: Rows) -> About:
    """Mappings may call a column by its own name although its comment is its heading."""

    def called(entry: SheetMap) -> SheetMap:
        columns = (
            replace(each, heading=f"#{each.heading}") if each.heading in rows.titles else each for each in entry.columns
        )
        return replace(entry, columns=tuple(columns))

    return About(tuple(map(called, said.maps)), tuple(map(called, said.settled)))
