"""A cell of a date or datetime column → the day or the minute, or missing with a doubt and what it may have meant."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta

from checker.intake.cells import Reading, mark, normal, squeezed, without_note, words

_SEPARATOR = r"[-/.年]"
_DAY = re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}})[-/.月](\d{{1,2}})(?!\d)[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d|\.\d)")
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?")
_LOOSE_SPACE = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_CLOCK = re.compile(r"[Tt上下午]*(\d{1,2})[:时点](\d{1,2})?[:分]?(\d{1,2})?(?:\.0+)?秒?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_MONTH = re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}})月?份?")
_NO_YEAR = re.compile(r"(\d{1,2})[月](\d{1,2})[日号]?|(\d{1,2})[-/.](\d{1,2})")
_FUZZY = re.compile(
    r"(\d{4})年?(?:(底|末|年底|年末)|(初|年初)|(上半年)|(下半年)|(春季|春|夏|秋季|秋|冬|暑假|寒假|暑期|寒期)|(?:(\d{1,2})月(?:底|末|初|上旬|中旬|下旬|中)))?"
)
_CUT = re.compile(r"-{1,2}|~|—+|–|至|到")
_BEFORE = re.compile(r"(?:截止|截至|最迟|于)?(.+?)(?:之前|以前|前|止|截止)(?:完成|整改到位|整改)?")
_LATER = words("立即 立即整改 立刻 马上 即刻 尽快 即改 立行立改 当场 当场整改 长期 长期坚持 持续 永久 随时")
_STATE = re.compile(r"(?:已|未|正在|尚未|拟|待|完成|基本).{0,8}|整改中|是|否|有|√|×|无")
_NOTHING = words("无 没有 暂无")

PLAUSIBLE_YEARS = (1950, 2099)
_DAY_ONE = date(1899, 12, 30)
_SHIFT_1904 = timedelta(days=1462)
_SERIALS = (20000, 60000)  # 1954 to 2064

_DEADLINES = ("时限", "期限", "截止", "限期", "due", "deadline")
_ENDS = ("完成", "结束", "终止", "截止", "验收", "有效期至", "until", "end")
_STARTS = ("开始", "起始", "发现", "启动", "start", "from", "found")


def reads(label: str) -> str:
    """What a column asks for: a deadline, the end or the start of a time, or just a day."""
    low = label.lower()
    for asked, marks in (("deadline", _DEADLINES), ("end", _ENDS), ("start", _STARTS)):
        if any(each in low for each in marks):
            return asked
    return ""


def read_date(raw: object, asked: str = "", since_1904: bool = False) -> Reading:
    match raw:
        case bool():
            return Reading(None, "status_in_date_column")
        case datetime():
            if not _plausible(raw.year):
                return Reading(None, "implausible_date")
            return Reading(raw.date(), "time_dropped" if raw.time() != time() else "")
        case date():
            return Reading(raw) if _plausible(raw.year) else Reading(None, "implausible_date")
        case time():
            # An empty number in date format is 0: the midnight before the first day.
            return Reading(None, "excel_zero_date" if raw == time() else "unreadable")
        case _:
            found = _moment(normal(raw), asked, since_1904)
    if isinstance(found.value, datetime):
        return Reading(found.value.date(), found.kind or ("time_dropped" if found.value.time() != time() else ""))
    return found


def read_datetime(raw: object, since_1904: bool = False) -> Reading:
    match raw:
        case bool():
            return Reading(None, "status_in_date_column")
        case datetime():
            return Reading(raw.replace(microsecond=0)) if _plausible(raw.year) else Reading(None, "implausible_date")
        case date():
            return Reading(None, "time_missing", raw.isoformat())
        case time():
            return Reading(None, "excel_zero_date" if raw == time() else "year_missing")
        case _:
            found = _moment(normal(raw), "", since_1904)
    if isinstance(found.value, date) and not isinstance(found.value, datetime):
        return Reading(None, "time_missing", found.value.isoformat())
    return found


def _plausible(year: int) -> bool:
    return PLAUSIBLE_YEARS[0] <= year <= PLAUSIBLE_YEARS[1]


def _moment(text: str, asked: str, since_1904: bool) -> Reading:
    tight = squeezed(text)
    if (exact := _exact(text)) is not None:
        return exact
    if (marked := mark(tight.lower())) is not None:
        return marked
    if _SERIAL.fullmatch(tight):
        return _serial(float(tight), since_1904)
    if tight in _LATER:
        return Reading(None, "assumed_deadline")
    if tight in _NOTHING:
        return Reading(None, "no_content")
    if (less := _less_than_a_day(tight)) is not None:
        return less
    if (phrase := _BEFORE.fullmatch(tight)) is not None and (day := _exact(phrase[1])) is not None:
        if isinstance(day.value, date) and asked == "deadline":
            return Reading(day.value, "deadline_phrase")
        return Reading(None, day.kind or "fuzzy_date", f"≤ {day.value}" if day.value else "")
    if (span := _span(tight, asked)) is not None:
        return span
    base, note = without_note(tight)
    if note and (day := _exact(base)) is not None:
        return Reading(day.value, day.kind or "trailing_note", day.candidate)
    return Reading(None, "status_in_date_column" if _STATE.fullmatch(tight) else "unreadable")


def _exact(text: str) -> Reading | None:
    """A text that names one day, perhaps with a time of day; None if it has another shape."""
    # Spaces go, except between two digits: 2019-12-2 10:30.
    tight = _LOOSE_SPACE.sub("", text)
    if (shape := _DAY.match(tight) or _COMPACT.match(tight)) is None:
        return None
    tail = tight[shape.end() :].strip()
    if tail and not _CLOCK.fullmatch(tail) and not _WEEKDAY.fullmatch(tail):
        return None
    year, month, number = (int(part) for part in shape.groups())
    if year == 1900 and number == 0:
        return Reading(None, "excel_zero_date")
    try:
        day = date(year, month, number)
    except ValueError:
        return Reading(None, "invalid_date")
    if not _plausible(year):
        return Reading(None, "excel_zero_date" if year in (1899, 1900) else "implausible_date")
    return _with_clock(day, tail) if _CLOCK.fullmatch(tail) else Reading(day)


def _with_clock(day: date, tail: str) -> Reading:
    clock = _CLOCK.fullmatch(tail)
    if clock is None:
        return Reading(None, "unreadable")
    hour, minute, second = int(clock[1]), int(clock[2] or 0), int(clock[3] or 0)
    if "下午" in tail and hour < 12:
        hour += 12
    try:
        return Reading(datetime.combine(day, time(hour, minute, second)))
    except ValueError:
        return Reading(None, "invalid_date")


def _serial(number: float, since_1904: bool) -> Reading:
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        return Reading(None, "unreadable")
    days, part = divmod(number, 1)
    day = _DAY_ONE + timedelta(days=int(days)) + (_SHIFT_1904 if since_1904 else timedelta())
    kind = "excel_serial_1904" if since_1904 else "excel_serial"
    if not part:
        return Reading(day, kind)
    return Reading(datetime.combine(day, time()) + timedelta(seconds=round(part * 86400)), kind)


def _less_than_a_day(text: str) -> Reading | None:
    if (month := _MONTH.fullmatch(text)) is not None:
        year, number = int(month[1]), int(month[2])
        if not 1 <= number <= 12:
            return Reading(None, "invalid_date")
        # 2019.1 is what a spreadsheet makes of 2019.10.
        if month[0] == f"{year}.1":
            return Reading(None, "float_date_ambiguous", f"{year}-01 / {year}-10")
        return Reading(None, "month_precision", _whole_month(year, number))
    if (no_year := _NO_YEAR.fullmatch(text)) is not None:
        return Reading(None, "year_missing", "-".join(part for part in no_year.groups() if part))
    if (fuzzy := _FUZZY.fullmatch(text)) is None or not _plausible(int(fuzzy[1])):
        return None
    year = int(fuzzy[1])
    if fuzzy[7] and 1 <= int(fuzzy[7]) <= 12:
        return Reading(None, "fuzzy_date", _whole_month(year, int(fuzzy[7])))
    span = {2: (12, 12), 3: (1, 1), 4: (1, 6), 5: (7, 12)}
    first, last = next((months for at, months in span.items() if fuzzy[at]), (1, 12))
    return Reading(None, "fuzzy_date", f"{year}-{first:02}-01..{year}-{last:02}-{monthrange(year, last)[1]}")


def _whole_month(year: int, month: int) -> str:
    return f"{year}-{month:02}-01..{year}-{month:02}-{monthrange(year, month)[1]}"


def _span(text: str, asked: str) -> Reading | None:
    """2019.12.10-12.25: start and end; a column that asks for neither learns nothing."""
    for cut in _CUT.finditer(text):
        left, right = text[: cut.start()], text[cut.end() :]
        start = _exact(left)
        if start is None or not isinstance(start.value, date):
            continue
        end = _exact(right) or _exact(f"{start.value.year}-{right}") or _exact(f"{start.value:%Y-%m}-{right}")
        if end is None:
            continue
        if end.kind or not isinstance(end.value, date):
            return Reading(None, end.kind or "range_in_cell")
        chosen = {"end": end.value, "start": start.value, "deadline": end.value}.get(asked)
        span = f"{start.value}..{end.value}"
        return Reading(chosen, "range_end_used", span) if chosen else Reading(None, "range_in_cell", span)
    return None
