"""A unit's records + the cases of the rules → the rest of its records: whatever columns and tables the rules ask for besides.

The hand-written city knows the common facts of a school. For all others the cases of the rules say what a good and a bad
record looks like; each school takes, rule by rule, one that passes or one that fails, as its own diligence has it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from agree import agree, contradicts, is_future, until
from facts import Facts, Row, Unit, reached

from checker.cases import Ready, asked_of, facts_of, tables_of
from checker.cases.given import Record
from checker.compile import compile_checks
from checker.errors import Diagnostic
from checker.model import Pack, Period, Rule, Table
from checker.pipeline.trying import _case_tools, _judges
from checker.plan import Obligation

# Facts of the school itself decide which rules are for it; a case does not change them.
KEPT = {"code", "name", "key", "valid_from", "valid_to", "successor", "kind", "received_on"}
BASE = KEPT | {"school_type", "ownership", "operating_status", "students", "boarders", "has_canteen", "uses_bus"}
WEIGHT = 0.5
# Rules on the city's own columns where nobody would slip otherwise: a few do.
# What this unit has not done by 2020 is told by missing cells alone.
UNDECIDED = "320671"
SLIPS = {
    "bus-equipment": 0.02,
    "controlled": 0.2,
    "evacuation-clear": 0.02,
    "hazard-deadline": 0.004,
    "hazard-interim": 0.004,
    "hazard-ledger": 0.004,
    "hazard-measures": 0.02,
    "internship-education": 0.5,
    "look-back-major": 0.004,
    "major-hazard-escalated": 0.004,
    "responsibility-system": 0.01,
    "unit-procedures": 0.2,
    "unit-standards": 0.2,
}
# The unit that falls short where otherwise none would.
SHORT = {
    "checklist-used": "320685",
    "direct-appraised": "DIRECT 2019",
    "duty-list": "320681",
    "joint-action": "320682",
    "departments-together": "320682",
    "frequent-incidents-answered": "320685",
    "joint-assessment": "320682",
    "university-interviews": "U03",
}
SHARE = 0.3
UNIT_ROWS = 12
# What units owe is done less surely than what schools owe: there are few of them, and some must fall short.
UNIT_WEIGHT = 3.0
# Tables of events: the city tells some, the rules ask for more.
EVENTS = {"education"}


@dataclass(frozen=True)
class Template:
    """What one case says, moved to the date of the snapshot. `period`: which one it was about."""

    verdict: str
    records: tuple[Record, ...]
    period: Period | None


@dataclass(frozen=True)
class Recipe:
    rule: Rule
    good: tuple[Template, ...]
    bad: tuple[Template, ...]
    periods: tuple[Period, ...] | None
    as_of: date


def recipes(pack: Pack, as_of: date) -> list[Recipe]:
    """By rule the cases that pass and those that fail on `as_of`, either as written or moved as a whole."""
    found = []
    checks = compile_checks(pack)
    for rule in pack.rules:
        plan, _ = _case_tools(()).compile(replace(pack, rules=(rule,), gates=()), as_of, None)
        if plan is None or not plan.obligations:
            continue
        good: list[Template] = []
        bad: list[Template] = []
        odd: list[Template] = []  # what nobody would report on that day
        for number, case in enumerate(rule.cases):
            if case.expect not in ("pass", "fail"):
                continue
            later = (as_of - case.as_of).days
            # A week later, as months are not alike; at last as written, but nothing after the day itself.
            for days, latest in ((0, date.max), (later, date.max), (later + 7, date.max), (0, as_of)):
                facts, faults = facts_of(pack, rule, replace(case, as_of=as_of), number)
                if facts is None or faults:
                    break
                records = tuple(until(_moved(record, days), latest) for record in facts.records)
                if any(value is None for record in records for value in record.values.values()):
                    break  # a case about something that nobody told
                sound = not any(
                    is_future(record.values, record.table, as_of)
                    or contradicts(record.values, [check for check in checks if check.table == record.table.id])
                    for record in records
                )
                ready = Ready(rule, number, replace(case, as_of=as_of), replace(facts, records=records))
                asked = asked_of(plan, ready)
                if asked is None or isinstance(asked, Diagnostic):
                    break
                duty = plan.obligations[asked[0]]
                period = next((each for each in duty.periods or () if each.name == asked[1]), None)
                tables, (row,) = tables_of(plan, [ready], _case_tools(()))
                if _judges(plan, tables)(duty, row, period).verdict == case.expect:
                    where = odd if not sound else good if case.expect == "pass" else bad
                    where.append(Template(case.expect, records, period))
                    if sound:
                        break
        good = good or [template for template in odd if template.verdict == "pass"]
        bad = bad or [template for template in odd if template.verdict == "fail"]
        if good:
            found.append(Recipe(rule, tuple(good), tuple(bad), _periods(plan.obligations), as_of))
    return found


def _mark(rule: str) -> str:
    return f"{zlib.crc32(rule.encode()) % 46656:04x}".upper()


def _periods(duties: tuple[Obligation, ...]) -> tuple[Period, ...] | None:
    named = {period.name: period for duty in duties for period in duty.periods or ()}
    return tuple(named.values()) if any(duty.periods is not None for duty in duties) else None


def _moved(record: Record, days: int) -> Record:
    values = {name: _later(value, days) for name, value in record.values.items()}
    return Record(record.table, record.key, values, {name: _later(day, days) for name, day in record.returned.items()})  # type: ignore[misc]


def _later(value: object, days: int) -> object:
    return value + timedelta(days=days) if isinstance(value, date) else value


def complete(unit: Unit, pack: Pack, cookbook: list[Recipe], as_of: date, known: set[str]) -> None:
    """Adds columns to the rows that are there, and rows to tables that nobody has filled."""
    told = {table: {name for row in rows for name in row} for table, rows in unit.rows.items()}
    # Tables that the city fills: an office without schools has no rows of them, and gets none.
    told |= {table: set() for table in known - told.keys()}
    usual = _usual(cookbook)
    for recipe in sorted(cookbook, key=lambda each: each.rule.id not in SHORT):
        if recipe.rule.id == "notices-answered" and "institution" not in unit.rows:
            continue  # universities: what is said of them is said by the rule on interviews
        subject = pack.tables[recipe.rule.subject]
        above = next((parent for parent in subject.parents if parent in told or parent == "unit"), "")
        table = subject.id if subject.id in told or not above else above
        for host in list(unit.rows.get(table, [])):
            if host.get("operating_status", "operating") != "operating":
                continue
            key = str(host.get(pack.tables[table].key) or host.get("code") or id(host))
            done = reached(unit.place.progress, as_of, 0.3)
            chance = Facts(key, done, unit.place.care)
            if table == subject.id:
                for period in recipe.periods or (None,):
                    _apply(unit, pack, recipe, host, subject.id, key, chance, period, told, usual)
            else:
                # Records that stand for themselves: some schools have one, a unit has several.
                if table == "unit" and "institution" not in unit.rows:
                    continue
                for number in range(UNIT_ROWS if table == "unit" else int(chance.draw(f"has {subject.id}") < SHARE)):
                    own_key = f"{subject.id[:2].upper()}{key[-6:]}{_mark(recipe.rule.id)}{number}"
                    own: Row = {subject.parents[table]: key, subject.key: own_key}
                    luck = Facts(own_key, done, unit.place.care)
                    _apply(unit, pack, recipe, own, subject.id, own_key, luck, None, told, usual)
                    _fill_up(own, subject, usual)
                    _link(unit, pack, subject, own)
                    unit.add(subject.id, **own)
    for recipe in cookbook:
        if recipe.rule.id in SLIPS and recipe.bad and unit.code != UNDECIDED:
            _slip(unit, pack, recipe, as_of)
    agree(unit, compile_checks(pack), told)
    _declare(unit, pack, told)
    if unit.place.care > 0.94:
        for table in pack.tables.values():
            if table.returned and table.id not in told and table.id in unit.rows:
                returned = {"table": table.label.zh, "unit": unit.name, "until": as_of}
                unit.rows.setdefault("returns", []).append(returned)


def _apply(
    unit: Unit,
    pack: Pack,
    recipe: Recipe,
    host: Row,
    subject: str,
    key: str,
    chance: Facts,
    period: Period | None,
    told: dict[str, set[str]],
    usual: dict[tuple[str, str], object],
) -> None:
    question = f"{recipe.rule.id} {period.name if period else ''}"
    weight = UNIT_WEIGHT if subject == "unit" else WEIGHT
    short = SHORT.get(recipe.rule.id) in (unit.code, f"{unit.code} {recipe.as_of.year}")
    wanted = recipe.good if (chance.holds(question, weight) and not short) or not recipe.bad else recipe.bad
    template = min(wanted, key=_latest) if short else wanted[int(chance.draw(f"which {question}") * len(wanted))]
    days = (period.start - template.period.start).days if period and template.period else 0
    keys = {template.records[0].key: key}
    _fill(host, template.records[0], told.get(subject, set()), days)
    for number, record in enumerate(template.records[1:]):
        table = record.table
        if (table.id in told and table.id not in EVENTS) or table.id == "unit":
            # A table that the city has filled: its own rows take the columns that they lack.
            for row in _related(unit, pack, table.id, subject, key):
                _fill(row, record, told.get(table.id, set()), days)
            continue
        parent = next((name for name, field in table.parents.items() if str(record.values.get(field)) in keys), None)
        if parent is None:
            continue
        link = table.parents[parent]
        own = f"{table.id[:2].upper()}{key[-6:]}{_mark(recipe.rule.id)}{number}{period.name if period else ''}"
        row: Row = {name: _named(_later(value, days), template.period, period) for name, value in record.values.items()}
        row |= {link: keys[str(record.values[link])], **({table.key: own} if table.key else {})}
        if is_future(row, table, recipe.as_of):
            continue  # it has not happened yet
        _fill_up(row, table, usual)
        keys[record.key] = own
        _link(unit, pack, table, row)
        unit.add(table.id, **row)


def _fill_up(row: Row, table: Table, usual: dict[tuple[str, str], object]) -> None:
    """What else a good record says; nothing follows from what has not happened yet."""
    begun = row.get(table.dated) if table.dated else None
    for field in table.fields:
        value = usual.get((table.id, field))
        early = type(value) is date and type(begun) is date and value < begun
        row.setdefault(field, begun if early else value)


def _slip(unit: Unit, pack: Pack, recipe: Recipe, as_of: date) -> None:
    table = pack.tables[recipe.rule.subject]
    for number, host in enumerate(unit.rows.get(table.id, [])):
        key = str(host.get(table.key) or number)
        chance = Facts(f"{key} {as_of.year}", 1.0, 1.0)
        if chance.draw(f"slip {recipe.rule.id}") >= SLIPS[recipe.rule.id]:
            continue
        template = recipe.bad[int(chance.draw("which") * len(recipe.bad))]
        for record in template.records:
            taken = BASE | {record.table.key, *record.table.parents.values(), *record.table.links.values()}
            own = [host] if record.table.id == table.id else _related(unit, pack, record.table.id, table.id, key)
            alike = [row for row in own if row.get("kind") == record.values.get("kind") or row is host]
            for row in alike:
                row.update(
                    {
                        name: value
                        for name, value in record.values.items()
                        if name not in taken and not name.endswith("_count")
                    }
                )


def _link(unit: Unit, pack: Pack, table: Table, row: Row) -> None:
    """A record that looks up another needs one to look up."""
    for other, field in table.links.items():
        there = unit.rows.get(other, [])
        if there and (row.get(field) is None or all(each.get(pack.tables[other].key) != row[field] for each in there)):
            row[field] = there[zlib.crc32(str(row.get(table.key)).encode()) % len(there)][pack.tables[other].key]


def _latest(template: Template) -> date:
    """Of records that fall short the oldest: a newer one might do for another rule."""
    days = [value for record in template.records for value in record.values.values() if isinstance(value, date)]
    return max((day.date() if isinstance(day, datetime) else day for day in days), default=date.min)


def _fill(row: Row, record: Record, told: set[str], days: int) -> None:
    for name, value in record.values.items():
        if name not in told and name not in KEPT and name not in row:
            row[name] = _later(value, days)


def _named(value: object, before: Period | None, after: Period | None) -> object:
    return after.name if before and after and value == before.name else value


def _related(unit: Unit, pack: Pack, table: str, subject: str, key: str) -> Iterator[Row]:
    link = pack.tables[table].parents.get(subject)
    if link is not None:
        yield from (row for row in unit.rows.get(table, []) if str(row.get(link)) == key)


def _usual(cookbook: list[Recipe]) -> dict[tuple[str, str], object]:
    """What good records say, for the columns about which a rule's own case is silent."""
    found: dict[tuple[str, str], object] = {}
    for recipe in cookbook:
        for template in recipe.good:
            for record in template.records:
                taken = {record.table.key, *record.table.parents.values(), *record.table.links.values()}
                for name, value in record.values.items():
                    if name not in taken and not isinstance(value, datetime):
                        found.setdefault((record.table.id, name), value)
    return found


def _declare(unit: Unit, pack: Pack, told: dict[str, set[str]]) -> None:
    """The numbers that parents declare are those of the rows that were added."""
    for table in pack.tables.values():
        for parent, field in table.declared_in.items():
            if table.id in told or field in told.get(parent, set()):
                continue
            link, key = table.parents[parent], pack.tables[parent].key
            counts: dict[str, int] = {}
            for row in unit.rows.get(table.id, []):
                counts[str(row.get(link))] = counts.get(str(row.get(link)), 0) + 1
            for host in unit.rows.get(parent, []):
                host[field] = counts.get(str(host.get(key)), 0)
