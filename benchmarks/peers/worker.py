"""A peer and a folder of records → its verdicts in a file there, its times on standard output; in a process of its own."""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.peers.duties import DUTIES
from benchmarks.peers.listed import PEERS
from benchmarks.peers.protocol import Given, Peer

SINGLE = 100  # records that are judged one by one, to see how long one takes


def main(name: str, folder: str, seconds: str, repeats: str) -> None:
    """`seconds`: about as long may one pass take."""
    listed = next(peer for peer in PEERS if peer.id == name)
    peer: Peer = import_module(f"benchmarks.peers.engines.{name}").Engine(DUTIES)
    given = Given(Path(folder))
    records = _enough(peer, given, float(seconds))
    taken = peer.take(given, slice(records))
    answer: Any = peer.judge(taken)
    (Path(folder) / f"{name}.txt").write_text("\n".join(peer.letters(answer)), "ascii")
    del answer
    passes, cpu = [], []
    for _ in range(int(repeats)):
        before = time.process_time()
        passes.append(_timed(peer.judge, taken))
        cpu.append(time.process_time() - before)
    print(
        json.dumps(
            {
                "records": records,
                "passes": passes,
                "cpu": cpu,
                "single": _single(peer, given, float(seconds)),
                "version": version(listed.distribution) if listed.distribution else platform.python_version(),
            }
        )
    )


def _enough(peer: Peer, given: Given, seconds: float) -> int:
    """So many that the records themselves, without what is spent once, take about the time; the passes also warm it up."""
    most, records = peer.held(given), 10
    peer.judge(peer.take(given, slice(records)))
    before = _timed(peer.judge, peer.take(given, slice(records)))
    while records < most:
        records = min(most, records * 3)
        took = _timed(peer.judge, peer.take(given, slice(records)))
        if 2 * (took - before) > seconds:
            break
        before = took
    return records


def _single(peer: Peer, given: Given, seconds: float) -> float:
    """The usual time for one record alone."""
    times: list[float] = []
    for place in range(min(SINGLE, peer.held(given))):
        times.append(_timed(peer.judge, peer.take(given, slice(place, place + 1))))
        if sum(times) > seconds and len(times) >= 5:
            break
    return statistics.median(times)


def _timed(work: Callable[[Any], object], what: object) -> float:
    start = time.perf_counter()
    work(what)
    return time.perf_counter() - start


if __name__ == "__main__":
    main(*sys.argv[1:])
