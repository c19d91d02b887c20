"""Plan → its passes: obligations that are judged together, and which rows a shard must hold so that they can be judged there.

A shard holds all rows below its subjects, and all that these lead to. Obligations on units are a pass of their own: they
look at everything that a unit has, but at few columns of it; so a unit with half of all schools holds up nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from checker.engines.columnar.needs import Needs, key_field
from checker.engines.columnar.rows import columns_read
from checker.engines.columnar.units import UNITS
from checker.plan import Plan

Schemas = Mapping[str, Collection[str]]  # table → its columns


@dataclass(frozen=True, slots=True)
class Pass:
    """`numbers`: of its obligations in the whole plan. `reads`: table → the columns that travel, those of units apart.

    `follows`: table of which every row has a shard of its own → the parent in whose shard that is; None: by its own key.
    `below`: parent and child table whose rows are counted, parents first. `up`: table, table looked up, by which column.
    `rounds`: how often `up` is gone through until all is there.
    """

    plan: Plan
    numbers: tuple[int, ...]
    subjects: frozenset[str]
    reads: Mapping[str, tuple[str, ...]]
    follows: Mapping[str, str | None]
    below: tuple[tuple[str, str], ...]
    up: tuple[tuple[str, str, str], ...]
    rounds: int

    @property
    def of_units(self) -> bool:
        return UNITS in self.subjects

    def is_beside(self, table: str, parent: str) -> bool:
        """Whether rows are in the shard of their parent in any case, whichever rows there are."""
        return self.follows.get(table) == parent and self.follows[parent] is None


def passes(plan: Plan, schemas: Schemas, beside: bool = False) -> list[Pass]:
    """`beside`: whether the subjects' names travel, too, and what tells how many subjects of a target there should be."""
    found = []
    for of_units in (False, True):
        numbers = tuple(n for n, duty in enumerate(plan.obligations) if (duty.subject == UNITS) is of_units)
        if numbers:
            part = replace(plan, obligations=tuple(plan.obligations[number] for number in numbers))
            found.append(_pass(part, numbers, schemas, beside))
    return found


def _pass(plan: Plan, numbers: tuple[int, ...], schemas: Schemas, beside: bool) -> Pass:
    pack, needs = plan.pack, Needs(plan.pack, plan.obligations)
    subjects = frozenset(duty.subject for duty in plan.obligations)
    if beside:
        subjects |= {*_counted(plan, needs)}
    for name in sorted(subjects):
        needs.of(name)
    read = {name: what for name, what in needs.tables.items() if name in schemas}
    below = [(name, child) for name, what in read.items() for child in what.child_tables if child in schemas]
    hops = [(name, path[0]) for name, what in read.items() for path in what.fields if path[0]]
    held = _held(subjects, below) & set(schemas)
    # Below subjects of which there are none nothing is counted.
    below = [(parent, child) for parent, child in below if parent in held]
    # Of rows that share a key the last one owns the children: a shard with one of them needs the others.
    up = {(child, parent) for parent, child in below} | {(name, way[0]) for name, way in hops}
    ways = [
        (here, above, key_field(pack.tables[here], above))
        for here, above in sorted(up)
        if above in schemas and above != UNITS
    ]
    reads = {}
    for name, what in read.items():
        table, there = pack.tables[name], schemas[name]
        wanted = [field for way, field in what.fields if not way]
        if beside and name in subjects and table.title:
            wanted.append(table.title)
        if name != UNITS:
            reads[name] = tuple(column for column in columns_read(table, there, wanted) if column in there)
    return Pass(
        plan,
        numbers,
        subjects,
        reads,
        _follows(held, {name: tuple(pack.tables[name].parents) for name in held}),
        tuple(_parents_first(below)),
        *_in_rounds(ways, max((len(way) for _, way in hops), default=1)),
    )


def _counted(plan: Plan, needs: Needs) -> Iterator[str]:
    """The subjects of targets and all that they stand below: whose rows tell how many subjects were declared."""
    tables = plan.pack.tables
    waiting = [duty.subject for duty in plan.obligations if duty.revision.target is not None]
    seen = {UNITS}
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        needs.subject(name)
        for parent in tables[name].parents:
            if parent != UNITS:
                needs.register(tables[name], parent)
                waiting.append(parent)
        yield name


def _held(subjects: frozenset[str], below: list[tuple[str, str]]) -> set[str]:
    held, before = set(subjects), 0
    while len(held) > before:
        before = len(held)
        held |= {child for parent, child in below if parent in held}
    return held


def _follows(held: set[str], parents: Mapping[str, tuple[str, ...]]) -> dict[str, str | None]:
    above = {name: [parent for parent in parents[name] if parent in held] for name in sorted(held)}
    found: dict[str, str | None] = {name: None for name in above if not above[name]}
    while waiting := [name for name in above if name not in found]:
        near = {name: next((parent for parent in above[name] if parent in found), None) for name in waiting}
        # Tables that are each other's parents follow none.
        found |= {name: parent for name, parent in near.items() if parent is not None} or dict.fromkeys(waiting)
    return found


def _parents_first(below: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    order = TopologicalSorter[str]()
    for parent, child in below:
        order.add(child, parent)
    for name in order.static_order():
        yield from ((parent, child) for parent, child in below if child == name)


def _in_rounds(ways: list[tuple[str, str, str]], longest: int) -> tuple[tuple[tuple[str, str, str], ...], int]:
    """Once is enough where every table comes before those that it leads to."""
    order = TopologicalSorter[str]()
    for here, above, _ in ways:
        order.add(above, here)
    try:
        place = {name: at for at, name in enumerate(order.static_order())}
    except CycleError:
        return tuple(ways), longest
    return tuple(sorted(ways, key=lambda way: (place[way[0]], way))), 1
