"""A finished run ↔ its folder. The doors of the stage: write, read, what lies beside it, what it is made of."""

from checker.runs.parts import MANIFEST, digests, folders, is_input
from checker.runs.reading import StoredRun, earlier, read
from checker.runs.writing import manifest, program_versions, write, write_scorecard

__all__ = [
    "MANIFEST",
    "StoredRun",
    "digests",
    "earlier",
    "folders",
    "is_input",
    "manifest",
    "program_versions",
    "read",
    "write",
    "write_scorecard",
]
