"""plan + tables → Evaluation, on Polars: the default engine.

`needs` reads the plan, `rows` prepares the tables, `children` tallies child rows, `duties` turns obligations into
expressions (`fold`), `kernel` judges one batch of subjects; here the batches are cut and their results put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from checker.engines.columnar.children import Frames
from checker.engines.columnar.conditions import truths as truths
from checker.engines.columnar.duties import OUTCOME, Duty, Stage
from checker.engines.columnar.kernel import Part, judge, named
from checker.engines.columnar.needs import Needs
from checker.engines.columnar.rows import Rows
from checker.engines.columnar.scope import END, NAME, PERIOD, ROW, START, THERE
from checker.engines.columnar.units import UNITS, in_force
from checker.model import Period
from checker.plan import Evaluation, Obligation, Plan, Tables

# Verdicts per batch: small enough for flat memory, large enough that the fixed cost of a batch does not show.
CELLS = 16_000_000
# Rows per batch, whatever the number of rules: a row also carries the fields that the rules read.
ROWS = 1_000_000

FINDINGS: dict[str, pl.DataType] = {
    "obligation": pl.UInt32(),
    "row": pl.UInt32(),
    "key": pl.String(),
    "period": pl.String(),
    "unit": pl.String(),
    "verdict": pl.String(),
    "status": pl.String(),
    "due": pl.Date(),
    "days": pl.Int32(),
    "observed": pl.String(),
    "vacuous": pl.Boolean(),
}
COUNTS: dict[str, pl.DataType] = {
    "obligation": pl.UInt32(),
    "unit": pl.String(),
    "period": pl.String(),
    "verdict": pl.String(),
    "status": pl.String(),
    "vacuous": pl.Boolean(),
    "n": pl.UInt32(),
}


def evaluate(
    plan: Plan, tables: Tables, *, verdicts: bool = False, only: Mapping[str, pl.Series] | None = None
) -> Evaluation:
    said = _said(plan)
    frames = Frames(Rows(plan, tables, said.needs), said.needs)
    parts: list[Part] = []
    for subject, periods, numbers in said.panels:
        rows = None if only is None else only.get(subject, pl.Series(dtype=pl.UInt32))
        parts += _judged(plan, said, frames, subject, periods, numbers, rows, verdicts)
    schema = {name: dtype for name, dtype in FINDINGS.items() if name != "observed"}
    return Evaluation(
        _in_order([part.findings for part in parts], FINDINGS),
        counted([part.counts for part in parts]),
        _in_order([part.verdicts for part in parts], schema) if verdicts else None,
    )


Stages = dict[tuple[str, tuple[Period, ...] | None, bool], tuple[list[pl.Expr], list[Duty]]]


@dataclass(slots=True)
class _Said:
    """What a plan says, as expressions, whatever the records are. `stages` by subject, periods and whether some subjects may
    turn out not to exist: what is a column first, and the duties."""

    plan: Plan
    needs: Needs
    panels: list[tuple[str, tuple[Period, ...] | None, list[tuple[int, Obligation]]]]
    stages: Stages = field(default_factory=dict)

    def of(self, plan: Plan) -> bool:
        """Of the same plan, or the same but for its units: these are read from the records."""
        mine = self.plan
        return (
            mine.obligations is plan.obligations
            and mine.pack.tables is plan.pack.tables
            and mine.pack.working_days is plan.pack.working_days
            and mine.as_of == plan.as_of
        )


# To say it anew would take longer than to judge a few records; who judges often judges by one plan.
_latest: list[_Said] = []


def _said(plan: Plan) -> _Said:
    kept = _latest[0] if _latest else None
    if kept is None or not kept.of(plan):
        kept = _Said(plan, Needs(plan.pack, plan.obligations), list(_panels(plan.obligations)))
        _latest[:] = [kept]
    return kept


def expressions(plan: Plan) -> Stages:
    """Those that have been needed so far; whoever has kept them from another time may put them there."""
    return _said(plan).stages


def _panels(
    obligations: Iterable[Obligation],
) -> Iterator[tuple[str, tuple[Period, ...] | None, list[tuple[int, Obligation]]]]:
    """Obligations on the same subjects and periods are judged together."""
    panels: dict[tuple[str, tuple[Period, ...] | None], list[tuple[int, Obligation]]] = {}
    for number, obligation in enumerate(obligations):
        panels.setdefault((obligation.subject, obligation.periods), []).append((number, obligation))
    for (subject, periods), found in panels.items():
        yield subject, periods, found


def _judged(
    plan: Plan,
    said: _Said,
    frames: Frames,
    subject: str,
    periods: tuple[Period, ...] | None,
    obligations: list[tuple[int, Obligation]],
    only: pl.Series | None,
    verdicts: bool,
) -> Iterator[Part]:
    everyone = frames.rows.subjects(subject, frames.of(subject))
    if only is not None:
        everyone = everyone.filter(pl.col(ROW).is_in(only.implode()))
    calendar = None if periods is None else _calendar(periods)
    uncertain = everyone.get_column(THERE).null_count() > 0
    if (subject, periods, uncertain) not in said.stages:
        stage = Stage(frames.scope(subject, calendar is not None), uncertain)
        mine = [stage.duty(number, obligation) for number, obligation in obligations]
        said.stages[subject, periods, uncertain] = stage.columns, mine
    columns, duties = said.stages[subject, periods, uncertain]
    times = 1 if calendar is None else max(calendar.height, 1)
    size = max(min(CELLS // len(duties), ROWS) // times, 1)
    for start in range(0, everyone.height, size):
        batch = everyone.slice(start, size)
        if calendar is None:
            batch = batch.with_columns(pl.lit(None, dtype=pl.String).alias(NAME))
        else:
            batch = batch.join(calendar, how="cross", maintain_order="left_right")
        if subject == UNITS:
            batch = batch.filter(in_force(batch, pl.lit(plan.as_of) if calendar is None else pl.col(END)))
        if calendar is not None:
            batch = frames.with_moving(batch, subject, calendar)
        if batch.height:
            yield judge(batch, columns, duties, verdicts=verdicts)


def _calendar(periods: tuple[Period, ...]) -> pl.DataFrame:
    """In the order of the names, which is that of the results."""
    named = sorted(periods, key=lambda period: period.name)
    return pl.DataFrame(
        [(number, period.name, period.start, period.end) for number, period in enumerate(named)],
        schema={PERIOD: pl.UInt32, NAME: pl.String, START: pl.Date, END: pl.Date},
        orient="row",
    )


# --- results -------------------------------------------------------------------------------------


def _in_order(parts: list[dict[int, pl.DataFrame]], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """Batches come in the order of keys and periods, so putting them together by obligation sorts them."""
    numbers = sorted({number for part in parts for number in part})
    found = [part[number] for number in numbers for part in parts if number in part]
    if not found:
        return pl.DataFrame(schema=schema)
    return pl.concat(found, rechunk=True).with_columns(named(pl.col(OUTCOME))).select(*schema)


def counted(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Counts of parts, put together."""
    if not parts:
        return pl.DataFrame(schema=COUNTS)
    cell = ["obligation", "unit", "period", "verdict", "status", "vacuous"]
    counts = pl.concat(parts).group_by(cell).agg(pl.col("n").sum())
    return counts.sort(cell, nulls_last=False).rechunk()
