"""On Spark the same is said as by the columnar engine, however the rows are cut."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from generate import World, worlds
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from test_engines_agree import SETTINGS

from checker.engines import columnar
from checker.plan import Evaluation, Plan, Tables

if shutil.which("java") is None:
    pytest.skip("no Java here: Spark needs Java 17", allow_module_level=True)
pytest.importorskip("pyspark", reason="pip install -e '.[spark]'")

from checker.engines import spark


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    with spark.cluster("local[2]") as running:
        yield running


def same(found: Evaluation, meant: Evaluation) -> None:
    assert found.findings.equals(meant.findings), f"{found.findings}\n{meant.findings}"
    assert found.counts.equals(meant.counts), f"{found.counts}\n{meant.counts}"
    assert found.verdicts is None or meant.verdicts is None or found.verdicts.equals(meant.verdicts)


def twins(tables: Tables) -> Tables:
    """Two institutions, and two buses of different ones, that bear one key."""
    frames = dict(tables.frames)
    for name in ("institution", "bus"):
        frame = frames[name]
        code = [*frame["code"][:-1], *frame["code"][: min(frame.height, 1)]]
        frames[name] = frame.with_columns(pl.Series("code", code, dtype=pl.String))
    return replace(tables, frames=frames)


@settings(SETTINGS, max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(worlds(), st.sampled_from([1, 2, 7]), st.sampled_from([None, 2, 7]), st.booleans(), st.booleans())
def test_any_cut_says_the_same(
    session: Any, world: World, shards: int, partitions: int | None, doubled: bool, some: bool
) -> None:
    tables = twins(world.tables) if doubled else world.tables
    only = {world.plan.obligations[0].subject: pl.Series([0, 2], dtype=pl.UInt32)} if some else None
    found = spark.evaluate(world.plan, tables, verdicts=True, only=only, shards=shards, partitions=partitions)
    meant = columnar.evaluate(world.plan, tables, verdicts=True, only=only)
    event(f"findings: {meant.findings.height > 0}")
    same(found, meant)
