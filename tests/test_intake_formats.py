"""Every format in which tables arrive, also under a wrong name: the same rows, and what the file is besides is told."""

from __future__ import annotations

import struct
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
import xlwt
from raw_books import ods_parts, ods_row, text_row, xlsb_parts, xlsx, xlsx_parts, zipped
from test_intake import PACK, PLAIN, asked, read, rows_of, write_xlsx

from checker.errors import DataError
from checker.plan import Tables

SCHOOLS = [
    {"code": "2132001201", "name": "实验小学", "students": 1862},
    {"code": "2132001202", "name": "河口小学", "students": 60},
]
LINES = [[str(cell) for cell in row] for row in PLAIN]


def of_bytes(folder: Path, name: str, data: bytes) -> Tables:
    (folder / name).write_bytes(data)
    return read(PACK, [folder / name])


def as_xls(rows: list[list[object]] = PLAIN, since_1904: bool = False) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = since_1904
    sheet = book.add_sheet("学校")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell, *([day] if isinstance(cell, date) else []))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def as_xlsx(folder: Path) -> bytes:
    return write_xlsx(folder / "_.xlsx", ("学校", PLAIN)).read_bytes()


def as_html(encoding: str) -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>\n" for row in LINES)
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}"></head>'
    return f"{head}<body><table border=1>\n{rows}</table></body></html>".encode(encoding)


def test_the_same_rows_in_every_format(tmp_path: Path) -> None:
    frame = pl.DataFrame(PLAIN[1:], schema=PLAIN[0], orient="row")
    parquet = BytesIO()
    frame.write_parquet(parquet)
    files = {
        "a.xls": as_xls(),
        "a.xlsx": as_xlsx(tmp_path),
        "a.xlsm": as_xlsx(tmp_path),
        "a.ods": zipped(ods_parts("".join(map(ods_row, LINES)))),
        "a.xlsb": zipped(xlsb_parts({at: dict(enumerate(row)) for at, row in enumerate(LINES)})),
        "a.parquet": parquet.getvalue(),
        "a.csv": "\n".join(map(",".join, LINES)).encode(),
        "a.tsv": "\n".join(map("\t".join, LINES)).encode(),
    }
    for name, data in files.items():
        tables = of_bytes(tmp_path, name, data)
        assert (name, rows_of(tables), asked(tables)) == (name, SCHOOLS, [])


@pytest.mark.parametrize("name", ["学校.xls", "学校.xlsx", "学校.csv", "学校.ods", "学校.parquet"])
@pytest.mark.parametrize("content", ["xls", "xlsx", "html", "html-gbk", "csv"])
def test_the_content_decides_and_a_wrong_name_is_told(tmp_path: Path, name: str, content: str) -> None:
    match content:
        case "xls":
            data = as_xls()
        case "xlsx":
            data = as_xlsx(tmp_path)
        case "html":
            data = as_html("utf-8")
        case "html-gbk":
            data = as_html("gb18030")
        case _:
            data = "\n".join(map(",".join, LINES)).encode("gb18030")
    if content == "csv" and name.endswith(".parquet"):
        with pytest.raises(DataError, match="not a valid Parquet"):
            of_bytes(tmp_path, name, data)
        return
    tables = of_bytes(tmp_path, name, data)
    assert rows_of(tables) == SCHOOLS
    right = name.endswith("." + content.removesuffix("-gbk"))
    assert [code for code, *_ in asked(tables)] == ([] if right else ["other_content"])
    if not right:
        (message,) = tables.questions["message_zh"]
        assert message.startswith(f"扩展名是{Path(name).suffix}，内容是")


