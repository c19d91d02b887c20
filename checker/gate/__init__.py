"""plan + counts + targets → per unit open, closed or undecided, with the rules and targets that stand in the way.

`seen` builds the frames that conditions go over, `reasons` finds what speaks against a unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from checker.errors import Text
from checker.gate.reading import asks_about_questions as asks_about_questions
from checker.gate.reasons import Blame, blames
from checker.gate.reasons import nearest as nearest
from checker.gate.seen import alike as alike
from checker.gate.seen import frames, results_of
from checker.gate.seen import target_rows as target_rows
from checker.plan import NO_UNIT, BoundGate, Condition, GateResult, GateState, Plan, Reason, TargetResult
from checker.units import with_duties

# Decides conditions: each gives a truth per row of the frame `unit`. Rows of `result`, `target` and `question` belong to the
# unit with the same CASE, and stand for TIMES such rows.
Evaluate = Callable[[Sequence[Condition], Mapping[str, pl.DataFrame]], list[pl.Series]]

NO_UNIT_NAME = Text("未列入单位", "no unit")
NO_RESULTS = "no_results"


def decide(
    plan: Plan,
    counts: pl.DataFrame,
    targets: tuple[TargetResult, ...],
    evaluate: Evaluate,
    questions: pl.DataFrame | None = None,
) -> tuple[GateResult, ...]:
    """One gate per unit in force that owes something. Another one (the city itself, records without a unit) has a gate
    only once something of its is due: until then there is nothing that it could have passed.

    `questions`: unit, code, severity, `_n`; needed only where a condition asks about them (`asks_about_questions`).
    """
    results = results_of(counts)
    due = results.filter(pl.col("status") != "not_due")["unit"].unique()
    units = sorted({*with_duties(plan.pack.units, plan.as_of), *due})
    heard = set(results["unit"].unique())
    asked = [unit for unit in units if unit in heard]
    seen = frames(plan, asked, results, targets, questions)
    answers = [list(answer) for answer in evaluate([bound.condition for bound in plan.gates], seen)]
    shut = [{unit for unit, answer in zip(asked, given, strict=True) if answer is not True} for given in answers]
    blame = blames(plan, seen, shut, evaluate)
    own: dict[str, list[TargetResult]] = {}
    for target in targets:
        own.setdefault(target.unit, []).append(target)
    found = {
        unit: _result(plan, unit, [given[at] for given in answers], blame, own.get(unit, []))
        for at, unit in enumerate(asked)
    }
    return tuple(found[unit] if unit in found else _silent(plan, unit) for unit in units)


def state_of(
    plan: Plan,
    unit: str,
    counts: pl.DataFrame,
    targets: Iterable[TargetResult],
    evaluate: Evaluate,
    questions: pl.DataFrame | None = None,
) -> GateState:
    """The state of one unit's gate alone, without asking why. `counts` and `targets` are the unit's own."""
    results = results_of(counts)
    if results.height == 0:
        return "undecided"
    blocking = [bound for bound in plan.gates if bound.gate.effect == "blocks"]
    seen = frames(plan, [unit], results, targets, questions)
    answers = evaluate([bound.condition for bound in blocking], seen)
    return _state((bound, answer[0]) for bound, answer in zip(blocking, answers, strict=True))


def overall(gates: Iterable[GateResult]) -> GateState:
    """The roll-up: closed before undecided before open. Without any gate nothing is decided."""
    states = {gate.state for gate in gates}
    if "closed" in states:
        return "closed"
    return "open" if states == {"open"} else "undecided"


def _result(
    plan: Plan,
    unit: str,
    answers: Sequence[bool | None],
    blame: Sequence[Blame],
    targets: Sequence[TargetResult],
) -> GateResult:
    judged = list(zip(plan.gates, answers, strict=True))
    reasons = [
        Reason(
            bound.gate.id,
            bound.gate.effect,
            "unknown" if answer is None else "false",
            blame[gate].told(unit, targets),
        )
        for gate, (bound, answer) in enumerate(judged)
        if answer is not True
    ]
    # Worst first: what closes the gate, then what leaves it undecided, then mere warnings.
    reasons.sort(key=lambda reason: (reason.effect == "warns", reason.state == "unknown"))
    return GateResult(unit, _name(plan, unit), _state(judged), tuple(reasons))


def _silent(plan: Plan, unit: str) -> GateResult:
    return GateResult(unit, _name(plan, unit), "undecided", (Reason("", "blocks", "unknown", {"code": NO_RESULTS}),))


def _name(plan: Plan, unit: str) -> Text:
    known = plan.pack.units.get(unit)
    return NO_UNIT_NAME if unit == NO_UNIT else known.name if known is not None else Text(unit, unit)


def _state(answers: Iterable[tuple[BoundGate, bool | None]]) -> GateState:
    told = {answer for bound, answer in answers if bound.gate.effect == "blocks"}
    return "closed" if False in told else "undecided" if None in told else "open"
