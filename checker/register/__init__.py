"""Receipts ⇄ the register of what came: read, continued, written; and which units have sent nothing yet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from checker.errors import DataError, Diagnostic, Language, Span, Text
from checker.model import Pack
from checker.register.overview import DIGITS, frame, workbook_of
from checker.register.standing import Standing as Standing
from checker.register.standing import sentence as sentence
from checker.register.standing import standing as standing
from checker.sheet_text import csv_bytes, csv_text
from checker.understood import RECEIPT_FILES, RECEIPT_HEADINGS, Receipt

_NAME, _OVERVIEW = RECEIPT_FILES


# --- the files -----------------------------------------------------------------------------------


def read(folder: Path) -> tuple[Receipt, ...]:
    """What the register of a folder says, in either language; nothing if there is none."""
    for name in _NAME:
        path = folder / name
        if path.is_file():
            return tuple(_receipts(path))
    return ()


def _receipts(path: Path) -> Iterable[Receipt]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    if not lines or tuple(lines[0]) not in _headings():
        raise _spoiled(path, 1)
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        try:
            _, unit, _, table, name, digest, rows, first, last, until = line
            yield Receipt(unit, table, name, digest, int(rows), _day(first), _day(last), _day(until))
        except ValueError:
            raise _spoiled(path, number) from None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _spoiled(path: Path, line: int) -> DataError:
    message = Text("收数登记的这一行读不懂", "this line of the register cannot be read")
    hint = Text(
        "登记由程序接着写，请不要改动；可移走后重新登记", "only the program continues it; move it away to begin anew"
    )
    return DataError([Diagnostic("E65", Span(path.as_posix(), line, 1), message, hint)])


def continued(old: Sequence[Receipt], new: Sequence[Receipt]) -> tuple[Receipt, ...]:
    """The register only grows; what is already there is not written twice."""
    there = {_stored(each) for each in old}
    return (*old, *(each for each in new if _stored(each) not in there))


def _stored(each: Receipt) -> tuple[object, ...]:
    return (each.unit, each.table, csv_text(each.file), each.digest[:DIGITS], each.rows, each.last, each.until)


def write(
    folder: Path, pack: Pack, receipts: Sequence[Receipt], day: date, known_at: date | None, lang: Language
) -> list[Path]:
    """The register, and a workbook for people: who sent what, who sent nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    # A folder keeps the names that it began with.
    began = next((at for at, name in enumerate(_NAME) if (folder / name).is_file()), ("zh", "en").index(lang))
    register, overview = folder / _NAME[began], folder / _OVERVIEW[began]
    _put(register, csv_bytes(frame(pack, receipts, lang)))
    _put(overview, workbook_of(pack, receipts, day, known_at, lang))
    return [register, overview]


def _put(path: Path, content: bytes) -> None:
    """Whole or not at all: the register holds what came before."""
    beside = path.with_name(f".{path.name}")
    beside.write_bytes(content)
    beside.replace(path)


def _headings() -> set[tuple[str, ...]]:
    return {tuple(heading.zh for heading in RECEIPT_HEADINGS), tuple(heading.en for heading in RECEIPT_HEADINGS)}
