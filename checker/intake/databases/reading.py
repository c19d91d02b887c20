"""An open database and what is asked of it → the rows of every table that the pack knows; the others are named, not read."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from checker.errors import Text
from checker.intake import answered, kinds, looking
from checker.intake.answered import ByFile
from checker.intake.databases.address import Address
from checker.intake.databases.session import Relation, Rows, Session, attempt, digest, in_order
from checker.intake.frames import NamedGrid
from checker.intake.heads import of_columns
from checker.intake.layout import Layout
from checker.intake.names import Index
from checker.intake.sheets import Context, Found, read_layout
from checker.plan import Source
from checker.tables import Question

QUERY = "query"
_SHOWN = 20


def found_in(session: Session, address: Address, context: Context, instead: ByFile) -> list[Found]:
    relations = attempt(session.told, session.relations)
    asked = _asked(address, relations, session.default)
    index = context.index
    if asked or address.query:
        chosen, left = asked, []
    else:
        here = _schema(address, relations, session.default)
        chosen = [each for each in here if each.readable and _is_ours(each, index)]
        left = [each for each in here if each not in chosen]
    found = [_read(session, address, relation, context, instead) for relation in chosen]
    if address.query:
        found.append(_read(session, address, address.query, context, instead))
    if left:
        names = "、".join(each.name for each in left[:_SHOWN]) + ("…" if len(left) > _SHOWN else "")
        kind = kinds.TABLES_NOT_READ if chosen else kinds.NO_TABLE_KNOWN
        source = Source(address.name, address.schema or session.default, "", {})
        found.append(Found(questions=[Question(kind, source, n=len(left), values={"names": names})]))
    if not found:
        raise address.refused("E25", Text("库中没有表", "the database holds no table"))
    return found


# --- which tables --------------------------------------------------------------------------------


def _schema(address: Address, relations: Sequence[Relation], default: str) -> list[Relation]:
    wanted = address.schema or default
    here = [each for each in relations if each.schema == wanted]
    schemas = sorted({each.schema for each in relations} - {wanted})
    if not here and schemas:
        message = Text(f"“{wanted}”模式中没有表", f'there is no table in the schema "{wanted}"')
        raise address.refused("E26", message, _such_as([f"schema={name}" for name in schemas]))
    return here


def _asked(address: Address, relations: Sequence[Relation], default: str) -> list[Relation]:
    """Looked up among the names that are there; what was typed never becomes part of a command."""
    schema = address.schema or default
    return [_named(address, name, relations, schema) for name in dict.fromkeys(address.tables)]


def _named(address: Address, name: str, relations: Sequence[Relation], schema: str) -> Relation:
    known = {each.name: each for each in relations if each.schema == schema}
    whole = {each.shown: each for each in relations}
    relation = known.get(name) or whole.get(name)
    if relation is None:
        near = _near(name, list(known)) or _near(name, list(whole))
        message = Text(f"库中没有名为“{name}”的表或视图", f'there is no table or view "{name}"')
        raise address.refused("E26", message, _such_as(near or sorted(known) or sorted(whole)))
    if not relation.readable:
        message = Text(f"没有读取“{name}”的权限，或它已失效", f'"{name}" may not be read, or is broken')
        raise address.refused("E26", message)
    return relation


def _near(name: str, names: Sequence[str]) -> list[str]:
    same = [each for each in names if each.lower() == name.lower()]
    return same or get_close_matches(name, names, n=3)


def _such_as(names: Sequence[str]) -> Text | None:
    shown = names[:_SHOWN]
    return Text(f"可写：{'、'.join(shown)}", f"there is {', '.join(shown)}") if shown else None


def _is_ours(relation: Relation, index: Index) -> bool:
    """A database holds other things too: half of the columns must be known, or the name and some of them."""
    heads = _heads([column.name for column in relation.columns], relation, index)
    layout = of_columns(heads, index, _title(relation, index))
    if layout is None:
        return False
    named = index.named(_title(relation, index)).get(layout.table, 0.0)
    return named > 0 or (len(layout.fields) > 2 and 2 * len(layout.fields) >= len(heads))


def _title(relation: Relation, index: Index) -> str:
    return relation.name if index.named(relation.name) or not relation.comment else relation.comment


def _heads(names: Sequence[str], relation: Relation | str, index: Index) -> list[str]:
    """Where a column is called xxmc and its comment says 学校名称, the comment is the heading."""
    comments = {} if isinstance(relation, str) else {each.name: each.comment for each in relation.columns}
    return [comments[name] if not index.known(name) and index.known(comments.get(name, "")) else name for name in names]


# --- their rows ----------------------------------------------------------------------------------


def _read(session: Session, address: Address, what: Relation | str, context: Context, instead: ByFile) -> Found:
    rows = attempt(session.told, lambda: in_order(session.rows(what), () if isinstance(what, str) else what.key))
    sheet = QUERY if isinstance(what, str) else what.shown
    seen = digest(rows)
    source = Source(address.name, sheet, "", {}, seen)
    grid = NamedGrid(sheet, rows.titles, rows.frame.get_columns(), rows.frame.height)
    answered.put(grid, instead.get(seen, {}).get(sheet, {}))
    layout = _layout(rows, what, context.index)
    if layout is None:
        heads = "、".join(name for name in rows.titles if context.index.known(name)) or "—"
        asked = Question(kinds.NOT_RECOGNISED, source, n=grid.height, values={"heads": heads})
        found = Found(questions=[asked], sheet=looking.unread(grid, address.name, seen, "not_recognised"))
    else:
        found = read_layout(grid, layout, address.name, seen, context)
    found.questions += [Question(kinds.BINARY_COLUMN, source, raw=name, n=n) for name, n in rows.binary.items()]
    return found


def _layout(rows: Rows, what: Relation | str, index: Index) -> Layout | None:
    title = "" if isinstance(what, str) else _title(what, index)
    return of_columns(_heads(rows.titles, what, index), index, title)
