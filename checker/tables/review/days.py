"""Days of a unit that should come case by case and are all one day → one question for each unit and field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from checker.errors import Text
from checker.model import FieldDef, Table
from checker.tables.checks.places import Records
from checker.tables.questions import Question
from checker.tables.review import kinds
from checker.tables.review.patterns import LEAST, UNIT, asked, share

_OWNERS = 5  # one school may well settle all its hazards on one day
_BEGINNINGS = 3  # what began on one day may well end on one


def questions(records: Records, table: Table, varying: Sequence[FieldDef], units: pl.Series) -> Iterator[Question]:
    """Four fifths or more, ten at least, of five owners at least, that began on three days at least."""
    frame = records.frames[table.id]
    parent = next((parent for parent in table.parents if parent != "unit"), "")
    owner = pl.col(table.parents[parent]) if parent else pl.int_range(pl.len())
    for field in varying:
        if field.type not in ("date", "datetime"):
            continue
        begun = pl.col(table.dated).cast(pl.Date) if table.dated not in ("", field.id) else pl.int_range(pl.len())
        rows = frame.select(
            units.alias(UNIT),
            pl.col(field.id).cast(pl.Date).alias("day"),
            owner.alias("owner"),
            begun.alias("begun"),
        ).with_row_index("row")  # fmt: skip
        rows = rows.drop_nulls([UNIT, "day"])
        groups = (
            rows.group_by(UNIT, "day", maintain_order=True)
            .agg(pl.len().alias("n"), pl.col("owner", "begun").drop_nulls().n_unique())
            .with_columns(pl.col("n").sum().over(UNIT).alias("m"))
        )
        most = (pl.col("n") >= LEAST) & (5 * pl.col("n") >= 4 * pl.col("m"))
        apart = (pl.col("owner") >= _OWNERS) & (pl.col("begun") >= _BEGINNINGS)
        striking = groups.filter(most & apart)
        for found in striking.iter_rows(named=True):
            at = rows.filter((pl.col(UNIT) == found[UNIT]) & (pl.col("day") == found["day"]))["row"]
            yield asked(
                records, kinds.SAME_DAY, table, field.id, found[UNIT], at,
                {
                    "m": found["m"],
                    "share": share(found["n"], found["m"]),
                    "value": str(found["day"]),
                    "spread": _spread(records, table, parent, found["owner"], found["begun"], field),
                },
            )  # fmt: skip


def _spread(records: Records, table: Table, parent: str, owners: int, begun: int, field: FieldDef) -> Text:
    zh, en = [], []
    if parent:
        label = records.pack.tables[parent].label
        zh.append(f"涉及{owners}个{label.zh}")
        en.append(f"of {owners} records of {label.en}")
    if table.dated not in ("", field.id):
        name = table.fields[table.dated].name
        zh.append(f"“{name.zh}”却有{begun}天")
        en.append(f'while "{name.en}" holds {begun} days')
    return Text("".join(f"，{each}" for each in zh), "".join(f", {each}" for each in en))
