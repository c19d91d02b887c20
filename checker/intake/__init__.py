"""Workbooks, CSV and Parquet files as counties send them, databases, or frames → typed Tables and the questions they raise."""

from checker.intake.files import look, read
from checker.intake.frames import from_frames
from checker.intake.kinds import KINDS
from checker.intake.mapped import unreadable

__all__ = ["KINDS", "from_frames", "look", "read", "unreadable"]
