"""plan + tables + findings → what people call the subject, and where it stands in the data: file《sheet》!cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

import polars as pl

from checker.expr import Field
from checker.plan import Obligation, Plan, Source, Tables

_LETTERS = re.compile(r"[A-Z]{1,3}")
_LINE = {"source": pl.UInt32, "line": pl.Int64}


def names(plan: Plan, tables: Tables, frame: pl.DataFrame) -> pl.Series:
    """The title field of the subject's row, else its key. `frame`: obligation, row, key."""
    titles: dict[str, pl.Series] = {}
    for subject in _subjects(plan, frame):
        table, rows = plan.pack.tables.get(subject), tables.frames.get(subject)
        if table is not None and rows is not None and table.title in rows.columns:
            titles[subject] = rows[table.title].cast(pl.String).rename("title")
    position = _position(plan, {subject: title.len() for subject, title in titles.items()})
    title = pl.lit(pl.concat([pl.Series("title", [], pl.String), *titles.values()])).gather(position)
    return frame.select(pl.coalesce(title, "key").alias("name")).to_series()


def sources(plan: Plan, tables: Tables, frame: pl.DataFrame) -> pl.Series:
    """file《sheet》!cell of the first deciding field that was read from a column, else of the subject's line.

    `frame`: obligation, row, observed.
    """
    # Which of the items of a duty decided is read from the evidence, which column holds the field depends on the sheet.
    # A record that several sheets feed has several lines: the earliest field wins.
    heights = {subject: tables.frames[subject].height for subject in _subjects(plan, frame) if subject in tables.frames}
    one, more, several = _lines(tables, heights)
    cell, rank = _cell_and_rank(plan, tables, frame["obligation"].unique())
    place = _place(tables, cell).alias("source")
    findings = frame.select("obligation", "observed", _position(plan, heights).alias("position")).with_row_index("at")
    told = findings.with_columns(one.select(pl.all().gather(findings["position"]))).select("at", place)
    if more.height:
        among = [number for number, duty in enumerate(plan.obligations) if duty.subject in several]
        placed = findings.filter(pl.col("obligation").is_in(among)).join(more, on="position").with_columns(rank)
        best = placed.sort("at", "rank", "source", "line", nulls_last=True).unique(
            "at", keep="first", maintain_order=True
        )
        told = told.update(best.select("at", place), on="at")
    return told["source"]


def _subjects(plan: Plan, frame: pl.DataFrame) -> list[str]:
    return sorted({plan.obligations[number].subject for number in frame["obligation"].unique()})


def _position(plan: Plan, heights: Mapping[str, int]) -> pl.Expr:
    """Where the finding's row is when these tables lie one behind the other; nowhere if it is not among them."""
    first = dict(zip(heights, accumulate(heights.values(), initial=0), strict=False))
    known = {
        "first": [first.get(duty.subject, 0) for duty in plan.obligations],
        "height": [heights.get(duty.subject, 0) for duty in plan.obligations],
    }
    of = {name: pl.lit(pl.Series(values, dtype=pl.UInt32)).gather("obligation") for name, values in known.items()}
    return pl.when(pl.col("row") < of["height"]).then(of["first"] + pl.col("row"))


def _lines(tables: Tables, heights: Mapping[str, int]) -> tuple[pl.DataFrame, pl.DataFrame, set[str]]:
    """Where the rows of these tables come from, one behind the other: source and line of each. And position, source and line
    of those of the tables, also given, in which a row may come from several places."""
    one, more, several = [pl.DataFrame(schema=_LINE)], [pl.DataFrame(schema={"position": pl.UInt32, **_LINE})], set()
    origins, first = tables.origins.with_columns(pl.col("row").cast(pl.UInt32), pl.col("table").cast(pl.String)), 0
    for subject, height in heights.items():
        found = origins.filter(pl.col("table") == subject).select("row", *(pl.col(n).cast(t) for n, t in _LINE.items()))
        if found["row"].n_unique() < found.height:
            several.add(subject)
            more.append(found.select((pl.col("row") + first).alias("position"), *_LINE))
            found = found.clear()
        rows = pl.DataFrame({"row": pl.int_range(height, dtype=pl.UInt32, eager=True)})
        one.append(rows.join(found, on="row", how="left", maintain_order="left").select(*_LINE))
        first += height
    return pl.concat(one), pl.concat(more), several


