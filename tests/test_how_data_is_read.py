"""docs/数据怎样读.md cannot lie: every cell in its tables is read, and comes out as the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import reading
from reading import read

from checker.intake.doubts import of
from checker.model import FieldDef
from checker.tables.questions import told

PAGE = (Path(__file__).parents[1] / "docs" / "数据怎样读.md").read_text("utf-8")
FIELDS = {field.name.zh: field for field in vars(reading).values() if isinstance(field, FieldDef)}


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Column, cell, reading, doubt."""
    column = ""
    for line in PAGE.splitlines():
        if (heading := re.fullmatch(r"## .*例如“(.+)”", line)) is not None:
            column = heading[1]
        elif line.startswith("| `"):
            cells, said, doubt = (part.strip() for part in line.strip("|").split(" | "))
            for cell in re.findall(r"`([^`]+)`", cells):
                yield column, cell.replace("⏎", "\n"), said, doubt.strip("| ")


def spoken(codes: str, field: FieldDef) -> str:
    labels = {choice.code: choice.label.zh for choice in field.choices}
    return "、".join(labels.get(code, code) for code in codes.split("、"))


@pytest.mark.parametrize(
    ("column", "cell", "said", "doubt"), [pytest.param(*row, id=f"{row[0]}: {row[1]!r}") for row in rows()]
)
def test_a_row_of_the_page(column: str, cell: str, said: str, doubt: str) -> None:
    field = FIELDS[column]
    found = read(field, cell)
    value = "待核" if found.value is None else told(found.value, field)[1].zh
    maybe = f"（可能是 {spoken(found.candidate, field)}）" if found.value is None and found.candidate else ""
    assert value + maybe == said
    code = re.search(r"`(\w+)`", doubt)
    assert found.kind == (code[1] if code is not None else "")
    assert (doubt == "") == (found.kind == "")


def test_the_page_knows_every_kind_of_column() -> None:
    shown = {FIELDS[column].type for column, *_ in rows()} | {FIELDS[column].pattern for column, *_ in rows()}
    assert {"yes_no", "count", "percent", "date", "choice", "plate", "moe_code", "uscc"} <= shown
    assert len(list(rows())) > 250
    assert {of(code[1]).severity for *_, doubt in rows() if (code := re.search(r"`(\w+)`", doubt))} == {"doubt", "lost"}
