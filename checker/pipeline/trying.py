"""A pack and its cases → what every engine says of them, what they leave untried, and what could be added."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, get_args

from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError
from checker.measures import Escalation
from checker.model import Pack, Period, Rule
from checker.pipeline.judging import BUILT_IN, Engine, at, evaluate
from checker.plan import Condition, Item

if TYPE_CHECKING:
    import polars as pl

    from checker import cases
    from checker.cases import CaseResult, Outcome, ladder
    from checker.cases.coverage import Coverage
    from checker.plan import Evaluation, Obligation, Plan, Tables


def rules_named(pack: Pack, names: Iterable[str]) -> list[str]:
    """Rules by id, title or clause."""
    found = []
    for name in names:
        rules: tuple[Rule | Escalation, ...] = (*pack.rules, *pack.escalations.rules)
        mine = [rule.id for rule in rules if name in (rule.id, *rule.title, *rule.clauses)]
        if not mine:
            near = get_close_matches(name, [w for rule in rules for w in (rule.id, *rule.title)], n=1, cutoff=0.5)
            hint = Text(f"是否应为“{near[0]}”？", f'did you mean "{near[0]}"?') if near else None
            message = Text(f"规则包里没有叫“{name}”的规则", f'no rule "{name}" in the pack')
            raise UsageError([Diagnostic("U35", NOWHERE, message, hint)])
        found += mine
    return found


def run_cases(pack: Pack, rules: Iterable[str] | None = None, engines: Sequence[Engine] = BUILT_IN) -> list[CaseResult]:
    """The cases of all rules (or of those named) on every engine; of rules of measures on the reference."""
    from checker import cases
    from checker.cases import ladder

    wanted = None if rules is None else set(rules)
    judged = [rule for rule in pack.rules if wanted is None or rule.id in wanted]
    proposing = [rule for rule in pack.escalations.rules if wanted is None or rule.id in wanted]
    found = cases.run(pack, judged, _case_tools(engines))
    return found + (ladder.run(pack, proposing, _ladder_tools()) if "reference" in engines else [])


def _ladder_tools() -> ladder.LadderTools:
    from checker import escalate
    from checker.cases import ladder
    from checker.compile import compile_pack
    from checker.compile.facts import fact_tables
    from checker.engines.world import World
    from checker.tables import schema

    def proposes(plan: Plan, frames: Mapping[str, pl.DataFrame]) -> set[tuple[str, str]]:
        return escalate.proposes(plan, World(plan, frames, plan.ladder.tables))

    return ladder.LadderTools(fact_tables, compile_pack, schema, proposes)


def _case_tools(engines: Sequence[Engine]) -> cases.Tools:
    from checker import cases
    from checker.compile import compile_pack, definitions
    from checker.tables import schema

    return cases.Tools(
        compile_pack,
        schema,
        [cases.Engine(name, partial(_tried, engine=name), together=name != "reference") for name in engines],
        _evidence,
        definitions,
    )


def _tried(plan: Plan, tables: Tables, engine: Engine) -> Evaluation:
    """A case counts for an engine only if that engine judged it."""
    found = evaluate(plan, tables, engine=engine, verdicts=True)
    if found.share is not None and found.share.instead is not None:
        raise UsageError([Diagnostic("U46", NOWHERE, found.share.instead)])
    return found


def coverage(pack: Pack, rules: Iterable[str] | None = None) -> list[Coverage]:
    """What the cases of rules leave untried, by the reference engine."""
    from checker.cases.coverage import measure

    wanted = None if rules is None else set(rules)
    chosen = [rule for rule in pack.rules if wanted is None or rule.id in wanted]
    return measure(pack, chosen, _case_tools(()), _judges)


def proposals(pack: Pack, measured: Sequence[Coverage]) -> dict[str, list[str]]:
    """Rule → cases that would notice what no case of it notices yet, as lines to paste."""
    from checker.cases.proposals import propose

    by_name = {each.name: each for each in measured}
    found = {}
    for rule in pack.rules:
        own = by_name.get(rule.id)
        if own is not None and (own.survivors or own.missing):
            lines = [each.line(rule) for each in propose(pack, rule, [own], _case_tools(()), _judges)]
            found.update({rule.id: lines} if lines else {})
    return found


def _judges(plan: Plan, tables: Tables) -> Callable[[Obligation, int, Period | None], Outcome]:
    """The reference engine on one world, asked for single subjects."""
    from checker.cases import Outcome
    from checker.engines import reference
    from checker.engines.world import World

    world = World(plan, tables.frames)

    def judge(duty: Obligation, row: int, period: Period | None) -> Outcome:
        found = reference.judge(world, duty, 0, world.records[duty.subject][row], period)
        return Outcome(found.verdict, found.status or "", found.days)

    return judge


def coverage_text(
    pack: Pack, measured: Sequence[Coverage], lang: Language, proposed: Mapping[str, Sequence[str]] | None = None
) -> str:
    """The same for people: by rule what has no case, and every change that no case notices."""
    from checker.cases.coverage import mark
    from checker.reports import coverage as told

    return told.text(pack, measured, mark, lang, proposed or {})


def coverage_rows(pack: Pack, measured: Sequence[Coverage], lang: Language) -> list[dict[str, object]]:
    """The same for programs."""
    from checker.cases.coverage import mark
    from checker.reports import coverage as told

    return told.rows(pack, measured, mark, lang)


def _evidence(plan: Plan, tables: Tables, outcome: Outcome) -> Text:
    """The values on which an outcome rests; of a pass, which has no findings, those of all its items."""
    from checker.engines import reference
    from checker.engines.world import World
    from checker.reports import listing

    if outcome.obligation is None:
        return Text("", "")
    duty = plan.obligations[outcome.obligation]
    observed = outcome.observed
    if observed is None:
        world = World(plan, tables.frames)
        duty, record, when = at(plan, world, outcome.obligation, outcome.row, outcome.period)
        items = [duty.applies] if outcome.verdict == "not_applicable" else _items(duty.require)
        seen = {item.name: reference.observed(world, item.leaves, record, when) for item in items if item is not None}
        observed = json.dumps(seen, ensure_ascii=False)
    return Text(*(listing.observed_words(plan.pack, duty, observed, lang) for lang in get_args(Language)))


def _items(condition: Condition) -> list[Item]:
    if isinstance(condition, Item):
        return [condition]
    return [item for child in condition.children for item in _items(child)]
