"""The frozen data of deferrals: one as written, and the limits that a pack sets to all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from checker.errors import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class DeferralLimits:
    """`longest`: amount and unit (day, month) from the approval to the expiry. `share` of the records bound in a unit."""

    longest: tuple[Fraction, str] | None = None
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Deferral:
    """An approved, expiring exception, as written. Without `subjects` it is for all records of `unit`."""

    rule: str
    subjects: tuple[str, ...] = ()
    unit: str = ""
    period: str = ""
    reason: str = ""
    requested_by: str = ""
    approver: str = ""
    approved_on: date | None = None
    document: str = ""
    expires: date | None = None
    interim: str = ""
    watched_by: str = ""
    span: Span = NOWHERE
