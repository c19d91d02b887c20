"""Numbers of rows that parents declare + the rows that came → questions where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from checker.errors import Text
from checker.model import Pack, Table
from checker.tables.checks import kinds
from checker.tables.checks.places import Records, Row
from checker.tables.questions import Kind, Question, Said, told
from checker.tables.units import UNIT
from checker.units import heirs

_EACH = 5  # a table that was not sent at all lacks rows everywhere


def questions(records: Records, child: Table) -> Iterator[Question]:
    for parent, declared in child.declared_in.items():
        above = records.pack.tables[parent]
        if (
            parent not in records.frames
            or records.frames[parent][declared].null_count() == records.frames[parent].height
        ):
            continue
        rows = _counted(records, child, above, declared)
        for kind, wrong in (
            (kinds.ROWS_MISSING, pl.col("came") < pl.col("declared")),
            (kinds.ROWS_TOO_MANY, pl.col("came") > pl.col("declared")),
        ):
            yield from _asked(records, child, above, declared, kind, rows.filter(wrong))


def _counted(records: Records, child: Table, above: Table, declared: str) -> pl.DataFrame:
    """Per parent row that declares a number: row, declared, came."""
    owner = records.frames[child.id].select(pl.col(child.parents[above.id]).alias("owner")).drop_nulls()
    came = owner.group_by("owner").agg(pl.len().cast(pl.Int64).alias("came"))
    if above.id == UNIT:
        came = _with_predecessors(records.pack, came)
    parents = records.frames[above.id].select(pl.col(above.key).alias("owner"), pl.col(declared).alias("declared"))
    parents = parents.with_row_index("row").drop_nulls()
    return parents.join(came, on="owner", how="left", maintain_order="left").with_columns(pl.col("came").fill_null(0))


def _with_predecessors(pack: Pack, came: pl.DataFrame) -> pl.DataFrame:
    """A unit answers for the rows that still bear the code of one it took over from."""
    pairs = [(code, heir) for code in pack.units for heir in (code, *heirs(pack.units, code))]
    owners = pl.DataFrame(pairs, schema={"owner": pl.String, "heir": pl.String}, orient="row")
    joined = came.join(owners, on="owner", how="left").with_columns(pl.col("heir").fill_null(pl.col("owner")))
    return joined.group_by(pl.col("heir").alias("owner")).agg(pl.col("came").sum())


def _asked(
    records: Records, child: Table, above: Table, declared: str, kind: Kind, wrong: pl.DataFrame
) -> Iterator[Question]:
    field = above.fields[declared].name
    numbers = {row: (said, came) for row, said, came in wrong.select("row", "declared", "came").iter_rows()}

    def say(rows: Sequence[int], record: Row, _: object) -> dict[str, Said]:
        said, came = numbers[rows[0]]
        name = told(record[above.title])[1].zh
        what = Text(
            f"“{name}”的“{field.zh}”填{said}，收到{child.label.zh}{came}行",
            f'{name}: "{field.en}" says {said}, {came} rows of {child.label.en} came',
        )
        if len(rows) == 1:
            return {"what": what, "missing": abs(said - came)}
        of_all, all_came = (sum(numbers[row][at] for row in rows) for at in (0, 1))
        together = Text(
            f"{len(rows)}个{above.label.zh}的“{field.zh}”合计{of_all}，收到{child.label.zh}{all_came}行（如{what.zh}）",
            f'{len(rows)} records of {above.label.en}: "{field.en}" adds up to {of_all}, {all_came} rows of '
            f"{child.label.en} came (such as {what.en})",
        )
        return {"what": together, "missing": abs(of_all - all_came)}

    yield from records.questions(kind, above, declared, wrong["row"], say, each=_EACH)
