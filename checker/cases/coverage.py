"""Rules and their cases → what the cases leave untried: verdicts, sides of the due date, mutants that nobody notices."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Protocol

from checker.cases import NO_SUBJECT, Outcome, Ready, Tools, asked_of, differences, facts_of, tables_of
from checker.errors import Diagnostic, PackError, Span
from checker.model import Pack, Period, Rule
from checker.mutants import IN_DEFINITION, Change, Words, mutants
from checker.plan import Obligation, Plan, Tables

# One obligation on the record at a place of its table: verdict, status, days.
Judge = Callable[[Obligation, int, Period | None], Outcome]


class Worlds(Protocol):
    """Records → what judges single obligations on them."""

    def __call__(self, plan: Plan, tables: Tables) -> Judge: ...


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of a rule, or of a named condition of the vocabulary (`table.name`), which the cases of all rules try together.

    `missing`: verdicts and sides of the due date that should have a case and have none."""

    name: str
    span: Span
    missing: tuple[str, ...]
    mutants: int
    survivors: tuple[Change, ...]
    tolerated: tuple[Change, ...] = ()


def mark(name: str, change: Change) -> str:
    """A short name for a mutant, the same as long as rule and place are."""
    return hashlib.sha256(f"{name} {change.place}".encode()).hexdigest()[:6]


@dataclass(slots=True)
class _Tally:
    tried: dict[str, Change] = field(default_factory=dict)
    noticed: set[str] = field(default_factory=set)

    def coverage(
        self, name: str, span: Span, missing: tuple[str, ...] = (), tolerates: Mapping[str, str] = MappingProxyType({})
    ) -> Coverage:
        unnoticed = [change for place, change in self.tried.items() if place not in self.noticed]
        told = [change for change in unnoticed if mark(name, change) in tolerates]
        survivors = tuple(change for change in unnoticed if change not in told)
        return Coverage(name, span, missing, len(self.tried), survivors, tuple(told))


def measure(pack: Pack, rules: Iterable[Rule], tools: Tools, worlds: Worlds) -> list[Coverage]:
    """Cases that do not hold try nothing: see that they hold first. Raises PackError."""
    defined: dict[str, _Tally] = {}
    found = [_of_rule(pack, rule, tools, worlds, defined) for rule in rules]
    for name, tally in sorted(defined.items()):
        table, definition = name.split(".")
        meant = pack.tables[table].define[definition]
        found.append(tally.coverage(name, meant.expression.span, tolerates=meant.tolerates))
    return found


def _of_rule(pack: Pack, rule: Rule, tools: Tools, worlds: Worlds, defined: dict[str, _Tally]) -> Coverage:
    own = _Tally()
    seen: set[str] = set()
    asks: set[str] = {"pass", "fail", "unknown"}
    for as_of, known_at, cases in _by_day(pack, rule):
        plan, problems = tools.compile(replace(pack, rules=(rule,), gates=()), as_of, known_at)
        if plan is None:
            raise PackError(problems)
        words = Words(pack.tables, tools.definitions(pack, as_of))
        for world in apart(cases):
            tables, subjects = tables_of(plan, world, tools)
            judge = worlds(plan, tables)
            for one, row in zip(world, subjects, strict=True):
                asked = asked_of(plan, one)
                if asked is None or isinstance(asked, Diagnostic) or one.case.expect == NO_SUBJECT:
                    continue
                duty = plan.obligations[asked[0]]
                period = next((each for each in duty.periods or () if each.name == asked[1]), None)
                outcome = judge(duty, row, period)
                if differences(one.case, outcome):
                    continue
                seen |= {outcome.verdict, outcome.status}
                asks |= asks_for(duty)
                for change, mutant in mutants(duty, words):
                    tally, place = _tally(change, duty, own, defined)
                    tally.tried.setdefault(place, change)
                    if place not in tally.noticed and differences(one.case, judge(mutant, row, period)):
                        tally.noticed.add(place)
    missing = tuple(part for part in ORDER if part in asks and part not in seen)
    return own.coverage(rule.id, rule.span, missing, rule.tolerates)


def _tally(change: Change, duty: Obligation, own: _Tally, defined: dict[str, _Tally]) -> tuple[_Tally, str]:
    if not change.place.startswith(IN_DEFINITION):
        return own, f"{duty.revision.since} {change.place}"
    name = re.split("[~/]", change.place.removeprefix(IN_DEFINITION))[0]
    return defined.setdefault(name, _Tally()), change.place


ORDER = ("pass", "fail", "unknown", "not_applicable", "not_due", "overdue")


def asks_for(duty: Obligation) -> set[str]:
    """A duty for some has others; a duty by a day has a before and an after."""
    return ({"not_applicable"} if duty.applies else set()) | (
        {"not_due", "overdue"} if duty.due is not None and duty.done_on is None else set()
    )


def _by_day(pack: Pack, rule: Rule) -> list[tuple[date, date | None, list[Ready]]]:
    days: dict[tuple[date, date | None], list[Ready]] = {}
    for place, case in enumerate(rule.cases):
        facts, faults = facts_of(pack, rule, case, place)
        if facts is not None and not faults:
            days.setdefault((case.as_of, case.known_at), []).append(Ready(rule, place, case, facts))
    return [(*day, cases) for day, cases in days.items()]


def apart(cases: Sequence[Ready]) -> list[list[Ready]]:
    """Each case in a world of its own unless its keys are free."""
    worlds: list[tuple[list[Ready], set[tuple[str, str]]]] = []
    for case in cases:
        free = next((world for world in worlds if not world[1] & case.facts.own_keys), None)
        if free is None:
            free = ([], set())
            worlds.append(free)
        free[0].append(case)
        free[1].update(case.facts.own_keys)
    return [members for members, _ in worlds]
