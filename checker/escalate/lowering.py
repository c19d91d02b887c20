"""A compiled ladder + the world of a run → the program and its facts: every condition on one fact is judged here, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from checker.engines.reference import unit_of
from checker.engines.values import conjunction, day_of, point
from checker.engines.world import Record, World
from checker.escalate.program import Constant, Head, Join, Program, Rule, Slot, holds
from checker.expr import And, Compare, Const, Expr, Kind, is_interval, kind_of
from checker.measures import MEASURE, BoundEscalation, BoundFact, BoundJoin, BoundRecorded, Ladder
from checker.network.patterns import Fact, Scalar
from checker.plan import NO_UNIT
from checker.units import in_charge

UNIT = "unit"
# Kinds of which equal values have equal scalars, so that they may be compared there.
_PLAIN: tuple[Kind, ...] = ("yes_no", "text", "choice", "number", "percent", "date")
_EPOCH = datetime(1, 1, 1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of every fact of a table. `as_day`, `order`: how it is to be compared. `lenient`: not known to be false."""

    expr: Expr
    as_day: bool = False
    order: tuple[str, ...] = ()
    lenient: bool = False


@dataclass
class Lowering:
    """`records`: id of a fact → its record, to tell what a measure rests on."""

    ladder: Ladder
    world: World
    records: dict[str, Record] = field(default_factory=dict)
    origins: dict[str, Record] = field(default_factory=dict)  # measure on record → the row that tells it
    _asked: dict[str, dict[_Asked, str]] = field(default_factory=dict)
    _by: dict[str, set[str]] = field(default_factory=dict)
    _subjects: dict[str, dict[str, Record]] = field(default_factory=dict)
    _places: dict[str, dict[tuple[Constant, ...], None]] = field(default_factory=dict)  # in order, each once

    # --- rules

    def program(self) -> Program:
        levels: dict[int, list[Rule]] = {}
        for bound in self.ladder.rules:
            for slot in (*bound.match, *bound.unless):
                self._by.setdefault(slot.table, set()).add(bound.rule.by)
            for kind in bound.rule.raises:
                rule = self._rule(bound, kind)
                levels.setdefault(self.ladder.strata.get(kind, 0), []).append(rule)
                for place in (*rule.match, *rule.unless):
                    self._places.setdefault(place.kind, {})[place.tests] = None
        return Program(tuple(tuple(levels[level]) for level in sorted(levels)))

    def _rule(self, bound: BoundEscalation, kind: str) -> Rule:
        tables = [fact.table for fact in bound.match]
        return Rule(
            bound.rule.id,
            _by_field(bound.rule.by),
            tuple(self._slot(fact, tables) for fact in bound.match),
            kind,
            tuple(self._absent(fact, tables) for fact in bound.unless),
        )

    def _slot(self, fact: BoundFact, tables: list[str]) -> Slot:
        tests = tuple(self._test(fact.table, test) for test in fact.tests)
        distinct = "" if fact.distinct is None else self._field(fact.table, _Asked(fact.distinct))
        return Slot(fact.table, tests, self._joins(fact, tables), fact.at_least, distinct)

    def _absent(self, fact: BoundFact, tables: list[str]) -> Slot:
        own = self._field(fact.table, _Asked(And(fact.tests), lenient=True))
        return Slot(fact.table, (Constant(own, "=", True),), self._joins(fact, tables))

    def _test(self, table: str, test: Expr) -> Constant:
        match test:
            case Compare(op, left, Const(value, kind)) if (
                op in ("=", "!=")
                and value is not None
                and kind_of(left) in _PLAIN
                and kind in _PLAIN
                and not is_interval(left)
            ):
                constant = _scalar(value, _Asked(left))
                assert constant is not None
                return Constant(self._field(table, _Asked(left)), op, constant)
        return Constant(self._field(table, _Asked(test)), "=", True)

    def _joins(self, fact: BoundFact, tables: list[str]) -> tuple[Join, ...]:
        return tuple(self._join(fact.table, join, tables) for join in fact.joins)

    def _join(self, table: str, join: BoundJoin, tables: list[str]) -> Join:
        as_day = "date" in (kind_of(join.own), kind_of(join.other))
        order = () if join.op in ("=", "!=") else _order(join.own) or _order(join.other)
        own, other = (_Asked(side, as_day, order) for side in (join.own, join.other))
        return Join(self._field(table, own), join.op, join.at, self._field(tables[join.at], other))

    def _field(self, table: str, asked: _Asked) -> str:
        known = self._asked.setdefault(table, {})
        return known.setdefault(asked, f"x{len(known)}")

    # --- facts

    def facts(self) -> Iterator[Fact]:
        """The facts that fit a slot of some rule, measures on record among them. After `program`."""
        for table in sorted({*self._asked, *self._by}):
            for record in self.world.records.get(table, []):
                if record.there is not False:
                    yield from self._fitting(f"{table}:{record.position}", record, record)
        if MEASURE in self._by:
            for at, recorded in enumerate(self.ladder.recorded):
                for record in self.world.records.get(recorded.table, []):
                    taken = self._taken(recorded, record)
                    if taken is not None:
                        yield from self._fitting(f"taken:{at}:{record.position}", taken, record)

    def derived(self, head: Head) -> Fact:
        """A measure that follows, as a fact for further rules."""
        by = next(bound.rule.by for bound in self.ladder.rules if bound.rule.id == head.rule)
        subject = self.subject(by, head.about)
        values: dict[str, object] = {"kind": head.kind, "state": "proposed", "rule": head.rule}
        return self._fact(f"proposed:{head.rule}:{head.kind}:{head.about}", self._measure(values, subject), subject)

    def subject(self, by: str, key: str) -> Record:
        """The record that a measure is about."""
        if by not in self._subjects:
            named = self.world.tables[by].key
            there = [record for record in self.world.records[by] if record.there is not False]
            self._subjects[by] = {str(record.values.get(named)): record for record in reversed(there)}
        return self._subjects[by][key]

    def _taken(self, recorded: BoundRecorded, record: Record) -> Record | None:
        """The measure that a row tells; None if it tells none, or none yet."""

        def day(expr: Expr | None) -> date | None:
            value = None if expr is None else point(self.world.value(expr, record))
            return value if isinstance(value, date) else None

        on, as_of = day(recorded.on), self.world.as_of
        fits = True if recorded.when is None else self.world.value(recorded.when, record)
        there = conjunction([record.there, fits])
        if on is None or on > as_of or there is False:
            return None
        answer_by, answered = day(recorded.answer_by), day(recorded.answered_on)
        answered = None if answered is not None and answered > as_of else answered
        values: dict[str, object] = {
            "kind": recorded.kind,
            "state": "taken",
            "taken_on": on,
            "answer_by": answer_by,
            "answered_on": answered,
            "overdue": None if answer_by is None else answered is None and answer_by < as_of,
        }
        return self._measure(values, record, there)

    def _measure(self, values: Mapping[str, object], record: Record, there: bool | None = True) -> Record:
        made = Record(MEASURE, 0, dict(values), there)
        code = self.about(record, UNIT)
        units = [unit for unit in self.world.records[UNIT] if code is not None and unit.values.get("code") == code]
        made.values["unit"] = code
        made.parents = {UNIT: units[:1]} if units else {}
        return made

    def _fitting(self, id: str, record: Record, place: Record) -> Iterator[Fact]:
        """Nothing for a fact that no rule can use: of thousands of findings a few are left."""
        fields = {name: asked for asked, name in self._asked.get(record.table, {}).items()}
        values: dict[str, Scalar | None] = {}

        def fits(test: Constant) -> bool:
            if test.field not in values:
                values[test.field] = self._value(fields[test.field], record)
            return holds(test.op, values[test.field], test.value) is True

        if any(all(map(fits, tests)) for tests in self._places.get(record.table, ())):
            yield self._fact(id, record, place)

    def _fact(self, id: str, record: Record, place: Record) -> Fact:
        """`place`: the record by which it is known where it belongs."""
        told = {name: self._value(asked, record) for asked, name in self._asked.get(record.table, {}).items()}
        values = {name: value for name, value in told.items() if value is not None}
        for by in sorted(self._by.get(record.table, ())):
            about = self.about(place, by)
            if about is not None:
                values[_by_field(by)] = about
        self.records[id] = record
        self.origins[id] = place
        return Fact(id, record.table, values, record.there is True)

    def _value(self, asked: _Asked, record: Record) -> Scalar | None:
        return _scalar(self.world.value(asked.expr, record), asked)

    def about(self, record: Record, by: str) -> str | None:
        """The key of the record of `by` that a record belongs to; of units the one in charge today."""
        if record.table == "finding" and by != UNIT:
            return self.about(self.world.records[str(record.values["subject"])][int(str(record.values["row"]))], by)
        if by == UNIT:
            code = in_charge(self.world.pack.units, unit_of(self.world, record), self.world.as_of)
            return None if code == NO_UNIT else code
        here = _upwards(record, by)
        key = None if here is None else here.values.get(self.world.tables[by].key)
        return None if key is None else str(key)


def _by_field(by: str) -> str:
    return f"by_{by}"


def _upwards(record: Record, by: str) -> Record | None:
    """The nearest one up the parents."""
    level = [record]
    while level:
        for here in level:
            if here.table == by:
                return here
        level = [owner for here in level for owners in here.parents.values() for owner in owners]
    return None


def _order(expr: Expr) -> tuple[str, ...]:
    return getattr(expr, "order", ())


def _scalar(value: object, asked: _Asked) -> Scalar | None:
    """What stands for a value: days and minutes as numbers, ranks for ordered choices."""
    if asked.lenient:
        return value is not False
    match value:
        case bool():
            return value
        case str():
            if asked.order:
                return asked.order.index(value) if value in asked.order else None
            return value
        case Fraction():
            return int(value) if value.denominator == 1 else value
        case datetime() if not asked.as_day:
            return int((value - _EPOCH).total_seconds() // 60)
        case date():
            return day_of(value).toordinal()
    return None
