"""durable-rules as a judge of records: the same as the reference says, with a share that is its own; lost, it is no loss."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest
from generate import World, worlds
from hypothesis import HealthCheck, event, given, settings

from checker.engines import reference, rete
from checker.engines.rete.worker import decided
from checker.network import apart

needs_extension = pytest.mark.skipif(
    importlib.util.find_spec("durable_rules_engine") is None,
    reason="durable-rules is not installed: pip install -e '.[rete]'",
)


@pytest.fixture(scope="module")
def _here() -> Iterator[None]:
    """Many small worlds: one process for each would take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "ask", lambda _, asked, reply: decided(asked, reply))
        yield


@needs_extension
@pytest.mark.usefixtures("_here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=500)
@given(worlds())
def test_drawn_worlds_are_judged_alike(world: World) -> None:
    meant = reference.evaluate(world.plan, world.tables, verdicts=True)
    found = rete.evaluate(world.plan, world.tables, verdicts=True)
    assert found.share is not None
    assert found.share.instead is None
    event(f"decided: {found.share.decided > 0}")
    assert found.findings.equals(meant.findings)
    assert found.counts.equals(meant.counts)
    assert found.verdicts is not None and meant.verdicts is not None
    assert found.verdicts.equals(meant.verdicts)
