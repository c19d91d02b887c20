"""A date → what the city bureau has registered of the reports of every unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from facts import Facts, Row
from places import PLACES


def reports(as_of: date) -> list[Row]:
    """What the city bureau has registered: weekly, monthly and single reports of every unit, universities too."""
    found: list[Row] = []
    codes = [(p.code, p.progress, p.code_later) for p in PLACES] + [(f"U{n:02}", 0.95, "") for n in range(1, 9)]

    def add(code: str, kind: str, period: str, at: datetime) -> None:
        if at.date() <= as_of:
            row: Row = {
                "id": f"BS{len(found) + 1:05}",
                "unit_code": code,
                "report_kind": kind,
                "period_of": period,
                "submitted_at": at,
            }
            found.append({**row, "nil_report": False})

    for code, progress, later in codes:
        chance = Facts(f"reports {code}", progress, 1.0)
        if chance.holds("plan", 1.5):
            add(code, "implementation_plan", "", datetime(2019, 12, chance.number("plan", 16, 30), 15, 0))
        start = date(2020, 1, 6)
        while start <= date(2020, 9, 21):
            sunday = start + timedelta(days=6)
            sender = later if later and sunday >= date(2020, 7, 3) else code
            year, week, _ = start.isocalendar()
            if chance.holds(f"week {week}", 0.6) and not (sender == "320613" and code == "320611"):
                late = 0 if chance.holds(f"week {week} in time", 0.8) else 2
                add(
                    sender,
                    "weekly_progress",
                    f"{year}-W{week:02}",
                    datetime(sunday.year, sunday.month, sunday.day, 16, 0) + timedelta(days=late),
                )
            start += timedelta(days=7)
        for month in range(1, 10):
            end = date(2020, month + 1, 1) - timedelta(days=1)
            sender = later if later and end >= date(2020, 7, 3) else code
            if chance.holds(f"month {month}", 0.5) and not (sender == "320613" and code == "320611"):
                add(
                    sender,
                    "monthly_hazard_list",
                    f"2020-{month:02}",
                    datetime(end.year, end.month, end.day, 10, 0)
                    + timedelta(days=0 if chance.holds(f"m{month}") else 3),
                )
        if chance.holds("summary", 0.8) and not (later == "320613" and code == "320611"):
            add(later or code, "summary", "", datetime(2020, 12, chance.number("summary", 7, 10), 11, 0))
    return found
