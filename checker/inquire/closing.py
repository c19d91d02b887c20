"""The questions of the answered reading + what was settled → those that stay open; for each answer, who gave it and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from checker.errors import Text
from checker.inquire import answers, outcome, wording
from checker.inquire.answers import Answer
from checker.inquire.doubts import Doubt
from checker.inquire.outcome import Meaning, Outcome, Settled
from checker.model import Pack
from checker.tables.questions import Kind, Question, frame

ANSWERED = Kind(
    "answered",
    "info",
    Text(
        "“{field}”：原填“{raw}”，按{who}{day}的答复取“{reading}”",
        '{field}: "{raw}", by the answer of {who} on {day} "{reading}"',
    ),
)
CONFIRMED = Kind("confirmed", "info", Text("{asked}；{who}{day}答复：按系统", "{asked}; {who} on {day}: as taken"))
NOT_PROVIDED = Kind(
    "not_provided",
    "info",
    Text("{asked}；{who}{day}答复：无法提供，按待核", "{asked}; {who} on {day}: cannot provide, unknown"),
)
MEANING = Kind(
    "column_answered",
    "info",
    Text("“{raw}”列按{who}{day}的答复作“{field}”", 'column "{raw}", by the answer of {who} on {day}: {field}'),
)
SHEET = Kind(
    "sheet_answered",
    "info",
    Text("这张工作表按{who}{day}的答复作“{reading}”", "this sheet, by the answer of {who} on {day}: {reading}"),
)

ROWS = Kind("rows_answered", "info", Text("{asked}；{who}{day}答复：{reading}", "{asked}; {who} on {day}: {reading}"))
ROWS_AWAITED = Kind(
    "rows_awaited",
    "lost",
    Text("{asked}；{who}{day}答复：{reading}，请补报", "{asked}; {who} on {day}: {reading}; still to be sent"),
)

PROBLEMS = (ROWS_AWAITED, *answers.PROBLEMS, *outcome.PROBLEMS)
_STILL = Text("更正内容仍需核对", "the correction is doubtful itself")

Row = dict[str, Any]
Cell = tuple[str, str, str]  # digest, sheet, cell


def closed(pack: Pack, questions: pl.DataFrame, found: Outcome, problems: Sequence[Question] = ()) -> pl.DataFrame:
    """`questions`: of the reading in which the answers stand in their cells. `problems`: answers that could not be read."""
    open_ = _Open(found.settled)
    rows = [left for row in questions.rows(named=True) for left in open_.of(row)]
    told = [_told(pack, settled, found.meanings) for settled in found.settled]
    return pl.concat(
        [pl.DataFrame(rows, schema=questions.schema, orient="row"), frame([*told, *problems, *found.problems])]
    )


class _Open:
    """What of a question stays open."""

    def __init__(self, settled: Iterable[Settled]) -> None:
        self.cells: dict[tuple[str, Cell], Settled] = {}  # a kind of doubt about a cell that is closed
        self.whole: dict[tuple[object, ...], Settled] = {}
        self.columns: set[tuple[object, ...]] = set()  # columns of which the names that are not spoken of hold
        self.texts: dict[Cell, Settled] = {}  # cells that hold an answer now
        self.marks: set[tuple[str, Cell]] = set()  # cells that look as before, whatever they hold
        self.keys: dict[Cell, str | None] = {}
        for each in settled:
            doubt = each.doubt
            self.keys |= {(spot.digest, spot.sheet, spot.cell): spot.key for spot in doubt.spots}
            if each.whole and (doubt.way != "cell" or each.answer.how == "system"):
                self.whole[_same(_as_row(doubt))] = each
            if doubt.way == "names" and each.whole:
                self.columns.add(_column(_as_row(doubt)))
            for spot in each.spots if doubt.way in ("cell", "record", "total", "marked", "names") else ():
                place = (spot.digest, spot.sheet, spot.cell)
                if doubt.way == "marked":
                    self.marks.add((doubt.code, place))
                if each.answer.how == "correct" or (each.answer.how == "missing" and doubt.way in ("cell", "marked")):
                    self.texts[place] = each
                elif doubt.way == "cell":
                    self.cells[doubt.code, place] = each

    def of(self, row: Row) -> Iterator[Row]:
        if row["severity"] == "info":
            yield row
            return
        if _same(row) in self.whole or _column(row) in self.columns:
            return
        first = self.texts.get((row["digest"], row["sheet"], row["cell"]))
        if first is not None and first.doubt.way == "names" and row["n"] > len(row["cells"]):
            yield _about_answer(row, first.answer)  # one question for all rows with the name, and one answer
            return
        left: list[str] = []
        about: defaultdict[int, list[str]] = defaultdict(list)
        by: dict[int, Answer] = {}
        for cell in row["cells"]:
            place = (row["digest"], row["sheet"], cell)
            given = self.texts.get(place)
            if (row["code"], place) in self.marks:
                continue
            if given is None:
                left += [] if (row["code"], place) in self.cells else [cell]
            elif given.answer.how == "correct" and not (given.ruling is not None and given.ruling.blank):
                about[id(given)].append(cell)
                by[id(given)] = given.answer
        n = row["n"] - (len(row["cells"]) - len(left))
        if n > 0 or not row["cells"]:
            yield self._with(row, left, n) if len(left) < len(row["cells"]) else row
        for each, cells in about.items():
            yield _about_answer(self._with(row, cells, len(cells)), by[each])

    def _with(self, row: Row, cells: list[str], n: int) -> Row:
        cell = cells[0] if cells else row["cell"]
        key = self.keys.get((row["digest"], row["sheet"], cell), row["key"])
        return {**row, "cells": cells, "cell": cell, "n": n, "key": key}


def _as_row(doubt: Doubt) -> Row:
    source = doubt.source
    return {
        "digest": source.digest,
        "file": source.file,
        "sheet": source.sheet,
        "code": doubt.code,
        "table": doubt.table,
        "key": doubt.key,
        "field": doubt.field,
        "cell": doubt.cell,
        "raw": doubt.raw,
    }


def _same(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in ("digest", "file", "sheet", "code", "table", "field", "raw", "cell"))


def _column(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in ("digest", "file", "sheet", "code", "table", "field"))


def _about_answer(row: Row, answer: Answer) -> Row:
    """A doubt about what was answered says where the answer stands."""
    place = answer.origin
    return {
        **row,
        "message_zh": f"{_STILL.zh}（{place}）：{row['message_zh']}",
        "message_en": f"{_STILL.en} ({place}): {row['message_en']}",
    }


def _told(pack: Pack, settled: Settled, meanings: Iterable[Meaning]) -> Question:
    """The answer as it counts, with who gave it and when."""
    doubt, answer = settled.doubt, settled.answer
    cells = tuple(spot.cell for spot in settled.spots if spot.digest == doubt.source.digest) or (doubt.cell,)
    label = wording.label(pack, doubt)
    values: dict[str, Text | str] = {"who": answer.who, "day": day(answer.day), "asked": doubt.message, "field": label}
    kinds: dict[wording.How, Kind] = {"system": CONFIRMED, "correct": ANSWERED, "missing": NOT_PROVIDED}
    kind, reading = kinds[answer.how], doubt.reading
    if answer.how == "correct":
        reading = answer.text
    if doubt.way == "sheet" and answer.how == "correct":
        kind = SHEET
    if settled.ruling is not None:
        kind = ROWS_AWAITED if settled.ruling.awaited else ROWS
    meant = next((meaning for meaning in meanings if meaning.answer is answer), None)
    if meant is not None and answer.how == "correct":
        kind, reading = MEANING, meant.field
        known = pack.tables[doubt.table].fields if doubt.table in pack.tables else {}
        values["field"] = known[meant.field].header if meant.field else wording.NO_DATA
    return Question(
        kind, doubt.source, cells[0], doubt.table, doubt.key, doubt.field, doubt.raw, reading, max(len(cells), 1),
        values, cells=cells,
    )  # fmt: skip


def settled(questions: pl.DataFrame) -> dict[str, int]:
    """How many answers count: by what they did."""
    kinds = (CONFIRMED, ANSWERED, MEANING, SHEET, ROWS, NOT_PROVIDED)
    counts = dict(questions.group_by("code").len().iter_rows())
    return {kind.code: counts[kind.code] for kind in kinds if kind.code in counts}


def unsettled(questions: pl.DataFrame) -> pl.DataFrame:
    """The questions that answers raise: those that do not count, and corrections that are doubtful themselves."""
    still = pl.col("message_zh").str.starts_with(_STILL.zh)
    return questions.filter(pl.col("code").is_in([kind.code for kind in PROBLEMS]) | still)


def day(of: date) -> Text:
    return Text(f"{of.year}年{of.month}月{of.day}日", of.isoformat())
