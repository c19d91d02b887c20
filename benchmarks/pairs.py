"""Two ways to do the same, run in turn → the times of both and their ratios."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

REPEATS = 7


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


def process(command: Sequence[str]) -> Callable[[], None]:
    """A whole process, which must succeed."""

    def run() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "CHECKER_LANG": "en"})

    return run
