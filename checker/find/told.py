"""plan + tables + findings → what people call the subject, and where it stands in the data: file《sheet》!cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from checker.expr import Field
from checker.plan import Obligation, Plan, Source, Tables

_LETTERS = re.compile(r"[A-Z]{1,3}")
_NO_SOURCE = 2**32 - 1


def names(plan: Plan, tables: Tables, frame: pl.DataFrame) -> pl.Series:
    """The title field of the subject's row, else its key. `frame`: subject, row, key, sorted by obligation."""
    parts = [pl.Series([], dtype=pl.String)]
    for duty, part in _by_obligation(plan, frame):
        table, rows = plan.pack.tables.get(duty.subject), tables.frames.get(duty.subject)
        if table is None or rows is None or table.title not in rows.columns:
            parts.append(part["key"].cast(pl.String))
        else:
            title = rows[table.title].gather(_known(part["row"], rows.height)).cast(pl.String)
            parts.append(pl.select(pl.coalesce(title, part["key"])).to_series())
    return pl.concat([part.rename("name") for part in parts])


def sources(plan: Plan, tables: Tables, frame: pl.DataFrame) -> pl.Series:
    """file《sheet》!cell of the first deciding field that was read from a column, else of the subject's line.

    `frame`: obligation, row, observed, sorted by obligation.
    """
    # Which of the items of a duty decided is read from the evidence, which column holds the field depends on the sheet.
    # A record that several sheets feed has several lines: the earliest field wins.
    lines: dict[str, _Lines] = {}
    parts = [pl.Series([], dtype=pl.String)]
    for duty, part in _by_obligation(plan, frame):
        if duty.subject not in lines:
            lines[duty.subject] = _lines(tables, duty.subject)
        parts.append(_told(duty, part, lines[duty.subject], tables))
    return pl.concat([part.rename("source") for part in parts])


def _by_obligation(plan: Plan, frame: pl.DataFrame) -> Iterator[tuple[Obligation, pl.DataFrame]]:
    first = 0
    runs = frame["obligation"].rle()
    for number, n in zip(runs.struct.field("value"), runs.struct.field("len"), strict=True):
        yield plan.obligations[number], frame.slice(first, n)
        first += n


def _known(rows: pl.Series, height: int) -> pl.Series:
    """Of a record that is not among the tables nothing is told."""
    return rows.alias("row").to_frame().select(pl.when(pl.col("row") < height).then("row")).to_series()


@dataclass(frozen=True, slots=True)
class _Lines:
    """Where the rows of a table come from: row, source, line. `one`: each row from one place, at its own position."""

    frame: pl.DataFrame
    one: bool


def _lines(tables: Tables, table: str) -> _Lines:
    found = tables.origins.filter(pl.col("table").cast(pl.String) == table).select(
        pl.col("row").cast(pl.UInt32), pl.col("source").cast(pl.UInt32), pl.col("line").cast(pl.Int64)
    )
    if found["row"].n_unique() < found.height:
        return _Lines(found, one=False)
    rows = pl.DataFrame({"row": pl.int_range(tables.frames[table].height, dtype=pl.UInt32, eager=True)})
    return _Lines(rows.join(found, on="row", how="left", maintain_order="left"), one=True)


def _told(duty: Obligation, part: pl.DataFrame, lines: _Lines, tables: Tables) -> pl.Series:
    if lines.one:
        placed = lines.frame.select(pl.all().gather(_known(part["row"], lines.frame.height))).with_columns(
            part["observed"]
        )
        cell, _ = _cell_and_rank(duty, tables)
        return placed.select(_place(tables, cell)).to_series()
    at = part.select("row", "observed").with_row_index("at")
    placed = at.join(lines.frame, on="row", how="inner").with_columns(*_cell_and_rank(duty, tables))
    best = placed.sort("at", "rank", "source", "line").unique("at", keep="first", maintain_order=True)
    told = best.select("at", _place(tables, pl.col("cell")).alias("place"))
    return at.join(told, on="at", how="left", maintain_order="left")["place"]


def _place(tables: Tables, cell: pl.Expr) -> pl.Expr:
    """Nothing of a record that comes from no sheet."""
    files = pl.Series([_file(source) for source in tables.sources], dtype=pl.String)
    return pl.format("{}!{}{}", pl.lit(files).gather(pl.col("source")), cell.fill_null(""), pl.col("line"))


def _file(source: Source) -> str:
    """The file's own name: folders and addresses of databases differ from machine to machine."""
    name = re.split(r"[\\/]", source.file)[-1]
    return f"{name}《{source.sheet}》" if source.sheet else name


def _cell_and_rank(duty: Obligation, tables: Tables) -> tuple[pl.Expr, pl.Expr]:
    cells: list[pl.Expr] = []
    ranks: list[pl.Expr] = []
    for rank, (item, field) in enumerate(_candidates(duty)):
        columns = {
            at: _cell(source.columns[field])
            for at, source in enumerate(tables.sources)
            if source.table == duty.subject and field in source.columns
        }
        if not columns:
            continue
        here = pl.when(_decides(item) & pl.col("source").is_in(list(columns)))
        cells.append(here.then(pl.col("source").replace_strict(columns, default=None, return_dtype=pl.String)))
        ranks.append(here.then(pl.lit(rank, pl.UInt32)))
    nothing, last = pl.lit(None, pl.String), pl.lit(_NO_SOURCE, pl.UInt32)
    return pl.coalesce(*cells, nothing).alias("cell"), pl.coalesce(*ranks, last).alias("rank")


def _candidates(duty: Obligation) -> list[tuple[str, str]]:
    """(item, field of the subject's own row) in reading order: where a reader should look first."""
    return [
        (item.name, leaf.expr.name)
        for item in duty.items()
        for leaf in item.leaves
        if isinstance(leaf.expr, Field) and not leaf.expr.hops
    ]


def _decides(item: str) -> pl.Expr:
    """By what the evidence says, without parsing it. `applies` and `done_on` might also be the name of a field further
    inside, but they stand first and last."""
    text, undecided = pl.col("observed"), f'"{item}":null'
    match item:
        case "applies":
            found = text.str.starts_with("{" + undecided)
        case "done_on":
            found = text.str.ends_with(undecided + "}")
        case _:
            found = text.str.contains(undecided, literal=True)
    return ~found.fill_null(value=True)


def _cell(column: str) -> str:
    return column if _LETTERS.fullmatch(column) else f"{column}:"
