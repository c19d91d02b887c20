"""durable-rules as a judge of records: the same as the reference says, with a share that is its own; lost, it is no loss."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, cast

import polars as pl
import pytest
from extension import needs_extension, started_with, without_its_warnings
from generate import Here, World, conditions, item_of, requirements, worlds
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from published import FAULTS
from test_measures_apart import fits

from checker import check, pipeline
from checker.__main__ import main
from checker.compile import compile_expression
from checker.engines import reference, rete
from checker.engines.rete import questions
from checker.engines.rete.worker import Decided
from checker.engines.values import Truth
from checker.engines.world import Record
from checker.model import Period
from checker.network import apart
from checker.network.patterns import Antecedent, Atom, Fact
from checker.plan import Condition, Item, Plan, Run, Share, Tables

ROOT = Path(__file__).parents[1]
LITTLE = ROOT / "tests" / "little"
SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck))


def both(plan: Plan, tables: Tables) -> Share:
    """Row for row the same, and by durable-rules."""
    meant = reference.evaluate(plan, tables, verdicts=True)
    found = rete.evaluate(plan, tables, verdicts=True)
    assert found.findings.equals(meant.findings)
    assert found.counts.equals(meant.counts)
    assert found.verdicts is not None and meant.verdicts is not None
    assert found.verdicts.equals(meant.verdicts)
    assert found.share is not None
    assert found.share.instead is None
    return found.share


# --- the meaning -----------------------------------------------------------------------------------


@needs_extension
@without_its_warnings
@pytest.mark.usefixtures("durable_here")
@settings(SETTINGS, max_examples=100)
@given(worlds())
def test_drawn_worlds_are_judged_alike(world: World) -> None:
    share = both(world.plan, world.tables)
    event(f"durable-rules decided some of it: {share.decided > 0}")


@st.composite
def worlds_of_single_records(draw: DrawFn) -> World:
    """Conditions that look at a record and at what it belongs to, but not at what is below it."""
    world = draw(worlds())
    duties = []
    for duty in world.plan.obligations:
        here = Here(world.plan.pack.tables, duty.subject, recurring=False, known=True, depth=2, nested=0)
        require = draw(requirements(here))
        applies = draw(st.none() | conditions(replace(here, depth=1)).map(lambda expr: item_of("applies", expr)))
        duties.append(replace(duty, require=require, applies=applies, done_on=None))
    return replace(world, plan=replace(world.plan, obligations=tuple(duties)))


@needs_extension
@without_its_warnings
@pytest.mark.usefixtures("durable_here")
@settings(SETTINGS, max_examples=200)
@given(worlds_of_single_records())
def test_drawn_conditions_of_single_records_are_judged_alike(world: World) -> None:
    share = both(world.plan, world.tables)
    event(f"durable-rules decided some of it: {share.decided > 0}")
    event(f"all of it: {share.decided == share.verdicts}")


NUMBERS = (0, 1, 2, 10**9, -(10**9), 10**9 + 1, 4 * 10**18, 4 * 10**18 - 1)
TEXTS = ("a", "b", "中", 'q"x', "", "a b", "5", "true")


def drawn_pattern(random: Random) -> Antecedent:
    atoms: list[Atom] = []
    for _ in range(random.randint(1, 5)):
        one, other = random.sample([f"n{at}" for at in range(6)], 2)
        ordered = random.choice(["=", "!=", "<", "<=", ">", ">="])
        same = random.choice(["=", "!="])
        atoms.append(
            random.choice(
                [
                    Atom(one, ordered, at=0, other=other),  # type: ignore[arg-type]
                    Atom(one, ordered, random.choice(NUMBERS)),  # type: ignore[arg-type]
                    Atom("t0", same, random.choice(TEXTS)),  # type: ignore[arg-type]
                    Atom("t0", same, at=0, other="t1"),  # type: ignore[arg-type]
                ]
            )
        )
    return Antecedent(
        "k", tuple(atoms), *[tuple(random.sample(["n0", "n1", "t1"], random.choice([0, 0, 1]))) for _ in "  "]
    )


@needs_extension
@without_its_warnings
def test_a_network_compares_the_fields_of_one_fact() -> None:
    """Of values that are missing it would make something up: they are asked for first."""
    from checker.network.durable import Network

    matches = 0
    for seed in range(12):
        random = Random(seed)
        patterns = {f"p{at}": (drawn_pattern(random),) for at in range(100)}
        found: set[str] = set()
        network = Network(patterns, lambda name, _, found=found: found.add(name))  # type: ignore[misc]
        for at in range(60):
            values: dict[str, Any] = {f"n{n}": random.choice(NUMBERS) for n in range(6) if random.random() < 0.7}
            values |= {f"t{n}": random.choice(TEXTS) for n in range(2) if random.random() < 0.7}
            fact = Fact(f"f{at}", "k", values)
            network.put(fact)
            assert found == {name for name, pattern in patterns.items() if fits(pattern, (fact,))}, values
            matches += len(found)
            found.clear()
            network.drop(fact.id)
        network.close()
    assert matches > 4_000


# --- Nantong ---------------------------------------------------------------------------------------


@needs_extension
@without_its_warnings
@pytest.mark.usefixtures("durable_here")
@pytest.mark.parametrize(("name", "least"), [("nantong-2019", 215), ("national", 29), ("tests/little", 4)])
def test_the_cases_of_every_rule_hold(name: str, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And durable-rules found nearly every condition that it judges true in some case and false in some."""
    pack = pipeline.sound_pack(name if "/" not in name else ROOT / name)
    seen: dict[tuple[str, str], set[Truth]] = {}
    honest = rete.DecidedWorld.condition

    def noted(world: rete.DecidedWorld, condition: Condition, record: Record, period: Period | None = None) -> Truth:
        truth = honest(world, condition, record, period)
        if isinstance(condition, Item) and id(condition) in world.questions.numbers:
            assert (record.table, record.position) in world.answers
            seen.setdefault((record.table, condition.text.en), set()).add(truth)
        return truth

    monkeypatch.setattr(rete.DecidedWorld, "condition", noted)
    results = pipeline.run_cases(pack, engines=["rete"])
    assert {result.engine for result in results} == {"rete"}
    assert len(results) == sum(len(rule.cases) for rule in pack.rules)
    assert [result for result in results if not result.passed] == []
    both_ways = sum(truths >= {True, False} for truths in seen.values())
    assert both_ways >= least


