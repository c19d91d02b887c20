"""The stages in order, from a folder of rules and a pile of workbooks to a report: read this first.

    load → validate → [resolve, compile] → plan ┐
                              intake → tables ──┴→ engine → find → gate → run ⇄ folder → reports, explain

Stages do not know each other; here they meet. Heavy libraries come with the stages that need them, so these are imported
where they are used: checking rules must feel instant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from checker import resources
from checker.errors import NOWHERE, Diagnostic, Language, PackError, Text, UsageError, in_order
from checker.model import Pack

if TYPE_CHECKING:
    import polars as pl

    from checker.cases import CaseResult
    from checker.explain import Explanation
    from checker.plan import Condition, Evaluation, GateState, Plan, Run, Tables
    from checker.reports.content import Content

Engine = Literal["columnar", "reference"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
Format = Literal["text", "json", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)


# --- rules ---------------------------------------------------------------------------------------


def load_pack(path: str | Path) -> tuple[Pack | None, list[Diagnostic]]:
    """An installed pack's id or a folder → the pack as written, if its documents are sound."""
    from checker.load import load_folder
    from checker.validate import validate

    root = resources.pack_root(path)
    documents, unreadable = load_folder(root)
    pack, faults = validate(documents, root)
    return pack, in_order([*unreadable, *faults])


def check_pack(pack: Pack) -> list[Diagnostic]:
    """What is wrong inside a sound document: expressions of all revisions, facts of all cases."""
    from checker import compile as compiling
    from checker.cases import check_facts

    return in_order([*compiling.check_pack(pack), *check_facts(pack)])


def sound_pack(path: str | Path) -> Pack:
    """The pack, or PackError with everything that is wrong with it as documents."""
    pack, diagnostics = load_pack(path)
    if pack is None or any(d.is_error for d in diagnostics):
        raise PackError([d for d in diagnostics if d.is_error])
    return pack


def language_of(folder: Path) -> Language:
    """The language that a pack asks for, also if nothing else in it can be read."""
    from checker.load import load_file

    path = folder / "pack.yaml"
    if not path.is_file():
        return "zh"
    document, _ = load_file(path, path.as_posix())
    return "en" if document.data.get("language") == "en" else "zh"


def compile_rules(pack: Pack, as_of: date, known_at: date | None = None) -> Plan:
    """The rulebook of one day, ready for an engine."""
    from checker.compile import compile_pack

    plan, diagnostics = compile_pack(pack, as_of, known_at)
    if plan is None:
        raise PackError([d for d in diagnostics if d.is_error])
    return plan


# --- data ----------------------------------------------------------------------------------------


def read_data(
    pack: Pack,
    paths: Sequence[str | Path],
    *,
    unit: str | None = None,
    received_on: date | None = None,
    known_at: date | None = None,
) -> Tables:
    """Workbooks, CSV and Parquet files, or folders of them."""
    from checker import intake

    return intake.read(pack, paths, unit=unit, received_on=received_on, known_at=known_at)


def from_frames(pack: Pack, frames: Mapping[str, object], known_at: date | None = None) -> Tables:
    """Frames of pandas, Polars or Arrow, by table."""
    from checker.tables import from_frames

    return from_frames(pack, frames, known_at=known_at)


# --- the run -------------------------------------------------------------------------------------


def run(
    pack: Pack, tables: Tables, as_of: date, known_at: date | None = None, engine: Engine = "columnar"
) -> Run:
    """Rules and records → verdicts → findings, counts, targets → gates."""
    from checker import find, gate
    from checker.plan import Run, Scorecard

    plan = compile_rules(pack, as_of, known_at)
    evaluation = evaluate(plan, tables, engine)
    findings, counts = find.find(plan, tables, evaluation)
    targets = find.targets(plan, tables, counts)
    gates = gate.decide(plan, counts, targets, _judge_of_gates(plan))
    return Run(plan, tables, findings, Scorecard(counts, targets, gates), engine)


def evaluate(plan: Plan, tables: Tables, engine: Engine = "columnar", *, verdicts: bool = False) -> Evaluation:
    if engine == "reference":
        from checker.engines import reference

        return reference.evaluate(plan, tables, verdicts=verdicts)
    from checker.engines import columnar

    return columnar.evaluate(plan, tables, verdicts=verdicts)


