"""Workbooks that are going to be read → what they hold, read before their turn by several processes side by side.

Each takes the largest that is left, this process like the others. What cannot be read ahead, for whatever reason, is read in
its turn as if nobody had tried: so nothing that is told depends on how many read.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path

from checker import processes
from checker.intake.answered import ByFile
from checker.intake.beside import Helper, started
from checker.intake.context import Context
from checker.intake.early import Early, read
from checker.intake.formats import limits
from checker.intake.formats.content import FORMS

_BOOKS = ("xlsx", "xlsb", "ods", "xls")
# A process takes as long to start as to read so much of a workbook.
_WORTH = limits.MB
# What is in memory at one time is bounded: a larger workbook is read alone, and only so many bytes of them ahead of their turn.
_MOST, _LARGEST, _AHEAD = 8, 8 * limits.MB, 64 * limits.MB


@dataclass(slots=True)
class Ahead:
    """Of the files of one reading, which are asked for in their order."""

    files: dict[Path, str]
    context: Context
    instead: ByFile
    groups: deque[dict[Path, int]]  # of workbooks that are in memory together → their sizes
    done: dict[Path, Early] = made(default_factory=dict)

    @classmethod
    def of(cls, files: Sequence[tuple[Path, str]], context: Context, instead: ByFile) -> Ahead:
        names: dict[Path, str] = {}
        for path, name in files:
            names.setdefault(path, name)  # one that comes again is read again, and told
        return cls(names, context, instead, deque(_groups(names)))

    def take(self, path: Path) -> Early | None:
        if self.groups and path in self.groups[0]:
            self._read(self.groups.popleft())
        return self.done.pop(path, None)

    def _read(self, group: dict[Path, int]) -> None:
        memory = self.context.memory
        new = [path for path in group if memory is None or not memory.digest(path)]
        several = min(_MOST, processes.cores(), len(new), sum(group[path] for path in new) // _WORTH)
        if several < 2:
            return
        left = deque(sorted(new, key=lambda path: -group[path]))
        helpers = list(started(several - 1, self.context, self.instead))
        with ThreadPoolExecutor(several) as threads:
            try:
                busy = [threads.submit(self._hand_out, left, each) for each in helpers]
                for path in _each(left):
                    self._keep(path, read(path, self.files[path], self.context, self.instead))
                wait(busy, limits.MAX_SECONDS_APART)
            finally:
                for helper in helpers:
                    helper.kill()

    def _hand_out(self, left: deque[Path], helper: Helper) -> None:
        """Until nothing is left, or the process perishes with what it was reading."""
        try:
            for path in _each(left):
                pickle.dump((path, self.files[path]), helper.asked)
                helper.asked.flush()
                self._keep(path, pickle.load(helper.answers))
        except (OSError, EOFError, pickle.UnpicklingError, MemoryError):
            pass  # read in its turn
        finally:
            helper.kill()
            helper.wait()

    def _keep(self, path: Path, early: Early | None) -> None:
        if early is not None:
            self.done[path] = early


def _groups(paths: Iterable[Path]) -> Iterator[dict[Path, int]]:
    group: dict[Path, int] = {}
    for path in paths:
        try:
            size = path.stat().st_size
        except OSError:
            continue  # told in its turn
        if FORMS.get(path.suffix.lower()) not in _BOOKS or size > _LARGEST:
            continue
        if sum(group.values()) + size > _AHEAD:
            yield group
            group = {}
        group[path] = size
    yield group


def _each(left: deque[Path]) -> Iterator[Path]:
    """Taken by one at a time, while others take too."""
    while True:
        try:
            yield left.popleft()
        except IndexError:
            return
