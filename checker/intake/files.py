"""Paths of files and folders, addresses of databases → Tables. What cannot be read is told; only if nothing can is it an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import date
from pathlib import Path

from checker.errors import DataError, Diagnostic, Span, Text
from checker.intake import answered, databases, kinds, one_file
from checker.intake.ahead import Ahead
from checker.intake.context import Context, Found
from checker.intake.early import Early
from checker.intake.folders import CANNOT_READ, listing
from checker.intake.grid import Unreadable
from checker.intake.memory import Memory, Settings
from checker.intake.stored import Store, Stored, again, is_stored, refuse_stored, rests_on
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack
from checker.plan import Correction, Source, Tables
from checker.tables import Part, Question, Return, assemble
from checker.tables.questions import frame
from checker.understood import Looked, Sheet

_NO_MEMORY = Text(
    "内存不够，读不下；请分成几个文件，或改用 .csv、.parquet",
    "not enough memory to read it; split the file, or use .csv or .parquet",
)


def read(
    pack: Pack,
    paths: Sequence[str | Path],
    *,
    unit: str | None = None,
    received_on: date | None = None,
    known_at: date | None = None,
    corrections: Sequence[Correction] = (),
    mapping: DataMap = NO_MAP,
    memory: Memory | None = None,
) -> Tables:
    """`unit` (code, name or alias) owns the rows that name none. `received_on`: when rows that do not say so came in.
    Rows received after `known_at` do not exist. `corrections` are read as if they had stood in their cells.
    `mapping`: what somebody has said about sheets and columns. UsageError where that cannot hold. `memory`: of the last
    reading; files that have not changed since are not read again.
    """
    if memory is not None:
        memory.serve(Settings(rests_on(pack), unit, received_on, mapping))
    context = Context.of(pack, received_on, mapping=mapping, memory=memory)
    return _read(paths, context.with_unit(unit), corrections, known_at).tables


def look(
    pack: Pack,
    paths: Sequence[str | Path],
    *,
    unit: str | None = None,
    received_on: date | None = None,
    known_at: date | None = None,
    corrections: Sequence[Correction] = (),
    mapping: DataMap = NO_MAP,
    hidden: bool = False,
) -> Looked:
    """The same, and how every sheet was understood. `hidden`: read hidden sheets too."""
    refuse_stored(paths)
    context = Context.of(pack, received_on, looking=True, hidden=hidden, mapping=mapping)
    return _read(paths, context.with_unit(unit), corrections, known_at)


def store(
    pack: Pack,
    paths: Sequence[str | Path],
    folder: Path,
    *,
    unit: str | None = None,
    received_on: date | None = None,
    mapping: DataMap = NO_MAP,
    hidden: bool = False,
    about: Mapping[str, object],
) -> Stored:
    """The rows go into a folder as they are read, unmerged, and `read` takes that folder for the files. `about`: what its
    manifest says besides.
    """
    refuse_stored(paths)
    bare = Context.of(pack, received_on, looking=True, hidden=hidden, mapping=mapping)
    rows = Store.beside(folder)
    try:
        context = replace(bare.with_unit(unit), keep=rows.keep)
        came = _gathered(paths, context, ())
        said = {
            **about,
            "unit": context.unit.code if context.unit is not None else None,
            "received_on": received_on and received_on.isoformat(),
            "rests_on": rests_on(pack),
            "read": came.read,
        }
        rows.finish(came.parts, came.questions, came.returns, came.documents, said)
    finally:
        rows.close()
    return Stored(tuple(came.sheets), frame(came.questions))


def _read(
    paths: Sequence[str | Path], context: Context, corrections: Sequence[Correction], known_at: date | None
) -> Looked:
    came = _gathered(paths, context, corrections)
    tables = assemble(context.pack, came.parts, questions=came.questions, returns=came.returns, known_at=known_at)
    tables = replace(tables, sources=(*tables.sources, *came.documents))
    unit = context.unit.code if context.unit is not None else ""
    return Looked(tables, tuple(came.sheets), unit, tuple(came.returns))


@dataclass(slots=True)
class _Came:
    """What all files hold, one after the other. `read`: digest → name of the files that could be read; `documents`: what
    says how they are to be read.
    """

    documents: list[Source]

    parts: list[Part] = made(default_factory=list)
    questions: list[Question] = made(default_factory=list)
    returns: list[Return] = made(default_factory=list)
    sheets: list[Sheet] = made(default_factory=list)
    read: dict[str, str] = made(default_factory=dict)
    anything: bool = False

    def add(self, found_sheets: Sequence[Found], context: Context) -> None:
        self.anything = True
        for found in found_sheets:
            self.parts += [context.keep(found.part)] if found.part is not None else []
            self.questions += found.questions
            self.returns += found.returns
            self.sheets += [found.sheet] if found.sheet is not None else []


def _gathered(paths: Sequence[str | Path], context: Context, corrections: Sequence[Correction]) -> _Came:
    instead = answered.by_file(corrections)
    came = _Came(context.documents())
    addresses = [given for given in map(str, paths) if databases.is_address(given)]
    stored = [path for path in paths if str(path) not in addresses and is_stored(path)]
    listed = listing([path for path in paths if str(path) not in addresses and path not in stored])
    asked, bases = databases.asked_for(addresses, listed.files, context.mapping)
    for kind, names in ((kinds.FILE_SKIPPED, listed.skipped), (kinds.OUR_PAPER, listed.papers)):
        came.questions += [Question(kind, Source(name, "", "", {})) for name in names]
    for path in stored:
        back = again(Path(path), context, came.read)
        came.add(back.found, context)
        came.read |= back.read
        came.documents += [each for each in back.documents if each not in came.documents]
    for each in asked:
        came.add(databases.read(each, context, instead), context)
    ahead = Ahead.of(listed.files, context, instead)
    for path, name in listed.files:
        try:
            if path in bases:
                came.add(databases.read(bases[path], context, instead), context)
            else:
                _take(path, name, context, instead, ahead.take(path), came)
        except DataError as error:
            listed.refused += error.diagnostics
        except Unreadable as unreadable:
            listed.refuse(name, unreadable.reason)
        except MemoryError:
            listed.refuse(name, _NO_MEMORY)
    if not came.anything:
        raise DataError(listed.refused or [_nothing(paths)])
    for diagnostic in listed.refused:
        source = Source(diagnostic.span.path, "", "", {})
        came.questions.append(Question(kinds.UNSUPPORTED, source, values={"reason": diagnostic.message}))
    came.questions += context.about_mapping()
    return came


def _take(path: Path, name: str, context: Context, instead: answered.ByFile, early: Early | None, came: _Came) -> None:
    memory = context.memory
    if early is not None:
        digest = early.digest
    else:
        digest = "" if memory is None else memory.digest(path)
    file = None if digest else one_file.opened(path, name)
    digest = digest if file is None else file.digest
    if digest in came.read:
        source = Source(name, "", "", {}, digest)
        came.questions.append(Question(kinds.DUPLICATE_FILE, source, values={"other": came.read[digest]}))
        return
    came.read[digest] = name
    answers = instead.get(digest, {})

    def read(into: Context) -> list[Found]:
        if early is not None:
            return early.came.told(into)
        return one_file.sheets(file or one_file.opened(path, name), into, answers)

    if memory is None:
        came.add(read(context), context)
    else:
        came.add(memory.found(name, digest, str(answers), context, read), context)
        memory.note(path, digest)


def _nothing(paths: Sequence[str | Path]) -> Diagnostic:
    place = str(paths[0]) if paths else ""
    return Diagnostic(CANNOT_READ, Span(place), Text("没有可读的文件", "no file to read"))
