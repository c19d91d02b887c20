"""Documents of measures → the ladder as written, its references to tables, clauses, readings and measures resolved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from checker.errors import Text
from checker.measures import FOUND, Escalation, Escalations, MeasureKind, RawFact, RawRecorded
from checker.model import Case, Expression
from checker.validate.reading import Reader, did_you_mean
from checker.validate.rules import Known, of_unit
from checker.words import PROPOSED

UNIT = "unit"


def read_escalations(readers: Sequence[Reader], known: Known) -> Escalations:
    kinds: dict[str, MeasureKind] = {}
    for reader in readers:
        _check_tables(reader, known)
    for item in (item for reader in readers for item in reader.items("measures")):
        kind = MeasureKind(
            id=item.text("id"),
            name=item.both("name"),
            recorded=tuple(_recorded(each, known) for each in item.items("recorded")),
            span=item.span("id"),
        )
        if kind.id in kinds:
            item.report.error("E59", item.span("id"), f"措施编号“{kind.id}”写了两次", f'measure "{kind.id}" twice')
        kinds.setdefault(kind.id, kind)
    rules: dict[str, Escalation] = {}
    for item in (item for reader in readers for item in reader.items("rules")):
        rule = _rule(item, known, kinds)
        if rule.id in rules:
            zh, en = f"督办规则编号“{rule.id}”写了两次", f'rule of measures "{rule.id}" twice'
            item.report.error("E59", item.span("id"), zh, en)
        rules.setdefault(rule.id, rule)
    return Escalations(kinds, tuple(rules.values()))


def _check_tables(reader: Reader, known: Known) -> None:
    """The facts that a run finds have names of their own."""
    for table, name in FOUND.items():
        taken = next((word for word in (table, name.zh) if word in known.vocabulary.table_of), None)
        if taken is not None:
            zh, en = f"词表里有名为“{taken}”的表，督办规则里分不清", f'the vocabulary has a table "{taken}"'
            reader.report.error("E61", reader.span(), zh, en, Text("给那张表另起名称", "give that table another name"))


def _recorded(item: Reader, known: Known) -> RawRecorded:
    return RawRecorded(
        table=known.vocabulary.table(item, item.span("in"), item.text("in")),
        on=item.expression("on") or Expression("", item.span()),
        when=item.condition("when"),
        answer_by=item.expression("answer_by"),
        answered_on=item.expression("answered_on"),
        span=item.span(),
    )


def _rule(item: Reader, known: Known, kinds: dict[str, MeasureKind]) -> Escalation:
    called = {word: kind.id for kind in kinds.values() for word in (kind.id, *kind.name)}
    match = _facts(item, "match", known)
    if match and known.only_for is not None and item.document.path.startswith(known.only_for[0]):
        # All facts belong to one record: where the first one lies, all lie.
        where = of_unit(match[0].where, match[0].table, known.only_for[1], item.span("match"))
        match = (replace(match[0], where=where), *match[1:])
    return Escalation(
        id=item.text("id"),
        title=item.both("title"),
        clauses=_listed(item, "clause", known.clauses, Text("条款", "clause")),
        readings=_listed(item, "readings", known.readings, Text("解读", "reading")),
        since=item.day("since") or date.min,
        until=item.day("until"),
        by=known.vocabulary.table(item, item.span("by"), item.text("by", UNIT)),
        match=match,
        unless=_facts(item, "unless", known),
        raises=tuple(called.get(word, word) for word in _listed(item, "raise", called, Text("措施", "measure"))),
        grounds=item.both("grounds"),
        addressee=item.both("addressee"),
        decides=item.both("decides"),
        deadline=item.expression("deadline"),
        span=item.span("id"),
        cases=_cases(item),
    )


def _cases(item: Reader) -> tuple[Case, ...]:
    """A rule proves that it proposes and that it holds back."""
    cases = item.items("cases")
    seen = {case.text("expect") for case in cases}
    for expected, chinese in PROPOSED.items():
        if cases and expected not in seen:
            zh, en = (
                f"督办规则没有应“{chinese}”的样例",
                f"no case in which the measures are {expected.replace('_', ' ')}",
            )
            item.report.error("E18", item.span("id"), zh, en)
    return tuple(
        Case(
            name=case.text("name"),
            as_of=case.day("as_of") or date.min,
            given=case.mapping("given"),
            expect=case.text("expect"),
            status="",
            days=None,
            period="",
            known_at=case.day("known_at"),
            span=case.span(),
            given_span=case.span("given"),
        )
        for case in cases
    )


def _listed(item: Reader, key: str, options: Collection[str] | None, what: Text) -> tuple[str, ...]:
    """One or several references; `options` None: the file that defines them could not be read."""
    for at, word in enumerate(item.texts(key)):
        if options is not None and word not in options:
            span = item.span(key, at) if isinstance(item.get(key), list) else item.span(key)
            zh, en = f"没有“{word}”这个{what.zh}", f'no {what.en} "{word}"'
            item.report.error("E58", span, zh, en, did_you_mean(word, options))
    return item.texts(key)


def _facts(item: Reader, key: str, known: Known) -> tuple[RawFact, ...]:
    found_called = {word: table for table, name in FOUND.items() for word in (table, *name)}
    found = []
    for each in item.items(key):
        word = each.text("fact")
        table = found_called.get(word) or known.vocabulary.table(each, each.span("fact"), word)
        found.append(
            RawFact(
                table=table,
                name=each.text("as", table),
                where=each.condition("where"),
                within=each.expression("within"),
                at_least=each.expression("at_least"),
                distinct=each.expression("distinct"),
                span=each.span("fact"),
            )
        )
    return tuple(found)
