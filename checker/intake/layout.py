"""What the first rows of a sheet amount to: its table, its heading, which column is which field, what stays open. Types only."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made

from checker.errors import Diagnostic
from checker.mapping import ColumnMap
from checker.understood import Suggestion


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of one column: what stands lowest, and what stands above it."""

    column: int
    leaf: str
    above: tuple[str, ...] = ()

    def forms(self) -> list[str]:
        """From the most said to the least: 安防建设情况一键报警与公安联网, 一键报警与公安联网, 与公安联网."""
        return ["".join([*self.above[at:], self.leaf]) for at in range(len(self.above))] + [self.leaf]

    @property
    def text(self) -> str:
        return " ".join([*self.above[-1:], self.leaf])


@dataclass(slots=True)
class Layout:
    """`fields`: column → field. `top`..`bottom`: rows of the heading. `recognised`: share of headings, for the message."""

    table: str
    top: int
    bottom: int
    heads: list[Head]
    fields: dict[int, str] = made(default_factory=dict)
    by_neighbour: dict[int, str] = made(default_factory=dict)  # column → the heading before it
    ambiguous: dict[int, list[str]] = made(default_factory=dict)  # column → fields it may be
    second: dict[int, str] = made(default_factory=dict)  # column → field that another column holds
    names: dict[int, str] = made(default_factory=dict)  # column → key of a parent that this column names
    confirmed: dict[int, ColumnMap] = made(default_factory=dict)  # column → what a mapping says of it
    noted: set[int] = made(default_factory=set)  # columns whose heading says in brackets what may change it
    told: set[int] = made(default_factory=set)  # columns whose heading says how their cells are to be read
    faults: list[Diagnostic] = made(default_factory=list)  # lines of a mapping that cannot hold
    suggested: dict[int, tuple[Suggestion, ...]] = made(default_factory=dict)  # column → fields it comes near to
    score: float = 0.0
    all_known: bool = False
    assumed: bool = False  # the last row was taken for a heading only by its shape
