"""A place in a document → typed values; what cannot be read is reported once, at its place."""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from checker import lexicon
from checker.errors import Diagnostic, Span, Text
from checker.model import Document, Expression, RawCondition, RawGroup
from checker.words import Shape, chinese_key

Path = tuple[str | int, ...]

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_LOOSE_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([^\W\d_]+(?: [a-z]+)?)")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")

_OPS = ("all_of", "any_of", "none_of", "at_least", "when")


def nearest(word: str, options: Iterable[str]) -> str:
    """The option that was probably meant, or an empty text."""
    near = difflib.get_close_matches(word, list(options), n=1, cutoff=0.6)
    return near[0] if near else ""


def did_you_mean(word: str, options: Iterable[str], where: Text | None = None) -> Text | None:
    near = nearest(word, options)
    return Text(f"是否应为“{near}”？", f'did you mean "{near}"?') if near else where


def chinese_value(shape: Shape, word: str) -> str:
    return shape.chinese.get(word, word)


def is_identifier(word: str) -> bool:
    return _IDENTIFIER.fullmatch(word) is not None


@dataclass(slots=True)
class Report:
    """Where all faults are collected: the one thing here that changes."""

    diagnostics: list[Diagnostic] = field(default_factory=list)

    def error(self, code: str, span: Span, zh: str, en: str, hint: Text | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, span, Text(zh, en), hint))

    def warning(self, code: str, span: Span, zh: str, en: str, hint: Text | None = None) -> None:
        self.diagnostics.append(Diagnostic(code, span, Text(zh, en), hint, "warning"))


@dataclass(frozen=True, slots=True)
class Reader:
    """A mapping somewhere in a document. Wrong types read as absent: the schema has already told them."""

    document: Document
    report: Report
    path: Path
    here: object

    @staticmethod
    def of(document: Document, report: Report) -> Reader:
        return Reader(document, report, (), document.data)

    # --- where ----------------------------------------------------------------------------------------

    def span(self, *steps: str | int) -> Span:
        """The place of a value; of the nearest thing around it if it is absent."""
        path = (*self.path, *steps)
        while path and path not in self.document.spans:
            path = path[:-1]
        return self.document.spans[path] if path else Span(self.document.path, 1, 1, 2)

    def key_span(self, *steps: str | int) -> Span:
        return self.document.key_spans.get((*self.path, *steps)) or self.span(*steps)

    def word(self, key: str) -> Text:
        """How a key of this mapping is called in either language."""
        return Text(chinese_key(self.document.kind, self.path, key), key)

    # --- what -----------------------------------------------------------------------------------------

    def get(self, key: str) -> object:
        return self.here.get(key) if isinstance(self.here, dict) else None

    def has(self, key: str) -> bool:
        return self.get(key) is not None

    def at(self, *steps: str | int) -> Reader:
        value = self.here
        for step in steps:
            if isinstance(value, dict):
                value = value.get(step)
            else:
                value = value[step] if isinstance(value, list) and isinstance(step, int) else None
        return Reader(self.document, self.report, (*self.path, *steps), value)

    def items(self, key: str) -> list[Reader]:
        """The mappings of a list."""
        value = self.get(key)
        if not isinstance(value, list):
            return []
        return [self.at(key, number) for number, item in enumerate(value) if isinstance(item, dict)]

    def length(self, key: str) -> int:
        value = self.get(key)
        return len(value) if isinstance(value, list) else 0

    def named(self, key: str) -> Iterator[tuple[str, Reader]]:
        """The members of a mapping whose keys the author chose."""
        for name in self.mapping(key):
            yield name, self.at(key, name)

    def text(self, key: str, default: str = "") -> str:
        value = self.get(key)
        return value if isinstance(value, str) and value else default

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.get(key)
        if isinstance(value, str):
            return (value,) if value else ()
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def mapping(self, key: str) -> Mapping[str, object]:
        value = self.get(key)
        return value if isinstance(value, dict) else {}

    def own(self) -> Mapping[str, object]:
        """This place itself as a mapping."""
        return self.here if isinstance(self.here, dict) else {}

    def both(self, key: str, default: Text | None = None) -> Text:
        """A text in two languages; what is written in one only stands in both."""
        return _both(self.get(key), default)

    def own_text(self, default: Text) -> Text:
        """The same for this place itself."""
        return _both(self.here, default)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.get(key)
        return value == "yes" if value in ("yes", "no") else default

    # --- numbers and dates ----------------------------------------------------------------------------

    def integer(self, key: str) -> int | None:
        value = self.text(key)
        return int(value) if value.isascii() and value.isdigit() else None  # else the schema's pattern has told

    def number(self, key: str) -> Fraction | None:
        return read_number(self.text(key), self.span(key), self.word(key), self.report) if self.has(key) else None

    def percent(self, key: str) -> Fraction | None:
        return read_percent(self.text(key), self.span(key), self.word(key), self.report) if self.has(key) else None

    def day(self, key: str) -> date | None:
        return read_date(self.text(key), self.span(key), self.report) if self.text(key) else None

    def days(self, key: str) -> list[date]:
        value = self.get(key)
        if isinstance(value, str):
            found = [self.day(key)]
        else:
            found = [read_date(text, self.span(key, at), self.report) for at, text in enumerate(self.texts(key))]
        return [day for day in found if day is not None]

    # --- conditions -----------------------------------------------------------------------------------

    def expression(self, key: str) -> Expression | None:
        value = self.text(key)
        return Expression(value, self.span(key)) if value else None

    def condition(self, key: str) -> RawCondition | None:
        value = self.get(key)
        return None if value is None else self._condition(value, (key,))

    def _condition(self, value: object, steps: Path) -> RawCondition:
        span = self.span(*steps)
        if isinstance(value, list):
            return RawGroup("all_of", self._conditions(value, steps), 0, span)
        if not isinstance(value, dict):
            return Expression(str(value), span)
        written = [op for op in _OPS if op in value]
        if len(written) > 1:
            names = Text("、".join(self.at(*steps).word(op).zh for op in written), ", ".join(written))
            self.report.error(
                "E61",
                self.key_span(*steps, written[1]),
                f"同一处写了{names.zh}，不知怎样合起来",
                f"{names.en} stand side by side: how do they combine?",
                Text("放进“同时满足”的列表里，每项一个", "make them items of one all_of list"),
            )
        if not written:
            return Expression("", span)
        op = written[0]
        under = value[op]
        if op == "when":
            pair = (self._condition(under, (*steps, "when")), self._condition(value.get("then", ""), (*steps, "then")))
            return RawGroup("when", pair, 0, span)
        if op != "at_least":
            return RawGroup(op, self._conditions(under, (*steps, op)), 0, span)  # type: ignore[arg-type]
        inner = self.at(*steps, "at_least")
        count = inner.integer("count") or 0
        among = self._conditions(inner.get("of"), (*steps, "at_least", "of"))
        if inner.has("count") and not 1 <= count <= len(among):
            self.report.error(
                "E61",
                inner.span("count"),
                f"“至少满足”{count}项，之中列出{len(among)}项：应在1与{len(among)}之间",
                f"at_least {count} of {len(among)}: the count must lie between 1 and {len(among)}",
            )
        return RawGroup("at_least", among, count, span)

    def _conditions(self, value: object, steps: Path) -> tuple[RawCondition, ...]:
        if not isinstance(value, list):
            return ()
        return tuple(self._condition(item, (*steps, number)) for number, item in enumerate(value))


