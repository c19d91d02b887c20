"""What a unit says again, months later or month after month, without a change → one question for each unit and time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from checker.model import FieldDef, Table
from checker.tables.checks.places import RECEIVED, Records
from checker.tables.questions import Question
from checker.tables.review import kinds
from checker.tables.review.patterns import LEAST, UNIT, asked, listed, share

_LONG = 180  # days; a term later some pupils have come and some have gone


def questions(records: Records, table: Table, varying: Sequence[FieldDef], units: pl.Series) -> Iterator[Question]:
    """Nine tenths or more of what came, ten records at least."""
    yield from _sent_again(records, table, [field for field in varying if field.type in ("count", "number")], units)
    yield from _last_month(records, table, [f for f in varying if f.type not in ("date", "datetime")], units)


def _same(n: str, m: str) -> pl.Expr:
    return (pl.col(n) >= LEAST) & (10 * pl.col(n) >= 9 * pl.col(m))


def _sent_again(records: Records, table: Table, numbers: Sequence[FieldDef], units: pl.Series) -> Iterator[Question]:
    names = [field.id for field in numbers]
    wanted = [table.key, RECEIVED, *names]
    if not numbers or not table.key:
        return
    parts = [part[[name for name in wanted if name in part.columns]] for part in records.rows.get(table.id, ())]
    parts = [part for part in parts if table.key in part.columns and len(part.columns) > len(("key", RECEIVED))]
    if len(parts) < 2:
        return
    sent = pl.concat([records.frames[table.id].select(wanted).clear(), *parts], how="diagonal")
    sent = sent.drop_nulls([table.key, RECEIVED]).filter(pl.any_horizontal(pl.col(n).is_not_null() for n in names))
    sent = sent.unique([table.key, RECEIVED], keep="last", maintain_order=True)
    if sent[RECEIVED].n_unique() < 2:
        return
    merged = records.frames[table.id].select(pl.col(table.key), units.alias(UNIT)).with_row_index("row")
    sent = sent.join(merged.drop_nulls(), on=table.key, maintain_order="left").sort(
        table.key, RECEIVED, maintain_order=True
    )
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1).over(table.key)) for name in names)
    before = pl.col(RECEIVED).shift(1).over(table.key).alias("earlier")
    again = sent.with_columns(same.alias("same"), before).drop_nulls("earlier")
    again = again.filter((pl.col(RECEIVED) - pl.col("earlier")).dt.total_days() >= _LONG)
    groups = again.group_by(UNIT, RECEIVED, "earlier").agg(
        pl.len().alias("m"), pl.col("same").sum().alias("n"), pl.col("row").filter("same")
    )
    for code, later, earlier, m, n, at in groups.filter(_same("n", "m")).sort(UNIT, RECEIVED, "earlier").iter_rows():
        values = {"m": m, "share": share(n, m), "fields": listed(numbers), "later": str(later), "earlier": str(earlier)}
        yield asked(
            records, kinds.SENT_AGAIN, table, names[0], code, pl.Series(at, dtype=pl.UInt32).sort(),
            values | {"days": (later - earlier).days},
        )  # fmt: skip


def _last_month(records: Records, table: Table, varying: Sequence[FieldDef], units: pl.Series) -> Iterator[Question]:
    """Records of one owner that say the same as one of the month before, though they are other records."""
    if not varying or not table.dated:
        return
    names = [field.id for field in varying]
    said = [*table.parents.values(), *names]
    rows = records.frames[table.id].select(
        units.alias(UNIT), pl.col(table.dated).cast(pl.Date).dt.truncate("1mo").alias("month"), *said
    )
    rows = rows.with_row_index("row").drop_nulls([UNIT, "month"])
    rows = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in names))
    before = rows.select(UNIT, pl.col("month").dt.offset_by("1mo"), *said).unique()
    again = rows.join(before, on=[UNIT, "month", *said], how="semi", nulls_equal=True, maintain_order="left")
    groups = rows.group_by(UNIT, "month").agg(pl.len().alias("m"))
    groups = groups.join(again.group_by(UNIT, "month").agg(pl.len().alias("n"), "row"), on=[UNIT, "month"])
    for code, month, m, n, at in groups.filter(_same("n", "m")).sort(UNIT, "month").iter_rows():
        values = {"m": m, "share": share(n, m), "fields": listed(varying), "later": f"{month:%Y-%m}"}
        yield asked(records, kinds.LAST_MONTH, table, names[0], code, pl.Series(at, dtype=pl.UInt32).sort(), values)
