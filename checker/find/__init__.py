"""Evaluation → findings and counts per unit in force (`find`) → targets (`targets`); figures. The doors of the stage."""

from checker.find.again import evaluation
from checker.find.figures import figures
from checker.find.findings import CELL, COUNT_COLUMNS, FINDING_COLUMNS, find, in_force, judged
from checker.find.questions import questions, questions_of, records_of
from checker.find.rates import restated, target_state, targets
from checker.find.recount import recount
from checker.find.registers import REGISTERS
from checker.find.sharing import find_part

__all__ = [
    "CELL", "COUNT_COLUMNS", "FINDING_COLUMNS", "REGISTERS", "evaluation", "figures", "find", "find_part", "in_force",
    "judged", "questions", "questions_of", "records_of", "recount", "restated", "target_state", "targets",
]  # fmt: skip
