"""The frozen data that crosses stages: a pack as written. Types only (what is computed from it: `plan`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from checker.errors import NOWHERE, Language, Span, Text
from checker.expr import Bracket, Kind
from checker.measures import NO_ESCALATIONS, Escalations
from checker.model.condition import Expression as Expression
from checker.model.condition import RawCondition as RawCondition
from checker.model.condition import RawGroup as RawGroup
from checker.model.deferral import Deferral as Deferral
from checker.model.deferral import DeferralLimits as DeferralLimits
from checker.model.figure import Figure as Figure
from checker.model.figure import FigureColumn as FigureColumn
from checker.model.figure import Milestone as Milestone
from checker.model.lifecycle import Lifecycle as Lifecycle
from checker.model.lifecycle import State as State

if TYPE_CHECKING:
    from checker.papers import Paper

FieldType = Literal["text", "yes_no", "count", "number", "percent", "date", "datetime", "choice", "choices"]
WhenEmpty = Literal["zero", "unknown", "open"]
Severity = Literal["critical", "high", "medium", "low"]
Standing = Literal["automated", "attested", "narrative"]
Confirmation = Literal["confirmed", "unconfirmed", "default"]
Each = Literal["day", "week", "month", "quarter", "year"]

SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file as read: keys in English, scalars as text, and where each thing stands.

    `spans` maps a path of keys and list positions to the value's place, `key_spans` to the key's place.
    """

    path: str
    kind: str
    data: Mapping[str, object]
    spans: Mapping[tuple[str | int, ...], Span]
    key_spans: Mapping[tuple[str | int, ...], Span]
    lines: tuple[str, ...]
    digest: str
    lang: Language = "en"


