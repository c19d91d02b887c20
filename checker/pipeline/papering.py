"""A finished run → the papers that people issue, as files with names; those of a unit alone hold nothing of another's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.errors import NOWHERE, Diagnostic, UsageError
from checker.model import Pack
from checker.papers import Paper

if TYPE_CHECKING:
    import polars as pl

    from checker.engines.world import World
    from checker.plan import Run
    from checker.reports.papers.material import Extent

UNIT, SCHOOL = "unit", "institution"
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_LONGEST = 40  # characters: some systems allow 255 bytes in all, and a Chinese character takes three


@dataclass(frozen=True, slots=True)
class Written:
    """One file. `folder`: "" unless there is one for each school or unit."""

    paper: Paper
    folder: str
    name: str
    content: bytes


def papers_named(pack: Pack, names: Sequence[str], templates: Path | None = None) -> list[Paper]:
    """By name, id or alias; `templates`: a folder whose files go before those of the pack. Sound, or UsageError."""
    from checker.validate.papers import unknown_paper
    from checker.validate.templates import faults

    found: list[Paper] = []
    wrong: list[Diagnostic] = []
    for name in dict.fromkeys(names):
        paper = next((paper for paper in pack.papers.values() if name in paper.names), None)
        if paper is None:
            message, hint = unknown_paper(pack, name)
            wrong.append(Diagnostic("U51", NOWHERE, message, hint))
            continue
        own = None if templates is None else templates / Path(paper.template).name
        if own is not None and own.is_file():
            paper = replace(paper, template=own.as_posix())
        wrong += faults(pack, paper)
        found.append(paper)
    if wrong:
        raise UsageError(wrong)
    return list({paper.id: paper for paper in found}.values())


def papers(run: Run, wanted: Sequence[Paper], manifest: Mapping[str, Any]) -> Iterator[Written]:
    """In order: paper by paper, unit by unit, school by school. A paper that nobody needs is not written."""
    from checker.reports.content import content
    from checker.reports.papers import facts, filling
    from checker.reports.papers.material import material

    told = content(run, "zh")
    for paper in wanted:
        say = facts.Facts(material(run, told, manifest, _places(run, paper), _numbers(run, paper)), paper)
        title, kind = _plain(paper.name.zh), Path(paper.template).suffix
        if not paper.each:
            yield Written(paper, "", title + kind, filling.fill(paper, say.slots()))
            continue
        for key, name in _file_names(run, paper.each, say.about_whom()).items():
            yield Written(paper, title, f"{name}-{title}{kind}", filling.fill(paper, say.slots(key)))


def _file_names(run: Run, table: str, keys: Sequence[str]) -> dict[str, str]:
    """Record → what its file is called: its name; of two that would be called alike, the key as well."""
    declared = run.plan.pack.tables[table]
    titles = dict(run.tables.frames[table].select(declared.key, declared.title).iter_rows())
    called = {key: _plain(str(titles.get(key) or key)) for key in keys}
    alike = Counter(name.lower() for name in called.values())
    return {key: name if alike[name.lower()] == 1 else f"{name}（{_plain(key)}）" for key, name in called.items()}


def _plain(name: str) -> str:
    """A name that every system takes, whatever a school is called."""
    return _NOT_IN_A_NAME.sub("_", name)[:_LONGEST].strip(" .") or "_"


def _places(run: Run, paper: Paper) -> dict[str, pl.DataFrame]:
    """Table → where each record belongs: its unit in force, its school, the record that the paper is about."""
    import polars as pl

    from checker.tables.units import owner_of
    from checker.units import successors

    pack, frames = run.plan.pack, run.tables.frames
    now = successors(pack.units, (), run.plan.as_of)
    known = {name: frames[name] for name in pack.tables if name in frames}
    places = {}
    for name in known:
        school = owner_of(pack, known, name, SCHOOL) if SCHOOL in known else None
        of = owner_of(pack, known, name, paper.each) if paper.each else None
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, known[name].height)
        places[name] = pl.DataFrame(
            {
                "unit": owner_of(pack, known, name, UNIT).replace(now),
                "school": (nothing if school is None else school).cast(pl.String),
                "of": (nothing if of is None else of.replace(now) if paper.each == UNIT else of).cast(pl.String),
            }
        )
    return places


def _numbers(run: Run, paper: Paper) -> dict[str, dict[str, Extent]]:
    """Unit → what the expressions of the paper say of it. Each unit is looked at alone, with the records that are its own on
    the day, so that no record counts in two units and the sum is the whole."""
    from checker.compile import compile_paper

    numbers = compile_paper(run.plan.pack, paper, run.plan.as_of)
    if not numbers:
        return {}
    key = run.plan.pack.tables[UNIT].key
    found = {}
    for unit, world in _worlds(run):
        record = next((r for r in world.records[UNIT] if r.values.get(key) == unit), None)
        if record is not None:
            found[unit] = {name: _extent(world.value(expr, record)) for name, expr in numbers.items()}
    return found


def _worlds(run: Run) -> Iterator[tuple[str, World]]:
    from checker.engines.world import World
    from checker.tables.units import unit_of
    from checker.units import successors

    pack, frames = run.plan.pack, run.tables.frames
    now = successors(pack.units, (), run.plan.as_of)
    owner = {name: unit_of(pack, frames, name).replace(now) for name in pack.tables if name in frames}
    gates = {gate.unit for gate in run.scorecard.gates}
    for unit in pack.units:
        if unit in gates:
            own = {
                name: frames[name] if name == UNIT else frames[name].filter(codes == unit)
                for name, codes in owner.items()
            }
            yield unit, World(run.plan, own)


def _extent(value: Any) -> Extent:
    from checker.engines.values import INFINITY, ends
    from checker.reports.papers.material import Extent

    low, high = (None, None) if value is None else ends(value)
    return Extent(*(None if end is None or abs(end) == INFINITY else float(end) for end in (low, high)))
