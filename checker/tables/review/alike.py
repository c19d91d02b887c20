"""Records of a unit that agree in every number that should differ → one question for each unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from checker.errors import Text
from checker.model import FieldDef, Table
from checker.tables.checks.places import Records
from checker.tables.questions import Question, told
from checker.tables.review import kinds
from checker.tables.review.patterns import LEAST, UNIT, asked, listed, share

# Below, two schools may well have the same number.
_LARGE = 10


def questions(records: Records, table: Table, varying: Sequence[FieldDef], units: pl.Series) -> Iterator[Question]:
    """Half of a unit's records or more, ten at least. If one record in five shared its number with another by chance, twenty
    records would come to this once in four hundred units; numbers of pupils coincide far more seldom.
    """
    numbers = [field for field in varying if field.type in ("count", "number")]
    if not numbers:
        return
    names = [field.id for field in numbers]
    rows = records.frames[table.id].select(units.alias(UNIT), *names).with_row_index("row")
    rows = rows.filter(pl.any_horizontal(pl.col(name) >= _LARGE for name in names) & pl.col(UNIT).is_not_null())
    sizes = rows[UNIT].value_counts(name="m")
    if rows.is_empty() or _most(rows[names[0]]) < max(LEAST, min(sizes["m"]) // 2):
        return  # not even of one number are there as many
    alike = rows.group_by(UNIT, *names).agg(pl.len().alias("n")).filter(pl.col("n") >= LEAST)
    alike = alike.join(sizes, on=UNIT).filter(2 * pl.col("n") >= pl.col("m"))
    members = rows.join(alike, on=[UNIT, *names], nulls_equal=True, maintain_order="left")
    groups = members.group_by(UNIT, *names, "n", "m", maintain_order=True).agg("row")
    for found in groups.iter_rows(named=True):
        same = [field for field in numbers if found[field.id] is not None]
        values = [told(found[field.id], field)[1] for field in same]
        at = pl.Series(found["row"], dtype=pl.UInt32)
        yield asked(
            records, kinds.ALIKE, table, same[0].id, found[UNIT], at,
            {
                "m": found["m"],
                "share": share(found["n"], found["m"]),
                "fields": listed(same),
                "value": Text("、".join(v.zh for v in values), ", ".join(v.en for v in values)),
                "more": _more(records, table, names, at),
            },
        )  # fmt: skip


def _most(numbers: pl.Series) -> int:
    """How often the most frequent of them stands there; missing ones count as one."""
    most: int = max(numbers.value_counts()["count"])
    return most


def _more(records: Records, table: Table, names: list[str], rows: pl.Series) -> int:
    """How many further columns are filled in and the same in all these rows."""
    frame = records.frames[table.id][rows]
    known = {table.key, table.title, "received_on", *table.parents.values(), *table.links.values(), *names}
    others = [column for column in frame.iter_columns() if column.name in table.fields and column.name not in known]
    return sum(not column.null_count() and column.n_unique() == 1 for column in others)
