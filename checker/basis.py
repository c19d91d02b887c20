"""A plan → digests of what its verdicts rest on, the same in every process: by them a later run knows which still stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any

from checker.errors import Span
from checker.plan import Obligation, Plan


@dataclass(frozen=True, slots=True)
class Basis:
    """`meaning`: of the days, and of what words, units and working days mean; `duties`: of each obligation, in order."""

    meaning: str
    duties: tuple[str, ...]


# A run asks for it when it looks at an earlier one, when it judges and when it is written.
_latest: list[tuple[Plan, Basis]] = []


def basis(plan: Plan) -> Basis:
    if not _latest or _latest[0][0] is not plan:
        _latest[:] = [(plan, _worked_out(plan))]
    return _latest[0][1]


def _worked_out(plan: Plan) -> Basis:
    pack = plan.pack
    # Definitions stand in the conditions that use them; checks ask questions and decide nothing.
    tables = [replace(table, define={}, checks={}) for table in pack.tables.values()]
    units = list(pack.units.values())
    meaning = _digest([plan.as_of, plan.known_at, tables, units, pack.working_days])
    return Basis(meaning, tuple(_digest(_decides(duty)) for duty in plan.obligations))


def _decides(duty: Obligation) -> list[object]:
    """Whatever else a rule says (its title, severity, target) is told of a verdict, and changes none."""
    return [duty.rule.id, duty.subject, duty.applies, duty.require, duty.due, duty.done_on, duty.periods]


def _digest(value: object) -> str:
    return sha256(_said(value).encode()).hexdigest()[:32]


def _said(value: object) -> str:
    """Without places in files; sets in an order that no process chooses."""
    match value:
        case str():
            return repr(value)
        case Span():
            return ""
        case frozenset():
            return f"{{{_each(sorted(map(_said, value)))}}}"
        case Mapping():
            return f"{{{_each(f'{_said(key)}:{_said(item)}' for key, item in value.items())}}}"
        case tuple() | list():
            return f"[{_each(map(_said, value))}]"
        case _ if is_dataclass(value):
            return f"{type(value).__name__}({_each(_said(getattr(value, name)) for name in _names(value.__class__))})"
    return repr(value)


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind))


def _each(parts: Iterable[str]) -> str:
    return ",".join(parts)
