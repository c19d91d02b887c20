"""plan + tables → Evaluation, one record at a time. This engine is the meaning of the language; others must agree with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from checker.engines.values import FIRST_DAY, INFINITY, LAST_DAY, Outcome, Truth, conjunction, day_of, ends, point
from checker.engines.world import Record, World
from checker.expr import Agg, Expr, children
from checker.model import Period
from checker.plan import NO_UNIT, Condition, Evaluation, Item, Leaf, Obligation, Plan, Status, Tables, Verdict

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Judgement:
    """One rule on one subject (in one period)."""

    obligation: int
    record: Record
    period: Period | None
    verdict: Verdict
    status: Status | None
    due: date | None
    days: int | None
    observed: str
    vacuous: bool


def evaluate(
    plan: Plan, tables: Tables, *, verdicts: bool = False, only: Mapping[str, pl.Series] | None = None
) -> Evaluation:
    """Verdicts of every obligation on every subject, as findings and counts (and all of them with `verdicts`).

    `only`: table → positions of the subjects that are judged; of a table that is not named, none.
    """
    return judged(World(plan, tables.frames), plan, verdicts=verdicts, only=only)


def judged(
    world: World, plan: Plan, *, verdicts: bool = False, only: Mapping[str, pl.Series] | None = None
) -> Evaluation:
    """The same in a world at hand."""
    found = [judgement for number in range(len(plan.obligations)) for judgement in judgements(world, plan, number)]
    if only is not None:
        wanted = {table: set(rows) for table, rows in only.items()}
        found = [each for each in found if each.record.position in wanted.get(each.record.table, ())]
    return _frames(found, world, verdicts)


def judgements(world: World, plan: Plan, number: int) -> Iterator[Judgement]:
    """All subjects of one obligation."""
    obligation = plan.obligations[number]
    for record in world.records[obligation.subject]:
        if record.there is False:
            continue
        for period in (None,) if obligation.periods is None else obligation.periods:
            if _owes(world, record, period):
                yield judge(world, obligation, number, record, period)


def _owes(world: World, record: Record, period: Period | None) -> bool:
    """A unit owes what falls due while it exists."""
    if record.table != "unit":
        return True
    day = world.as_of if period is None else period.end
    begins, ends_on = record.values.get("valid_from"), record.values.get("valid_to")
    return (not isinstance(begins, date) or begins <= day) and (not isinstance(ends_on, date) or day <= ends_on)


def judge(world: World, obligation: Obligation, number: int, record: Record, period: Period | None) -> Judgement:
    applies = record.there
    if obligation.applies is not None:
        applies = conjunction([applies, world.condition(obligation.applies, record, period)])
    require = world.condition(obligation.require, record, period)
    due = _day(None if obligation.due is None else world.value(obligation.due, record, period))
    verdict: Verdict
    late_by: int | None = None
    lateness_decides = False
    if applies is not True:
        verdict = "not_applicable" if applies is False else "unknown"
    elif require is not True:
        verdict = "fail" if require is False else "unknown"
    else:
        verdict = "pass"
        done = obligation.done_on
        # Lateness matters once the day has passed, or when nobody can say which day it is.
        if done is not None and (due is None or world.as_of > due):
            low, high = _days(world.value(done.expr, record, period))
            if due is not None and high is not None and high <= due:
                verdict = "pass"
            elif due is not None and low is not None and low > due:
                verdict, late_by = "fail", (low - due).days
            else:
                verdict = "unknown"
            lateness_decides = verdict != "pass"
    status, days = _status(verdict, due, late_by, world.as_of)
    observed = ""
    if verdict in ("fail", "unknown"):
        observed = _observed(world, obligation, record, period, applies, lateness_decides)
    vacuous = verdict == "pass" and _vacuous(world, obligation.require, record, period)
    return Judgement(number, record, period, verdict, status, due, days, observed, vacuous)


def _day(value: Outcome) -> date | None:
    moment = point(value)
    return day_of(moment) if isinstance(moment, date) else None


def _days(value: Outcome) -> tuple[date | None, date | None]:
    """The earliest and the latest day that a date may turn out to be."""
    if value is None:
        return None, None
    low, high = ends(value)
    assert isinstance(low, date)
    assert isinstance(high, date)
    return day_of(low), day_of(high)


def _status(verdict: Verdict, due: date | None, late_by: int | None, as_of: date) -> tuple[Status | None, int | None]:
    if verdict == "not_applicable":
        return None, None
    if late_by is not None:
        return "late", late_by
    if due is None:
        return "in_force", None
    if as_of <= due:
        return "not_due", None
    return ("in_force", None) if verdict == "pass" else ("overdue", (as_of - due).days)


# --- evidence -------------------------------------------------------------------------------------


def _observed(
    world: World, obligation: Obligation, record: Record, period: Period | None, applies: Truth, late: bool
) -> str:
    shown: dict[str, object] = {}
    if obligation.applies is not None:
        shown["applies"] = observed(world, obligation.applies.leaves, record, period) if applies is not True else None
    decides = applies is True and not late
    for item, bad in _decisive(world, obligation.require, record, period, positive=True, around=decides):
        shown[item.name] = observed(world, item.leaves, record, period) if bad else None
    if obligation.done_on is not None:
        shown["done_on"] = observed(world, obligation.done_on.leaves, record, period) if late else None
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _decisive(
    world: World, condition: Condition, record: Record, period: Period | None, *, positive: bool, around: bool
) -> Iterator[tuple[Item, bool]]:
    """Every item, and whether it decides: it and all groups around it are bad."""
    bad = around and world.condition(condition, record, period) is not positive
    if isinstance(condition, Item):
        yield condition, bad
        return
    for place, child in enumerate(condition.children):
        flips = condition.op == "none_of" or (condition.op == "when" and place == 0)
        yield from _decisive(world, child, record, period, positive=positive is not flips, around=bad)


def observed(world: World, leaves: tuple[Leaf, ...], record: Record, period: Period | None) -> dict[str, object]:
    """Label → value, as in the engines' contract."""
    return {leaf.label: _leaf(world, leaf.expr, record, period) for leaf in leaves}


