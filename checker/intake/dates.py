"""A cell of a date or datetime column → the day or the minute, or missing with a doubt and what it may have meant."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from checker.intake.cells import (
    BLANK,
    LONGEST,
    Reading,
    doubted,
    linked,
    mark,
    spoken,
    through_link,
    without_note,
    words,
)
from checker.intake.days import FOUR_DIGIT_YEAR, exact, in_digits, other_order, plausible
from checker.intake.numerals import numeral
from checker.intake.periods import ANY, NO_YEAR, Column, period, with_year
from checker.intake.spans import among_words, several, span

_DAY_ONE = date(1899, 12, 30)
_SHIFT_1904 = timedelta(days=1462)
_SERIALS = (18264, 55000)  # 1950 to 2050
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?")
_LIKE_A_MONTH = re.compile(r"(20[0-4][0-9])([1-9])")  # 20191: January 2019, or a day of 1955?
_TENTH_MONTH = re.compile(r"([0-9]{4})\.1")  # what a spreadsheet makes of 2019.10

_LUNAR = re.compile(r"农历|阴历|旧历|腊月|冬月|正月|闰.?月|初[一二三四五六七八九十]|大年|除夕|民国")
_REPUBLIC = re.compile(r"民国([0-9]{1,3})年([0-9]{1,2})月([0-9]{1,2})日")
_LATER = words(
    "立即 立查立改 立即整改 立即完成 立刻 马上 即刻 尽快 尽早 即改 立行立改 边查边改 当场 当场整改 即知即改 限期 "
    "限期整改 长期 长期坚持 长期有效 持续 永久 永久有效 "
    "终身 终身有效 长效 随时 即日 即日起 当天 当日 现场整改 无固定期限 无限期 不限 近期 近日 适时 有效 "
    "有效期内 在有效期内 在期 未到期 至今"
)
_RELATIVE = re.compile(
    r"[^0-9]{0,10}?(?:[0-9]{1,3}|[一二两三四五六七八九十半]+)个?(?:工作日|日|天|周|星期|月|年|学期|小时)(?:之?内|以内|后)[^0-9]{0,6}"
)
_DURATION = re.compile(r"(?:[0-9]{1,3}|[一二两三四五六七八九十半]+)个?(?:工作日|天|周|星期|个月|小时|学期)")
_FEAST = re.compile(r"春节|元旦|国庆|中秋|端午|五一|清明|开学|放假|寒假|暑假|期末|学期|汛期|入冬|高考|中考|两会")
_RECURRING = re.compile(r"每.{0,2}(?:日|天|周|月|年|季|季度|学期|学年|半年|两年)\S{0,8}|定期|不定期|按月|按季|常年")
_NOTHING = words("无 没有 暂无 尚无")
_STATE = re.compile(
    r"(?:已|未|正|尚|拟|待|完成|基本|整改|合格|不合格|达标|过期|到期|超期|逾期|延期|销号|验收|落实|进行|持续|通过|检测|检查|办理|申请|新|在|否|是|有|√|×|✓|✗|y|n)\S{0,20}"
)
_AGE = re.compile(r"(?:年龄)?([0-9]{1,3}|[一二三四五六七八九十]{1,3})多?周?岁(?:半|多|左右)?|年龄([0-9]{2})")
_BARE_AGE = re.compile(r"[1-9][0-9]")
_LIKE_DIGITS = str.maketrans("OoQlI|", "000111")

_BIRTHS = ("出生", "生日", "birth", "born")
_VALIDITIES = ("有效期", "有效至", "到期", "until", "valid")
_DEADLINES = ("时限", "期限", "截止", "限期", "due", "deadline")
_ENDS = ("完成", "结束", "终止", "截止", "验收", "end")
_STARTS = ("开始", "起始", "发现", "启动", "start", "from", "found")


def reads(label: str) -> str:
    """What a column asks for: a birth, how long something is valid, a deadline, the end or the start of a time, or just a day."""
    low = label.lower()
    for asked, marks in (
        ("birth", _BIRTHS),
        ("validity", _VALIDITIES),
        ("deadline", _DEADLINES),
        ("end", _ENDS),
        ("start", _STARTS),
    ):
        if any(each in low for each in marks):
            return asked
    return ""


def read_date(raw: object, column: Column = ANY) -> Reading:
    match raw:
        case bool():
            return Reading(None, "status_in_date_column")
        case datetime():
            if not plausible(raw.year):
                return Reading(None, "excel_zero_date" if raw.year in (1899, 1900, 1904) else "implausible_date")
            return Reading(raw.date(), "time_dropped" if raw.time() != time() else "")
        case date():
            if plausible(raw.year):
                return Reading(raw)
            return Reading(None, "excel_zero_date" if raw.year in (1899, 1900, 1904) else "implausible_date")
        case time():
            # An empty number in date format is 0: the midnight before the first day.
            return _number(f"{raw:%H:%M}", column) or Reading(None, "unreadable")
        case _:
            found = _cell(raw, column)
    if isinstance(found.value, datetime):
        return Reading(found.value.date(), found.kind or ("time_dropped" if found.value.time() != time() else ""))
    return found


def read_datetime(raw: object, column: Column = ANY) -> Reading:
    match raw:
        case bool():
            return Reading(None, "status_in_date_column")
        case datetime():
            whole = raw.replace(microsecond=0, tzinfo=None)
            return Reading(whole) if plausible(raw.year) else Reading(None, "implausible_date")
        case date():
            return Reading(None, "time_missing" if plausible(raw.year) else "implausible_date", _if_plausible(raw))
        case time():
            return _number(f"{raw:%H:%M}", column) or Reading(None, "unreadable")
        case _:
            found = _cell(raw, column)
    if isinstance(found.value, date) and not isinstance(found.value, datetime):
        return Reading(None, "time_missing", found.value.isoformat())
    return found


def _if_plausible(day: date) -> str:
    return day.isoformat() if plausible(day.year) else ""


def _cell(raw: object, column: Column) -> Reading:
    if isinstance(raw, float) and raw != raw:
        return BLANK
    if (shown := linked(raw)) is not None:
        return through_link(_cell(shown, column))
    text = spoken(raw)
    if len(text) > LONGEST:
        return Reading(None, "unreadable")
    found = _moment(text, column)
    if found.value is None and not found.kind and text:
        return Reading(None, "unreadable")
    return found


def _moment(text: str, column: Column) -> Reading:
    if (day := exact(text)) is not None:
        return day
    if (marked := mark(text.lower())) is not None:
        return marked
    digits, slipped = in_digits(text)
    found = _of_digits(digits.strip(".,;、"), column)
    if slipped and found.value is not None:
        return Reading(found.value, "typo_confusable")
    return found


def _of_digits(text: str, column: Column) -> Reading:
    if (day := exact(text)) is not None:
        return day
    if text.endswith("?"):
        sure = _of_digits(text.rstrip("?"), column)
        return Reading(None, "hedged_value", sure.candidate if sure.value is None else str(sure.value))
    for read in (
        _number,
        _worded,
        _less_than_a_day,
        several,
        span,
        _relative,
        among_words,
        _with_note,
        _feast,
        _confused,
    ):
        if (found := read(text, column)) is not None:
            return found
    return Reading(None, "status_in_date_column" if _STATE.fullmatch(text.lower()) else "unreadable")


# --- numbers --------------------------------------------------------------------------------------


def _number(text: str, column: Column) -> Reading | None:
    if text in ("0", "0.0", "00:00", "00:00:00", "0:00"):
        return Reading(None, "excel_zero_date")
    if _CLOCK.fullmatch(text):
        return Reading(None, "year_missing", text)
    if column.asked == "birth" and (_BARE_AGE.fullmatch(text) or re.fullmatch("[一二三四五六七八九十]{2,3}", text)):
        years = numeral(text)
        return _age(int(years.value), column) if years is not None else None
    if (month := _LIKE_A_MONTH.fullmatch(text)) is not None:
        return Reading(None, "float_date_ambiguous", f"{month[1]}-0{month[2]}")
    if _SERIAL.fullmatch(text):
        return _serial(float(text), column.since_1904)
    return other_order(text, column.asked == "birth")


def _serial(number: float, since_1904: bool) -> Reading:
    if not _SERIALS[0] <= number <= _SERIALS[1]:
        return Reading(None, "unreadable")
    days, part = divmod(number, 1)
    day = _DAY_ONE + timedelta(days=int(days)) + (_SHIFT_1904 if since_1904 else timedelta())
    kind = "excel_serial_1904" if since_1904 else "excel_serial"
    if not part:
        return Reading(day, kind)
    return Reading(datetime.combine(day, time()) + timedelta(seconds=round(part * 86400)), kind)


def _age(years: int, column: Column) -> Reading:
    """58岁 on the day of receipt: born between 59 years before, less a day, and 58 years before."""
    day = column.received_on
    if day is None or not 0 < years < 120:
        return Reading(None, "age_not_birthdate")
    day = day.replace(day=28) if (day.month, day.day) == (2, 29) else day
    first = day.replace(year=day.year - years - 1) + timedelta(days=1)
    # A guess is no better than what would be refused if somebody typed it.
    told = f"{first}..{day.replace(year=day.year - years)}" if plausible(first.year) else ""
    return Reading(None, "age_not_birthdate", told)


# --- words ----------------------------------------------------------------------------------------


def _worded(text: str, column: Column) -> Reading | None:
    if text in _LATER or _RECURRING.fullmatch(text):
        return Reading(None, "assumed_deadline")
    if text in _NOTHING:
        return Reading(None, "no_content")
    if (age := _AGE.fullmatch(text)) is not None:
        years = numeral(age[1] or age[2]) if "多" not in text else None  # 50多岁: between which years?
        return _age(int(years.value) if years is not None else 0, column)
    if _LUNAR.search(text):
        year = _REPUBLIC.fullmatch(text)
        day = exact(f"{int(year[1]) + 1911}-{year[2]}-{year[3]}") if year is not None else None
        return Reading(None, "other_calendar", str(day.value) if day is not None and day.value is not None else "")
    return None


def _less_than_a_day(text: str, column: Column) -> Reading | None:
    # 2019.1 is what a spreadsheet makes of 2019.10.
    if (month := _TENTH_MONTH.fullmatch(text)) is not None and plausible(int(month[1])):
        return Reading(None, "float_date_ambiguous", f"{month[1]}-01 / {month[1]}-10")
    if (found := period(text, column.asked == "birth")) is not None:
        if column.asked == "deadline" and re.search(r"[底末]$", text):
            return Reading(found.last, "deadline_phrase")
        return Reading(None, found.kind, str(found))
    if re.fullmatch(r"[0-9]{4}[-/.年][0-9]{1,2}月?", text):
        return Reading(None, "invalid_date")
    if NO_YEAR.fullmatch(text):
        return Reading(None, "year_missing", with_year(text, column))
    return None


def _relative(text: str, column: Column) -> Reading | None:
    """15个工作日内: from when?"""
    told = _RELATIVE.fullmatch(text) or (column.asked == "deadline" and _DURATION.fullmatch(text))
    return Reading(None, "assumed_deadline") if told else None


def _feast(text: str, column: Column) -> Reading | None:
    return Reading(None, "fuzzy_date") if _FEAST.search(text) and not FOUR_DIGIT_YEAR.search(text) else None


def _with_note(text: str, column: Column) -> Reading | None:
    if text.startswith("(") and text.endswith(")"):
        return _of_digits(text[1:-1], column)
    base, note = without_note(text)
    if base == text or not base:
        return None
    if re.fullmatch(r"之?前|以前|前?含当?日?|前完成|前", note):
        return _of_digits(f"{base}前" if base[-1] != "前" else base, column)
    if note in ("约", "预计", "拟", "计划", "暂定"):
        sure = _of_digits(base, column)
        return Reading(None, "planned_date" if note != "约" else "fuzzy_date", str(sure.value or sure.candidate))
    found = _of_digits(base, column)
    if found.kind == "status_in_date_column" and re.match("已|完成|合格", base) and (day := exact(note)) is not None:
        return Reading(day.value, "trailing_note") if day.value is not None else day  # 已完成（2019.12.10）
    if found.value is None or not note:
        return found
    if doubted(note):
        return Reading(None, "hedged_value", str(found.value))
    return Reading(found.value, found.kind or "trailing_note", found.candidate)


def _confused(text: str, column: Column) -> Reading | None:
    """2O19.12.10, and doubled separators: a guess, no more."""
    mended = text.translate(_LIKE_DIGITS)
    if mended != text and (day := exact(mended)) is not None and isinstance(day.value, date):
        return Reading(None, "confusable_letter", str(day.value))
    single = re.sub(r"([-/.])\1+", r"\1", text)
    if single != text and (day := exact(single)) is not None and isinstance(day.value, date):
        return Reading(None, "unreadable", str(day.value))
    return None
