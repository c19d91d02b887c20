"""A unit's gate that is not open + its findings and targets → the smallest set of findings to put right so that it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from checker.plan import GateResult, GateState, TargetResult, Way

# The gate of one unit, were these its counts and targets.
Decide = Callable[[pl.DataFrame, tuple[TargetResult, ...]], GateState]

_CELL = ("obligation", "unit", "period", "verdict", "status", "deferred", "change")
_OPEN = pl.col("verdict").is_in(["fail", "unknown"])


def nearest_way(
    gate: GateResult,
    findings: pl.DataFrame,
    counts: pl.DataFrame,
    targets: Sequence[TargetResult],
    decide: Decide,
) -> Way | None:
    """None for a gate that is open. The other arguments are the unit's own; `findings` carries `at`, its position.

    All is thought to be put right, then as much as possible taken back, the least urgent first: what is left is needed,
    each of it. Findings alike are interchangeable, so they are tried by number, not one by one.
    """
    if gate.state == "open":
        return None
    silent = tuple((t.rule, t.period) for t in targets if not t.owed and t.state == "undecided")
    targets = [replace(t, state="not_applicable") if (t.rule, t.period) in silent else t for t in targets]
    groups = _groups(findings.filter(pl.col("rule").is_in(sorted(_concerned(gate)))))
    short = {(t.rule, t.period): t.missing for t in targets if t.missing}
    whole = [group.height for group in groups]

    def opens(take: Sequence[int], report: Mapping[tuple[str, str], int]) -> bool:
        done = pl.concat([group.head(n) for group, n in zip(groups, take, strict=True)]) if groups else findings.clear()
        return decide(_counts(counts, done), _targets(targets, done, report)) == "open"

    if not opens(whole, short):
        return Way(gate.unit, (), (), {}, silent, opens=False)
    take, report = list(whole), dict(short)
    for place in reversed(range(len(groups))):
        take[place] = _least(take[place], lambda n, place=place: opens([*take[:place], n, *take[place + 1 :]], report))  # type: ignore[misc]
    for key in sorted(report, reverse=True):
        report[key] = _least(report[key], lambda n, key=key: opens(take, report | {key: n}))  # type: ignore[misc]
    chosen = pl.concat([group.head(n) for group, n in zip(groups, take, strict=True)]) if groups else findings.clear()
    fix = chosen.filter(pl.col("verdict") == "fail")["at"]
    complete = chosen.filter(pl.col("verdict") == "unknown")["at"]
    needed = {key: n for key, n in report.items() if n}
    return Way(gate.unit, tuple(sorted(fix)), tuple(sorted(complete)), needed, silent)


def _concerned(gate: GateResult) -> set[str]:
    """The rules that the reasons name: what none of them counts cannot help."""
    blocking = [reason.values for reason in gate.reasons if reason.effect == "blocks"]
    named = [entry for values in blocking for kind in ("rules", "targets") for entry in _entries(values.get(kind))]
    return {entry["rule"] for entry in named}


def _entries(value: object) -> list[dict[str, str]]:
    return value if isinstance(value, list) else []


def _least(most: int, opens: Callable[[int], bool]) -> int:
    """The smallest number that still opens; the more is put right, the better."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if opens(middle):
            high = middle
        else:
            low = middle + 1
    return low


_SEVERITY = {"critical": 0, "high": 1, "medium": 2, "low": 3}


def _groups(findings: pl.DataFrame) -> list[pl.DataFrame]:
    """Findings that are alike for a gate, the worst first; to complete a record is easier than to put something right."""
    ours = findings.filter(_OPEN & ~pl.col("advisory")).with_columns(
        pl.col("severity").replace_strict(_SEVERITY, return_dtype=pl.UInt8).alias("_worst"),
        (pl.col("verdict") == "unknown").alias("_unknown"),
    )
    # Within a group those overdue longest come first: they are what people will be asked about anyway.
    ours = ours.sort(
        "_worst",
        "_unknown",
        "obligation",
        "period",
        "days_overdue",
        "at",
        descending=[False, True, False, False, True, False],
    )
    return ours.partition_by("_worst", *_CELL, maintain_order=True)


def _counts(counts: pl.DataFrame, done: pl.DataFrame) -> pl.DataFrame:
    """The counts with the findings of `done` passed."""
    gone = done.group_by(_CELL).agg(pl.len().cast(pl.Int64).alias("_gone"))
    left = counts.join(gone, on=_CELL, how="left", nulls_equal=True, maintain_order="left")
    left = left.with_columns(pl.col("n") - pl.col("_gone").fill_null(0)).filter(pl.col("n") > 0).drop("_gone")
    passed = (
        counts.join(gone, on=_CELL, how="inner", nulls_equal=True)
        .with_columns(
            n=pl.col("_gone"),
            verdict=pl.lit("pass"),
            status=pl.lit("in_force"),
            deferred=pl.lit(False),
            change=pl.lit(None, pl.String),
        )
        .drop("_gone")
    )
    return pl.concat([left, passed])


def _targets(
    targets: Iterable[TargetResult], done: pl.DataFrame, report: Mapping[tuple[str, str], int]
) -> tuple[TargetResult, ...]:
    """The targets with the findings of `done`, and so many of the missing records, passed."""
    passed: dict[tuple[str, str], dict[str, int]] = {}
    for rule, period, verdict, deferred in done.select("rule", "period", "verdict", "deferred").iter_rows():
        kind = "deferred" if deferred else {"fail": "failed", "unknown": "unknown"}[verdict]
        numbers = passed.setdefault((rule, period or ""), {})
        numbers[kind] = numbers.get(kind, 0) + 1
    found = []
    for target in targets:
        numbers = dict(passed.get((target.rule, target.period), {}))
        if reported := report.get((target.rule, target.period), 0):
            numbers["missing"] = reported
        more = {kind: getattr(target, kind) - n for kind, n in numbers.items()}
        found.append(replace(target, passed=target.passed + sum(numbers.values()), **more) if numbers else target)
    return tuple(found)
