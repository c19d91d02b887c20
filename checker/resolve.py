"""Pack + day → what is in force: one revision per rule, one value per parameter, the periods that have begun."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from checker.model import Calendar, Parameter, ParameterValue, Period, Repeats, Revision, Rule

DAY = timedelta(days=1)


def revision_on(rule: Rule, day: date) -> Revision | None:
    """The revision in force on `day`; None before the first and after a repeal."""
    found = None
    for revision in rule.revisions:
        if revision.since <= day:
            found = revision
    return None if found is None or found.repealed else found


def value_on(parameter: Parameter, day: date) -> ParameterValue | None:
    """The value in force on `day`: the latest that has begun, unless it has ended."""
    found = None
    for value in parameter.values:
        if value.since <= day:
            found = value
    return None if found is None or (found.until is not None and found.until < day) else found


def periods(repeats: Repeats, as_of: date, calendars: Mapping[str, Calendar]) -> list[Period]:
    """The periods that lie wholly in from..until (with `partial`: also cut ones, marked) and have begun by as_of."""
    entries = calendars[repeats.calendar].entries if repeats.calendar else _generated(repeats)
    found = []
    for entry in entries:
        if entry.start > as_of:
            continue
        cut = (repeats.first is not None and entry.start < repeats.first) or (
            repeats.until is not None and entry.end > repeats.until
        )
        if not cut:
            found.append(entry)
        elif repeats.partial and _touches(entry, repeats):
            found.append(Period(entry.name, entry.start, entry.end, partial=True))
    return found


def _touches(entry: Period, repeats: Repeats) -> bool:
    return (repeats.first is None or entry.end >= repeats.first) and (
        repeats.until is None or entry.start <= repeats.until
    )


def _generated(repeats: Repeats) -> Iterator[Period]:
    """All periods of the calendar year kind that touch from..until. Weeks are ISO weeks."""
    assert repeats.first is not None and repeats.until is not None, "checked by validate"
    start = _start(repeats.first, repeats.each or "day")
    while start <= repeats.until:
        following = _next(start, repeats.each or "day")
        yield Period(_name(start, repeats.each or "day"), start, following - DAY)
        start = following


def _start(day: date, each: str) -> date:
    match each:
        case "week":
            return day - day.weekday() * DAY
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "year":
            return date(day.year, 1, 1)
        case _:
            return day


def _next(start: date, each: str) -> date:
    months = {"month": 1, "quarter": 3, "year": 12}.get(each)
    if months is None:
        return start + (7 if each == "week" else 1) * DAY
    ahead = start.month - 1 + months
    return date(start.year + ahead // 12, ahead % 12 + 1, 1)


def _name(start: date, each: str) -> str:
    match each:
        case "week":
            year, week, _ = start.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{start:%Y-%m}"
        case "quarter":
            return f"{start.year}-Q{(start.month + 2) // 3}"
        case "year":
            return str(start.year)
        case _:
            return start.isoformat()
