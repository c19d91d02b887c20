"""Several days, a time from one to another, a day or a longer time among words → the day that is asked for, or what may be meant."""

from __future__ import annotations

import re
from datetime import date, datetime

from checker.intake.cells import Reading
from checker.intake.days import FOUR_DIGIT_YEAR, exact
from checker.intake.periods import NO_YEAR, Column, Period, period, whole_month, with_year

_SEVERAL, _CUT = re.compile(r"[;、,/|和及与]"), re.compile(r"\.\.|-{1,2}|~|至|到")
_SHORT_SPAN = re.compile(r"([0-9]{1,2}[月./][0-9]{1,2}[日号]?)(?:-|~|至|到|\.\.)([0-9]{1,2}[月./][0-9]{1,2}[日号]?)")
_BEGINS = re.compile(r"^(?:自|从|由|有效期(?:限)?[:自从为]?)|(?:为)?止$")
_GIVEN = re.compile(r"发证|颁发|签发|办证|领证|取得|核发|发放|投保|购买|生效|起|自|启用")
_PLANNED = re.compile(r"拟|计划|预计|预期|准备|争取|力争|将于|将|待|打算|确保")
_UNTIL_BEFORE = re.compile(
    r"(?:有效期至|有效期到|有效至|不迟于|不晚于|最迟|最晚|截止到?|截至|期限|时限|限于|限期?|至|到|≤|<=)+:?"
)
_UNTIL_AFTER = re.compile(
    r"(?:当日|当天)?(?:之前|以前|前|止|截止|为止|到期|内)(?:全部|全面|必须)?(?:完成|整改|整改到位|整改完毕|整改完成|落实|到位|报送|上报|联网|安装|建成|办结|销号)*"
)
_VALID_BEFORE = re.compile(r"(?:有效期限?)?(?:截止到?|截至|有效至|至|到)?:?")
_VALID_AFTER = re.compile(r"(?:当日|当天)?(?:止|截止|为止|到期|届满|期满|有效)?")
_ABOUT = re.compile(r"约|左右|前后|上下|大概|大约|许")
_FROM = re.compile(r"起|开始|启动")
_NOT = re.compile(r"未|没|不|无|非|逾期|超期|取消|作废")


def several(text: str, column: Column) -> Reading | None:
    """2019.12.10、2019.12.25; also the candidates that we print ourselves (2019-01 / 2019-10)."""
    parts = _SEVERAL.split(text)
    if len(parts) < 2:
        return None
    said: list[str] = []
    for part in parts:
        # 2019年12月10日、11日: what is left out is as before.
        before = said[-1] if said and len(said[-1]) == len("2019-12-10") else ""
        day = exact(part) or (exact(f"{before[:4]}-{part}") or exact(f"{before[:7]}-{part}") if before else None)
        if day is not None and isinstance(day.value, date):
            said.append(str(_day(day.value)))
        elif day is None and period(part) is not None:
            said.append(part)
        else:
            return None
    return Reading(None, "multi_value_cell", " / ".join(said))


def span(text: str, column: Column) -> Reading | None:
    """2019.12.10-12.25: start and end; a column that asks for neither learns nothing."""
    text = _BEGINS.sub("", text)
    for cut in _CUT.finditer(text):
        left, right = text[: cut.start()], text[cut.end() :]
        start = exact(left)
        if start is None or not isinstance(start.value, date):
            if start is None and (months := _months(left, right)) is not None:
                return Reading(None, "range_in_cell", str(months))
            continue
        end = exact(right) or exact(f"{start.value.year}-{right}") or exact(f"{start.value:%Y-%m}-{right}")
        if end is None:
            continue
        if end.kind or not isinstance(end.value, date) or end.value < start.value:
            return Reading(None, end.kind or "range_in_cell")
        first, last = _day(start.value), _day(end.value)
        chosen = {"end": last, "start": first, "deadline": last, "validity": last}.get(column.asked)
        span = f"{first}..{last}"
        return Reading(chosen, "range_end_used", span) if chosen else Reading(None, "range_in_cell", span)
    if (found := _SHORT_SPAN.fullmatch(text)) is not None:
        begins = with_year(found[1], column)
        ends = exact(f"{begins[:4]}年{found[2]}") if len(begins) == 10 else None
        return Reading(None, "range_in_cell", "" if ends is None or ends.value is None else f"{begins}..{ends.value}")
    return None


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _months(left: str, right: str) -> Period | None:
    """2019.9-12, 2019年9月至2020年1月."""
    first = period(left if "年" in left or "月" in left or "." in left or "-" in left else "")
    if first is None:
        return None
    last = (
        period(right)
        or period(f"{first.first.year}年{right}")
        or (whole_month(first.first.year, int(right)) if re.fullmatch(r"1[0-2]|[1-9]", right) else None)
    )
    return Period(first.first, last.last) if last is not None and last.last > first.first else None


