"""The frozen data that crosses stages: the plan that engines run, the tables they read, what they return. Types only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from checker.errors import Text
from checker.expr import Expr
from checker.measures import NO_LADDER, NO_MEASURES, Ladder, Measures
from checker.model import Confirmation, Deferral, Figure, FigureColumn, GateRule, Pack, Period, Revision, Rule, Table

if TYPE_CHECKING:
    import polars as pl

Verdict = Literal["pass", "fail", "unknown", "not_applicable"]
Status = Literal["not_due", "in_force", "overdue", "late"]
TargetState = Literal["met", "missed", "undecided", "not_due", "not_applicable"]
GateState = Literal["open", "closed", "undecided"]

NO_UNIT = "-"


# --- the plan that engines run -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaf:
    """Something worth showing as evidence: a field, a child function, a scale. `label` is its canonical English text."""

    label: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class Item:
    """A condition that is judged and explained on its own. `name`: "1", "2", … in reading order; "applies"; "done_on"."""

    name: str
    expr: Expr
    leaves: tuple[Leaf, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class Group:
    op: Literal["all_of", "any_of", "none_of", "at_least", "when"]
    children: tuple[Condition, ...]
    count: int = 0


Condition = Item | Group


def items_of(condition: Condition | None) -> Iterator[Item]:
    """The items of a condition in reading order."""
    match condition:
        case Group(children=children):
            for child in children:
                yield from items_of(child)
        case Item():
            yield condition
        case None:
            return


@dataclass(frozen=True, slots=True)
class Assumption:
    """A parameter or scale value that the obligation rests on."""

    name: str
    label: Text
    value: Text
    confirmation: Confirmation
    source: Text


@dataclass(frozen=True, slots=True)
class Obligation:
    """One revision of one rule, bound to the values in force; `periods` that share revision and values go together.

    `periods` None: the duty does not recur. `applies` is one item named "applies" (a list is and-ed).
    """

    rule: Rule
    revision: Revision
    subject: str
    applies: Item | None
    require: Condition
    due: Expr | None
    done_on: Item | None
    periods: tuple[Period, ...] | None
    assumptions: tuple[Assumption, ...] = ()

    def items(self) -> Iterator[Item]:
        """All that is judged: who is bound, what is required, when it was done."""
        yield from items_of(self.applies)
        yield from items_of(self.require)
        yield from items_of(self.done_on)


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """A condition of the vocabulary that a rightly filled in record of `table` meets. `fields`: those it reads, in order."""

    table: str
    id: str
    expr: Expr
    fields: tuple[str, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class BoundGate:
    gate: GateRule
    condition: Condition


@dataclass(frozen=True, slots=True)
class Plan:
    """The rulebook of one date, compiled. `obligations` are in a fixed order; engines name them by position."""

    pack: Pack
    as_of: date
    known_at: date | None
    obligations: tuple[Obligation, ...]
    gates: tuple[BoundGate, ...]
    gate_tables: Mapping[str, Table]
    ladder: Ladder = NO_LADDER


@dataclass(frozen=True, slots=True)
class FigurePlan:
    """Figures as something to judge: a record passes where it is counted, and applies where it is meant. Obligation n is
    column n. Columns as claimed have a plan of their own, whose vocabulary asks for no evidence."""

    plan: Plan
    columns: tuple[tuple[Figure, FigureColumn], ...]


# --- data and results ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """One sheet that was read. `columns`: field → column heading letter (A, B … or the column's name)."""

    file: str
    sheet: str
    table: str
    columns: Mapping[str, str]
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What stands for a cell since somebody answered a question about it. `cell` as a question names it."""

    digest: str
    sheet: str
    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class Tables:
    """Typed records. A frame has the table's fields in vocabulary order and the system columns

    - `received_on` Date: when the row was received (null: not told, so always),
    - `_returned_<child>` Date on a parent: the day up to which a return for that child table covers (absent: none came).

    Field types: text, choice String; yes_no Boolean; count Int64; number, percent Float64 (a percent is a fraction);
    date Date; datetime Datetime("us"); choices List(String). `origins`: table, row (position in the frame), source
    (position in `sources`), line (row number in the sheet). `questions`: see intake. Frames of all tables are present.
    `stored`: tables too large to hold; of these the frame has as many rows, and no columns.
    """

    frames: Mapping[str, pl.DataFrame]
    origins: pl.DataFrame
    sources: tuple[Source, ...]
    questions: pl.DataFrame
    stored: Mapping[str, pl.LazyFrame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Share:
    """How much durable-rules decided: of so many duties wholly, partly; of so many verdicts those that rest on nothing else.
    `instead`: why it decided nothing although it was asked."""

    duties: int
    wholly: int
    partly: int
    verdicts: int
    decided: int
    instead: Text | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an engine returns, sorted by obligation, key, period.

    findings (fail and unknown): obligation UInt32, row UInt32 (subject's position), key String, period String (null if not
    recurring), unit String ("-" if none; the reported unit, not yet its successor), verdict String, status String,
    due Date, days Int32 (days overdue or late, else null), observed String (JSON, see engines), vacuous Boolean.
    counts: obligation, unit, period, verdict, status (null for not_applicable), vacuous, n UInt32. All verdicts.
    verdicts: like findings, all verdicts, without observed; only when asked for.
    share: only of the engine rete.
    """

    findings: pl.DataFrame
    counts: pl.DataFrame
    verdicts: pl.DataFrame | None = None
    share: Share | None = None


@dataclass(frozen=True, slots=True)
class TargetResult:
    """One rate: the counts reconcile, owed = passed + failed + unknown + missing + deferred."""

    rule: str
    revision: date
    unit: str
    period: str
    rate: Fraction
    due: date | None
    passed: int
    failed: int
    unknown: int
    missing: int
    deferred: int
    not_applicable: int
    lower: Fraction | None
    upper: Fraction | None
    state: TargetState

    @property
    def owed(self) -> int:
        return self.passed + self.failed + self.unknown + self.missing + self.deferred


@dataclass(frozen=True, slots=True)
class FigureResult:
    """One column of one figure in one unit: of the records meant so many are counted, not counted, or nobody knows."""

    figure: str
    column: str
    unit: str
    counted: int
    rest: int
    unknown: int

    @property
    def meant(self) -> int:
        return self.counted + self.rest + self.unknown


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a gate condition is not met: a code with values, written out per language by the reports."""

    gate: str
    effect: Literal["blocks", "warns"]
    state: Literal["false", "unknown"]
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GateResult:
    unit: str
    name: Text
    state: GateState
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Findings (positions in the run's findings) to put right and to complete; and records that must be reported, by rule
    and period. `silent`: rules (and periods) about whose subjects nothing was received at all; what comes must pass too.
    `opens` False: there is no way yet, because nothing whatever was received."""

    unit: str
    fix: tuple[int, ...]
    complete: tuple[int, ...]
    report: Mapping[tuple[str, str], int]
    silent: tuple[tuple[str, str], ...] = ()
    opens: bool = True


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Counts, targets and gates of one run, per unit in force on as_of."""

    counts: pl.DataFrame
    targets: tuple[TargetResult, ...]
    gates: tuple[GateResult, ...]


DeferralState = Literal[
    "counts",
    "expired",
    "not_yet",
    "incomplete",
    "self_approved",
    "forbidden",
    "too_long",
    "over_limit",
    "unmatched",
    "unknown_rule",
    "unknown_unit",
]


@dataclass(frozen=True, slots=True)
class DeferralOutcome:
    """Whether a deferral counts, and else why not. `lacking`: keys that are not filled in. `fingerprints`: of the findings
    that it covers, or would cover if it counted."""

    deferral: Deferral
    state: DeferralState
    rules: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schools:
    """`held`: holder (key) and holder_name of each finding, in its place; `passed`: holder → its results that pass."""

    held: pl.DataFrame
    passed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Records of one school (`holder`: key and name) that fail one rule: what a deferral might be asked for.

    `numbers`: of their findings. `most`: so many records of the unit the pack lets be deferred from the rule; None: any.
    """

    rule: str
    unit: str
    period: str
    holder: tuple[str, str]
    subjects: tuple[str, ...]
    numbers: tuple[str, ...]
    due: date | None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """`forbidden`: rule that may not be deferred → its failures; `full`: failures where the pack lets none be deferred;
    `nameless`: failures of records without a key, which no deferral can name. `over`: the plan has ended."""

    proposals: tuple[Proposal, ...]
    forbidden: Mapping[str, int]
    full: int = 0
    nameless: int = 0
    over: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run before this one. `folder` "": what it rested on is not at hand, so causes of changes cannot be told."""

    name: str
    pack: str
    as_of: date
    known_at: date | None
    digest: str
    findings: pl.DataFrame
    targets: tuple[TargetResult, ...] = ()
    folder: str = ""
    figures: tuple[FigureResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run. `findings` columns: number rule revision clause subject key name unit period verdict status severity
    due days_overdue observed source fingerprint deferred change advisory obligation row (see schemas/finding.schema.json).

    `changes`: see compare; None if the run was compared with none. `parts`: the files that hold the findings of a run too
    large to hold them, in order; `findings` has no rows then."""

    plan: Plan
    tables: Tables
    findings: pl.DataFrame
    scorecard: Scorecard
    engine: str
    deferrals: tuple[DeferralOutcome, ...] = ()
    changes: pl.DataFrame | None = None
    earlier: tuple[Earlier, ...] = ()
    measures: Measures = NO_MEASURES
    figures: tuple[FigureResult, ...] = ()
    share: Share | None = None
    parts: tuple[Path, ...] = ()
