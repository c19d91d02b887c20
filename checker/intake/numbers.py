"""A cell of a count or number column → the number, or missing with a doubt and what it may have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

from checker.intake.amounts import (
    CLASSIFIER,
    asked_measure,
    further,
    in_measure,
    is_measure,
    is_money,
    is_of_things,
    noted,
    parts,
)
from checker.intake.cells import (
    BLANK,
    LONGEST,
    Reading,
    linked,
    mark,
    normal,
    spoken,
    through_link,
    without_note,
    words,
)
from checker.intake.numerals import PLAIN, SHAPE, Bounds, Numeral, numeral, vague

_WITH_UNIT = re.compile(rf"({SHAPE})({CLASSIFIER})?([\u4e00-\u9fff]{{1,8}})?")
_THERE = re.compile(r"实有|现有|实配|现配|在岗|到岗")
_STATE = re.compile(r"[已现在均都共未拟待]|专职")
_LOW = dict.fromkeys(words("不少于 不低于 不小于 至少 最少 起码 ≥ >= ≧"), "≥") | dict.fromkeys(
    words("超过 超 多于 大于 高于 逾 >"), ">"
)
_HIGH = dict.fromkeys(words("不超过 不多于 不大于 不高于 至多 最多 ≤ <= ≦"), "≤") | dict.fromkeys(
    words("不足 不到 不满 未满 未到 少于 低于 小于 <"), "<"
)
_ABOUT = words("大约 约为 约有 约计 约 大概 大致 将近 接近 近 差不多 估计 ≈ ~ 左右")
_ENDS_LOW = {
    "以上": "≥",
    "及以上": "≥",
    "或以上": "≥",
    "起": "≥",
    "余": "≥",
    "多": "≥",
    "出头": "≥",
    "开外": "≥",
    "+": "≥",
}
_ENDS_HIGH = {"以下": "≤", "及以下": "≤", "以内": "≤", "之内": "≤", "内": "≤", "不到": "<"}
_ENDS_ABOUT = words("左右 上下 前后 许 来")


def _any(*sets: Iterable[str]) -> str:
    return "|".join(sorted({re.escape(word) for each in sets for word in each}, key=len, reverse=True))


_LOOSE = re.compile(
    rf"({_any(_ABOUT)})?({_any(_LOW, _HIGH, _ABOUT)})?({SHAPE})(余|多|来|许|\+)?({CLASSIFIER})?([\u4e00-\u9fff]{{1,6}}?)??"
    rf"({_any(_ENDS_LOW, _ENDS_HIGH, _ENDS_ABOUT)})?"
)
_VAGUE = re.compile(rf"([\u4e00-\u9fff0-9]{{1,6}}?)({CLASSIFIER})?")
_ONE = rf"({SHAPE})(?:{CLASSIFIER})?"
_SPAN = re.compile(rf"{_ONE}(-{{1,2}}|~|至|到|或|、|\.\.){_ONE}")
_TERM = rf"(?:{PLAIN})(?:{CLASSIFIER})?(?:/(?:{CLASSIFIER}))?"
_SUM = re.compile(rf"{_TERM}(?:[+×*xX]{_TERM})+(?:=({PLAIN})(?:{CLASSIFIER})?)?")
_FACTOR = re.compile(PLAIN.replace("[+-]?", ""))
_SLASHED = re.compile(r"[0-9]+(?:/[0-9]+)+|[0-9]+:[0-9]+(?::[0-9]+)?")
_DAY = re.compile(r"(?:[0-9]{4}[年./-])?([0-9]{1,2})月([0-9]{1,2})[日号]?|[0-9]{4}[./-]([0-9]{1,2})[./-]([0-9]{1,2})")
_LIKE_DIGITS = re.compile(rf"([0-9OoQlIi|〇○]{{1,12}})({CLASSIFIER})?")
_SURE_DIGITS = str.maketrans("OoQlIi|〇○", "000111100")
_NOUGHT = words(
    "还没有 尚没有 目前没有 没得 一个都没有 无 没有 没 零 暂无 尚无 均无 none 无人 没有人 没人 一个没有 一个也没有"
)
_NONE_OF = re.compile(
    rf"(?:目前|现|暂时)?(?:没(?:配备?|设|装|招)|无|没有|没|暂无|尚无|(?:尚|暂)?未(?:配备?|设置?|安排|聘请|聘任|聘用?|雇用?|招聘|招录|设立|购置|安装)|不设|缺)"
    rf"(?:{CLASSIFIER})?([\u4e00-\u9fff]{{0,6}})"
)
_ALL_PART_TIME = re.compile(r"(?:均|都|全部?|皆)(?:为|是|系)?兼职?(?:人员|保安)?")
_BOARDERS = re.compile(r"寄宿|住宿|住校")
_NO_BOARDERS = re.compile(
    r"(?:均|都|全部?|皆)?(?:为|是)?走读生?(?:制|学校)?|(?:无|没有|不设|不提供|不|无人|没有人)(?:寄宿|住宿|住校)(?:生|学生)?"
)
_YES, _NO = words("是 有 √ ✓ ✔ y yes 已配 已配备 有的"), words("否 × x n no 不 元")
USUAL = 9998  # counts up to here are never implausible
_MOST = 10_000_000
LARGE = ("万元",)
_MOST_OF_LARGE = 10_000
_FIGURES = re.compile(r"[0-9,]+(?:\.[0-9]*)?")
_MONEY_BEFORE = re.compile("^(?:¥|人民币|RMB|CNY):?", re.IGNORECASE)
_PER = re.compile(rf"({SHAPE})/([年月周天日次])")
_NAMED = re.compile(r"([\u4e00-\u9fff]{2,6}?)([0-9].*)")
# Filled in to get past a form that asks for a number. In the syntax of Polars too, which reads whole columns with it.
SENTINEL = "9{4,}|12345[0-9]*|54321|" + "|".join(f"{digit}{{5,}}" for digit in range(1, 9))
_SENTINEL = re.compile(SENTINEL)


class Column(NamedTuple):
    """What the reading of a number depends on besides the cell. `full_time`: part-timers do not count."""

    label: str = ""
    measure: str = ""
    full_time: bool = False


ANY = Column()


def read_count(raw: object, column: Column = ANY) -> Reading:
    if type(raw) is float and 0 <= raw <= USUAL and raw.is_integer():
        return Reading(int(raw))
    found = read_number(raw, column)
    if not isinstance(found.value, Decimal):
        return found if _countable(found.candidate) else found._replace(candidate="")
    whole = found.value == found.value.to_integral_value()
    if found.value < 0:
        sure = whole and found.value > -_MOST
        return Reading(None, "negative_value", f"{-int(found.value)}" if sure else "")
    if found.value > _MOST:
        return Reading(None, "implausible_value")
    if not whole:
        return Reading(None, "non_integer_count")
    number = int(found.value)
    if _SENTINEL.fullmatch(str(number)):
        return Reading(None, "implausible_value")
    return Reading(number, found.kind, found.candidate)


def _countable(guess: str) -> bool:
    """A guess is no better than what would be refused if somebody typed it."""
    if "." in guess.replace("..", "") or guess.startswith("-"):
        return False
    return not guess.isdecimal() or (len(guess) < 9 and int(guess) <= _MOST and not _SENTINEL.fullmatch(guess))


def read_amount(raw: object, column: Column = ANY) -> Reading:
    found = read_number(raw, column)
    if not isinstance(found.value, Decimal):
        return found
    if abs(found.value) > Decimal(10) ** 30:
        return Reading(None, "implausible_value")
    if (
        column.measure in LARGE
        and found.value >= _MOST_OF_LARGE
        and _FIGURES.fullmatch(_MONEY_BEFORE.sub("", normal(raw)))
    ):
        # 125000 where 万元 are asked for: typed in 元?
        return Reading(None, "implausible_value", f"{(found.value / 10_000).normalize():f}")
    return Reading(float(found.value), found.kind, found.candidate)


def read_number(raw: object, column: Column = ANY) -> Reading:
    """The number as an exact decimal."""
    match raw:
        case bool():
            return Reading(None, "word_in_number_column")
        case int():
            return Reading(Decimal(raw)) if raw.bit_length() < 1024 else Reading(None, "implausible_value")
        case float():
            if isfinite(raw):
                return Reading(Decimal(repr(raw)))
            return BLANK if raw != raw else Reading(None, "implausible_value")
        case datetime() | date():
            return Reading(None, "fraction_autodate", f"{raw.month}/{raw.day}")
        case time():
            return Reading(None, "fraction_autodate", f"{raw:%H:%M}")
        case _:
            if (shown := linked(raw)) is not None:
                return through_link(read_number(shown, column))
            text = spoken(raw)
            return _number(text, column) if len(text) <= LONGEST else Reading(None, "unreadable")


def _number(text: str, column: Column) -> Reading:
    if text.startswith("=") and (_SUM.fullmatch(text[1:]) or numeral(text[1:])):
        return Reading(None, "formula_no_cached_value", _worth(text[1:]))
    if text.lower() in _NOUGHT:
        return Reading(Decimal(0), "word_zero")
    if text in ("一", "○", "◯"):
        return Reading(None, "dash_ambiguous" if text == "一" else "confusable_letter", "1" if text == "一" else "0")
    if (marked := mark(text.lower())) is not None:
        return marked
    text = (text.strip("。;、!，") or text).replace("专(兼)职", "专兼职")
    bare = text.rstrip(".,")
    if (found := _measured(bare, column)) is not None:
        return found
    if bare.endswith("?"):
        sure = _number(bare.rstrip("?"), column)
        return Reading(None, "hedged_value", sure.candidate if sure.value is None else f"{sure.value:f}")
    base, note = without_note(bare)
    if base != bare and base and _THERE.match(base) and (found := _number(base, column)).value is not None:
        return found  # 实有2人（缺1人）
    if base != bare:
        return noted(_number(base, column), note, column.full_time) if base else Reading(None, "unreadable")
    if bare.startswith("(") and bare.endswith(")"):
        inner = _number(bare[1:-1], column)
        return Reading(None, "unreadable", f"{inner.value:f}" if isinstance(inner.value, Decimal) else "")
    for read in (_date_like, _vague, _loose, _span, _expression, _like_digits, _none_of):
        if (found := read(bare, column)) is not None:
            return found
    if (head := further(bare)) and (found := _number(head, column)).value is not None:
        return found._replace(kind=found.kind or "trailing_note")
    found = parts(bare, column.full_time, lambda inner: _measured(inner, column))
    return found or _with_words(bare, column) or _worded(bare, column)


# --- one number, perhaps with its unit ------------------------------------------------------------


def _measured(text: str, column: Column) -> Reading | None:
    asked = asked_measure(column.measure, column.label)
    if is_money(asked):
        text = re.sub("(?<=[元圆])[整正]$", "", _MONEY_BEFORE.sub("", text))
    if asked and text.endswith(asked) and (own := numeral(text.removesuffix(asked))) is not None:
        return _of(own)
    if asked == "万元" and text.endswith("万") and (own := numeral(text.removesuffix("万"))) is not None:
        return Reading(own.value, "measure_assumed")  # 12.5万 in a column of 万元
    if (each := _PER.fullmatch(text)) is not None and each[2] in column.label and (own := numeral(each[1])) is not None:
        return _of(own)._replace(kind="trailing_note")  # 2800/月
    if (sure := numeral(text)) is not None and text != "○":
        return _of(sure)
    if (whole := _WITH_UNIT.fullmatch(text)) is None or (sure := numeral(whole[1])) is None:
        return None
    unit, rest = whole[2] or "", whole[3] or ""
    found = _in_unit(_of(sure), unit, column)
    if not rest or rest in column.label:
        return found
    if _STATE.match(rest) or any(rest[at : at + 2] in column.label for at in range(len(rest) - 1)):
        return noted(found, rest, column.full_time)
    return None


def _of(found: Numeral) -> Reading:
    return Reading(found.value, found.kind)


def _in_unit(found: Reading, unit: str, column: Column) -> Reading:
    if is_of_things(unit, column.label):
        return found._replace(value=None, kind="other_measure")
    amount, _, per = (unit, "", "") if is_measure(unit) else unit.partition("/")
    asked = asked_measure(column.measure, column.label)
    if amount == "块" and is_money(asked):
        amount = "元"
    if amount and not is_measure(amount) and is_measure(column.measure):
        return found._replace(value=None, kind="other_measure")  # 2瓶 where kilograms are asked for
    if not isinstance(found.value, Decimal):
        return found
    if is_measure(amount) and (other := in_measure(found.value, amount, column.measure, column.label)) is not None:
        return Reading(None, "other_measure", other)
    if per and not is_measure(amount):
        # 2人/班: how many classes?
        return found if f"每{per}" in column.label else Reading(None, "other_measure")
    if (per == "年" and "月" in column.label) or (per == "月" and "年" in column.label):
        return Reading(None, "other_measure", f"{found.value / 12:.10g}" if per == "年" else f"{found.value * 12:f}")
    return found._replace(kind=found.kind or "trailing_note") if per else found


def _loose(text: str, column: Column) -> Reading | None:
    """约800, 800余人, 不少于2人, 10以内, 100人左右."""
    found = _LOOSE.fullmatch(text)
    if found is None or (sure := numeral(found[3]) or numeral(f"1{found[3]}")) is None:
        return None
    before, within, rest, after = (found[1] or "", found[2] or ""), found[4] or "", found[6] or "", found[7] or ""
    if not any((*before, within, after)) or (rest and rest not in column.label):
        return None
    about = any(word in _ABOUT for word in before) or within in ("来", "许") or after in _ENDS_ABOUT
    low = _LOW.get(before[1]) or ("≥" if within in ("余", "多", "+") else "") or _ENDS_LOW.get(after, "")
    high = _HIGH.get(before[1]) or _ENDS_HIGH.get(after, "")
    value = _in_unit(_of(sure), found[5] or "", column)
    if not isinstance(value.value, Decimal):
        return value
    if found[3] in "百千万" and not (low or high):
        return None
    bound = f"{value.value.normalize():f}"
    if high:
        return Reading(None, "range_in_cell", "" if low else high + bound)
    if low:
        return Reading(value.value, "approximate_lower_bound", low + bound)
    return Reading(value.value, "approximate") if about else None


def _vague(text: str, column: Column) -> Reading | None:
    found = _VAGUE.fullmatch(text.removesuffix("以上").removesuffix("左右"))
    bounds = vague(found[1]) if found is not None else None
    return None if bounds is None else Reading(None, "range_in_cell", _told(bounds))


def _told(bounds: Bounds) -> str:
    return str(bounds.high) if bounds.low is None else f"{bounds.low}..{bounds.high}"


def _span(text: str, column: Column) -> Reading | None:
    span = _SPAN.fullmatch(text)
    if span is None or (low := numeral(span[1])) is None or (high := numeral(span[3])) is None:
        return None
    if span[2] == "、" and high.value - low.value != 1:
        return Reading(None, "multi_value_cell")
    if low.value < high.value:
        return Reading(None, "range_in_cell", f"{low.value:f}..{high.value:f}")
    return Reading(None, "expression_in_cell", f"{low.value - high.value:f}" if span[2] == "-" else "")


# --- what looks like a number, but is not one -----------------------------------------------------


def _date_like(text: str, column: Column) -> Reading | None:
    if (day := _DAY.fullmatch(text)) is not None:
        return Reading(None, "fraction_autodate", "/".join(part for part in day.groups() if part))
    # 12/15 may be a share, two numbers or a date.
    return Reading(None, "fraction_autodate", text) if _SLASHED.fullmatch(text) else None


def _expression(text: str, column: Column) -> Reading | None:
    return Reading(None, "expression_in_cell", _worth(text)) if _SUM.fullmatch(text) else None


def _worth(text: str) -> str:
    """2+1 → 3, 2人/班×3班 → 6; what stands behind = is the result."""
    said = _SUM.fullmatch(text)
    if said is not None and said[1]:
        return said[1].replace(",", "")
    total = Decimal(0)
    for term in text.split("+"):
        product = Decimal(1)
        for factor in _FACTOR.findall(term):
            product *= Decimal(factor.replace(",", ""))
        total += product
    return f"{total.normalize():f}" if total.adjusted() < 12 else ""


def _like_digits(text: str, column: Column) -> Reading | None:
    found = _LIKE_DIGITS.fullmatch(text)
    if found is not None and len(text) > 1 and not text.strip("I"):
        return None  # a Roman numeral
    return None if found is None else Reading(None, "confusable_letter", str(int(found[1].translate(_SURE_DIGITS))))


def _none_of(text: str, column: Column) -> Reading | None:
    if column.full_time and _ALL_PART_TIME.fullmatch(text):
        return Reading(Decimal(0), "derived_from_note")
    if _BOARDERS.search(column.label) and _NO_BOARDERS.fullmatch(text):
        return Reading(Decimal(0), "word_zero")
    none = _NONE_OF.fullmatch(text)
    # 无食堂 in a column of guards is not about guards.
    return Reading(Decimal(0), "word_zero") if none is not None and none[1] in column.label else None


def _with_words(text: str, column: Column) -> Reading | None:
    """保安：2人; 无，由教师轮值."""
    name, colon, rest = text.partition(":")
    if colon and name in column.label and (found := _measured(rest, column)) is not None:
        return noted(found, name, column.full_time)
    named = _NAMED.fullmatch(text)
    if named is not None and named[1] in column.label and (found := _measured(named[2], column)) is not None:
        return noted(found, named[1], column.full_time)  # 学生1862人
    head, comma, note = text.partition(",")
    if not comma or re.search(r"[0-9]", note):
        return None
    return noted(found, note, column.full_time) if (found := _number(head, column)).value is not None else None


def _worded(text: str, column: Column) -> Reading:
    if figures := _FACTOR.findall(text):
        return Reading(None, "unreadable", figures[0].replace(",", "") if len(figures) == 1 else "")
    low = text.lower()
    return Reading(None, "word_in_number_column", "≥1" if low in _YES else "0" if low in _NO else "")
