"""What the papers between us and a county are called → which files in a folder, and which sheets, are papers and no data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from checker.errors import Text
from checker.understood import RECEIPT_FILES

FORM = Text("数据疑问清单.xlsx", "questions.xlsx")
COPY = Text("批注.xlsx", "annotated.xlsx")
LETTER = Text("来函.txt", "letter.txt")
KEPT = Text("答复.csv", "answers.csv")
STORED = "tables.json"  # what a folder of tables that were read rests on
_OF_FOLDERS = (STORED, "scorecard.parquet")
_REGISTER = frozenset(name for paper in RECEIPT_FILES for name in paper)
QUESTION_ID = Text("疑问编号", "Question id")
# In the papers of a run: the sheet that says what they rest on, and the column of the numbers of findings.
BASIS, FINDING_NUMBER = "_口径", "问题编号"


def named(unit: str, paper: str) -> str:
    """启东市-数据疑问清单.xlsx."""
    return f"{unit}-{paper}" if unit else paper


def is_paper(name: str) -> bool:
    """A form may come back under a longer name: 启东市-数据疑问清单(已复).xlsx. What is YAML is a mapping."""
    base = PurePath(name).name
    stem = PurePath(name).stem
    forms = tuple(PurePath(form).stem for form in FORM)
    if base in _REGISTER or base.lower().endswith((".yaml", ".yml")):
        return True
    returned = any(stem == form or stem.startswith(f"{form}(") or f"-{form}" in stem for form in forms)
    return returned or any(base == paper or base.endswith(f"-{paper}") for paper in (*COPY, *LETTER, *KEPT))


def is_own_folder(names: Iterable[str]) -> bool:
    """Stored tables and runs hold records, but not as somebody sent them."""
    return any(name in _OF_FOLDERS for name in names)


def is_form(rows: Iterable[Sequence[object]]) -> bool:
    """The first rows of a sheet: a form has a column for the number of the question."""
    return any(cell in QUESTION_ID for row in rows for cell in row if isinstance(cell, str))


def lists_findings(sheets: Iterable[str], rows: Iterable[Sequence[object]]) -> bool:
    """A list of findings in a workbook of ours; the ledger beside it comes back as data."""
    return BASIS in sheets and any(FINDING_NUMBER in row for row in rows)
