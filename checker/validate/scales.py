"""Scale documents → dated scales: by brackets without gap or overlap, or by a choice that is covered in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import cast

from checker.errors import Span, Text
from checker.expr import Bracket
from checker.model import Confirmation, Parameter, ParameterValue
from checker.validate.parameters import KINDS, check_dates, one_unit, read_names, read_value
from checker.validate.reading import Reader, as_day, did_you_mean
from checker.validate.tables import Vocabulary


def read_scales(readers: Sequence[Reader], vocabulary: Vocabulary) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    taken: dict[str, str] = {}
    for reader in readers:
        identifier, name = read_names(reader, taken)
        units: dict[str, Span] = {}
        values = tuple(_scale_value(reader, item, units, vocabulary) for item in reader.items("values"))
        check_dates(reader)
        found.setdefault(
            identifier,
            Parameter(
                id=identifier,
                name=name,
                kind=KINDS.get(reader.text("type"), "number"),
                values=values,
                unit=one_unit(reader, units),
                is_scale=True,
                span=reader.span("id"),
            ),
        )
    return found


def _scale_value(reader: Reader, item: Reader, units: dict[str, Span], vocabulary: Vocabulary) -> ParameterValue:
    if item.has("brackets") == item.has("by_choice"):
        zh, en = "“档次”与“按选项”写其中一个", "write either brackets or by_choice"
        reader.report.error("E61", item.span(), zh, en)
    return ParameterValue(
        since=as_day(item.text("since")) or date.min,
        until=as_day(item.text("until")),
        source=item.both("source"),
        confirmation=cast(Confirmation, item.text("confirmation", "unconfirmed")),
        brackets=_brackets(reader, item, units, _argument(reader, vocabulary)),
        by_choice=_by_choice(reader, item, units, vocabulary),
        doc_no=item.text("doc_no"),
        article=item.text("article"),
        span=item.span("since"),
    )


def _by_choice(
    reader: Reader, item: Reader, units: dict[str, Span], vocabulary: Vocabulary
) -> tuple[tuple[str, Fraction], ...]:
    """Code → value. The argument names the choice field, so that every code has exactly one value."""
    written = item.mapping("by_choice")
    if not written:
        return ()
    word = reader.text("argument").rpartition(".")[2]
    columns = [
        table.fields[vocabulary.field_of[table.id][word]]
        for table in vocabulary.tables.values()
        if word in vocabulary.field_of[table.id]
    ]
    fitting = [column for column in columns if column.type in ("choice", "choices")]
    if not fitting and vocabulary.complete:
        choices = [column for table in vocabulary.tables.values() for column in table.fields.values() if column.choices]
        hint = did_you_mean(word, [name for column in choices for name in column.name])
        reader.report.error(
            "E11", reader.span("argument"), f"没有名为“{word}”的单选列", f'no choice field "{word}" in any table', hint
        )
    # One name may head choices in several tables: the one that knows most of the codes is meant.
    known = [
        {name: choice.code for choice in column.choices for name in (choice.code, *choice.label)} for column in fitting
    ]
    codes = max(known, key=lambda names: sum(key in names for key in written), default={})
    inner = item.at("by_choice")
    found: dict[str, Fraction] = {}
    for key in written:
        value = read_value(inner, key, reader.text("type"), units)
        if codes and key not in codes:
            zh, en = f"“{word}”没有选项“{key}”", f'{word} has no choice "{key}"'
            reader.report.error("E12", inner.key_span(key), zh, en, did_you_mean(key, codes))
        elif isinstance(value, Fraction):
            found[codes.get(key, key)] = value
    covered = {codes.get(key) for key in written}
    lacking = [code for code in dict.fromkeys(codes.values()) if code not in covered]
    if lacking and all(key in codes for key in written):
        zh = f"“按选项”没有写全，缺少：{'、'.join(lacking)}"
        reader.report.error("E14", item.key_span("by_choice"), zh, f"by_choice lacks: {', '.join(lacking)}")
    return tuple(found.items())


@dataclass(frozen=True, slots=True)
class _Bound:
    """One bracket as written: a bound from above (below, up_to) or from beneath (at_least, above)."""

    reader: Reader
    number: int
    at: Fraction
    included: bool
    is_upper: bool


_BOUNDS = {"below": (False, True), "up_to": (True, True), "at_least": (True, False), "above": (False, False)}


def _argument(reader: Reader, vocabulary: Vocabulary) -> Text:
    """How messages call what is put in: by the field's two names if there is such a field."""
    word = reader.text("argument")
    for table, names in vocabulary.field_of.items():
        if word in names:
            return vocabulary.tables[table].fields[names[word]].name
    return Text(word, word)


def _brackets(reader: Reader, item: Reader, units: dict[str, Span], name: Text) -> tuple[Bracket, ...]:
    """The brackets between their neighbours: those bounded from above first, then those bounded from beneath."""
    bounds = [
        bound for number, inner in enumerate(item.items("brackets"), 1) if (bound := _bound(inner, number)) is not None
    ]
    if len(bounds) < len(item.items("brackets")) or not bounds:
        return ()
    if not _in_order(reader, bounds) or not _seamless(reader, bounds, name):
        return ()
    found: list[Bracket] = []
    for at, bound in enumerate(bounds):
        low: tuple[Fraction | None, bool] = (None, False)
        high: tuple[Fraction | None, bool] = (None, False)
        if bound.is_upper:
            high = (bound.at, bound.included)
            if at:
                low = (bounds[at - 1].at, not bounds[at - 1].included)
        else:
            low = (bound.at, bound.included)
            if at + 1 < len(bounds):
                high = (bounds[at + 1].at, not bounds[at + 1].included)
        found.append(_bracket(reader, bound.reader, low, high, units))
    return tuple(found)


