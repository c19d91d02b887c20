"""What a vocabulary expects of values (ranges, codes that agree, checks) → typed, its words resolved to identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from checker.errors import Text
from checker.model import Check, FieldDef, Range, Usual
from checker.validate.reading import Reader, did_you_mean, read_number, read_percent

_NUMBERS = ("count", "number", "percent")
_DATES = ("date", "datetime")
# Keys of a field, the types they suit, and how those are called.
_FITTING = (
    ("possible", _NUMBERS, Text("个数、数值、百分比", "count, number and percent")),
    ("usual", _NUMBERS, Text("个数、数值、百分比", "count, number and percent")),
    ("agrees_with", ("text",), Text("文字", "text")),
    ("ahead", _DATES, Text("日期、时间", "date and datetime")),
    ("varies", ("count", "number", *_DATES, "text"), Text("个数、数值、日期、文字", "count, number, date and text")),
)


def with_expectations(
    reader: Reader, column: FieldDef, names: Mapping[str, str], fields: Mapping[str, FieldDef]
) -> FieldDef:
    """`names`: word in either language → field of the table."""
    for key, types, where in _FITTING:
        if reader.has(key) and column.type not in types:
            zh, en = f"“{reader.word(key).zh}”只用于{where.zh}列", f'"{key}" is only for {where.en} fields'
            reader.report.error("E61", reader.key_span(key), zh, en)
    if not any(reader.has(key) for key, *_ in _FITTING):
        return column
    return replace(
        column,
        possible=_range(reader, "possible", column) if reader.has("possible") else None,
        usual=_usual(reader, column, names, fields),
        agrees_with=_agreements(reader, names, fields),
        ahead=reader.flag("ahead"),
        varies=reader.flag("varies"),
    )


def read_checks(reader: Reader) -> dict[str, Check]:
    found: dict[str, Check] = {}
    for name, inner in reader.named("checks"):
        expression = inner.expression("is")
        if expression is not None:
            found[name] = Check(name, expression, inner.both("name") if inner.has("name") else None)
    return found


def _range(reader: Reader, key: str, column: FieldDef) -> Range:
    """lowest..highest; one of them may be left out."""
    text, span, name = reader.text(key).replace(" ", ""), reader.span(key), reader.word(key)
    low, dots, high = text.partition("..")
    if not dots or not (low or high):
        example = "90%..100%" if column.type == "percent" else "1..500"
        zh, en = f"范围的写法不对：“{text}”", f'this is no range: "{text}"'
        reader.report.error(
            "E57", span, zh, en, Text(f"写成 最小..最大，如 {example}", f"lowest..highest, such as {example}")
        )
        return Range()
    read = read_percent if column.type == "percent" else read_number
    ends = [read(end, span, name, reader.report) if end else None for end in (low, high)]
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        reader.report.error("E57", span, f"范围的最小大于最大：“{text}”", f'the lowest is above the highest: "{text}"')
    return Range(*ends)


def _usual(reader: Reader, column: FieldDef, names: Mapping[str, str], fields: Mapping[str, FieldDef]) -> Usual | None:
    if not isinstance(reader.get("usual"), dict):
        return Usual({"": _range(reader, "usual", column)}) if reader.has("usual") else None
    written = list(reader.named("usual"))
    if len(written) > 1:
        zh, en = "通常范围只能按一列的选项分", "the usual ranges go by one choice field only"
        reader.report.error("E61", reader.key_span("usual"), zh, en)
    word, inner = written[0]
    by = _choice_field(inner, word, names, fields)
    if by is None:
        return None
    ranges = {code: _range(inner, word, column) for word in inner.own() for code in _codes(inner, by, (word,), word)}
    return Usual(ranges, by.id)


def _agreements(
    reader: Reader, names: Mapping[str, str], fields: Mapping[str, FieldDef]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Choice field → how a text begins → the choices that fit."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for word, inner in reader.named("agrees_with"):
        other = _choice_field(inner, word, names, fields)
        if other is not None:
            found[other.id] = {start: _codes(inner, other, inner.texts(start), start) for start in inner.own()}
    return found


def _choice_field(
    reader: Reader, word: str, names: Mapping[str, str], fields: Mapping[str, FieldDef]
) -> FieldDef | None:
    """The choice field that the key of this mapping names."""
    if word not in names:
        zh, en = f"本表没有名为“{word}”的列", f'no field "{word}" in this table'
        reader.report.error("E11", reader.key_span(), zh, en, did_you_mean(word, names))
        return None
    found = fields[names[word]]
    if found.type != "choice":
        zh, en = f"“{found.name.zh}”不是单选列", f'"{found.id}" is not a choice field'
        reader.report.error("E61", reader.key_span(), zh, en)
        return None
    return found


def _codes(reader: Reader, column: FieldDef, words: Iterable[str], key: str) -> tuple[str, ...]:
    known = {word: choice.code for choice in column.choices for word in (choice.code, *choice.label)}
    for word in words:
        if word not in known:
            zh, en = f"“{column.name.zh}”没有选项“{word}”", f'{column.id} has no choice "{word}"'
            reader.report.error("E12", reader.span(key), zh, en, did_you_mean(word, known))
    return tuple(known[word] for word in words if word in known)
