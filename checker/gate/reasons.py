"""Gates that are not open → what speaks against each unit: rules, targets, doubts about the data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypedDict

import polars as pl

from checker.errors import Text
from checker.expr import Agg, Not
from checker.gate.reading import TABLES, child_functions, looks_up, own_fields
from checker.model import SEVERITIES, Severity
from checker.plan import Condition, Item, Plan, TargetResult
from checker.units import CASE, TIMES

_WORST = {severity: place for place, severity in enumerate(reversed(SEVERITIES))}
# Whether a row can speak against a unit at all.
_SPEAKS = {
    "result": pl.col("verdict").ne_missing("pass"),
    "target": pl.col("met").ne_missing(True),
    "question": pl.lit(True),
}


class _RuleCount(TypedDict):
    rule: str
    severity: Severity
    failing: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Blame:
    """What speaks against units at one gate: by unit the rules, the targets (rule, period), the number of doubts."""

    rules: Mapping[str, list[_RuleCount]]
    targets: Mapping[str, Collection[tuple[str, str]]]
    questions: Mapping[str, int]

    @classmethod
    def of(cls, rows: Mapping[str, pl.DataFrame]) -> Blame:
        targets: dict[str, set[tuple[str, str]]] = {}
        for unit, rule, period in rows["target"].select(CASE, "rule", "period").iter_rows():
            targets.setdefault(unit, set()).add((rule, period))
        doubts = rows["question"].group_by(CASE).agg(pl.col(TIMES).sum())
        return cls(_by_rule(rows["result"]), targets, dict(doubts.select(CASE, TIMES).iter_rows()))

    def told(self, unit: str, targets: Iterable[TargetResult]) -> dict[str, object]:
        """Which rules fail or are unknown, and how often; which targets are short of how many. Plain JSON values."""
        rules, short = self.rules.get(unit, []), self.targets.get(unit, ())
        values: dict[str, object] = {
            "failing": sum(entry["failing"] for entry in rules),
            "unknown": sum(entry["unknown"] for entry in rules),
            "rules": rules,
            "targets": [_told(target) for target in targets if (target.rule, target.period) in short],
        }
        if unit in self.questions:
            values["questions"] = self.questions[unit]
        return values


@dataclass(frozen=True, slots=True)
class _Asked:
    """A child function of a gate, and the rows that may make it speak against a unit; rows alike in `read` get one answer."""

    gate: int
    agg: Agg
    read: list[str]
    rows: pl.DataFrame
    alone: pl.DataFrame  # one of each kind

    @classmethod
    def of(cls, gate: int, agg: Agg, rows: pl.DataFrame) -> _Asked:
        read = sorted({*own_fields(agg), *([CASE] if looks_up(agg) else [])})
        return cls(gate, agg, read, rows, rows.unique(read or [TIMES], keep="first", maintain_order=True))

    def blamed(self, answer: pl.Series) -> pl.DataFrame:
        """The rows for which the answer is not no."""
        bad = self.alone.filter(answer.fill_null(True))
        return self.rows.join(bad, on=self.read or [TIMES], how="semi", nulls_equal=True)


def blames(
    plan: Plan,
    frames: Mapping[str, pl.DataFrame],
    shut: Sequence[Collection[str]],
    evaluate: Callable[[Sequence[Condition], Mapping[str, pl.DataFrame]], list[pl.Series]],
) -> list[Blame]:
    """Per gate; `shut` are its units. A row is to blame if it alone makes a child function of the condition bad or doubtful:
    that is asked of the engine itself."""
    numbered = {name: frames[name].with_row_index("_at") for name in TABLES}
    asked = [
        _Asked.of(gate, agg, numbered[agg.table].filter(pl.col(CASE).is_in(list(shut[gate])) & _SPEAKS[agg.table]))
        for gate, bound in enumerate(plan.gates)
        for agg in child_functions(bound.condition)
    ]
    answers = evaluate(
        [Item("1", _speaks_against(each.agg), (), Text("", "")) for each in asked], _cases(frames, asked)
    )
    found: list[dict[str, list[pl.DataFrame]]] = [
        {name: [rows.clear()] for name, rows in numbered.items()} for _ in plan.gates
    ]
    first = 0
    for each, answer in zip(asked, answers, strict=True):
        found[each.gate][each.agg.table].append(each.blamed(answer.slice(first, each.alone.height)))
        first += each.alone.height
    return [Blame.of({name: pl.concat(rows).unique("_at") for name, rows in of.items()}) for of in found]


def _cases(frames: Mapping[str, pl.DataFrame], asked: Sequence[_Asked]) -> dict[str, pl.DataFrame]:
    """Each row alone with its unit, as if that were a unit of its own, in this order."""
    rows = {name: [frames[name].clear()] for name in TABLES}
    units, first = [frames["unit"].clear()], 0
    for each in asked:
        numbers = pl.int_range(first, first + each.alone.height, dtype=pl.Int64, eager=True)
        case = numbers.cast(pl.String).alias(CASE)
        its = each.alone.select(CASE).join(frames["unit"], on=CASE, how="left", maintain_order="left")
        units.append(its.with_columns(case).select(units[0].columns))
        rows[each.agg.table].append(each.alone.with_columns(case).select(frames[each.agg.table].columns))
        first += each.alone.height
    return {"unit": pl.concat(units), **{name: pl.concat(parts) for name, parts in rows.items()}}


def _speaks_against(agg: Agg) -> Agg:
    """What is true of a row that alone makes the child function bad."""
    body = agg.body
    if agg.name == "every" and body is not None:
        body = Not(body)
    elif agg.name not in ("any", "none", "count", "share"):
        body = None
    return Agg("any", agg.table, agg.where, body, "yes_no")


def _by_rule(rows: pl.DataFrame) -> dict[str, list[_RuleCount]]:
    """Worst first: severity, then the number of failures, then of unknowns."""
    fails = pl.col("verdict") == "fail"
    counted = rows.group_by(CASE, "rule", maintain_order=True).agg(
        pl.col("severity").first(),
        pl.col(TIMES).filter(fails).sum().alias("failing"),
        pl.col(TIMES).filter(~fails).sum().alias("unknown"),
        pl.col("severity").first().replace_strict(_WORST, return_dtype=pl.Int8).alias("_worst"),
    )
    found: dict[str, list[_RuleCount]] = {}
    for unit, rule, severity, failing, unknown in (
        counted.sort("_worst", "failing", "unknown", "rule", descending=[False, True, True, False])
        .select(CASE, "rule", "severity", "failing", "unknown")
        .iter_rows()
    ):
        found.setdefault(unit, []).append(_RuleCount(rule=rule, severity=severity, failing=failing, unknown=unknown))
    return found


def nearest(target: TargetResult) -> tuple[int, int]:
    """How many subjects more must pass, and how many are still unknown or did not arrive."""
    return max(ceil(target.rate * target.owed) - target.passed, 0), target.unknown + target.missing


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
