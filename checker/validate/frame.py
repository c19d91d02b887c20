"""pack.yaml, units, calendars, clauses and the source text → the facts around the rules, checked against each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal, cast

from checker.errors import Text
from checker.model import Calendar, Clause, Period, Reading, Standing, TextStatus, Unit, WorkingDays
from checker.validate.reading import Reader, did_you_mean, is_identifier
from checker.validate.tables import Vocabulary

# --- pack.yaml ----------------------------------------------------------------------------------------


def read_text_status(pack: Reader) -> tuple[TextStatus, ...]:
    found = [
        TextStatus(since, cast(Literal["draft", "issued", "ended"], item.text("status", "draft")))
        for item in pack.items("text_status")
        if (since := item.day("since")) is not None
    ]
    for item, (before, after) in zip(pack.items("text_status")[1:], pairwise(found), strict=False):
        if after.since <= before.since:
            zh, en = f"文本状态未按日期先后排列：{after.since}", f"text_status out of order: {after.since}"
            pack.report.error("E15", item.span("since"), zh, en)
    return tuple(found)


def read_window(reader: Reader, first: str, last: str) -> tuple[date | None, date | None]:
    """Two dates, the second not before the first."""
    start, end = reader.day(first), reader.day(last)
    if start and end and end < start:
        zh, en = (
            f"{reader.word(last).zh}（{end}）早于{reader.word(first).zh}（{start}）",
            f"{last} ({end}) is before {first} ({start})",
        )
        reader.report.error("E61", reader.span(last), zh, en)
    return start, end


def read_phases(pack: Reader) -> tuple[dict[str, Period], dict[str, Text]]:
    phases: dict[str, Period] = {}
    names: dict[str, Text] = {}
    for identifier, inner in pack.named("phases"):
        _check_identifier(inner, identifier)
        start, end = read_window(inner, "from", "until")
        phases[identifier] = Period(identifier, start or date.min, end or date.max)
        names[identifier] = inner.both("name", Text(identifier, identifier))
    return phases, names


def _check_identifier(reader: Reader, identifier: str) -> None:
    if not is_identifier(identifier):
        zh, en = (
            f"“{identifier}”不能作标识：只用字母、数字和下划线",
            f'"{identifier}" cannot be an identifier: letters, digits and _ only',
        )
        reader.report.error("V01", reader.key_span(), zh, en)


def read_source(pack: Reader, root: Path) -> str:
    """The text that clauses quote. Line ends are made one character, whatever the editor or git wrote."""
    source = pack.at("source")
    name = source.text("file")
    if not name:
        return ""
    path = root / name
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except OSError:
        pack.report.error("E51", source.span("file"), f"打不开原文 {path.as_posix()}", f"cannot open {path.as_posix()}")
    except UnicodeDecodeError:
        zh, en = f"原文 {path.as_posix()} 不是 UTF-8 编码", f"{path.as_posix()} is not UTF-8"
        pack.report.error("E51", source.span("file"), zh, en, Text("另存为 UTF-8", "save it as UTF-8"))
    return ""


# --- clauses ------------------------------------------------------------------------------------------


def read_clauses(readers: Sequence[Reader], source: str, root: Path, resting: Mapping[str, int]) -> dict[str, Clause]:
    """Clauses below `root` must quote its source; those of packs above were held to their own.
    `resting`: clause → number of rules that rest on it."""
    clauses: dict[str, Clause] = {}
    for item in (item for reader in readers for item in reader.items("clauses")):
        clause = Clause(
            id=item.text("id"),
            section=item.text("section"),
            quote=item.text("quote"),
            start=item.integer("start") or 0,
            end=item.integer("end") or 0,
            hash=item.text("hash"),
            standing=cast(Standing, item.text("standing", "narrative")),
            span=item.span("id"),
            gist=item.both("gist") if item.has("gist") else None,
            reason=item.both("reason") if item.has("reason") else None,
        )
        if not clause.quote and clause.gist is None:
            wanted = Text("照抄原文；没有原文的写“要义”", "copy the words of the source; without a source write gist")
            item.report.error("E07", item.span(), "缺少“引文”", '"quote" is missing', wanted)
        if clause.id in clauses:
            item.report.error("E59", item.span("id"), f"条款编号“{clause.id}”写了两次", f'clause "{clause.id}" twice')
        clauses.setdefault(clause.id, clause)
        if source and clause.quote and item.document.path.startswith(f"{root.as_posix().rstrip('/')}/"):
            _check_quote(item, clause, source, resting.get(clause.id, 0))
    # The pack's own text comes first, what it builds on after it.
    own = f"{root.as_posix().rstrip('/')}/"
    return dict(sorted(clauses.items(), key=lambda each: not each[1].span.path.startswith(own)))


def _check_quote(item: Reader, clause: Clause, source: str, rules: int) -> None:
    there = source[clause.start : clause.end]
    if there != clause.quote:
        same = next(
            (at for at, (one, other) in enumerate(zip(clause.quote, there, strict=False)) if one != other),
            min(len(clause.quote), len(there)),
        )
        ours, theirs = (text[max(same - 4, 0) : same + 6] for text in (clause.quote, there))
        hint = Text("按原文改引文；规则也要重新核对", "correct the quote and check the rules again")
        if source.count(clause.quote) == 1:
            start = source.index(clause.quote)
            end = start + len(clause.quote)
            hint = Text(
                f"引文没有变，只是位置变了：起 {start}，止 {end}",
                f"only the place has changed: start {start}, end {end}",
            )
        item.report.error(
            "E19",
            item.key_span("quote"),
            f"条款{clause.id}的引文与原文不符（原文第{clause.start + same}字起）：“{ours}”≠“{theirs}”；依据它的规则{rules}条",
            f'quote of {clause.id} differs from the source at char {clause.start + same}: "{ours}" ≠ "{theirs}"; '
            f"{rules} rules rest on it",
            hint,
        )
        return
    right = hashlib.sha256(clause.quote.encode()).hexdigest()[:12]
    if clause.hash != right:
        zh, en = f"条款{clause.id}的摘要与引文不符", f"the hash of {clause.id} does not fit its quote"
        item.report.error("E19", item.span("hash"), zh, en, Text(f"应为 {right}", f"it is {right}"))


def read_judged_above(readers: Sequence[Reader]) -> dict[str, tuple[str, ...]]:
    """Rule of the pack above → the clauses of this pack that it judges."""
    found: dict[str, tuple[str, ...]] = {}
    for item in (item for reader in readers for item in reader.items("clauses")):
        for rule in item.texts("rules"):
            found[rule] = (*found.get(rule, ()), item.text("id"))
    return found


def read_readings(
    readers: Sequence[Reader], clauses: Mapping[str, Clause], parameters: Iterable[str]
) -> dict[str, Reading]:
    found: dict[str, Reading] = {}
    for item in (item for reader in readers for item in reader.items("readings")):
        reading = Reading(
            id=item.text("id"),
            title=item.both("title"),
            question=item.both("question"),
            options=tuple(
                item.at("options", number).own_text(Text("", "")) for number in range(item.length("options"))
            ),
            choice=item.both("choice"),
            clauses=item.texts("clauses"),
            parameter=item.text("parameter"),
            span=item.span("id"),
        )
        if reading.id in found:
            item.report.error("E59", item.span("id"), f"解读“{reading.id}”写了两次", f'reading "{reading.id}" twice')
        for clause in reading.clauses:
            if clauses and clause not in clauses:
                hint = did_you_mean(clause, clauses)
                zh, en = f"没有编号为“{clause}”的条款", f'no clause "{clause}"'
                item.report.error("E58", item.span("clauses"), zh, en, hint)
        if reading.parameter and reading.parameter not in parameters:
            hint = did_you_mean(reading.parameter, parameters)
            zh, en = f"没有名为“{reading.parameter}”的参数", f'no parameter "{reading.parameter}"'
            item.report.error("E58", item.span("parameter"), zh, en, hint)
        found.setdefault(reading.id, reading)
    return found


# --- units --------------------------------------------------------------------------------------------


def read_units(readers: Sequence[Reader], vocabulary: Vocabulary) -> dict[str, Unit]:
    items = [item for reader in readers for item in reader.items("units")]
    kinds = _kinds(vocabulary)
    units: dict[str, Unit] = {}
    owners: dict[str, list[Unit]] = {}
    for item in items:
        unit = _unit(item, kinds)
        if unit.code in units:
            item.report.error(
                "E59", item.span("code"), f"单位代码“{unit.code}”写了两次", f'unit code "{unit.code}" twice'
            )
            continue
        units[unit.code] = unit
        # A district may be founded again under its old name; two at the same time could not be told apart.
        for word, key in (
            (unit.name.zh, "name"),
            (unit.short, "short"),
            *((alias, "aliases") for alias in unit.aliases),
            *((name, "former") for name in unit.former),
        ):
            if any(_overlap(unit, other) and other is not unit for other in owners.get(word, [])):
                zh, en = f"“{word}”同时指两个单位", f'"{word}" means two units at the same time'
                item.report.error("V03", item.span(key), zh, en)
            owners.setdefault(word, []).append(unit)
    for item in items:
        successor = item.text("successor")
        if successor and successor not in units:
            hint = did_you_mean(successor, units, Text("填 units.yaml 中的代码", "give a code of units.yaml"))
            item.report.error(
                "E58", item.span("successor"), f"没有代码为“{successor}”的单位", f'no unit "{successor}"', hint
            )
        elif successor and _circular(item.text("code"), units):
            zh, en = "承接单位绕回到自己", "the successors lead back to the unit itself"
            item.report.error("E61", item.span("successor"), zh, en)
    return units


def _kinds(vocabulary: Vocabulary) -> dict[str, str]:
    """Codes and names of the choices of unit.kind → codes; empty if the field is no choice."""
    table = vocabulary.tables.get("unit")
    column = table.fields.get("kind") if table else None
    return {word: choice.code for choice in (column.choices if column else ()) for word in (choice.code, *choice.label)}


def _unit(item: Reader, kinds: Mapping[str, str]) -> Unit:
    start, end = read_window(item, "valid_from", "valid_to")
    kind = item.text("kind")
    if kinds and kind and kind not in kinds:
        hint = did_you_mean(kind, kinds)
        item.report.error(
            "E12", item.span("kind"), f"单位类别没有选项“{kind}”", f'unit.kind has no choice "{kind}"', hint
        )
    return Unit(
        code=item.text("code"),
        name=item.both("name"),
        short=item.text("short") or item.text("code"),
        kind=kinds.get(kind, kind),
        valid_from=start,
        valid_to=end,
        successor=item.text("successor"),
        aliases=item.texts("aliases"),
        span=item.span("code"),
        former=item.texts("former"),
    )


def _overlap(one: Unit, other: Unit) -> bool:
    return (one.valid_from or date.min) <= (other.valid_to or date.max) and (other.valid_from or date.min) <= (
        one.valid_to or date.max
    )


def _circular(code: str, units: Mapping[str, Unit]) -> bool:
    seen: set[str] = set()
    at = code
    while at in units and at not in seen:
        seen.add(at)
        at = units[at].successor
    return at == code


# --- calendars ----------------------------------------------------------------------------------------


def read_calendars(readers: Sequence[Reader]) -> tuple[dict[str, Calendar], dict[str, str]]:
    """The calendars, and the words of both languages that lead to them."""
    calendars: dict[str, Calendar] = {}
    names: dict[str, str] = {}
    for identifier, inner in ((name, inner) for reader in readers for name, inner in reader.named("calendars")):
        _check_identifier(inner, identifier)
        name = inner.both("name", Text(identifier, identifier))
        if identifier in calendars:
            zh, en = f"校历“{identifier}”写了两次", f'calendar "{identifier}" twice'
            inner.report.error("E59", inner.key_span(), zh, en)
        calendars[identifier] = Calendar(identifier, name, _entries(inner))
        names |= {identifier: identifier, name.zh: identifier}
    return calendars, names


def _entries(calendar: Reader) -> tuple[Period, ...]:
    found: list[Period] = []
    for item in calendar.items("entries"):
        start, end = read_window(item, "from", "until")
        if start is None or end is None:
            continue
        entry = Period(item.text("name"), start, end)
        if any(entry.name == other.name for other in found):
            item.report.error("E59", item.span("name"), f"“{entry.name}”写了两次", f'"{entry.name}" twice')
        if found and start <= found[-1].end:
            before = found[-1]
            zh, en = (
                f"“{entry.name}”与前面的“{before.name}”重叠，或未按先后排列",
                f'"{entry.name}" overlaps "{before.name}" or stands before it in time',
            )
            item.report.error("E61", item.span("from"), zh, en)
        found.append(entry)
    return tuple(found)


def read_working_days(readers: Sequence[Reader]) -> WorkingDays | None:
    written = [reader for reader in readers if reader.has("working_days")]
    if not written:
        return None
    reader = written[0].at("working_days")
    first, until = read_window(reader, "from", "until")
    off, on = set(reader.days("holidays")), set(reader.days("worked"))
    if first is None or until is None:
        return None
    for key, listed in (("holidays", off), ("worked", on)):
        for day in sorted(listed):
            if not first <= day <= until:
                zh, en = f"{day} 不在 {first} 至 {until} 之内", f"{day} is not within {first} to {until}"
                reader.report.error("E61", reader.span(key), zh, en, Text("年份是否写错？", "a slip in the year?"))
    for day in sorted(off & on):
        zh, en = f"{day} 既放假又上班", f"{day} is both a holiday and worked"
        reader.report.error("E61", reader.span("worked"), zh, en)
    every = (first + timedelta(days=number) for number in range((until - first).days + 1))
    days = tuple(day for day in every if day in on or (day.weekday() < 5 and day not in off))
    return WorkingDays(first, until, days)
