"""What people typed somewhere is never computed by the program that opens our sheets."""

from __future__ import annotations

import ast
import csv
import io
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from checker.sheet_text import csv_bytes, csv_text, is_live, workbook, write_text
from checker.visible import visible, visible_lines

PACKAGE = Path(__file__).parents[1] / "checker"

LIVE = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "　=1", "\ufeff=1", "\u200b=1", "\x00=1",
    "＝1+1", "＋1", "－1+1", "＠SUM", "﹦1", '=cmd|"/C calc"!A0', "+8613812345678", "-2+3+cmd", "--1", "=", "+", "@",
]  # fmt: skip
HARMLESS = [
    "",
    "-",
    "--",
    "－",
    "-5",
    "-5.25",
    "-3%",
    "是",
    "实验小学",
    "1=1",
    "a@b",
    "——",
    "'=1",
    "(=1)",
    "2020-01-01",
]


@pytest.mark.parametrize("text", LIVE)
def test_live(text: str) -> None:
    assert is_live(text) and csv_text(text) == "'" + visible_lines(text) and not is_live(csv_text(text))


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless(text: str) -> None:
    assert not is_live(text) and csv_text(text) == text


TEXTS = st.lists(
    st.one_of(
        st.sampled_from([*LIVE, *HARMLESS]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.builds(str.__add__, st.sampled_from(["=", " +", "\u3000@", "－", "\t"]), st.text(max_size=5)),
    ).filter(lambda text: not re.search("[\ud800-\udfff]", text)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_csv_keeps_every_text_and_computes_none(texts: list[str]) -> None:
    written = csv_bytes(pl.DataFrame({"=head": texts, "n": range(len(texts))})).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(written, newline="")))
    assert head == ["'=head", "n"]
    assert [row[0] for row in rows] == [csv_text(text) for text in texts]
    assert not any(is_live(cell) for row in [head, *rows] for cell in row)


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_a_workbook_keeps_every_text_and_computes_none(texts: list[str]) -> None:
    out = io.BytesIO()
    with workbook(out) as book:
        sheet = book.add_worksheet("=A1")
        for at, text in enumerate(texts):
            write_text(sheet, at, 0, text)
    with zipfile.ZipFile(out) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in xml and "hyperlink" not in xml
    # What steers a screen is made visible; two characters that XML has not are all that is lost.
    cells = [str(row[0]) for row in cells_of(out.getvalue())]
    cells += [""] * (len(texts) - len(cells))
    for at, text in enumerate(texts):
        assert cells[at] == re.sub("[\ufffe\uffff]", "\ufffd", visible_lines(text))


def cells_of(workbook: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_a_workbook_has_no_day_and_survives_broken_names() -> None:
    def made() -> bytes:
        out = io.BytesIO()
        with workbook(out) as book:
            write_text(book.add_worksheet("s"), 0, 0, "\udcff" + "长" * 40_000)
        return out.getvalue()

    one = made()
    assert one == made()
    ((cell,),) = cells_of(one)
    assert isinstance(cell, str) and len(cell) == 32_767 and cell.startswith("<FF>长") and cell.endswith("长…")


def test_there_is_no_other_way_to_write_a_sheet() -> None:
    """Any other call could let a text through that a program computes."""
    others = {
        "write_csv", "writerow", "writerows", "write_formula", "write_array_formula", "write_dynamic_array_formula",
        "write_url", "write_row", "write_column", "write_string", "write_rich_string", "write_excel", "to_csv", "to_excel",
    }  # fmt: skip
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.name == "sheet_text.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in others:
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.attr}")
    assert found == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("实验小学　 é👨‍👩‍👧", "实验小学　 é👨‍👩‍👧"),
        ("\x1b[2J\r\n\t假的一行", "<U+001B>[2J  假的一行"),
        ("学校\u202exslx.exe", "学校<U+202E>xslx.exe"),
        ("\u2066\u200b\ufeff\x9b\u2028", "<U+2066><U+200B><U+FEFF><U+009B><U+2028>"),
        ("\udcd1\udca7\ud800", "<D1><A7><U+D800>"),
    ],
)
def test_nothing_steers_the_screen(text: str, seen: str) -> None:
    assert visible(text) == seen
