"""Drawn worlds → both engines say the same; and what is filled in later changes no pass and no fail."""

from __future__ import annotations

import json
import math
from random import Random
from typing import Any

import polars as pl
from generate import World, completed, worlds
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from checker.engines import columnar, reference

SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=300)
EXACT = ["obligation", "row", "key", "period", "unit", "verdict", "status", "due", "days", "vacuous"]


def near(one: Any, other: Any) -> bool:
    """Equal as evidence: numbers within the rounding that every engine does before it compares."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(near(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(near, one, other))
        case (bool(), _) | (_, bool()):
            return one is other
        case int() | float(), int() | float():
            return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
        case _:
            return bool(one == other)


def said(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.select(EXACT).sort(EXACT[:4]).to_dicts()


@SETTINGS
@given(worlds())
def test_engines_agree(world: World) -> None:
    tables = world.tables
    meant = reference.evaluate(world.plan, tables, verdicts=True)
    fast = columnar.evaluate(world.plan, tables, verdicts=True)
    assert meant.verdicts is not None and fast.verdicts is not None
    for verdict in meant.verdicts.get_column("verdict").unique():
        event(verdict)
    assert said(fast.verdicts) == said(meant.verdicts)
    cell = ["obligation", "unit", "period", "verdict", "status", "vacuous"]
    assert fast.counts.sort(cell).to_dicts() == meant.counts.sort(cell).to_dicts()
    assert said(fast.findings) == said(meant.findings)
    place = ["obligation", "row", "period"]
    ours, theirs = (frame.sort(place).get_column("observed") for frame in (meant.findings, fast.findings))
    for one, other in zip(ours, theirs, strict=True):
        assert near(json.loads(one), json.loads(other)), f"{one}\n{other}"


@settings(SETTINGS, max_examples=100)
@given(worlds(), st.sets(st.integers(0, 5)))
def test_of_some_subjects_the_same_is_said_as_among_all(world: World, rows: set[int]) -> None:
    only = {duty.subject: pl.Series(sorted(rows), dtype=pl.UInt32) for duty in world.plan.obligations[:2]}
    for engine in (reference, columnar):
        everything = engine.evaluate(world.plan, world.tables, verdicts=True)
        some = engine.evaluate(world.plan, world.tables, verdicts=True, only=only)
        assert everything.verdicts is not None and some.verdicts is not None
        judged = [number for number, duty in enumerate(world.plan.obligations) if duty.subject in only]
        wanted = pl.col("obligation").is_in(judged) & pl.col("row").is_in(sorted(rows))
        assert said(some.verdicts) == said(everything.verdicts.filter(wanted))
        assert said(some.findings) == said(everything.findings.filter(wanted))


@SETTINGS
@given(worlds(known=False), st.integers(0, 2**20))
def test_what_is_learnt_later_changes_no_pass_and_no_fail(world: World, seed: int) -> None:
    before = columnar.evaluate(world.plan, world.tables, verdicts=True).verdicts
    after = columnar.evaluate(world.plan, completed(world, Random(seed)).tables, verdicts=True).verdicts
    assert before is not None and after is not None
    place = ["obligation", "key", "period"]
    settled = before.filter(pl.col("verdict").is_in(["pass", "fail"]))
    later = settled.join(after, on=place, how="inner", suffix="_later", nulls_equal=True)
    changed = later.filter(pl.col("verdict") != pl.col("verdict_later"))
    event(f"settled: {settled.height > 0}")
    assert changed.is_empty(), changed
