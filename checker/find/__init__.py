"""Evaluation → findings and counts per unit in force (`find`) → targets (`targets`). The doors of the stage."""

from checker.find.findings import find
from checker.find.rates import target_state, targets

__all__ = ["find", "target_state", "targets"]
