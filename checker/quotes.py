"""The words of a clause beside the rule that rests on it → where dates, rates, rhythm or numbers of the two disagree.

What a quote says in figures or Chinese numerals (百分之百, 2019年底前, 每周, 不少于两次, 每月1日前) is read and looked for in
the rule. A rule that rests on several clauses may follow any of them. Only warnings: a parameter or a reading may differ on
purpose, and then a person has looked.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from checker.errors import Diagnostic, Span, Text
from checker.model import Each, Expression, Pack, Parameter, RawCondition, RawGroup, Revision, Rule

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = r"(?:[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千]+)"
_UNITS = r"(?:个?百分点|个?工作日|个月|小时|分钟|学时|学期|天|日|周|月|年|次|名|人|台|辆|处|个|所|份|套|米|克|万元|元)"

# In a quote the commonest way to a number is a bound.
_LOWER = r"不少于|不低于|不小于|不得少于|不得低于|至少|最少"
_UPPER = r"不超过|不多于|不高于|不大于|不得超过|不得高于|至多|最多"
_BOUND = re.compile(rf"({_LOWER}|{_UPPER})(?:每[年月周学期]*)?\s*({_NUMERAL})\s*({_UNITS})?")
_AFTER = re.compile(rf"({_NUMERAL})\s*({_UNITS})\s*(以上|以下|以内|之内|内)")
_PERCENT = re.compile(rf"([0-9]+(?:\.[0-9]+)?)\s*[%％]|百分之({_NUMERAL})")
_DAY = re.compile(
    r"(?:(?P<year>[0-9]{4})年)?(?:(?P<month>[0-9]{1,2})月)?"
    r"(?:(?P<day>[0-9]{1,2})日|(?P<end>底))?(?P<by>前|之前|以前)?"
)
_RHYTHM: dict[str, Each] = {
    "每日": "day", "每天": "day", "每周": "week", "每月": "month", "每季度": "quarter", "每季": "quarter", "每年": "year",
    "每年度": "year",
}  # fmt: skip
_EVERY = re.compile("|".join(sorted(_RHYTHM, key=len, reverse=True)))
_RHYTHM_WORDS: dict[Each, Text] = {
    "day": Text("每天", "every day"),
    "week": Text("每周", "every week"),
    "month": Text("每月", "every month"),
    "quarter": Text("每季度", "every quarter"),
    "year": Text("每年", "every year"),
}
_DATE = re.compile(r"\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b")
_NUMBER = re.compile(r"(?<![\w.-])([0-9]+(?:\.[0-9]+)?)(%?)(?![0-9-])")
_REFERENCE = re.compile(r"(?:param|scale|参数|标准)\.(\w+)")
_COMPARED = re.compile(r"(>=|<=|>|<|=)\s*([0-9]+(?:\.[0-9]+)?)(?![\w.%-])")
_IS_LOWER = re.compile(_LOWER)


def number(text: str) -> Fraction | None:
    """十五 → 15, 两 → 2, 100 → 100."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return Fraction(text)
    total, current = 0, None
    for sign in text:
        if sign in _DIGITS:
            current = _DIGITS[sign]
        elif sign in _TENS:
            total += (1 if current is None else current) * _TENS[sign]
            current = None
        else:
            return None
    return Fraction(total + (current or 0))


@dataclass(slots=True)
class Said:
    """What one text fixes. `by`: days at whose end something must be done; `bounds`: number, and whether it is a least."""

    by: set[date] = field(default_factory=set)
    rates: set[Fraction] = field(default_factory=set)
    rhythm: set[Each] = field(default_factory=set)
    bounds: set[tuple[Fraction, bool]] = field(default_factory=set)


def read_quote(text: str) -> Said:
    said = Said()
    year = None
    for found in _DAY.finditer(text):
        year = int(found["year"]) if found["year"] else year
        if found["by"] and year is not None and (found["day"] or found["end"]):
            month = int(found["month"] or 12)
            if 1 <= month <= 12:
                last = calendar.monthrange(year, month)[1]
                said.by.add(date(year, month, last if found["end"] else min(int(found["day"]), last)))
    for found in _PERCENT.finditer(text):
        value = number(found[1] or found[2])
        if value is not None:
            said.rates.add(value / 100)
    said.rhythm |= {_RHYTHM[word] for word in _EVERY.findall(text)}
    for found in _BOUND.finditer(text):
        _bound(said, found[2], bool(_IS_LOWER.fullmatch(found[1])))
    for found in _AFTER.finditer(text):
        _bound(said, found[1], found[3] == "以上")
    return said


def _bound(said: Said, text: str, lower: bool) -> None:
    value = number(text)
    if value is not None:
        said.bounds.add((value, lower))


# --- the rule ------------------------------------------------------------------------------------


def disagreements(pack: Pack) -> list[Diagnostic]:
    """Every place where a rule of the pack says something else than all the clauses that it rests on."""
    found: list[Diagnostic] = []
    for rule in pack.rules:
        if rule.readings:
            continue  # somebody has looked, and has written down how the clause is read
        quotes = [
            pack.clauses[clause] for clause in rule.clauses if clause in pack.clauses and pack.clauses[clause].quote
        ]
        if not quotes:
            continue
        said = Said()
        for clause in quotes:
            one = read_quote(clause.quote)
            said.by |= one.by
            said.rates |= one.rates
            said.rhythm |= one.rhythm
            said.bounds |= one.bounds
        for revision in rule.revisions:
            if not revision.repealed:
                found += _of_revision(pack, rule, revision, said)
    return found