@needs_extension
@pytest.mark.parametrize(
    ("place", "unit", "day"),
    [
        ("county", "启东市", date(2020, 1, 15)),
        ("nantong/2020-12-31/通州湾江海联动开发示范区.xlsx", None, date(2020, 12, 31)),
    ],
)
def test_a_county_is_judged_alike(place: str, unit: str | None, day: date) -> None:
    pack = pipeline.sound_pack("nantong-2019")
    tables = pipeline.read_data(pack, [ROOT / "examples" / place], unit=unit)
    share = both(pipeline.compile_rules(pack, day), tables)
    assert share.decided > share.verdicts / 3


def test_what_durable_rules_judges_of_the_plan_is_listed() -> None:
    plan = pipeline.compile_rules(pipeline.sound_pack("nantong-2019"), date(2020, 12, 31))
    covered = rete.coverage(plan)
    assert sum(each.wholly for each in covered) >= 100
    items = [(item, why) for each in covered for item, why in each.items]
    assert sum(why is None for _, why in items) > 0.7 * len(items)
    # Of what is left to the reference nearly all looks at further records.
    others = [why.en for _, why in items if why is not None and "looks at records below it" not in why.en]
    assert len(others) < 20
    text = pipeline.by_durable_rules(plan.pack, plan.as_of, "zh")
    assert "alarm-linked@2019-12-10  一键式紧急报警装置与公安机关联网  全部" in text
    assert "    - 全部（校车 其中 在用，已接入移动危险源监管系统）：要看下属的校车记录" in text


# --- what cannot be told, and what becomes of the worker -----------------------------------------------


def little(frame: pl.DataFrame, *conditions: str) -> tuple[Plan, Tables]:
    """Requirements on the schools of the little pack."""
    pack = pipeline.sound_pack(LITTLE)
    plan = pipeline.compile_rules(pack, date(2020, 1, 31))
    duty = next(duty for duty in plan.obligations if duty.rule.id == "video-linked")
    duties = []
    for text in conditions:
        expr, faults = compile_expression(text, pack, "institution")
        assert expr is not None, faults
        duties.append(replace(duty, applies=None, require=item_of("1", expr)))
    return replace(plan, obligations=tuple(duties)), pipeline.from_frames(pack, {"institution": frame})


@needs_extension
def test_a_record_with_a_value_that_cannot_be_told_exactly_is_the_references() -> None:
    names = ["甲", "甲" * 40_000, "甲", None, "甲"]
    students = pl.Series("students", [3, 3, 2**62, 3, 2])  # after intake, which would ask about it
    frame = pl.DataFrame({"学校标识码": list("12345"), "学校名称": names, "校车数": [3, 3, 3, 3, None]})
    plan, tables = little(frame, "name = '甲'", "students >= 3", "bus_count <= students", "not (students != 3)")
    told = tables.frames["institution"].with_columns(students)
    share = both(plan, replace(tables, frames=tables.frames | {"institution": told}))
    assert (share.verdicts, share.decided) == (20, 12)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("students + guards > 3", "先要算出一个值再比较"),
        ("every(bus, plate is known)", "要看下属的校车记录"),
        ("students in (1, 2, 3) or guards in (1, 2, 3)", None),
        (" and ".join(f"(students != {n} and guards != {n} or bus_count = {n})" for n in range(7)), "情形组合太多"),
    ],
)
def test_what_is_left_to_the_reference_says_why(text: str, why: str | None) -> None:
    plan, _ = little(pl.DataFrame({"学校标识码": ["1"]}), text)
    (covered,) = rete.coverage(plan)
    ((_, told),) = covered.items
    assert (told and told.zh) == why


