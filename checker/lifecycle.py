"""A life cycle + records and what was judged of its conditions → the state of every record on a day, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

import polars as pl

from checker.courses import Doubt, Standing, Step, Tally
from checker.model import Lifecycle, State
from checker.model.lifecycle import LATE, NEEDS

Holds = Mapping[str, bool | None]  # name of a condition → whether it holds


def standings(
    cycle: Lifecycle, frame: pl.DataFrame, judged: pl.DataFrame, duties: Sequence[str], on: date
) -> Iterator[Standing]:
    """Of the records that were found by the day `on`, in their order. `judged`: verdicts of the conditions named `duties`."""
    holds: dict[int, dict[str, bool | None]] = {}
    for row, duty, verdict in judged.select("row", "obligation", "verdict").iter_rows():
        holds.setdefault(row, {})[duties[duty]] = {"pass": True, "fail": False}.get(verdict)
    fields = list(dict.fromkeys(state.on for state in cycle.states)) + (
        [cycle.reported_in] if cycle.reported_in else []
    )
    for row, record in enumerate(frame.select(fields).iter_rows(named=True)):
        first = _day(record[cycle.states[0].on])
        if row in holds and (first is None or first <= on):
            yield standing(cycle, row, record, holds[row], on)


def standing(cycle: Lifecycle, row: int, record: Mapping[str, object], holds: Holds, on: date) -> Standing:
    """Entries are taken in the order of their days, on one day in the order of the states. One that may not come where it
    comes is not taken: a hazard is accepted only after it was put right."""
    entries = [
        (day, at, state)
        for at, state in enumerate(cycle.states)
        if (day := _day(record[state.on])) is not None and day <= on and holds.get(state.id, True) is not False
    ]
    steps: list[Step] = []
    doubts: list[tuple[Doubt, str]] = []
    certain = {state.on for _, _, state in entries if holds.get(state.id, True)}
    for day, _, state in sorted(entries, key=lambda entry: entry[:2]):
        here, shown = steps[-1].state if steps else "", holds.get(state.id + NEEDS, True)
        if not holds.get(state.id, True):
            # Of two states on one day (gone for good, or come back) the other one may be certain.
            doubts += [("unshown", state.id)] if state.on not in certain else []
        elif shown is not True:
            doubts.append(("unshown" if shown is None else "refused", state.id))
        elif here not in state.after and (state.after or here):
            doubts.append(("jumped", state.id))
        else:
            steps.append(Step(state.id, day))
    by_id = {state.id: state for state in cycle.states}
    settled = bool(steps) and by_id[steps[-1].state].settled
    claim = record.get(cycle.reported_in) if cycle.reported_in else None
    if claim is not None and not settled and _claims(cycle, str(claim)):
        doubts.append(("claimed", steps[-1].state if steps else ""))
    late = False if settled or cycle.late is None else holds.get(LATE)
    return Standing(row, tuple(steps), tuple(dict.fromkeys(doubts)), late)


def _claims(cycle: Lifecycle, claim: str) -> bool:
    """Whether the record is reported as settled."""
    return any(claim in state.reported for state in cycle.states if state.settled)


def _day(value: object) -> date | None:
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


# --- by unit -------------------------------------------------------------------------------------


def tallies(
    cycle: Lifecycle, found: Sequence[Standing], units: Sequence[str], claims: Sequence[str | None]
) -> list[Tally]:
    """`units` and `claims`: per row of the table. By unit, and of all of them."""
    by_unit: dict[str, list[Standing]] = {}
    for each in found:
        by_unit.setdefault(units[each.row], []).append(each)
    told = [_tally(cycle, unit, by_unit[unit], claims) for unit in sorted(by_unit)]
    return [*told, _tally(cycle, "", found, claims)]


def _tally(cycle: Lifecycle, unit: str, found: Sequence[Standing], claims: Sequence[str | None]) -> Tally:
    states = {state.id: sum(each.state == state.id for each in found) for state in cycle.states}
    done: dict[str, State] = {state.id: state for state in cycle.states if state.settled}
    doubts: dict[Doubt, int] = {}
    for each in found:
        for doubt in {doubt for doubt, _ in each.doubts}:
            doubts[doubt] = doubts.get(doubt, 0) + 1
    return Tally(
        unit,
        len(found),
        states,
        sum(each.state in done for each in found),
        sum(claims[each.row] is not None and _claims(cycle, str(claims[each.row])) for each in found),
        sum(each.late is True for each in found),
        sum(each.late is None for each in found),
        dict(sorted(doubts.items())),
    )
