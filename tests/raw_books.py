"""Workbooks put together by hand, part by part, as no program would write them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(parts: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relations(*targets: tuple[str, str], outside: bool = False) -> str:
    mode = ' TargetMode="External"' if outside else ""
    listed = "".join(
        f'<Relationship Id="rId{at}" Type="{_DOCUMENT}/{kind}" Target="{escape(target)}"{mode}/>'
        for at, (kind, target) in enumerate(targets, start=1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'


def xlsx_parts(
    rows: str, *, strings: str = "", styles: str = "", book: str = "", head: str = "", tail: str = ""
) -> dict[str, Any]:
    """One sheet 学校. `rows`: XML of the rows; `head`, `tail`: what stands before and after them."""
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    sheets = '<sheets><sheet name="学校" sheetId="1" r:id="rId1"/></sheets>'
    return {
        "[Content_Types].xml": types,
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook {MAIN} xmlns:r="{_DOCUMENT}">{book}{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/styles.xml": f'<?xml version="1.0"?><styleSheet {MAIN}>{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<?xml version="1.0"?><sst {MAIN}>{strings}</sst>',
        "xl/worksheets/sheet1.xml": (
            f'<?xml version="1.0"?><worksheet {MAIN}>{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
        ),
    }


def xlsx(rows: str, **more: str) -> bytes:
    return zipped(xlsx_parts(rows, **more))


def text_row(number: int, cells: Sequence[str], start: str = "A") -> str:
    inner = "".join(
        f'<c r="{chr(ord(start) + at)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
        for at, text in enumerate(cells)
        if text
    )
    return f'<row r="{number}">{inner}</row>'


def ods_parts(rows: str, name: str = "学校") -> dict[str, Any]:
    spaces = "".join(f' xmlns:{each}="{_ODF}:{each}:1.0"' for each in ("office", "table", "text"))
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:body>'
        f'<office:spreadsheet><table:table table:name="{name}">{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0"/>',
    }


def ods_row(cells: Sequence[str]) -> str:
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>'
        if text
        else "<table:table-cell/>"
        for text in cells
    )
    return f"<table:table-row>{inner}</table:table-row>"


def xlsb_parts(rows: Mapping[int, Mapping[int, str | float]]) -> dict[str, Any]:
    """`rows`: row → column → value, counted from 0."""

    def record(kind: int, content: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size = len(content)
        return head + (bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])) + content

    def text(said: str) -> bytes:
        return struct.pack("<I", len(said)) + said.encode("utf-16-le")

    def cell(column: int, value: str | float) -> bytes:
        place = struct.pack("<II", column, 0)
        return record(6, place + text(value)) if isinstance(value, str) else record(5, place + struct.pack("<d", value))

    body = b"".join(
        record(0, struct.pack("<IIHBBBI", row, 0, 0, 0, 0, 0, 0)) + b"".join(cell(*each) for each in cells.items())
        for row, cells in rows.items()
    )
    last = (max(rows), max(column for cells in rows.values() for column in cells))
    extent = record(148, struct.pack("<IIII", 0, last[0], 0, last[1]))
    sheet = record(156, struct.pack("<II", 0, 1) + text("rId1") + text("学校"))
    return {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.bin": record(131) + record(143) + sheet + record(144) + record(132),
        "xl/_rels/workbook.bin.rels": relations(("worksheet", "worksheets/sheet1.bin")),
        "xl/worksheets/sheet1.bin": record(129) + extent + record(145) + body + record(146) + record(130),
    }
