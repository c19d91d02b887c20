"""plan + tables + Evaluation → the findings of a run, numbered and traceable, and its counts per unit in force."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from checker.find.dates import constant_due
from checker.find.prints import prints
from checker.find.told import names, sources
from checker.plan import NO_UNIT, Evaluation, Plan, Tables
from checker.units import successors

FINDING_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "number": pl.String,
    "rule": pl.String,
    "revision": pl.Date,
    "clause": pl.String,
    "subject": pl.String,
    "key": pl.String,
    "name": pl.String,
    "unit": pl.String,
    "period": pl.String,
    "verdict": pl.String,
    "status": pl.String,
    "severity": pl.String,
    "due": pl.Date,
    "days_overdue": pl.Int32,
    "observed": pl.String,
    "source": pl.String,
    "fingerprint": pl.String,
    "deferred": pl.Boolean,
    "change": pl.String,
    "advisory": pl.Boolean,
    "obligation": pl.UInt32,
    "row": pl.UInt32,
}
# What tells one cell of the counts from another; `n` counts, `due` is the latest date due that is known in the cell.
CELL = ["obligation", "unit", "period", "verdict", "status", "vacuous", "deferred", "change"]
COUNT_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "obligation": pl.UInt32,
    "rule": pl.String,
    "revision": pl.Date,
    "severity": pl.String,
    "advisory": pl.Boolean,
    "unit": pl.String,
    "period": pl.String,
    "verdict": pl.String,
    "status": pl.String,
    "vacuous": pl.Boolean,
    "deferred": pl.Boolean,
    "change": pl.String,
    "due": pl.Date,
    "n": pl.Int64,
}
NO_UNIT_SHORT = "XX"


def find(plan: Plan, tables: Tables, evaluation: Evaluation) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings (columns: plan.Run) sorted by unit, rule, key, period; and the counts with the same units."""
    found, facts = in_force(plan, evaluation), _facts(plan)
    return _findings(plan, tables, found.findings, facts), _counts(plan, found, facts)


def in_force(plan: Plan, found: Evaluation) -> Evaluation:
    """The same, told of the units in force: what `find` makes of it stays the same."""
    reported = {*found.findings["unit"].unique().drop_nulls(), *found.counts["unit"].unique().drop_nulls()}
    now = successors(plan.pack.units, reported, plan.as_of)
    unit = pl.col("unit").fill_null(NO_UNIT).replace(now)
    counts = found.counts.with_columns(unit, pl.col("vacuous").fill_null(False))
    return replace(found, findings=found.findings.with_columns(unit), counts=counts)


def _facts(plan: Plan) -> pl.DataFrame:
    """What every finding or count of one obligation has in common."""
    first_place: dict[str, int] = {}
    for rule in (obligation.rule.id for obligation in plan.obligations):
        first_place.setdefault(rule, len(first_place))
    return pl.DataFrame(
        {
            "obligation": range(len(plan.obligations)),
            "place": [first_place[o.rule.id] for o in plan.obligations],
            "rule": [o.rule.id for o in plan.obligations],
            "revision": [o.revision.since for o in plan.obligations],
            "clause": [", ".join(o.rule.clauses) for o in plan.obligations],
            "subject": [o.subject for o in plan.obligations],
            "severity": [o.rule.severity for o in plan.obligations],
            "advisory": [o.revision.advisory for o in plan.obligations],
            "cut": [[p.name for p in o.periods or () if p.partial] for o in plan.obligations],
        },
        schema={
            "obligation": pl.UInt32,
            "place": pl.UInt32,
            "rule": pl.String,
            "revision": pl.Date,
            "clause": pl.String,
            "subject": pl.String,
            "severity": pl.String,
            "advisory": pl.Boolean,
            "cut": pl.List(pl.String),
        },
    )


