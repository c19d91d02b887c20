"""A finished run → what in it was decided over nothing: rules, tables, gates, an `every` without a row."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checker.errors import NOWHERE, Diagnostic, Text
from checker.plan import Run


def vacuous(run: Run) -> list[Diagnostic]:
    """Reminders; --strict makes errors of them."""
    return [*_rules(run), *_passes(run), *_tables(run), *_gates(run), *_deferrals(run)]


def _rules(run: Run) -> Iterator[Diagnostic]:
    """A rule that applied to nobody proves nothing."""
    judged = run.scorecard.counts.filter(pl.col("verdict") != "not_applicable")
    alive = set(judged["rule"].unique())
    for rule in {o.rule.id: o.rule for o in run.plan.obligations}.values():
        if rule.id not in alive:
            message = Text(f"规则“{rule.title.zh}”没有适用对象", f'rule "{rule.id}" applies to nobody')
            yield Diagnostic("G27", rule.span, message, None, "warning")


def _passes(run: Run) -> Iterator[Diagnostic]:
    """An `every` over no rows holds; that is no merit."""
    empty = run.scorecard.counts.filter(pl.col("vacuous")).group_by("rule").agg(pl.col("n").sum()).sort("rule")
    rules = {o.rule.id: o.rule for o in run.plan.obligations}
    for name, n in empty.iter_rows():
        message = Text(
            f"规则“{rules[name].title.zh}”有{n}个对象达标只因没有可查的记录",
            f'{n} subjects pass "{name}" only because there is nothing to look at',
        )
        yield Diagnostic("G28", rules[name].span, message, None, "warning")


def _tables(run: Run) -> Iterator[Diagnostic]:
    for name, table in run.plan.pack.tables.items():
        if name not in run.tables.frames or run.tables.frames[name].height == 0:
            message = Text(f"没有收到“{table.label.zh}”的任何记录", f"no records of {name} at all")
            yield Diagnostic("D27", table.span, message, None, "warning")


def _gates(run: Run) -> Iterator[Diagnostic]:
    for gate in run.scorecard.gates:
        if any(reason.values.get("code") == "no_results" for reason in gate.reasons):
            message = Text(f"单位“{gate.name.zh}”没有任何可判的对象", f'unit "{gate.name.en}" has nothing to be judged')
            yield Diagnostic("G26", NOWHERE, message, None, "warning")


def _deferrals(run: Run) -> Iterator[Diagnostic]:
    for outcome in run.deferrals:
        if outcome.state == "unmatched":
            message = Text(
                f"延期批准（规则“{outcome.deferral.rule}”）没有对应的问题",
                f'a deferral (rule "{outcome.deferral.rule}") matches no finding',
            )
            yield Diagnostic("W29", outcome.deferral.span, message, None, "warning")
