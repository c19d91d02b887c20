"""The folder of a run → whether its files are those that were written, and whether judging again gives the same bytes."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from checker.pipeline.running import open_run, room_beside, run

if TYPE_CHECKING:
    from checker.plan import Run

# altered, lost, added: since the run was written, by its manifest. differs: judged again it comes out otherwise.
Fault = Literal["altered", "lost", "added", "differs"]


class Verified(NamedTuple):
    """`faults` by file; `checked`: how many files. `other_versions`: program → (then, now), which may explain them."""

    checked: int
    faults: dict[str, Fault]
    other_versions: dict[str, tuple[str, str]]


def verify(folder: str | Path) -> Verified:
    """Judges the run's own records by the run's own rules, with the deferrals and earlier findings that it kept."""
    from checker import runs

    stored = runs.read(folder)
    there = runs.digests(Path(folder))
    faults: dict[str, Fault] = {**runs.touched(stored.manifest.get("files", {}), there)}
    again: dict[str, str] = {}
    # From rules or records that were touched nothing follows.
    if not any(runs.is_input(name) for name in faults):
        with tempfile.TemporaryDirectory() as place:
            written = Path(place, "run")
            with room_beside(written) as room:
                again = runs.digests(runs.write(_again(open_run(folder), room), written))
    came_out = {name for name in again.keys() & there.keys() if not (runs.is_input(name) or runs.is_kept(name))}
    faults |= {name: "differs" for name in came_out if again[name] != there[name] and name not in faults}
    then, now = stored.manifest["versions"], runs.program_versions()
    return Verified(
        len(there), dict(sorted(faults.items())), {n: (then[n], now[n]) for n in then if then[n] != now.get(n)}
    )


def _again(done: Run, room: Path) -> Run:
    """What an earlier run rested on is not kept, only what it found: the causes of changes are taken as they were told."""
    again = run(
        done.plan.pack,
        done.tables,
        done.plan.as_of,
        done.plan.known_at,
        done.engine,  # type: ignore[arg-type]  # a run was made by an engine that there is
        deferrals=[outcome.deferral for outcome in done.deferrals],
        earlier=done.earlier,
        spool=room,
    )
    if again.changes is None or done.changes is None:
        return again
    told = done.changes.select("number", "fingerprint", "cause")
    changes = again.changes.drop("cause").join(told, on=["number", "fingerprint"], how="left", maintain_order="left")
    return replace(again, changes=changes.select(again.changes.columns))
