"""A cell of a percent column → the share as a fraction (95% is 0.95), or missing with a doubt and what it may have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

from checker.intake.amounts import CLASSIFIER, is_measure
from checker.intake.cells import (
    BLANK,
    LONGEST,
    Reading,
    doubted,
    linked,
    mark,
    normal,
    spoken,
    through_link,
    without_note,
    words,
)
from checker.intake.numerals import LETTERS, PLAIN, Numeral, numeral


class Scale(NamedTuple):
    """How the other cells of the column write a share."""

    hundreds: bool = False  # somewhere a bare 98
    fractions: bool = False  # somewhere a bare 0.98
    signs: bool = False  # somewhere 98%, as text


ANY = Scale()


_NUMBER = re.compile(PLAIN)
_HAN = f"[{LETTERS}]+"
_PER_CENT = re.compile(rf"((?:{PLAIN})(?:e-?[0-9]{{1,3}})?)(?:%|pct|percent)")
_PER_MILLE = re.compile(rf"({PLAIN})‰|千分之({_HAN}|[0-9]+(?:\.[0-9]+)?)")
_IN_WORDS = re.compile(rf"百分之({_HAN}|[0-9]+(?:\.[0-9]+)?)(?:点({_HAN}))?")
_TENTHS = re.compile(r"([0-9]|十|[一二三四五六七八九])成(半|[一二三四五六七八九1-9])?")
_FIGURE = rf"([0-9]+)(?:{CLASSIFIER})?"
_FRACTION = re.compile(
    rf"{_FIGURE}/{_FIGURE}|{_FIGURE}(?:中有?|,?其中){_FIGURE}|"
    r"([一二三四五六七八九十百]+)分之([一二三四五六七八九十百]+)"
)
_ALL = words(
    "百分之百 百分百 全覆盖 全部 全员 全体 所有 全部达标 全部覆盖 全部完成 全部合格 全部落实 全部配备 全达标 "
    "均达标 都达标 100%达标 100%覆盖 100%完成 "
    "100%合格 100%全覆盖 全覆盖100% 全部100% 十成 实现全覆盖 已全覆盖 已全部完成 已全部达标"
)
_HALF, _MOST = (
    words("半数 一半 五成 对半"),
    words("大部分 绝大部分 大多数 多数 绝大多数 过半 超半数 半数以上 一半以上 大半 多半"),
)
_SIGNED = {
    "≥": "不低于 不少于 至少 ≥ >=",
    ">": "超过 超 大于 高于 >",
    "≤": "不高于 不超过 至多 ≤ <=",
    "<": "不足 低于 小于 不到 未达 <",
    "~": "约 大约 大概 近 将近 接近 ~ ≈ 基本 基本达到",
    "": "达到 达 已达 已达到 现达到 现为 现已达到 为",
}
_SIGNED_AFTER = {
    "≥": "以上 及以上 + 多 余 强",
    "≤": "以下 以内",
    "<": "不到 弱",
    "~": "左右 上下",
    "": "达标 覆盖 完成 合格",
}
_BEFORE = {word: sign for sign, listed in _SIGNED.items() for word in listed.split()}
_AFTER = {word: sign for sign, listed in _SIGNED_AFTER.items() for word in listed.split()}
_BOUND = re.compile(
    rf"({'|'.join(sorted(map(re.escape, _BEFORE), key=len, reverse=True))})?(.+?)({'|'.join(map(re.escape, _AFTER))})?"
)
_SPAN = re.compile(r"(.+?)(?:-{1,2}|~|至|到|\.\.)(.+)")
_POINTS = re.compile(r"百分点|个点|提高|上升|下降|增长|同比|环比")
_SCOPE = re.compile(r"不含|不包括|除|未含|含|包括|仅|只|扣除|另")


# --- the column -----------------------------------------------------------------------------------


def scale(cells: Iterable[object]) -> Scale:
    """A column that somewhere says 98 without a sign counts in hundreds: a 1 in it may be 1 % or 100 %."""
    hundreds = fractions = signs = False
    for cell in cells:
        number = _bare(cell)
        if number is not None:
            hundreds |= number > 2
            fractions |= 0 < number < 1
        elif isinstance(cell, str) and not signs:
            signs = cell.rstrip().endswith(("%", "％"))
    return Scale(hundreds, fractions, signs)


def _bare(raw: object) -> float | None:
    match raw:
        case bool() | None:
            return None
        case int():
            return float(raw) if raw.bit_length() < 1000 else None
        case float():
            return raw if isfinite(raw) else None
        case str():
            text = normal(raw)
            return float(text.replace(",", "")) if len(text) < 20 and _NUMBER.fullmatch(text) else None
        case _:
            return None


# --- the cell -------------------------------------------------------------------------------------


def read_percent(raw: object, column: Scale = ANY) -> Reading:
    number = _bare(raw)
    if number is not None:
        return _without_sign(Decimal(repr(number)), column, isinstance(raw, str))
    match raw:
        case float():
            return BLANK if raw != raw else Reading(None, "out_of_range")
        case int() if not isinstance(raw, bool):
            return Reading(None, "out_of_range")
        case datetime() | date():
            return Reading(None, "fraction_autodate", f"{raw.month}/{raw.day}" if raw.month <= raw.day else "")
        case bool() | time():
            return Reading(None, "word_in_number_column")
    if (shown := linked(raw)) is not None:
        return through_link(read_percent(shown, column))
    text = spoken(raw)
    return _percent(text) if len(text) <= LONGEST else Reading(None, "unreadable")


def _without_sign(number: Decimal, column: Scale, is_text: bool) -> Reading:
    if number < 0 or number > 100:
        return Reading(None, "out_of_range")
    if number > 1:
        if column.fractions and not column.hundreds and number < 2:
            return Reading(None, "out_of_range")  # 1.02 among 0.98s is 102 %
        if number < 2 and not column.hundreds:
            return Reading(None, "percent_scale_ambiguous", f"{number.normalize():f}%")  # or 105 %, by 1.05
        return Reading(float(number / 100), "percent_scale_assumed")
    if column.hundreds and number > 0:
        return Reading(None, "percent_scale_ambiguous", _told(number))
    if is_text and column.signs and number > 0:
        # 1 among texts like 98%: one per cent, or all?
        return Reading(None, "percent_scale_ambiguous", _told(number))
    return Reading(float(number))


def _told(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def _percent(text: str) -> Reading:
    text = text.strip("。;、!") or text
    if (marked := mark(text.lower())) is not None:
        return marked
    text = text.rstrip(".,") or text
    if text in _ALL:
        return Reading(1.0, "word_percent")
    if (share := _share(text)) is not None:
        return share
    if text.endswith("?"):
        sure = _percent(text.rstrip("?"))
        return Reading(None, "hedged_value", _candidate(sure))
    base, note = without_note(text)
    if base != text:
        return _noted(_percent(base), note)
    for read in (_inexact, _span, _worded):
        if (found := read(text)) is not None:
            return found
    head, comma, tail = text.partition(",")
    if comma and (share := _share(head)) is not None:
        other = _share(tail)
        if other is not None and other.value != share.value:
            return Reading(None, "multi_value_cell", f"{_candidate(share)} / {_candidate(other)}")
        return _noted(share, tail)
    if re.search(r"[0-9]", text):
        number = re.findall(r"[0-9]+(?:\.[0-9]+)?", text)
        return Reading(None, "unreadable", f"{number[0]}%" if len(number) == 1 and "%" in text else "")
    return Reading(None, "word_in_number_column")


def _candidate(found: Reading) -> str:
    return found.candidate if not isinstance(found.value, float) else _told(Decimal(repr(found.value)))


def _noted(found: Reading, note: str) -> Reading:
    if found.value is None or not note:
        return found
    if doubted(note):
        return Reading(None, "hedged_value", _candidate(found))
    same = _share(note)
    if same is not None and same.value == found.value:
        return Reading(found.value, found.kind or "trailing_note")
    return Reading(found.value, found.kind or "note_changes_scope", found.candidate)


def _share(text: str) -> Reading | None:
    """One share, plainly said."""
    if (sign := _PER_CENT.fullmatch(text)) is not None:
        return _within(Decimal(sign[1].replace(",", "")) / 100, "" if text.endswith("%") else "word_percent")
    if (mille := _PER_MILLE.fullmatch(text)) is not None:
        value = numeral(mille[1] or mille[2])
        return None if value is None else _within(value.value / 1000, "word_percent")
    if (said := _IN_WORDS.fullmatch(text)) is not None:
        whole, tail = numeral(said[1]) or _two_figures(said[1]), numeral(said[2] or "零")
        if whole is None or tail is None:
            return None
        return _within((whole.value + Decimal(f"0.{tail.value:f}")) / 100, "word_percent")
    if (tenths := _TENTHS.fullmatch(text)) is not None:
        whole, half = numeral(tenths[1]), Decimal(5) if tenths[2] == "半" else None
        more = half if half is not None else (numeral(tenths[2]).value if tenths[2] else Decimal(0))  # type: ignore[union-attr]
        return None if whole is None else _within((whole.value * 10 + more) / 100, "word_percent")
    if (parts := _FRACTION.fullmatch(text)) is not None:
        return _of_two(parts)
    return Reading(0.5, "word_percent") if text in ("五成", "对半") else None


def _two_figures(text: str) -> Numeral | None:
    """九五: 95, as it is spoken after 百分之."""
    tens, ones = (numeral(letter) for letter in text) if len(text) == 2 else (None, None)
    return Numeral(tens.value * 10 + ones.value) if tens and ones and max(tens.value, ones.value) < 10 else None


def _of_two(parts: re.Match[str]) -> Reading | None:
    """49/50, 50所中49所, 十分之九."""
    if parts[1]:
        part, whole = Decimal(parts[1]), Decimal(parts[2])
    elif parts[3]:
        part, whole = Decimal(parts[4]), Decimal(parts[3])
    else:
        below, above = numeral(parts[5]), numeral(parts[6])
        if below is None or above is None:
            return None
        part, whole = above.value, below.value
    if not whole:
        return Reading(None, "out_of_range")
    return _within(part / whole, "fraction_in_cell")


def _within(share: Decimal, kind: str) -> Reading:
    return Reading(float(share), kind) if 0 <= share <= 1 else Reading(None, "out_of_range")


def _inexact(text: str) -> Reading | None:
    """95%以上 leaves 95..100 open; 约95% is taken, but not 约100%."""
    found = _BOUND.fullmatch(text)
    if found is None:
        return None
    bare = numeral(found[2])
    inner = _share(found[2]) or (None if bare is None or bare.value > 100 else Reading(float(bare.value / 100)))
    if inner is None:
        return inner
    if not isinstance(inner.value, float):
        return inner
    signs = {_BEFORE.get(found[1] or "", ""), _AFTER.get(found[3] or "", "")} - {""}
    share = _candidate(inner)
    if not signs:
        return Reading(inner.value, "word_percent") if found[1] or found[3] else None
    if signs == {"~"}:
        return Reading(inner.value, "approximate") if inner.value < 1 else Reading(None, "range_in_cell", "<100%")
    if signs & {"≥", ">"}:
        return Reading(None, "range_in_cell", f"{share}..100%")
    return Reading(None, "range_in_cell", f"0%..{share}")


def _span(text: str) -> Reading | None:
    found = _SPAN.fullmatch(text)
    if found is None or (high := _share(found[2])) is None:
        return None
    low = _share(found[1]) or _share(f"{found[1]}%")
    if low is None or not isinstance(low.value, float) or not isinstance(high.value, float):
        return None
    return Reading(None, "range_in_cell", f"{_candidate(low)}..{_candidate(high)}") if low.value < high.value else None


def _worded(text: str) -> Reading | None:
    if _POINTS.search(text):
        return Reading(None, "other_measure")
    if text in ("零", "〇"):
        return Reading(0.0, "word_zero")
    if text in ("无", "没有", "否", "×"):
        return Reading(None, "word_in_number_column", "0%")
    if text in _HALF:
        return Reading(None, "range_in_cell", "50%")
    if text in _MOST:
        return Reading(None, "range_in_cell", "50%..100%")
    unit = re.fullmatch(rf"(?:{PLAIN})([\u4e00-\u9fff]{{1,2}})", text)
    return Reading(None, "other_measure") if unit and (is_measure(unit[1]) or unit[1] in "人名所个辆次份分") else None