def _judge_of_gates(plan: Plan) -> Callable[[Condition, Mapping[str, pl.DataFrame]], bool | None]:
    """A gate means what the reference engine says: its tables are the unit, its results and its targets."""
    from checker.engines.reference import World

    scoring = replace(plan, pack=replace(plan.pack, tables=plan.gate_tables), known_at=None)

    def judge(condition: Condition, frames: Mapping[str, pl.DataFrame]) -> bool | None:
        return World(scoring, frames).condition(condition, "unit", 0, None)

    return judge


def overall(run: Run, unit: str | None = None) -> GateState:
    """The answer of `checker gate`: all units, or one."""
    from checker import gate

    return gate.overall(each for each in run.scorecard.gates if unit is None or each.unit == unit)


# --- the run's folder ----------------------------------------------------------------------------


def save(run: Run, folder: str | Path) -> Path:
    from checker import runs

    return runs.write(run, folder)


def open_run(folder: str | Path) -> Run:
    """A run as it was: its own copy of the rules, its own records."""
    from checker import runs
    from checker.plan import Run

    stored = runs.read(folder)
    plan = compile_rules(sound_pack(stored.pack_folder), stored.as_of, stored.known_at)
    return Run(plan, stored.tables(), stored.findings, stored.scorecard, stored.manifest["engine"])


# --- what people read ----------------------------------------------------------------------------


def content(run: Run, lang: Language) -> Content:
    from checker.reports.content import content

    return content(run, lang)


def report(run: Run, form: Format, lang: Language) -> bytes:
    """One form of the report; its bytes depend on the run and the language only."""
    told = content(run, lang)
    if form == "csv":
        from checker.reports import csv

        return csv.render(told)
    if form == "json":
        from checker import runs
        from checker.reports import json

        return json.render(told, run, runs.manifest(run)).encode()
    from checker.reports import text

    return text.page(told).encode()


def unit_code(pack: Pack, name: str, as_of: date | None = None) -> str:
    """A unit by code, name or alias; of two with one name the one in force on the day."""
    from checker.plan import NO_UNIT

    if name in pack.units or name == NO_UNIT:
        return name
    named = [u for u in pack.units.values() if name in (u.short, *u.name, *u.aliases)]
    found = [u for u in named if as_of is None or u.in_force(as_of)] or named
    if found:
        return found[0].code
    listed = [u for u in pack.units.values() if as_of is None or u.in_force(as_of)]
    raise UsageError(
        [
            Diagnostic(
                "U33",
                NOWHERE,
                Text(f"规则包里没有名为“{name}”的单位", f'no unit "{name}" in the pack'),
                Text("、".join(u.name.zh for u in listed), ", ".join(u.name.en for u in listed)) if listed else None,
            )
        ]
    )


def only_unit(run: Run, unit: str) -> Run:
    """The same run, as far as it concerns one unit."""
    import polars as pl

    score = run.scorecard
    return replace(
        run,
        findings=run.findings.filter(pl.col("unit") == unit),
        scorecard=replace(
            score,
            counts=score.counts.filter(pl.col("unit") == unit),
            targets=tuple(target for target in score.targets if target.unit == unit),
            gates=tuple(gate for gate in score.gates if gate.unit == unit),
        ),
    )


# --- cases ---------------------------------------------------------------------------------------


def run_cases(
    pack: Pack, rules: Iterable[str] | None = None, engines: Sequence[Engine] = ("reference", "columnar")
) -> list[CaseResult]:
    """The cases of all rules (or of those named) on every engine."""
    from checker import cases
    from checker.compile import compile_pack
    from checker.tables import schema

    wanted = None if rules is None else set(rules)
    tools = cases.Tools(
        compile_pack,
        schema,
        [
            cases.Engine(name, partial(evaluate, engine=name, verdicts=True), together=name == "columnar")
            for name in engines
        ],
        _evidence,
    )
    return cases.run(pack, [rule for rule in pack.rules if wanted is None or rule.id in wanted], tools)
