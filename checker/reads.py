"""An obligation → every value in a record that its verdict may look at."""

from __future__ import annotations

from checker.expr import Agg, Expr, Field, children
from checker.model import Pack
from checker.plan import Obligation

Read = tuple[str, str]  # table, field


def looked_at(pack: Pack, duty: Obligation) -> set[Read]:
    """All that its conditions, its day and the evidence for these read."""
    expressions = [item.expr for item in duty.items()] + ([duty.due] if duty.due is not None else [])
    return {read for expr in expressions for read in _reads(pack, expr, duty.subject)}


def _reads(pack: Pack, expr: Expr, table: str) -> set[Read]:
    """Every value that the expression looks at, keys that lead there included."""
    found: set[Read] = set()
    match expr:
        case Field(name=name, hops=hops):
            here = table
            for hop in hops:
                known = pack.tables[here]
                found.add((here, known.parents.get(hop) or known.links[hop]))
                here = hop
            found.add((here, name))
        case Agg():
            child = pack.tables[expr.table]
            found.add((child.id, child.parents[table]))
            found |= {(child.id, name) for name in (child.dated, *child.shown_by) if name}
            if table in child.declared_in:
                found.add((table, child.declared_in[table]))
            for part in children(expr):
                found |= _reads(pack, part, child.id)
        case _:
            for part in children(expr):
                found |= _reads(pack, part, table)
    for here, name in sorted(found):
        if name in pack.tables[here].fields:  # the day of receipt is none
            found |= {(here, by) for names in pack.tables[here].fields[name].shown_by.values() for by in names}
    return found
