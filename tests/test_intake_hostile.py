"""Files made to do harm: each is refused or harmless, with a message in both languages, and the others are read as ever."""

from __future__ import annotations

import io
import re
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import polars as pl
import pytest
from raw_books import ods_parts, ods_row, text_row, xlsb_parts, xlsx, xlsx_parts, zipped
from test_intake import PACK, PLAIN, read, rows_of, write_csv, write_xlsx
from test_intake_formats import as_xls

from checker.errors import DataError
from checker.intake.formats import limits

ROOT = Path(__file__).parents[1]
_HAN = re.compile("[\u4e00-\u9fff]")
LINES = [[str(cell) for cell in row] for row in PLAIN]
ROWS = "".join(text_row(at, row) for at, row in enumerate(LINES, start=1))


def refused(folder: Path, data: bytes, name: str = "坏.xlsx") -> str:
    """What is said of the file, while another beside it is read."""
    write_csv(folder / "好.csv", PLAIN)
    (folder / name).write_bytes(data)
    tables = read(PACK, [folder])
    assert len(rows_of(tables)) == 2
    ((code, zh, en),) = tables.questions.filter(file=name).select("code", "message_zh", "message_en").rows()
    assert code == "file_unsupported"
    assert _HAN.search(zh) and not _HAN.search(en)
    return str(en)


# --- containers ----------------------------------------------------------------------------------


def with_part(name: str, content: bytes | str) -> bytes:
    return zipped(xlsx_parts(ROWS) | {name: content})


def test_a_bomb_shows_in_the_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "a part packed 1,0" in refused(tmp_path, with_part("xl/media/a.xml", bytes(30_000_000)))
    monkeypatch.setattr(limits, "MAX_RATIO", 10_000)
    monkeypatch.setattr(limits, "MAX_UNPACKED", 10_000_000)
    assert "30 MB when unpacked, beyond the limit (10 MB)" in refused(
        tmp_path, with_part("xl/media/a.xml", bytes(30_000_000))
    )
    monkeypatch.setattr(limits, "MAX_PARTS", 5)
    assert "7 parts, beyond the limit (5)" in refused(tmp_path, xlsx(ROWS))


def lying(data: bytes, part: str, size: int) -> bytes:
    """The directory says another size than the part has."""
    changed = bytearray(data)
    at = changed.index(b"PK\x01\x02")
    while changed[at + 46 : at + 46 + len(part)] != part.encode():
        at = changed.index(b"PK\x01\x02", at + 4)
    changed[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(changed)


@pytest.mark.parametrize("size", [10, 100_000])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/app.xml"])
def test_a_directory_that_lies_about_sizes(tmp_path: Path, part: str, size: int) -> None:
    data = lying(with_part("docProps/app.xml", "<x>" + " " * 5000 + "</x>"), part, size)
    assert "directory does not fit" in refused(tmp_path, data)


def test_a_bomb_that_unpacks_to_more_than_it_says_stops_early(tmp_path: Path) -> None:
    bomb = lying(with_part("xl/bomb.xml", bytes(60_000_000)), "xl/bomb.xml", 1_000)
    assert "directory does not fit" in refused(tmp_path, bomb)


def test_parts_that_lie_in_each_other(tmp_path: Path) -> None:
    data = bytearray(with_part("xl/copy.xml", "<x/>"))
    first = data.index(b"PK\x01\x02")
    last = data.rindex(b"PK\x01\x02")
    data[last + 42 : last + 46] = data[first + 42 : first + 46]
    assert "directory does not fit" in refused(tmp_path, bytes(data))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "XL/Worksheets/SHEET1.xml"])
def test_two_parts_of_one_name(tmp_path: Path, name: str) -> None:
    out = io.BytesIO(xlsx(ROWS))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, "<worksheet/>")
    assert "two of its parts have one name" in refused(tmp_path, out.getvalue())


