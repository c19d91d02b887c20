"""Counts, shares, dates and periods → how they are printed. Nothing is ever rounded onto 0, 100 or the target."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from checker.errors import CheckerError, Language, Text
from checker.plan import TargetResult

# Below this many subjects a share says nothing: counts only, no order.
FEWEST_FOR_A_RATE = 10

# What a record is counted in. A table that is not named here is counted in 项 / records.
MEASURES = {
    "institution": Text("所", "schools"),
    "campus": Text("个", "campuses"),
    "unit": Text("个单位", "units"),
    "bus": Text("辆", "buses"),
    "driver": Text("名", "drivers"),
    "guard": Text("名", "guards"),
    "staff": Text("名", "staff"),
    "route": Text("条", "routes"),
    "trip": Text("趟", "trips"),
    "hazard": Text("处", "hazards"),
    "building": Text("栋", "buildings"),
    "lab": Text("间", "laboratories"),
    "canteen": Text("个", "canteens"),
    "hazmat": Text("种", "chemicals"),
    "drill": Text("次", "drills"),
    "inspection": Text("次", "inspections"),
    "visit": Text("次", "visits"),
    "report": Text("份", "reports"),
    "document": Text("份", "documents"),
    "incident": Text("起", "incidents"),
    "period": Text("期", "periods"),
}
OTHER_MEASURE = Text("项", "records")

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def measure(subject: str, lang: Language) -> str:
    return MEASURES.get(subject, OTHER_MEASURE).of(lang)


_SINGULAR = {"buses": "bus", "campuses": "campus", "laboratories": "laboratory", "passes": "pass"}


def amount(number: int, subject: str, lang: Language) -> str:
    """7所; 7 schools, 1 school."""
    return f"{number}{measure(subject, lang)}" if lang == "zh" else many(number, measure(subject, lang))


def many(number: int, words: str) -> str:
    """English: 1 record, 2 records."""
    return f"{number} {_SINGULAR.get(words, words.removesuffix('s')) if number == 1 else words}"


# --- shares --------------------------------------------------------------------------------------


def share(value: Fraction, lang: Language, target: Fraction | None = None) -> str:
    """One decimal, except where that would read as 0, 100 or the target without being it."""
    tenths = _tenths(value)
    if target is not None and value != target and tenths == _tenths(target):
        tenths += 1 if value > target else -1
    if tenths <= 0 < value:
        return Text("0.1%以下", "under 0.1%").of(lang)
    if tenths >= 1000 > value * 1000:
        tenths = 999
    whole = value * 100
    if whole.denominator == 1 and tenths == whole * 10:
        return f"{whole.numerator}%"
    return f"{tenths // 10}.{tenths % 10}%"


def _tenths(value: Fraction) -> int:
    """Tenths of a percent, half up."""
    return int(value * 1000 + Fraction(1, 2))


def interval(target: TargetResult, lang: Language) -> str:
    """92.4%—95.8%; nothing for a population without a rate, or too small for one."""
    if target.lower is None or target.upper is None or target.owed < FEWEST_FOR_A_RATE:
        return ""
    low, high = share(target.lower, lang, target.rate), share(target.upper, lang, target.rate)
    return low if target.lower == target.upper or low == high else f"{low}{'—' if lang == 'zh' else '–'}{high}"


def reconciliation(target: TargetResult, subject: str, lang: Language, is_report: bool = False) -> str:
    """应达标120所＝达标98所＋不达标9所＋待核6所＋经批准延期7所；不适用3所另列。"""
    parts = [
        (Text("按时", "on time") if is_report else Text("达标", "pass"), target.passed, True),
        (Text("迟报或缺报", "late or not sent") if is_report else Text("不达标", "fail"), target.failed, True),
        (Text("待核", "unknown"), target.unknown, True),
        (Text("未报", "not reported"), target.missing, False),
        (Text("经批准延期", "deferred"), target.deferred, False),
    ]
    if any(number < 0 for _, number, _ in parts) or sum(number for _, number, _ in parts) != target.owed:
        raise CheckerError(f"the figures of {target.rule} in {target.unit} do not add up")
    shown = [(word.of(lang), number) for word, number, always in parts if always or number]
    if lang == "zh":
        word = measure(subject, lang)
        text = f"{'应报' if is_report else '应达标'}{target.owed}{word}＝" + "＋".join(
            f"{name}{number}{word}" for name, number in shown
        )
        return text + (f"；不适用{target.not_applicable}{word}另列" if target.not_applicable else "") + "。"
    text = f"{target.owed} due = " + " + ".join(f"{number} {name}" for name, number in shown)
    return text + (f"; {target.not_applicable} not applicable apart" if target.not_applicable else "") + "."


# --- time ----------------------------------------------------------------------------------------


def day(when: date, lang: Language) -> str:
    if lang == "zh":
        return f"{when.year}年{when.month}月{when.day}日"
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def period(name: str, lang: Language) -> str:
    """2020-W06 → 2020年第6周. Names from a calendar of the pack stand as they are."""
    if lang == "en":
        return name
    for pattern, form in (
        (r"(\d{4})-W0?(\d+)", "{}年第{}周"),
        (r"(\d{4})-Q(\d)", "{}年第{}季度"),
        (r"(\d{4})-0?(\d{1,2})", "{}年{}月"),
        (r"(\d{4})-0?(\d{1,2})-0?(\d{1,2})", "{}年{}月{}日"),
        (r"(\d{4})", "{}年"),
    ):
        if found := re.fullmatch(pattern, name):
            return form.format(*found.groups())
    return name
