"""What an explanation is about (a place in a run, its verdict), what it needs of other stages, how a record is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from checker.errors import Language
from checker.expr import Expr
from checker.model import Period
from checker.plan import Obligation

if TYPE_CHECKING:
    from checker.engines.world import Record, World


class Place(NamedTuple):
    """One verdict of a run. `row`: the subject's; `number`: of the finding, if it is one."""

    obligation: int
    row: int
    period: str | None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as the reference engine gives it."""

    obligation: Obligation
    record: Record
    period: Period | None
    verdict: str
    status: str | None
    due: date | None
    days: int | None
    observed: str


@dataclass(frozen=True, slots=True)
class Tools:
    """What an explanation needs of the engine and of the reports."""

    judge: Callable[[Place], Judged]
    leaf: Callable[[Expr, Record, Period | None], object]
    value: Callable[[Expr, object, Language], str]
    phrase: Callable[[Judged, Language], str]
    day: Callable[[date, Language], str]
    period: Callable[[str, Language], str]


def called(world: World, record: Record, lang: Language) -> str:
    """阳光幼儿园（2132001234）: the name people use, and the key where it is something else."""
    table = world.tables[record.table]
    name, key = (record.values.get(field) for field in (table.title, table.key))
    if name is not None and key is not None and name != key:
        return f"{name}（{key}）" if lang == "zh" else f"{name} ({key})"
    if name is None and key is None:
        label, number = table.label.of(lang), record.position + 1
        return f"{label}第{number}条" if lang == "zh" else f"{label} no. {number}"
    return str(key if name is None else name)
