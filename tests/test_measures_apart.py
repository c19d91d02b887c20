"""Measures by durable-rules: equal to the reference after every step, and a process that dies, hangs or refuses does no harm."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import ladders
import pytest
from extension import INSTALLED, needs_extension, started_with, without_its_warnings
from test_escalations import incident, judged

from checker import pipeline
from checker.escalate import WORKER
from checker.escalate.fixpoint import fixpoint
from checker.escalate.program import Constant, Head, Program, Rule, Slot, holds
from checker.network import apart
from checker.network.patterns import SURE, Antecedent, Fact, OnMatch, Pattern


class Plain:
    """What is asked of a network, by trying everything."""

    def __init__(self, patterns: Mapping[str, Pattern], tell: OnMatch) -> None:
        self.patterns, self.tell = patterns, tell
        self.facts: dict[str, Fact] = {}

    def put(self, fact: Fact) -> None:
        self.facts[fact.id] = fact
        for name, pattern in self.patterns.items():
            of_kind = [[f for f in self.facts.values() if f.kind == part.kind] for part in pattern]
            for chosen in product(*of_kind):
                ids = tuple(each.id for each in chosen)
                if fact.id in ids and len(set(ids)) == len(ids) and fits(pattern, chosen):
                    self.tell(name, ids)

    def drop(self, fact: str) -> None:
        del self.facts[fact]


def fits(pattern: Pattern, chosen: tuple[Fact, ...]) -> bool:
    values = [{**fact.values, SURE: fact.sure} for fact in chosen]

    def fit(part: Antecedent, own: Mapping[str, Any]) -> bool:
        return (
            all(name in own for name in part.present)
            and not any(name in own for name in part.absent)
            and all(
                holds(atom.op, own.get(atom.field), atom.value if atom.at is None else values[atom.at].get(atom.other))
                for atom in part.atoms
            )
        )

    return all(fit(part, own) for part, own in zip(pattern, values, strict=True))


@pytest.mark.parametrize("seed", range(60))
def test_counts_absences_and_strata_on_matches_are_the_fixpoint(seed: int) -> None:
    ladders.agree(seed, Plain, number=25, most=9)


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "tests/ladders.py", *arguments],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-2000:]}"
    return done.stdout


@needs_extension
def test_durable_rules_agrees_after_every_step() -> None:
    found = re.fullmatch(r"(\d+) steps, (\d+) measures, all equal\n", run("agree", "0", "400"))
    assert found is not None
    assert int(found[1]) > 15_000
    assert int(found[2]) > 5_000


@needs_extension
def test_memory_stays_while_facts_come_and_go() -> None:
    found = re.fullmatch(r"20000 steps, (-?\d+) kB more after the first quarter\n", run("soak", "3", "20000"))
    assert found is not None
    assert int(found[1]) < 20_000


# --- the process apart -----------------------------------------------------------------------------


def two_steps() -> tuple[Program, list[Fact]]:
    first = Rule("a", "by", (Slot("alpha"),), "m1")
    second = Rule("b", "by", (Slot("measure", (Constant("k", "=", "m1"),)),), "m2")
    return Program(((first,), (second,))), [Fact(f"f{at}", "alpha", {"by": f"u{at}"}) for at in range(3)]


@needs_extension
def test_a_worker_answers_like_the_reference(started: list[subprocess.Popen[bytes]]) -> None:
    program, facts = two_steps()
    found = apart.ask(WORKER, (program, facts), ladders.derive)
    assert found == fixpoint(program, facts, ladders.derive)
    assert len(found) == 6
    assert started[0].returncode is not None


@needs_extension
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
def test_a_worker_killed_in_the_middle_is_told(started: list[subprocess.Popen[bytes]]) -> None:
    program, facts = two_steps()
    asked: list[Head] = []

    def derive(head: Head) -> Fact:
        asked.append(head)
        if len(asked) == 2:
            os.kill(started[0].pid, signal.SIGKILL)
            started[0].wait()
        return ladders.derive(head)

    with pytest.raises(apart.Lost) as lost:
        apart.ask(WORKER, (program, facts), derive)
    assert lost.value.why.zh == "durable-rules 进程中途退出"
    assert len(asked) == 2


def test_a_worker_that_hangs_is_stopped(
    monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    started_with(monkeypatch, "import time; time.sleep(600)")
    with pytest.raises(apart.Lost) as lost:
        apart.ask(WORKER, two_steps(), ladders.derive, seconds=0.3)
    assert "没有在限定时间内完成" in lost.value.why.zh
    assert started[0].returncode is not None


@needs_extension
@pytest.mark.parametrize("value", [2**70, Fraction(1, 3), "长" * 40_000], ids=["large", "fraction", "long"])
def test_what_the_engine_gets_wrong_is_refused(value: Any) -> None:
    rule = Rule("a", "by", (Slot("alpha", (Constant("n", "=", value),)),), "m1")
    with pytest.raises(apart.Lost) as lost:
        apart.ask(WORKER, (Program(((rule,),)), [Fact("f", "alpha", {"by": "u", "n": value})]), ladders.derive)
    assert "超出 durable-rules 可靠的范围" in lost.value.why.zh


@needs_extension
@without_its_warnings
def test_facts_with_one_hash_are_kept_apart() -> None:
    """The engine takes these two names for one (32 bits of FNV-1a); retracting one would take the other with it."""
    from checker.network import durable

    random = Random(1)
    seen: dict[int, str] = {}
    while True:
        name = f"{random.randrange(10**9):x}"
        other = seen.setdefault(durable._hash(name), name)
        if other != name:
            break
    matches: set[tuple[str, ...]] = set()
    inside = durable.Network({"p": (Antecedent("alpha"),)}, lambda _, match: matches.add(match))
    inside.put(Fact(name, "alpha", {}))
    inside.put(Fact(other, "alpha", {}))
    inside.drop(name)
    inside.put(Fact("third", "alpha", {}))
    inside.close()
    assert matches == {(name,), (other,), ("third",)}


def test_without_the_extension_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "durable").mkdir()
    (tmp_path / "durable" / "__init__.py").write_text("raise ImportError('not there')", "utf-8")
    code = f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); runpy.run_module('checker.escalate.worker', run_name='__main__')"
    started_with(monkeypatch, code)
    with pytest.raises(apart.Lost) as lost:
        apart.ask(WORKER, two_steps(), ladders.derive)
    assert (
        lost.value.why.zh == "没有安装 durable-rules 扩展（pip install 'school-safety-checker[rete]'，需要 C 编译器）"
    )


# --- a run -----------------------------------------------------------------------------------------


def test_a_run_is_right_whatever_becomes_of_the_worker(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    pack = pipeline.sound_pack("nantong-2019")
    grave = incident("I1", "2020-05-01", deaths=1)
    plain = pipeline.save(judged(pack, incident=[grave]), tmp_path / "plain")
    if INSTALLED:
        whole = pipeline.save(judged(pack, incident=[grave], measures_engine="rete"), tmp_path / "whole")
        assert json.loads((whole / "manifest.json").read_text("utf-8"))["measures"]["engine"] == "rete"
        assert (whole / "measures.json").read_bytes() == (plain / "measures.json").read_bytes()
    started_with(monkeypatch, "import os; os.abort()")
    dead = pipeline.save(judged(pack, incident=[grave], measures_engine="rete"), tmp_path / "dead")
    told = json.loads((dead / "manifest.json").read_text("utf-8"))["measures"]
    assert (told["engine"], told["instead"]["zh"]) == ("reference", "durable-rules 进程中途退出，由参考引擎推算")
    assert (dead / "measures.json").read_bytes() == (plain / "measures.json").read_bytes()
    assert pipeline.verify(dead).faults == {}
    assert pipeline.open_run(dead).measures.instead is not None