def _of_revision(pack: Pack, rule: Rule, revision: Revision, said: Said) -> Iterator[Diagnostic]:
    texts = list(_texts(revision))
    numbers, rates = _numbers(pack, texts)
    if said.by:
        yield from _dates(rule, revision, said.by)
    if said.rates:
        own = rates | ({revision.target.rate} if revision.target else set())
        if own and not own & said.rates:
            yield _told(
                revision, rule, f"条文写{_percents(said.rates)}，规则写{_percents(own)}",
                f"the clause says {_percents(said.rates)}, the rule says {_percents(own)}",
            )  # fmt: skip
    if said.rhythm and revision.repeats is not None and revision.repeats.each is not None:
        each = revision.repeats.each
        if each not in said.rhythm:
            theirs = [_RHYTHM_WORDS[word] for word in sorted(said.rhythm)]
            zh, en = "、".join(t.zh for t in theirs), ", ".join(t.en for t in theirs)
            own_words = _RHYTHM_WORDS[each]
            yield _told(
                revision,
                rule,
                f"条文写{zh}，规则的周期是{own_words.zh}",
                f"the clause says {en}, the rule {own_words.en}",
            )
    for value, lower in sorted(said.bounds):
        if value not in numbers:
            if numbers:
                shown = "、".join(f"{float(n):g}" for n in sorted(numbers))
                yield _told(
                    revision, rule, f"条文写{_bound_words(value, lower).zh}，规则里没有这个数（有{shown}）",
                    f"the clause says {_bound_words(value, lower).en}; no such number in the rule (it has {shown})",
                )  # fmt: skip
            continue
        wrong = [
            op
            for text in texts
            for op, n in _COMPARED.findall(text.text)
            if Fraction(n) == value and op not in _fits(lower)
        ]
        if wrong:
            yield _told(
                revision, rule, f"条文写{_bound_words(value, lower).zh}，规则写“{wrong[0]} {float(value):g}”",
                f"the clause says {_bound_words(value, lower).en}, the rule says “{wrong[0]} {float(value):g}”",
            )  # fmt: skip


def _dates(rule: Rule, revision: Revision, by: set[date]) -> Iterator[Diagnostic]:
    """Only a rule whose due date is a day: a clause with a date may also have parts that recur or depend on a record."""
    written = _DATE.fullmatch(revision.due.text.strip()) if revision.due else None
    if written is None:
        return
    due = date(*map(int, written.groups()))
    if due not in by:
        zh = "、".join(f"{day.year}年{day.month}月{day.day}日" for day in sorted(by))
        yield _told(
            revision, rule, f"条文的期限是{zh}，规则写{due}",
            f"the clause says by {', '.join(map(str, sorted(by)))}, the rule says {due}",
            None if revision.due is None else revision.due.span,
        )  # fmt: skip


def _fits(lower: bool) -> tuple[str, ...]:
    return (">=", "=") if lower else ("<=", "=")


def _bound_words(value: Fraction, lower: bool) -> Text:
    shown = f"{float(value):g}"
    return Text(f"{'不少于' if lower else '不超过'}{shown}", f"{'at least' if lower else 'at most'} {shown}")


def _percents(rates: Iterable[Fraction]) -> str:
    return "、".join(f"{float(rate * 100):g}%" for rate in sorted(rates))


def _told(revision: Revision, rule: Rule, zh: str, en: str, span: Span | None = None) -> Diagnostic:
    clauses = "、".join(rule.clauses)
    hint = Text(
        f"核对条款{clauses}；有意不同的，把原因写进“解读”", f"see {clauses}; if it differs on purpose, name the reading"
    )
    return Diagnostic("Q01", span or revision.span, Text(zh, en), hint, "warning")


# --- what a rule says, as text -------------------------------------------------------------------


def _texts(revision: Revision) -> Iterator[Expression]:
    for condition in (revision.applies, revision.require):
        yield from _inside(condition)
    for expression in (revision.due, revision.done_on):
        if expression is not None:
            yield expression


def _inside(condition: RawCondition | None) -> Iterator[Expression]:
    match condition:
        case Expression():
            yield condition
        case RawGroup():
            for child in condition.children:
                yield from _inside(child)


def _numbers(pack: Pack, texts: Iterable[Expression]) -> tuple[set[Fraction], set[Fraction]]:
    """Numbers, and rates, that stand in the texts or in the parameters that they name."""
    numbers: set[Fraction] = set()
    rates: set[Fraction] = set()
    named = _by_name({**pack.parameters, **pack.scales})
    for text in texts:
        bare = _DATE.sub(" ", text.text)
        for value, percent in _NUMBER.findall(bare):
            (rates if percent else numbers).add(Fraction(value) / (100 if percent else 1))
        for name in _REFERENCE.findall(bare):
            parameter = named(name)
            for value in parameter.values if parameter else ():
                numbers |= {
                    n for bracket in value.brackets for n in (bracket.value, bracket.low, bracket.high) if n is not None
                }
                numbers |= {n for _, n in value.by_choice}
                if isinstance(value.value, Fraction):
                    (rates if parameter and parameter.kind == "percent" else numbers).add(value.value)
                    numbers |= _in_other_units(value.value, parameter.unit if parameter else "")
    return numbers, rates


def _in_other_units(value: Fraction, unit: str) -> set[Fraction]:
    """A clause may say 24 hours or 3 years where the parameter is kept in minutes or months."""
    return {value / step for step in {"minute": (60, 1440), "month": (12,), "day": (7,)}.get(unit, ())}


def _by_name(parameters: Mapping[str, Parameter]) -> Callable[[str], Parameter | None]:
    names = {word: parameter for parameter in parameters.values() for word in (parameter.id, *parameter.name)}
    return names.get