def _findings(plan: Plan, tables: Tables, found: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Told where they lie, obligation by obligation; put into their order at the end."""
    fact = {name: pl.lit(facts[name]).gather(pl.col("obligation")) for name in facts.columns if name != "cut"}
    frame = found.with_columns(
        *(fact[name].alias(name) for name in ("place", "rule", "revision", "clause", "subject", "severity")),
        (fact["advisory"] | _is_cut(facts)).alias("advisory"),
        pl.col("days").alias("days_overdue"),
        pl.lit(False).alias("deferred"),
        pl.lit(None, pl.String).alias("change"),
    )
    frame = frame.with_columns(names(plan, tables, frame), prints(plan, frame), sources(plan, tables, frame))
    return (
        _ordered(plan, frame)
        .with_columns(_number(plan))
        .select(pl.col(name).cast(kind) for name, kind in FINDING_COLUMNS.items())
    )


def _is_cut(facts: pl.DataFrame) -> pl.Expr:
    """A period that the duty's window cuts is reported, but no more than that."""
    if not facts["cut"].list.len().sum():
        return pl.lit(False)
    cut = pl.lit(facts["cut"]).gather(pl.col("obligation"))
    return cut.list.contains(pl.col("period")).fill_null(False)


def _ordered(plan: Plan, frame: pl.DataFrame) -> pl.DataFrame:
    """By unit, rule, key, period. Most rules are one obligation without periods, whose findings come in that order."""
    rules = [obligation.rule.id for obligation in plan.obligations]
    plain = [n for n, o in enumerate(plan.obligations) if o.periods is None and rules.count(o.rule.id) == 1]
    one = frame.filter(pl.col("obligation").is_in(plain))
    other = frame.filter(~pl.col("obligation").is_in(plain))
    if not _in_order(one):
        one, other = one.clear(), frame
    place = {unit: at for at, unit in enumerate(frame["unit"].unique().sort())}
    both = pl.concat([one, other.sort("key", "period", "obligation", "row", nulls_last=False)])
    by_unit = pl.col("unit").replace_strict(place, return_dtype=pl.Int64) if place else pl.lit(0, pl.Int64)
    rank = by_unit * len(plan.obligations) + pl.col("place")
    return both.with_columns(rank.alias("place")).sort("place", maintain_order=True)


def _in_order(frame: pl.DataFrame) -> bool:
    """Whether keys and rows only rise within an obligation."""
    key, row = pl.col("key"), pl.col("row")
    was = {name: pl.col(name).shift() for name in ("key", "row", "obligation")}
    rises = (key > was["key"]) | ((key == was["key"]) & (row > was["row"]))
    first = pl.col("obligation").ne_missing(was["obligation"])
    fits = frame.select((rises.fill_null(False) | first).all() & key.is_not_null().all())
    return bool(fits.item())


def _number(plan: Plan) -> pl.Expr:
    """QD-0107: the unit's short name and a running number, to be said on the telephone."""
    short = {code: unit.short or code for code, unit in plan.pack.units.items()} | {NO_UNIT: NO_UNIT_SHORT}
    running = pl.int_range(1, pl.len() + 1).over("unit").cast(pl.String).str.zfill(4)
    return pl.concat_str(pl.col("unit").replace(short), pl.lit("-"), running).alias("number")


def judged(plan: Plan, evaluation: Evaluation) -> pl.DataFrame:
    """fingerprint and verdict of everything that was judged. Needs the evaluation's verdicts."""
    assert evaluation.verdicts is not None
    facts = _facts(plan).select("obligation", "rule", "subject")
    frame = evaluation.verdicts.join(facts, on="obligation", how="left", maintain_order="left")
    return frame.select("verdict", fingerprint=prints(plan, frame))


# --- counts --------------------------------------------------------------------------------------


def _counts(plan: Plan, found: Evaluation, facts: pl.DataFrame) -> pl.DataFrame:
    """The same cells as the engine's, regrouped to the units in force; nothing is deferred yet."""
    latest = found.findings.group_by("obligation", "unit", "period", "verdict", "status").agg(
        pl.col("due").max().alias("due")
    )
    cells = (
        found.counts.with_columns(
            pl.lit(False).alias("deferred"),
            pl.lit(None, pl.String).alias("change"),
        )
        .group_by(CELL)
        .agg(pl.col("n").cast(pl.Int64).sum())
        .join(latest, on=["obligation", "unit", "period", "verdict", "status"], how="left", nulls_equal=True)
        .join(facts, on="obligation", how="left")
        .join(_dues(plan), on=["obligation", "period"], how="left", nulls_equal=True)
        .with_columns(
            (pl.col("advisory") | _is_cut(facts)).alias("advisory"),
            pl.coalesce("constant", "due").alias("due"),
        )
    )
    return cells.sort(CELL, nulls_last=False).select(pl.col(name).cast(kind) for name, kind in COUNT_COLUMNS.items())


def _dues(plan: Plan) -> pl.DataFrame:
    """The due dates that do not depend on the subject."""
    rows = [
        (index, None if period is None else period.name, constant_due(plan, obligation.due, period))
        for index, obligation in enumerate(plan.obligations)
        for period in obligation.periods or (None,)
    ]
    return pl.DataFrame(rows, schema={"obligation": pl.UInt32, "period": pl.String, "constant": pl.Date}, orient="row")
