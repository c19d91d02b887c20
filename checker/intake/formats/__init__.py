"""One file → its sheets as grids of raw cells, whatever the format; a file that cannot be read → why."""

from __future__ import annotations

from checker.errors import Text
from checker.intake.formats.texts import text_grid
from checker.intake.formats.workbooks import workbook_grids
from checker.intake.grid import Grid
from checker.visible import visible

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
READABLE = (*WORKBOOKS, ".csv", ".txt", ".tsv", ".parquet", ".db", ".sqlite", ".sqlite3")
_SAVE_AS: dict[str, Text] = {
    ".et": Text(
        "不能读取 WPS 表格（.et）；请在 WPS 中另存为 .xlsx", "cannot read WPS spreadsheets (.et); save as .xlsx in WPS"
    ),
    ".ett": Text("不能读取 WPS 模板（.ett）；请另存为 .xlsx", "cannot read WPS templates (.ett); save as .xlsx"),
    ".numbers": Text("不能读取 Numbers 表格；请导出为 .xlsx", "cannot read Numbers files; export as .xlsx"),
    ".doc": Text("不能读取 Word 文档；请把表格粘贴到 .xlsx", "cannot read Word documents; paste the table into .xlsx"),
    ".pdf": Text("不能读取 PDF；请提供原来的表格", "cannot read PDF; provide the spreadsheet it was made from"),
}
_SAVE_AS[".docx"] = _SAVE_AS[".wps"] = _SAVE_AS[".doc"]


def refusal(suffix: str) -> Text | None:
    """Why files of this kind are not read; None if they are."""
    if suffix in READABLE:
        return None
    unknown = Text(
        f"不能读取 {visible(suffix) or '没有扩展名的'} 文件；请另存为 .xlsx 或 .csv",
        f"cannot read {visible(suffix) or 'files without an extension'}; save as .xlsx or .csv",
    )
    return _SAVE_AS.get(suffix, unknown)


def grids(data: bytes, suffix: str, name: str) -> list[Grid]:
    """All sheets of a workbook; a text file is one sheet without a name."""
    return workbook_grids(data, suffix, name) if suffix in WORKBOOKS else [text_grid(data)]