def test_a_web_page_with_merged_cells_and_several_tables(tmp_path: Path) -> None:
    page = """<html><body><table><tr><td>菜单</td></tr></table><table>
    <tr><th colspan=4>附件1</th></tr>
    <tr><th rowspan=2>学校标识码</th><th rowspan=2>学校<br>名称</th><th colspan=2>人数</th></tr>
    <tr><th>在校生数</th><th>寄宿生数</th></tr>
    <tr><td>2132001201<td>实验&nbsp;小学 &amp; <table><tr><td>本部</td></tr></table><td>1862<td>0
    <tr><td>2132001202<td>河口小学<td>60</tr></table></body>"""
    tables = of_bytes(tmp_path, "学校.xls", page.encode())
    assert rows_of(tables) == [
        {"code": "2132001201", "name": "实验 小学 & 本部", "students": 1862, "boarders": 0},
        {"code": "2132001202", "name": "河口小学", "students": 60},
    ]
    assert {code for code, *_ in asked(tables)} == {"other_content", "sheet_not_recognised", "title_rows"}


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "of XML"),
        ("a.xls", b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "web archive"),
        ("a.csv", b"%PDF-1.4 ...", "PDF"),
        ("a.xlsx", b"Rar!\x1a\x07\x00", "archives"),
        ("a.xlsx", zipped({"word/document.xml": "<x/>"}), "Word"),
        ("a.xlsx", zipped({"附件1.xlsx": b"", "附件2.xlsx": b""}), "archives"),
        ("a.xlsx", b"just some words", "not a valid workbook"),
        ("a.xls", b"\x09\x08\x10\x00\x00\x06\x05\x00", "not a valid workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "no table"),
        ("a.et", b"x", "WPS"),
        ("a.wps", b"x", "Word"),
        ("a.zip", b"x", "archives"),
        ("a.jpg", b"x", "pictures"),
        ("a.json", b"x", r"\.jsonl"),
    ],
)
def test_what_is_no_table_is_refused_by_its_name_or_content(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    with pytest.raises(DataError, match=why):
        of_bytes(tmp_path, name, data)


def test_days_counted_from_1904(tmp_path: Path) -> None:
    rows: list[list[object]] = [["学校标识码", "演练日期"], ["2132001201", date(2020, 1, 3)], ["2132001202", 42371.0]]
    tables = of_bytes(tmp_path, "演练.xls", as_xls(rows, since_1904=True))
    assert tables.frames["drill"]["held_on"].to_list() == [date(2020, 1, 3), date(2020, 1, 3)]
    assert ("excel_serial_1904", "B3", "42371", 1) in asked(tables)
    assert of_bytes(tmp_path, "演练.xls", as_xls(rows)).frames["drill"]["held_on"].to_list()[1] == date(2016, 1, 2)


def test_a_workbook_with_a_password_says_so(tmp_path: Path) -> None:
    compound = as_xls()
    new = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    beginning = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0x0DBB, 0x07CC, 0x41, 6)
    # What says so stands right after the beginning of the book.
    locked = struct.pack("<HH", 0x2F, 6) + bytes([0, 0, 1, 2, 3, 4])
    newer = locked[:4] + bytes([1, 0, 1, 0, 1, 0])
    at = compound.index(struct.pack("<HH", 0x809, 16)) + len(beginning)
    old = compound[:at] + locked + compound[at + len(locked) :]
    encrypted = bytearray(as_xlsx(tmp_path))
    directory = encrypted.index(b"PK\x01\x02")
    encrypted[directory + 8] |= 1
    for name, data in (
        ("a.xlsx", new),
        ("a.xls", old),
        ("c.xls", old.replace(locked, newer)),
        ("b.xlsx", bytes(encrypted)),
    ):
        with pytest.raises(DataError, match="protected by a password"):
            of_bytes(tmp_path, name, data)


def test_sheets_without_cells_are_told(tmp_path: Path) -> None:
    def more(book: object, sheet: object) -> None:
        chart = book.add_chart({"type": "column"})  # type: ignore[attr-defined]
        chart.add_series({"values": "=学校!$C$2:$C$3"})
        book.add_chartsheet("图").set_chart(chart)  # type: ignore[attr-defined]

    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", PLAIN), more=more)])
    assert rows_of(tables) == SCHOOLS
    assert tables.questions.select("code", "sheet").rows() == [("no_worksheet", "图")]


# --- what cells say beyond their values ----------------------------------------------------------

FORMATS = (
    '<numFmts><numFmt numFmtId="170" formatCode="0000000000"/><numFmt numFmtId="171" formatCode="0.0&quot;%&quot;"/>'
    '<numFmt numFmtId="172" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="9"/><xf numFmtId="171"/><xf numFmtId="172"/></cellXfs>'
)


def test_numbers_are_read_as_they_are_shown(tmp_path: Path) -> None:
    head = text_row(1, ["学校标识码", "学校名称", "视频监控联网", "在校生数"])
    rows = (
        '<row r="2"><c r="A2" s="1"><v>132001201</v></c><c r="B2" s="1"><v>7</v></c><c r="C2" s="2"><v>0.98</v></c></row>'
        '<row r="3"><c r="A3" s="1"><v>2132001202</v></c><c r="C3" s="2"><v>1</v></c><c r="D3" s="3"><v>5</v></c></row>'
    )
    tables = of_bytes(tmp_path, "学校.xlsx", xlsx(head + rows, styles=FORMATS))
    assert rows_of(tables) == [
        {"code": "0132001201", "name": "0000000007", "video_linked": False},
        {"code": "2132001202", "video_linked": True, "students": 5},
    ]
    assert asked(tables) == [
        ("partial_value", "C2", "98%", 1), ("percent_in_yes_no", "C3", "100%", 1), ("code_not_by_standard", "A2", "0132001201", 1),
    ]  # fmt: skip


