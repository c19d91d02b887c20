"""The stages in order, from a folder of rules and a pile of workbooks to a report: read this first.

    load → validate → [resolve, compile] → plan ┐
                              intake → tables ──┴→ engine → find → defer → compare → gate → escalate → run ⇄ folder → reports, explain

Stages do not know each other; here they meet. Heavy libraries come with the stages that need them, so these are imported
where they are used: checking rules must feel instant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from checker import resources
from checker.errors import Diagnostic, Language, Text
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack, Period
from checker.pipeline.clustering import judge_folder as judge_folder
from checker.pipeline.comparing import earlier_runs as earlier_runs
from checker.pipeline.examining import examined
from checker.pipeline.judging import BUILT_IN as BUILT_IN
from checker.pipeline.judging import ENGINES as ENGINES
from checker.pipeline.judging import Engine as Engine
from checker.pipeline.judging import at
from checker.pipeline.judging import cluster as cluster
from checker.pipeline.judging import evaluate as evaluate
from checker.pipeline.judging import judge_of_gates as judge_of_gates
from checker.pipeline.judging import ways as ways
from checker.pipeline.loading import check_pack as check_pack
from checker.pipeline.loading import compile_rules as compile_rules
from checker.pipeline.loading import deferrals as deferrals
from checker.pipeline.loading import language_of as language_of
from checker.pipeline.loading import load_pack as load_pack
from checker.pipeline.loading import sound_pack as sound_pack
from checker.pipeline.mapping import load_mapping as load_mapping
from checker.pipeline.mapping import unused_lines as unused_lines
from checker.pipeline.narrowing import manifest_of_unit as manifest_of_unit
from checker.pipeline.narrowing import only_unit as only_unit
from checker.pipeline.narrowing import unit_code as unit_code
from checker.pipeline.papering import papers as papers
from checker.pipeline.papering import papers_named as papers_named
from checker.pipeline.reporting import deferrals_proposed as deferrals_proposed
from checker.pipeline.reporting import faults as faults
from checker.pipeline.reporting import report as report
from checker.pipeline.reporting import reports as reports
from checker.pipeline.resuming import Since as Since
from checker.pipeline.resuming import since as since
from checker.pipeline.running import open_run as open_run
from checker.pipeline.running import room_beside as room_beside
from checker.pipeline.running import run as run
from checker.pipeline.running import save as save
from checker.pipeline.telling import book as book
from checker.pipeline.telling import by_durable_rules as by_durable_rules
from checker.pipeline.telling import clauses_lacking as clauses_lacking
from checker.pipeline.telling import clauses_named as clauses_named
from checker.pipeline.telling import clauses_rows as clauses_rows
from checker.pipeline.telling import clauses_text as clauses_text
from checker.pipeline.telling import rules_in_force as rules_in_force
from checker.pipeline.telling import share_line as share_line
from checker.pipeline.trying import coverage as coverage
from checker.pipeline.trying import coverage_rows as coverage_rows
from checker.pipeline.trying import coverage_text as coverage_text
from checker.pipeline.trying import proposals as proposals
from checker.pipeline.trying import rules_named as rules_named
from checker.pipeline.trying import run_cases as run_cases
from checker.pipeline.verifying import Fault as Fault
from checker.pipeline.verifying import Verified as Verified
from checker.pipeline.verifying import verify as verify
from checker.plan import Leaf
from checker.words import VERDICT

if TYPE_CHECKING:
    from checker.engines.world import Record
    from checker.expr import Expr
    from checker.intake import Memory
    from checker.plan import GateState, Run, Tables


# --- data ----------------------------------------------------------------------------------------


def read_data(
    pack: Pack,
    paths: Sequence[str | Path],
    *,
    unit: str | None = None,
    received_on: date | None = None,
    known_at: date | None = None,
    mapping: DataMap = NO_MAP,
    answers: Sequence[str | Path] = (),
    memory: Memory | None = None,
) -> Tables:
    """Workbooks, CSV and Parquet files, or folders of them; databases by their address. `answers`: forms of data questions
    that came back, and answers kept from before. `memory`: of the last reading of the same data (not with `answers`).
    """
    from checker import intake

    if not answers:
        read = intake.read(
            pack, paths, unit=unit, received_on=received_on, known_at=known_at, mapping=mapping, memory=memory
        )
        return examined(pack, read)
    from checker.pipeline import answering

    look = partial(intake.look, pack, paths, unit=unit, received_on=received_on, known_at=known_at)
    return answering.answered(pack, paths, look, answering.given(answers), mapping, known_at).tables


def reading() -> Memory:
    """Of the files that a run reads, to be kept with it."""
    from checker import intake

    return intake.Memory(most=intake.MOST_ROWS)


def ready_data(pack: Pack, folder: str | Path) -> Tables:
    """Tables as the pack defines them, judged as they are, however many records they have."""
    from checker import intake

    return intake.ready(pack, Path(folder))


def answers_told(tables: Tables, lang: Language) -> str:
    """What came of the answers that were read with the data; nothing if there were none."""
    from checker.pipeline import answering

    return answering.told(tables, lang)


def from_frames(
    pack: Pack, frames: Mapping[str, object], known_at: date | None = None, mapping: DataMap = NO_MAP
) -> Tables:
    """Frames of pandas, Polars or Arrow, by table."""
    from checker import intake

    return examined(pack, intake.from_frames(pack, frames, known_at=known_at, mapping=mapping))


# --- the run -------------------------------------------------------------------------------------


def overall(run: Run) -> GateState:
    """The answer of `checker gate`."""
    from checker import gate

    return gate.overall(run.scorecard.gates)


# --- the run's folder ----------------------------------------------------------------------------


def write_index(root: Path, lang: Language) -> Path:
    """One line per run that lies in `root`, the newest first."""
    from checker.runs import index

    return index.write(root, lang)


def manifest(folder: str | Path) -> Mapping[str, object]:
    """What the run in `folder` says it rests on."""
    from checker import runs

    return runs.read(folder).manifest


# --- what people read ----------------------------------------------------------------------------


def summary(run: Run, lang: Language, folder: str, seconds: float) -> str:
    """The screen after a run."""
    from checker.reports import content, text

    return text.summary(content.content(run, lang, in_full=False), folder, seconds)


def gates(run: Run, lang: Language) -> str:
    """Every gate with its reasons."""
    from checker.reports import content, text

    return text.gates(content.content(run, lang, in_full=False))


def gate_entries(run: Run, lang: Language) -> list[dict[str, object]]:
    """The same for programs, as in the report."""
    from checker.reports import content, json

    return [json.gate_entry(gate) for gate in content.content(run, lang, in_full=False).gates]


def ways_text(run: Run, lang: Language) -> str:
    """The least to do for every gate that is not open."""
    from checker.reports import sentences
    from checker.reports.ways import way_lines

    return "\n".join(way_lines(run, ways(run), sentences.Names(run.plan, lang)))


def explain(
    run: Run, what: str, subject: str | None = None, *, period: str | None = None, folder: str = "RUN", lang: Language
) -> str:
    """Why a verdict is what it is, with the values, their cells, the clause and the way out."""
    from checker import explain as explaining
    from checker.explain import measure

    if subject is None and (found := measure.named(run, what.strip())) is not None:
        return measure.explain(run, found, folder, lang)
    from checker.engines import reference
    from checker.engines.world import World
    from checker.reports import figures, listing, sentences

    world = World(run.plan, run.tables.frames)
    pack = run.plan.pack

    def judge(place: explaining.Place) -> explaining.Judged:
        duty, record, when = at(run.plan, world, place.obligation, place.row, place.period)
        found = reference.judge(world, duty, place.obligation, record, when)
        return explaining.Judged(duty, record, when, found.verdict, found.status, found.due, found.days, found.observed)

    def leaf(expr: Expr, record: Record, when: Period | None) -> object:
        return reference.observed(world, (Leaf("", expr),), record, when)[""]

    def phrase(judged: explaining.Judged, lang: Language) -> str:
        if judged.verdict in ("pass", "not_applicable"):
            return Text(VERDICT[judged.verdict], judged.verdict.replace("_", " ")).of(lang)
        facts = (judged.verdict, judged.status, judged.due, judged.days)
        return sentences.finding_phrase(judged.obligation, *facts, lang)

    tools = explaining.Tools(judge, leaf, partial(listing.value_words, pack), phrase, figures.day, figures.period)
    return explaining.explain(run, tools, world, explaining.Question(what, subject, period, folder), lang)


def deferrals_unsound(run: Run) -> list[Diagnostic]:
    """A reminder for every deferral that does not count."""
    from checker.reports import deferring

    return deferring.reminders(run)


def vacuous(run: Run) -> list[Diagnostic]:
    """What in the run was decided over nothing."""
    from checker import vacuous as looking

    return looking.vacuous(run)


# --- what came with the program ------------------------------------------------------------------


def versions() -> str:
    """The program's version and those of the packs that came with it."""
    from importlib.metadata import PackageNotFoundError, version

    from checker.load import load_file

    try:
        own = version("school-safety-checker")
    except PackageNotFoundError:
        own = "0"
    packs = [load_file(root / "pack.yaml", "pack.yaml")[0].data for root in resources.packs().values()]
    return "\n".join([f"checker {own}", *(f"{pack.get('id')} {pack.get('version')}" for pack in packs)])


def write_demo(folder: Path) -> list[Path]:
    """Copies the demonstration data; a file that is there already is left alone."""
    import shutil

    source = resources.demo_folder()
    written = []
    for path in sorted(source.rglob("*")):
        copy = folder / path.relative_to(source)
        if path.is_file() and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            written.append(copy)
    return written
