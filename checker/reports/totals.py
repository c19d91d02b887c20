"""Targets of single units → the same for all units together, per rule and period."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from checker.plan import TargetResult, TargetState

# The worst one tells for all.
_WORST: tuple[TargetState, ...] = ("missed", "undecided", "not_due", "met", "not_applicable")


def totals(targets: tuple[TargetResult, ...]) -> list[TargetResult]:
    """All units together, per rule and period; periods are never pooled."""
    groups: dict[tuple[str, date, str], list[TargetResult]] = {}
    for target in targets:
        groups.setdefault((target.rule, target.revision, target.period), []).append(target)
    return [_total(group) for group in groups.values()]


def _total(group: list[TargetResult]) -> TargetResult:
    whole = replace(
        group[0],
        unit="",
        passed=sum(t.passed for t in group),
        failed=sum(t.failed for t in group),
        unknown=sum(t.unknown for t in group),
        missing=sum(t.missing for t in group),
        deferred=sum(t.deferred for t in group),
        not_applicable=sum(t.not_applicable for t in group),
        due=max((t.due for t in group if t.due is not None), default=None),
        state=min((t.state for t in group), key=_WORST.index),
        lower=None,
        upper=None,
    )
    if whole.owed == 0:
        return whole
    return replace(
        whole,
        lower=Fraction(whole.passed, whole.owed),
        upper=Fraction(whole.passed + whole.unknown + whole.missing, whole.owed),
    )
