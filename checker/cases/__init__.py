"""The cases of rules → tables → the verdict of every engine, held against what the author expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from checker.cases.given import Facts, frames_of, read_facts
from checker.errors import Diagnostic, PackError, Text
from checker.expr import Expr
from checker.model import Case, Pack, Rule, Table
from checker.plan import Evaluation, Plan, Tables
from checker.words import STATUS, VERDICT

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CaseResult", "Engine", "Tools", "check_facts", "run"]

NO_SUBJECT = "no_subject"


@dataclass(frozen=True, slots=True)
class Engine:
    """`together`: whether many rules in one world are cheaper than one rule after the other (columns, yes; records, no)."""

    name: str
    evaluate: Callable[[Plan, Tables], Evaluation]
    together: bool


@dataclass(frozen=True, slots=True)
class Tools:
    """What cases need of other stages: compile, the types of a table's columns, the engines, evidence in words, and
    the named conditions of a day written out."""

    compile: Callable[[Pack, date, date | None], tuple[Plan | None, list[Diagnostic]]]
    schema: Callable[[Table], Mapping[str, pl.DataType]]
    engines: Sequence[Engine]
    told: Callable[[Plan, Tables, Outcome], Text]
    definitions: Callable[[Pack, date], Mapping[str, Mapping[Expr, str]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine says about the subject of a case. `row`: its place in the world; `obligation`: which was judged."""

    verdict: str
    status: str = ""
    days: int | None = None
    obligation: int | None = None
    row: int = 0
    period: str | None = None
    observed: str | None = None


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case on one engine (`engine` empty: its facts could not be read). `diagnostic` None: as expected."""

    rule: str
    case: str
    engine: str
    expected: str
    verdict: str
    status: str
    days: int | None
    diagnostic: Diagnostic | None

    @property
    def passed(self) -> bool:
        return self.diagnostic is None


@dataclass(frozen=True, slots=True)
class Ready:
    rule: Rule
    place: int
    case: Case
    facts: Facts


def check_facts(pack: Pack) -> list[Diagnostic]:
    """Whether the facts of all cases can be read: names, choices, numbers, days."""
    return [fault for rule in pack.rules for case in rule.cases for fault in facts_of(pack, rule, case, 0)[1]]


def run(pack: Pack, rules: Iterable[Rule], tools: Tools) -> list[CaseResult]:
    """All cases of `rules` in the order of the rules, each on every engine. Rules that cannot be compiled: PackError."""
    ready: dict[tuple[date, date | None], list[Ready]] = {}
    found: dict[tuple[str, int], list[CaseResult]] = {}
    for number, (rule, place, case) in enumerate((r, p, c) for r in rules for p, c in enumerate(r.cases)):
        facts, faults = facts_of(pack, rule, case, number)
        found[rule.id, place] = [CaseResult(rule.id, case.name, "", case.expect, "", "", None, f) for f in faults]
        if facts is not None and not faults:
            ready.setdefault((case.as_of, case.known_at), []).append(Ready(rule, place, case, facts))
    for (as_of, known_at), cases in ready.items():
        involved = {case.rule.id: case.rule for case in cases}
        plan, problems = tools.compile(replace(pack, rules=tuple(involved.values()), gates=()), as_of, known_at)
        if plan is None:
            raise PackError(problems)
        for engine in tools.engines:
            for world in _worlds(cases, engine):
                for one, result in _judged(plan, world, engine, tools):
                    found[one.rule.id, one.place].append(result)
    return [result for results in found.values() for result in _signed(results)]


def _signed(results: list[CaseResult]) -> list[CaseResult]:
    """Engines that find the same fault tell it in the same words; where they differ, each is named."""
    told = {result.diagnostic for result in results}
    if len(told) <= 1:
        return results
    return [
        result
        if result.diagnostic is None
        else replace(
            result, diagnostic=replace(result.diagnostic, message=_by(result.engine, result.diagnostic.message))
        )
        for result in results
    ]


def _by(engine: str, message: Text) -> Text:
    return Text(f"{message.zh}（{engine}）", f"{message.en} ({engine})") if engine else message


def facts_of(pack: Pack, rule: Rule, case: Case, number: int) -> tuple[Facts | None, list[Diagnostic]]:
    # A subject that is no table has been told by validate.
    return read_facts(pack, rule.subject, case, f"case{number}") if rule.subject in pack.tables else (None, [])


# --- worlds ------------------------------------------------------------------------------------------


def _worlds(cases: list[Ready], engine: Engine) -> Iterator[list[Ready]]:
    """Cases that can be judged at one go: no two may claim the same key."""
    groups: dict[str, list[Ready]] = {}
    for case in cases:
        groups.setdefault("" if engine.together else case.rule.id, []).append(case)
    for group in groups.values():
        worlds: list[tuple[list[Ready], set[tuple[str, str]]]] = []
        for case in group:
            free = next((world for world in worlds if not world[1] & case.facts.own_keys), None)
            if free is None:
                free = ([], set())
                worlds.append(free)
            free[0].append(case)
            free[1].update(case.facts.own_keys)
        yield from (members for members, _ in worlds)


def tables_of(plan: Plan, world: list[Ready], tools: Tools) -> tuple[Tables, list[int]]:
    """The records of all cases in one set of tables, and the row of each case's subject."""
    import polars as pl

    subjects, before = [], Counter[str]()
    for one in world:
        subjects.append(before[one.rule.subject])
        before.update(record.table.id for record in one.facts.records)
    frames = frames_of(plan.pack.tables, (record for one in world for record in one.facts.records), tools.schema)
    origins = {"table": pl.String, "row": pl.UInt32, "source": pl.UInt32, "line": pl.Int64}
    return Tables(frames, pl.DataFrame(schema=origins), (), pl.DataFrame()), subjects


