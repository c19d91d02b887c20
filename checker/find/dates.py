"""plan + the due of an obligation + a period → the date, where it is the same for every subject."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from datetime import date, datetime, timedelta
from fractions import Fraction

from checker.expr import Clock, Const, Expr, Shift
from checker.model import Period, WorkingDays
from checker.plan import Plan


def constant_due(plan: Plan, due: Expr | None, period: Period | None) -> date | None:
    """None: no due, or one that depends on the record (then the engine's own dates tell)."""
    point = None if due is None else _point(plan, due, period)
    return point.date() if isinstance(point, datetime) else point


def _point(plan: Plan, expr: Expr, period: Period | None) -> date | None:
    match expr:
        case Const(value=date() as day):
            return day
        case Clock(name="as_of"):
            return plan.as_of
        case Clock(name="period.start") if period is not None:
            return period.start
        case Clock(name="period.end") if period is not None:
            return period.end
        case Shift(item=item, amount=Const(value=Fraction() as amount)) if amount.denominator == 1:
            start = _point(plan, item, period)
            return None if start is None else _shifted(start, int(amount), expr, plan.pack.working_days)
        case _:
            return None


def _shifted(start: date, amount: int, shift: Shift, working: WorkingDays | None) -> date | None:
    match shift.unit:
        case "day":
            return start + timedelta(days=amount)
        case "minute":
            # A date counts from its first minute; only the day of the result matters here.
            begin = start if isinstance(start, datetime) else datetime(start.year, start.month, start.day)
            return begin + timedelta(minutes=amount)
        case "month":
            year, month = divmod(start.year * 12 + start.month - 1 + amount, 12)
            return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))
        case "working_day":
            day = start.date() if isinstance(start, datetime) else start
            if working is None or amount < 1 or not working.first <= day <= working.until:
                return None
            place = bisect_right(working.days, day) + amount - 1
            return working.days[place] if place < len(working.days) else None
