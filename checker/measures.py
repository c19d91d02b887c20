"""The frozen data of measures that follow from findings: the ladder as written, compiled, and what it proposes. Types only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from checker.errors import NOWHERE, Span, Text

if TYPE_CHECKING:
    from checker.expr import CompareOp, Expr
    from checker.model import Case, Expression, RawCondition, Table
    from checker.plan import Assumption

# A measure is proposed by a rule, or somebody has taken it and there is a record.
MeasureState = Literal["proposed", "taken"]
MeasuresEngine = Literal["reference", "rete"]
MEASURE = "measure"
UNSAID = Text("", "")
# What a run finds, beside the tables of the pack.
FOUND: dict[str, Text] = {
    "finding": Text("问题", "finding"),
    "target": Text("目标结果", "target"),
    "gate": Text("关口", "gate"),
    MEASURE: Text("措施", "measure"),
}


# --- as written ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawRecorded:
    """Where it is on record that a measure was taken: a table, on which of its rows (`when`), and its dates."""

    table: str
    on: Expression
    when: RawCondition | None = None
    answer_by: Expression | None = None
    answered_on: Expression | None = None
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class MeasureKind:
    id: str
    name: Text
    recorded: tuple[RawRecorded, ...] = ()
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class RawFact:
    """A fact to look for. With `at_least` so many of them, told apart by `distinct` (else by themselves)."""

    table: str
    name: str
    where: RawCondition | None = None
    within: Expression | None = None
    at_least: Expression | None = None
    distinct: Expression | None = None
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Escalation:
    """One rule of the ladder: all facts of `match` and none of `unless`, of one record of `by`, propose the measures."""

    id: str
    title: Text
    clauses: tuple[str, ...]
    since: date
    by: str
    match: tuple[RawFact, ...]
    raises: tuple[str, ...]
    grounds: Text
    unless: tuple[RawFact, ...] = ()
    addressee: Text = UNSAID
    decides: Text = UNSAID
    deadline: Expression | None = None
    until: date | None = None
    readings: tuple[str, ...] = ()
    span: Span = NOWHERE
    cases: tuple[Case, ...] = ()

    def in_force(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Escalations:
    """What a pack says about measures."""

    kinds: Mapping[str, MeasureKind] = field(default_factory=dict)
    rules: tuple[Escalation, ...] = ()


NO_ESCALATIONS = Escalations()


# --- compiled ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoundJoin:
    """`own` (of this fact) `op` `other` (of the fact at place `at` of the rule)."""

    own: Expr
    op: CompareOp
    at: int
    other: Expr


@dataclass(frozen=True, slots=True)
class BoundFact:
    """`tests` read the fact alone; all of them and all `joins` must hold. `at_least` None: this one fact."""

    table: str
    name: str
    tests: tuple[Expr, ...]
    joins: tuple[BoundJoin, ...]
    text: Text
    at_least: int | None = None
    distinct: Expr | None = None

    def said(self, label: Text) -> Text:
        """安全事件，至少3件：… (`label` of its table)."""
        few = UNSAID if self.at_least is None else Text(f"，至少{self.at_least}件", f", at least {self.at_least}")
        text = Text(f"：{self.text.zh}", f": {self.text.en}") if self.text.zh else UNSAID
        return Text(f"{label.zh}{few.zh}{text.zh}", f"{self.table}{few.en}{text.en}")


@dataclass(frozen=True, slots=True)
class BoundRecorded:
    kind: str
    table: str
    on: Expr
    when: Expr | None = None
    answer_by: Expr | None = None
    answered_on: Expr | None = None


@dataclass(frozen=True, slots=True)
class BoundEscalation:
    rule: Escalation
    match: tuple[BoundFact, ...]
    unless: tuple[BoundFact, ...]
    deadline: Expr | None
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rules of one day. `tables`: those of the pack and the facts that a run finds (finding, target, gate, measure).
    `strata`: kind of measure → its turn; those of a lower one are complete before a higher one begins."""

    recorded: tuple[BoundRecorded, ...] = ()
    rules: tuple[BoundEscalation, ...] = ()
    strata: Mapping[str, int] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)


NO_LADDER = Ladder()


# --- what comes out ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ground:
    """A fact that a measure rests on. `key`: the record's key, a finding's fingerprint, the id of a measure."""

    table: str
    key: str
    text: Text


@dataclass(frozen=True, slots=True)
class Measure:
    """A proposal: nothing of it holds before somebody has decided. `subject`, `key`: the record that it is about."""

    id: str
    kind: str
    rule: str
    subject: str
    key: str
    name: str
    unit: str
    deadline: date | None
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Measures:
    """`engine`: who worked them out; `instead`: why not the one that was asked for."""

    proposed: tuple[Measure, ...] = ()
    engine: MeasuresEngine = "reference"
    instead: Text | None = None


NO_MEASURES = Measures()


# --- order among rules ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dependence:
    """Measures of kind `head` follow (in `rule`) from measures of kind `body`, or from their absence (`negative`)."""

    body: str
    head: str
    rule: str
    negative: bool = False


def circle(dependences: Iterable[Dependence]) -> tuple[Dependence, ...]:
    """A way from a kind back to itself that leads through an absence; () if there is none, and then there are strata."""
    edges = sorted(set(dependences), key=lambda edge: (edge.body, edge.head, edge.negative, edge.rule))
    for first in (edge for edge in edges if edge.negative):
        ways: list[tuple[Dependence, ...]] = [(first,)]
        seen = {first.head}
        while ways:
            way = ways.pop(0)
            if way[-1].head == first.body:
                return way
            for edge in edges:
                if edge.body == way[-1].head and edge.head not in seen:
                    seen.add(edge.head)
                    ways.append((*way, edge))
    return ()


def strata(dependences: Iterable[Dependence]) -> dict[str, int]:
    """Kind → its stratum, 0 first: above every kind whose absence it rests on, not below any kind it rests on."""
    edges = list(dependences)
    found = dict.fromkeys(_kinds(edges), 0)
    changed = True
    while changed:
        changed = False
        for edge in edges:
            least = found[edge.body] + edge.negative
            if found[edge.head] < least:
                found[edge.head], changed = least, True
    return found


def _kinds(edges: Iterable[Dependence]) -> Iterator[str]:
    for edge in edges:
        yield edge.body
        yield edge.head
