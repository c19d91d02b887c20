"""A compiled ladder → the tables and columns that its rules look at: a run has many more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from checker.expr import Agg, Field, walk
from checker.measures import MEASURE, Ladder
from checker.model import Table

UNIT = "unit"


def columns_needed(ladder: Ladder, subjects: Iterable[str]) -> Mapping[str, set[str]]:
    """Table → columns. `subjects`: the tables that findings may be about."""
    facts = [fact for bound in ladder.rules for fact in (*bound.match, *bound.unless)]
    tables = {fact.table for fact in facts} | {bound.rule.by for bound in ladder.rules} | {UNIT}
    exprs = [expr for fact in facts for expr in (*fact.tests, *(join.own for join in fact.joins))]
    exprs += [join.other for fact in facts for join in fact.joins]
    exprs += [fact.distinct for fact in facts if fact.distinct is not None]
    if MEASURE in tables:
        tables |= {recorded.table for recorded in ladder.recorded}
        told = [(r.on, r.when, r.answer_by, r.answered_on) for r in ladder.recorded]
        exprs += [expr for each in told for expr in each if expr is not None]
    if looks_behind_findings(ladder):
        tables |= set(subjects)
    read: defaultdict[str, set[str]] = defaultdict(set)
    for part in (part for expr in exprs for part in walk(expr)):
        if isinstance(part, Field):
            read[part.table].add(part.name)
        if isinstance(part, Agg):
            tables.add(part.table)
    above = _with_parents(ladder, tables)
    return {name: _columns(ladder.tables[name], read[name], ladder.tables.values()) for name in above}


def looks_behind_findings(ladder: Ladder) -> bool:
    """Whether it has to be known which record a finding is about."""
    return any(
        bound.rule.by != UNIT and fact.table == "finding"
        for bound in ladder.rules
        for fact in (*bound.match, *bound.unless)
    )


def _with_parents(ladder: Ladder, tables: set[str]) -> set[str]:
    """And whatever a record may belong to or be linked with."""
    found, waiting = set(tables), list(tables)
    while waiting:
        table = ladder.tables[waiting.pop()]
        above = {*table.parents, *table.links} - found
        found |= above
        waiting += above
    return found


def _columns(table: Table, read: set[str], tables: Iterable[Table]) -> set[str]:
    """What is read, what it is shown by, and what says which record it is, whose, since when, how many there are."""
    found = read | {table.key or "code", table.title, table.dated, "received_on", *table.shown_by}
    found |= {*table.parents.values(), *table.links.values()}
    found |= {column for below in tables for parent, column in below.declared_in.items() if parent == table.id}
    found |= {f"_returned_{below.id}" for below in tables}
    evidence = {
        name for field in read & set(table.fields) for names in table.fields[field].shown_by.values() for name in names
    }
    if table.id == UNIT:
        found |= {"valid_from", "valid_to", "successor"}
    return found | evidence
