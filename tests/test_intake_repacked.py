"""What the reader of workbooks gets instead of the file that came: the same sheets, and nothing that was not looked through."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from checker.intake.formats import apart, limits, workbooks
from checker.intake.formats.archive import Archive
from checker.intake.formats.repacked import repacked
from checker.intake.formats.xlsx import Book

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def workbook(tmp_path: Path) -> bytes:
    path = tmp_path / "a.xlsx"
    with Workbook(path) as book:
        first, second = book.add_worksheet("学校"), book.add_worksheet("校车")
        first.merge_range("A1:C1", "学校情况")
        first.merge_range("A3:A4", "如皋市")
        first.write_row("A2", ["县市区", "学校名称", "在校生数"])
        first.write_row("B3", ["一小", 300])
        second.write_row("A1", ["号牌号码", "座位数"])
        book.add_worksheet("空")
    return path.read_bytes()


def _again(data: bytes) -> bytes:
    archive = Archive(data, keeps=True)
    Book(archive)
    return repacked(archive)


def _with(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with its first sheet changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == SHEET else old.read(name))
    return made.getvalue()


def _sheet(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        return found.read(SHEET)


def test_the_same_sheets(workbook: bytes) -> None:
    again = _again(workbook)
    assert apart.sheets(again) == apart.sheets(workbook)
    assert {tuple(each) for each in apart.sheets(again)[0].merges or []} == {((0, 0), (0, 2)), ((2, 0), (3, 0))}
    with zipfile.ZipFile(io.BytesIO(again)) as made, zipfile.ZipFile(io.BytesIO(workbook)) as old:
        assert made.namelist() == old.namelist()
        assert {each.compress_type for each in made.infolist()} == {zipfile.ZIP_STORED}
    assert _sheet(again).index(b"<mergeCells") < _sheet(again).index(b"<sheetData>")


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.replace(b"</worksheet>", b"<!-- <mergeCells> --></worksheet>"),
        lambda sheet: sheet.replace(b"</mergeCells>", b"</mergeCells><mergeCells></mergeCells>"),
        lambda sheet: sheet.replace(b"<sheetData>", b"<mergeCells></mergeCells><sheetData>"),
        lambda sheet: sheet.replace(b"</sheetData>", b'<mergeCells><mergeCell ref="A2:B2"/></mergeCells></sheetData>'),
        lambda sheet: sheet.replace(b"<sheetData>", b'<sheetData x="">'),
    ],
)
def test_what_is_not_plainly_a_sheet_is_left_as_it_is(workbook: bytes, change: Callable[[bytes], bytes]) -> None:
    odd = _with(workbook, change)
    assert _sheet(odd) != _sheet(workbook)
    assert _sheet(_again(odd)) == _sheet(odd)
    assert apart.sheets(_again(odd)) == apart.sheets(odd)


def _rows(data: bytes) -> list[list[list[object]]]:
    return [grid.rows for grid in workbooks.xlsx(data).grids]


def test_much_is_not_kept(workbook: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _rows(workbook)
    monkeypatch.setattr(limits, "MAX_KEPT", 1000)
    assert not Archive(workbook, keeps=True).keeps
    assert _rows(workbook) == before


def test_a_picture_may_be_damaged(workbook: bytes) -> None:
    """Nobody looks at it."""
    made = io.BytesIO(workbook)
    with zipfile.ZipFile(made, "a") as book:
        book.writestr("xl/media/image1.png", b"no picture")
        at = book.getinfo("xl/media/image1.png").header_offset
    data = bytearray(made.getvalue())
    data[at : at + 4] = b"XXXX"
    assert _rows(bytes(data)) == _rows(workbook)
