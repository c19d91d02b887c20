"""Rules and the changes that their cases do not notice → further cases that would: one fact of a case at hand altered.

The verdicts are the reference engine's, so a person must say whether they are what the clause means before pasting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from checker.cases import NO_SUBJECT, Outcome, Ready, Tools, asked_of, facts_of, tables_of
from checker.cases.coverage import Coverage, Worlds, apart, asks_for
from checker.cases.given import table_named
from checker.errors import Diagnostic
from checker.expr import Const, Expr, Field, Shift, children
from checker.model import Case, FieldDef, Pack, Rule, Table
from checker.mutants import IN_DEFINITION, Words, mutants
from checker.plan import Condition, Item, Obligation
from checker.words import STATUS, VERDICT, YES_NO, chinese_key
from checker.yaml_text import on_one_line

Given = Mapping[str, object]
Places = set[tuple[str, str]]


# Places in time that a proposed case states.
TOLD = ("not_due", "overdue", "late")


@dataclass(frozen=True, slots=True)
class Proposal:
    """`given`: the facts as in the file. `notices`: how many changes it tells that no case does."""

    name: str
    as_of: date
    period: str
    given: Given
    outcome: Outcome
    notices: int

    def line(self, rule: Rule) -> str:
        """To paste among the cases of the rule, in the spelling of its file."""
        given = {key: value for key, value in self.given.items() if rule.background.get(key) != value}
        facts: dict[str, object] = {"name": self.name, "as_of": str(self.as_of)}
        if self.period:
            facts["period"] = self.period
        facts |= {"given": given, "expect": self.outcome.verdict}
        if self.outcome.status in TOLD and self.outcome.verdict == "fail":
            facts["status"] = self.outcome.status
        if self.outcome.days is not None and self.outcome.verdict == "fail":
            facts["days"] = str(self.outcome.days)
        if rule.chinese:
            facts = {chinese_key("rule", ("cases", 0), key): _in_chinese(key, value) for key, value in facts.items()}
        return f"- {on_one_line(facts)}"


def _in_chinese(key: str, value: object) -> object:
    words = {"expect": VERDICT, "status": STATUS}.get(key, {})
    return words[str(value)].split("|")[0] if words else value


@dataclass(frozen=True, slots=True)
class _Try:
    name: str
    case: Case


def propose(pack: Pack, rule: Rule, measured: Sequence[Coverage], tools: Tools, worlds: Worlds) -> list[Proposal]:
    """The fewest that notice most. `measured`: of this rule and of the definitions that it may use."""
    wanted = {change.place for each in measured for change in each.survivors}
    lacking = {part for each in measured if each.name == rule.id for part in each.missing}
    found: list[tuple[_Try, Outcome, Places]] = []
    tries = list(_tries(pack, rule, tools))
    days: dict[tuple[date, date | None], list[_Try]] = {}
    for one in tries:
        days.setdefault((one.case.as_of, one.case.known_at), []).append(one)
    for (as_of, known_at), members in days.items():
        plan, _ = tools.compile(replace(pack, rules=(rule,), gates=()), as_of, known_at)
        if plan is None:
            continue
        words = Words(pack.tables, tools.definitions(pack, as_of))
        ready = []
        for number, one in enumerate(members):
            facts, faults = facts_of(pack, rule, one.case, number)
            if facts is not None and not faults:
                ready.append(Ready(rule, number, one.case, facts))
        for world in apart(ready):
            tables, subjects = tables_of(plan, world, tools)
            judge = worlds(plan, tables)
            changed: dict[int, list[tuple[str, Obligation]]] = {}
            for each, row in zip(world, subjects, strict=True):
                asked = asked_of(plan, each)
                if asked is None or isinstance(asked, Diagnostic):
                    continue
                duty = plan.obligations[asked[0]]
                if asked[0] not in changed:
                    changed[asked[0]] = [(c.place, m) for c, m in mutants(duty, words) if c.place in wanted]
                period = next((p for p in duty.periods or () if p.name == asked[1]), None)
                outcome = judge(duty, row, period)
                told: Places = set()
                for place, mutant in changed[asked[0]]:
                    other = judge(mutant, row, period)
                    if _differs(outcome, other):
                        told.add(("" if place.startswith(IN_DEFINITION) else str(duty.revision.since), place))
                if outcome.verdict != NO_SUBJECT:
                    told |= {
                        ("lacks", part) for part in (outcome.verdict, outcome.status) if part in lacking & _could(duty)
                    }
                if told:
                    found.append((members[each.place], outcome, told))
    return [Proposal(t.name, t.case.as_of, t.case.period, t.case.given, o, n) for t, o, n in _fewest(found)]


def _differs(outcome: Outcome, other: Outcome) -> bool:
    """In what the case will say: place in time and days are written for a failure only."""
    if outcome.verdict != other.verdict:
        return True
    return (
        outcome.verdict == "fail"
        and outcome.status in TOLD
        and (outcome.status, outcome.days) != (other.status, other.days)
    )


def _could(duty: Obligation) -> set[str]:
    return {"pass", "fail", "unknown"} | asks_for(duty)


def _fewest(found: list[tuple[_Try, Outcome, Places]]) -> Iterator[tuple[_Try, Outcome, int]]:
    """Greedily: the one that tells most of what is left; a decided verdict before an undecided one."""
    left = set().union(*(told for _, _, told in found)) if found else set()
    while left:
        one, outcome, told = max(found, key=lambda f: (len(f[2] & left), f[1].verdict != "unknown", -len(f[0].name)))
        if not told & left:
            return
        yield one, outcome, len(told & left)
        left -= told


# --- what may be altered -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Hints:
    """Numbers, days and lengths of time that stand in a rule: its borders lie there."""

    numbers: frozenset[Fraction]
    days: frozenset[date]
    shifts: frozenset[tuple[int, str]]
    fields: frozenset[tuple[str, str]]


def _tries(pack: Pack, rule: Rule, tools: Tools) -> Iterator[_Try]:
    for case in rule.cases:
        plan, _ = tools.compile(replace(pack, rules=(rule,), gates=()), case.as_of, case.known_at)
        if plan is None or not plan.obligations:
            continue
        hints = _hints(plan.obligations)
        chinese = rule.chinese
        table = pack.tables[rule.subject]
        for where, field, shown in _places(pack, table, case.given, (), hints, chinese):
            for value in _candidates(field, case.as_of, hints, chinese, _at(case.given, where)):
                given = _with(case.given, where, value)
                name = f"{shown if chinese else field.id}{'为' if chinese else ' '}{value or ('未报' if chinese else 'not reported')}"
                yield _Try(f"{case.name}{'，' if chinese else ', '}{name}", replace(case, given=given))
        for given, name in _further_rows(pack, table, case.given, hints, case.as_of, chinese):
            yield _Try(f"{case.name}{'，' if chinese else ', '}{name}", replace(case, given=given))
        for day in sorted(hints.days):
            for other in (day, day + timedelta(days=1)):
                if other != case.as_of:
                    yield _Try(f"{case.name}{'，' if chinese else ', '}{other}", replace(case, as_of=other))


def _further_rows(
    pack: Pack, table: Table, given: Given, hints: _Hints, as_of: date, chinese: bool
) -> Iterator[tuple[Given, str]]:
    """One child row more: like the first, with one fact altered. The number declared grows with it."""
    for name, raw in given.items():
        other = table_named(pack, name)
        if other is None or not isinstance(raw, list) or not raw or not isinstance(raw[0], Mapping):
            continue
        declared = other.declared_in.get(table.id, "")
        counted = next((key for key in given if key in (declared, *_names(table, declared))), "")
        row = {key: value for key, value in raw[0].items() if key not in (other.key, *_names(other, other.key))}
        for where, field, shown in _places(pack, other, row, (), hints, chinese):
            for value in _candidates(field, as_of, hints, chinese, _at(row, where)):
                more = {**given, name: [*raw, _with(row, where, value)]}
                if counted:
                    more[counted] = str(len(raw) + 1)
                what = f"{shown if chinese else field.id}{'为' if chinese else ' '}{value or ('未报' if chinese else 'not reported')}"
                yield more, f"另有一条{what}" if chinese else f"one more with {what}"


def _names(table: Table, field: str) -> tuple[str, ...]:
    return tuple(table.fields[field].name) if field in table.fields else ()


def _hints(obligations: Iterable[Obligation]) -> _Hints:
    numbers: set[Fraction] = set()
    days: set[date] = set()
    shifts: set[tuple[int, str]] = set()
    fields: set[tuple[str, str]] = set()

    def walk(expr: Expr) -> None:
        match expr:
            case Const(Fraction() as value):
                numbers.add(value)
            case Const(date() as value):
                days.add(value.date() if isinstance(value, datetime) else value)
            case Field(name, _, table):
                fields.add((table, name))
            case Shift(_, Const(Fraction() as amount), unit):
                shifts.add((int(amount), unit))
            case _:
                pass
        for part in children(expr):
            walk(part)

    def condition(part: Condition) -> None:
        if isinstance(part, Item):
            walk(part.expr)
        else:
            for child in part.children:
                condition(child)

    for duty in obligations:
        condition(duty.require)
        for item in (duty.applies, duty.done_on):
            if item is not None:
                walk(item.expr)
        if duty.due is not None:
            walk(duty.due)
        for period in (duty.periods or ())[-2:]:
            days |= {period.start, period.end}
    return _Hints(frozenset(numbers), frozenset(days), frozenset(shifts), frozenset(fields))


_Where = tuple[str | int, ...]


def _places(
    pack: Pack, table: Table, given: Given, at: _Where, hints: _Hints, chinese: bool
) -> Iterator[tuple[_Where, FieldDef, str]]:
    """Every fact that is written, and every one that the rule looks at and that is not."""
    written = set()
    for name, raw in given.items():
        found = table.fields.get(name) or next((f for f in table.fields.values() if name in f.name), None)
        if found is not None:
            written.add(found.id)
            if found.id != table.key:
                yield (*at, name), found, found.name.zh
            continue
        other = table_named(pack, name)
        if other is None:
            continue
        if isinstance(raw, list):
            for number, row in enumerate(raw):
                if isinstance(row, Mapping):
                    yield from _places(pack, other, row, (*at, name, number), hints, chinese)
        elif isinstance(raw, Mapping):
            yield from _places(pack, other, raw, (*at, name), hints, chinese)
    for owner, name in sorted(hints.fields):
        field = table.fields.get(name)
        if owner == table.id and field is not None and name not in written and name != table.key:
            yield (*at, field.name.zh if chinese else name), field, field.name.zh


def _candidates(field: FieldDef, as_of: date, hints: _Hints, chinese: bool, now: object) -> Iterator[str]:
    found: list[str] = []
    match field.type:
        case "yes_no":
            found = [YES_NO[word].split("|")[0] if chinese else word for word in ("yes", "no")]
        case "choice" | "choices":
            found = [choice.label.zh if chinese else choice.code for choice in field.choices]
        case "count" | "number":
            near = {n + step for n in hints.numbers for step in (-1, 0, 1)} | {Fraction(0), Fraction(1)}
            found = [f"{float(n):g}" for n in sorted(near) if n >= 0 and (n.denominator == 1 or field.type == "number")]
        case "percent":
            near = {n + Fraction(step, 100) for n in hints.numbers for step in (-1, 0, 1) if n <= 1}
            found = [f"{float(n * 100):g}%" for n in sorted(near) if 0 <= n <= 1]
        case "date" | "datetime":
            found = sorted({str(day) for day in _days(as_of, hints)})
            if field.type == "datetime":
                found = [f"{day} 10:00" for day in found]
        case "text":
            found = [] if now else (["有"] if chinese else ["x"])
    yield from (value for value in ["", *found] if value != now)


def _days(as_of: date, hints: _Hints) -> set[date]:
    near = {as_of, *hints.days}
    for day in list(near):
        for amount, unit in hints.shifts:
            near |= {_moved(day, -amount, unit), _moved(day, amount, unit)}
    return {day + timedelta(days=step) for day in near for step in (-1, 0, 1)}


def _moved(day: date, amount: int, unit: str) -> date:
    if unit == "month":
        month = day.year * 12 + day.month - 1 + amount
        year, month = divmod(month, 12)
        for last in (day.day, 30, 29, 28):
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    return day + timedelta(days=amount if unit == "day" else amount * 7 // 5 if unit == "working_day" else 0)


def _at(given: object, where: _Where) -> object:
    for step in where:
        given = (
            given.get(str(step))
            if isinstance(given, Mapping)
            else given[int(step)]
            if isinstance(given, list)
            else None
        )
    return given


def _with(given: Given, where: _Where, value: str) -> Given:
    step, *rest = where
    if not rest:
        return {**given, str(step): value}
    inner = given[str(step)]
    if isinstance(inner, list):
        number, *further = rest
        rows = list(inner)
        rows[int(number)] = _with(rows[int(number)], tuple(further), value)
        return {**given, str(step): rows}
    assert isinstance(inner, Mapping)
    return {**given, str(step): _with(inner, tuple(rest), value)}
