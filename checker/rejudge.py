"""An evaluation of earlier records + the records of now → the evaluation of now, judging only what may have changed.

The result is the one that judging everything gives, row for row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import polars as pl

from checker.affected import Graph, Rows, concerned, edited, rests_on, unchanged
from checker.model import Pack
from checker.plan import Evaluation, Obligation, Plan, Tables
from checker.reads import looked_at

_CELL = ["obligation", "unit", "period", "verdict", "status", "vacuous"]
_PLACE = ["obligation", "key", "row", "period"]
_NONE = pl.Series([], dtype=pl.UInt32)


class Judge(Protocol):
    """An engine. `only`: table → positions of the subjects that are judged; of a table that is not named, none."""

    def __call__(self, plan: Plan, tables: Tables, /, *, only: Mapping[str, pl.Series] | None = None) -> Evaluation: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged, and what came of it."""

    plan: Plan
    tables: Tables
    evaluation: Evaluation


def rejudge(before: Judged, plan: Plan, tables: Tables, judge: Judge) -> Evaluation:
    """Obligations that were not there before are judged on everybody, the others on those whom a change concerns."""
    if not _comparable(before.plan, plan):
        return judge(plan, tables)
    pairs = _kept(before.plan.obligations, plan.obligations)
    fields = edited(plan.pack, before.tables.frames, tables.frames)
    touched = [(then, now) for then, now in pairs if _touched(plan.pack, plan.obligations[now], fields)]
    alike = sorted({*pairs} - {*touched})
    fresh = sorted({*range(len(plan.obligations))} - {now for _, now in pairs})
    findings = [_of_kept(before.evaluation.findings, alike)]
    counts = [_of_kept(before.evaluation.counts, pairs)]
    gone: list[pl.DataFrame] = []
    if touched:
        numbers = [now for _, now in touched]
        was, now = (Graph(plan.pack, each.frames) for each in (before.tables, tables))
        same = unchanged(plan.pack, before.tables.frames, tables.frames)
        old_rows, new_rows = concerned(was, now, same)
        went = _judged(before.plan, before.tables, was, [then for then, _ in touched], numbers, old_rows, judge)
        came = _judged(plan, tables, now, numbers, numbers, new_rows, judge)
        findings += [_stayed(before, touched, old_rows, same), came.findings]
        counts.append(came.counts)
        gone.append(went.counts)
    if fresh:
        new = _renumbered(judge(_only(plan, fresh), tables), fresh)
        findings.append(new.findings)
        counts.append(new.counts)
    return Evaluation(
        pl.concat(findings).sort(_PLACE, nulls_last=False, maintain_order=True).rechunk(), _summed(counts, gone)
    )


def _summed(come: Sequence[pl.DataFrame], gone: Sequence[pl.DataFrame]) -> pl.DataFrame:
    n = pl.col("n").cast(pl.Int64)
    counts = pl.concat([*(each.with_columns(n) for each in come), *(each.with_columns(-n) for each in gone)])
    counts = counts.group_by(_CELL).agg(pl.col("n").sum()).filter(pl.col("n") != 0)
    return counts.with_columns(pl.col("n").cast(pl.UInt32)).sort(_CELL, nulls_last=False).rechunk()


def _kept(before: Sequence[Obligation], now: Sequence[Obligation]) -> list[tuple[int, int]]:
    """Numbers, then and now, of the obligations that are what they were."""
    was: dict[str, list[int]] = {}
    for number, duty in enumerate(before):
        was.setdefault(duty.rule.id, []).append(number)
    pairs = []
    for number, duty in enumerate(now):
        left = was.get(duty.rule.id, [])
        then = next((then for then in left if before[then] == duty), None)
        if then is not None:
            left.remove(then)
            pairs.append((then, number))
    return pairs


def _comparable(before: Plan, now: Plan) -> bool:
    """Only rules may differ: what a word, a unit or a day means may change every verdict."""
    return (before.as_of, before.known_at) == (now.as_of, now.known_at) and _meaning(before.pack) == _meaning(now.pack)


