"""An evaluation of earlier records + the records of now → the evaluation of now, judging only what may have changed.

The result is the one that judging everything gives, row for row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import polars as pl

from checker.affected import Graph, Rows, concerned, edited, rests_on, unchanged
from checker.basis import Basis, basis
from checker.model import Pack
from checker.plan import Evaluation, Obligation, Plan, Tables
from checker.reads import looked_at

_CELL = ["obligation", "unit", "period", "verdict", "status", "vacuous"]
_PLACE = ["obligation", "key", "row", "period"]
_NONE = pl.Series([], dtype=pl.UInt32)
# What a change concerns is judged as it was and as it is: of more than such a share of the verdicts that takes longer than
# judging everything.
MOST = 0.4


class Judge(Protocol):
    """An engine. `only`: table → positions of the subjects that are judged; of a table that is not named, none."""

    def __call__(self, plan: Plan, tables: Tables, /, *, only: Mapping[str, pl.Series] | None = None) -> Evaluation: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged, and what came of it."""

    basis: Basis
    tables: Tables
    evaluation: Evaluation

    @classmethod
    def of(cls, plan: Plan, tables: Tables, evaluation: Evaluation) -> Judged:
        return cls(basis(plan), tables, evaluation)


@dataclass(frozen=True, slots=True)
class Rejudged:
    """`again`: so many verdicts were judged anew, the others stand."""

    evaluation: Evaluation
    again: int


def rejudge(before: Judged, plan: Plan, tables: Tables, judge: Judge) -> Rejudged:
    """Obligations that were not there before are judged on everybody, the others on those whom a change concerns."""
    rests = basis(plan)
    if before.basis.meaning != rests.meaning:
        # Only rules may differ: what a word, a unit or a day means may change every verdict.
        return _everything(plan, tables, judge)
    pairs = _kept(before.basis.duties, rests.duties)
    fields = edited(plan.pack, before.tables.frames, tables.frames)
    touched = [(then, now) for then, now in pairs if _touched(plan.pack, plan.obligations[now], fields)]
    alike = sorted({*pairs} - {*touched})
    fresh = sorted({*range(len(plan.obligations))} - {now for _, now in pairs})
    findings = [_of_kept(before.evaluation.findings, alike)]
    stay = _of_kept(before.evaluation.counts, pairs)
    come: list[pl.DataFrame] = []
    gone: list[pl.DataFrame] = []
    if touched:
        numbers = [now for _, now in touched]
        was, now = (Graph(plan.pack, each.frames) for each in (before.tables, tables))
        same = unchanged(plan.pack, before.tables.frames, tables.frames)
        old_rows, new_rows = concerned(was, now, same)
        everybody = _asked(plan, range(len(plan.obligations)), tables.frames)
        if _asked(plan, numbers, new_rows) > MOST * everybody:
            return _everything(plan, tables, judge)
        went = _judged(plan, before.tables, was, numbers, old_rows, judge)
        came = _judged(plan, tables, now, numbers, new_rows, judge)
        findings += [_stayed(plan, before.evaluation, touched, old_rows, same), came.findings]
        come.append(came.counts)
        gone.append(went.counts)
    if fresh:
        new = _renumbered(judge(_only(plan, fresh), tables), fresh)
        findings.append(new.findings)
        come.append(new.counts)
    whole = pl.concat(findings).sort(_PLACE, nulls_last=False, maintain_order=True).rechunk()
    return Rejudged(Evaluation(whole, _summed([stay, *come], gone)), _verdicts(come))


def _everything(plan: Plan, tables: Tables, judge: Judge) -> Rejudged:
    everything = judge(plan, tables)
    return Rejudged(everything, _verdicts([everything.counts]))


def _asked(plan: Plan, numbers: Iterable[int], of: Mapping[str, pl.Series] | Mapping[str, pl.DataFrame]) -> int:
    """So many verdicts, if each of these obligations is judged once on each of these records."""
    return sum(len(of.get(plan.obligations[number].subject, ())) for number in numbers)


def _verdicts(counts: Sequence[pl.DataFrame]) -> int:
    return sum(int(each["n"].sum()) for each in counts)


def _summed(come: Sequence[pl.DataFrame], gone: Sequence[pl.DataFrame]) -> pl.DataFrame:
    n = pl.col("n").cast(pl.Int64)
    counts = pl.concat([*(each.with_columns(n) for each in come), *(each.with_columns(-n) for each in gone)])
    counts = counts.group_by(_CELL).agg(pl.col("n").sum()).filter(pl.col("n") != 0)
    return counts.with_columns(pl.col("n").cast(pl.UInt32)).sort(_CELL, nulls_last=False).rechunk()


def _kept(before: Sequence[str], now: Sequence[str]) -> list[tuple[int, int]]:
    """Numbers, then and now, of the obligations that are what they were."""
    was: dict[str, list[int]] = {}
    for number, digest in enumerate(before):
        was.setdefault(digest, []).append(number)
    return [(was[digest].pop(0), number) for number, digest in enumerate(now) if was.get(digest)]


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


def _judged(plan: Plan, tables: Tables, graph: Graph, numbers: Sequence[int], rows: Rows, judge: Judge) -> Evaluation:
    """These obligations on these rows, in a world of nothing but what they rest on."""
    subjects = {plan.obligations[number].subject for number in numbers}
    wanted = {table: found for table, found in rows.items() if table in subjects and found.len()}
    met = [number for number in numbers if plan.obligations[number].subject in wanted]
    part = _only(plan, met)
    there = rests_on(graph, wanted)
    frames = {name: frame[there.get(name, _NONE)] for name, frame in tables.frames.items()}
    only = {table: there[table].search_sorted(found).cast(pl.UInt32) for table, found in wanted.items()}
    found = judge(part, replace(tables, frames=frames), only=only)
    parts = [found.findings.clear()]
    for subject in sorted(wanted):
        duties = [number for number, duty in enumerate(part.obligations) if duty.subject == subject]
        own = found.findings.filter(pl.col("obligation").is_in(duties))
        parts.append(own.with_columns(there[subject].gather(own["row"]).alias("row")))
    return _renumbered(replace(found, findings=pl.concat(parts)), met)


def _stayed(
    plan: Plan, before: Evaluation, kept: Sequence[tuple[int, int]], gone: Rows, same: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The findings that no change concerns, under the numbers and at the positions of now."""
    parts = [before.findings.clear()]
    for subject in sorted({plan.obligations[now].subject for _, now in kept}):
        duties = [(then, now) for then, now in kept if plan.obligations[now].subject == subject]
        pairs = same[subject].filter(~pl.col("before").is_in(gone.get(subject, _NONE).implode()))
        own = _of_kept(before.findings, duties)
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
