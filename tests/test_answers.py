"""What a county answers about a cell counts as if it had stood there; everything else stays."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_intake import DAY, PACK, Rows, write_csv, write_xlsx

from checker.intake import read
from checker.plan import Correction

HEAD = ["学校标识码", "学校名称", "学校类别", "在校生数", "视频监控是否与公安联网"]
SHEET: Rows = [
    HEAD,
    ["2132001201", "实验小学", "小学", "约800", "部分联网"],
    ["2132001202", "城南小学", "小学", "1200", "不详"],
    ["1132002345", "阳光幼儿园", "幼儿园", "286", "拟2020年3月联网"],
]


# --- cells, as intake takes them ------------------------------------------------------------------


def write(path: Path, rows: Rows) -> Path:
    if path.suffix == ".xlsx":
        return write_xlsx(path, ("Sheet1", rows))
    if path.suffix == ".csv":
        return write_csv(path, rows)
    pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_parquet(path)
    return path


def called(path: Path, row: int, column: int) -> str:
    return f"{HEAD[column]}:{row}" if path.suffix == ".parquet" else f"{'ABCDE'[column]}{row + 1}"


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_corrected_cell_reads_as_if_it_had_been_typed(
    suffix: str, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("answers")
    path = write(folder / f"学校{suffix}", SHEET)
    digest = read(PACK, [path]).sources[0].digest
    cells = data.draw(
        st.dictionaries(
            st.tuples(st.integers(1, 3), st.integers(1, 4)),
            st.sampled_from(["是", "否", "无法提供", "初中", "812", "约90", "=1+1", " 3 "]),
        )
    )
    sheet = "Sheet1" if suffix == ".xlsx" else ""
    corrections = [Correction(digest, sheet, called(path, *place), text) for place, text in cells.items()]
    edited = [[cells.get((at, column), cell) for column, cell in enumerate(row)] for at, row in enumerate(SHEET)]
    (folder / "edited").mkdir()
    typed = read(PACK, [write(folder / "edited" / path.name, edited)], received_on=DAY)
    answered = read(PACK, [path], received_on=DAY, corrections=corrections)
    assert answered.frames["institution"].equals(typed.frames["institution"])
    assert answered.questions.drop("digest").equals(typed.questions.drop("digest"))


def test_a_correction_of_another_file_sheet_or_cell_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "学校.xlsx", SHEET)
    before = read(PACK, [path])
    digest = before.sources[0].digest
    strange = [
        Correction("0" * 64, "Sheet1", "D2", "1"),
        Correction(digest, "Sheet2", "D2", "1"),
        Correction(digest, "Sheet1", "D99", "1"),
        Correction(digest, "Sheet1", "ZZ2", "1"),
        Correction(digest, "Sheet1", "在校生数:2", "1"),
    ]
    after = read(PACK, [path], corrections=strange)
    assert after.frames["institution"].equals(before.frames["institution"])
    assert after.questions.equals(before.questions)
