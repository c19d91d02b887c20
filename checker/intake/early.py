"""A workbook, read before its turn → what it holds, with its digest; nothing if it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from checker.errors import CheckerError
from checker.intake import one_file
from checker.intake.answered import ByFile
from checker.intake.context import Apart, Context
from checker.intake.grid import Unreadable


@dataclass(frozen=True, slots=True)
class Early:
    digest: str
    came: Apart


def read(path: Path, name: str, context: Context, instead: ByFile) -> Early | None:
    """Nothing if it cannot be read: that is told in its turn."""
    own = context.apart()
    try:
        file = one_file.opened(path, name)
        found = one_file.sheets(file, own, instead.get(file.digest, {}))
    except (CheckerError, Unreadable, MemoryError):
        return None
    return Early(file.digest, Apart(found, own.used, own.faults))
