"""Tables with their data questions + the verdicts reached without the doubted cells → which questions decide a verdict.

A verdict that stays decided when a cell is taken away does not rest on it, whatever the cell may have meant: so of a verdict
that is decided without all doubted cells no question matters, and of one that is not, those about the cells that it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal, get_args

import polars as pl

from checker.model import Pack
from checker.plan import Evaluation, Plan, Tables
from checker.reads import looked_at
from checker.relations import Relations

Weight = Literal["critical", "other", "none"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)  # what matters most comes first

# rules: ids, by severity. verdicts: how many rest on the cells named in the question.
WEIGHT_SCHEMA: dict[str, pl.DataType] = {
    "weight": pl.String(),
    "rules": pl.List(pl.String),
    "verdicts": pl.UInt32(),
}
Judge = Callable[[Plan, Mapping[str, pl.Series]], Evaluation]  # of each table only the subjects in these rows

_VERDICTS = 1_000_000  # reached at a time
_PLACES = ["question", "table", "row", "field", "lost"]


def places(pack: Pack, tables: Tables, beside: Iterable[tuple[str, str, str, str]] = ()) -> pl.DataFrame:
    """question (position in `tables.questions`), table, row, field, lost: the doubted cells that stand in a record.

    A question about a heading doubts the whole column. A record's key is its name, not a fact about it. `beside`: code, table
    and field of a question → another field of the record that it doubts as well.
    """
    keys = pl.DataFrame(
        [(table.id, table.key) for table in pack.tables.values()], schema=["table", "field"], orient="row"
    )
    asked = tables.questions.with_row_index("question").filter(pl.col("severity").is_in(["doubt", "lost"]))
    sources = pl.DataFrame(
        [(at, s.digest, s.file, s.sheet, s.table) for at, s in enumerate(tables.sources)],
        schema={"source": pl.UInt32, "digest": pl.String, "file": pl.String, "sheet": pl.String, "table": pl.String},
        orient="row",
    )
    here = asked.filter(pl.col("field") != "").join(keys, on=["table", "field"], how="anti")
    here = here.join(sources, on=["digest", "file", "sheet", "table"], maintain_order="left")
    others = pl.DataFrame(list(beside), schema=["code", "table", "field", "other"], orient="row")
    more = (
        here.join(others.cast(pl.String), on=["code", "table", "field"])
        .with_columns(field="other")
        .select(here.columns)
    )
    here = pl.concat([here, more])
    here = here.select("question", "table", "field", "source", "cells", lost=pl.col("severity") == "lost")
    lines = here.explode("cells").with_columns(line=pl.col("cells").str.extract(r"(\d+)$").cast(pl.Int64))
    in_rows = lines.join(tables.origins, on=["table", "source", "line"]).select(_PLACES)
    in_columns = here.join(in_rows, on="question", how="anti").join(tables.origins, on=["table", "source"])
    return pl.concat([in_rows, in_columns.select(_PLACES)]).unique().sort(_PLACES)


def without(tables: Tables, doubted: pl.DataFrame) -> Tables:
    """The same records; the doubted cells that were used are missing."""
    frames = dict(tables.frames)
    used = doubted.filter(~pl.col("lost")).group_by("table", "field").agg(pl.col("row").unique())
    for table, field, rows in used.sort("table", "field").iter_rows():
        frame = frames[table]
        if field in frame.columns:
            gone = pl.int_range(pl.len()).is_in(rows)
            frames[table] = frame.with_columns(pl.when(~gone).then(pl.col(field)).alias(field))
    return replace(tables, frames=frames)


def weigh(plan: Plan, tables: Tables, doubted: pl.DataFrame, judge: Judge) -> pl.DataFrame:
    """Per question its WEIGHT_SCHEMA. `judge` evaluates a plan on `without(tables, doubted)`."""
    fields = set(doubted.select("table", "field").unique().iter_rows())
    looked = [(duty, looked_at(plan.pack, duty)) for duty in plan.obligations]
    looked = [(duty, read) for duty, read in looked if not fields.isdisjoint(read)]
    plan = replace(plan, obligations=tuple(duty for duty, _ in looked))
    reads = pl.DataFrame(
        [(at, duty.subject, *each) for at, (duty, read) in enumerate(looked) for each in sorted(read)],
        schema={"obligation": pl.UInt32, "subject": pl.String, "table": pl.String, "field": pl.String},
        orient="row",
    )
    related = Relations(plan.pack, tables)
    hits = [pl.DataFrame(schema={"question": pl.UInt32, "obligation": pl.UInt32, "subject_row": pl.UInt32})]
    for only in _subjects(reads, doubted, related):
        hits += _hits(reads, doubted, related, judge(plan, only))
    rules = pl.DataFrame(
        [(at, duty.rule.id, duty.rule.severity) for at, duty in enumerate(plan.obligations)],
        schema={"obligation": pl.UInt32, "rule": pl.String, "severity": pl.String},
        orient="row",
    )
    found = pl.concat(hits).join(rules, on="obligation")
    rank = pl.col("severity").replace_strict({"critical": 0, "high": 1, "medium": 2, "low": 3}, return_dtype=pl.UInt8)
    by_question = (
        found.sort(rank, "rule")
        .group_by("question", maintain_order=True)
        .agg(
            pl.when((pl.col("severity") == "critical").any()).then(pl.lit("critical")).otherwise(pl.lit("other"))
            .first().alias("weight"),
            pl.col("rule").unique(maintain_order=True).alias("rules"),
            pl.len().alias("verdicts"),
        )
    )  # fmt: skip
    asked = tables.questions.with_row_index("question").select("question", "severity", "field")
    # A column or a sheet that was not read may hold anything.
    unread = (pl.col("severity") == "lost") & (pl.col("field") == "")
    return (
        asked.join(by_question, on="question", how="left", maintain_order="left")
        .select(
            pl.col("weight").fill_null(pl.when(unread).then(pl.lit("other")).otherwise(pl.lit("none"))),
            pl.col("rules").fill_null([]),
            pl.col("verdicts").fill_null(0),
        )
        .cast(pl.Schema(WEIGHT_SCHEMA))
    )


def _subjects(reads: pl.DataFrame, doubted: pl.DataFrame, related: Relations) -> Iterator[dict[str, pl.Series]]:
    """The subjects whose verdicts may rest on a doubted cell, so many at a time as memory holds easily.

    `reads`: obligation, subject, table, field, one row for each field that a duty looks at.
    """
    for (subject,), own in reads.group_by("subject", maintain_order=True):
        cells = doubted.join(own, on=["table", "field"], how="semi").select("table", "row").unique(maintain_order=True)
        rows = pl.concat(
            [pl.Series([], dtype=pl.UInt32)]
            + [
                related.pairs(str(table), str(subject)).join(part, on="row", how="semi")["subject_row"]
                for (table,), part in cells.group_by("table", maintain_order=True)
            ]
        ).unique().sort()  # fmt: skip
        size = max(_VERDICTS // own["obligation"].n_unique(), 1)
        for start in range(0, rows.len(), size):
            yield {str(subject): rows.slice(start, size)}


def _hits(reads: pl.DataFrame, doubted: pl.DataFrame, related: Relations, judged: Evaluation) -> Iterator[pl.DataFrame]:
    """question, obligation, subject_row: what was asked about and is read by a verdict that is not decided."""
    for (subject, table), met in _open_reads(reads, judged).group_by("subject", "table", maintain_order=True):
        cells = doubted.filter(pl.col("table") == table)
        met = cells.join(met, on="field").select("question", "obligation", "row", "subject_row")
        if not met.is_empty():
            pairs = related.pairs(str(table), str(subject))
            yield met.join(pairs, on=["row", "subject_row"]).select("question", "obligation", "subject_row").unique()


def _open_reads(reads: pl.DataFrame, judged: Evaluation) -> pl.DataFrame:
    """obligation, subject, subject_row, table, field: every field that an unknown verdict looks at."""
    unknown = judged.findings.filter(pl.col("verdict") == "unknown")
    met = unknown.select("obligation", pl.col("row").alias("subject_row")).unique(maintain_order=True)
    return met.join(reads, on="obligation", maintain_order="left_right")


def in_order(weights: pl.DataFrame) -> Iterator[int]:
    """Positions of the questions: what decides a critical verdict first, then what decides another, then the rest."""
    rank = pl.col("weight").replace_strict({name: at for at, name in enumerate(WEIGHTS)}, return_dtype=pl.UInt8)
    yield from weights.with_row_index("at").sort(rank, pl.col("verdicts"), "at", descending=[False, True, False])["at"]
