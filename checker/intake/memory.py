"""Files that were read before → what was read of them, as long as not a byte of them has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from pathlib import Path
from typing import NamedTuple

from checker import signs
from checker.intake.context import Apart, Context, Found
from checker.mapping import NO_MAP, DataMap
from checker.signs import Sign, sign

# A file that was saved within this time before it was read may be saved again without a sign of it.
_SETTLED_NS = 2_000_000_000
# So many rows of one reading are kept with a run: the files after that are read again.
MOST_ROWS = 2_000_000

_Key = tuple[str, str, str]


class Settings(NamedTuple):
    """What a file means, besides itself. `rests_on`: digest of the fields and units of the pack."""

    rests_on: str
    unit: str | None
    received_on: date | None
    mapping: DataMap = NO_MAP


@dataclass(slots=True)
class Memory:
    """Of the readings of one caller. `opened` counts the files that had to be read, `asked` those that were asked for;
    `most`: so many rows are remembered, None: any number."""

    opened: int = 0
    asked: int = 0
    most: int | None = None
    settings: Settings | None = None
    # From a run's folder, not from a reading of this process: their signs are not known, only their digests.
    recalled: frozenset[str] = frozenset()
    _rows: int = 0
    _served: dict[_Key, Apart] = made(default_factory=dict)
    _asked: dict[Path, tuple[Sign, int]] = made(default_factory=dict)
    _signs: dict[Path, tuple[Sign, int, str]] = made(default_factory=dict)
    _files: dict[_Key, Apart] = made(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings, files: Mapping[_Key, Apart], most: int | None) -> Memory:
        return cls(most=most, settings=settings, recalled=frozenset(key[1] for key in files), _files=dict(files))

    def serve(self, settings: Settings) -> None:
        """One reading. A file may mean something else to another pack, sender, day or mapping."""
        self._rows, self._served = 0, {}
        if settings != self.settings:
            self.settings, self.recalled = settings, frozenset()
            self._files.clear()

    def served(self) -> Mapping[_Key, Apart]:
        """What is remembered of the files of the last reading, in their order."""
        return self._served

    def digest(self, path: Path) -> str:
        """Of a file that is surely as it was when it was read last; else nothing."""
        before, looked, digest = self._signs.get(path, (None, 0, ""))
        now = sign(path)
        self._asked[path] = now, time.time_ns()
        if before == now and now[1] < looked - _SETTLED_NS:
            return digest
        if self.recalled:
            with suppress(OSError):  # told where it is read
                return found if (found := signs.digest(path)) in self.recalled else ""
        return ""

    def note(self, path: Path, digest: str) -> None:
        """What was asked about had this digest when it was read thereafter."""
        self._signs[path] = (*self._asked[path], digest)

    def found(
        self, name: str, digest: str, answers: str, context: Context, read: Callable[[Context], list[Found]]
    ) -> list[Found]:
        """What `read` gives, or gave; what that said about the mapping is said again."""
        key = (name, digest, answers)
        self.asked += 1
        came = self._files.get(key)
        if came is None:
            own = context.apart()
            self.opened += 1
            came = Apart(read(own), own.used, own.faults)
        self._rows += came.rows()
        if self.most is None or self._rows <= self.most:
            self._files[key] = self._served[key] = came
        return came.told(context)