# --- verdicts ----------------------------------------------------------------------------------------


def _judged(plan: Plan, world: list[Ready], engine: Engine, tools: Tools) -> Iterator[tuple[Ready, CaseResult]]:
    rules = {one.rule.id for one in world}
    mine = replace(plan, obligations=tuple(o for o in plan.obligations if o.rule.id in rules))
    tables, subjects = tables_of(mine, world, tools)
    evaluation = engine.evaluate(mine, tables)
    outcomes = _outcomes(evaluation)
    for one, row in zip(world, subjects, strict=True):
        asked = asked_of(mine, one)
        if isinstance(asked, Diagnostic):
            yield one, _result(one, engine, Outcome(""), asked)
            continue
        outcome = outcomes.get((asked[0], row, asked[1])) if asked else None
        outcome = outcome or Outcome(NO_SUBJECT)
        wrong = differences(one.case, outcome)
        because = tools.told(mine, tables, outcome) if wrong else Text("", "")
        yield one, _result(one, engine, outcome, _difference(one.case, wrong, because) if wrong else None)


def _outcomes(evaluation: Evaluation) -> dict[tuple[int, int, str | None], Outcome]:
    assert evaluation.verdicts is not None, "asked for"
    columns = ["obligation", "row", "period"]
    evidence = {
        (obligation, row, period): observed
        for obligation, row, period, observed in evaluation.findings.select(*columns, "observed").iter_rows()
    }
    return {
        (obligation, row, period): Outcome(
            verdict, status or "", days, obligation, row, period, evidence.get((obligation, row, period))
        )
        for obligation, row, period, verdict, status, days in evaluation.verdicts.select(
            *columns, "verdict", "status", "days"
        ).iter_rows()
    }


def asked_of(plan: Plan, one: Ready) -> tuple[int, str | None] | Diagnostic | None:
    """The obligation and period that the case is about; None if the rule asks nothing on that day."""
    mine = [(at, o) for at, o in enumerate(plan.obligations) if o.rule.id == one.rule.id]
    if one.case.period:
        found = [at for at, o in mine if one.case.period in {period.name for period in o.periods or ()}]
        return (found[0], one.case.period) if found else None
    standing = [at for at, o in mine if o.periods is None]
    if standing:
        return standing[0], None
    names = [period.name for _, o in mine for period in o.periods or ()]
    if len(names) <= 1:
        return (mine[0][0], names[0]) if names else None
    message = Text(
        f"样例“{one.case.name}”没有写明期次：到这一天已有{names[0]}至{names[-1]}共{len(names)}期",
        f'case "{one.case.name}" does not say which period: {len(names)} have begun, {names[0]} to {names[-1]}',
    )
    hint = Text(f"如 期次: {names[-1]}", f"as period: {names[-1]}")
    return Diagnostic("E16", one.case.span, message, hint)


def _result(one: Ready, engine: Engine, outcome: Outcome, diagnostic: Diagnostic | None) -> CaseResult:
    return CaseResult(
        one.rule.id,
        one.case.name,
        engine.name,
        one.case.expect,
        outcome.verdict,
        outcome.status,
        outcome.days,
        diagnostic,
    )


def differences(case: Case, outcome: Outcome) -> list[Text]:
    """Where the outcome departs from the case, in the order in which a reader asks: verdict, place in time, days."""
    wrong: list[Text] = []
    if outcome.verdict != case.expect:
        zh = f"应判{_word(VERDICT, case.expect)}，实判{_word(VERDICT, outcome.verdict)}"
        wrong.append(Text(zh, f"expected {case.expect}, got {outcome.verdict}"))
    if case.status and outcome.status != case.status:
        zh = f"时限应为{_word(STATUS, case.status)}，实为{_word(STATUS, outcome.status) or '无'}"
        wrong.append(Text(zh, f"status expected {case.status}, got {outcome.status or 'none'}"))
    if case.days is not None and outcome.days != case.days:
        actual = Text("无", "none") if outcome.days is None else Text(f"{outcome.days}天", str(outcome.days))
        wrong.append(Text(f"天数应为{case.days}天，实为{actual.zh}", f"days expected {case.days}, got {actual.en}"))
    return wrong


def _difference(case: Case, wrong: list[Text], because: Text) -> Diagnostic:
    zh = f"样例“{case.name}”：{'；'.join(part.zh for part in wrong)}。"
    en = f'case "{case.name}": {"; ".join(part.en for part in wrong)}'
    if because.zh:
        zh, en = f"{zh}起作用的条件：{because.zh}", f"{en}; decided by {because.en}"
    return Diagnostic("E16", case.span, Text(zh, en))


def _word(words: Mapping[str, str], code: str) -> str:
    return words.get(code, code).split("|")[0]
