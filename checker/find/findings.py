"""plan + tables + Evaluation → the findings of a run, numbered and traceable, and its counts per unit in force."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

import polars as pl

from checker.expr import Field
from checker.find.dates import constant_due
from checker.plan import NO_UNIT, Evaluation, Obligation, Plan, Source, Tables
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
_LETTERS = re.compile(r"[A-Z]{1,3}")
_NO_SOURCE = 2**32 - 1


def find(plan: Plan, tables: Tables, evaluation: Evaluation) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The findings (columns: plan.Run) sorted by unit, rule, key, period; and the counts with the same units."""
    reported = {*evaluation.findings["unit"].unique().drop_nulls(), *evaluation.counts["unit"].unique().drop_nulls()}
    unit_now = successors(plan.pack.units, reported, plan.as_of)
    facts = _facts(plan)
    findings = _findings(plan, tables, evaluation.findings, facts, unit_now)
    return findings, _counts(plan, evaluation, facts, unit_now)


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


# A period that the duty's window cuts is reported, but no more than that.
_ADVISORY = pl.col("advisory") | pl.col("cut").list.contains(pl.col("period")).fill_null(False)


def _findings(
    plan: Plan, tables: Tables, found: pl.DataFrame, facts: pl.DataFrame, unit_now: Mapping[str, str]
) -> pl.DataFrame:
    frame = (
        found.join(facts, on="obligation", how="left", maintain_order="left")
        .with_columns(
            pl.col("unit").fill_null(NO_UNIT).replace(unit_now),
            _ADVISORY.alias("advisory"),
            pl.col("days").alias("days_overdue"),
            pl.lit(False).alias("deferred"),
            pl.lit(None, pl.String).alias("change"),
        )
        .sort("unit", "place", "key", "period", "obligation", "row", nulls_last=False)
        .with_columns(_number(plan))
    )
    named = frame.with_columns(_names(plan, tables, frame), _fingerprints(plan, frame))
    return named.with_columns(_sources(plan, tables, named)).select(
        pl.col(name).cast(kind) for name, kind in FINDING_COLUMNS.items()
    )


def _number(plan: Plan) -> pl.Expr:
    """QD-0107: the unit's short name and a running number, to be said on the telephone."""
    short = {code: unit.short or code for code, unit in plan.pack.units.items()} | {NO_UNIT: NO_UNIT_SHORT}
    running = pl.int_range(1, pl.len() + 1).over("unit").cast(pl.String).str.zfill(4)
    return pl.concat_str(pl.col("unit").replace(short), pl.lit("-"), running).alias("number")


def _names(plan: Plan, tables: Tables, frame: pl.DataFrame) -> pl.Series:
    """The title field of the subject's row, else its key."""
    parts = [pl.DataFrame(schema={"subject": pl.String, "row": pl.UInt32, "name": pl.String})]
    for subject in frame["subject"].unique().sort():
        table, rows = plan.pack.tables.get(subject), tables.frames.get(subject)
        if table is None or rows is None or table.title not in rows.columns:
            continue
        parts.append(
            rows.select(
                pl.lit(subject).alias("subject"),
                pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
                pl.col(table.title).cast(pl.String).alias("name"),
            )
        )
    titles = frame.select("subject", "row", "key").join(
        pl.concat(parts), on=["subject", "row"], how="left", maintain_order="left"
    )
    return titles.select(pl.coalesce("name", "key").alias("name")).to_series()


def _fingerprints(plan: Plan, frame: pl.DataFrame) -> pl.Series:
    """What makes a finding the same in the next run: pack, rule, subject and period; never a row, a text or a unit."""
    begun = {
        (rule, subject): sha256(f"{plan.pack.id}|{rule}|{subject}|".encode())
        for rule, subject in frame.select("rule", "subject").unique().iter_rows()
    }
    prints = []
    for rule, subject, key, period in frame.select("rule", "subject", "key", "period").iter_rows():
        state = begun[rule, subject].copy()
        state.update(f"{key or ''}|{period or ''}".encode())
        prints.append(state.hexdigest()[:16])
    return pl.Series("fingerprint", prints, pl.String)


def judged(plan: Plan, evaluation: Evaluation) -> pl.DataFrame:
    """fingerprint and verdict of everything that was judged. Needs the evaluation's verdicts."""
    assert evaluation.verdicts is not None
    facts = _facts(plan).select("obligation", "rule", "subject")
    frame = evaluation.verdicts.join(facts, on="obligation", how="left", maintain_order="left")
    return frame.select("verdict", fingerprint=_fingerprints(plan, frame))


# --- where it stands in the data -----------------------------------------------------------------


def _candidates(obligation: Obligation) -> list[tuple[str, str]]:
    """(item, field of the subject's own row) in reading order: where a reader should look first."""
    return [
        (item.name, leaf.expr.name)
        for item in obligation.items()
        for leaf in item.leaves
        if isinstance(leaf.expr, Field) and not leaf.expr.hops
    ]


