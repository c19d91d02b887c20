"""A finished run ↔ its folder. The doors of the stage: write, read, what lies beside it, what it is made of."""

from checker.runs.parts import MANIFEST, READ, Touched, digests, folders, is_input, is_kept, touched
from checker.runs.reading import StoredRun, earlier, read
from checker.runs.refusals import no_run
from checker.runs.writing import manifest, program_versions, write, write_scorecard

__all__ = [
    "MANIFEST",
    "READ",
    "StoredRun",
    "Touched",
    "digests",
    "earlier",
    "folders",
    "is_input",
    "is_kept",
    "manifest",
    "no_run",
    "program_versions",
    "read",
    "touched",
    "write",
    "write_scorecard",
]
