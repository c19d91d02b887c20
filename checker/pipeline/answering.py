"""A reading with its doubts ⇄ the papers by which a county is asked about them, and the answers that come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import date
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import polars as pl

from checker import inquire, intake
from checker.errors import DataError, Diagnostic, Language, Span, Text, UsageError
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack
from checker.pipeline.examining import examined
from checker.plan import Correction, Source
from checker.tables import papers as names
from checker.visible import visible

if TYPE_CHECKING:
    from checker.intake import Grid, Opened
    from checker.plan import Tables
    from checker.tables import Question
    from checker.understood import Looked

_MOST_CELLS = 2_000_000  # of a file that is copied with comments


class Look(Protocol):
    """A reading of the data, with these texts in their cells and these columns understood."""

    def __call__(self, *, corrections: Sequence[Correction] = (), mapping: DataMap = NO_MAP) -> Looked: ...


@dataclass(slots=True)
class Given:
    """What came back. `sources`: the files it stands in."""

    answers: list[inquire.Answer] = made(default_factory=list)
    problems: list[Question] = made(default_factory=list)
    sources: list[Source] = made(default_factory=list)


def given(forms: Iterable[str | Path]) -> Given:
    """Forms that a county filled in, or files of answers kept from before."""
    found = Given()
    for path in map(Path, forms):
        if not path.is_file():
            message = Text("没有这份答复", "there are no such answers")
            raise UsageError([Diagnostic("U41", Span(str(path)), message)])
        digest = sha256(path.read_bytes()).hexdigest()
        sheets = [(grid, rows) for grid, rows in intake.form(path) if names.is_form(rows)]
        if not sheets:
            message = Text(
                "不是数据疑问清单：没有“疑问编号”一列",
                'not a form of data questions: there is no column "question id"',
            )
            hint = Text("请用原清单填写，不要删除隐藏的列", "fill in the form as it came, hidden columns included")
            raise DataError([Diagnostic("E25", Span(str(path)), message, hint)])
        for grid, rows in sheets:
            place = inquire.Place(visible(path.name), grid.sheet, "", digest)
            back = inquire.read(rows, place, grid.column_name, intake.certain_day)
            found.answers += back.answers
            found.problems += back.problems
        found.sources.append(Source(visible(path.name), "", "", {}, digest))
    return found


def answered(
    pack: Pack,
    data: Sequence[str | Path],
    look: Look,
    came: Given,
    mapping: DataMap = NO_MAP,
    known_at: date | None = None,
) -> Looked:
    """The data with the answers in their cells; whatever they leave open is still asked. `mapping`: what was said before."""

    def reading(corrections: Sequence[Correction], said: DataMap) -> Looked:
        looked = look(corrections=corrections, mapping=said)
        return replace(looked, tables=examined(pack, looked.tables))

    first = reading((), mapping)
    if not came.sources:
        return first
    files = _Files(first.tables, data)
    doubts = inquire.doubts(pack, first.tables)
    around = inquire.Around(files.names(), partial(intake.unit_named, pack), files.holding)
    found = inquire.outcome(pack, doubts, came.answers, around, files.rest, known_at)
    second = reading(found.corrections, mapping | found.mapping) if found.changes else first
    questions = inquire.closed(pack, second.tables.questions, found, came.problems)
    sources = (*second.tables.sources, *came.sources)
    return replace(second, tables=replace(second.tables, questions=questions, sources=sources))


class _Files:
    """The files behind a reading, opened again where their cells are needed."""

    def __init__(self, tables: Tables, data: Sequence[str | Path]) -> None:
        self.tables, self.data = tables, data
        self._grids: dict[str, list[Grid]] = {}

    @cached_property
    def opened(self) -> Mapping[str, Opened]:
        return {each.digest: each for each in intake.opened(self.data)}

    def names(self) -> dict[str, str]:
        """Digest → name of every file, and of every table of a database."""
        read = {source.digest: source.file for source in self.tables.sources if source.digest and source.table}
        return read | {digest: each.name for digest, each in self.opened.items()}

    def grids(self, digest: str) -> list[Grid]:
        if digest not in self._grids:
            self._grids[digest] = self.opened[digest].sheets() if digest in self.opened else []
        return self._grids[digest]

    def rest(self, doubt: inquire.Doubt) -> list[inquire.Spot]:
        """The cells that say the same as those which the question names."""
        at = next((at for at, each in enumerate(self.tables.sources) if each == doubt.source), None)
        if at is None or doubt.raw is None or not doubt.alike:
            return []
        known = {spot.cell for spot in doubt.spots}
        return [spot for spot in self._saying(at, doubt, doubt.raw) if spot.cell not in known]

    def holding(self, doubt: inquire.Doubt, raw: str) -> list[inquire.Spot]:
        """The cells of the doubted column that say this, in all sheets of its table."""
        mine = [
            at
            for at, source in enumerate(self.tables.sources)
            if source.table == doubt.table and doubt.field in source.columns
        ]
        return [spot for at in mine for spot in self._saying(at, doubt, raw)]

    def _saying(self, at: int, doubt: inquire.Doubt, raw: str) -> list[inquire.Spot]:
        source = self.tables.sources[at]
        grid = next((grid for grid in self.grids(source.digest) if grid.sheet == source.sheet), None)
        if grid is None:
            return []
        mine = self.tables.origins.filter((pl.col("source") == at) & (pl.col("table") == doubt.table))
        lines = mine["line"].unique().sort().to_list()
        found = intake.alike(grid, source.columns[doubt.field], raw, lines)
        return [inquire.Spot("", source.digest, source.sheet, cell) for cell in found]


def told(tables: Tables, lang: Language) -> str:
    """What came of the answers, for the screen."""
    from checker.reports import answers

    questions = tables.questions
    return "\n".join(answers.lines(inquire.settled(questions), inquire.unsettled(questions), lang))


# --- the papers that go back ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What the papers rest on besides the records. `weights`: per question (see weigh); `unit`: code of the sender."""

    pack: Pack
    tables: Tables
    data: Sequence[str | Path]
    unit: str
    received_on: date | None
    as_of: date | None = None
    weights: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Papers:
    """`files`: name → content. `not_copied`: files that are too large to be copied with comments, or have no cells."""

    files: Mapping[str, bytes]
    not_copied: tuple[str, ...]


