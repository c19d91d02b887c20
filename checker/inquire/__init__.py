"""Records with their doubts → the papers by which a county is asked; its answers → what counts instead, and what stays open."""

from checker.inquire.annotated import Cells, of_cells, of_workbook
from checker.inquire.answers import Answer, Place, Returned, read
from checker.inquire.closing import closed, settled, unsettled
from checker.inquire.doubts import Doubt, Spot, doubts
from checker.inquire.form import About, write
from checker.inquire.kept import kept
from checker.inquire.letter import write as letter
from checker.inquire.lines import Form, asking, form, weights
from checker.inquire.outcome import Meaning, Outcome, earlier, outcome
from checker.inquire.rulings import Around

__all__ = [
    "About",
    "Answer",
    "Around",
    "Cells",
    "Doubt",
    "Form",
    "Meaning",
    "Outcome",
    "Place",
    "Returned",
    "Spot",
    "asking",
    "closed",
    "doubts",
    "earlier",
    "form",
    "kept",
    "letter",
    "of_cells",
    "of_workbook",
    "outcome",
    "read",
    "settled",
    "unsettled",
    "weights",
    "write",
]
