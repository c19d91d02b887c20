"""durable-rules in tests: whether it is installed, and other programs in the place of its process."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from checker.network import apart

INSTALLED = importlib.util.find_spec("durable_rules_engine") is not None
needs_extension = pytest.mark.skipif(not INSTALLED, reason="durable-rules is not installed: pip install -e '.[rete]'")
without_its_warnings = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its clock, from Python 3.12 on


def started_with(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Another program in the worker's place."""
    monkeypatch.setattr(apart, "command", lambda _: (sys.executable, "-c", code))
