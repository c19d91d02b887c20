"""Paths of files and folders, addresses of databases → Tables. What cannot be read is told; only if nothing can is it an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path

from checker.errors import DataError, Diagnostic, Span, Text
from checker.intake import answered, databases, kinds
from checker.intake.blocks import blocks
from checker.intake.context import Context, Found
from checker.intake.folders import CANNOT_READ, contents, listing
from checker.intake.formats import opened
from checker.intake.formats.long import Pieces, in_pieces
from checker.intake.frames import NamedGrid, read_named
from checker.intake.grid import Grid, NotInPieces, Unreadable
from checker.intake.names import Index
from checker.intake.recognise import read_sheet
from checker.intake.values import Readers
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack
from checker.plan import Correction, Source, Tables
from checker.tables import Part, Question, Return, assemble, papers
from checker.understood import Looked, Sheet

_REACH = 10  # rows in which the heading of a form is looked for
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
) -> Tables:
    """`unit` (code, name or alias) owns the rows that name none. `received_on`: when rows that do not say so came in.
    Rows received after `known_at` do not exist. `corrections` are read as if they had stood in their cells.
    `mapping`: what somebody has said about sheets and columns. UsageError where that cannot hold.
    """
    context = Context(pack, Index(pack), Readers(pack, received_on), None, received_on, mapping=mapping)
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
    readers = Readers(pack, received_on)
    context = Context(pack, Index(pack), readers, None, received_on, looking=True, hidden=hidden, mapping=mapping)
    return _read(paths, context.with_unit(unit), corrections, known_at)


def _read(
    paths: Sequence[str | Path], context: Context, corrections: Sequence[Correction], known_at: date | None
) -> Looked:
    instead = answered.by_file(corrections)
    sheets: list[Sheet] = []
    parts: list[Part] = []
    questions: list[Question] = []
    returns: list[Return] = []
    addresses = [given for given in map(str, paths) if databases.is_address(given)]
    listed = listing([path for path in paths if str(path) not in addresses])
    asked, bases = databases.asked_for(addresses, listed.files, context.mapping)
    read_in = [databases.read(each, context, instead) for each in asked]
    for kind, names in ((kinds.FILE_SKIPPED, listed.skipped), (kinds.OUR_PAPER, listed.papers)):
        questions += [Question(kind, Source(name, "", "", {})) for name in names]
    seen: dict[str, str] = {}
    for path, name in listed.files:
        if path in bases:
            try:
                read_in.append(databases.read(bases[path], context, instead))
            except DataError as error:
                listed.refused += error.diagnostics
            continue
        try:
            file = _opened(path, name)
        except Unreadable as unreadable:
            listed.refuse(name, unreadable.reason)
            continue
        source = Source(name, "", "", {}, file.digest)
        if file.digest in seen:
            questions.append(Question(kinds.DUPLICATE_FILE, source, values={"other": seen[file.digest]}))
            continue
        seen[file.digest] = name
        try:
            found_sheets = _sheets(file, context, instead.get(file.digest, {}))
        except Unreadable as unreadable:
            listed.refuse(name, unreadable.reason)
            continue
        except MemoryError:
            listed.refuse(name, _NO_MEMORY)
            continue
        read_in.append(found_sheets)
    for found in (found for found_sheets in read_in for found in found_sheets):
        parts += [found.part] if found.part is not None else []
        questions += found.questions
        returns += found.returns
        sheets += [found.sheet] if found.sheet is not None else []
    if not read_in:
        raise DataError(listed.refused or [_nothing(paths)])
    for diagnostic in listed.refused:
        source = Source(diagnostic.span.path, "", "", {})
        questions.append(Question(kinds.UNSUPPORTED, source, values={"reason": diagnostic.message}))
    questions += context.about_mapping()
    tables = assemble(context.pack, parts, questions=questions, returns=returns, known_at=known_at)
    return Looked(tables, tuple(sheets), context.unit.code if context.unit is not None else "", tuple(returns))


@dataclass(frozen=True, slots=True)
class _File:
    """`data`: the whole of it, unless it is so long that it comes in `pieces`."""

    path: Path
    name: str
    digest: str
    data: bytes = b""
    pieces: Pieces | None = None

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()


def _opened(path: Path, name: str) -> _File:
    suffix = path.suffix.lower()
    if (pieces := in_pieces(path, suffix, name)) is not None:
        with path.open("rb") as whole:
            return _File(path, name, file_digest(whole, "sha256").hexdigest(), pieces=pieces)
    data = contents(path, suffix)
    return _File(path, name, sha256(data).hexdigest(), data)


def _sheets(file: _File, context: Context, instead: Mapping[str, Mapping[str, str]]) -> list[Found]:
    """`instead`: sheet → cell → what was answered about it."""
    name, digest = file.name, file.digest
    if file.pieces is not None:
        try:
            with closing(file.pieces):
                return [_in_pieces(file, answered.Pieces(file.pieces, instead.get("", {})), context)]
        except NotInPieces:
            file = replace(file, data=contents(file.path, file.suffix))
    whole = opened(file.data, file.suffix, name)
    if any(papers.is_form(grid.head(_REACH)) for grid in whole.grids):
        return [Found(questions=[Question(kinds.FORM_AS_DATA, Source(name, "", "", {}, digest))])]
    found = [Found(questions=[remark.asked(Source(name, "", "", {}, digest)) for remark in whole.remarks])]
    for grid in whole.grids:
        answered.put(grid, instead.get(grid.sheet, {}))
        if isinstance(grid, NamedGrid):
            found.append(read_named(grid, name, digest, context))
        else:
            found += [read_sheet(each, name, digest, context) for each in _tables_in(grid, name, context)]
    return found


def _in_pieces(file: _File, pieces: answered.Pieces, context: Context) -> Found:
    first = next(iter(pieces))
    if isinstance(first, NamedGrid):
        return read_named(first, file.name, file.digest, context, pieces=pieces)
    return read_sheet(first, file.name, file.digest, context, pieces)


def _tables_in(grid: Grid, name: str, context: Context) -> list[Grid]:
    """A sheet may hold several tables, unless somebody has said what it is."""
    said = context.said(name, grid.sheet)
    is_settled = said.skip or said.table or said.header is not None
    return [grid] if grid.hidden or is_settled else blocks(grid, context.index.knowing(said.known()), name)


def _nothing(paths: Sequence[str | Path]) -> Diagnostic:
    place = str(paths[0]) if paths else ""
    return Diagnostic(CANNOT_READ, Span(place), Text("没有可读的文件", "no file to read"))
