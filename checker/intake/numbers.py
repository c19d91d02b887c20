"""A cell of a count, number or percent column → the number, or missing with a doubt. Percents are fractions: 95% is 0.95."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite, isnan

from checker.intake.cells import BLANK, Reading, mark, normal, squeezed, without_note, words

_DIGITS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "仨": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_HAN_NUMBER = "[〇零一二两俩三仨四五六七八九十百千万]+"
_CLASSIFIER = (
    "人次|人|名|位|个|所|处|辆次|辆|台|套|只|间|栋|幢|座|份|次|件|部|条|项|天|日|小时|分钟|分|期|起|周岁|岁|家|户|批|班|组|根|块|把|支|具|路|"
    "公里|米|千克|公斤|吨|kg|km/h|km|元|m2|平方米|学时|课时|点位|学生|教师"
)
_NUMBER = r"-?\d+(?:\.\d+)?"
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_WITH_UNIT = re.compile(rf"({_NUMBER}|{_HAN_NUMBER})({_CLASSIFIER})?")
_ABOUT = re.compile(rf"(?:大?约|大概|近|将近|左右)?({_NUMBER})(?:{_CLASSIFIER})?(?:左右|上下)?")
_AT_LEAST = re.compile(
    rf"(?:不少于|不低于|至少|超过?|多于|>=?|≥)?({_NUMBER})(?:余|多|来|几)?(?:{_CLASSIFIER})?(?:以上|\+)?"
)
_SPAN = re.compile(rf"{_NUMBER}(?:{_CLASSIFIER})?[-~—–至到]{_NUMBER}(?:{_CLASSIFIER})?")
_SUM = re.compile(rf"({_NUMBER})(?:{_CLASSIFIER})?(?:/班)?([+×*x])({_NUMBER})(?:{_CLASSIFIER})?")
_LETTERS = re.compile(r"(?=.*\d)[\dOolIi]+")
_DAY = re.compile(r"(?:\d{4}年)?(\d{1,2})月(\d{1,2})日")
_PART_TIME = re.compile(rf"(?:其中)?(?:含)?(?:兼职|非专职)(?:保安)?({_NUMBER}|{_HAN_NUMBER})(?:人|名|个)?")
_NOUGHT = words("无 没有 没 零 暂无 none")
# Filled in to get past a form that asks for a number.
_SENTINEL = re.compile(r"9{4,}|12345\d*")
_MOST = 10_000_000
# Measures, not classifiers: a number in another one means something else.
_MEASURES = {
    "千克": "kg",
    "公斤": "kg",
    "kg": "kg",
    "吨": "t",
    "公里": "km",
    "km": "km",
    "米": "m",
    "元": "元",
    "m2": "m2",
    "平方米": "m2",
}

_EXACT = {
    "百分之百": 100,
    "百分百": 100,
    "全覆盖": 100,
    "全部": 100,
    "全部达标": 100,
    "100%达标": 100,
    "100%覆盖": 100,
    "全部覆盖": 100,
}
_PER_CENT = re.compile(r"(-?\d+(?:\.\d+)?)%")
_IN_WORDS = re.compile(rf"百分之({_HAN_NUMBER}|\d+(?:\.\d+)?)")
_BOUND = re.compile(r"(?:不低于|不少于|超过|大于|>=?|≥|<=?|≤|不足|低于|约|近)?\d+(?:\.\d+)?%?(?:以上|以下|左右|多|余)?")


# --- counts and numbers --------------------------------------------------------------------------


def read_count(raw: object, full_time: bool = False) -> Reading:
    found = read_number(raw, full_time=full_time)
    if not isinstance(found.value, Decimal):
        return found
    if found.value != found.value.to_integral_value():
        return Reading(None, "non_integer_count")
    whole = int(found.value)
    if whole < 0:
        return Reading(None, "negative_value")
    if whole > _MOST or _SENTINEL.fullmatch(str(whole)):
        return Reading(None, "implausible_value")
    return Reading(whole, found.kind, found.candidate)


def read_amount(raw: object, measure: str = "") -> Reading:
    found = read_number(raw, measure=measure)
    return Reading(float(found.value), found.kind, found.candidate) if isinstance(found.value, Decimal) else found


def read_number(raw: object, *, measure: str = "", full_time: bool = False) -> Reading:
    """The number as an exact decimal."""
    match raw:
        case bool():
            return Reading(None, "word_in_number_column")
        case float() if not isfinite(raw):
            return BLANK if isnan(raw) else Reading(None, "unreadable")
        case int() | float():
            return Reading(Decimal(repr(raw)))
        case datetime() | date():
            return Reading(None, "fraction_autodate", f"{raw.month}/{raw.day}")
        case time():
            return Reading(None, "fraction_autodate", raw.isoformat())
        case _:
            return _number(squeezed(normal(raw)), measure, full_time)


def _number(text: str, measure: str, full_time: bool) -> Reading:
    if re.fullmatch(_NUMBER, text):
        return Reading(Decimal(text))
    if text in _NOUGHT:
        return Reading(Decimal(0), "word_zero")
    if (marked := mark(text.lower())) is not None:
        return marked
    plain = text.replace(",", "") if _GROUPED.match(text) else text
    if (whole := _WITH_UNIT.fullmatch(plain)) is not None:
        return _measured(whole[1], whole[2] or "", measure)
    if (day := _DAY.fullmatch(text)) is not None:
        return Reading(None, "fraction_autodate", f"{day[1]}/{day[2]}")
    base, note = without_note(plain)
    if note:
        found = _number(base, measure, full_time)
        part = _PART_TIME.fullmatch(note)
        if part is not None and full_time and isinstance(found.value, Decimal):
            return Reading(found.value - _value(part[1]), "derived_from_note")
        return Reading(found.value, found.kind or ("derived_from_note" if part else "trailing_note"), found.candidate)
    return _inexact(plain)


def _inexact(text: str) -> Reading:
    if _LETTERS.fullmatch(text):
        return Reading(None, "confusable_letter", re.sub("[lIi]", "1", re.sub("[Oo]", "0", text)))
    if (added := _SUM.fullmatch(text)) is not None:
        left, right = Decimal(added[1]), Decimal(added[3])
        return Reading(None, "expression_in_cell", str(left + right if added[2] == "+" else left * right))
    if _SPAN.fullmatch(text):
        return Reading(None, "range_in_cell")
    if (about := _ABOUT.fullmatch(text)) is not None:
        return Reading(Decimal(about[1]), "approximate")
    if (least := _AT_LEAST.fullmatch(text)) is not None:
        return Reading(Decimal(least[1]), "approximate_lower_bound")
    return Reading(None, "unreadable" if re.search(r"\d", text) else "word_in_number_column")


def _measured(amount: str, unit: str, measure: str) -> Reading:
    said, asked = _MEASURES.get(unit, ""), _MEASURES.get(measure, measure)
    if said and said != asked:
        return Reading(None, "other_measure")
    return Reading(_value(amount))


def _value(text: str) -> Decimal:
    return Decimal(text) if text[-1].isdigit() and text[-1].isascii() else Decimal(_han(text))


def _han(text: str) -> int:
    """两百零三 → 203, 二〇 → 20."""
    if not any(letter in _TENS for letter in text):
        return int("".join(str(_DIGITS[letter]) for letter in text))
    total = section = digit = 0
    for letter in text:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif letter == "万":
            total, section, digit = (total + section + digit) * 10000, 0, 0
        else:
            section, digit = section + (digit or 1) * _TENS[letter], 0
    return total + section + digit


# --- percents ------------------------------------------------------------------------------------


def in_hundreds(values: Iterable[object]) -> bool:
    """A column that somewhere says 98 without a sign counts in hundreds: a 1 in it may be 1 % or 100 %."""
    return any(number is not None and number > 1 for number in map(_bare_number, values))


def _bare_number(raw: object) -> float | None:
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, (int, float)):
        return float(raw)
    text = normal(raw) if isinstance(raw, str) else ""
    return float(text) if re.fullmatch(_NUMBER, text) else None


def read_percent(raw: object, hundreds: bool = False) -> Reading:
    number = _bare_number(raw)
    if number is not None:
        exact = Decimal(repr(number))
        if exact < 0 or exact > 100:
            return Reading(None, "out_of_range")
        if exact > 1:
            return Reading(float(exact / 100), "percent_scale_assumed")
        if hundreds and exact > 0:
            return Reading(None, "percent_scale_ambiguous", f"{(exact * 100).normalize():f}%")
        return Reading(float(exact))
    if isinstance(raw, (bool, date, time)):
        return Reading(None, "word_in_number_column")
    return _percent(squeezed(normal(raw)))


def _percent(text: str) -> Reading:
    if (sign := _PER_CENT.fullmatch(text)) is not None:
        exact = Decimal(sign[1]) / 100
        return Reading(float(exact)) if 0 <= exact <= 1 else Reading(None, "out_of_range")
    if text in _EXACT:
        return Reading(_EXACT[text] / 100, "word_percent")
    if (marked := mark(text.lower())) is not None:
        return marked
    if (words := _IN_WORDS.fullmatch(text)) is not None:
        return Reading(float(_value(words[1]) / 100), "word_percent")
    base, note = without_note(text)
    if note:
        found = _percent(base)
        return Reading(found.value, found.kind or "note_changes_scope", found.candidate)
    if _BOUND.fullmatch(text) or _SPAN.fullmatch(text.replace("%", "")):
        return Reading(None, "range_in_cell")
    return Reading(None, "unreadable" if re.search(r"\d", text) else "word_in_number_column")
