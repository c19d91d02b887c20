"""A code that says by its first characters what its bearer is → questions where another column says something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from checker.errors import Text
from checker.model import FieldDef, Table
from checker.tables.checks import kinds
from checker.tables.checks.places import Records, Row
from checker.tables.questions import Question, Said, told

_PLACE = 2  # letters of a plate that tell its place
_ENOUGH = 3


def questions(records: Records, table: Table) -> Iterator[Question]:
    for code in table.fields.values():
        if code.pattern == "plate":
            yield from _elsewhere(records, table, code)
        for other, fitting in code.agrees_with.items():
            yield from _conflicts(records, table, code, table.fields[other], fitting)


def _elsewhere(records: Records, table: Table, plate: FieldDef) -> Iterator[Question]:
    """Plates of another place than most of the table: only where most are of one."""
    starts = records.frames[table.id][plate.id].str.head(_PLACE)
    counts = starts.drop_nulls().value_counts(sort=True)
    known = int(counts["count"].sum() or 0)
    if known < _ENOUGH or counts.height < 2 or 2 * counts["count"][0] <= known:
        return
    usual = str(counts[plate.id][0])
    rows = (starts != usual).fill_null(False).arg_true()
    yield from records.questions(kinds.PLATE_ELSEWHERE, table, plate.id, rows, lambda *_: {"expected": usual})


def _conflicts(
    records: Records, table: Table, code: FieldDef, other: FieldDef, fitting: Mapping[str, tuple[str, ...]]
) -> Iterator[Question]:
    longest = max(map(len, fitting))
    pairs = records.frames[table.id].select(
        pl.col(code.id).str.head(longest).alias("start"), pl.col(other.id).alias("said")
    )
    wrong = [
        (start, said)
        for start, said in _different(pairs).iter_rows()
        if (codes := _expected(start, fitting)) and said not in codes
    ]
    if not wrong:
        return
    bad = pl.DataFrame(wrong, schema=pairs.schema, orient="row")
    rows = pairs.with_row_index("row").join(bad, on=["start", "said"], how="semi", maintain_order="left")["row"]

    def say(_: object, record: Row, cells: Mapping[str, str]) -> dict[str, Said]:
        labels = [told(each, other)[1] for each in _expected(str(record[code.id]), fitting)]
        return {
            "expected": Text("或".join(label.zh for label in labels), " or ".join(label.en for label in labels)),
            "other": other.name,
            "value": told(record[other.id], other)[1],
            "place": cells[other.id],
        }

    yield from records.questions(kinds.CODE_CONFLICT, table, code.id, rows, say, beside=(other.id,))


def _different(pairs: pl.DataFrame) -> pl.DataFrame:
    """Few among very many: found in pieces side by side."""
    return pairs.lazy().drop_nulls().unique().collect(engine="streaming").sort(pairs.columns)


def _expected(code: str, fitting: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """By the longest start that is listed; nothing if none is: then the code says nothing."""
    starts = [start for start in fitting if code.startswith(start)]
    return fitting[max(starts, key=len)] if starts else ()