def test_names_of_parts_lead_nowhere(tmp_path: Path) -> None:
    strange = ["../../outside.xml", "/etc/passwd", "C:\\Windows\\a.xml", "xl/../../../b.xml", "\u202ecod.xml"]
    parts = xlsx_parts(ROWS) | dict.fromkeys(strange, "<x/>")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "学校.xlsx").write_bytes(zipped(parts))
    assert len(rows_of(read(PACK, [tmp_path / "data"]))) == 2
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["data", "学校.xlsx"]


def test_sheets_that_point_outside_are_not_there(tmp_path: Path) -> None:
    parts = xlsx_parts(ROWS)
    relations = parts["xl/_rels/workbook.xml.rels"]
    parts["xl/_rels/workbook.xml.rels"] = relations.replace("worksheets/sheet1.xml", "../../../../etc/passwd")
    assert "not a valid workbook" in refused(tmp_path, zipped(parts))


@pytest.mark.parametrize("end", [10, 200, 1000, -30, -1])
def test_truncated_containers(tmp_path: Path, end: int) -> None:
    assert "incomplete or damaged" in refused(tmp_path, xlsx(ROWS)[:end])


def test_a_damaged_part(tmp_path: Path) -> None:
    data = bytearray(xlsx(ROWS))
    at = data.index(b"xl/worksheets/sheet1.xml") + 60
    data[at : at + 8] = b"\xff" * 8
    assert "damaged" in refused(tmp_path, bytes(data)) or "does not fit" in refused(tmp_path, bytes(data))


def test_methods_of_packing_that_no_spreadsheet_uses(tmp_path: Path) -> None:
    assert "directory does not fit" in refused(tmp_path, zipped(xlsx_parts(ROWS), zipfile.ZIP_LZMA))


# --- XML -----------------------------------------------------------------------------------------

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{at} "{f"&lol{at - 1 or str()};" * 10}">' for at in range(1, 10))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declaration", [LAUGHS, OUTSIDE], ids=["laughs", "outside"])
@pytest.mark.parametrize(
    "part",
    ["[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml",
     "xl/worksheets/sheet1.xml", "docProps/core.xml"],
)  # fmt: skip
def test_no_parser_sees_a_document_type(tmp_path: Path, part: str, declaration: str) -> None:
    parts = xlsx_parts(ROWS)
    content = parts.get(part, '<?xml version="1.0"?><x/>').replace('<?xml version="1.0"?>', "")
    assert "document type declaration" in refused(tmp_path, zipped(parts | {part: declaration + content}))


def test_a_document_type_that_begins_in_one_piece_and_ends_in_the_next(tmp_path: Path) -> None:
    padding = "".join(f"<!-- {at} -->" for at in range(200_000))[: (1 << 20) - 4]
    data = with_part("docProps/core.xml", padding + "<!DOCTYPE x>")
    assert "document type declaration" in refused(tmp_path, data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_document_type_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    assert "not UTF-8" in refused(tmp_path, with_part("xl/sharedStrings.xml", LAUGHS.encode(encoding)))


def test_a_document_type_in_ods(tmp_path: Path) -> None:
    parts = ods_parts("".join(map(ods_row, LINES)))
    parts["content.xml"] = LAUGHS + parts["content.xml"].split("?>", 1)[1]
    assert "document type declaration" in refused(tmp_path, zipped(parts), "坏.ods")


# --- sheets larger than they look ----------------------------------------------------------------


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="1048576"><c\n r = "XFD1048576"><v>1</v></c></row>',
        '<row r="1048576"><c s="0" r="xfd1048576"><v>1</v></c></row>',
        '<row r="9"><c r="A99999999999"><v>1</v></c></row>',
        '<row r="9"><c r="ZZZZZZZ9"><v>1</v></c></row>',
        '<row r="4294967295"><c><v>1</v></c></row>',
        '<y:row xmlns:y="urn:x" r="9"><y:c r="XFD1048576"><v>1</v></y:c></y:row>',
        '<row r="10000000"/>' + "<row>" + "<c><v>1</v></c>" * 5 + "</row>",
        '<row r="9"><c x=">" r="XFD1048576"><v>1</v></c></row>',
    ],
)
@pytest.mark.parametrize("dimension", ["", '<dimension ref="A1:C9"/>', '<dimension ref="A1:XFD1048576"/>'])
def test_a_cell_in_the_last_corner_costs_nothing(tmp_path: Path, far: str, dimension: str) -> None:
    said = refused(tmp_path, xlsx(ROWS + far, head=dimension))
    assert "beyond the limit of 30,000,000 cells" in said or "not that of a workbook" in said