def _leaf(world: World, expr: Expr, record: Record, period: Period | None) -> object:
    if isinstance(expr, Agg):
        if expr.name in ("every", "any", "none"):
            tally = world.tally(expr, record, period)
            missing = None if tally.register.missing == INFINITY else int(tally.register.missing)
            return {
                "rows": tally.sure,
                "true": tally.n((True, True)),
                "false": tally.n((True, False)),
                "unknown": tally.unclear,
                "missing": missing,
            }
        if expr.name != "last":
            value = world.value(expr, record, period)
            low, high = (None, None) if value is None else ends(value)
            return {"low": _plain(low), "high": _plain(high)}
    return _plain(point(world.value(expr, record, period)))


def _plain(value: object) -> object:
    """A value as JSON. Infinite ends are null."""
    match value:
        case None | bool() | str():
            return value
        case Fraction():
            return int(value) if value.denominator == 1 else float(value)
        case frozenset():
            return sorted(value)
        case date():
            if day_of(value) in (FIRST_DAY, LAST_DAY):
                return None
            return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()
        case float():
            return None if abs(value) == INFINITY else value
    raise AssertionError(value)


def _vacuous(world: World, condition: Condition, record: Record, period: Period | None) -> bool:
    if isinstance(condition, Item):
        return any(world.tally(agg, record, period).empty for agg in _everys(condition.expr))
    return any(_vacuous(world, child, record, period) for child in condition.children)


def _everys(expr: Expr) -> Iterator[Agg]:
    """The `every` of an expression that stand in no other child function."""
    if isinstance(expr, Agg):
        if expr.name == "every":
            yield expr
        return
    for part in children(expr):
        yield from _everys(part)


# --- frames ---------------------------------------------------------------------------------------


def unit_of(world: World, record: Record) -> str:
    """The code of the unit that a record belongs to: the nearest one up the parents; "-" without any."""
    level = [record]
    while level:
        for here in level:
            if here.table == "unit":
                return str(here.values.get(world.tables["unit"].key or "code"))
        direct = [owner for here in level for owner in here.parents.get("unit", [])]
        level = direct or [owner for here in level for owners in here.parents.values() for owner in owners]
    return NO_UNIT


def _frames(found: list[Judgement], world: World, verdicts: bool) -> Evaluation:
    import polars as pl

    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "obligation": pl.UInt32,
        "row": pl.UInt32,
        "key": pl.String,
        "period": pl.String,
        "unit": pl.String,
        "verdict": pl.String,
        "status": pl.String,
        "due": pl.Date,
        "days": pl.Int32,
        "vacuous": pl.Boolean,
    }
    rows = []
    counts: Counter[tuple[object, ...]] = Counter()
    for j in found:
        key = j.record.values.get(world.tables[j.record.table].key) if world.tables[j.record.table].key else None
        period, unit = None if j.period is None else j.period.name, unit_of(world, j.record)
        name = None if key is None else str(_plain(key))
        rows.append(
            (j.obligation, j.record.position, name, period, unit, j.verdict, j.status, j.due, j.days, j.vacuous)
        )
        counts[j.obligation, unit, period, j.verdict, j.status, j.vacuous] += 1
    everything = pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        pl.Series("observed", [j.observed for j in found], dtype=pl.String)
    )
    everything = everything.sort("obligation", "key", "period", "row")
    order = ["obligation", "row", "key", "period", "unit", "verdict", "status", "due", "days", "observed", "vacuous"]
    findings = everything.filter(pl.col("verdict").is_in(["fail", "unknown"])).select(order)
    counted = pl.DataFrame(
        [(*key, n) for key, n in counts.items()],
        schema={
            "obligation": pl.UInt32,
            "unit": pl.String,
            "period": pl.String,
            "verdict": pl.String,
            "status": pl.String,
            "vacuous": pl.Boolean,
            "n": pl.UInt32,
        },
        orient="row",
    ).sort("obligation", "unit", "period", "verdict", "status", "vacuous")
    return Evaluation(findings, counted, everything.drop("observed") if verdicts else None)
