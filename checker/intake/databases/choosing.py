"""What an address and the mappings ask of a database + the tables it has → what is read, in which order, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as made
from difflib import get_close_matches

from checker.errors import Span, Text
from checker.intake.databases.address import Address
from checker.intake.databases.session import Relation
from checker.intake.heads import of_columns
from checker.intake.names import Index
from checker.mapping import DatabaseMap

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table, or a query; `sheet`: how it is called; `entry`: what a mapping says of it."""

    what: Relation | str
    sheet: str
    entry: DatabaseMap | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one database. `entries`: of mappings; `whole`: read also what the pack knows of itself."""

    address: Address
    entries: tuple[DatabaseMap, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """`unknown`: tables that nobody asked for and the pack does not know; `denied`: that it knows and may not read."""

    wanted: list[Wanted]
    unknown: list[Relation] = made(default_factory=list)
    denied: list[Relation] = made(default_factory=list)


def choose(asked: Asked, relations: Sequence[Relation], default: str, index: Index) -> Choice:
    """What is typed is looked up among the names that are there; it never becomes part of a command."""
    address, schema = asked.address, asked.address.schema or default
    if address.tables or address.query:
        named = [_named(address, name, relations, schema) for name in dict.fromkeys(address.tables)]
        about = {_of(asked, entry, relations, schema).shown: entry for entry in asked.entries if entry.source}
        chosen = [Wanted(each, each.shown, about.get(each.shown)) for each in named]
        return Choice([*chosen, *([Wanted(address.query, "query")] if address.query else [])])
    chosen = []
    for entry in asked.entries:
        what = _of(asked, entry, relations, schema) if entry.source else entry.query
        chosen.append(Wanted(what, _sheet(what, chosen), entry))
    if not asked.whole:
        return Choice(chosen)
    taken = [each.what for each in chosen]
    here = [each for each in _schema(address, relations, schema, bool(chosen)) if each not in taken]
    known = [each for each in here if _is_ours(each, index)]
    return Choice(
        [*chosen, *(Wanted(each, each.shown) for each in known if each.readable)],
        [each for each in here if each not in known],
        [each for each in known if not each.readable],
    )


def _sheet(what: Relation | str, before: Sequence[Wanted]) -> str:
    """Queries have no names: they are counted."""
    if not isinstance(what, str):
        return what.shown
    n = sum(isinstance(each.what, str) for each in before)
    return "query" if n == 0 else f"query{n + 1}"


def _schema(address: Address, relations: Sequence[Relation], wanted: str, may_be_empty: bool) -> list[Relation]:
    here = [each for each in relations if each.schema == wanted]
    schemas = sorted({each.schema for each in relations} - {wanted})
    if not here and schemas and not may_be_empty:
        message = Text(f"“{wanted}”模式中没有表", f'there is no table in the schema "{wanted}"')
        raise address.refused("E26", message, _such_as([f"schema={name}" for name in schemas]))
    return here


def _of(asked: Asked, entry: DatabaseMap, relations: Sequence[Relation], schema: str) -> Relation:
    return _named(asked.address, entry.source, relations, schema, entry.span)


def _named(
    address: Address, name: str, relations: Sequence[Relation], schema: str, span: Span | None = None
) -> Relation:
    known = {each.name: each for each in relations if each.schema == schema}
    whole = {each.shown: each for each in relations}
    relation = known.get(name) or whole.get(name)
    if relation is None:
        near = _near(name, list(known)) or _near(name, list(whole))
        message = Text(f"库中没有名为“{name}”的表或视图", f'there is no table or view "{name}"')
        raise address.refused("E26", message, _such_as(near or sorted(known) or sorted(whole)), span)
    if not relation.readable:
        message = Text(f"没有读取“{name}”的权限，或它已失效", f'"{name}" may not be read, or is broken')
        raise address.refused("E26", message, span=span)
    return relation


def _near(name: str, names: Sequence[str]) -> list[str]:
    same = [each for each in names if each.lower() == name.lower()]
    return same or get_close_matches(name, names, n=3)


def _such_as(names: Sequence[str]) -> Text | None:
    shown = names[:_SHOWN]
    return Text(f"可写：{'、'.join(shown)}", f"there is {', '.join(shown)}") if shown else None


def shown(relations: Sequence[Relation]) -> str:
    return "、".join(each.name for each in relations[:_SHOWN]) + ("…" if len(relations) > _SHOWN else "")


# --- what a table is called, and its columns -----------------------------------------------------


def _is_ours(relation: Relation, index: Index) -> bool:
    """A database holds other things too: the name must be known, or half of the columns, or both a little."""
    heads = headings([column.name for column in relation.columns], relation, index)
    named = index.named(title(relation, index))
    layout = of_columns(heads, index, title(relation, index))
    if layout is None:
        return max(named.values(), default=0.0) == 1.0
    return layout.table in named or (len(layout.fields) > 2 and 2 * len(layout.fields) >= len(heads))


def title(what: Relation | str, index: Index) -> str:
    if isinstance(what, str):
        return ""
    return what.name if index.named(what.name) or not what.comment else what.comment


def headings(names: Sequence[str], what: Relation | str, index: Index) -> list[str]:
    """Where a column is called xxmc and its comment says 学校名称, the comment is the heading."""
    comments = {} if isinstance(what, str) else {each.name: each.comment for each in what.columns}
    return [comments[name] if not index.known(name) and index.known(comments.get(name, "")) else name for name in names]
