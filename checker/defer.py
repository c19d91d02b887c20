"""Findings + deferrals → which findings are deferred, and of every deferral whether it counts: the one place that decides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from checker.engines.values import shifted
from checker.model import Deferral, Pack
from checker.plan import DeferralOutcome, DeferralState, Plan
from checker.units import heirs

# What the plan itself demands of one (五（三）) besides who allowed it, by which paper and until when.
NEEDED = ("reason", "requested_by", "approver", "approved_on", "document", "expires", "interim", "watched_by")
_CELL = ["obligation", "unit", "period"]


def defer(
    plan: Plan, findings: pl.DataFrame, counts: pl.DataFrame, deferrals: Sequence[Deferral]
) -> tuple[pl.DataFrame, tuple[DeferralOutcome, ...]]:
    """The findings with `deferred`, and one outcome per deferral. `counts` tell how many records a rule binds in a unit."""
    outcomes = [_judged(plan, findings, deferral) for deferral in deferrals]
    outcomes = _within_share(plan, findings, counts, outcomes)
    covered = {print_ for outcome in outcomes if outcome.state == "counts" for print_ in outcome.fingerprints}
    deferred = pl.col("fingerprint").is_in(sorted(covered)).alias("deferred")
    return findings.with_columns(deferred), tuple(outcomes)


def _judged(plan: Plan, findings: pl.DataFrame, deferral: Deferral) -> DeferralOutcome:
    pack = plan.pack
    rules = _rules(pack, deferral.rule)
    unit = _unit(pack, deferral.unit)
    lacking = tuple(name for name in NEEDED if not getattr(deferral, name))
    if not deferral.unit and not deferral.subjects:
        lacking = ("subject", *lacking)
    met = () if unit is None or "subject" in lacking else _met(plan, findings, deferral, rules, unit)
    return DeferralOutcome(deferral, _state(plan, deferral, rules, unit, lacking, met), rules, lacking, met)


def _state(
    plan: Plan,
    deferral: Deferral,
    rules: tuple[str, ...],
    unit: frozenset[str] | None,
    lacking: tuple[str, ...],
    met: tuple[str, ...],
) -> DeferralState:
    """The first thing that speaks against it, the least curable first."""
    if not rules:
        return "unknown_rule"
    if unit is None:
        return "unknown_unit"
    if any(not rule.may_defer for rule in plan.pack.rules if rule.id in rules):
        return "forbidden"
    if lacking or deferral.approved_on is None or deferral.expires is None:
        return "incomplete"
    if _same(deferral.approver, deferral.requested_by):
        return "self_approved"
    if deferral.expires > _latest(plan.pack, deferral.approved_on):
        return "too_long"
    if deferral.approved_on > plan.as_of:
        return "not_yet"
    if deferral.expires < plan.as_of:
        return "expired"
    return "counts" if met else "unmatched"


def _latest(pack: Pack, approved_on: date) -> date:
    """The last day that a deferral may name."""
    limits = [date.max if pack.ends is None else pack.ends]
    if pack.deferral_limits.longest is not None:
        amount, unit = pack.deferral_limits.longest
        limits += [day for day in [shifted(approved_on, amount, unit, pack.working_days)] if day is not None]
    return min(limits)


def _same(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


# --- what it is about ----------------------------------------------------------------------------


def _rules(pack: Pack, name: str) -> tuple[str, ...]:
    """By id, title or clause; a clause may be judged by several rules."""
    return tuple(rule.id for rule in pack.rules if name in (rule.id, *rule.title, *rule.clauses))


def _unit(pack: Pack, name: str) -> frozenset[str] | None:
    """The codes that a name means, with all that took over from them; empty: any unit; None: there is no such unit."""
    if not name:
        return frozenset()
    found = {unit.code for unit in pack.units.values() if name in (unit.code, unit.short, *unit.name, *unit.aliases)}
    return frozenset(found).union(*(heirs(pack.units, code) for code in found)) or None


def _met(
    plan: Plan, findings: pl.DataFrame, deferral: Deferral, rules: tuple[str, ...], unit: frozenset[str]
) -> tuple[str, ...]:
    here = pl.col("rule").is_in(rules)
    if unit:
        here &= pl.col("unit").is_in(sorted(unit))
    if deferral.subjects:
        here &= pl.col("key").is_in(deferral.subjects) | pl.col("name").is_in(deferral.subjects)
    if deferral.period:
        here &= pl.col("period") == deferral.period
    return tuple(findings.filter(here)["fingerprint"].unique(maintain_order=True))


# --- the limit of a unit -------------------------------------------------------------------------


def _within_share(
    plan: Plan, findings: pl.DataFrame, counts: pl.DataFrame, outcomes: Sequence[DeferralOutcome]
) -> list[DeferralOutcome]:
    """Where too many records of a unit are deferred from one duty, none of those deferrals counts: which of them should,
    is for people to say."""
    limit = plan.pack.deferral_limits.share
    if limit is None:
        return list(outcomes)
    bound: Mapping[tuple[object, ...], int] = {
        key: n
        for *key_, n in counts.filter(pl.col("verdict") != "not_applicable")
        .group_by(_CELL)
        .agg(pl.col("n").sum())
        .iter_rows()
        for key in [tuple(key_)]
    }
    place = {print_: tuple(key) for print_, *key in findings.select("fingerprint", *_CELL).iter_rows()}

    def crowded(counting: Iterable[DeferralOutcome]) -> set[tuple[object, ...]]:
        deferred: dict[tuple[object, ...], set[str]] = {}
        for outcome in counting:
            for print_ in outcome.fingerprints:
                deferred.setdefault(place[print_], set()).add(print_)
        return {key for key, prints in deferred.items() if len(prints) > limit * bound[key]}

    full = crowded(outcome for outcome in outcomes if outcome.state == "counts")
    return [
        replace(outcome, state="over_limit")
        if outcome.state == "counts" and any(place[print_] in full for print_ in outcome.fingerprints)
        else outcome
        for outcome in outcomes
    ]
