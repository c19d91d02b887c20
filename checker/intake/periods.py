"""A text that names a time longer than a day (2019年12月, 2019年底, 第一季度) or lacks its year → first and last day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from checker.intake.days import MONTH_NAMES, century, exact, plausible

NO_YEAR = re.compile(
    r"(?:今年|本年|当年)?(?:([0-9]{1,2})月(?:([0-9]{1,2})[日号]?|份|上旬|中旬|下旬|初|中|底|末|月底)?|([0-9]{1,2})[-/.,]([0-9]{1,2})[日号]?|本?月?([0-9]{1,2})[日号]|年底|年末|本?月底|"
    r"第?[一二三四1-4]季度|上半年|下半年|本月|本月底|年内)"
)


class Column(NamedTuple):
    """What the reading of a date depends on besides the cell. `asked`: birth, deadline, end or start of a time, or just a
    day. `received_on` tells the year of 12月10日, but only as a guess.
    """

    asked: str = ""
    since_1904: bool = False
    received_on: date | None = None


ANY = Column()


class Period(NamedTuple):
    first: date
    last: date
    kind: str = "fuzzy_date"

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


_YEAR = r"([0-9]{4}|[0-9]{2}(?=年))"
_MONTH = re.compile(rf"{_YEAR}[-/.年_·\\ ]([0-9]{{1,2}})(?:月份?)?|([0-9]{{4}})([0-9]{{2}})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{4})")
_NAMED = re.compile(r"([a-z]{3})[a-z]*[- ]([0-9]{2}|[0-9]{4})")
_THIRD = re.compile(
    rf"{_YEAR}[-/.年]([0-9]{{1,2}})月?(?:份)?(上旬|初|月初|中旬|中|月中|下旬|底|末|月底|月末|底末|中下旬|上中旬|第?[一二三四五1-5]周)"
)
_PART = re.compile(
    rf"{_YEAR}年?度?(底|末|年底|年末|岁末|初|年初|中|年中|上半年|下半年|全年|春季学期|春学期|春季|春|夏季|夏|秋季学期|秋学期|秋季|秋|冬季|冬|暑假|暑期|寒假|"
    r"第?[一二三四1-4]季度?|q[1-4]|上学期|下学期)?"
)
_WEEK = re.compile(r"([0-9]{4})(?:年第?|[-/]?w)([0-9]{1,2})周?")
_SCHOOL_YEAR = re.compile(r"([0-9]{4})(?:[-/~至]([0-9]{4}|[0-9]{2}(?=学)))?(?:学年度?|年)(?:第?([一二上下12])学期)?")
_QUARTER = {"一": 1, "二": 2, "三": 3, "四": 4}


def read_period(text: str) -> tuple[date, date] | None:
    """First and last day of a time that is named with its year; a single day too."""
    day = exact(text)
    if day is not None:
        value = day.value
        return (date(value.year, value.month, value.day),) * 2 if isinstance(value, date) else None
    found = period(text)
    return (found.first, found.last) if found is not None else None


def whole_month(year: int, month: int, kind: str = "month_precision") -> Period:
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]), kind)


def period(text: str, birth: bool = False) -> Period | None:
    text = text.lower()
    if (month := _MONTH.fullmatch(text)) is not None:
        return _month(month[1] or month[3], month[2] or month[4], birth)
    if (last := _YEAR_LAST.fullmatch(text)) is not None:
        return _month(last[2], last[1], birth)
    if (named := _NAMED.fullmatch(text)) is not None and named[1] in MONTH_NAMES:
        return _month(named[2], str(MONTH_NAMES.index(named[1]) + 1), birth)
    if (third := _THIRD.fullmatch(text)) is not None:
        whole = _month(third[1], third[2], birth)
        return None if whole is None else _third(whole, third[3])
    if (week := _WEEK.fullmatch(text)) is not None and ("周" in text or "w" in text):
        return _week(int(week[1]), int(week[2]))
    if (part := _PART.fullmatch(text)) is not None:
        year = _year(part[1], birth)
        return _part(year, part[2] or "") if plausible(year) else None
    years = _SCHOOL_YEAR.fullmatch(text)
    return None if years is None else _school_year(years)


def _week(year: int, number: int) -> Period | None:
    """From Monday to Sunday, as the weeks of reports are counted."""
    if not plausible(year) or not 1 <= number <= 52:
        return None
    return Period(date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7))


def _year(text: str, birth: bool) -> int:
    return int(text) if len(text) == 4 else century(text, birth)


def _month(year: str, month: str, birth: bool) -> Period | None:
    at, number = _year(year, birth), int(month)
    return whole_month(at, number) if plausible(at) and 1 <= number <= 12 else None


def _third(month: Period, part: str) -> Period:
    year, number, end = month.first.year, month.first.month, month.last.day
    if "周" in part:
        return Period(*month[:2])
    days = {"上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "中": (11, 20), "中下旬": (11, end), "上中旬": (1, 20)}
    first, last = days.get(part.removeprefix("月"), (21, end))
    return Period(date(year, number, first), date(year, number, last))


def _part(year: int, part: str) -> Period:
    if (quarter := re.search(r"[一二三四1-4](?=季)|(?<=q)[1-4]", part)) is not None:
        at = _QUARTER.get(quarter[0]) or int(quarter[0])
        return _months(year, 3 * at - 2, 3 * at)
    if part in ("底", "末", "年底", "年末", "岁末"):
        return _months(year, 12, 12)
    if part in ("初", "年初"):
        return _months(year, 1, 1)
    if part in ("中", "年中"):
        return _months(year, 6, 7)
    if part in ("上半年", "下半年"):
        return _months(year, 1, 6) if part == "上半年" else _months(year, 7, 12)
    if "学期" in part or part[:1] in ("春", "秋"):
        autumn = part.startswith(("秋", "上"))
        return Period(date(year, 9, 1), date(year + 1, 1, 31)) if autumn else _months(year, 2, 7)
    if part in ("暑假", "暑期", "夏季", "夏"):
        return _months(year, 6, 8)
    return _months(year, 1, 2) if part == "寒假" else _months(year, 1, 12)


def _months(year: int, first: int, last: int) -> Period:
    return Period(date(year, first, 1), whole_month(year, last).last)


def _school_year(found: re.Match[str]) -> Period | None:
    year = int(found[1])
    if not plausible(year) or (found[2] and int(found[2]) % 100 != (year + 1) % 100):
        return None
    if found[3] in ("一", "上", "1"):
        return Period(date(year, 9, 1), date(year + 1, 1, 31))
    if found[3]:
        return _months(year + 1, 2, 7)
    return Period(date(year, 9, 1), date(year + 1, 8, 31))


# --- without its year -----------------------------------------------------------------------------


def with_year(text: str, column: Column) -> str:
    """12月10日 with the year of receipt, or of the year before if that day was still to come; as typed if no year is known."""
    bare = re.sub(r"^(?:今年|本年|当年)", "", text)
    typed = re.fullmatch(r"([0-9]{1,2})[月/.,-]([0-9]{1,2})[日号]?", bare)
    known = column.received_on
    if known is None:
        return f"{typed[1]}-{typed[2]}" if typed is not None else ""
    if (day := re.fullmatch(r"本?月?([0-9]{1,2})[日号]", bare)) is not None:
        bare = f"{known.month}月{day[1]}日"
    elif bare in ("月底", "本月底", "本月"):
        bare = f"{known.month}月{'底' if '底' in bare else ''}"
    years = (known.year, known.year + 1) if column.asked == "deadline" else (known.year, known.year - 1)
    for year in years:
        spelled = f"{year}-{typed[1]}-{typed[2]}" if typed is not None else f"{year}年{bare.replace('年内', '')}"
        day_found = exact(spelled)
        if day_found is not None and isinstance(day_found.value, date):
            if abs((day_found.value - known).days) < 183 and (column.asked == "deadline" or day_found.value <= known):
                return str(day_found.value)
            if year == years[-1]:
                return str(day_found.value)
        elif (found := period(spelled)) is not None and (column.asked == "deadline" or found.first <= known):
            return str(found)
    return ""
