"""Rules and files that change → a run that is kept current: only what changed is read and judged again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from checker.pipeline.judging import evaluate
from checker.pipeline.loading import compile_rules, deferrals, sound_pack
from checker.pipeline.mapping import load_mapping
from checker.pipeline.running import finished, save
from checker.signs import Sign, sign

if TYPE_CHECKING:
    from checker.errors import Diagnostic, Language
    from checker.intake import Memory
    from checker.plan import Run
    from checker.rejudge import Judged
    from checker.reports.following import Update


@dataclass(frozen=True, slots=True)
class Watched:
    """What a run is made from, by the names a caller gave."""

    pack: str | Path
    data: tuple[str, ...]
    as_of: date
    known_at: date | None = None
    unit: str | None = None
    received_on: date | None = None
    answers: tuple[Path, ...] = ()
    mapping: tuple[Path, ...] = ()
    deferrals: tuple[Path, ...] = ()
    apart: Path | None = None  # where the run is written: no input

    def files(self) -> dict[Path, Sign]:
        """Every file that it may rest on, as it is now. Databases say nothing of themselves."""
        from checker import resources

        named = [Path(given) for given in self.data if "://" not in given]
        found: dict[Path, Sign] = {}
        for place in [resources.pack_root(self.pack), *named, *self.answers, *self.mapping, *self.deferrals]:
            for path in self._below(place):
                with suppress(OSError):  # gone meanwhile: a change by itself
                    found[path] = sign(path)
        return found

    def _below(self, place: Path) -> Iterator[Path]:
        if not place.is_dir():
            yield place
            return
        own = None if self.apart is None else self.apart.resolve()
        for folder, folders, names in os.walk(place):
            folders[:] = sorted(n for n in folders if not n.startswith(".") and Path(folder, n).resolve() != own)
            # Office puts ~$ files beside what somebody has open.
            yield from (Path(folder, name) for name in sorted(names) if not name.startswith((".", "~")))


@dataclass(slots=True)
class Watch:
    """`run` is what a fresh run of the files as they are would be; `refresh` makes it so again."""

    watched: Watched
    run: Run | None = None
    _judged: Judged | None = None
    _memory: Memory | None = None
    _files: Mapping[Path, Sign] = made(default_factory=dict)

    def has_changed(self) -> bool:
        return self.watched.files() != self._files

    def refresh(self) -> tuple[str, ...]:
        """The names of the files that changed. Errors of the rules or of the data are raised, and leave the run as it was."""
        from checker.intake import Memory
        from checker.pipeline import read_data
        from checker.rejudge import Judged, rejudge

        files = self.watched.files()
        changed = sorted(path.name for path in {*files, *self._files} if files.get(path) != self._files.get(path))
        self._files = files  # also of what cannot be read: it is tried again once it is another one
        of = self.watched
        pack = sound_pack(of.pack)
        if self._memory is None:
            self._memory = Memory()
        tables = read_data(
            pack,
            of.data,
            unit=of.unit,
            received_on=of.received_on,
            known_at=of.known_at,
            mapping=load_mapping(pack, of.mapping),
            answers=of.answers,
            memory=self._memory,
        )
        allowed = deferrals(of.deferrals)
        plan = compile_rules(pack, of.as_of, of.known_at)
        before = self._judged
        judged = evaluate(plan, tables) if before is None else rejudge(before, plan, tables, evaluate).evaluation
        self.run = finished(plan, tables, judged, deferrals=allowed)
        self._judged = Judged.of(plan, tables, judged)
        return tuple(dict.fromkeys(changed))

    def save(self, folder: Path) -> None:
        assert self.run is not None
        save(self.run, folder, self._memory)


def update(before: Run, now: Run, files: tuple[str, ...], lang: Language) -> Update:
    from checker.reports import following

    return following.update(before, now, files, lang)


def told(found: Update, seconds: float, lang: Language) -> str:
    from checker.reports import following

    return following.lines(found, seconds, lang)


def line(found: Update, at: str, seconds: float) -> str:
    from checker.reports import following

    return following.line(found, at, seconds)


def trouble(problems: Sequence[Diagnostic], at: str, seconds: float, lang: Language) -> str:
    from checker.reports import following

    return following.trouble(problems, at, seconds, lang)


def follow(watch: Watch, pause: Callable[[], None]) -> Iterator[None]:
    """Yields whenever files have changed and then been left alone for one pause: nobody is in the middle of saving."""
    while True:
        pause()
        if not watch.has_changed():
            continue
        seen = watch.watched.files()
        pause()
        while (now := watch.watched.files()) != seen:
            seen = now
            pause()
        if watch.has_changed():
            yield