def test_a_sheet_that_nothing_points_at_is_looked_at_too(tmp_path: Path) -> None:
    far = '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert "beyond the limit" in refused(tmp_path, with_part("xl/worksheets/other.xml", far))


def test_many_sheets_are_counted_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_xlsx(tmp_path / "_.xlsx", *((f"表{at}", PLAIN) for at in range(12)))
    data = (tmp_path / "_.xlsx").read_bytes()
    (tmp_path / "_.xlsx").unlink()
    monkeypatch.setattr(limits, "MAX_CELLS", 100)
    assert "108 cells, beyond the limit of 100" in refused(tmp_path, data)


@pytest.mark.parametrize("name", ["uniqueCount", "count"])
def test_counts_that_lie(tmp_path: Path, name: str) -> None:
    parts = xlsx_parts(ROWS)
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace("<sst ", f'<sst {name}="4294967295" ')
    assert "counts do not fit" in refused(tmp_path, zipped(parts))


def test_merged_cells_beyond_the_sheet(tmp_path: Path) -> None:
    merges = "".join('<mergeCell ref="A1:XFD1048576"/>' for _ in range(3000))
    data = xlsx(ROWS, tail=f'<mergeCells count="4000000000">{merges}</mergeCells>')
    (tmp_path / "学校.xlsx").write_bytes(data)
    assert read(PACK, [tmp_path]).frames["institution"].height <= 2