def papers(asked: Asked, lang: Language, before: Sequence[inquire.Answer] = ()) -> Papers:
    """The form, a letter, and a copy of every file with comments at the doubted cells. `before`: earlier answers."""
    pack, files = asked.pack, _Files(asked.tables, asked.data)
    found = inquire.doubts(pack, asked.tables)
    called = files.names()
    earlier = inquire.earlier(before, called)
    form = inquire.form(pack, found, inquire.weights(pack, asked.weights), lang, earlier)
    unit = pack.units[asked.unit].name if asked.unit in pack.units else None
    about = inquire.About(
        _title(called.values()), unit, asked.received_on, called, f"{pack.id} {pack.version}", asked.as_of
    )
    prefix = unit.of(lang) if unit is not None else ""
    records = asked.tables.origins.select("source", "line").n_unique()
    written = {names.named(prefix, names.LETTER.of(lang)): inquire.letter(form, about, records, lang)}
    if form.lines:
        written[names.named(prefix, names.FORM.of(lang))] = inquire.write(form, about, lang)
    not_copied = []
    for digest, notes in _notes(form, found, files, lang).items():
        copy = _copy(files, digest, notes, lang)
        if copy is None:
            not_copied.append(called[digest])
        else:
            written[_free(names.named(Path(called[digest]).stem, names.COPY.of(lang)), written)] = copy
    return Papers(written, tuple(not_copied))


