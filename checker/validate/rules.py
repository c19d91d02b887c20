"""Rule and gate documents → rules and gates, their references resolved, their revisions in order, their cases complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from pathlib import PurePath
from typing import Literal, cast

from checker.errors import Span, Text
from checker.model import (
    Case,
    Each,
    Expression,
    GateRule,
    RawCondition,
    RawGroup,
    Repeats,
    Revision,
    Rule,
    Severity,
    Target,
)
from checker.validate.reading import (
    Reader,
    as_day,
    did_you_mean,
    is_identifier,
    looks_like_date,
    read_date,
)
from checker.validate.tables import Vocabulary
from checker.words import VERDICT
from checker.yaml_text import on_one_line


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may refer to. `clauses` is None when the file could not be read: then nothing is unknown."""

    vocabulary: Vocabulary
    clauses: frozenset[str] | None
    calendar_of: Mapping[str, str] | None
    readings: frozenset[str] | None = None
    judged_above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # rule → clauses of a pack below it
    only_for: tuple[str, str] | None = None  # folder of a pack and the unit that its rules are for


def read_rules(readers: Sequence[Reader], known: Known) -> tuple[Rule, ...]:
    rules: dict[str, Rule] = {}
    for reader in readers:
        rule = _rule(reader, known)
        if rule.id in rules:
            other = rules[rule.id].span.path
            zh, en = f"规则编号“{rule.id}”写了两次（另见 {other}）", f'rule "{rule.id}" twice ({other})'
            reader.report.error("E59", reader.span("id"), zh, en)
        rules.setdefault(rule.id, rule)
    for reader in readers:
        above = reader.text("tightens")
        if above and above not in rules:
            hint = did_you_mean(above, rules)
            reader.report.error("E58", reader.span("tightens"), f"没有规则“{above}”", f'no rule "{above}"', hint)
    return tuple(sorted(rules.values(), key=lambda rule: rule.id))


def check_file_name(reader: Reader, key: str) -> None:
    """One rule or table a file, found by its name."""
    identifier, stem = reader.text(key), PurePath(reader.document.path).stem
    if identifier and identifier != stem:
        zh, en = f"文件名应与“{identifier}”相同", f'the file must be called "{identifier}.yaml"'
        hint = Text(
            f"改名为 {identifier}.yaml，或把这里改为 {stem}", f"rename it to {identifier}.yaml, or write {stem} here"
        )
        reader.report.error("E60", reader.span(key), zh, en, hint)


def _rule(reader: Reader, known: Known) -> Rule:
    check_file_name(reader, "id")
    for at, clause in enumerate(reader.texts("clause")):
        if known.clauses is not None and clause not in known.clauses:
            span = reader.span("clause", at) if isinstance(reader.get("clause"), list) else reader.span("clause")
            wanted = Text("填 clauses.yaml 中的编号", "give an id of clauses.yaml")
            hint = did_you_mean(clause, known.clauses, wanted)
            reader.report.error("E58", span, f"没有编号为“{clause}”的条款", f'no clause "{clause}"', hint)
    for at, reading in enumerate(reader.texts("readings")):
        if known.readings is not None and reading not in known.readings:
            span = reader.span("readings", at) if isinstance(reader.get("readings"), list) else reader.span("readings")
            hint = did_you_mean(
                reading, known.readings, Text("填 readings.yaml 中的编号", "give an id of readings.yaml")
            )
            reader.report.error("E58", span, f"没有编号为“{reading}”的解读", f'no reading "{reading}"', hint)
    subject = known.vocabulary.table(reader, reader.span("subject"), reader.text("subject"))
    responsible = reader.at("responsible")
    revisions = tuple(_revision(item, known) for item in reader.items("revisions"))
    if known.only_for is not None and reader.document.path.startswith(known.only_for[0]):
        revisions = tuple(_of_unit(revision, subject, known.only_for[1]) for revision in revisions)
    _check_order(reader)
    _check_cases(reader)
    return Rule(
        id=reader.text("id"),
        title=reader.both("title"),
        clauses=(*known.judged_above.get(reader.text("id"), ()), *reader.texts("clause")),
        subject=subject,
        severity=cast(Severity, reader.text("severity", "medium")),
        lead=responsible.text("lead"),
        support=responsible.texts("with"),
        remedy=reader.both("remedy"),
        revisions=revisions,
        cases=tuple(_case(item, reader, subject, known.vocabulary) for item in reader.items("cases")),
        span=reader.span("id"),
        may_defer=reader.flag("may_defer", True),
        readings=reader.texts("readings"),
        tightens=reader.text("tightens"),
        background=reader.mapping("background"),
        chinese=reader.document.lang == "zh",
        tolerates={mark: str(reason) for mark, reason in reader.mapping("tolerates").items()},
    )


