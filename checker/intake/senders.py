"""What stands around the rows of a sheet → the unit that sent them: its form says so, or its name or that of its file does."""

from __future__ import annotations

import re
from collections.abc import Mapping

from checker.errors import Text
from checker.intake import places
from checker.intake.cells import normal
from checker.intake.grid import Grid

IN_THE_HEADING = Text("表头的填报单位", "the form's heading")
_FILLED_BY = re.compile(r"填报单位|报送单位|填表单位|上报单位|单位")


def unit_around(grid: Grid, top: int, file: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, Text, str]:
    """Code, where it is named, how. `top`: the first row of the heading."""
    for row in grid.head(top):
        for cell in row:
            if isinstance(cell, str) and _FILLED_BY.search(cell) and (code := places.unit_in(cell, known)):
                return code, IN_THE_HEADING, normal(cell)
    if code := places.unit_in(grid.sheet, known):
        return code, Text("工作表名", "the sheet's name"), grid.sheet
    if code := places.unit_in(file, known):
        return code, Text("文件名", "the file's name"), file
    return "", Text("", ""), ""
