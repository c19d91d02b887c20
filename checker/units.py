"""units of a pack (+ a day) → who took over from whom, and which unit answers for a reported one on that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from checker.model import Unit
from checker.plan import NO_UNIT

# Units of this kind owe nothing of their own (the prefecture above the counties): they get neither targets nor a gate.
WITHOUT_DUTIES = "none"
# Of the rows that conditions of gates go over: which of the units asked about they belong to, how many such rows one stands for.
CASE, TIMES = "_case", "_n"


def heirs(units: Mapping[str, Unit], code: str) -> list[str]:
    """Those that took over from a unit, the next one first."""
    found: list[str] = []
    while code in units and (code := units[code].successor) and code not in found:
        found.append(code)
    return found


def in_charge(units: Mapping[str, Unit], code: str, day: date) -> str:
    """The unit in force on `day` along the successor chain, NO_UNIT if the chain leads to none."""
    seen: set[str] = set()
    while (unit := units.get(code)) is not None and code not in seen:
        if unit.in_force(day):
            return code
        seen.add(code)
        code = unit.successor
    return NO_UNIT


def successors(units: Mapping[str, Unit], reported: Iterable[str], day: date) -> dict[str, str]:
    """Reported unit → unit in force, for all the units that occur."""
    return {code: in_charge(units, code, day) for code in sorted({*units, *reported})}


def with_duties(units: Mapping[str, Unit], day: date) -> list[str]:
    """The units that owe something on `day`, in order of their codes."""
    return sorted(code for code, unit in units.items() if unit.in_force(day) and unit.kind != WITHOUT_DUTIES)