def _of_unit(revision: Revision, subject: str, unit: str) -> Revision:
    """A revision of a county's own rule: for its subjects only."""
    if revision.repealed:
        return revision
    return replace(revision, applies=of_unit(revision.applies, subject, unit, revision.span))


def of_unit(condition: RawCondition | None, subject: str, unit: str, span: Span) -> RawGroup:
    """The condition, for records of one unit."""
    own = Expression(f"{'code' if subject == 'unit' else 'unit.code'} = '{unit}'", span)
    return RawGroup("all_of", (own,) if condition is None else (own, condition), 0, span)


# --- revisions ----------------------------------------------------------------------------------------


def _revision(reader: Reader, known: Known) -> Revision:
    repealed = reader.flag("repealed")
    for key in ("applies", "require", "due", "done_on", "repeats", "target"):
        if repealed and reader.has(key):
            called = reader.word(key)
            zh, en = f"废止的版次不再写“{called.zh}”", f'a repealing revision has no "{key}"'
            reader.report.error("E61", reader.key_span(key), zh, en)
    if not repealed and not reader.has("require"):
        wanted = Text(
            "每个版次写明应当怎样；规则到此为止则写“废止: 是”", "say what must be so; or repealed: yes to end the rule"
        )
        reader.report.error("E07", reader.span(), "缺少“要求”", '"require" is missing', wanted)
    due = reader.text("due")
    if looks_like_date(due):
        read_date(due, reader.span("due"), reader.report)
    if reader.has("done_on") and not reader.has("due"):
        zh, en = "写了“完成于”就要写“期限”：迟与不迟要有期限才知道", "done_on needs due: late after which day?"
        reader.report.error("E07", reader.key_span("done_on"), zh, en)
    return Revision(
        since=reader.day("since") or date.min,
        span=reader.span(),
        repealed=repealed,
        applies=reader.condition("applies"),
        require=reader.condition("require"),
        due=reader.expression("due"),
        done_on=reader.expression("done_on"),
        repeats=_repeats(reader, known),
        target=_target(reader, known.vocabulary),
        advisory=reader.flag("advisory"),
        because=reader.both("because") if reader.has("because") else None,
    )


def _repeats(revision: Reader, known: Known) -> Repeats | None:
    if not revision.has("repeats"):
        return None
    reader = revision.at("repeats")
    if reader.has("each") == reader.has("calendar"):
        zh, en = "“每”与“校历”写其中一个", "write either each or calendar"
        reader.report.error("E61", reader.span(), zh, en)
    first, until = reader.day("from"), reader.day("until")
    if first and until and until < first:
        reader.report.error(
            "E61", reader.span("until"), f"止（{until}）早于起（{first}）", f"until ({until}) is before from ({first})"
        )
    name = reader.text("calendar")
    if name and known.calendar_of is not None and name not in known.calendar_of:
        hint = did_you_mean(name, known.calendar_of, Text("校历写在 calendar.yaml", "calendars stand in calendar.yaml"))
        reader.report.error("E58", reader.span("calendar"), f"没有名为“{name}”的校历", f'no calendar "{name}"', hint)
    return Repeats(
        each=cast(Each, reader.text("each")) if reader.has("each") else None,
        calendar=(known.calendar_of or {}).get(name, name),
        first=first,
        until=until,
        partial=reader.text("partial") == "warn",
    )


def _target(revision: Reader, vocabulary: Vocabulary) -> Target | None:
    if not revision.has("target"):
        return None
    reader = revision.at("target")
    rate = reader.percent("rate")
    if rate is not None and not 0 < rate <= 1:
        zh, en = "目标的比例应大于0、不超过100%", "the rate lies above 0 and at most at 100%"
        reader.report.error("E57", reader.span("rate"), zh, en)
    per = vocabulary.table(reader, reader.span("per"), reader.text("per", "unit"))
    return Target(Fraction(1) if rate is None else rate, per)