# --- a day among words ----------------------------------------------------------------------------


def among_words(text: str, column: Column) -> Reading | None:
    """不迟于2019年12月31日, 2019年12月10日完成, 拟2020年3月1日, 12月31日前."""
    found = FOUR_DIGIT_YEAR.search(text)
    if found is None:
        return _until_period(text, column)
    before, after = text[: found.start()], text[found.end() :]
    if re.search(r"[0-9]", before) or len(before) > 12 or FOUR_DIGIT_YEAR.search(after):
        return None
    day = exact(found[0])
    if day is None or not isinstance(day.value, date):
        return day
    if "(" in before + after:
        return None
    around = f"{before} {after}"
    told = day.value.isoformat()
    if _PLANNED.search(around):
        return (
            Reading(day.value, "deadline_phrase") if column.asked == "deadline" else Reading(None, "planned_date", told)
        )
    if column.asked == "validity":
        if _GIVEN.search(around):
            return Reading(None, "fuzzy_date", f"≥{told}")  # the day on which it began
        if _VALID_BEFORE.fullmatch(before) and _VALID_AFTER.fullmatch(after) and (before or after):
            return Reading(day.value, "deadline_phrase")
    if _UNTIL_BEFORE.fullmatch(before) or _UNTIL_AFTER.fullmatch(after):
        return (
            Reading(day.value, "deadline_phrase")
            if column.asked == "deadline"
            else Reading(None, "fuzzy_date", f"≤{told}")
        )
    if _NOT.search(around):
        return Reading(None, "status_in_date_column", told)
    if _ABOUT.search(around):
        return Reading(None, "fuzzy_date", told)
    if re.match(r"(?:之|以)?后", after) or before in ("≥", ">=", ">"):
        return Reading(None, "fuzzy_date", f"≥{told}")
    if _FROM.search(after) and column.asked not in ("start", ""):
        return Reading(None, "fuzzy_date", f"≥{told}")
    if not re.fullmatch(r"[\u4e00-\u9fff:,、.;\s]*", around) or len(after) > 30:
        return None
    return Reading(day.value, "trailing_note")


def _until_period(text: str, column: Column) -> Reading | None:
    """2019年底前, 12月31日前, 2020年3月底前完成: a deadline; 2020年3月前 may mean its beginning or its end."""
    planned = _PLANNED.match(text)
    bare = text[planned.end() :] if planned is not None else text
    start = _UNTIL_BEFORE.match(bare)
    inner = bare[start.end() :] if start is not None else bare
    end = re.search(_UNTIL_AFTER.pattern + "$", inner)
    inner = (
        inner[: end.start()] if end is not None else re.sub(r"(?:已|均|全部)*(?:完成|整改|联网|安装|落实)$", "", inner)
    )
    if inner == text or not inner:
        return None
    if (found := period(inner)) is not None:
        if column.asked != "deadline":
            return Reading(None, "planned_date" if planned is not None else "fuzzy_date", str(found))
        if re.search(r"[底末旬]$", inner) or (end is None and start is not None):
            return Reading(found.last, "deadline_phrase")
        return Reading(None, "fuzzy_date", f"{found.first} / {found.last}")
    if NO_YEAR.fullmatch(inner):
        return Reading(None, "year_missing", with_year(inner, column))
    return None
