"""Two ways to do the same, run in turn → the times of both and their ratios."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

REPEATS = 7
# Modules are compiled once, as pip does for whoever installs them; not in the checkout.
_COMPILED = Path(tempfile.gettempdir(), "checker-benchmarks-compiled")
_ENVIRONMENT = {**os.environ, "CHECKER_LANG": "en", "PYTHONPYCACHEPREFIX": str(_COMPILED)}
_ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)
# From a small process of its own: a child counts what its parent held when it was started.
_WATCH = """
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


@dataclass(frozen=True, slots=True)
class Line:
    """`pairs`: seconds of the base and of ours, taken in turn."""

    what: str
    pairs: Sequence[tuple[float, float]]
    budget: float | None = None

    def __str__(self) -> str:
        ratios = [ours / base for base, ours in self.pairs]
        base, ours = (statistics.median(times) for times in zip(*self.pairs, strict=True))
        budget = "" if self.budget is None else f"{self.budget:8.2f}"
        spread = f"{min(ratios):7.2f} … {statistics.median(ratios):.2f} … {max(ratios):.2f}"
        return f"{self.what:<58}{base:8.3f} s{ours:8.3f} s   {spread:<26} {budget}"


def in_turn(
    base: Callable[[], object], ours: Callable[[], object], repeats: int = REPEATS
) -> list[tuple[float, float]]:
    """Both once to warm up, then by turns."""
    base(), ours()
    return [(timed(base), timed(ours)) for _ in range(repeats)]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Watched:
    """`held`: the most memory, in bytes."""

    seconds: float
    held: int


def watched(command: Sequence[str]) -> Watched:
    """A whole process, which must succeed."""
    done = subprocess.run([sys.executable, "-c", _WATCH, *command], check=True, capture_output=True, env=_ENVIRONMENT)
    seconds, held = done.stdout.split()
    return Watched(float(seconds), int(held) * _UNIT)


def process(command: Sequence[str]) -> Callable[[], None]:
    """A whole process, which must succeed."""

    def run() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=_ENVIRONMENT)

    return run
