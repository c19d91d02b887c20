"""Files that were read before → what was read of them, as long as not a byte of them has changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as made
from pathlib import Path

from checker.intake.context import Apart, Context, Found
from checker.signs import Sign, sign

# A file that was saved within this time before it was read may be saved again without a sign of it.
_SETTLED_NS = 2_000_000_000


@dataclass(slots=True)
class Memory:
    """Of the readings of one caller. `opened` counts the files that had to be read."""

    opened: int = 0
    _of: tuple[object, ...] = ()
    _asked: dict[Path, tuple[Sign, int]] = made(default_factory=dict)
    _signs: dict[Path, tuple[Sign, int, str]] = made(default_factory=dict)
    _files: dict[tuple[str, str, str], Apart] = made(default_factory=dict)

    def serve(self, *settings: object) -> None:
        """A file may mean something else to another pack, sender, day or mapping."""
        if settings != self._of:
            self._of = settings
            self._files.clear()

    def digest(self, path: Path) -> str:
        """Of a file that is surely as it was when it was read last; else nothing."""
        before, looked, digest = self._signs.get(path, (None, 0, ""))
        now = sign(path)
        self._asked[path] = now, time.time_ns()
        return digest if before == now and now[1] < looked - _SETTLED_NS else ""

    def note(self, path: Path, digest: str) -> None:
        """What was asked about had this digest when it was read thereafter."""
        self._signs[path] = (*self._asked[path], digest)

    def found(
        self, name: str, digest: str, answers: str, context: Context, read: Callable[[Context], list[Found]]
    ) -> list[Found]:
        """What `read` gives, or gave; what that said about the mapping is said again."""
        key = (name, digest, answers)
        if key not in self._files:
            own = context.apart()
            self.opened += 1
            self._files[key] = Apart(read(own), own.used, own.faults)
        return self._files[key].told(context)
