"""Figures judged by an engine → how many records are counted in each unit in force, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from checker.find.population import Populations
from checker.plan import Evaluation, FigurePlan, FigureResult, Tables
from checker.units import successors


def figures(judged: Iterable[tuple[FigurePlan, Evaluation]], tables: Tables) -> tuple[FigureResult, ...]:
    """In the order of the pack, by unit. A unit without any record that is meant has none."""
    placed = sorted((place, result) for plan, found in judged for place, result in _results(plan, found, tables))
    return tuple(result for _, result in placed)


def _results(
    figured: FigurePlan, found: Evaluation, tables: Tables
) -> Iterator[tuple[tuple[int, int, str], FigureResult]]:
    plan, populations = figured.plan, Populations(figured.plan, tables)
    now = successors(plan.pack.units, found.counts["unit"].unique().drop_nulls(), plan.as_of)
    tallies: dict[tuple[int, str], Counter[str]] = {}
    for at, unit, verdict, n in found.counts.select("obligation", "unit", "verdict", "n").iter_rows():
        tallies.setdefault((at, now[unit]), Counter())[verdict] += n
    for at, (figure, column) in enumerate(figured.columns):
        # Records that were declared and did not come may be meant, and may be counted.
        missing = populations.of(figure.subject, plan.as_of).missing
        for unit in {unit for number, unit in tallies if number == at} | {unit for unit, n in missing.items() if n}:
            tally = tallies.get((at, unit), Counter())
            unknown = tally["unknown"] + missing.get(unit, 0)
            result = FigureResult(figure.id, column.id, unit, tally["pass"], tally["fail"], unknown)
            if result.meant:
                yield (plan.pack.figures.index(figure), figure.columns.index(column), unit), result
