"""The cases of rules of measures → facts → whether the rule proposes its measures, held against what the author expects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from checker.cases import CaseResult
from checker.cases.given import Facts, frames_of, read_facts
from checker.errors import Diagnostic, PackError, Text
from checker.measures import Escalation
from checker.model import Case, Pack, Table, Unit
from checker.plan import Plan
from checker.words import PROPOSED

if TYPE_CHECKING:
    import polars as pl

ENGINE = "reference"


@dataclass(frozen=True, slots=True)
class LadderTools:
    """What these cases need of other stages. `proposes`: the rules that propose something, with the key of whom it is about."""

    tables: Callable[[Pack], Mapping[str, Table]]
    compile: Callable[[Pack, date, date | None], tuple[Plan | None, list[Diagnostic]]]
    schema: Callable[[Table], Mapping[str, pl.DataType]]
    proposes: Callable[[Plan, Mapping[str, pl.DataFrame]], set[tuple[str, str]]]


def check_facts(pack: Pack, tables: Callable[[Pack], Mapping[str, Table]]) -> list[Diagnostic]:
    """Whether the facts of all cases can be read."""
    seen = replace(pack, tables=tables(pack))
    rules = [rule for rule in pack.escalations.rules if rule.by in seen.tables]
    return [fault for rule in rules for case in rule.cases for fault in read_facts(seen, rule.by, case, "case")[1]]


def run(pack: Pack, rules: Iterable[Escalation], tools: LadderTools) -> list[CaseResult]:
    """Each case in a world of its own, for measures look at all there is. Rules that cannot be compiled: PackError."""
    seen = replace(pack, tables=tools.tables(pack))
    found = []
    for rule in rules:
        alone = replace(pack, rules=(), gates=(), escalations=replace(pack.escalations, rules=(rule,)))
        for case in rule.cases:
            facts, faults = read_facts(seen, rule.by, case, "case")
            if faults:
                found += [CaseResult(rule.id, case.name, "", case.expect, "", "", None, fault) for fault in faults]
            else:
                found.append(_tried(alone, rule, case, facts, tools))
    return found


def _tried(pack: Pack, rule: Escalation, case: Case, facts: Facts, tools: LadderTools) -> CaseResult:
    plan, problems = tools.compile(replace(pack, units=_with_units(pack, facts)), case.as_of, case.known_at)
    if plan is None:
        raise PackError(problems)
    frames = frames_of(plan.ladder.tables or pack.tables, facts.records, tools.schema)
    about = facts.records[0].key
    outcome = "proposed" if (rule.id, about) in tools.proposes(plan, frames) else "not_proposed"
    wrong = None
    if outcome != case.expect:
        zh = f"样例“{case.name}”：应{PROPOSED[case.expect]}，实为{PROPOSED[outcome]}"
        en = f'case "{case.name}": expected {case.expect.replace("_", " ")}, got {outcome.replace("_", " ")}'
        wrong = Diagnostic("E16", case.span, Text(zh, en))
    return CaseResult(rule.id, case.name, ENGINE, case.expect, outcome, "", None, wrong)


def _with_units(pack: Pack, facts: Facts) -> dict[str, Unit]:
    """A unit that is only given is in charge of itself."""
    given = [record.key for record in facts.records if record.table.id == "unit" and record.key not in pack.units]
    return {**pack.units, **{code: Unit(code, Text(code, code), code, "") for code in given}}