@dataclass(frozen=True, slots=True)
class Choice:
    """`by_rule`: spellings that the pack counts here by a reading of its own; somebody is asked."""

    code: str
    label: Text
    aliases: tuple[str, ...] = ()
    by_rule: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends included; None: no bound on that side."""

    low: Fraction | None = None
    high: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Usual:
    """Where a number is expected. `by`: a choice field of the same record, whose codes then are the keys; else the key is ""."""

    ranges: Mapping[str, Range]
    by: str = ""


@dataclass(frozen=True, slots=True)
class FieldDef:
    """A column. `name`: the identifiers of both languages, `header`: the printed heading, `shown_by`: value → evidence fields.

    `possible`: outside it a number is none, like a text in a number column. What follows it only raises questions:
    `agrees_with` (choice field → how this one begins → its codes), `ahead` (a date may lie in the future), `varies` (no two
    records are alike by chance). `ambiguous`: spelling → the choices that it may mean.
    """

    id: str
    name: Text
    type: FieldType
    header: Text
    aliases: tuple[str, ...] = ()
    pattern: str = ""
    measure: str = ""
    choices: tuple[Choice, ...] = ()
    ordered: bool = False
    shown_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    span: Span = NOWHERE
    possible: Range | None = None
    usual: Usual | None = None
    agrees_with: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    ahead: bool = False
    varies: bool = False
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """What holds of every record that is rightly filled in; where it does not, somebody is asked."""

    id: str
    expression: Expression
    name: Text | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    id: str
    name: Text
    expression: Expression
    tolerates: Mapping[str, str] = field(default_factory=dict)  # as in a rule


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of record. `parents` and `links`: table → own field that holds its key."""

    id: str
    label: Text
    key: str
    title: str
    fields: Mapping[str, FieldDef]
    define: Mapping[str, Definition]
    parents: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    declared_in: Mapping[str, str] = field(default_factory=dict)  # parent table → its field with the declared number
    when_empty: WhenEmpty = "unknown"
    returned: bool = False
    dated: str = ""
    shown_by: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    span: Span = NOWHERE
    checks: Mapping[str, Check] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One dated value. Scales fill `brackets` or `by_choice`, parameters `value` (durations: amount in `unit`)."""

    since: date
    until: date | None
    source: Text
    confirmation: Confirmation
    value: bool | Fraction | str | date | None = None
    brackets: tuple[Bracket, ...] = ()
    by_choice: tuple[tuple[str, Fraction], ...] = ()
    doc_no: str = ""
    article: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Parameter:
    """`kind` of the value; `unit` for durations (minute day month working_day), the same in all values."""

    id: str
    name: Text
    kind: Kind
    values: tuple[ParameterValue, ...]
    unit: str = ""
    is_scale: bool = False
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Repeats:
    each: Each | None
    calendar: str
    first: date | None
    until: date | None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    rate: Fraction
    per: str = "unit"


@dataclass(frozen=True, slots=True)
class Revision:
    since: date
    span: Span
    repealed: bool = False
    applies: RawCondition | None = None
    require: RawCondition | None = None
    due: Expression | None = None
    done_on: Expression | None = None
    repeats: Repeats | None = None
    target: Target | None = None
    advisory: bool = False
    because: Text | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """`given`: nested text as written (background merged in); names are resolved against the vocabulary later."""

    name: str
    as_of: date
    given: Mapping[str, object]
    expect: str
    status: str
    days: int | None
    period: str
    known_at: date | None
    span: Span
    given_span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    title: Text
    clauses: tuple[str, ...]
    subject: str
    severity: Severity
    lead: str
    support: tuple[str, ...]
    remedy: Text
    revisions: tuple[Revision, ...]
    cases: tuple[Case, ...]
    span: Span
    may_defer: bool = True
    readings: tuple[str, ...] = ()
    tightens: str = ""
    background: Mapping[str, object] = field(default_factory=dict)
    chinese: bool = True  # the spelling of the file
    tolerates: Mapping[str, str] = field(default_factory=dict)  # mark of a mutant → why no case notices it


@dataclass(frozen=True, slots=True)
class Clause:
    id: str
    section: str
    quote: str
    start: int
    end: int
    hash: str
    standing: Standing
    span: Span = NOWHERE
    gist: Text | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a doubtful sentence of the plan is read. `parameter`: where the choice can be changed, if it is a value."""

    id: str
    title: Text
    question: Text
    options: tuple[Text, ...]
    choice: Text
    clauses: tuple[str, ...] = ()
    parameter: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class GateRule:
    id: str
    name: Text
    effect: Literal["blocks", "warns"]
    require: RawCondition
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: Text
    short: str
    kind: str
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ""
    aliases: tuple[str, ...] = ()
    span: Span = NOWHERE
    former: tuple[str, ...] = ()  # names and codes that it no longer bears

    def in_force(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Period:
    """Both ends included. `partial`: cut by the duty's window, advisory only."""

    name: str
    start: date
    end: date
    partial: bool = False


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """All working days between first and until, in order; outside that time nothing is known."""

    first: date
    until: date
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    id: str
    name: Text
    entries: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class TextStatus:
    since: date
    status: Literal["draft", "issued", "ended"]


@dataclass(frozen=True, slots=True)
class Pack:
    """One plan, checked against the schemas; expressions are still text. `areas`: section of the plan → what it is about."""

    id: str
    version: str
    title: Text
    language: Language
    source_title: Text
    source_text: str
    text_status: tuple[TextStatus, ...]
    begins: date | None
    ends: date | None
    phases: Mapping[str, Period]
    phase_names: Mapping[str, Text]
    tables: Mapping[str, Table]
    parameters: Mapping[str, Parameter]
    scales: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    clauses: Mapping[str, Clause]
    gates: tuple[GateRule, ...]
    units: Mapping[str, Unit]
    calendars: Mapping[str, Calendar]
    working_days: WorkingDays | None
    root: str
    digest: str
    readings: Mapping[str, Reading] = field(default_factory=dict)
    extends: str = ""
    deferral_limits: DeferralLimits = field(default_factory=DeferralLimits)
    escalations: Escalations = NO_ESCALATIONS
    papers: Mapping[str, Paper] = field(default_factory=dict)
    areas: Mapping[str, Text] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    lifecycles: Mapping[str, Lifecycle] = field(default_factory=dict)  # by table
