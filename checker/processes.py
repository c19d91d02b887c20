"""A process beside this one: where it finds the modules that are found here, and how many are worth having."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

THREADS = "POLARS_MAX_THREADS"  # how many Polars has

_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # of a container
_TASKS = Path("/proc/self/task")
_IDLE = ("jemalloc_bg_thd", "polars-ooc-clea")


def environment() -> dict[str, str]:
    """Of a program that imports the same modules as this one, wherever it is started."""
    places = [str(Path(__file__).parents[1]), *filter(None, sys.path)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}


def cores() -> int:
    """As many as Polars uses. One where others wait for them already."""
    said = os.environ.get(THREADS, "")
    many = int(said) if said.isdecimal() and int(said) else _allowed()
    return 1 if _waiting() > 2 * many else many


def _allowed() -> int:
    """Polars itself is not asked: to answer it would start its threads."""
    many = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text("ascii").split()
        return max(min(many, int(quota) // int(period)), 1)
    except (OSError, ValueError):
        return many


def may_be_copied() -> bool:
    """Whether nothing is lost in a copy, which has no thread but the one that made it.

    Those that wait from the import of Polars on are not needed: they free what others leave behind.
    """
    if sys.platform != "linux":
        return False
    own = threading.get_native_id()
    return all(_name(task) in _IDLE for task in _TASKS.iterdir() if task.name != str(own))


def _name(task: Path) -> str:
    try:
        return (task / "comm").read_text("ascii", "replace").strip()
    except OSError:
        return ""  # it has just ended


def _waiting() -> float:
    """Processes that ran or wanted to, in the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
