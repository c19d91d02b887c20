"""A unit's rows, put together from facts that do not know each other → the same rows, none of which contradicts itself.

The checks of the vocabulary say what a record may not say. The field that yields is the one that the check names last; of two
dates, or where the city has told the last one, the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from facts import Row, Unit

from checker.cases.given import Record
from checker.expr import Compare, Const, Expr, Field, Known, Not, OneOf, Or
from checker.model import Table
from checker.plan import RecordCheck


def agree(unit: Unit, checks: Iterable[RecordCheck], told: Mapping[str, set[str]]) -> None:
    """`told`: table → the fields that the city has told."""
    for check in checks:
        for row in unit.rows.get(check.table, []):
            if _holds(check.expr, row) is False:
                _mend(check.expr, row, told.get(check.table, set()))


def is_future(row: Mapping[str, object], table: Table, as_of: date) -> bool:
    """Whether something is done after the date of the snapshot."""
    return any(_day(row[name]) > as_of for name in _done(row, table))


def until(record: Record, latest: date) -> Record:
    """What would be done later is done on the last day."""
    late = {name for name in _done(record.values, record.table) if _day(record.values[name]) > latest}
    return replace(
        record, values={n: _at(latest, v) if n in late and isinstance(v, date) else v for n, v in record.values.items()}
    )


def _at(day: date, before: date) -> date:
    return before.combine(day, before.time()) if isinstance(before, datetime) else day


def contradicts(row: Mapping[str, object], checks: Iterable[RecordCheck]) -> bool:
    return any(_holds(check.expr, row) is False for check in checks)


def _done(row: Mapping[str, object], table: Table) -> list[str]:
    return [name for name, field in table.fields.items() if isinstance(row.get(name), date) and not field.ahead]


def _day(value: object) -> date:
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value


def _value(expr: Expr, row: Mapping[str, object]) -> object:
    match expr:
        case Const(value):
            return value
        case Field(name):
            return row.get(name)
        case _:
            raise NotImplementedError(f"the checks say {type(expr).__name__}, and the generator does not know it")


def _holds(expr: Expr, row: Mapping[str, object]) -> bool | None:
    """True, false or unknown; for the few forms in which checks are written."""
    match expr:
        case Compare(op, left, right):
            one, other = _value(left, row), _value(right, row)
            if one is None or other is None:
                return None
            if isinstance(one, date) and isinstance(other, date):
                one, other = _day(one), _day(other)
            if op in ("=", "!="):
                return (one == other) is (op == "=")
            assert isinstance(one, (int, float, date)) and isinstance(other, (int, float, Fraction, date))
            return {"<=": one <= other, "<": one < other, ">=": one >= other, ">": one > other}[op]  # type: ignore[operator]
        case Or(items):
            found = [_holds(item, row) for item in items]
            return True if True in found else None if None in found else False
        case Not(item):
            inner = _holds(item, row)
            return None if inner is None else not inner
        case Known(item):
            return _value(item, row) is not None
        case OneOf(item, options):
            value = _value(item, row)
            return None if value is None else value in [_value(option, row) for option in options]
        case _:
            value = _value(expr, row)
            return None if value is None else bool(value)


def _mend(expr: Expr, row: Row, told: set[str]) -> None:
    match expr:
        case Or(items):
            _mend(items[-1], row, told)
        case Compare("<=" | ">=", Field(left), Field(right)):
            if isinstance(row[left], date) or right in told:
                row[left] = row[right]
            else:
                row[right] = row[left]
        case Compare("=", Field(name), Const(value)):
            row[name] = int(value) if isinstance(value, Fraction) else value
        case Not(Known(Field(name))):
            row[name] = None
        case Not(Field(name)):
            row[name] = False
        case _:
            raise NotImplementedError(f"no way to mend {expr}")
