"""What was read of each file ⇄ a folder of Parquet: a later run need not open the files that are as they were.

Only what comes back exactly as it was is kept. What mappings or answers said of a file stands in other files, so with these it
is read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from checker import parquet
from checker.intake.context import Apart, Found
from checker.intake.entries import as_json, of_return, question, return_again, written
from checker.intake.memory import MOST_ROWS, Memory, Settings
from checker.mapping import NO_MAP
from checker.model import Pack
from checker.plan import Source
from checker.tables import LINE, LOST, Part, Question, schema
from checker.tables.questions import frame as frame_of

_INDEX, _FOUND, _QUESTIONS, _ROWS = "files.json", "found.parquet", "questions.parquet", "rows"
_OF = ":found"  # which of all that was found a row belongs to
_NO_ANSWERS = "{}"


def keep(memory: Memory, pack: Pack, folder: Path) -> None:
    """Writes nothing if there is nothing to keep."""
    settings = memory.settings
    files = list(_files(memory, pack))
    if settings is None or settings.mapping != NO_MAP or not files:
        return
    (folder / _ROWS).mkdir(parents=True)
    rows: dict[str, list[pl.DataFrame]] = {}
    asked: list[Question] = []
    said: list[tuple[int, str]] = []
    for at, (_, _, came) in enumerate(files):
        for found in came.found:
            if found.part is not None:
                mark = pl.lit(len(said), pl.UInt32).alias(_OF)
                rows.setdefault(found.part.table, []).append(found.part.frame.with_columns(mark))
            asked += found.questions
            said.append((at, json.dumps(_told(found), ensure_ascii=False, sort_keys=True)))
    for table, frames in sorted(rows.items()):
        parquet.write(pl.concat(frames, how="diagonal"), folder / _ROWS / f"{table}.parquet")
    parquet.write(frame_of(asked), folder / _QUESTIONS)
    parquet.write(pl.DataFrame(said, schema={"file": pl.UInt32, "said": pl.String}, orient="row"), folder / _FOUND)
    about = {
        "rests_on": settings.rests_on,
        "unit": settings.unit,
        "received_on": settings.received_on and settings.received_on.isoformat(),
        "files": [{"name": name, "digest": digest} for name, digest, _ in files],
    }
    (folder / _INDEX).write_bytes(as_json(about))


def recall(folder: Path) -> Memory:
    """As it was kept; nothing if nothing was. Whether the files of the folder are as they were written the caller knows."""
    if not (folder / _INDEX).is_file():
        return Memory(most=MOST_ROWS)
    about = json.loads((folder / _INDEX).read_text("utf-8"))
    asked = pl.read_parquet(folder / _QUESTIONS).rows(named=True)
    rows = {path.stem: _Rows(path) for path in (folder / _ROWS).glob("*.parquet")}
    came: list[list[Found]] = [[] for _ in about["files"]]
    place = 0
    for number, (at, said) in enumerate(pl.read_parquet(folder / _FOUND).iter_rows()):
        told = json.loads(said)
        own = asked[place : place + told["questions"]]
        place += told["questions"]
        part = None if told["part"] is None else _part(told["part"], rows, number)
        returns = [return_again(entry) for entry in told["returns"]]
        came[at].append(Found(part, [question(row) for row in own], returns))
    day = about["received_on"]
    settings = Settings(about["rests_on"], about["unit"], day and date.fromisoformat(day))
    files = {
        (entry["name"], entry["digest"], _NO_ANSWERS): Apart(found, set(), [])
        for entry, found in zip(about["files"], came, strict=True)
    }
    return Memory.of(settings, files, MOST_ROWS)


def _files(memory: Memory, pack: Pack) -> Iterator[tuple[str, str, Apart]]:
    """Name, digest, what came of it; in their order, as long as they are not too many rows."""
    rows = 0
    for (name, digest, answers), came in memory.served().items():
        rows += came.rows()
        if rows > MOST_ROWS:
            return
        if answers == _NO_ANSWERS and _comes_back(came, pack):
            yield name, digest, came


def _comes_back(came: Apart, pack: Pack) -> bool:
    """Of columns whose type is not the vocabulary's another one might come back."""
    parts = [found.part for found in came.found if found.part is not None]
    return not (came.used or came.faults) and all(part.source is not None and _is_typed(part, pack) for part in parts)


def _is_typed(part: Part, pack: Pack) -> bool:
    wanted = schema(pack.tables[part.table]) | {LINE: pl.Int64()}
    return all(
        dtype == (pl.Boolean() if name.startswith(LOST) else wanted[name]) for name, dtype in part.frame.schema.items()
    )


def _told(found: Found) -> dict[str, Any]:
    part, told = found.part, None
    if part is not None and part.source is not None:
        told = {"table": part.table, "columns": part.frame.columns, "source": written(part.source)}
    return {"part": told, "questions": len(found.questions), "returns": [of_return(each) for each in found.returns]}


class _Rows:
    """The rows of one table, by what they belong to."""

    def __init__(self, path: Path) -> None:
        frame = pl.read_parquet(path)
        self.nothing = frame.clear()
        self.of = frame.partition_by(_OF, as_dict=True)

    def part(self, number: int) -> pl.DataFrame:
        return self.of.get((number,), self.nothing)


def _part(told: Mapping[str, Any], rows: Mapping[str, _Rows], number: int) -> Part:
    frame = rows[told["table"]].part(number).select(told["columns"])
    return Part(told["table"], frame, Source(**told["source"]))
