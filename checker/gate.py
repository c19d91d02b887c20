"""plan + counts + targets → per unit open, closed or undecided, with the rules and targets that stand in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Any, TypedDict

import polars as pl

from checker.errors import Text
from checker.expr import Agg, Expr, Field, Not, children, walk
from checker.model import SEVERITIES, FieldType, Severity, Table
from checker.plan import (
    NO_UNIT,
    BoundGate,
    Condition,
    GateResult,
    GateState,
    Group,
    Item,
    Plan,
    Reason,
    TargetResult,
)
from checker.units import with_duties

# Decides one condition over one unit: frames `unit` (one row), `result` (`_n`: how many alike), `target`.
Evaluate = Callable[[Condition, Mapping[str, pl.DataFrame]], bool | None]

NO_UNIT_NAME = Text("未列入单位", "no unit")
NO_RESULTS = "no_results"

_RESULT = ["rule", "verdict", "severity", "status", "deferred", "change"]
_NUMBERS = ("owed", "passed", "failed", "unknown", "missing", "deferred")
TABLES = ("result", "target", "question")
_TYPES: dict[FieldType, pl.DataType | type[pl.DataType]] = {
    "text": pl.String,
    "choice": pl.String,
    "yes_no": pl.Boolean,
    "count": pl.Int64,
    "number": pl.Float64,
    "percent": pl.Float64,
    "date": pl.Date,
    "datetime": pl.Datetime("us"),
    "choices": pl.List(pl.String),
}


NO_QUESTIONS = pl.DataFrame(schema={"unit": pl.String, "code": pl.String, "severity": pl.String, "_n": pl.Int64})


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
    results = _results(counts)
    asked = with_duties(plan.pack.units, plan.as_of)
    due = results.filter(pl.col("status") != "not_due")["unit"].unique()
    units = sorted({*asked, *due})
    judge = _Judge(plan, evaluate, NO_QUESTIONS if questions is None else questions)
    return tuple(
        judge.unit(unit, results.filter(pl.col("unit") == unit), [t for t in targets if t.unit == unit])
        for unit in units
    )


def state_of(
    plan: Plan,
    unit: str,
    counts: pl.DataFrame,
    targets: Iterable[TargetResult],
    evaluate: Evaluate,
    questions: pl.DataFrame | None = None,
) -> GateState:
    """The state of one unit's gate alone, without asking why. `counts` and `targets` are the unit's own."""
    judge = _Judge(plan, evaluate, NO_QUESTIONS if questions is None else questions)
    return judge.state(unit, _results(counts), list(targets))


def asks_about_questions(plan: Plan) -> bool:
    return any(agg.table == "question" for bound in plan.gates for agg in _child_functions(bound.condition))


def overall(gates: Iterable[GateResult]) -> GateState:
    """The roll-up: closed before undecided before open. Without any gate nothing is decided."""
    states = {gate.state for gate in gates}
    if "closed" in states:
        return "closed"
    return "open" if states == {"open"} else "undecided"


def nearest(target: TargetResult) -> tuple[int, int]:
    """How many subjects more must pass, and how many are still unknown or did not arrive."""
    return max(ceil(target.rate * target.owed) - target.passed, 0), target.unknown + target.missing


def _results(counts: pl.DataFrame) -> pl.DataFrame:
    """Distinct results with their number. What did not apply or is only advice never counts at a gate."""
    return (
        counts.filter(~pl.col("advisory") & (pl.col("verdict") != "not_applicable"))
        .group_by("unit", *_RESULT)
        .agg(pl.col("n").sum().alias("_n"))
        .with_columns(
            pl.lit(False).alias("advisory"),
            pl.col("verdict")
            .replace_strict({"fail": True, "pass": False}, default=None, return_dtype=pl.Boolean)
            .alias("failed"),
        )
        .sort("unit", *_RESULT, nulls_last=False)
    )


def target_rows(targets: Iterable[TargetResult]) -> pl.DataFrame:
    """Targets without a population are left out; one that is not due yet is neither met nor missed."""
    return pl.DataFrame(
        [
            (
                t.unit,
                t.rule,
                t.period,
                t.state,
                {"met": True, "missed": False}.get(t.state),
                float(t.rate),
                *(getattr(t, name) for name in _NUMBERS),
            )
            for t in targets
            if t.state != "not_applicable"
        ],
        schema={
            "unit": pl.String,
            "rule": pl.String,
            "period": pl.String,
            "state": pl.String,
            "met": pl.Boolean,
            "rate": pl.Float64,
            **dict.fromkeys(_NUMBERS, pl.Int64),
        },
        orient="row",
    )


@dataclass
class _Judge:
    """`_blame` remembers whether one row counts in one child function: it is the same for every unit."""

    plan: Plan
    evaluate: Evaluate
    questions: pl.DataFrame
    _blame: dict[tuple[object, ...], bool | None] = field(default_factory=dict)
    _fields: dict[tuple[str, int], list[str]] = field(default_factory=dict)

    def unit(self, code: str, results: pl.DataFrame, targets: list[TargetResult]) -> GateResult:
        known = self.plan.pack.units.get(code)
        name = NO_UNIT_NAME if code == NO_UNIT else known.name if known is not None else Text(code, code)
        if results.height == 0:
            nothing = Reason("", "blocks", "unknown", {"code": NO_RESULTS})
            return GateResult(code, name, "undecided", (nothing,))
        frames = self._frames(code, results, target_rows(targets))
        answers = [(bound, self._answer(bound, frames)) for bound in self.plan.gates]
        reasons = [
            Reason(
                bound.gate.id,
                bound.gate.effect,
                "unknown" if answer is None else "false",
                self._values(bound, frames, targets),
            )
            for bound, answer in answers
            if answer is not True
        ]
        state = _state(answers)
        # Worst first: what closes the gate, then what leaves it undecided, then mere warnings.
        reasons.sort(key=lambda reason: (reason.effect == "warns", reason.state == "unknown"))
        return GateResult(code, name, state, tuple(reasons))

    def state(self, code: str, results: pl.DataFrame, targets: list[TargetResult]) -> GateState:
        if results.height == 0:
            return "undecided"
        frames = self._frames(code, results, target_rows(targets))
        blocking = [bound for bound in self.plan.gates if bound.gate.effect == "blocks"]
        return _state([(bound, self._answer(bound, frames)) for bound in blocking])

    def _answer(self, bound: BoundGate, frames: Mapping[str, pl.DataFrame]) -> bool | None:
        """Rows that are alike in all that the condition reads of them are one row that stands for so many more."""
        read: dict[str, set[str]] = {}
        for agg in _child_functions(bound.condition):
            read.setdefault(agg.table, set()).update(_own_fields(agg))
        few = {
            name: self._alike(name, frames[name], read[name]) if name in read else frames[name].clear()
            for name in TABLES
        }
        return self.evaluate(bound.condition, {**frames, **few})

    def _alike(self, name: str, rows: pl.DataFrame, read: set[str]) -> pl.DataFrame:
        times = pl.col("_n") if "_n" in rows.columns else pl.lit(1, pl.Int64)
        cell = sorted({self._parent_field(name), *read} - {"_n"})
        few = rows.with_columns(times.alias("_n")).group_by(cell, maintain_order=True).agg(pl.col("_n").sum())
        return _fitted(few, self.plan.gate_tables.get(name))

    def _frames(self, code: str, results: pl.DataFrame, targets: pl.DataFrame) -> dict[str, pl.DataFrame]:
        known = self.plan.pack.units.get(code)
        facts: dict[str, str | date | None] = {"code": code}
        if known is not None:
            facts |= {
                "name": known.name.zh,
                "kind": known.kind,
                "valid_from": known.valid_from,
                "valid_to": known.valid_to,
                "successor": known.successor or None,
            }
        return {
            "unit": _fitted(pl.DataFrame([facts]), self.plan.gate_tables.get("unit")),
            "result": _fitted(results, self.plan.gate_tables.get("result")),
            "target": _fitted(targets, self.plan.gate_tables.get("target")),
            "question": _fitted(self.questions.filter(pl.col("unit") == code), self.plan.gate_tables.get("question")),
        }

    # --- reasons

    def _values(
        self, bound: BoundGate, frames: Mapping[str, pl.DataFrame], targets: list[TargetResult]
    ) -> dict[str, object]:
        """Which rules fail or are unknown, and how often; which targets are short of how many. Plain JSON values."""
        rows = {name: list(frames[name].iter_rows(named=True)) for name in TABLES}
        blamed: dict[str, set[int]] = {name: set() for name in TABLES}
        for place, agg in enumerate(_child_functions(bound.condition)):
            for at, row in enumerate(rows[agg.table]):
                if (
                    _speaks(agg.table, row)
                    and self._counts_in((bound.gate.id, place), agg, at, row, frames) is not False
                ):
                    blamed[agg.table].add(at)
        rules = _by_rule(rows["result"][at] for at in sorted(blamed["result"]))
        short = {(rows["target"][at]["rule"], rows["target"][at]["period"]) for at in blamed["target"]}
        values: dict[str, object] = {
            "failing": sum(entry["failing"] for entry in rules),
            "unknown": sum(entry["unknown"] for entry in rules),
            "rules": rules,
            "targets": [_told(target) for target in targets if (target.rule, target.period) in short],
        }
        if blamed["question"]:
            values["questions"] = sum(rows["question"][at]["_n"] for at in blamed["question"])
        return values

    def _counts_in(
        self, place: tuple[str, int], agg: Agg, at: int, row: Mapping[str, object], frames: Mapping[str, pl.DataFrame]
    ) -> bool | None:
        """Whether this row alone makes the child function speak against the unit: asked of the engine itself."""
        unit = row[self._parent_field(agg.table)] if any(_looks_up(part) for part in children(agg)) else None
        known = (*place, unit, *(row.get(name) for name in self._read_by(place, agg)))
        if known not in self._blame:
            body = agg.body
            if agg.name == "every" and body is not None:
                body = Not(body)
            elif agg.name not in ("any", "none", "count", "share"):
                body = None
            asked = Agg("any", agg.table, agg.where, body, "yes_no")
            alone = {**frames, **{name: frames[name].clear() for name in TABLES}}
            alone[agg.table] = frames[agg.table].slice(at, 1)
            self._blame[known] = self.evaluate(Item("1", asked, (), Text("", "")), alone)
        return self._blame[known]

    def _parent_field(self, table: str) -> str:
        known = self.plan.gate_tables.get(table)
        return "unit" if known is None else known.parents.get("unit", "unit")

    def _read_by(self, place: tuple[str, int], agg: Agg) -> list[str]:
        """The row's fields that matter: another row that is like it in these gets the same answer."""
        if place not in self._fields:
            self._fields[place] = sorted(_own_fields(agg) - {self._parent_field(agg.table)})
        return self._fields[place]


