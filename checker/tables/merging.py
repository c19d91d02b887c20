"""Rows of one table from many sheets → one row per key, the lines each came from, and what contradicts.

Later receipt wins. Rows received on the same day that differ in a field leave it missing. A cell that was filled in but could
not be read (`_lost.<field>`) counts as a differing value: what it said is not known, so it may not be outvoted in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import polars as pl

from checker import threads
from checker.errors import Text
from checker.model import Table
from checker.plan import Source
from checker.tables import questions as ask
from checker.tables.questions import Question, told

LOST = "_lost."
LINE, SOURCE, AT = "_line", "_source", "_at"
_FIRST = "_first"  # position of the first row with the same key
_LIST_MARK = "\x1f"
_MOST_CELLS = 4
_MANY = 10_000
_UNREAD = Text("待核", "unknown")


@dataclass(slots=True)
class Merged:
    """`frame`: fields of the table that came, and received_on. `origins`: row, source, line."""

    frame: pl.DataFrame
    origins: pl.DataFrame
    questions: list[Question] = field(default_factory=list)


def merge(table: Table, rows: pl.DataFrame, sources: Sequence[Source], apart: Collection[int] = frozenset()) -> Merged:
    """`rows`: fields, received_on, _source, _line, _lost.*; in the order of the sheets. `apart`: sources whose rows repeat
    no others.
    """
    came = set(rows.columns)
    fields = [name for name in table.fields if name in came]
    if table.key in fields and not rows[table.key].null_count() and _all_differ(rows[table.key]):
        return Merged(rows[[*fields, "received_on"]], _placed(rows.with_row_index("row")))
    lists = [name for name in fields if table.fields[name].type == "choices"]
    rows = rows.with_row_index(AT)
    if lists:
        rows = rows.with_columns(pl.col(name).list.join(_LIST_MARK) for name in lists)
    kept = [AT, *fields, "received_on"]
    keyed, loose = _by_key(table.key, rows)
    questions: list[Question] = []
    frames, origins = [], []
    if keyed.height:
        one, lines = _one_per_key(table, fields, keyed, sources, questions)
        frames.append(one)
        origins.append(lines)
    if loose.height or not keyed.height:
        loose = _once(table, fields, loose, sources, apart, questions)
        questions += _without_key(table, loose, sources) if table.key else []
        frames.append(loose[kept])
        origins.append(loose[[AT, SOURCE, LINE]])
    frame, lines = pl.concat(frames).sort(AT), pl.concat(origins)
    place = frame[AT].search_sorted(lines[AT]).alias("row")
    frame = frame[kept[1:]]
    return Merged(
        frame.with_columns(_as_list(name).alias(name) for name in lists) if lists else frame,
        _placed(lines.hstack([place])).sort("row", "source", "line"),
        questions,
    )


def _by_key(key: str, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that have a key, and those that have none."""
    without = rows[key].null_count() if key in rows.columns else rows.height
    if without in (0, rows.height):
        return (rows.clear(), rows) if without else (rows, rows.clear())
    has_key = pl.col(key).is_not_null()
    return rows.filter(has_key), rows.filter(~has_key)


def _all_differ(keys: pl.Series) -> bool:
    """Texts of different hash differ, and many numbers are quicker to compare: sorted, each half of them by itself."""
    if keys.len() >= _MANY:
        marks = keys.hash()
        halves = (marks < 2**63, marks >= 2**63)
        counts = threads.each(lambda half: _different(marks.filter(half)), halves, rows=keys.len())
        if sum(counts) == keys.len():
            return True
    return keys.n_unique() == keys.len()


def _different(marks: pl.Series) -> int:
    return marks.sort(multithreaded=False).n_unique()


def _placed(lines: pl.DataFrame) -> pl.DataFrame:
    known = lines.filter(pl.col(SOURCE).is_not_null()) if lines[SOURCE].null_count() else lines
    return pl.DataFrame({"row": known["row"], "source": known[SOURCE], "line": known[LINE]})


def _as_list(name: str) -> pl.Expr:
    return (
        pl.when(pl.col(name) == "").then(pl.lit([], pl.List(pl.String))).otherwise(pl.col(name).str.split(_LIST_MARK))
    )


# --- rows without a key --------------------------------------------------------------------------


def _once(
    table: Table,
    fields: list[str],
    rows: pl.DataFrame,
    sources: Sequence[Source],
    apart: Collection[int],
    questions: list[Question],
) -> pl.DataFrame:
    """Rows that another sheet repeats word for word count once. Within one sheet they stay: two drills may look alike."""
    held = [name for name in table.parents.values() if name in fields]
    if rows.is_empty() or rows[SOURCE].n_unique() < 2 or not (held or not table.parents):
        return rows
    nth = pl.int_range(pl.len()).over([*fields, SOURCE])
    # A row that belongs to nobody known may be somebody else's: it is kept.
    placed = pl.any_horizontal(pl.col(name).is_not_null() for name in held) if held else pl.lit(True)
    own = pl.col(SOURCE).is_in(sorted(apart)).fill_null(False)
    numbered = rows.with_columns(nth.alias("_nth"), (placed & ~own).alias("_placed"))
    first = (
        numbered.filter("_placed")
        .sort("received_on", AT, nulls_last=False)
        .unique([*fields, "_nth"], keep="first", maintain_order=True)
    )
    repeated = numbered.filter("_placed").join(first.select(AT), on=AT, how="anti")
    for at, lines, n in _per_source(repeated):
        cells = tuple(f"A{line}" for line in lines)
        questions.append(Question(ask.REPEATED_ROWS, sources[at], cells[0], table.id, n=n, cells=cells))
    return rows.join(repeated.select(AT), on=AT, how="anti")


