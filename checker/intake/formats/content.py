"""The first bytes of a file and its extension → what it is; a file that is none of what we read → why."""

from __future__ import annotations

import re
from typing import Literal

from checker.errors import Text
from checker.intake.formats.archive import PASSWORD, Archive
from checker.intake.grid import Unreadable
from checker.visible import visible

Form = Literal["xlsx", "xlsb", "ods", "xls", "html", "parquet", "records", "text"]

FORMS: dict[str, Form] = {
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xlsb": "xlsb",
    ".xls": "xls",
    ".ods": "ods",
    ".csv": "text",
    ".txt": "text",
    ".tsv": "text",
    ".parquet": "parquet",
    ".jsonl": "records",
    ".ndjson": "records",
}
_DATABASES = (".db", ".sqlite", ".sqlite3")  # read where they lie
NAMES: dict[Form, Text] = {
    "xlsx": Text("Excel 工作簿（.xlsx）", "an Excel workbook (.xlsx)"),
    "xlsb": Text("Excel 二进制工作簿（.xlsb）", "a binary Excel workbook (.xlsb)"),
    "ods": Text("OpenDocument 表格（.ods）", "an OpenDocument spreadsheet (.ods)"),
    "xls": Text("旧版 Excel 工作簿（.xls）", "an old Excel workbook (.xls)"),
    "html": Text("网页表格（HTML）", "tables of a web page (HTML)"),
    "parquet": Text("Parquet 文件", "a Parquet file"),
    "records": Text("逐行的 JSON（.jsonl）", "JSON by lines (.jsonl)"),
    "text": Text("文本表格（.csv）", "a text table (.csv)"),
}
_WORD = Text("不能读取 Word 文档；请把表格粘贴到 .xlsx", "cannot read Word documents; paste the table into .xlsx")
_PACKED = Text("不能读取压缩包；请先解压", "cannot read archives; unpack it first")
_SAVE_AS: dict[str, Text] = {
    ".et": Text(
        "不能读取 WPS 表格（.et）；请在 WPS 中另存为 .xlsx", "cannot read WPS spreadsheets (.et); save as .xlsx in WPS"
    ),
    ".ett": Text("不能读取 WPS 模板（.ett）；请另存为 .xlsx", "cannot read WPS templates (.ett); save as .xlsx"),
    ".numbers": Text("不能读取 Numbers 表格；请导出为 .xlsx", "cannot read Numbers files; export as .xlsx"),
    ".pdf": Text("不能读取 PDF；请提供原来的表格", "cannot read PDF; provide the spreadsheet it was made from"),
    ".json": Text(
        "不能读取 .json；请导出为 .csv，或每行一条记录的 .jsonl",
        "cannot read .json; export as .csv, or as .jsonl with a record on each line",
    ),
}
_SAVE_AS |= dict.fromkeys((".doc", ".docx", ".wps"), _WORD) | dict.fromkeys(
    (".zip", ".rar", ".7z", ".gz", ".tar"), _PACKED
)
_PICTURE = Text("不能读取图片；请提供原来的表格", "cannot read pictures; provide the spreadsheet it was made from")
_SAVE_AS |= dict.fromkeys((".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff"), _PICTURE)

_ZIP, _COMPOUND, _PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
_BINARY = {b"%PDF": _SAVE_AS[".pdf"], b"Rar!": _PACKED, b"7z\xbc\xaf": _PACKED, b"\x1f\x8b": _PACKED, b"{\\rtf": _WORD}
_ENCRYPTED, _WORKBOOK, _OLDER_WORKBOOK, _DOCUMENT = (
    name.encode("utf-16-le") for name in ("EncryptedPackage", "Workbook", "Book", "WordDocument")
)
_BEGINNING = 2048
_HTML = re.compile(
    rb"(?i)^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|meta|table|body|style|div)", re.DOTALL
)
_XML_2003 = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet")
_MHTML = re.compile(rb"(?i)^\s*mime-version:")
_AS_XLSX = Text(
    "是网页或 XML 形式的表格，不能读取；请用表格软件打开后另存为 .xlsx",
    "a spreadsheet in the form of a web archive or of XML; open it in a spreadsheet program and save it as .xlsx",
)
INVALID = Text(
    "不是有效的工作簿，或已损坏；请用表格软件打开后另存为 .xlsx",
    "not a valid workbook, or damaged; open it in a spreadsheet program and save it as .xlsx",
)
_OTHER = Text("内容不是表格；请用表格软件另存为 .xlsx 或 .csv", "its content is no table; save it as .xlsx or .csv")


def refusal(suffix: str) -> Text | None:
    """Why files of this name are not read; None if they are."""
    if suffix in FORMS or suffix in _DATABASES:
        return None
    shown = visible(suffix)
    unknown = Text(
        f"不能读取 {shown or '没有扩展名的'} 文件；请另存为 .xlsx 或 .csv",
        f"cannot read {shown or 'files without an extension'}; save as .xlsx or .csv",
    )
    return _SAVE_AS.get(suffix, unknown)


def form(data: bytes, suffix: str) -> Form:
    """The content decides: systems export web pages and texts under the name .xls."""
    said = FORMS.get(suffix)
    if said is None:
        raise Unreadable(refusal(suffix) or _OTHER)
    if data.startswith(_ZIP):
        return _zip(data)
    if data.startswith(_COMPOUND):
        return _compound(data)
    if data.startswith(_PARQUET):
        return "parquet"
    for sign, reason in _BINARY.items():
        if data.startswith(sign):
            raise Unreadable(reason)
    beginning = data[:_BEGINNING].removeprefix(b"\xef\xbb\xbf")
    if _XML_2003.search(beginning) or _MHTML.match(beginning):
        raise Unreadable(_AS_XLSX)
    if _HTML.match(beginning):
        return "html"
    if said in ("text", "records"):
        return said
    if said != "parquet" and _is_text_table(beginning):
        return "text"
    if said != "parquet":
        raise Unreadable(INVALID)
    return said


def _zip(data: bytes) -> Form:
    archive = Archive(data)
    if "xl/workbook.bin" in archive:
        return "xlsb"
    if "xl/workbook.xml" in archive:
        return "xlsx"
    if "content.xml" in archive:
        return "ods"
    raise Unreadable(_WORD if "word/document.xml" in archive else _PACKED)


def _compound(data: bytes) -> Form:
    if _ENCRYPTED in data:
        raise Unreadable(PASSWORD)
    if _DOCUMENT in data and _WORKBOOK not in data:
        raise Unreadable(_WORD)
    if _WORKBOOK not in data and _OLDER_WORKBOOK not in data:
        raise Unreadable(_OTHER)
    return "xls"


def _is_text_table(beginning: bytes) -> bool:
    return any(mark in beginning for mark in b",;\t|") and not any(each < 9 or 13 < each < 27 for each in beginning)