def _fitted(frame: pl.DataFrame, table: Table | None) -> pl.DataFrame:
    """The frame with every field that the gate's own vocabulary names; what we do not know is missing."""
    if table is None:
        return frame
    parent = table.parents.get("unit")
    if parent is not None and parent not in frame.columns:
        frame = frame.with_columns(pl.col("unit").alias(parent))
    absent = [
        pl.lit(None, _TYPES[known.type]).alias(name)
        for name, known in table.fields.items()
        if name not in frame.columns
    ]
    received = [] if "received_on" in frame.columns else [pl.lit(None, pl.Date).alias("received_on")]
    return frame.with_columns(*absent, *received)


def _state(answers: Iterable[tuple[BoundGate, bool | None]]) -> GateState:
    told = {answer for bound, answer in answers if bound.gate.effect == "blocks"}
    return "closed" if False in told else "undecided" if None in told else "open"


def _speaks(table: str, row: Mapping[str, Any]) -> bool:
    """Whether a row can speak against a unit at all."""
    return {"result": row.get("verdict") != "pass", "target": row.get("met") is not True}.get(table, True)


def _child_functions(condition: Condition) -> Iterator[Agg]:
    """The outermost child functions over results and targets, in reading order."""
    match condition:
        case Group(children=parts):
            for part in parts:
                yield from _child_functions(part)
        case Item(expr=expr):
            yield from _aggs(expr)


