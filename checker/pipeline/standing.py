"""A run and a day → where every record with a life cycle stood on it, by unit; or the course of one record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError
from checker.pipeline.judging import Engine, evaluate

if TYPE_CHECKING:
    from checker.model import Lifecycle
    from checker.plan import Run
    from checker.reports.standing import Courses


def courses(run: Run, on: date | None = None, unit: str | None = None, engine: Engine = "columnar") -> list[Courses]:
    """One for each life cycle of the pack. `unit`: of these records only, by its code."""
    if not run.plan.pack.lifecycles:
        message = Text("这个规则包没有 lifecycle.yaml，没有规定记录的流转状态", "this pack has no lifecycle.yaml")
        raise UsageError([Diagnostic("U43", NOWHERE, message)])
    day = on or run.plan.as_of
    return [_courses(run, cycle, day, unit, engine) for cycle in run.plan.pack.lifecycles.values()]


def _courses(run: Run, cycle: Lifecycle, on: date, unit: str | None, engine: Engine) -> Courses:
    from checker.compile import compile_lifecycle
    from checker.lifecycle import standings, tallies
    from checker.reports.standing import Courses
    from checker.tables.units import unit_of
    from checker.units import successors

    pack, frame = run.plan.pack, run.tables.frames[cycle.subject]
    if on != run.plan.as_of:
        cycle = replace(cycle, reported_in="")  # what is claimed now was not claimed then
    plan = compile_lifecycle(pack, cycle, on, run.plan.known_at)
    judged = evaluate(plan, run.tables, engine, verdicts=True).verdicts
    assert judged is not None
    reported = unit_of(pack, run.tables.frames, cycle.subject)
    in_charge = successors(pack.units, reported.drop_nulls().unique(), on)
    units = [in_charge.get(code, "") for code in reported]
    claims = frame[cycle.reported_in].to_list() if cycle.reported_in else [None] * frame.height
    found = [
        each
        for each in standings(cycle, frame, judged, [duty.rule.id for duty in plan.obligations], on)
        if unit is None or units[each.row] == unit
    ]
    told = tallies(cycle, found, units, claims)
    return Courses(replace(run.plan, as_of=on), cycle, frame, found, told if unit is None else told[:-1] or told, units)


def courses_text(told: list[Courses], lang: Language) -> str:
    from checker.reports import standing

    return "\n\n".join(standing.text(each, lang) for each in told)


def course_text(told: list[Courses], key: str, lang: Language) -> str:
    """Of the record named `key`; UsageError if there is none."""
    from checker.reports import standing

    for each in told:
        if (found := each.of(key)) is not None:
            return standing.course(each, found, lang)
    message = Text(f"没有标识为“{key}”的记录，或当时还没有发现", f'no record "{key}", or not yet on that day')
    raise UsageError([Diagnostic("U43", NOWHERE, message)])


def courses_json(told: list[Courses], lang: Language) -> str:
    from checker.reports import standing

    return standing.as_json(told, lang)
