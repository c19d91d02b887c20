"""The headings of a sheet whose table is known → which column is which field, and which may be several or none."""

from __future__ import annotations

import re
from collections.abc import Mapping

from checker.intake.layout import Head, Layout
from checker.intake.mapped import About, assign
from checker.intake.names import SERIAL_HEADS, Index, notes, plain

# 专职保安人数（计划）, 在校生数（上年）: not what is there now.
_ANOTHER_TIME = re.compile("计划|拟|目标|应[配有设]|编制|核定|预计|上年|去年|上期|上月|同期")
_YEAR = re.compile("20[0-9]{2}")


def any_hit(head: Head, index: Index) -> set[tuple[str, str]]:
    for form in head.forms():
        for hits in index.hits(form):
            if hits:
                return hits
    return set()


def _candidates(head: Head, table: str, index: Index) -> tuple[int, list[str]]:
    """How exactly, and which fields of the table the heading may be."""
    hits = [index.hits(form) for form in head.forms()]
    for level in range(3):
        for by_form in hits:
            fields = sorted(field for owner, field in by_form[level] if owner == table)
            if fields:
                return level, fields
    return 3, []


def match(layout: Layout, index: Index, said: About, places: Mapping[str, int]) -> None:
    """`said`: what mappings confirm; `places`: name of a column → column."""
    _confirm(layout, said, places)
    taken = set(layout.fields.values())
    claims: dict[str, list[tuple[int, Head]]] = {}
    open_heads: list[Head] = []
    before: dict[int, str] = {}
    previous = ""
    for head in layout.heads:
        before[head.column], previous = previous, head.leaf
        if head.column in layout.confirmed:
            continue
        level, fields = _candidates(head, layout.table, index)
        if level and _ANOTHER_TIME.search(" ".join(notes(head.leaf))):
            open_heads.append(head)
        elif len(fields) == 1 and fields[0] in taken:
            layout.second[head.column] = fields[0]
        elif len(fields) == 1:
            claims.setdefault(fields[0], []).append((level, head))
        else:
            open_heads.append(head)
            if fields:
                layout.ambiguous[head.column] = fields
    for field, claimants in claims.items():
        if len(claimants) > 1 and len({plain(head.forms()[0]) for _, head in claimants}) < len(claimants):
            # The same heading twice: only what stands before it can tell which is which.
            open_heads += [head for _, head in claimants]
            layout.ambiguous |= {head.column: [field] for _, head in claimants}
            continue
        claimants.sort(key=lambda claim: (claim[0], -_year(claim[1]), claim[1].column))
        layout.fields[claimants[0][1].column] = field
        layout.second |= {head.column: field for _, head in claimants[1:]}
    _parents_by_name(layout, index)
    _resolve(layout, [head for head in open_heads if head.column not in layout.fields], before, index)
    layout.fields = dict(sorted(layout.fields.items()))


def _year(head: Head) -> int:
    """Of 在校生数（2018年） and 在校生数（2019年） the later is meant."""
    return max(map(int, _YEAR.findall(" ".join(notes(head.leaf)))), default=0)


def _confirm(layout: Layout, said: About, places: Mapping[str, int]) -> None:
    columns = said.columns(layout.table)
    if not columns:
        return
    layout.confirmed, layout.faults = assign(columns, {head.column: head.forms() for head in layout.heads}, places)
    for at, column in layout.confirmed.items():
        if column.field in layout.fields.values():
            layout.second[at] = column.field
        elif column.field:
            layout.fields[at] = column.field


def _resolve(layout: Layout, open_heads: list[Head], before: Mapping[int, str], index: Index) -> None:
    taken = set(layout.fields.values())
    guesses = {
        head: index.by_neighbour(layout.table, head.leaf, before[head.column]) - taken
        for head in open_heads
        if before[head.column] and plain(head.leaf) not in SERIAL_HEADS
    }
    for head, fields in guesses.items():
        if len(fields) != 1:
            continue
        (field,) = fields
        if sum(field in others for others in guesses.values()) == 1:
            layout.fields[head.column] = field
            layout.by_neighbour[head.column] = before[head.column]
            layout.ambiguous.pop(head.column, None)


def _parents_by_name(layout: Layout, index: Index) -> None:
    """使用学校 in a list of buses names the parent: it stands for the key, or beside it."""
    table = index.tables.get(layout.table)
    if table is None:
        return
    named: dict[str, list[int]] = {}
    for head in layout.heads:
        if head.column in layout.fields or head.column in layout.ambiguous or head.column in layout.confirmed:
            continue
        hits = next((found for form in head.forms() for found in index.hits(form) if found), set())
        for parent, key in table.parents.items():
            if parent in index.tables and (parent, index.tables[parent].title) in hits:
                named.setdefault(key, []).append(head.column)
    for key, columns in named.items():
        if len(columns) == 1 and key not in layout.fields.values():
            layout.fields[columns[0]] = key
        else:
            layout.names |= dict.fromkeys(columns, key)
