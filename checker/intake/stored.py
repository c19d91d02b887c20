"""Rows as they are read → a folder of typed Parquet files, a file for each piece; such a folder → what was read, once more.

The rows are not merged: that happens when all that came is known. So nothing is held that is larger than a piece.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import polars as pl

from checker import parquet, signs
from checker.errors import NOWHERE, DataError, Diagnostic, Span, Text, UsageError
from checker.intake import kinds
from checker.intake.context import Context, Found
from checker.intake.entries import as_json, of_return, question, return_again, written
from checker.model import Pack
from checker.plan import Source
from checker.tables import Part, Question, Return
from checker.tables.papers import STORED
from checker.tables.questions import frame as frame_of
from checker.understood import Sheet

_SCHEMA = "tables/1"
_QUESTIONS = "questions.parquet"


def is_stored(path: str | Path) -> bool:
    try:
        return Path(path, STORED).is_file()
    except (OSError, ValueError):  # told where it is read as data
        return False


def refuse_stored(paths: Sequence[str | Path]) -> None:
    """Where cells are looked at, or answers put in."""
    if there := [path for path in paths if is_stored(path)]:
        raise UsageError([Diagnostic("U44", Span(str(path)), _READ_ALREADY) for path in there])


def rests_on(pack: Pack) -> str:
    """Digest of what reading depends on: after a change of a rule nothing has to be read again."""
    tables = [
        replace(
            table,
            fields={name: replace(each, span=NOWHERE) for name, each in table.fields.items()},
            define={},
            checks={},
            span=NOWHERE,
        )
        for table in pack.tables.values()
    ]
    units = [replace(unit, span=NOWHERE) for unit in pack.units.values()]
    return sha256(repr((tables, units)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Stored:
    """What is told of a reading whose rows were put away: how the sheets were understood, and what was asked."""

    sheets: tuple[Sheet, ...]
    questions: pl.DataFrame


# --- writing -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Store:
    """Grows in a folder beside the one that it becomes: what breaks off leaves nothing behind."""

    folder: Path
    growing: Path
    sources: list[Source] = made(default_factory=list)
    files: list[list[str]] = made(default_factory=list)

    @classmethod
    def beside(cls, folder: Path) -> Store:
        if folder.exists() and not is_stored(folder) and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError([Diagnostic("U44", Span(folder.as_posix()), _OCCUPIED, _ANOTHER)])
        folder.parent.mkdir(parents=True, exist_ok=True)
        return cls(folder, Path(mkdtemp(prefix=f".{folder.name}", dir=folder.parent)))

    def keep(self, part: Part) -> Part:
        """The part without its rows, which are in a file now. Pieces of one sheet have one source, the very same."""
        assert part.source is not None
        if not (self.sources and self.sources[-1] is part.source):
            self.sources.append(part.source)
            self.files.append([])
        names = self.files[-1]
        if part.frame.height or not names:
            name = f"{part.table}/{len(self.sources):05}-{len(names) + 1:05}.parquet"
            (self.growing / part.table).mkdir(exist_ok=True)
            parquet.write(part.frame, self.growing / name)
            names.append(name)
        return replace(part, frame=part.frame.clear())

    def finish(
        self,
        parts: Sequence[Part],
        questions: Sequence[Question],
        returns: Sequence[Return],
        documents: Sequence[Source],
        about: Mapping[str, object],
    ) -> None:
        """`parts`: what became of the reading; of a file that could not be read to its end nothing stays."""
        read = [part.source for part in parts]
        held = [at for at, source in enumerate(self.sources) if any(source is each for each in read)]
        for at, names in enumerate(self.files):
            for name in names if at not in held else ():
                (self.growing / name).unlink()
        parquet.write(frame_of(questions), self.growing / _QUESTIONS)
        content = {
            "schema": _SCHEMA,
            **about,
            "parts": [{**written(self.sources[at]), "files": self.files[at]} for at in held],
            "returns": [of_return(each) for each in returns],
            "documents": [written(each) for each in documents],
            "files": {
                path.relative_to(self.growing).as_posix(): signs.digest(path)
                for path in sorted(self.growing.rglob("*.parquet"))
            },
        }
        (self.growing / STORED).write_bytes(as_json({**content, "digest": sha256(as_json(content)).hexdigest()}))
        self._replace()

    def _replace(self) -> None:
        """Other files that somebody put into the folder stay. The manifest comes last."""
        self.folder.mkdir(exist_ok=True)
        if is_stored(self.folder):
            old = _manifest(self.folder)["files"]
            (self.folder / STORED).unlink()
            for name in old:
                (self.folder / name).unlink(missing_ok=True)
        for path in sorted(self.growing.rglob("*.parquet")):
            place = self.folder / path.relative_to(self.growing)
            place.parent.mkdir(exist_ok=True)
            path.replace(place)
        (self.growing / STORED).replace(self.folder / STORED)

    def close(self) -> None:
        shutil.rmtree(self.growing, ignore_errors=True)


# --- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Again:
    """A folder that was read back. `read`: digest → name of the files that it was made of; `documents`: the mappings."""

    found: list[Found]
    read: dict[str, str]
    documents: list[Source]


def again(folder: Path, context: Context, seen: Mapping[str, str]) -> Again:
    """`seen`: digest → name of what has been read already: nothing counts twice."""
    about = _manifest(folder)
    _fits(about, folder, context)
    try:
        return _again(about, folder, seen)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _damaged(folder) from error


def _again(about: Mapping[str, Any], folder: Path, seen: Mapping[str, str]) -> Again:
    for name, digest in about["files"].items():
        if signs.digest(folder / name) != digest:
            raise _damaged(folder)
    asked = pl.read_parquet(folder / _QUESTIONS)
    known = about["read"]
    twice = {digest: name for digest, name in known.items() if digest in seen}
    found = [Found(questions=[question(row) for row in asked.rows(named=True) if row["digest"] not in twice])]
    for digest, name in twice.items():
        source = Source(name, "", "", {}, digest)
        found[0].questions.append(Question(kinds.DUPLICATE_FILE, source, values={"other": seen[digest]}))
    for entry in about["parts"]:
        if entry["digest"] not in twice:
            files = entry.pop("files")
            source = Source(**entry)
            found.append(Found(Part(source.table, _rows([folder / name for name in files]), source)))
    returns = [return_again(entry) for entry in about["returns"]]
    found.append(Found(returns=[each for each in returns if each.source is None or each.source.digest not in twice]))
    return Again(found, known, [Source(**entry) for entry in about["documents"]])


def _rows(paths: Sequence[Path]) -> pl.DataFrame:
    frames = [pl.read_parquet(path) for path in paths]
    full = [frame for frame in frames if frame.height] or frames[:1]
    return full[0] if len(full) == 1 else pl.concat(full, how="diagonal")


def _manifest(folder: Path) -> dict[str, Any]:
    """It carries a digest of itself: whatever else it says can be relied on."""
    try:
        about: dict[str, Any] = json.loads((folder / STORED).read_bytes())
        if about["schema"] == _SCHEMA and about.pop("digest") == sha256(as_json(about)).hexdigest():
            return about
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder) from error
    raise _damaged(folder)


def _fits(about: Mapping[str, Any], folder: Path, context: Context) -> None:
    """Who sent the files and when was said as they were read: another word now would change nothing, in silence."""
    if about["rests_on"] != rests_on(context.pack):
        raise DataError([Diagnostic("E29", Span(folder.as_posix()), _OTHER_PACK, _READ_AGAIN)])
    unit = context.unit.code if context.unit is not None else None
    day = context.received_on and context.received_on.isoformat()
    if (unit or about["unit"]) != about["unit"] or (day or about["received_on"]) != about["received_on"]:
        said = f"{about['unit'] or '—'}, {about['received_on'] or '—'}"
        zh = f"这些表是按报送单位、收到日期（{said}）读好的，现在写的不同"
        en = f"these tables were read with another unit or day of receipt ({said})"
        raise UsageError([Diagnostic("U44", Span(folder.as_posix()), Text(zh, en), _READ_AGAIN)])


def _damaged(folder: Path) -> DataError:
    message = Text("读好的表不完整，或写出以后被改动过", "the stored tables are incomplete or were changed")
    return DataError([Diagnostic("E29", Span(folder.as_posix()), message, _READ_AGAIN)])


_READ_ALREADY = Text(
    "这是已经读好的表，不是原表；核对单元格、采用答复，都要从原表读起",
    "these are tables that were read already: cells can be looked at, and answers put in, only where the files are read",
)
_READ_AGAIN = Text("用 checker intake … --tables 从原表重新读", "read the files again with checker intake … --tables")
_OTHER_PACK = Text(
    "这些表读好以后，规则包的数据项或单位名单改过", "the fields or units of the pack have changed since these tables were read"
)  # fmt: skip
_OCCUPIED = Text(
    "这个文件夹里有别的文件，不是读好的表，没有写入", "the folder holds other files and no stored tables; nothing was written"
)  # fmt: skip
_ANOTHER = Text("换一个文件夹，或先清空它", "choose another folder, or empty this one")
