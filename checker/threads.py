"""Independent pieces of work → their results, in the order of the pieces, whichever thread was done first."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_WORTH = 50_000  # rows from which a second thread saves more than it costs


def each(work: Callable[[Piece], Result], pieces: Sequence[Piece], *, rows: int) -> list[Result]:
    """`work` on every piece; side by side where there are many `rows`, which Polars works on without holding Python up.

    What `work` raises is raised, of the first piece that raises anything.
    """
    if rows < _WORTH or len(pieces) < 2:
        return [work(piece) for piece in pieces]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, pieces))


def ahead(work: Callable[[Piece], Result], pieces: Sequence[Piece], *, rows: int) -> list[Callable[[], Result]]:
    """Begins at once, side by side where there are many `rows` → per piece what waits for its result.

    What `work` raises is raised there.
    """
    if rows < _WORTH:
        return [partial(_same, work(piece)) for piece in pieces]
    threads = ThreadPoolExecutor(os.cpu_count())
    begun = [threads.submit(work, piece) for piece in pieces]
    threads.shutdown(wait=False)
    return [each.result for each in begun]


def _same(result: Result) -> Result:
    return result


def beside(work: Callable[[], Result]) -> Callable[[], Result]:
    """Begins at once → what waits for the result. What `work` raises is raised there."""
    thread = ThreadPoolExecutor(1)
    begun = thread.submit(work)
    thread.shutdown(wait=False)
    return begun.result
