"""Numbers of rows that parents declare + the rows that came → questions where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from checker.errors import Text
from checker.model import Pack, Table
from checker.tables.checks import kinds
from checker.tables.checks.places import Records, Row
from checker.tables.questions import Kind, Question, Said, told
from checker.tables.units import UNIT
from checker.units import heirs

_EACH = 5  # a table that was not sent at all lacks rows everywhere


def differing(records: Records) -> dict[tuple[str, str], pl.DataFrame]:
    """Child, parent → the parent's rows that declare another number than came: row, declared, came."""
    found: dict[tuple[str, str], pl.DataFrame] = {}
    for parent, frame in records.frames.items():
        if frame.is_empty():
            continue
        above = records.pack.tables[parent]
        children = [child for child in records.pack.tables.values() if parent in child.declared_in]
        declared = {child.id: frame[child.declared_in[parent]] for child in children}
        asked = [child for child in children if declared[child.id].count()]
        if not asked:
            continue
        came = frame.select(_came(records, child, above).alias(child.id) for child in asked)
        for child in asked:
            other = came[child.id] != declared[child.id]
            if other.any():
                pairs = pl.DataFrame({"declared": declared[child.id], "came": came[child.id]})
                found[child.id, parent] = pairs.with_row_index("row").filter(other)
    return found


def questions(records: Records, child: Table, differing: Mapping[tuple[str, str], pl.DataFrame]) -> Iterator[Question]:
    for parent, declared in child.declared_in.items():
        if (child.id, parent) not in differing:
            continue
        above, rows = records.pack.tables[parent], differing[child.id, parent]
        few = rows["came"] < rows["declared"]
        for kind, wrong in ((kinds.ROWS_MISSING, few), (kinds.ROWS_TOO_MANY, ~few)):
            if wrong.any():
                yield from _asked(records, child, above, declared, kind, rows.filter(wrong))


def _came(records: Records, child: Table, above: Table) -> pl.Expr:
    """Per row of the parent the number of rows that came; null without a key."""
    owners = records.frames[child.id][child.parents[above.id]].alias("owner")
    came = owners.value_counts(name="came")
    if above.id == UNIT:
        came = _with_predecessors(records.pack, came)
    numbers = pl.col(above.key).replace_strict(came["owner"], came["came"], default=0, return_dtype=pl.Int64)
    return pl.when(pl.col(above.key).is_not_null()).then(numbers)


def _with_predecessors(pack: Pack, came: pl.DataFrame) -> pl.DataFrame:
    """A unit answers for the rows that still bear the code of one it took over from."""
    own = dict(came.iter_rows())
    together = {code: n for code, n in own.items() if code not in pack.units}
    for code in pack.units:
        for heir in (code, *heirs(pack.units, code)):
            together[heir] = together.get(heir, 0) + own.get(code, 0)
    return pl.DataFrame([[*together], [*together.values()]], schema=came.schema)


def _asked(
    records: Records, child: Table, above: Table, declared: str, kind: Kind, wrong: pl.DataFrame
) -> Iterator[Question]:
    field = above.fields[declared].name
    numbers = {row: (said, came) for row, said, came in wrong.iter_rows()}

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
