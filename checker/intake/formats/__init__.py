"""One file → its sheets as grids of raw cells, whatever the format; a file that cannot be read → why."""

from __future__ import annotations

from collections.abc import Callable

from checker.intake.file_kinds import OTHER_CONTENT, Remark
from checker.intake.formats import content
from checker.intake.formats.content import Form, refusal
from checker.intake.formats.pages import page
from checker.intake.formats.records import records
from checker.intake.formats.tasting import taste
from checker.intake.formats.texts import text_grid
from checker.intake.formats.workbooks import xls, xlsx, zipped
from checker.intake.frames import parquet
from checker.intake.grid import Opened
from checker.tables.questions import Said

__all__ = ["opened", "refusal"]

_READERS: dict[Form, Callable[[bytes], Opened]] = {
    "xlsx": xlsx,
    "xlsb": zipped,
    "ods": zipped,
    "xls": xls,
    "html": page,
    "records": records,
    "text": lambda data: Opened([text_grid(data)]),
}


def opened(data: bytes, suffix: str, name: str) -> Opened:
    """All sheets of a workbook; a text file is one sheet without a name."""
    form = content.form(data, suffix)
    if form == "parquet":
        taste(data)
    found = Opened([parquet(data, name)]) if form == "parquet" else _READERS[form](data)
    if form != content.FORMS[suffix]:
        said: dict[str, Said] = {"what": suffix, "other": content.NAMES[form]}
        found.remarks.insert(0, Remark(OTHER_CONTENT, values=said))
    return found
