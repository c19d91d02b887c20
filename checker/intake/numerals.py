"""A number in any spelling (1，862, 十二, 壹佰, 1.2万, 三千五) → its value and how sure it is; words of vague number → their bounds."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple


class Numeral(NamedTuple):
    value: Decimal
    kind: str = ""  # the doubt that its spelling raises


class Bounds(NamedTuple):
    """What 十几, 三四十, 近百 leave open; None: no bound on that side."""

    low: int | None
    high: int | None


_FORMAL = str.maketrans("壹贰貳弍叁參叄肆伍陆陸柒捌玖拾佰仟萬億两俩仨", "一二二二三三三四五六六七八九十百千万亿二二三")
_DIGIT = {digit: at for at, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0}
_ONE = "[一二三四五六七八九]"
_UNDER_10000 = re.compile(rf"(?:({_ONE})千)?(零)?(?:({_ONE})百)?(零)?(?:({_ONE})?(十))?(零)?({_ONE})?")
_POSITIONAL = re.compile(rf"(?:{_ONE}|[零〇○])+")
_UNIT = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

LETTERS = "〇零○一二三四五六七八九十百千万亿壹贰貳弍叁參叄肆伍陆陸柒捌玖拾佰仟萬億两俩仨廿卅卌"
PLAIN = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+"
# A numeral inside a longer text; `numeral` says whether it is one.
_THOUSAND = "千(?![克米])"
SHAPE = (
    rf"(?:(?:{PLAIN})(?:(?:[百万亿]|{_THOUSAND})[0-9百]*(?:\.[0-9]+百?)?)*|"
    rf"(?:[{LETTERS.replace('千', '')}]|{_THOUSAND})+)"
)

_PLAIN = re.compile(PLAIN)
_SPACED = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,3}")
_WITH_UNITS = re.compile(r"([0-9]+(?:\.[0-9]+)?)([亿万千百])((?:[0-9]+(?:\.[0-9]+)?[万千百])*)([0-9]+)?")
_STEP = re.compile(r"([0-9]+(?:\.[0-9]+)?)([万千百])")
_MOST_LETTERS = 40


def numeral(text: str) -> Numeral | None:
    """The whole text as one number."""
    if len(text) > _MOST_LETTERS:
        return None
    if _PLAIN.fullmatch(text):
        return Numeral(Decimal(text.replace(",", "")))
    if _SPACED.fullmatch(text):
        return Numeral(Decimal(text.replace(" ", "")), "inner_space")
    if _SCIENTIFIC.fullmatch(text):
        # 1.2E+03 may have been rounded to what is shown.
        return Numeral(Decimal(text), "" if "-" in text else "approximate")
    if (mixed := _WITH_UNITS.fullmatch(text)) is not None:
        return _mixed(mixed)
    return _han(_plain_han(text))


def _plain_han(text: str) -> str:
    text = text.translate(_FORMAL)
    for ten, spelled in (("廿", "二十"), ("卅", "三十"), ("卌", "四十")):
        text = text.replace(ten, spelled)
    return text


def _mixed(found: re.Match[str]) -> Numeral | None:
    """1万2千, 1.2万, 3百, 1万2 (spoken: 12 000)."""
    last = _UNIT[found[2]]
    total = Decimal(found[1]) * last
    for amount, unit in _STEP.findall(found[3]):
        if _UNIT[unit] >= last:
            return None
        last = _UNIT[unit]
        total += Decimal(amount) * last
    tail = found[4]
    if not tail:
        return Numeral(total, "approximate")
    if len(tail) == len(str(last)) - 1:
        return Numeral(total + int(tail))
    return Numeral(total + int(tail) * last // 10, "colloquial_number") if len(tail) == 1 else None


def _han(text: str) -> Numeral | None:
    if _POSITIONAL.fullmatch(text):
        return _positional(text)
    total, rest, spoken = 0, text, False
    for big in ("亿", "万"):
        head, found, tail = rest.partition(big)
        if not found:
            continue
        section = _section(head)
        if section is None or section[1] or not section[0]:
            return None
        total, rest = total + section[0] * _UNIT[big], tail
        if len(rest) == 1 and rest in _DIGIT and rest != "零":
            # 一万二: twelve thousand.
            return Numeral(Decimal(total + _DIGIT[rest] * _UNIT[big] // 10), "colloquial_number")
    if rest:
        section = _section(rest.removeprefix("零") if total else rest)
        if section is None:
            return None
        total, spoken = total + section[0], section[1]
    elif not total:
        return None
    return Numeral(Decimal(total), "colloquial_number" if spoken else "")


def _positional(text: str) -> Numeral | None:
    """二〇 is 20 and 一八六二 is 1862; 三四 (three or four) and 一二三 are no numbers."""
    digits = [_DIGIT[letter] for letter in text]
    if len(digits) > 1 and all(later - earlier == 1 for earlier, later in pairwise(digits)):
        return None
    if len(digits) == 2 and digits[1] != 0:
        return None
    return Numeral(Decimal("".join(map(str, digits))))


def _section(text: str) -> tuple[int, bool] | None:
    """A number below ten thousand, and whether its last figure is spoken short (一百二: 120)."""
    found = _UNDER_10000.fullmatch(text)
    if found is None or not text or text.endswith("零"):
        return None
    thousands, _, hundreds, _, tens, ten, nought, ones = found.groups()
    value = _DIGIT[thousands or "零"] * 1000 + _DIGIT[hundreds or "零"] * 100
    if ten:
        value += (_DIGIT[tens] if tens else 1) * 10
    if not ones:
        return value, False
    above = 1 if ten or not (thousands or hundreds) or nought or "零" in text else (100 if hundreds else 1000) // 10
    return value + _DIGIT[ones] * above, above > 1


# --- vague numbers --------------------------------------------------------------------------------

_SOME_TENS = re.compile(rf"(好)?[几数]([{'十百千万'}]+)")
_TENS_SOME = re.compile(rf"([{LETTERS}]+|[0-9]+)几")
_TWO_DIGITS = re.compile(rf"(?:({_ONE})?(十))?({_ONE})({_ONE})([十百千万]?)")
_NEARLY = re.compile(r"(?:上|近|成|将近|小|快)([百千万])")


def vague(text: str) -> Bounds | None:
    """几十, 十几, 二十几, 三四, 七八十, 十七八, 上百."""
    text = _plain_han(text) if not text.startswith("两") else "二" + _plain_han(text[1:])
    if (some := _SOME_TENS.fullmatch(text)) is not None:
        unit = _times(some[2])
        return Bounds(2 * unit, 10 * unit - 1)
    if text in ("几", "数", "好几"):
        return Bounds(2, 9)
    if (some := _TENS_SOME.fullmatch(text)) is not None and (base := numeral(some[1])) is not None:
        whole = int(base.value)
        step = next((unit for unit in (10_000, 1000, 100, 10) if whole and whole % unit == 0), 0)
        return Bounds(whole + 1, whole + step - 1) if step else None
    if (near := _NEARLY.fullmatch(text)) is not None:
        return Bounds(None, _UNIT[near[1]])
    if (pair := _TWO_DIGITS.fullmatch(text)) is not None:
        low, high = _DIGIT[pair[3]], _DIGIT[pair[4]]
        if high - low != 1 and (low, high) != (3, 5):
            return None
        unit = _UNIT.get(pair[5], 1)
        tens = (_DIGIT[pair[1]] if pair[1] else 1) * 10 if pair[2] else 0
        return Bounds(tens + low * unit, tens + high * unit) if not (tens and unit > 1) else None
    return None


def _times(units: str) -> int:
    product = 1
    for unit in units:
        product *= _UNIT[unit]
    return product