def test_days_in_chinese_formats(tmp_path: Path) -> None:
    head = text_row(1, ["学校标识码", "演练日期"])
    rows = "".join(
        f'<row r="{at}"><c r="A{at}"><v>2132001201</v></c><c r="B{at}" s="4"><v>43833</v></c></row>' for at in (2,)
    )
    tables = of_bytes(tmp_path, "演练.xlsx", xlsx(head + rows, styles=FORMATS))
    assert tables.frames["drill"]["held_on"].to_list() == [date(2020, 1, 3)]


def test_texts_in_all_their_forms(tmp_path: Path) -> None:
    strings = (
        "<si><r><t>实验</t></r><r><rPr><b/></rPr><t>小学</t></r></si>"
        '<si><t>河口_x000D_小学</t><rPh sb="0" eb="1"><t>カワグチ</t></rPh></si><si><t>_x005F_x0041_</t></si>'
    )
    head = text_row(1, ["学校标识码", "学校名称", "护学岗", "在校生数"])
    rows = (
        '<row r="2"><c r="A2"><v>2132001201</v></c><c r="B2" t="s"><v>0</v></c><c r="C2" t="b"><v>1</v></c></row>'
        '<row r="3"><c r="A3"><v>2132001202</v></c><c r="B3" t="s"><v>1</v></c><c r="D3" t="e"><v>#REF!</v></c></row>'
        '<row r="4"><c r="A4"><v>2132001203</v></c><c r="B4" t="s"><v>2</v></c><c r="D4" t="str"><f>"6"&amp;"0"</f><v>60</v></c></row>'
    )
    tables = of_bytes(tmp_path, "学校.xlsx", xlsx(head + rows, strings=strings))
    assert [row["name"] for row in rows_of(tables)] == ["实验小学", "河口\n小学", "_x0041_"]
    assert [row.get("students") for row in rows_of(tables)] == [None, None, 60]
    assert rows_of(tables)[0]["post"] is True
    assert asked(tables) == [("formulas", "", None, 1), ("excel_error", "D3", "#REF!", 1)]


def test_a_sheet_written_with_prefixes(tmp_path: Path) -> None:
    """As some programs write it: <x:row>, and hidden rows are still seen."""
    parts = xlsx_parts("".join(text_row(at, row) for at, row in enumerate(LINES, start=1)))
    xml = parts["xl/worksheets/sheet1.xml"].replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    xml = xml.replace("<x:?", "<?").replace("xmlns=", "xmlns:x=").replace('<x:row r="3"', '<x:row r="3" hidden="1"')
    tables = of_bytes(tmp_path, "学校.xlsx", zipped(parts | {"xl/worksheets/sheet1.xml": xml}))
    assert rows_of(tables) == SCHOOLS
    assert asked(tables) == [("hidden_or_struck", "A3", None, 1)]


def test_a_huge_used_range_of_formatted_empty_cells_is_no_burden(tmp_path: Path) -> None:
    rows = "".join(text_row(at, row) for at, row in enumerate(LINES, start=1))
    empty = "".join(f'<row r="{at}" s="1" customFormat="1"/>' for at in range(4, 20_000))
    corner = '<row r="1048576"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"></c></row>'
    head = '<dimension ref="A1:XFD1048576"/>'
    tables = of_bytes(tmp_path, "学校.xlsx", xlsx(rows + empty + corner, styles=FORMATS, head=head))
    assert rows_of(tables) == SCHOOLS


def test_formulas_of_other_files_are_told_and_never_followed(tmp_path: Path) -> None:
    head = text_row(1, ["学校标识码", "学校名称", "在校生数", "寄宿生数"])
    row = (
        '<row r="2"><c r="A2"><v>2132001201</v></c><c r="C2"><f>[1]Sheet1!A1</f><v>60</v></c>'
        '<c r="D2"><f t="shared" si="0"/><v>3</v></c></row><row r="3"><c r="A3"><v>2132001202</v></c>'
        '<c r="C3"><f>A3*0+50</f><v>50</v></c></row>'
    )
    from raw_books import relations

    parts = xlsx_parts(head + row) | {
        "xl/externalLinks/externalLink1.xml": '<externalLink><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
            ("externalLinkPath", "http://127.0.0.1:9/steal?\u202e"),
            ("externalLinkPath", "../../../etc/passwd"),
            outside=True,
        ),
        "xl/connections.xml": "<connections/>",
        "xl/vbaProject.bin": b"macro",
    }
    tables = of_bytes(tmp_path, "学校.xlsm", zipped(parts))
    assert [row.get("students") for row in rows_of(tables)] == [60, 50]
    assert asked(tables) == [
        ("macros", "", None, 1),
        ("external_links", "", "cmd|/C calc、http://127.0.0.1:9/steal?<U+202E>、../../../etc/passwd", 3),
        ("data_connections", "", None, 1),
        ("external_formulas", "", None, 1),
        ("formulas", "", None, 2),
    ]