FAR_ODS = (
    '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
    'office:value-type="float" office:value="1"/></table:table-row>'
)
FAR_XLSB = {0: {0: "学校标识码"}, 1_048_575: {16_383: 1.0}}
DIMENSIONS = struct.pack("<HH", 0x200, 14)
BOASTING_XLS = re.sub(
    re.escape(DIMENSIONS) + b".{12}", DIMENSIONS + b"\0\0\0\0\xff\xff\xff\x7f\0\0\xff\x7f", as_xls(), flags=re.DOTALL
)
# The comment has no end; neither has the search of the reader for it.
ENDLESS = '<table:table-row><table:table-cell office:value-type="string"><office:annotation>'


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("坏.ods", zipped(ods_parts(FAR_ODS))),
        ("坏.xlsb", zipped(xlsb_parts(FAR_XLSB))),
        ("坏.xls", BOASTING_XLS),
    ],
)
def test_readers_that_fail_take_nothing_with_them(
    tmp_path: Path, name: str, data: bytes, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(limits, "MAX_MEMORY_APART", 800_000_000)
    assert "damaged" in refused(tmp_path, data, name)
    assert capfd.readouterr() == ("", "")


def test_readers_that_do_not_end_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SECONDS_APART", 2.0)
    parts = ods_parts("".join(map(ods_row, LINES)) + ENDLESS)
    parts["content.xml"] = parts["content.xml"].split("<office:annotation>")[0] + "<office:annotation>"
    assert "not read within 2 seconds" in refused(tmp_path, zipped(parts), "坏.ods")


def test_patterns_do_not_take_long_over_broken_xml(tmp_path: Path) -> None:
    """A million beginnings without an end: no pattern may look from each of them to the end of the part."""
    for broken in ('<c r="A1" t="e"', '<c r="A1" t="e">', "<row ", '<c r="A1"><f>', "<si>", "<col hidden="):
        rows = ROWS + broken * (1_000_000 // len(broken))
        (tmp_path / "坏.xlsx").write_bytes(
            zipped(xlsx_parts(rows, strings="<si>" * 10_000, styles="<fonts><font>" * 9_999))
        )
        with pytest.raises(DataError):
            read(PACK, [tmp_path])


# --- large files in little memory ----------------------------------------------------------------

MEASURE = """
import resource, sys
from pathlib import Path
from checker.intake.formats import limits, opened
from checker.intake.grid import Unreadable
for name, value in zip(sys.argv[2::2], sys.argv[3::2]):
    setattr(limits, name, int(value))
path = Path(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    said = opened(path.read_bytes(), path.suffix, path.name)
except Unreadable as error:
    said = error
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, said)
"""


def memory_for(path: Path, **limits: int) -> tuple[float, str]:
    """Megabytes that the reading took, and what was said."""
    more = [str(each) for pair in limits.items() for each in pair]
    command = [sys.executable, "-c", MEASURE, str(path), *more]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=100)
    kilobytes, said = done.stdout.decode().strip().split(" ", 1)
    return int(kilobytes) / 1000, said


def column_of(rows: int) -> bytes:
    """A sheet of one column, packed a thousandfold or so."""
    row = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    head, tail = xlsx_parts("")["xl/worksheets/sheet1.xml"].split("</sheetData>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in xlsx_parts("").items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(head.encode())
            for _ in range(rows // 10_000):
                part.write(row * 10_000)
            part.write(b"</sheetData>" + tail.encode())
    return out.getvalue()


def test_a_sheet_of_one_endless_column_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    (tmp_path / "列.xlsx").write_bytes(column_of(400_000))  # 20 MB
    taken, said = memory_for(tmp_path / "列.xlsx", MAX_RATIO=2000, MAX_CELLS=100_000)
    assert "beyond the limit of 100,000 cells" in said
    assert taken < 60
    taken, said = memory_for(tmp_path / "列.xlsx")
    assert "a part packed" in said
    assert taken < 60


def test_a_workbook_of_many_rows_passes(tmp_path: Path) -> None:
    rows = [PLAIN[0], *([f"{at:010}", f"第{at}小学", at % 2000] for at in range(2_132_000_001, 2_132_020_001))]
    tables = read(PACK, [write_xlsx(tmp_path / "学校.xlsx", ("学校", rows))])
    assert tables.frames["institution"].height == 20_000
    assert tables.questions.is_empty()


def test_the_reader_apart_keeps_to_its_memory() -> None:
    script = ROOT / "checker" / "intake" / "formats" / "apart.py"
    data = zipped(xlsb_parts({0: {0: "a"}, 200_000: {300: 1.0}}))
    command = [sys.executable, "-P", str(script), "400000000", "30000000"]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    assert done.returncode != 0 or b"Error" in done.stdout
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY


def test_zlib_is_asked_for_a_piece_at_a_time() -> None:
    """What the limits rest on: a piece never exceeds what was asked for."""
    packed = zlib.compress(bytes(10_000_000))
    assert len(zlib.decompressobj().decompress(packed, 1 << 20)) == 1 << 20


# --- Parquet -------------------------------------------------------------------------------------


def of_columns(rows: int) -> bytes:
    out = io.BytesIO()
    cells = {head: pl.repeat(cell, rows, eager=True) for head, cell in zip(PLAIN[0], PLAIN[1], strict=True)}
    pl.DataFrame(cells).write_parquet(out)
    return out.getvalue()


def test_a_parquet_file_that_kills_its_reader_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = of_columns(20_000_000)
    assert len(bomb) < 1_000_000
    monkeypatch.setattr(limits, "MAX_MEMORY_APART", 500_000_000)
    assert "not a valid Parquet file, or damaged, or more than 500 MB" in refused(tmp_path, bomb, "坏.parquet")
    monkeypatch.undo()
    (tmp_path / "坏.parquet").write_bytes(of_columns(3))
    assert len(rows_of(read(PACK, [tmp_path / "坏.parquet"]))) == 1


def test_long_parquet_files_are_tasted_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONG_PARQUET", 100)
    sound = of_columns(300)
    assert "not a valid Parquet" in refused(tmp_path, sound[:100] + sound[150:], "坏.parquet")
