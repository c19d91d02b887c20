"""The states of records on a day → a table by unit, the course of one record, or the same for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from checker.courses import Doubt, Standing, Tally
from checker.errors import Language, Text
from checker.model import Lifecycle
from checker.plan import Plan
from checker.reports.figures import day, share
from checker.reports.sentences import Names
from checker.reports.text import width

_DOUBTS: dict[Doubt, Text] = {
    "jumped": Text("跳过了前面的环节，不算", "skips what comes before it, not counted"),
    "unshown": Text("只有日期，凭据不全，不算", "has a day but not all evidence, not counted"),
    "refused": Text("有日期，但不符合条件，不算", "has a day but does not hold, not counted"),
    "claimed": Text("自报已了结，登记不能说明", "reported as settled, not shown"),
}
_SHOWN = 5  # records named under each doubt


@dataclass(frozen=True, slots=True)
class Courses:
    """`plan.as_of` is the day that is asked about; `units`: code per row of `frame`, empty if nobody is in charge."""

    plan: Plan
    cycle: Lifecycle
    frame: pl.DataFrame
    found: Sequence[Standing]
    tallies: Sequence[Tally]
    units: Sequence[str]

    def key(self, standing: Standing) -> str:
        table = self.plan.pack.tables[self.cycle.subject]
        return str(self.frame[table.key][standing.row] or "") if table.key else str(standing.row + 1)

    def of(self, key: str) -> Standing | None:
        return next((each for each in self.found if self.key(each) == key), None)

    def state(self, id: str, lang: Language) -> str:
        return next((state.name.of(lang) for state in self.cycle.states if state.id == id), "—")


def text(told: Courses, lang: Language) -> str:
    zh = lang == "zh"
    names = Names(told.plan, lang)
    label = told.plan.pack.tables[told.cycle.subject].label.of(lang)
    sections = "、".join(dict.fromkeys(_section(told.plan, clause) for clause in told.cycle.clauses))
    when = day(told.plan.as_of, lang)
    head = f"{label}流转状态（截至{when}，依据{sections}）" if zh else f"{label}: states on {when} (clause {sections})"
    titles = [Text("单位", "unit"), Text("件数", "all"), *(state.name for state in told.cycle.states)]
    titles += [Text("逾期未了", "late"), Text("整改率（登记）", "settled")]
    titles += [Text("整改率（自报）", "as reported")] if told.cycle.reported_in else []
    rows = [[title.of(lang) for title in titles]]
    for tally in told.tallies:
        whole = Text("合计", "all units").of(lang) if not tally.unit else names.unit(tally.unit)
        perhaps = (
            Text(f"（另{tally.perhaps_late}待核）", f" (+{tally.perhaps_late}?)").of(lang) if tally.perhaps_late else ""
        )
        late = f"{tally.late}{perhaps}"
        settled = [tally.settled, tally.reported] if told.cycle.reported_in else [tally.settled]
        rates = [share(Fraction(n, tally.n), lang) if tally.n else "—" for n in settled]
        rows.append([whole, str(tally.n), *map(str, tally.states.values()), late, *rates])
    return "\n".join([head, *_aligned(rows), *_doubtful(told, lang)])


def _aligned(rows: list[list[str]]) -> list[str]:
    """The first column to the left, numbers to the right."""
    widths = [max(width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  " + "  ".join(
            cell + " " * (to - width(cell)) if at == 0 else " " * (to - width(cell)) + cell
            for at, (cell, to) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]  # fmt: skip


def _doubtful(told: Courses, lang: Language) -> list[str]:
    zh = lang == "zh"
    lines = []
    for kind, words in _DOUBTS.items():
        about: dict[str, list[str]] = {}
        for each in told.found:
            for doubt, state in each.doubts:
                if doubt == kind:
                    about.setdefault(state, []).append(told.key(each))
        for state, keys in sorted(about.items(), key=lambda item: -len(item[1])):
            more = (" 等" if zh else " …") if len(keys) > _SHOWN else ""
            listed = ("、" if zh else ", ").join(keys[:_SHOWN]) + more
            said = f"“{told.state(state, lang)}”{words.zh}" if zh else f'"{told.state(state, lang)}" {words.en}'
            if kind == "claimed":
                said = (
                    f"{words.zh}，按登记是“{told.state(state, lang)}”"
                    if zh
                    else f"{words.en}: {told.state(state, lang)}"
                )
            lines.append(
                f"  待核对{len(keys)}条：{said}（{listed}）"
                if zh
                else f"  to be checked: {len(keys)}: {said} ({listed})"
            )
    return lines


def _section(plan: Plan, clause: str) -> str:
    known = plan.pack.clauses.get(clause)
    return clause if known is None else known.section


def course(told: Courses, standing: Standing, lang: Language) -> str:
    zh = lang == "zh"
    label = told.plan.pack.tables[told.cycle.subject].label.of(lang)
    unit = told.units[standing.row]
    whose = (
        f"（{Names(told.plan, lang).unit(unit)}）"
        if unit and zh
        else f" ({Names(told.plan, lang).unit(unit)})"
        if unit
        else ""
    )
    lines = [f"{label} {told.key(standing)}{whose}"]
    lines += [f"  {day(step.day, lang)}  {told.state(step.state, lang)}" for step in standing.steps]
    late = {True: Text("，逾期未了", ", late"), None: Text("，是否逾期待核", ", perhaps late"), False: Text("", "")}[
        standing.late
    ]
    when = day(told.plan.as_of, lang)
    state = told.state(standing.state, lang)
    lines.append(f"  {when}的状态：{state}{late.zh}" if zh else f"  on {when}: {state}{late.en}")
    for doubt, id in standing.doubts:
        name, words = told.state(id, lang), _DOUBTS[doubt].of(lang)
        about = words if doubt == "claimed" else f"“{name}”{words}" if zh else f'"{name}" {words}'
        lines.append(f"  待核对：{about}" if zh else f"  to be checked: {about}")
    return "\n".join(lines)


def as_json(told: Sequence[Courses], lang: Language) -> str:
    return json.dumps([_entry(each, lang) for each in told], ensure_ascii=False, indent=1) + "\n"


def _entry(told: Courses, lang: Language) -> dict[str, Any]:
    return {
        "schema": "states/1",
        "as_of": told.plan.as_of.isoformat(),
        "table": told.cycle.subject,
        "states": [{"id": s.id, "name": s.name.of(lang), "settled": s.settled} for s in told.cycle.states],
        "units": [
            {
                "unit": tally.unit or None,
                "n": tally.n,
                "states": dict(tally.states),
                "settled": tally.settled,
                "reported": tally.reported if told.cycle.reported_in else None,
                "late": tally.late,
                "perhaps_late": tally.perhaps_late,
                "doubts": {str(doubt): n for doubt, n in tally.doubts.items()},
            }
            for tally in told.tallies
        ],
        "records": [
            {
                "key": told.key(each),
                "unit": told.units[each.row] or None,
                "state": each.state or None,
                "late": each.late,
                "steps": [{"state": step.state, "on": step.day.isoformat()} for step in each.steps],
                "doubts": [{"kind": doubt, "state": state or None} for doubt, state in each.doubts],
            }
            for each in told.found
        ],
    }
