"""plan + tables → a world of records in which an expression has a value. The meaning of the language, said plainly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, assert_never, cast

from checker.engines.counting import Register, Tally, scaled
from checker.engines.values import (
    FIRST_DAY,
    INFINITY,
    LAST_DAY,
    Outcome,
    Truth,
    absolute,
    age,
    alike,
    arithmetic,
    cell,
    combined,
    compare,
    conjunction,
    day_of,
    difference,
    disjunction,
    ends,
    far,
    monotone,
    moved,
    negation,
    point,
    rounded,
    span,
    working_days_between,
)
from checker.expr import (
    Agg,
    And,
    Arith,
    Call,
    Clock,
    Compare,
    Const,
    Diff,
    Expr,
    Field,
    Has,
    Known,
    Not,
    OneOf,
    Or,
    Param,
    Scale,
    Shift,
    Value,
    kind_of,
)
from checker.model import Pack, Period, Table
from checker.plan import Condition, Item, Plan
from checker.units import TIMES

if TYPE_CHECKING:
    import polars as pl


@dataclass(slots=True, eq=False)
class Record:
    """One row. `there`: whether it exists on as_of (None: perhaps). `times`: how often it counts."""

    table: str
    position: int
    values: dict[str, object]
    there: Truth = True
    times: int = 1
    parents: dict[str, list[Record]] = field(default_factory=dict)  # parent table → the records it belongs to
    links: dict[str, Record] = field(default_factory=dict)
    children: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))


def _successors(unit: Record, units: Mapping[object, Record]) -> list[Record]:
    """The units that took over from this one: its records are theirs too."""
    if unit.table != "unit":
        return []
    seen = [unit]
    following = units.get(unit.values.get("successor"))
    while following is not None and following not in seen:
        seen.append(following)
        following = units.get(following.values.get("successor"))
    return seen[1:]


class World:
    """All records of a run. `frames` may hold a column TIMES: how many equal rows a row stands for."""

    def __init__(
        self, plan: Plan, frames: Mapping[str, pl.DataFrame], tables: Mapping[str, Table] | None = None
    ) -> None:
        self.pack: Pack = plan.pack
        self.tables = plan.pack.tables if tables is None else tables
        self.as_of, self.known_at = plan.as_of, plan.known_at
        self.records: dict[str, list[Record]] = {}
        for name, table in self.tables.items():
            self.records[name] = self._read(table, frames[name]) if name in frames else []
        for table in self.tables.values():
            self._connect(table)

    # --- records

    def _read(self, table: Table, frame: pl.DataFrame) -> list[Record]:
        found = []
        for position, row in enumerate(frame.to_dicts()):
            values = {name: cell(value) for name, value in row.items()}
            record = Record(table.id, position, values, self._there(table, values))
            record.times = row.get(TIMES, 1)
            found.append(record)
        for record in found:
            self._keep_shown(table, record)
        return found

    def _there(self, table: Table, values: Mapping[str, object]) -> Truth:
        received = values.get("received_on")
        if self.known_at is not None and isinstance(received, date) and received > self.known_at:
            return False
        there: Truth = True
        if table.dated:
            dated = values.get(table.dated)
            if isinstance(dated, date):
                there = day_of(dated) <= self.as_of
            else:
                there = True if isinstance(received, date) and received <= self.as_of else None
        shown = all(values.get(name) is not None for name in table.shown_by)
        return conjunction([there, True if shown else None])

    def _keep_shown(self, table: Table, record: Record) -> None:
        """A value that must be shown by evidence is missing without it: claimed, not shown."""
        original = dict(record.values)
        for declared in table.fields.values():
            for code, evidence in declared.shown_by.items():
                claimed = original.get(declared.id) == (True if code == "yes" else False if code == "no" else code)
                if claimed and any(original.get(name) is None for name in evidence):
                    record.values[declared.id] = None

    def _connect(self, table: Table) -> None:
        for parent, by in table.parents.items():
            owners = self._by_key(parent)
            for record in self.records[table.id]:
                key = record.values.get(by)
                own = owners.get(key)
                if own is None:
                    continue
                record.parents[parent] = [own]
                for owner in [own, *_successors(own, owners)]:
                    owner.children[table.id].append(record)
        for other, by in table.links.items():
            known = self._by_key(other)
            for record in self.records[table.id]:
                linked = known.get(record.values.get(by))
                if linked is not None:
                    record.links[other] = linked

    def _by_key(self, name: str) -> dict[object, Record]:
        key = self.tables[name].key or "code"
        return {
            r.values.get(key): r for r in self.records[name] if r.values.get(key) is not None and r.there is not False
        }

    def register(self, parent: Record, table: Table, period: Period | None) -> Register:
        n = sum(child.times for child in parent.children[table.id] if child.there is True)
        declared_in = table.declared_in.get(parent.table)
        declared = parent.values.get(declared_in) if declared_in else None
        until = parent.values.get(f"_returned_{table.id}")
        needed = self.as_of if period is None else min(self.as_of, period.end)
        returned = not table.returned or (isinstance(until, date) and until >= needed)
        return Register.of(n, declared, returned, table.when_empty)

    # --- values

    def value(self, expr: Expr, record: Record, period: Period | None = None) -> Any:
        def of(part: Expr) -> Any:
            return self.value(part, record, period)

        match expr:
            case Const(value):
                return value
            case Field():
                return self._field(expr, record)
            case Clock(name):
                return self._clock(name, period)
            case Param(name):
                raise AssertionError(f"not bound: {name}")
            case Not(item):
                return negation(_truth(of(item)))
            case And(items):
                return conjunction([_truth(of(item)) for item in items])
            case Or(items):
                return disjunction([_truth(of(item)) for item in items])
            case Compare(op, left, right):
                return self._compare(op, left, right, of)
            case OneOf(item, options):
                sought = point(of(item))
                return disjunction([compare("=", sought, point(of(option))) for option in options])
            case Has(item, codes, some):
                held = of(item)
                if not isinstance(held, frozenset):
                    return None
                return bool(held & set(codes)) if some else held >= set(codes)
            case Known(item):
                return point(of(item)) is not None
            case Arith(op, left, right):
                return arithmetic(op, of(left), of(right))
            case Diff(left, right):
                return difference(of(left), of(right))
            case Shift(item, amount, unit):
                return moved(of(item), of(amount), unit, self.pack.working_days)
            case Call():
                return self._call(expr, of)
            case Scale():
                return scaled(expr, point(of(expr.argument)))
            case Agg():
                return self._aggregate(expr, record, period)
        assert_never(expr)

    def _field(self, field: Field, record: Record) -> Outcome:
        here: Record | None = record
        for hop in field.hops:
            assert here is not None
            above = here.parents.get(hop)
            here = above[0] if above else here.links.get(hop)
            if here is None or here.there is not True:
                return None  # what only may exist may also turn out to have said nothing
        assert here is not None
        return cast(Value | None, here.values.get(field.name))

    def _clock(self, name: str, period: Period | None) -> Value | None:
        if name == "as_of":
            return self.as_of
        assert period is not None, "period.* outside a recurring duty"
        match name:
            case "period.start":
                return period.start
            case "period.end":
                return period.end
        return period.name

    def _compare(self, op: str, left: Expr, right: Expr, of: Callable[[Expr], Outcome]) -> Truth:
        order = _order(left) or _order(right)
        a, b = of(left), of(right)
        if order and op not in ("=", "!="):
            ranks = {code: Fraction(rank) for rank, code in enumerate(order)}
            a, b = (ranks.get(code) if isinstance(code, str) else None for code in (a, b))
        return compare(op, a, b)

    def _call(self, call: Call, of: Callable[[Expr], Outcome]) -> Any:
        match call.name:
            case "ceil" | "floor" | "round":
                return monotone(rounded(call.name), of(call.args[0]))
            case "abs":
                return absolute(of(call.args[0]))
            case "min":
                return monotone(lambda *xs: min(xs), *_alike(call, of))
            case "max":
                return monotone(lambda *xs: max(xs), *_alike(call, of))
            case "if":
                chosen = _truth(of(call.args[0]))
                if chosen is not None:
                    return of(call.args[1] if chosen else call.args[2])
                one, other = point(of(call.args[1])), point(of(call.args[2]))
                return one if one is not None and compare("=", one, other) is True else None
            case "first_known":
                return next((v for v in map(point, _alike(call, of)) if v is not None), None)
            case "age" | "working_days":
                start, end = point(of(call.args[0])), point(of(call.args[1]))
                if not isinstance(start, date) or not isinstance(end, date):
                    return None
                if call.name == "age":
                    return age(start, end)
                return working_days_between(start, end, self.pack.working_days)
        assert_never(call.name)

    # --- child functions

    def members(self, agg: Agg, record: Record, period: Period | None) -> list[tuple[Record, Truth]]:
        """The rows that belong or may belong to the child function, with their membership."""
        found: list[tuple[Record, Truth]] = []
        for child in record.children[agg.table]:
            inside = conjunction(
                [child.there, True if agg.where is None else _truth(self.value(agg.where, child, period))]
            )
            if inside is not False:
                found.append((child, inside))
        return found

    def tally(self, agg: Agg, record: Record, period: Period | None) -> Tally:
        """Rows by membership and body."""
        counts: dict[tuple[Truth, Truth], int] = defaultdict(int)
        for child, inside in self.members(agg, record, period):
            holds = True if agg.body is None else _truth(self.value(agg.body, child, period))
            counts[inside, holds] += child.times
        return Tally(counts, self.register(record, self.tables[agg.table], period))

    def _aggregate(self, agg: Agg, record: Record, period: Period | None) -> Outcome:
        match agg.name:
            case "every" | "any" | "none" | "count" | "share":
                return self.tally(agg, record, period).value(agg.name)
            case "sum":
                return self._sum(agg, record, period)
            case "latest" | "earliest":
                return self._extreme(agg, record, period)
            case "last":
                return self._last(agg, record, period)
        assert_never(agg.name)

    def _sum(self, agg: Agg, record: Record, period: Period | None) -> Outcome:
        assert agg.body is not None
        low: Fraction | float = Fraction(0)
        high: Fraction | float = Fraction(0)
        for child, inside in self.members(agg, record, period):
            summand = self.value(agg.body, child, period)
            a, b = (Fraction(0), INFINITY) if summand is None else ends(summand)
            # A row that may not belong adds nothing or all of its own.
            low += child.times * (a if inside is True else min(a, 0))
            high += child.times * (b if inside is True else max(b, 0))
        complete = self.register(record, self.tables[agg.table], period).complete
        return span(low, high if complete else INFINITY)

    def _extreme(self, agg: Agg, record: Record, period: Period | None) -> Outcome:
        """latest: at least the latest sure row; at most what maybe rows, dateless rows and rows yet to come allow."""
        assert agg.body is not None
        table = self.tables[agg.table]
        complete = self.register(record, table, period).complete
        sure: list[Any] = []
        perhaps: list[Any] = []
        unbounded = not complete
        for child, inside in self.members(agg, record, period):
            day = point(self.value(agg.body, child, period))
            if day is None:
                unbounded = True
            else:
                (sure if inside is True else perhaps).append(day)
        if not sure:
            return None
        if agg.name == "earliest":
            return span(far(agg.kind, FIRST_DAY) if unbounded else min([*sure, *perhaps]), min(sure))
        dated = isinstance(agg.body, Field) and agg.body.name == table.dated and not agg.body.hops
        limit = far(agg.kind, self.as_of if dated else LAST_DAY)
        return span(max(sure), limit if unbounded else max([*sure, *perhaps]))

    def _last(self, agg: Agg, record: Record, period: Period | None) -> Outcome:
        """The value in the newest row; unknown as soon as anything could still make another row the newest."""
        assert agg.body is not None
        assert agg.by is not None
        members = self.members(agg, record, period)
        if not members or not self.register(record, self.tables[agg.table], period).complete:
            return None
        dated = [(point(self.value(agg.by, child, period)), child) for child, _ in members]
        if any(inside is not True for _, inside in members) or any(day is None for day, _ in dated):
            return None
        newest = max(day for day, _ in dated)
        values = [point(self.value(agg.body, child, period)) for day, child in dated if day == newest]
        return values[0] if all(value is not None and value == values[0] for value in values) else None

    # --- conditions

    def condition(self, condition: Condition, record: Record, period: Period | None = None) -> Truth:
        if isinstance(condition, Item):
            return _truth(self.value(condition.expr, record, period))
        truths = [self.condition(child, record, period) for child in condition.children]
        return combined(condition.op, truths, condition.count)


def _truth(value: Outcome) -> Truth:
    assert value is None or isinstance(value, bool), value
    return value


def _order(expr: Expr) -> tuple[str, ...]:
    """The codes of an ordered choice, low to high; it may come out of `if`, first_known or last."""
    match expr:
        case Field():
            return expr.order
        case Call():
            return next((order for arg in expr.args if (order := _order(arg))), ())
        case Agg():
            return () if expr.body is None else _order(expr.body)
        case _:
            return ()


def _alike(call: Call, of: Callable[[Expr], Outcome]) -> list[Outcome]:
    return alike({kind_of(arg) for arg in call.args}, [of(arg) for arg in call.args])
