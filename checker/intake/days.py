"""A text that names one day, in any order and any digits (二〇一九年十二月十日, 19.12.10) → the day, or what is unsure about it."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from checker.intake.cells import Reading
from checker.intake.numerals import numeral

PLAUSIBLE_YEARS = (1950, 2089)

# As on a receipt: 贰零壹玖年零壹月拾伍日.
_FORMAL = re.compile(r"零?[壹贰貳叁叄肆伍陆陸柒捌玖拾零]+(?=[年月日号])")
_PLAIN_HAN = str.maketrans("壹贰貳叁叄肆伍陆陸柒捌玖拾", "一二二三三四五六六七八九十")
_HAN_YEAR = re.compile(r"([〇零○Oo0一二三四五六七八九]{4}|[〇零○一二三四五六七八九]{2})(?=年)")
_HAN_MONTH = re.compile(r"(?<![一二三四五六七八九十])([一二三四五六七八九十]{1,3}|元)(?=月)")
_HAN_DAY = re.compile(r"([一二三四五六七八九十廿卅]{1,3})(?=[日号])|(?<=月)([一二三四五六七八九十廿卅]{1,3})$")
_HAN_DIGITS = {digit: str(at) for at, digit in enumerate("零一二三四五六七八九")} | dict.fromkeys("〇○Oo0", "0")
_SLIPS = ((re.compile(r"(?<=\d)曰"), "日"), (re.compile(r"(?<=\d)目(?=\d)"), "月"))

_YMD = r"(?<!\d)([0-9]{4})([-/.年_·,、\\ ])([0-9]{1,2})([-/.月_·,、\\ ])([0-9]{1,2})(?!\d)[日号]?"
FOUR_DIGIT_YEAR = re.compile(_YMD)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0+)?(?![\d.])")
_WEEKDAY = r"\(?(?:星期|周|礼拜)([一二三四五六日天])\)?"
_CLOCK = r"([0-9]{1,2})[:时点](?:([0-9]{1,2})|(半))?[:分]?([0-9]{1,2})?(?:\.[0-9]+)?秒?"
_HALF = r"上午|下午|晚上|晚间|晚|早上|早|中午|凌晨|傍晚|夜间|am|pm"
_TAIL = re.compile(
    rf"[T ,]*(?:{_WEEKDAY})?[ ,]*({_HALF})?(?:{_CLOCK})?\s*({_HALF})?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?(?:{_WEEKDAY})?[.,;]*",
    re.IGNORECASE,
)

_TWO_DIGITS = re.compile(r"([0-9]{2})年([0-9]{1,2})[月.](?:([0-9]{1,2})[日号]?)")
_SHORT = re.compile(r"([0-9]{2})([-/.])([0-9]{1,2})([-/.])([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = re.compile(
    r"(?:([0-9]{1,2})(?:st|nd|rd|th)?[- .]?)?([a-z]{3})[a-z]*[- .]?(?:([0-9]{1,2})(?:st|nd|rd|th)?,)?[- .]?([0-9]{4}|[0-9]{2})"
)
_SIX, _SEVEN = re.compile(r"[0-9]{6}"), re.compile(r"[0-9]{7}")


def plausible(year: int) -> bool:
    return PLAUSIBLE_YEARS[0] <= year <= PLAUSIBLE_YEARS[1]


# --- digits ---------------------------------------------------------------------------------------


def in_digits(text: str) -> tuple[str, bool]:
    """二〇一九年十二月十日 → 2019年12月10日; and whether a letter had to be taken for a figure (二O一九年, 10曰)."""
    slipped = False
    for wrong, right in _SLIPS:
        mended = wrong.sub(right, text)
        slipped |= mended != text
        text = mended
    text = _FORMAL.sub(lambda found: found[0].translate(_PLAIN_HAN), text)
    if not re.search(r"[一二三四五六七八九十元廿卅]", text):
        return text, slipped
    slipped |= (year := _HAN_YEAR.search(text)) is not None and bool(re.search("[Oo]", year[1]))
    text = re.sub(r"(?<=[年月])零(?=[一二三四五六七八九十])", "", text)
    text = _HAN_YEAR.sub(lambda found: "".join(_HAN_DIGITS[letter] for letter in found[1]), text)
    text = _HAN_MONTH.sub(lambda found: "1" if found[1] == "元" else _figure(found[1]), text)
    return _HAN_DAY.sub(lambda found: _figure(found[1] or found[2]), text), slipped


def _figure(text: str) -> str:
    sure = numeral(text)
    return text if sure is None else f"{sure.value:f}"


# --- four figures of the year, in front -----------------------------------------------------------


def exact(text: str) -> Reading | None:
    """A text that names one day, perhaps with a time of day; None if it has another shape."""
    shape = FOUR_DIGIT_YEAR.match(text)
    compact = None if shape is not None else _COMPACT.match(text)
    found = shape or compact
    if found is None:
        return None
    tail = text[found.end() :]
    after = _TAIL.fullmatch(tail)
    if after is None:
        return None
    parts = (found[1], found[3], found[5]) if shape is not None else (found[1], found[2], found[3])
    day = day_of(*(int(part) for part in parts))
    if shape is not None and shape[4] == "-" != shape[2]:
        # 2019.9-12: the twelfth, or September to December?
        return Reading(None, "date_order_ambiguous", str(day.value or ""))
    return _with_tail(day.value, after) if isinstance(day.value, date) else day


def day_of(year: int, month: int, number: int) -> Reading:
    if (year in (0, 1899, 1900) and month <= 1) or (year == 1899 and month == 12):
        return Reading(None, "excel_zero_date")
    try:
        day = date(year, month, number)
    except ValueError:
        return Reading(None, "invalid_date")
    if not plausible(year):
        return Reading(None, "excel_zero_date" if year in (1899, 1900) else "implausible_date")
    return Reading(day)


def _with_tail(day: date, after: re.Match[str]) -> Reading:
    before, half, hour, minute, half_hour, second, late, behind = after.groups()
    named = before or behind
    kind = "weekday_differs" if named and "一二三四五六日".index(named.replace("天", "日")) != day.weekday() else ""
    if hour is None:
        return Reading(day, kind or ("time_dropped" if half or late else ""))
    at = int(hour)
    if (half or late or "").lower() in ("下午", "晚上", "晚间", "晚", "傍晚", "夜间", "pm") and at < 12:
        at += 12
    try:
        moment = datetime.combine(day, time(at, 30 if half_hour else int(minute or 0), int(second or 0)))
    except ValueError:
        return Reading(None, "invalid_date")
    return Reading(moment, kind)


# --- other orders ---------------------------------------------------------------------------------


def other_order(text: str, birth: bool = False) -> Reading | None:
    """19.12.10, 19年12月10日, 12/10/2019, 10-Dec-2019, 191210: a day if only one is possible, else the days that are."""
    if (short := _TWO_DIGITS.fullmatch(text)) is not None:
        return _doubted(day_of(century(short[1], birth), int(short[2]), int(short[3])), "two_digit_year")
    if (short := _SHORT.fullmatch(text)) is not None:
        return _short(short[1], short[3], short[5], birth)
    if (last := _YEAR_LAST.fullmatch(text)) is not None:
        year = int(last[3])
        return _one_of([(year, int(last[1]), int(last[2])), (year, int(last[2]), int(last[1]))], "date_order_assumed")
    if (
        (named := _NAMED.fullmatch(text.lower())) is not None
        and named[2] in MONTH_NAMES
        and (number := named[1] or named[3])
    ):
        year = int(named[4]) if len(named[4]) == 4 else century(named[4], birth)
        found = day_of(year, MONTH_NAMES.index(named[2]) + 1, int(number))
        return found if len(named[4]) == 4 else _doubted(found, "two_digit_year")
    if _SIX.fullmatch(text) and not text.startswith(("19", "20")):
        return _doubted(day_of(century(text[:2], birth), int(text[2:4]), int(text[4:])), "two_digit_year")
    if _SIX.fullmatch(text):
        as_month = plausible(int(text[:4])) and 1 <= int(text[4:]) <= 12
        day = day_of(century(text[:2], birth), int(text[2:4]), int(text[4:])).value
        if isinstance(day, date):
            return (
                Reading(None, "float_date_ambiguous", f"{text[:4]}-{text[4:]} / {day}")
                if as_month
                else Reading(day, "two_digit_year")
            )
        return None
    if _SEVEN.fullmatch(text):
        year = int(text[:4])
        return _one_of(
            [(year, int(text[4:6]), int(text[6:])), (year, int(text[4:5]), int(text[5:]))], "date_order_assumed"
        )
    return None


def century(two: str, birth: bool = False) -> int:
    number = int(two)
    return number + (2000 if number <= (20 if birth else 40) else 1900)


def _doubted(found: Reading, kind: str) -> Reading:
    return Reading(found.value, kind) if found.value is not None else found


def _short(first: str, second: str, third: str, birth: bool) -> Reading:
    """With a first part above 12 that no month can be, the year stands in front, as it does in Chinese."""
    front = (century(first, birth), int(second), int(third))
    if int(first) > 12 or birth:
        return _one_of([front], "two_digit_year")
    back = (
        [] if len(third) < 2 else [(century(third), int(first), int(second)), (century(third), int(second), int(first))]
    )
    return _one_of([front, *back], "two_digit_year")


def _one_of(days: list[tuple[int, int, int]], kind: str) -> Reading:
    found = dict.fromkeys(day for each in days if isinstance(day := day_of(*each).value, date))
    if not found:
        return Reading(None, "invalid_date")
    if len(found) == 1:
        return Reading(next(iter(found)), kind)
    return Reading(None, "date_order_ambiguous", " / ".join(map(str, found)))
