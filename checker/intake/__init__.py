"""Workbooks, CSV and Parquet files as counties send them, databases, or frames → typed Tables and the questions they raise."""

from checker.intake.again import Opened, alike, certain_day, form, has_addresses, opened, unit_named
from checker.intake.files import look, read, store
from checker.intake.frames import from_frames
from checker.intake.grid import Grid
from checker.intake.kept import keep, recall
from checker.intake.kinds import KINDS
from checker.intake.mapped import unreadable
from checker.intake.memory import MOST_ROWS, Memory
from checker.intake.ready import ready
from checker.intake.stored import Stored

__all__ = [
    "KINDS",
    "MOST_ROWS",
    "Grid",
    "Memory",
    "Opened",
    "Stored",
    "alike",
    "certain_day",
    "form",
    "from_frames",
    "has_addresses",
    "keep",
    "look",
    "opened",
    "read",
    "ready",
    "recall",
    "store",
    "unit_named",
    "unreadable",
]