def _file(source: Source) -> str:
    """The file's own name: folders and addresses of databases differ from machine to machine."""
    name = re.split(r"[\\/]", source.file)[-1]
    return f"{name}《{source.sheet}》" if source.sheet else name


def _cell(column: str) -> str:
    return column if _LETTERS.fullmatch(column) else f"{column}:"


def _sources(plan: Plan, tables: Tables, frame: pl.DataFrame) -> pl.Series:
    """file《sheet》!cell of the first deciding field that was read from a column, else of the subject's line."""
    files = pl.DataFrame(
        {"source": range(len(tables.sources)), "file": [_file(source) for source in tables.sources]},
        schema={"source": pl.UInt32, "file": pl.String},
    )
    origins = tables.origins.select(
        pl.col("table").cast(pl.String).alias("subject"),
        pl.col("row").cast(pl.UInt32),
        pl.col("source").cast(pl.UInt32),
        pl.col("line").cast(pl.Int64),
    ).join(files, on="source", how="inner")
    placed = (
        frame.select("obligation", "subject", "row", "observed")
        .with_row_index("at")
        .join(origins, on=["subject", "row"], how="inner")
    )
    # One pass per obligation: which of its items decided is read from the evidence, which column holds the field
    # depends on the sheet. A record that several sheets feed has several lines: the earliest field wins.
    parts = [
        part.select("at", "file", "line", "source", *_cell_and_rank(plan.obligations[part["obligation"][0]], tables))
        for part in placed.partition_by("obligation", maintain_order=True)
    ]
    if not parts:
        return pl.Series("source", [None] * frame.height, pl.String)
    best = pl.concat(parts)
    if best["at"].n_unique() < best.height:
        best = best.sort("at", "rank", "source", "line").unique("at", keep="first", maintain_order=True)
    told = best.select("at", pl.format("{}!{}{}", "file", pl.col("cell").fill_null(""), "line").alias("source"))
    return frame.with_row_index("at").select("at").join(told, on="at", how="left", maintain_order="left")["source"]


def _undecided(item: str) -> str:
    """How the evidence says that an item did not decide. Ten times faster than parsing it; only `applies` and `done_on`
    might also be the name of a field further inside, but they stand first and last."""
    return {"applies": r'^\{\s*"applies":\s*null', "done_on": r'"done_on":\s*null\s*\}$'}.get(
        item, rf'"{item}":\s*null'
    )


def _cell_and_rank(obligation: Obligation, tables: Tables) -> tuple[pl.Expr, pl.Expr]:
    cells: list[pl.Expr] = []
    ranks: list[pl.Expr] = []
    for rank, (item, field) in enumerate(_candidates(obligation)):
        columns = {
            at: _cell(source.columns[field])
            for at, source in enumerate(tables.sources)
            if source.table == obligation.subject and field in source.columns
        }
        if not columns:
            continue
        decides = ~pl.col("observed").str.contains(_undecided(item)).fill_null(True)
        here = pl.when(decides & pl.col("source").is_in(list(columns)))
        cells.append(
            here.then(pl.col("source").replace_strict(columns, default=None, return_dtype=pl.String)).otherwise(None)
        )
        ranks.append(here.then(pl.lit(rank, pl.UInt32)).otherwise(None))
    nothing, last = pl.lit(None, pl.String), pl.lit(_NO_SOURCE, pl.UInt32)
    return pl.coalesce(*cells, nothing).alias("cell"), pl.coalesce(*ranks, last).alias("rank")


# --- counts --------------------------------------------------------------------------------------


def _counts(plan: Plan, evaluation: Evaluation, facts: pl.DataFrame, unit_now: Mapping[str, str]) -> pl.DataFrame:
    """The same cells as the engine's, regrouped to the units in force; nothing is deferred yet."""
    latest = (
        evaluation.findings.with_columns(pl.col("unit").fill_null(NO_UNIT).replace(unit_now))
        .group_by("obligation", "unit", "period", "verdict", "status")
        .agg(pl.col("due").max().alias("due"))
    )
    cells = (
        evaluation.counts.with_columns(
            pl.col("unit").fill_null(NO_UNIT).replace(unit_now),
            pl.col("vacuous").fill_null(False),
            pl.lit(False).alias("deferred"),
            pl.lit(None, pl.String).alias("change"),
        )
        .group_by(CELL)
        .agg(pl.col("n").cast(pl.Int64).sum())
        .join(latest, on=["obligation", "unit", "period", "verdict", "status"], how="left", nulls_equal=True)
        .join(facts, on="obligation", how="left")
        .join(_dues(plan), on=["obligation", "period"], how="left", nulls_equal=True)
        .with_columns(_ADVISORY.alias("advisory"), pl.coalesce("constant", "due").alias("due"))
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
