"""A code that says by its first characters what its bearer is → questions where another column says something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import polars as pl

from checker.errors import Text
from checker.model import FieldDef, Table
from checker.tables.checks import kinds
from checker.tables.checks.places import Records, Row
from checker.tables.questions import Question, Said, told
from checker.tables.units import UNIT
from checker.units import WITHOUT_DUTIES

# 各级各类学校（机构）代码编制规则: the first two digits of a school's code say what it is, the next two in which province.
_CATEGORIES = ("11", "21", "22", "31", "32", "33", "34", "35", "36", "37", "41", "42", "51", "91", "92", "93")
_DIGITS = 4  # of category and province
_START = "_start"  # column
_PLACE = 2  # letters of a plate that tell its place
_ENOUGH = 3


def questions(records: Records, table: Table) -> Iterator[Question]:
    yield from _of_no_unit(records, table)
    for code in table.fields.values():
        if code.pattern == "plate":
            yield from _elsewhere(records, table, code)
        by_standard = code.pattern == "moe_code" and code.id == table.key
        if not by_standard and not code.agrees_with:
            continue
        starts = _starts(records, table, code)
        if by_standard:
            yield from _strange(records, table, code, starts)
        for other, fitting in code.agrees_with.items():
            yield from _conflicts(records, table, code, table.fields[other], fitting, starts)


class _Starts(NamedTuple):
    """How the codes begin: per row, and the few that differ among very many, with what the other columns say."""

    rows: pl.Series
    different: pl.DataFrame


def _starts(records: Records, table: Table, code: FieldDef) -> _Starts:
    longest = max((len(start) for fitting in code.agrees_with.values() for start in fitting), default=0)
    frame = records.frames[table.id]
    starts = frame[code.id].str.head(max(longest, _DIGITS)).alias(_START)
    beside = pl.DataFrame([starts, *(frame[other] for other in code.agrees_with)])
    return _Starts(starts, beside.lazy().unique().collect(engine="streaming"))


def _of_no_unit(records: Records, table: Table) -> Iterator[Question]:
    """Schools of the city itself: what each unit declares, a unit without duties does not."""
    field = table.parents.get(UNIT) if UNIT in table.declared_in else None
    above = [code for code, unit in records.pack.units.items() if unit.kind == WITHOUT_DUTIES]
    if field is None or not above:
        return
    owners = records.frames[table.id][field]

    def say(_: object, record: Row, __: Mapping[str, str]) -> dict[str, Said]:
        return {"unit": records.pack.units[str(record[field])].name, "table": table.label}

    rows = owners.is_in(above).fill_null(False).arg_true()
    yield from records.questions(kinds.OF_NO_UNIT, table, field, rows, say)


def _strange(records: Records, table: Table, code: FieldDef, starts: _Starts) -> Iterator[Question]:
    """Where the pack's units are of one province, its schools are too."""
    provinces = sorted({unit[:2] for unit in records.pack.units if unit.isdecimal()})
    known = {start for start in starts.different[_START] if start is not None}
    unknown = {start for start in known if start[:2] not in _CATEGORIES}
    abroad = {start for start in known - unknown if len(provinces) == 1 and start[2:_DIGITS] != provinces[0]}

    def say(_: object, record: Row, __: Mapping[str, str]) -> dict[str, Said]:
        raw = str(record[code.id])
        if raw[:2] in _CATEGORIES:
            what = Text(f"第3、4位“{raw[2:4]}”不是本省的“{provinces[0]}”", f"digits 3 and 4 are not {provinces[0]}")
        else:
            what = Text(f"前两位“{raw[:2]}”不是学校类别的代码", f"{raw[:2]} is no category of schools")
        return {"what": what}

    for wrong in (unknown, abroad):
        if wrong:
            rows = starts.rows.is_in(sorted(wrong)).arg_true()
            yield from records.questions(kinds.CODE_STRANGE, table, code.id, rows, say)


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
    records: Records,
    table: Table,
    code: FieldDef,
    other: FieldDef,
    fitting: Mapping[str, tuple[str, ...]],
    starts: _Starts,
) -> Iterator[Question]:
    pairs = starts.different[[_START, other.id]].drop_nulls()
    wrong = [
        (start, said) for start, said in pairs.iter_rows() if (codes := _expected(start, fitting)) and said not in codes
    ]
    if not wrong:
        return
    bad = pl.DataFrame(wrong, schema=pairs.schema, orient="row")
    said = pl.DataFrame([starts.rows, records.frames[table.id][other.id]]).with_row_index("row")
    rows = said.join(bad, on=bad.columns, how="semi", maintain_order="left")["row"]

    def say(_: object, record: Row, cells: Mapping[str, str]) -> dict[str, Said]:
        labels = [told(each, other)[1] for each in _expected(str(record[code.id]), fitting)]
        return {
            "expected": Text("或".join(label.zh for label in labels), " or ".join(label.en for label in labels)),
            "other": other.name,
            "value": told(record[other.id], other)[1],
            "place": cells[other.id],
        }

    yield from records.questions(kinds.CODE_CONFLICT, table, code.id, rows, say, beside=(other.id,))


def _expected(code: str, fitting: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """By the longest start that is listed; nothing if none is: then the code says nothing."""
    starts = [start for start in fitting if code.startswith(start)]
    return fitting[max(starts, key=len)] if starts else ()