def _check_order(reader: Reader) -> None:
    before: date | None = None
    for at, item in enumerate(reader.items("revisions")):
        since = as_day(item.text("since"))
        if since is None:
            continue
        if before is not None and since == before:
            reader.report.error(
                "E15",
                item.span(),
                f"两个版次的施行日期相同（{since}）",
                f"two revisions start on {since}",
                Text("后一版填其施行日期", "give the later one its own date"),
            )
        elif before is not None and since < before:
            reader.report.error(
                "E15",
                item.span(),
                f"版次未按施行日期先后排列：{since} 在 {before} 之后",
                f"revisions out of order: {since} after {before}",
                Text("按日期先后排列", "put them in order of their dates"),
            )
        elif at == 0 and item.flag("repealed"):
            zh, en = "第一个版次就是废止：没有可废止的内容", "the first revision repeals: there is nothing to repeal"
            reader.report.error("E61", item.key_span("repealed"), zh, en)
        before = since


# --- cases --------------------------------------------------------------------------------------------


def _case(reader: Reader, rule: Reader, subject: str, vocabulary: Vocabulary) -> Case:
    known_at = reader.day("known_at")
    return Case(
        name=reader.text("name"),
        as_of=reader.day("as_of") or date.min,
        given=_merged(rule.mapping("background"), reader.mapping("given"), subject, vocabulary),
        expect=reader.text("expect"),
        status=reader.text("status"),
        days=reader.integer("days"),
        period=reader.text("period"),
        known_at=known_at,
        span=reader.span(),
        given_span=reader.span("given"),
    )


def _merged(
    background: Mapping[str, object], given: Mapping[str, object], subject: str, vocabulary: Vocabulary
) -> dict[str, object]:
    """The case's facts over the background's. A case may call in Chinese what the background calls in English."""
    names = {**vocabulary.table_of, **vocabulary.field_of.get(subject, {})}
    stated = {names.get(key, key): key for key in given}
    merged: dict[str, object] = {}
    for key, value in background.items():
        own = stated.get(names.get(key, key))
        if own is None:
            merged[key] = value
        elif isinstance(value, dict) and isinstance(over := given[own], dict):
            merged[own] = _merged(value, over, names.get(key, key), vocabulary)
    return {**merged, **{key: value for key, value in given.items() if key not in merged}}


def _check_cases(reader: Reader) -> None:
    """A rule proves that it lets pass and that it stops."""
    cases = reader.items("cases")
    seen = {case.text("expect") for case in cases}
    for verdict in ("pass", "fail"):
        if verdict in seen:
            continue
        zh_name, en_name = VERDICT[verdict], {"pass": "passing", "fail": "failing"}[verdict]
        why = Text("无法证明它会起作用", "") if verdict == "fail" else Text("无法证明它能做到", "")
        reader.report.error(
            "E18",
            reader.at().span(),
            f"规则没有“{zh_name}”的样例，{why.zh}",
            f"no {en_name} case",
            _proposal(reader, verdict),
        )


def _proposal(reader: Reader, verdict: Literal["pass", "fail"] | str) -> Text:
    """A case to paste: with the tested field if the requirement is just one, else after the case at hand."""
    cases = reader.items("cases")
    revision = next(iter(reader.items("revisions")), None)
    require = revision.text("require") if revision else ""
    as_of = cases[0].text("as_of") if cases else (revision.text("since") if revision else "")
    given: object = cases[0].mapping("given") if cases else {}
    if is_identifier(require):
        given = {require: {"pass": Text("是", "yes"), "fail": Text("否", "no")}[verdict].of(reader.document.lang)}
    as_of = as_of or "2020-01-15"
    zh = f"{{说明: {VERDICT[verdict]}的情形, 统计时点: {as_of}, 给定: {on_one_line(given)}, 应判: {VERDICT[verdict]}}}"
    said = {"pass": "it passes", "fail": "it fails", "unknown": "nothing known"}.get(verdict, verdict)
    en = f"{{name: {said}, as_of: {as_of}, given: {on_one_line(given)}, expect: {verdict}}}"
    pasted = zh if reader.document.lang == "zh" else en
    return Text(f"可粘贴（按实际改“给定”）：- {pasted}", f"paste (and adapt what is given): - {pasted}")


# --- gates --------------------------------------------------------------------------------------------


def read_gates(readers: Sequence[Reader]) -> tuple[GateRule, ...]:
    gates: dict[str, GateRule] = {}
    for item in (item for reader in readers for item in reader.items("gates")):
        gate = GateRule(
            id=item.text("id"),
            name=item.both("name"),
            effect=cast(Literal["blocks", "warns"], item.text("effect", "blocks")),
            require=item.condition("require") or Expression(""),
            span=item.span("id"),
        )
        if gate.id in gates:
            item.report.error("E59", item.span("id"), f"关口编号“{gate.id}”写了两次", f'gate "{gate.id}" twice')
        gates.setdefault(gate.id, gate)
    return tuple(gates.values())