def run_of_little(engine: pipeline.Engine = "rete") -> Run:
    return check(LITTLE, ROOT / "tests" / "little_data", as_of="2020-01-31", engine=engine)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return pipeline.save(run_of_little("reference"), tmp_path / "plain")


def same_but_for_the_manifest(one: Path, other: Path) -> None:
    for path in sorted(path for path in one.rglob("*") if path.is_file() and path.name != "manifest.json"):
        assert (other / path.relative_to(one)).read_bytes() == path.read_bytes(), path


def told(folder: Path) -> tuple[str, dict[str, Any]]:
    """By whom the run was judged, as its manifest and its report have it."""
    manifest = pipeline.manifest(folder)
    report = pipeline.report(pipeline.open_run(folder), "json", "zh", manifest)
    assert FAULTS["json"](report) == []
    assert json.loads(report)["manifest"]["rete"] == manifest["rete"]
    return str(manifest["engine"]), cast(dict[str, Any], manifest["rete"])


@needs_extension
def test_a_run_is_the_references_but_for_its_manifest(plain: Path, tmp_path: Path) -> None:
    folder = pipeline.save(run_of_little(), tmp_path / "rete")
    same_but_for_the_manifest(plain, folder)
    engine, share = told(folder)
    assert (engine, share["instead"]) == ("rete", None)
    assert share["decided"] > 0
    opened = pipeline.open_run(folder)
    assert opened.share is not None and opened.share.decided == share["decided"]
    assert pipeline.verify(folder).faults == {}
    unit = pipeline.manifest_of_unit(pipeline.only_unit(opened, "320681"), "320681", pipeline.manifest(folder))
    assert "rete" not in unit


@needs_extension
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_worker_killed_in_the_middle_of_a_run_does_no_harm(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    honest, asked = rete._truths, 0

    def killing(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 2:
            os.kill(started[0].pid, signal.SIGKILL)
            started[0].wait()
        return honest(*arguments)

    monkeypatch.setattr(rete, "TURN", 1)
    monkeypatch.setattr(rete, "_truths", killing)
    folder = pipeline.save(run_of_little(), tmp_path / "killed")
    assert asked == 2
    same_but_for_the_manifest(plain, folder)
    engine, share = told(folder)
    assert (engine, share["decided"]) == ("reference", 0)
    assert share["instead"]["zh"] == "durable-rules 进程中途退出，由参考引擎判定"
    assert pipeline.verify(folder).faults == {}


@pytest.mark.parametrize("wrong", ["both", "neither"])
def test_an_answer_that_cannot_be_is_not_taken(
    wrong: str, plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both true and false; or neither, although all is known."""

    def ask(_: str, parts: dict[str, list[questions.Part]], more: apart.Reply) -> None:
        found: list[Decided] = []
        while (records := more(found)) is not None:
            numbers = {number for part in parts[records[0]] for number, _ in part.answers.values()}
            found = [(numbers, numbers) if wrong == "both" else (set(), set()) for _ in records[1]]

    monkeypatch.setattr(apart, "ask", ask)
    folder = pipeline.save(run_of_little(), tmp_path / "wrong")
    same_but_for_the_manifest(plain, folder)
    assert told(folder)[1]["instead"]["zh"] == "durable-rules 的判定自相矛盾，由参考引擎判定"


def test_without_its_judge_a_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started_with(monkeypatch, "import os; os.abort()")
    data, out = str(ROOT / "tests" / "little_data"), str(tmp_path / "run")
    run = ["run", str(LITTLE), data, "--as-of", "2020-01-31", "--out", out, "--engine", "rete", "--lang", "zh"]
    assert main(run) == 0
    shown = capsys.readouterr()
    assert "durable-rules 进程中途退出，由参考引擎判定" in shown.err
    assert "完全由它作出" not in shown.out
    # Cases that the reference judged say nothing about another engine.
    assert main(["test", str(LITTLE), "--engine", "rete", "--lang", "zh"]) == 2
    assert "U46" in capsys.readouterr().err


@needs_extension
def test_a_run_says_how_much_was_judged_by_durable_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = str(ROOT / "tests" / "little_data"), str(tmp_path / "run")
    assert (
        main(["run", str(LITTLE), data, "--as-of", "2020-01-31", "--out", out, "--engine", "rete", "--lang", "zh"]) == 0
    )
    share = told(Path(out))[1]
    assert f"{share['verdicts']}个判定中，{share['decided']}个完全由它作出" in capsys.readouterr().out


def test_the_listing_is_of_all_requirements(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", str(LITTLE), "--as-of", "2020-01-31", "--engine", "rete", "--lang", "en"]) == 0
    assert "what durable-rules judges" in capsys.readouterr().out
    assert main(["docs", str(LITTLE), "--as-of", "2020-01-31", "--engine", "rete", "--unit", "320681"]) == 2
    assert "U45" in capsys.readouterr().err