def _aggs(expr: Expr) -> Iterator[Agg]:
    if isinstance(expr, Agg):
        if expr.table in TABLES:
            yield expr
        return
    for part in children(expr):
        yield from _aggs(part)


def _own_fields(agg: Agg) -> set[str]:
    """What a child function reads of the rows that it goes over."""
    return {part.name for part in walk(agg) if isinstance(part, Field) and not part.hops}


def _looks_up(expr: Expr) -> bool:
    """Whether the answer may depend on the unit."""
    return any(isinstance(part, Field) and bool(part.hops) for part in walk(expr))


class _RuleCount(TypedDict):
    rule: str
    severity: Severity
    failing: int
    unknown: int


def _by_rule(rows: Iterable[Mapping[str, Any]]) -> list[_RuleCount]:
    """Worst first: severity, then the number of failures, then of unknowns."""
    found: dict[str, _RuleCount] = {}
    for row in rows:
        entry = found.setdefault(
            row["rule"], {"rule": row["rule"], "severity": row["severity"], "failing": 0, "unknown": 0}
        )
        entry["failing" if row["verdict"] == "fail" else "unknown"] += row["_n"]
    return sorted(
        found.values(),
        key=lambda e: (-SEVERITIES.index(e["severity"]), -e["failing"], -e["unknown"], e["rule"]),
    )


def _told(target: TargetResult) -> dict[str, object]:
    """Fractions as "109/118": exact, and the reports decide how to print them."""
    needed, unknown = nearest(target)
    return {
        "rule": target.rule,
        "period": target.period,
        "state": target.state,
        "rate": str(target.rate),
        "lower": None if target.lower is None else str(target.lower),
        "upper": None if target.upper is None else str(target.upper),
        "owed": target.owed,
        "passed": target.passed,
        "needed": needed,
        "short": max(needed - unknown, 0),
        "unknown": target.unknown,
        "missing": target.missing,
    }
