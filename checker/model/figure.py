"""The frozen data of figures: what policy staff have counted beside the rules, several ways side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from checker.errors import NOWHERE, Span, Text
from checker.model.condition import RawCondition

Show = Literal["share", "number"]


@dataclass(frozen=True, slots=True)
class Milestone:
    """What a share should have reached by a day. `confirmation`: whether the plan itself names the share."""

    on: date
    rate: Fraction
    clause: str = ""
    confirmation: Literal["confirmed", "unconfirmed", "default"] = "confirmed"


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """One way to count. `as_claimed`: what is reported counts without its evidence (`shown_by`)."""

    id: str
    name: Text
    counted: RawCondition
    as_claimed: bool = False
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Figure:
    """Of the records of `subject` that are `among` those meant (None: all), how many are counted, in each column."""

    id: str
    name: Text
    clauses: tuple[str, ...]
    subject: str
    show: Show
    columns: tuple[FigureColumn, ...]
    among: RawCondition | None = None
    milestones: tuple[Milestone, ...] = ()
    span: Span = NOWHERE
