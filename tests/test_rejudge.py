"""Judging again only what has changed gives what judging everything gives, whatever has changed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import polars as pl
import pytest
from generate import CELLS, World, worlds
from hypothesis import event, given, settings
from hypothesis import strategies as st
from test_engines_agree import SETTINGS

from checker.engines import columnar
from checker.plan import Tables
from checker.rejudge import Judged, rejudge

pytestmark = pytest.mark.usefixtures("judged_in_part")


def edited(tables: Tables, pack_tables: object, random: Random, edits: int) -> Tables:
    """Cells changed, rows gone, doubled and moved."""
    frames = dict(tables.frames)
    for _ in range(edits):
        name = random.choice([name for name in sorted(frames) if frames[name].height])
        frame = frames[name]
        at = random.randrange(frame.height)
        match random.choice(["cell", "cell", "cell", "drop", "add", "swap"]):
            case "cell":
                column = random.choice(
                    sorted(set(CELLS) & set(frame.columns)) + [c for c in frame.columns if c.endswith("code")]
                )
                kind = column if column in CELLS else "code"
                values = frame[column].to_list()
                values[at] = random.choice([None, *CELLS[kind]] if kind in CELLS else [None, *frame[column]])
                frames[name] = frame.with_columns(pl.Series(column, values, dtype=frame.schema[column]))
            case "drop":
                frames[name] = frame.filter(pl.int_range(pl.len()) != at)
            case "add":
                new = frame.slice(at, 1)
                if random.random() < 0.7 and "code" in frame.columns:
                    new = new.with_columns(pl.lit(f"new{random.randrange(9)}").alias("code"))
                frames[name] = pl.concat([frame, new])
            case "swap":
                frames[name] = frame.reverse()
    return replace(tables, frames=frames)


@settings(SETTINGS, max_examples=150)
@given(worlds(), st.integers(0, 2**20), st.integers(0, 4), st.sampled_from(["same", "fewer", "other"]))
def test_the_same_as_judging_everything(world: World, seed: int, edits: int, rules: str) -> None:
    random = Random(seed)
    after = (
        edited(world.tables, world.plan.pack.tables, random, edits)
        if any(f.height for f in world.tables.frames.values())
        else world.tables
    )
    plan = world.plan
    match rules:
        case "fewer":
            plan = replace(plan, obligations=plan.obligations[1:])
        case "other":
            first = plan.obligations[0]
            plan = replace(plan, obligations=(*plan.obligations[1:], replace(first, due=None, done_on=None)))
    before = Judged.of(world.plan, world.tables, columnar.evaluate(world.plan, world.tables))
    event(f"changed: {any(not world.tables.frames[n].equals(f) for n, f in after.frames.items())}")
    found, meant = rejudge(before, plan, after, columnar.evaluate).evaluation, columnar.evaluate(plan, after)
    assert found.findings.equals(meant.findings), f"{found.findings}\n{meant.findings}"
    assert found.counts.equals(meant.counts)


@settings(SETTINGS, max_examples=10)
@given(worlds())
def test_of_too_much_all_is_judged(world: World) -> None:
    """What is judged in part is judged twice, as it was and as it is."""
    plan, tables = world.plan, world.tables
    before = Judged.of(plan, tables, columnar.evaluate(plan, tables))
    changed = (
        edited(tables, plan.pack.tables, Random(1), 4) if any(f.height for f in tables.frames.values()) else tables
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("checker.rejudge.MOST", 0.0)
        done = rejudge(before, plan, changed, columnar.evaluate)
    assert done.again in (0, int(done.evaluation.counts["n"].sum()))
    assert done.evaluation.findings.equals(columnar.evaluate(plan, changed).findings)
