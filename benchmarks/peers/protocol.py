"""What a peer is asked for: duties, compiled once; records; verdicts. And how conditions are spelt in its language."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.peers.conditions import AllOf, Condition, Duty, Leaf, opposite

if TYPE_CHECKING:
    import polars as pl

Record = dict[str, Any]
# A verdict is one letter: pass, fail, unknown, not applicable; a dot is what a tool that tells nothing but failures says of the rest.
VERDICTS = "PFUN"
UNTOLD = "."


class Given:
    """The records of a folder, as the host languages of peers hold them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def dicts(self) -> list[Record]:
        found: list[Record] = json.loads((self.folder / "records.json").read_text("utf-8"))
        return found

    @cached_property
    def frame(self) -> pl.DataFrame:
        import polars as pl

        return pl.read_parquet(self.folder / "records.parquet")


class Peer(ABC):
    """One tool with the duties in it. What `judge` does is timed, nothing else."""

    @abstractmethod
    def __init__(self, duties: Sequence[Duty]) -> None:
        """Compiles them."""

    @abstractmethod
    def held(self, given: Given) -> int:
        """How many records there are for it."""

    @abstractmethod
    def take(self, given: Given, places: slice) -> Any:
        """The records at these places, ready in memory."""

    @abstractmethod
    def judge(self, taken: Any) -> Any:
        """Its answer, in its own form."""

    @abstractmethod
    def letters(self, answer: Any) -> list[str]:
        """For every duty the verdicts on the records, one letter each."""


class Dicts(Peer):
    """Looks at records as dictionaries, and answers with a letter for every duty of each."""

    def held(self, given: Given) -> int:
        return len(given.dicts)

    def take(self, given: Given, places: slice) -> list[Any]:
        return [self.fit(record) for record in given.dicts[places]]

    def fit(self, record: Record) -> Any:
        """The record with values that the tool can compare; not timed."""
        return record

    def letters(self, answer: Any) -> list[str]:
        return ["".join(verdicts) for verdicts in zip(*answer, strict=True)]


class OneByOne(Dicts):
    """Is given one record at a time."""

    @abstractmethod
    def one(self, record: Any) -> Sequence[str]:
        """A letter for every duty."""

    def judge(self, taken: list[Any]) -> Any:
        return [self.one(record) for record in taken]


class Table(Peer):
    """Looks at whole columns, of a Polars frame."""

    def held(self, given: Given) -> int:
        return given.frame.height

    def take(self, given: Given, places: slice) -> Any:
        return given.frame[places]


# --- records -------------------------------------------------------------------------------------


def with_numbered_days(record: Record, names: Sequence[str]) -> Record:
    """For tools that cannot compare days, or only slowly: each is a number."""
    return {**record, **{name: None if (value := record[name]) is None else number_of(value) for name in names}}


def number_of(day: str | date) -> int:
    return (date.fromisoformat(day) if isinstance(day, str) else day).toordinal()


def without_missing(record: Record) -> Record:
    """For languages in which a field that is not there is what is unknown."""
    return {name: value for name, value in record.items() if value is not None}


# --- conditions ----------------------------------------------------------------------------------

Spelling = Callable[[Leaf], str]


def spelt(condition: Condition, leaf: Spelling, both: str, either: str) -> str:
    """`both`, `either`: the words for and, or."""
    if isinstance(condition, Leaf):
        return leaf(condition)
    word = both if isinstance(condition, AllOf) else either
    return "(" + f" {word} ".join(spelt(part, leaf, both, either) for part in condition.parts) + ")"


def surely(duty: Duty, say: Callable[[Condition], str]) -> tuple[str, str, str, str]:
    """Where nothing is unknown to a language: applies, does not apply, is met, is not met, each true only if it is certain.

    `say` spells a condition so that a missing value makes each comparison false.
    """
    return say(duty.applies), say(opposite(duty.applies)), say(duty.require), say(opposite(duty.require))


def decided(duty: Duty, asked: str) -> dict[str, Condition]:
    """The same for tools that fire: a condition for each of the ways `asked` in which it can be decided."""
    ways: dict[str, Condition] = {
        "P": AllOf((duty.applies, duty.require)),
        "F": AllOf((duty.applies, opposite(duty.require))),
        "N": opposite(duty.applies),
    }
    return {letter: ways[letter] for letter in asked}


def otherwise(asked: str) -> str:
    """What it means that nothing fires."""
    return "U" if asked == "PFN" else UNTOLD