def _title(names: Iterable[str]) -> Text:
    stems = list(dict.fromkeys(Path(name).stem for name in names))
    first = stems[0].split("：", 1)[-1].split(":", 1)[-1] if stems else ""
    more = len(stems) > 1
    return Text(
        f"关于核对《{first}》{f'等{len(stems)}份报表' if more else ''}有关数据的函",
        f"Data to be checked: {first}{f' and {len(stems) - 1} more' if more else ''}",
    )


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    """Two files of one name in different folders."""
    stem, dot, suffix = name.rpartition(".")
    unique, n = name, 1
    while unique in taken:
        n += 1
        unique = f"{stem}({n}){dot}{suffix}"
    return unique


_Notes = dict[str, dict[str, dict[str, list[str]]]]


def _notes(form: inquire.Form, doubts: Sequence[inquire.Doubt], files: _Files, lang: Language) -> _Notes:
    """Digest → sheet → cell → what is asked about it, with the number of the line in the form."""
    found: _Notes = {}
    numbers: dict[str, int] = {}
    for number, line in form.numbered():
        numbers |= {name: number for name in line.ids if name not in numbers}
    for doubt in inquire.asking(doubts):
        message = doubt.message.of(lang)
        spots: list[inquire.Spot] = [*doubt.spots, *(files.rest(doubt) if doubt.more else [])]
        if not spots and doubt.cell:
            spots = [inquire.Spot("", doubt.source.digest, doubt.source.sheet, doubt.cell)]
        for spot in spots:
            no = numbers.get(spot.id) or numbers[doubt.id]
            text = Text(f"第{no}条　{message}", f"No. {no}  {message}").of(lang)
            found.setdefault(spot.digest, {}).setdefault(spot.sheet, {}).setdefault(spot.cell, []).append(text)
    return found


def _copy(files: _Files, digest: str, notes: Mapping[str, Mapping[str, list[str]]], lang: Language) -> bytes | None:
    grids = files.grids(digest)
    if not grids or sum(grid.height * grid.width for grid in grids) > _MOST_CELLS:
        return None
    if not all(intake.has_addresses(grid) for grid in grids):
        return None
    opened = files.opened[digest]
    cells = [inquire.Cells(grid.sheet, list(_rows(grid)), grid.merges or (), grid.hidden) for grid in grids]
    if opened.suffix in (".xlsx", ".xlsm"):
        return inquire.of_workbook(opened.path.read_bytes(), cells, notes, lang)
    return inquire.of_cells(cells, notes, lang)


def _rows(grid: Grid) -> Iterator[list[object]]:
    return (grid.row(at) for at in range(grid.height))


# --- writing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    paths: tuple[Path, ...]
    not_copied: tuple[str, ...]


def write(asked: Asked, folder: Path, lang: Language, came: Given) -> Written:
    """The papers, and the answers for the next time. A form that somebody has begun to fill in is not written over."""
    store = folder / names.KEPT.of(lang)
    before = given([store]).answers if store.is_file() else []
    answers = [*before, *came.answers]
    made_now = papers(asked, lang, answers)
    known = {tuple(answer.row().values()) for answer in answers}
    for name in made_now.files:
        if name.endswith(names.FORM.of(lang)) and (folder / name).is_file():
            _refuse_to_lose(folder / name, known)
    files = dict(made_now.files)
    if came.answers:
        files[store.name] = inquire.kept(answers)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return Written(tuple(folder / name for name in files), made_now.not_copied)


def kept_in(folder: Path, lang: Language) -> list[Path]:
    """The answers kept from the last time, if there are any."""
    store = folder / names.KEPT.of(lang)
    return [store] if store.is_file() else []


def _refuse_to_lose(form: Path, known: set[tuple[str, ...]]) -> None:
    there = given([form])
    if there.problems or any(tuple(answer.row().values()) not in known for answer in there.answers):
        message = Text(
            "这份清单里已经填了答复，没有覆盖，什么都没有写",
            "the form holds answers already: it was not written over, and nothing else was written",
        )
        hint = Text("用 --answers 读入这份清单，或先把它移走", "read it with --answers, or move it away first")
        raise UsageError([Diagnostic("U42", Span(str(form)), message, hint)])
