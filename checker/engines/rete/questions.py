"""plan → what durable-rules is asked about the records of each table, and which items of every obligation that covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checker.engines.rete.branches import Branches, Told, Uncovered, Way, Ways
from checker.engines.rete.sights import Sight
from checker.engines.world import World
from checker.errors import Text
from checker.network.patterns import Antecedent, Atom, Pattern
from checker.plan import Condition, Group, Item, Obligation, Plan, Verdict

# So many patterns go into one network: a record reaches all of them, with the fields that they read.
PATTERNS_TOGETHER = 50
LATENESS = Text("是否迟报看完成日期", "whether it is late depends on the day it was done")


@dataclass(frozen=True, slots=True)
class Part:
    """What one network is asked: pattern → the question that its match answers, and how."""

    patterns: Mapping[str, Pattern]
    answers: Mapping[str, tuple[int, bool]]
    fields: frozenset[str]


@dataclass(slots=True)
class Asked:
    """The questions about the records of one table. `names`: what is seen of a record → a field of its fact; `reads`: by
    question the fields with which, all known, it must be decided."""

    table: str
    names: dict[Sight, str] = field(default_factory=dict)
    reads: list[tuple[str, ...]] = field(default_factory=list)
    _ways: dict[tuple[Ways, Ways], int] = field(default_factory=dict)

    def question(self, true: Ways, false: Ways) -> int:
        """Its number; conditions that mean the same are one question."""
        number = self._ways.setdefault((true, false), len(self._ways))
        if number == len(self.reads):
            seen = dict.fromkeys(sight for way in (*true, *false) for sight in _seen(way))
            self.reads.append(tuple(self.names.setdefault(sight, f"p{len(self.names)}") for sight in seen))
        return number

    def parts(self) -> Iterator[Part]:
        patterns: dict[str, Pattern] = {}
        answers: dict[str, tuple[int, bool]] = {}
        for (true, false), number in self._ways.items():
            if len(patterns) > PATTERNS_TOGETHER:
                yield self._part(patterns, answers)
                patterns, answers = {}, {}
            for truth, ways in ((True, true), (False, false)):
                for way in ways:
                    name = f"r{len(patterns)}"
                    patterns[name], answers[name] = (self._antecedent(way),), (number, truth)
        if patterns:
            yield self._part(patterns, answers)

    def _part(self, patterns: dict[str, Pattern], answers: dict[str, tuple[int, bool]]) -> Part:
        fields = {name for number, _ in answers.values() for name in self.reads[number]}
        return Part(patterns, answers, frozenset(fields))

    def _antecedent(self, way: Way) -> Antecedent:
        atoms: list[Atom] = []
        there: dict[bool, list[str]] = {True: [], False: []}
        for literal in way:
            name = self.names[literal.sight]
            if isinstance(literal, Told):
                there[literal.there].append(name)
            elif isinstance(literal.value, Sight):
                atoms.append(Atom(name, literal.op, at=0, other=self.names[literal.value]))
            else:
                atoms.append(Atom(name, literal.op, literal.value))
        return Antecedent(self.table, tuple(atoms), tuple(there[True]), tuple(there[False]))


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one obligation: every item, and why durable-rules does not decide it (None: it does)."""

    obligation: Obligation
    items: tuple[tuple[Item, Text | None], ...]

    @property
    def covered(self) -> int:
        return sum(why is None for _, why in self.items)

    @property
    def wholly(self) -> bool:
        return self.covered == len(self.items)

    def decides(self, verdict: Verdict) -> bool:
        """Whether such a verdict rests on nothing else: whom the duty does not bind, nothing more is asked about."""
        spared = verdict == "not_applicable" and self.obligation.applies is not None
        return self.wholly or (spared and self.items[0][1] is None)


class Questions:
    """Of all obligations. `numbers`: a condition (by identity) → its question about records of its obligation's subject."""

    def __init__(self, plan: Plan, world: World) -> None:
        self._branches = Branches(world)
        self.asked: dict[str, Asked] = {}
        self.numbers: dict[int, int] = {}
        self.coverage = [self._obligation(duty) for duty in plan.obligations]

    def _obligation(self, duty: Obligation) -> Coverage:
        items: list[tuple[Item, Text | None]] = []
        for condition in (duty.applies, duty.require):
            if condition is not None:
                items += self._condition(duty.subject, condition)
        if duty.done_on is not None:
            items.append((duty.done_on, LATENESS))
        return Coverage(duty, tuple(items))

    def _condition(self, table: str, condition: Condition) -> Iterator[tuple[Item, Text | None]]:
        """A group is a question like its items: of what can be asked nothing is left to be put together here."""
        why = self._ask(table, condition)
        if isinstance(condition, Group):
            for child in condition.children:
                yield from self._condition(table, child)
        else:
            yield condition, why

    def _ask(self, table: str, condition: Condition) -> Text | None:
        try:
            true, false = self._branches.of(condition)
        except Uncovered as uncovered:
            return uncovered.why
        self.numbers[id(condition)] = self.asked.setdefault(table, Asked(table)).question(true, false)
        return None


def _seen(way: Way) -> Iterator[Sight]:
    for literal in way:
        yield literal.sight
        if not isinstance(literal, Told) and isinstance(literal.value, Sight):
            yield literal.value
