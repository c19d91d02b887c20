"""Obligations that go over the same subjects and periods → the columns of a batch and what is read off them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from checker.engines.columnar import observed
from checker.engines.columnar.fold import condition, fold
from checker.engines.columnar.registers import held_over_nothing
from checker.engines.columnar.scope import KEY, NAME, ROW, THERE, UNIT, Scope
from checker.engines.columnar.values import by_day, day, spread
from checker.expr import Agg, Expr, children, is_constant
from checker.plan import Item, Obligation, Status, Verdict, items_of

OUTCOME = "outcome"
# The outcomes of a judgement, by number; a finding is one from FIRST_FINDING to LAST_FINDING.
OUTCOMES: tuple[tuple[Verdict, Status | None, bool], ...] = (
    ("not_applicable", None, False),
    ("pass", "not_due", False),
    ("pass", "in_force", False),
    ("pass", "not_due", True),
    ("pass", "in_force", True),
    ("fail", "not_due", False),
    ("fail", "in_force", False),
    ("fail", "overdue", False),
    ("fail", "late", False),
    ("unknown", "not_due", False),
    ("unknown", "in_force", False),
    ("unknown", "overdue", False),
)
NUMBER = {outcome: number for number, outcome in enumerate(OUTCOMES)}
FIRST_FINDING, LAST_FINDING = NUMBER["fail", "not_due", False], NUMBER["unknown", "overdue", False]


@dataclass(frozen=True, slots=True)
class Duty:
    """One obligation, as expressions over the columns of a staged batch. `outcome`, by number, becomes `column`.

    `totals`: how often each outcome occurs, to be taken of a group. `told`: what is told of a row, the evidence last; `reads`:
    the columns that this takes.
    """

    number: int
    column: str
    outcome: pl.Expr
    totals: tuple[pl.Expr, ...]
    told: tuple[pl.Expr, ...]
    reads: list[str]

    @classmethod
    def of(
        cls, number: int, outcome: pl.Expr, outcomes: Iterable[int], due: pl.Expr, days: pl.Expr, evidence: pl.Expr
    ) -> Duty:
        column = column_of(number)
        own = {"row": ROW, "key": KEY, "period": NAME, "unit": UNIT, OUTCOME: column}
        told = (
            pl.lit(number, dtype=pl.UInt32).alias("obligation"),
            *(pl.col(of).alias(name) for name, of in own.items()),
            due.alias("due"),
            days.alias("days"),
            evidence.alias("observed"),
        )
        totals = ((pl.col(column) == outcome).sum().alias(f"{number}:{outcome}") for outcome in sorted(outcomes))
        reads = list(dict.fromkeys(name for part in told for name in part.meta.root_names()))
        return cls(number, column, outcome.cast(pl.UInt8).alias(column), tuple(totals), told, reads)


def column_of(number: int) -> str:
    """Of the outcomes of a duty."""
    return f"outcome:{number}"


@dataclass
class Stage:
    """The columns that several duties share: each distinct item, due date and date of completion is one."""

    scope: Scope
    uncertain: bool  # whether some subject may turn out not to exist
    names: dict[Expr, str] = field(default_factory=dict)
    dates: dict[Expr, str] = field(default_factory=dict)
    columns: list[pl.Expr] = field(default_factory=list)

    def item(self, expr: Expr) -> None:
        if expr not in self.names:
            self.names[expr] = f"item:{len(self.names)}"
            self.columns.append(condition(expr, self.scope).alias(self.names[expr]))

    def day(self, expr: Expr) -> pl.Expr:
        """A due date, by its day."""
        if expr not in self.dates:
            self.dates[expr] = f"day:{len(self.dates)}"
            self.columns.append(day(fold(expr, self.scope)).alias(self.dates[expr]))
        return pl.col(self.dates[expr])

    def constant(self, expr: Expr) -> date | None:
        found = pl.select(day(fold(expr, self.scope))).item()
        assert found is None or isinstance(found, date)
        return found

    def span(self, expr: Expr) -> tuple[pl.Expr, pl.Expr]:
        """The days between which something was done."""
        span = spread(by_day(fold(expr, self.scope)))
        name = f"span:{len(self.columns)}"
        self.columns += [span.low.alias(f"{name}:low"), span.high.alias(f"{name}:high")]
        return pl.col(f"{name}:low"), pl.col(f"{name}:high")

    def duty(self, number: int, obligation: Obligation) -> Duty:
        items = list(items_of(obligation.require))
        for item in [*items, *([obligation.applies] if obligation.applies else [])]:
            self.item(item.expr)
        applies = self._applies(obligation.applies)
        require = observed.truth(obligation.require, self.names)
        passed, failed = applies & require, applies & ~require
        vacuous = [self._nothing(item) for item in items]
        judged = _Judgement(self, obligation, any_of([v for v in vacuous if v is not None]))
        outcome = (
            pl.when(~applies).then(_code("not_applicable", None))
            .when(passed).then(judged.passed())
            .when(failed).then(judged.otherwise("fail"))
            .otherwise(judged.otherwise("unknown"))
        )  # fmt: skip
        shown: list[tuple[Item, pl.Expr]] = []
        if obligation.applies is not None:
            shown.append((obligation.applies, applies.is_null()))
        shown += observed.deciding(obligation.require, self.names, applies.fill_null(value=False))
        if obligation.done_on is not None:
            shown.append((obligation.done_on, passed.fill_null(value=False)))
        days, evidence = judged.days(column_of(number)), observed.observed(shown, self.scope)
        return Duty.of(number, outcome, judged.outcomes, judged.due, days, evidence)

    def _applies(self, item: Item | None) -> pl.Expr:
        applies = pl.lit(value=True) if item is None else pl.col(self.names[item.expr])
        return applies & pl.col(THERE) if self.uncertain else applies

    def _nothing(self, item: Item) -> pl.Expr | None:
        return any_of([held_over_nothing(agg, self.scope) for agg in _everys(item.expr)])


class _Judgement:
    """What becomes of true, false and unknown in time. Constant dates are compared here, not in every row."""

    def __init__(self, stage: Stage, obligation: Obligation, vacuous: pl.Expr | None) -> None:
        self.as_of, self.vacuous = stage.scope.as_of, vacuous
        self.outcomes = {NUMBER["not_applicable", None, False]}
        self.constant = obligation.due is None or is_constant(obligation.due)
        day = stage.constant(obligation.due) if obligation.due is not None and self.constant else None
        self.fixed = day
        self.due = pl.lit(day, dtype=pl.Date)
        if obligation.due is not None and not self.constant:
            self.due = stage.day(obligation.due)
        self.done = stage.span(obligation.done_on.expr) if obligation.done_on is not None else None

    def _in_time(
        self, unknown: Callable[[], pl.Expr], before: Callable[[], pl.Expr], after: Callable[[], pl.Expr]
    ) -> pl.Expr:
        """Without a due date, up to it, after it."""
        if self.constant:
            return unknown() if self.fixed is None else before() if self.as_of <= self.fixed else after()
        return (
            pl.when(self.due.is_null()).then(unknown()).when(self.due >= self.as_of).then(before()).otherwise(after())
        )

    def _outcome(self, verdict: Verdict, status: Status, vacuous: bool = False) -> pl.Expr:
        self.outcomes.add(NUMBER[verdict, status, vacuous])
        return _code(verdict, status, vacuous)

    def otherwise(self, verdict: Verdict) -> pl.Expr:
        return self._in_time(
            lambda: self._outcome(verdict, "in_force"),
            lambda: self._outcome(verdict, "not_due"),
            lambda: self._outcome(verdict, "overdue"),
        )

    def _pass(self, status: Status) -> pl.Expr:
        sound = self._outcome("pass", status)
        if self.vacuous is None:
            return sound
        return pl.when(self.vacuous).then(self._outcome("pass", status, vacuous=True)).otherwise(sound)

    def passed(self) -> pl.Expr:
        if self.done is None:
            return self._in_time(
                lambda: self._pass("in_force"), lambda: self._pass("not_due"), lambda: self._pass("in_force")
            )
        # Being late is itself the breach, so without a due date nothing can be said.
        return self._in_time(lambda: self._outcome("unknown", "in_force"), lambda: self._pass("not_due"), self._done)

    def _done(self) -> pl.Expr:
        assert self.done is not None
        low, high = self.done
        return (
            pl.when(high <= self.due).then(self._pass("in_force"))
            .when(low > self.due).then(self._outcome("fail", "late"))
            .otherwise(self._outcome("unknown", "overdue"))
        )  # fmt: skip

    def days(self, outcome: str) -> pl.Expr:
        overdue = [NUMBER["fail", "overdue", False], NUMBER["unknown", "overdue", False]]
        since = (pl.lit(self.as_of, dtype=pl.Date).cast(pl.Int32) - self.due.cast(pl.Int32)).cast(pl.Int32)
        days: pl.Expr = pl.when(pl.col(outcome).is_in(overdue)).then(since)
        if self.done is not None:
            late = self.done[0].cast(pl.Int32) - self.due.cast(pl.Int32)
            days = pl.when(pl.col(outcome) == NUMBER["fail", "late", False]).then(late).otherwise(days)
        return days


def _code(verdict: Verdict, status: Status | None, vacuous: bool = False) -> pl.Expr:
    return pl.lit(NUMBER[verdict, status, vacuous], dtype=pl.UInt8)


def any_of(parts: list[pl.Expr]) -> pl.Expr | None:
    return pl.any_horizontal(parts) if parts else None


def _everys(expr: Expr) -> Iterator[Agg]:
    """`every` in an item, not inside another child function."""
    if isinstance(expr, Agg):
        if expr.name == "every":
            yield expr
        return
    for part in children(expr):
        yield from _everys(part)