def _bound(inner: Reader, number: int) -> _Bound | None:
    written = [key for key in _BOUNDS if inner.has(key)]
    if len(written) != 1:
        zh, en = (
            "每一档只写一个界：不足、不超过、不少于、超过",
            "each bracket has one bound: below, up_to, at_least or above",
        )
        inner.report.error("E61", inner.span(), zh, en)
        return None
    value = inner.number(written[0])
    return None if value is None else _Bound(inner, number, value, *_BOUNDS[written[0]])


def _in_order(reader: Reader, bounds: Sequence[_Bound]) -> bool:
    for before, bound in pairwise(bounds):
        # At the same number the bracket that leaves it out stands first: below 100, up to 100; from 100, above 100.
        first = (before.at, before.included if before.is_upper else not before.included)
        second = (bound.at, bound.included if bound.is_upper else not bound.included)
        same_side = before.is_upper == bound.is_upper
        if (same_side and first >= second) or (not same_side and bound.is_upper):
            reader.report.error(
                "E14",
                bound.reader.span(),
                f"第{bound.number}档应写在第{before.number}档之前：由低到高分档，先写“不足／不超过”，再写“不少于／超过”",
                f"bracket {bound.number} belongs before bracket {before.number}: from low to high, upper bounds first",
            )
            return False
    return True


def _seamless(reader: Reader, bounds: Sequence[_Bound], name: Text) -> bool:
    """Every number from 0 up in exactly one bracket. Neighbours on the same side meet by themselves."""
    first, last = bounds[0], bounds[-1]
    if not first.is_upper and first.at == 0 and first.included:
        return True  # numbers of people and things: nothing lies below
    if not first.is_upper:
        gap = first.at - 1 if first.included else first.at
        _outside(reader, first, name, gap, "前面补一档“不足”", "add a bracket with below in front")
        return False
    if last.is_upper:
        gap = last.at + 1 if last.included else last.at
        _outside(
            reader, last, name, gap, "后面补一档“不少于”或“超过”", "add a bracket with at_least or above at the end"
        )
        return False
    at = next(number for number, bound in enumerate(bounds) if not bound.is_upper)
    upper, lower = bounds[at - 1], bounds[at]
    if upper.at == lower.at and upper.included != lower.included:
        return True
    span = lower.reader.span()
    if upper.at > lower.at or (upper.at == lower.at and upper.included):
        witness = lower.at if lower.included or upper.at == lower.at else (lower.at + upper.at) / 2
        if not lower.included and lower.at + 1 < upper.at:
            witness = lower.at + 1
        shown = _plain(witness)
        word = Text("不足", "below") if lower.included else Text("不超过", "up_to")
        reader.report.error(
            "E14",
            span,
            f"{name.zh}={shown} 同时落入第{upper.number}、{lower.number}档",
            f"{name.en} = {shown} falls into brackets {upper.number} and {lower.number}",
            Text(
                f"把第{upper.number}档改为“{word.zh} {_plain(lower.at)}”",
                f'make bracket {upper.number} "{word.en} {_plain(lower.at)}"',
            ),
        )
        return False
    if not upper.included:
        witness = upper.at
    elif upper.at + 1 < lower.at or (upper.at + 1 == lower.at and not lower.included):
        witness = upper.at + 1
    else:
        witness = (upper.at + lower.at) / 2
    word = Text("不少于", "at_least") if not upper.included else Text("超过", "above")
    _outside(
        reader,
        lower,
        name,
        witness,
        f"把第{lower.number}档改为“{word.zh} {_plain(upper.at)}”",
        f'make bracket {lower.number} "{word.en} {_plain(upper.at)}"',
    )
    return False


def _outside(reader: Reader, bound: _Bound, name: Text, witness: Fraction, zh: str, en: str) -> None:
    shown = _plain(witness)
    message = Text(f"{name.zh}={shown} 不落入任何一档", f"{name.en} = {shown} falls into no bracket")
    reader.report.error("E14", bound.reader.span(), *message, Text(zh, en))


def _bracket(
    reader: Reader,
    inner: Reader,
    low: tuple[Fraction | None, bool],
    high: tuple[Fraction | None, bool],
    units: dict[str, Span],
) -> Bracket:
    value = read_value(inner, "value", reader.text("type"), units)
    add = read_value(inner, "add", reader.text("type"), units)
    per = inner.number("per")
    if per is not None and per <= 0:
        inner.report.error("E57", inner.span("per"), "“每增加”应大于零", '"per" must be greater than zero')
    if per is not None and low[0] is None:
        zh, en = "最低一档没有下限，不能“每增加”", "the lowest bracket has no lower bound to step from"
        inner.report.error("E61", inner.key_span("per"), zh, en)
    return Bracket(
        low=low[0],
        low_inclusive=low[1],
        high=high[0],
        high_inclusive=high[1],
        value=value if isinstance(value, Fraction) else Fraction(0),
        per=per or Fraction(0),
        add=add if isinstance(add, Fraction) else Fraction(0),
        count_part=inner.text("part") == "count",
    )


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"
