"""What people mean by the look of a sheet: hidden, struck through, coloured, commented. It is asked about and never read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_intake import PACK, Rows, asked, read, rows_of, write_xlsx

from checker.intake.formats import markup, styles
from checker.plan import Tables

HEAD = ["学校标识码", "学校名称", "在校生数", "视频监控联网", "护学岗", "备注"]
ROWS: Rows = [
    HEAD,
    ["2132001201", "甲", 100.0, "是", "是", ""],
    ["2132001202", "乙", 200.0, "", "是", ""],
    ["2132001203", "丙", 300.0, "是", "", ""],
    ["2132001204", "丁", 400.0, "是", "是", ""],
]


@pytest.fixture
def made(tmp_path: Path) -> Any:
    def read_with(more: Any) -> Tables:
        return read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", ROWS), more=more)])

    return read_with


def told(tables: Tables) -> list[tuple[Any, ...]]:
    return tables.questions.select("code", "severity", "cell", "field", "n", "message_zh").rows()


def test_hidden_rows_and_columns_are_read_and_asked_about(made: Any) -> None:
    def more(_: Any, sheet: Any) -> None:
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(4, 0)
        sheet.set_column("D:E", None, None, {"hidden": True})
        sheet.set_column("F:XFD", None, None, {"hidden": True})

    tables = made(more)
    assert [row["students"] for row in rows_of(tables)] == [100, 200, 300, 400]
    assert told(tables) == [
        ("hidden_or_struck", "doubt", "A3", "", 2, "2行是隐藏的（A3、A5），值照常采用"),
        (
            "hidden_column",
            "doubt",
            "D2",
            "video_linked",
            1,
            "“视频监控已与公安联网”列是隐藏的（D2），值照常采用",
        ),
        ("hidden_column", "doubt", "E2", "post", 1, "“已设立护学岗”列是隐藏的（E2），值照常采用"),
    ]


def test_rows_that_a_filter_hides(made: Any) -> None:
    def more(_: Any, sheet: Any) -> None:
        sheet.autofilter("A1:F5")
        sheet.filter_column("D", "x == 是")
        sheet.set_row(2, None, None, {"hidden": True})

    assert [line[5] for line in told(made(more))] == ["1行被筛选掉（A3），值照常采用"]


def test_struck_cells_rows_and_parts_of_texts(made: Any) -> None:
    def more(book: Any, sheet: Any) -> None:
        struck = book.add_format({"font_strikeout": True})
        for column, cell in enumerate(ROWS[1][:5]):
            sheet.write(1, column, cell, struck)
        sheet.write(2, 2, 200, struck)
        sheet.write(2, 5, "", struck)
        sheet.write_rich_string(3, 1, "丙", struck, "中心", "小学")
        sheet.write(4, 2, 400, book.add_format({"num_format": ";;;"}))

    tables = made(more)
    assert rows_of(tables)[2]["name"] == "丙中心小学"
    assert [(cell, field, text) for _, _, cell, field, _, text in told(tables)] == [
        ("A2", "", "1行带有删除线（A2），值照常采用"),
        ("B4", "name", "“学校名称”有1格带有删除线（B4），值照常采用"),
        ("C3", "students", "“在校生数”有2格带有删除线（C3、C5），值照常采用"),
    ]


def test_a_colour_in_an_empty_cell_is_asked_about(made: Any) -> None:
    def more(book: Any, sheet: Any) -> None:
        red, white = (book.add_format({"bg_color": colour}) for colour in ("red", "white"))
        sheet.write_blank(2, 3, None, red)
        sheet.write(3, 3, "是", red)
        sheet.write_blank(3, 4, None, white)
        sheet.write_blank(1, 5, None, red)  # a column that is not read

    assert told(made(more)) == [
        (
            "color_semantics", "lost", "D3", "video_linked", 1,
            "“视频监控已与公安联网”有1个空格涂了颜色（D3），颜色不作数据，按未填；请写明内容",
        )
    ]  # fmt: skip


def test_stripes_tinted_columns_headings_and_merged_cells_say_nothing(made: Any) -> None:
    def more(book: Any, sheet: Any) -> None:
        stripe, tint, head = (book.add_format({"bg_color": colour}) for colour in ("#DDEBF7", "#FFF2CC", "#4472C4"))
        for column, cell in enumerate(HEAD):
            sheet.write(0, column, cell, head)
        for column, cell in enumerate(ROWS[2]):
            sheet.write(2, column, cell, stripe)
        for row in (1, 3, 4):
            sheet.write(row, 4, ROWS[row][4], tint)
        sheet.merge_range(1, 3, 2, 3, "是", book.add_format({"bg_color": "yellow"}))

    assert {code for code, *_ in asked(made(more))} == {"merged_fact"}


def test_comments_on_data_are_told_with_the_first_of_them(made: Any) -> None:
    def more(_: Any, sheet: Any) -> None:
        sheet.write_comment("A1", "填十位")
        sheet.write_comment("D3", "拟3月\n联网 <1>", {"author": "李"})
        sheet.write_comment("E4", "与甲校共用")

    assert told(made(more)) == [
        ("cell_notes", "doubt", "D3", "", 2, "2格带有批注（D3、E4），批注不作数据：D3：拟3月 联网 <1>；E4：与甲校共用")
    ]


def test_links_are_not_followed_and_their_text_is_kept(made: Any) -> None:
    """messy-values N126."""

    def more(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, '=HYPERLINK("http://127.0.0.1:9/","查看")', None, "查看")
        sheet.write_url(2, 1, "http://127.0.0.1:9/", string="乙")

    tables = made(more)
    assert [row["name"] for row in rows_of(tables)][:2] == ["查看", "乙"]
    assert asked(tables) == [("formulas", "", None, 1)]


def test_a_sheet_says_the_same_whole_and_cut_before_any_row() -> None:
    rows = [
        b'<row hidden="1" r="1"><c r="A1" t="e"><v>#REF!</v></c></row>',
        b'<row hidden="1" r="2"><c r="A2"><f>B2</f><v>1</v></c><c r="B2"><v>2</v></c></row>',
        b'<row r="3" ht="0"><c r="A3"><f>C3</f><v></v></c></row>',
    ]
    head = b'<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData>'
    tail = b'</sheetData><autoFilter><filterColumn colId="0"/></autoFilter></worksheet>'
    nothing = styles.read(b"")
    found = markup.read([head + b"".join(rows) + tail], nothing, frozenset())
    assert found.looks.hidden_rows == {0, 1, 2}
    assert found.looks.hidden_columns == [(1, 2)] and found.looks.is_filtered
    assert found.without_value == {(0, 0): "#REF!", (2, 0): "=C3"} and found.formulas == 1
    for cut in range(len(rows) + 1):
        assert markup.read([head + b"".join(rows[:cut]), b"".join(rows[cut:]) + tail], nothing, frozenset()) == found
    assert markup.read([head, *rows, tail], nothing, frozenset()) == found
    around = markup.read([head + b'<row r="1"/>' + tail], nothing, frozenset()).looks
    assert around.hidden_columns == [(1, 2)] and around.is_filtered and not around.hidden_rows