def _both(value: object, default: Text | None) -> Text:
    if isinstance(value, str) and value:
        return Text(value, value)
    if isinstance(value, dict):
        zh, en = value.get("zh"), value.get("en")
        if isinstance(zh, str) or isinstance(en, str):
            return Text(str(zh or en), str(en or zh))
    return default or Text("", "")


# --- scalars ------------------------------------------------------------------------------------------


def as_day(text: str) -> date | None:
    """A date as it must be written."""
    found = _DATE.fullmatch(text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def looks_like_date(text: str) -> bool:
    """A text that nobody would write for anything else: only then may an expression be judged as a date."""
    return any(form.fullmatch(text.strip()) for form in (_DATE, _LOOSE_DATE))


def read_date(text: str, span: Span, report: Report) -> date | None:
    day = as_day(text)
    if day is not None:
        return day
    found = _LOOSE_DATE.fullmatch(text.strip()) or _COMPACT_DATE.fullmatch(text.strip())
    year, month, number = (int(part) for part in found.groups()) if found else (0, 0, 0)
    if not found or not year >= 1 or not 1 <= month <= 12:
        if found:
            report.error("E09", span, f"没有这一天：{text}", f"no such day: {text}")
        else:
            hint = Text("写成 年-月-日，如 2019-12-31", "year-month-day, such as 2019-12-31")
            report.error("E10", span, f"这不是一个日期：{text}", f"this is no date: {text}", hint)
        return None
    last = calendar.monthrange(year, month)[1]
    if not 1 <= number <= last:
        name = date(year, month, 1).strftime("%B")
        report.error(
            "E09",
            span,
            f"没有这一天：{year}年{month}月只有{last}天",
            f"no such day: {name} {year} has {last}",
        )
        return None
    meant = date(year, month, number)
    report.error(
        "E10",
        span,
        f"日期写法应为 2019-12-31，不是 {text}",
        f"write dates as 2019-12-31, not {text}",
        Text(f"可直接替换为 {meant}", f"replace by {meant}"),
    )
    return meant


def read_number(text: str, span: Span, name: Text, report: Report) -> Fraction | None:
    if _NUMBER.fullmatch(text):
        return Fraction(text)
    hint = None
    if "," in text and _NUMBER.fullmatch(text.replace(",", "")):
        plain = text.replace(",", "")
        hint = Text(f"不写千分位：{plain}", f"without thousands separators: {plain}")
    report.error(
        "E57", span, f"“{name.zh}”应是一个数，不是“{text}”", f'"{name.en}" must be a number, not "{text}"', hint
    )
    return None


def read_percent(text: str, span: Span, name: Text, report: Report) -> Fraction | None:
    written = text.replace("％", "%").replace(" ", "")
    if written.endswith("%") and _NUMBER.fullmatch(written[:-1]):
        return Fraction(written[:-1]) / 100
    hint = Text("写成百分数，如 95%", "write a percentage, such as 95%")
    if _NUMBER.fullmatch(text):
        share = Fraction(text) * (100 if Fraction(text) <= 1 else 1)
        hint = Text(f"是否应为 {float(share):g}%？", f"did you mean {float(share):g}%?")
    report.error(
        "E57", span, f"“{name.zh}”应是百分数，不是“{text}”", f'"{name.en}" must be a percentage, not "{text}"', hint
    )
    return None


def read_duration(text: str, span: Span, report: Report) -> tuple[Fraction, str] | None:
    """Amount and base unit: minute, day, month or working_day."""
    found = _DURATION.fullmatch(text.strip())
    unit = lexicon.UNIT_SPELLINGS.get(found[2]) if found else None
    if found and unit:
        factor, base = lexicon.UNIT_BASE[unit]
        return Fraction(found[1]) * factor, base
    report.error(
        "E57",
        span,
        f"时长的写法不对：“{text}”",
        f'this is no length of time: "{text}"',
        Text("如 6个月、15天、5个工作日、2小时", "such as 6 months, 15 days, 5 working days, 2 hours"),
    )
    return None
