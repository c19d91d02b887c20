"""A code that says by its first characters what its bearer is → questions where another column says something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from checker.errors import Text
from checker.model import FieldDef, Table
from checker.tables.checks import kinds
from checker.tables.checks.places import Records, Row
from checker.tables.questions import Question, Said, told

# 各级各类学校（机构）代码编制规则: the first two digits of a school's code say what it is, the next two in which province.
_CATEGORIES = ("11", "21", "22", "31", "32", "33", "34", "35", "36", "37", "41", "42", "51", "91", "92", "93")
_PLACE = 2  # letters of a plate that tell its place
_ENOUGH = 3


def questions(records: Records, table: Table) -> Iterator[Question]:
    for code in table.fields.values():
        if code.pattern == "plate":
            yield from _elsewhere(records, table, code)
        if code.pattern == "moe_code" and code.id == table.key:
            yield from _strange(records, table, code)
        for other, fitting in code.agrees_with.items():
            yield from _conflicts(records, table, code, table.fields[other], fitting)


def _strange(records: Records, table: Table, code: FieldDef) -> Iterator[Question]:
    """Where the pack's units are of one province, its schools are too."""
    keys = records.frames[table.id][code.id]
    unknown = ~keys.str.head(2).is_in(_CATEGORIES)
    provinces = sorted({unit[:2] for unit in records.pack.units if unit.isdecimal()})
    abroad = keys.str.slice(2, 2) != provinces[0] if len(provinces) == 1 else unknown & False

    def say(_: object, record: Row, __: Mapping[str, str]) -> dict[str, Said]:
        raw = str(record[code.id])
        if raw[:2] in _CATEGORIES:
            what = Text(f"第3、4位“{raw[2:4]}”不是本省的“{provinces[0]}”", f"digits 3 and 4 are not {provinces[0]}")
        else:
            what = Text(f"前两位“{raw[:2]}”不是学校类别的代码", f"{raw[:2]} is no category of schools")
        return {"what": what}

    for wrong in (unknown, ~unknown & abroad):
        yield from records.questions(kinds.CODE_STRANGE, table, code.id, wrong.fill_null(False).arg_true(), say)


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