def _without_key(table: Table, rows: pl.DataFrame, sources: Sequence[Source]) -> list[Question]:
    name = table.fields[table.key].name
    asked = []
    for at, lines, n in _per_source(rows):
        column = sources[at].columns.get(table.key)
        cells = tuple(ask.cell_name(column or "A", line) for line in lines)
        place = (sources[at], cells[0], table.id, None, table.key, None if column is None else "")
        asked.append(Question(ask.NO_KEY, *place, n=n, values={"field": name}, cells=cells))
    return asked


def _per_source(rows: pl.DataFrame) -> list[tuple[int, list[int], int]]:
    """Source, its first lines, number of rows."""
    found = rows.filter(pl.col(SOURCE).is_not_null()).group_by(SOURCE, maintain_order=True)
    return [*found.agg(pl.col(LINE).head(ask.MOST_PLACES), pl.len().alias("n")).iter_rows()]


# --- rows with a key -----------------------------------------------------------------------------


def _one_per_key(
    table: Table, fields: list[str], rows: pl.DataFrame, sources: Sequence[Source], questions: list[Question]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    key, kept = table.key, [AT, *fields, "received_on"]
    comes_again = rows[key].is_duplicated()
    # A row that alone has its key is what it is.
    alone, rows = rows[(~comes_again).arg_true()], rows[comes_again.arg_true()]
    if rows.is_empty():
        return alone[kept], alone[[AT, SOURCE, LINE]]
    rows = rows.with_columns(pl.col(AT).first().over(key).alias(_FIRST))
    others = [name for name in fields if name != key]
    layers = [rows] if rows["received_on"].n_unique() == 1 else _by_day(rows)
    state, replaced = _layer(key, others, layers[0]), []
    for layer in layers[1:]:
        state, gone = _over(key, others, state, _layer(key, others, layer))
        replaced.append(gone)
    conflicts = _conflicts(table, others, rows, state, sources)
    questions += conflicts + _duplicates(table, rows, {each.key or "" for each in conflicts}, sources)
    # Every line that still says something about the row points to it.
    origins = rows
    if replaced:
        gone = pl.concat(replaced).group_by(key).agg(pl.col("_since").max())
        origins = origins.join(gone, on=key, how="left", maintain_order="left").filter(
            pl.col("_since").is_null() | (pl.col("received_on") >= pl.col("_since")).fill_null(False)
        )
    state = state[kept[1:]].insert_column(0, state[_FIRST].alias(AT))
    origins = origins[[SOURCE, LINE]].insert_column(0, origins[_FIRST].alias(AT))
    return pl.concat([alone[kept], state]), pl.concat([alone[[AT, SOURCE, LINE]], origins])


def _by_day(rows: pl.DataFrame) -> list[pl.DataFrame]:
    days = rows["received_on"].unique().sort(nulls_last=False)
    return [rows.filter(pl.col("received_on").eq_missing(day)) for day in days]


def _layer(key: str, others: list[str], rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of one day: a value where all that is said is the same. `_bad.<field>`: said, but not known."""
    came = set(rows.columns)
    lost = [name for name in others if LOST + name in came and rows[LOST + name].any()]
    groups = rows.group_by(key, maintain_order=True).agg(
        pl.col("received_on", _FIRST).first(),
        pl.col(others).min(),
        pl.col([LOST + name for name in lost]).any(),
    )
    # Of sheets with columns of their own each key has one value, and that is the least.
    several = [name for name in others if rows[name].count() > groups[name].count()]
    if several:
        greatest = rows.group_by(key, maintain_order=True).agg(pl.col(several).max().name.prefix("_max."))
        groups = groups.hstack(greatest.get_columns()[1:])
    differ = [name for name in several if (groups[name] != groups[f"_max.{name}"]).any()]
    bad = {
        name: ((pl.col(name) != pl.col(f"_max.{name}")).fill_null(False) if name in differ else pl.lit(False))
        | (pl.col(LOST + name).fill_null(False) if name in lost else pl.lit(False))
        for name in others
        if name in differ or name in lost
    }
    if not bad:
        return groups[[key, "received_on", _FIRST, *others]]
    return groups.select(
        key,
        "received_on",
        _FIRST,
        *(pl.when(~bad[name]).then(pl.col(name)).alias(name) if name in bad else pl.col(name) for name in others),
        *(flag.alias(f"_bad.{name}") for name, flag in bad.items()),
    )


def _over(key: str, others: list[str], old: pl.DataFrame, new: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The newer layer laid over the older one, and the keys of which nothing older is left.

    received_on becomes the newer day only if something changed: a report sent again is not late.
    """
    both = old.join(new, on=key, how="full", suffix="_new", coalesce=True, maintain_order="left_right")
    values, bads, changes, leftovers = [], [], [], []
    for name in others:
        was, now = pl.col(name), pl.col(f"{name}_new")
        old_bad, new_bad = _flag(both, f"_bad.{name}"), _flag(both, f"_bad.{name}_new")
        if f"_bad.{name}" not in old.columns:
            old_bad, new_bad = pl.lit(False), _flag(both, f"_bad.{name}")
        said = now.is_not_null() | new_bad
        values.append(pl.when(said).then(now).otherwise(was).alias(name))
        bads.append(pl.when(said).then(new_bad).otherwise(old_bad).alias(f"_bad.{name}"))
        changes.append(said & (now.ne_missing(was) | (new_bad != old_bad)))
        leftovers.append((was.is_not_null() | old_bad) & ~said)
    arrived = pl.col("received_on_new").is_not_null()
    changed = arrived & pl.any_horizontal(changes) if changes else pl.lit(False)
    fresh = pl.col("received_on").is_null() & ~pl.col(key).is_in(old[key].implode())
    gone = both.filter(changed & ~fresh & ~pl.any_horizontal(leftovers)) if changes else both.clear()
    state = both.select(
        key,
        pl.when(changed | fresh).then("received_on_new").otherwise("received_on").alias("received_on"),
        pl.min_horizontal(_FIRST, f"{_FIRST}_new"),
        *values,
        *bads,
    )
    return state, gone.select(key, pl.col("received_on_new").alias("_since"))


def _flag(frame: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name).fill_null(False) if name in frame.columns else pl.lit(False)


def _conflicts(
    table: Table, others: list[str], rows: pl.DataFrame, state: pl.DataFrame, sources: Sequence[Source]
) -> list[Question]:
    found: list[Question] = []
    flagged = set(state.columns)
    for name in others:
        if f"_bad.{name}" not in flagged or not state[f"_bad.{name}"].any():
            continue
        bad = state.filter(f"_bad.{name}")[table.key]
        lost = pl.col(LOST + name).fill_null(False) if LOST + name in rows.columns else pl.lit(False)
        said = rows.filter(pl.col(table.key).is_in(bad.implode()) & (pl.col(name).is_not_null() | lost))
        for (key,), group in said.group_by(table.key, maintain_order=True):
            last = group.filter(pl.col("received_on").eq_missing(pl.lit(group["received_on"].max())))
            # A cell that could not be read has a question of its own; what stands beside it in another row is not used.
            values = [
                (None, _UNREAD) if value is None else told(_parts(value), table.fields[name])
                for value in dict.fromkeys(last[name])
            ]
            if len(values) < 2:
                continue
            cells = [
                (sources[at], ask.cell_name(sources[at].columns.get(name, "A"), line))
                for at, line in last.select(SOURCE, LINE).iter_rows()
                if at is not None
            ]
            found.append(
                Question(
                    ask.DUPLICATE_CONFLICT,
                    cells[0][0] if cells else None,
                    cells[0][1] if cells else "",
                    table.id,
                    str(key),
                    name,
                    " / ".join(raw for raw, _ in values if raw is not None),
                    n=last.height,
                    values={
                        "of": str(key),
                        "table": table.label,
                        "field": table.fields[name].name,
                        "cells": _listed(cells),
                        "raw": Text(*(" / ".join(said[at] for _, said in values) for at in (0, 1))),
                    },
                    # Of the first one's sheet only: a cell is named within the sheet of its question.
                    cells=tuple(cell for source, cell in cells if source is cells[0][0])[: ask.MOST_PLACES],
                )
            )
    return found


def _listed(cells: list[tuple[Source, str]]) -> str:
    several = len({(source.file, source.sheet) for source, _ in cells}) > 1
    names = [f"{source.file}《{source.sheet}》{cell}" if several else cell for source, cell in cells]
    more = len(names) - _MOST_CELLS
    return "、".join(names[:_MOST_CELLS]) + (f" …+{more}" if more > 0 else "")


def _parts(value: object) -> object:
    return value.split(_LIST_MARK) if isinstance(value, str) and _LIST_MARK in value else value


def _duplicates(table: Table, rows: pl.DataFrame, apart: set[str], sources: Sequence[Source]) -> list[Question]:
    """A key that comes twice in one sheet is worth a word even when the rows agree; two sheets are meant to share it."""
    if not rows[[table.key, SOURCE]].is_duplicated().any():
        return []
    again = rows.filter(
        pl.col(SOURCE).is_not_null()
        & (pl.int_range(pl.len()).over(table.key, SOURCE) > 0)
        & ~pl.col(table.key).cast(pl.String).is_in(sorted(apart))
    )
    return [
        Question(ask.DUPLICATE_ROWS, sources[at], f"A{lines[0]}", table.id, n=n) for at, lines, n in _per_source(again)
    ]
