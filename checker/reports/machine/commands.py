"""What is to be seen at a place → workflow commands of GitHub, no more than it shows of one step; the last line counts the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from checker.errors import Language, Text
from checker.reports.machine.escape import workflow_data, workflow_property

Level = Literal["error", "warning"]
# Of one step GitHub keeps so many of each and drops the others without a word.
MOST_OF_A_LEVEL = 10


@dataclass(frozen=True, slots=True)
class Annotation:
    level: Level
    title: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    end_column: int = 0


def lines(annotations: Iterable[Annotation], lang: Language) -> str:
    """In the order they come. Where all are shown there is no last line."""
    shown: list[str] = []
    left, room = 0, {"error": MOST_OF_A_LEVEL, "warning": MOST_OF_A_LEVEL}
    for annotation in annotations:
        if room[annotation.level]:
            room[annotation.level] -= 1
            shown.append(_command(annotation))
        else:
            left += 1
    if left:
        text = Text(f"另有{left}条，见报告", f"{left} more in the report").of(lang)
        shown.append(f"::notice::{workflow_data(text)}")
    return "".join(f"{line}\n" for line in shown)


def _command(annotation: Annotation) -> str:
    place = {
        "file": annotation.file,
        "line": str(annotation.line or ""),
        "col": str(annotation.column or ""),
        "endColumn": str(annotation.end_column or ""),
        "title": annotation.title,
    }
    told = ",".join(f"{name}={workflow_property(value)}" for name, value in place.items() if value)
    return f"::{annotation.level} {told}::{workflow_data(annotation.message)}"