def _place(tables: Tables, cell: pl.Expr) -> pl.Expr:
    """Nothing of a record that comes from no sheet."""
    files = pl.Series([_file(source) for source in tables.sources], dtype=pl.String)
    return pl.format("{}!{}{}", pl.lit(files).gather(pl.col("source")), cell.fill_null(""), pl.col("line"))


def _file(source: Source) -> str:
    """The file's own name: folders and addresses of databases differ from machine to machine."""
    name = re.split(r"[\\/]", source.file)[-1]
    return f"{name}《{source.sheet}》" if source.sheet else name


def _cell_and_rank(plan: Plan, tables: Tables, found: Iterable[int]) -> tuple[pl.Expr, pl.Expr]:
    """The column of the first deciding field that the line's sheet has, and which of the fields of its duty it is."""
    sheets: dict[str, list[Source]] = {}
    local = []  # of each source its place among the sheets of its table
    for source in tables.sources:
        mine = sheets.setdefault(source.table, [])
        local.append(len(mine))
        mine.append(source)
    columns: list[str | None] = []
    begins: dict[tuple[str, str], int] = {}
    candidates: list[list[tuple[str, int]]] = [[] for _ in plan.obligations]
    for number in sorted(found):
        duty = plan.obligations[number]
        for item, field in _candidates(duty):
            if (duty.subject, field) not in begins:
                begins[duty.subject, field] = len(columns)
                columns += [
                    _cell(source.columns[field]) if field in source.columns else None
                    for source in sheets.get(duty.subject, ())
                ]
            candidates[number].append((item, begins[duty.subject, field]))
    at = pl.lit(pl.Series(local, dtype=pl.UInt32)).gather("source")
    cells, ranks = [], []
    for rank in range(max(map(len, candidates), default=0)):
        chosen = [one[rank] if rank < len(one) else (None, None) for one in candidates]
        begin = pl.lit(pl.Series([begin for _, begin in chosen], dtype=pl.UInt32)).gather("obligation")
        cell = pl.lit(pl.Series(columns, dtype=pl.String)).gather(begin + at)
        cell = pl.when(_decides([item for item, _ in chosen])).then(cell)
        cells.append(cell)
        ranks.append(pl.when(cell.is_not_null()).then(pl.lit(rank, pl.UInt32)))
    last = pl.lit(None, pl.UInt32)
    return pl.coalesce(*cells, pl.lit(None, pl.String)), pl.coalesce(*ranks, last).alias("rank")


def _candidates(duty: Obligation) -> list[tuple[str, str]]:
    """(item, field of the subject's own row) in reading order: where a reader should look first."""
    return [
        (item.name, leaf.expr.name)
        for item in duty.items()
        for leaf in item.leaves
        if isinstance(leaf.expr, Field) and not leaf.expr.hops
    ]


def _decides(items: Sequence[str | None]) -> pl.Expr:
    """Whether the item decided, given for each obligation, by what the evidence says, without parsing it. `applies` and
    `done_on` might also be the name of a field further inside, but they stand first and last."""

    def sought(begin: str, fits: Callable[[str], bool], end: str = "") -> pl.Expr:
        told = [f'{begin}"{item}":null{end}' if item is not None and fits(item) else None for item in items]
        return pl.lit(pl.Series(told, dtype=pl.String)).gather("obligation")

    text = pl.col("observed").str
    found = [text.contains(sought("", lambda item: item not in ("applies", "done_on")), literal=True)]
    if "applies" in items:
        found.append(text.starts_with(sought("{", lambda item: item == "applies")))
    if "done_on" in items:
        found.append(text.ends_with(sought("", lambda item: item == "done_on", "}")))
    return ~pl.coalesce(found).fill_null(value=True)


def _cell(column: str) -> str:
    return column if _LETTERS.fullmatch(column) else f"{column}:"