def _touched(pack: Pack, duty: Obligation, fields: Mapping[str, set[str] | None]) -> bool:
    """Whether it reads what has changed. Other records may be other subjects, or belong to another unit."""
    reads = looked_at(pack, duty)
    tables = {table for table, _ in reads} | _upwards(pack, duty.subject)
    return any(fields.get(table, set()) is None for table in tables) or any(
        field in (fields.get(table) or ()) for table, field in reads
    )


def _upwards(pack: Pack, table: str) -> set[str]:
    found, waiting = {table}, [table]
    while waiting:
        above = set(pack.tables[waiting.pop()].parents) & set(pack.tables) - found
        found |= above
        waiting += sorted(above)
    return found


def _meaning(pack: Pack) -> Pack:
    return replace(pack, version="", rules=(), clauses={}, gates=(), readings={}, root="", digest="")


def _judged(
    plan: Plan, tables: Tables, graph: Graph, numbers: Sequence[int], renamed: Sequence[int], rows: Rows, judge: Judge
) -> Evaluation:
    """These obligations on these rows, in a world of nothing but what they rest on."""
    subjects = {plan.obligations[number].subject for number in numbers}
    wanted = {table: found for table, found in rows.items() if table in subjects and found.len()}
    met = [at for at, number in enumerate(numbers) if plan.obligations[number].subject in wanted]
    part, renamed = _only(plan, [numbers[at] for at in met]), [renamed[at] for at in met]
    there = rests_on(graph, wanted)
    frames = {name: frame[there.get(name, _NONE)] for name, frame in tables.frames.items()}
    only = {table: there[table].search_sorted(found).cast(pl.UInt32) for table, found in wanted.items()}
    found = judge(part, replace(tables, frames=frames), only=only)
    parts = [found.findings.clear()]
    for subject in sorted(wanted):
        duties = [number for number, duty in enumerate(part.obligations) if duty.subject == subject]
        own = found.findings.filter(pl.col("obligation").is_in(duties))
        parts.append(own.with_columns(there[subject].gather(own["row"]).alias("row")))
    return _renumbered(replace(found, findings=pl.concat(parts)), renamed)


def _stayed(
    before: Judged, kept: Sequence[tuple[int, int]], gone: Rows, same: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The findings that no change concerns, under the numbers and at the positions of now."""
    parts = [before.evaluation.findings.clear()]
    for subject in sorted({before.plan.obligations[then].subject for then, _ in kept}):
        duties = [(then, now) for then, now in kept if before.plan.obligations[then].subject == subject]
        pairs = same[subject].filter(~pl.col("before").is_in(gone.get(subject, _NONE).implode()))
        own = _of_kept(before.evaluation.findings, duties)
        own = own.join(pairs, left_on="row", right_on="before", how="inner", maintain_order="left")
        parts.append(own.with_columns(pl.col("after").alias("row")).select(parts[0].columns))
    return pl.concat(parts)


def _of_kept(frame: pl.DataFrame, kept: Sequence[tuple[int, int]]) -> pl.DataFrame:
    then = [old for old, _ in kept]
    own = frame.filter(pl.col("obligation").is_in(then))
    return own.with_columns(pl.col("obligation").replace_strict(dict(kept), return_dtype=pl.UInt32)) if then else own


def _renumbered(found: Evaluation, numbers: Sequence[int]) -> Evaluation:
    """Obligations by their numbers in the whole plan."""
    of = dict(enumerate(numbers))

    def renamed(frame: pl.DataFrame) -> pl.DataFrame:
        number = pl.col("obligation")
        return frame.with_columns(number.replace_strict(of, return_dtype=pl.UInt32)) if of else frame

    return Evaluation(renamed(found.findings), renamed(found.counts))


def _only(plan: Plan, numbers: Sequence[int]) -> Plan:
    return replace(plan, obligations=tuple(plan.obligations[number] for number in numbers))
