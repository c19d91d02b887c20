"""On Spark the same is said as by the columnar engine, however the rows are cut."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import generate
import polars as pl
import pytest
from generate import World, worlds
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st
from test_engines_agree import SETTINGS

from checker.engines import columnar
from checker.plan import Evaluation, Tables

if shutil.which("java") is None:
    pytest.skip("no Java here: Spark needs Java 17", allow_module_level=True)
pytest.importorskip("pyspark", reason="pip install -e '.[spark]'")

from checker.engines import spark
from checker.engines.spark.session import session as session_of
from checker.errors import UsageError


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Tables four times as large as elsewhere: what costs is the run, not the row."""
    with pytest.MonkeyPatch.context() as patch, spark.cluster("local[2]") as running:
        patch.setattr(generate, "KEYS", {name: 4 * n for name, n in generate.KEYS.items()})
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


# A failure is told as it is: making it smaller would take Spark many minutes.
@settings(SETTINGS, max_examples=8, phases=[Phase.generate])
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


def test_without_java_or_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="no Java found") as refused:
        session_of()
    assert "JAVA_HOME" in refused.value.diagnostics[0].hint.zh  # type: ignore[union-attr]
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(UsageError, match="not installed"):
        session_of()
