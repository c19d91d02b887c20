"""Doubts + the answers to them → corrections of cells, meanings of columns, questions that are closed, and answers that do not fit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import date
from glob import escape

from checker.errors import DataError, Diagnostic, Span, Text
from checker.inquire import rulings, wording
from checker.inquire.answers import Answer, Place
from checker.inquire.doubts import ASSUMED_HEADS, HIDDEN_SHEET, Doubt, Spot
from checker.mapping import ColumnMap, DataMap, SheetMap
from checker.model import Pack
from checker.plan import Correction
from checker.tables.questions import Kind, Question
from checker.visible import visible

OTHER_VERSION = "E24"
_LETTERS = re.compile(r"([A-Z]{1,3})\d+$")
_SHORT = 8  # characters of a digest that are shown

NOT_ASKED = Kind(
    "answer_not_asked",
    "lost",
    Text(
        "{n}条答复所答的疑问，在这份数据里没有，未采用；请重新生成疑问清单",
        "{n} answers to questions that this data does not raise: not used; write the form again",
    ),
)
NOT_AMONG = Kind(
    "answer_other_file",
    "lost",
    Text(
        "{n}条答复是答“{raw}”的，这次没有读这个文件，未采用",
        '{n} answers are about "{raw}", which was not read: not used',
    ),
)
TWICE = Kind(
    "answers_differ",
    "lost",
    Text(
        "“{raw}”有{n}处答复不同（{cells}），均未采用；请留一处",
        '"{raw}" was answered differently {n} times ({cells}): none used; keep one',
    ),
)
NOT_HERE = Kind(
    "answer_not_applicable",
    "lost",
    Text(
        "更正“{raw}”不能直接采用：这一条要在原表中更正后重新报送；准备重新报送的，请选“另行补报”",
        'the correction "{raw}" cannot be used here: correct the sheet and send it again; choose "to be sent again" until then',
    ),
)
NO_FIELD = Kind(
    "answer_no_field",
    "lost",
    Text("“{raw}”不是“{table}”表的指标，未采用", '"{raw}" is no field of the table "{table}": not used'),
)
NO_TABLE = Kind(
    "answer_no_table",
    "lost",
    Text(
        "工作表答作“{raw}”，不是可选的答复，未采用；请从下拉列表中选",
        'the sheet is said to be "{raw}", which is none of the choices: not used; choose from the list',
    ),
)
FIELD_TAKEN = Kind(
    "answer_field_taken",
    "lost",
    Text(
        "“{raw}”列答作“{field}”，但还有别的列是“{field}”，未采用；请说明是哪一列",
        'the column "{raw}" is to be "{field}", but so is another column: not used; say which of them it is',
    ),
)
LATER = Kind(
    "answer_later",
    "info",
    Text("{n}条答复在收数截止之后确认，不计入", "{n} answers were given after the limit and do not count"),
)
PROBLEMS = (
    *rulings.PROBLEMS,
    NOT_ASKED,
    NOT_AMONG,
    TWICE,
    NOT_HERE,
    NO_FIELD,
    NO_TABLE,
    FIELD_TAKEN,
    LATER,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column is, as the county says. `heading`: as a mapping names it; `field`: its id; None: it is no data."""

    file: str
    sheet: str
    table: str
    heading: str
    field: str | None
    raw: str
    instead: bool  # of another column that was taken for the same field
    answer: Answer


@dataclass(frozen=True, slots=True)
class Settled:
    """One answer to one doubt, at these of its cells. `whole`: at all of them."""

    doubt: Doubt
    answer: Answer
    spots: tuple[Spot, ...]
    whole: bool
    ruling: rulings.Ruling | None = None  # what it says of rows


@dataclass(slots=True)
class Outcome:
    settled: list[Settled] = made(default_factory=list)
    corrections: list[Correction] = made(default_factory=list)
    meanings: list[Meaning] = made(default_factory=list)
    sheets: list[SheetMap] = made(default_factory=list)
    problems: list[Question] = made(default_factory=list)

    @property
    def changes(self) -> bool:
        """Does the data read otherwise for it?"""
        return bool(self.corrections or self.meanings or self.sheets)

    @property
    def mapping(self) -> DataMap:
        """The meanings of sheets and columns, as a mapping says them: by their letters, for exactly these sheets."""
        sheets: dict[tuple[str, str, str], list[ColumnMap]] = {}
        for each in self.meanings:
            column = ColumnMap(each.heading, each.field or "")
            sheets.setdefault((escape(each.file), escape(each.sheet), each.table), []).append(column)
        said = (SheetMap(*place, columns=tuple(columns)) for place, columns in sheets.items())
        return DataMap((*self.sheets, *said))


def outcome(
    pack: Pack,
    doubts: Sequence[Doubt],
    answers: Sequence[Answer],
    around: rulings.Around,
    rest: Callable[[Doubt], Sequence[Spot]],
    known_at: date | None = None,
) -> Outcome:
    """`rest`: the cells of a doubt that its question does not name. Raises if a form answers another version of a file."""
    found = Outcome()
    mine = _of_these_files(around.files, _in_time(answers, known_at, found), found)
    chosen = _chosen(doubts, mine, found)
    for doubt in doubts:
        whole = chosen.get((doubt.source.digest, doubt.id))
        single = {
            spot.id: answer
            for spot in doubt.spots
            if spot.id != doubt.id and (answer := chosen.get((spot.digest, spot.id))) is not None
        }
        for place in dict.fromkeys(answer.place for answer in single.values()):
            spots = tuple(spot for spot in doubt.spots if spot.id in single and single[spot.id].place == place)
            _settle(pack, found, Settled(doubt, single[spots[0].id], spots, False), around)
        if whole is not None:
            left = [spot for spot in doubt.spots if spot.id not in single]
            more = rest(doubt) if doubt.more else ()
            _settle(pack, found, Settled(doubt, whole, (*left, *more), not single), around)
    _one_row_each(found)
    _two_columns(pack, found)
    return found


def earlier(answers: Iterable[Answer], digests: Iterable[str]) -> dict[str, Answer]:
    """Id → the latest answer to the same in another version of the file."""
    known = set(digests)
    past = sorted((a for a in answers if a.digest not in known), key=lambda a: (a.day, a.digest, a.how, a.text))
    return {name: answer for answer in past for name in answer.ids}


def _in_time(answers: Sequence[Answer], known_at: date | None, found: Outcome) -> list[Answer]:
    if known_at is None:
        return list(answers)
    late = [answer for answer in answers if answer.day > known_at]
    if late:
        found.problems.append(
            Question(LATER, late[0].place.source, late[0].place.cell, n=len(late), cells=_cells(late))
        )
    return [answer for answer in answers if answer.day <= known_at]


def _of_these_files(digests: Mapping[str, str], answers: Sequence[Answer], found: Outcome) -> list[Answer]:
    """A form that answers another version of a file that was read is refused as a whole; kept answers only wait."""
    names = {_base(file): digest for digest, file in digests.items()}
    strange = [answer for answer in answers if answer.digest not in digests and not answer.kept]
    older = [answer for answer in strange if _base(answer.about.get("file", "")) in names]
    if older or (strange and len(strange) == sum(not answer.kept for answer in answers)):
        forms = {answer.place.form: answer for answer in (older or strange)}
        raise DataError([_other_version(answer, names) for answer in forms.values()])
    by_file: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in strange:
        by_file[answer.about.get("file", "")].append(answer)
    for file, same in by_file.items():
        place = same[0].place
        found.problems.append(Question(NOT_AMONG, place.source, place.cell, raw=file, n=len(same), cells=_cells(same)))
    return [answer for answer in answers if answer.digest in digests]


def _other_version(answer: Answer, names: Mapping[str, str]) -> Diagnostic:
    file = visible(answer.about.get("file", ""))
    other, now = answer.digest[:_SHORT], names.get(_base(file), "")[:_SHORT]
    received = visible(answer.about.get("received", ""))
    of_day = Text(f"，{received}收到的版本" if received else "", f", received {received}" if received else "")
    message = Text(
        f"这份答复对应的是另一份数据（{file}，摘要 {other}{of_day.zh}；这次读的是 {now or '别的文件'}），没有采用",
        f"the answers belong to another version of the data ({file}, digest {other}{of_day.en}; now {now or 'another file'}): not used",
    )
    hint = Text(
        "请用这次数据的疑问清单答复，或换回原来的文件",
        "answer the form of this version, or read the file that was asked about",
    )
    return Diagnostic(OTHER_VERSION, Span(answer.place.form), message, hint)


def _base(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def _cells(answers: Iterable[Answer]) -> tuple[str, ...]:
    return tuple(answer.place.cell for answer in answers)


def _chosen(doubts: Sequence[Doubt], answers: Sequence[Answer], found: Outcome) -> dict[tuple[str, str], Answer]:
    """(digest, id) → the one answer to it: of several the last; of several on one day none, unless they say the same."""
    known = {(doubt.source.digest, doubt.id): doubt for doubt in doubts}
    known |= {(spot.digest, spot.id): doubt for doubt in doubts for spot in doubt.spots}
    given: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
    lost: list[Answer] = []
    for answer in answers:
        if answer.how == "correct" and _is_for_many(answer, known):
            place = answer.place
            found.problems.append(Question(rulings.NOT_FOR_ALL, place.source, place.cell, raw=answer.text))
            continue
        there = [(answer.digest, name) for name in answer.ids if (answer.digest, name) in known]
        if not there:
            lost.append(answer)
        for name in there:
            given[name].append(answer)
    if lost:
        first = lost[0].place
        found.problems.append(Question(NOT_ASKED, first.source, first.cell, n=len(lost), cells=_cells(lost)))
    chosen = {}
    told: set[tuple[Place, ...]] = set()
    for name, several in given.items():
        last = [answer for answer in several if answer.day == max(other.day for other in several)]
        if len({(answer.how, answer.text) for answer in last}) == 1:
            chosen[name] = last[0]
        elif (places := tuple(answer.place for answer in last)) not in told:
            told.add(places)
            doubt, at = known[name], places[0]
            said: Mapping[str, str] = {"cells": "、".join(answer.origin for answer in last)}
            raw, cells = doubt.raw or doubt.cell, _cells(last)
            found.problems.append(Question(TWICE, at.source, at.cell, raw=raw, n=len(last), values=said, cells=cells))
    return chosen


def _is_for_many(answer: Answer, known: Mapping[tuple[str, str], Doubt]) -> bool:
    """A line that folds doubts together, or cells that hold different values."""
    doubt = known.get((answer.digest, answer.ids[0]))
    return len(answer.ids) > 1 or (doubt is not None and not doubt.alike and doubt.id == answer.ids[0])


def _settle(pack: Pack, found: Outcome, settled: Settled, around: rulings.Around) -> None:
    doubt, answer = settled.doubt, settled.answer
    place = answer.place
    if answer.how == "correct" and rulings.is_one(doubt, answer):
        said_of_rows = rulings.ruling(pack, doubt, answer, settled.spots, around)
        if isinstance(said_of_rows, Question):
            found.problems.append(said_of_rows)
            return
        settled = replace(settled, ruling=said_of_rows, spots=said_of_rows.spots)
        found.sheets += said_of_rows.sheets
        found.corrections += said_of_rows.corrections
    elif doubt.way == "column" and answer.how != "missing":
        said = doubt.field if answer.how == "system" and doubt.code in ASSUMED_HEADS else answer.text
        field = _field(pack, doubt, said) if said else None
        if said and field == "":
            label = pack.tables[doubt.table].label if doubt.table in pack.tables else Text(doubt.table, doubt.table)
            found.problems.append(Question(NO_FIELD, place.source, place.cell, raw=said, values={"table": label}))
            return
        letters = _LETTERS.match(doubt.cell)
        heading = f"#{letters[1]}" if letters is not None else doubt.cell  # columns of a Parquet file have names
        source = doubt.source
        instead = doubt.code == "second_column" and field == doubt.field
        found.meanings.append(
            Meaning(source.file, source.sheet, doubt.table, heading, field, doubt.raw or heading, instead, answer)
        )
    elif doubt.way == "sheet" and answer.how == "correct":
        said_of_it = _sheet(pack, doubt, answer.text)
        if said_of_it is None:
            found.problems.append(Question(NO_TABLE, place.source, place.cell, raw=answer.text))
            return
        found.sheets.append(said_of_it)
    elif answer.how == "correct" and doubt.way == "word":
        found.problems.append(Question(NOT_HERE, place.source, place.cell, field=doubt.field, raw=answer.text))
        return
    elif doubt.way in ("cell", "marked") or (doubt.way == "record" and answer.how == "correct"):
        # 无法提供 is what a cell may say itself: nothing is known, and nothing is contradicted.
        text = {"correct": answer.text, "missing": wording.ANSWERS["missing"].zh}.get(answer.how)
        if text is not None:
            found.corrections += [Correction(spot.digest, spot.sheet, spot.cell, text) for spot in settled.spots]
    found.settled.append(settled)


def _one_row_each(found: Outcome) -> None:
    given = [(each.doubt, each.answer, each.ruling) for each in found.settled if each.ruling is not None]
    lost = rulings.one_row_each(given)
    if not lost:
        return
    for each in [each for each in found.settled if any(each.answer is answer for answer in lost)]:
        found.settled.remove(each)
        for entry in each.ruling.sheets if each.ruling is not None else ():
            found.sheets.remove(entry)
    place, cells = lost[0].place, _cells(lost)
    said = {"cells": "、".join(answer.origin for answer in lost)}
    found.problems.append(
        Question(TWICE, place.source, place.cell, raw=lost[0].text, n=len(lost), values=said, cells=cells)
    )


def _sheet(pack: Pack, doubt: Doubt, said: str) -> SheetMap | None:
    """Nothing if it is none of what may be said of a sheet."""
    source = doubt.source
    place = escape(source.file), escape(source.sheet)
    if said in wording.NO_DATA:
        return SheetMap(*place, skip=True)
    if doubt.code == HIDDEN_SHEET:
        return SheetMap(*place, hidden=True) if said in wording.READ else None
    tables = (table.id for table in pack.tables.values() if said in (table.id, *table.label))
    return next((SheetMap(*place, table) for table in tables), None)


def _two_columns(pack: Pack, found: Outcome) -> None:
    """A field stands in one column of a sheet: which of two it is, nobody has said then."""
    columns = {(each.source.file, each.source.sheet): each.source.columns for each in (s.doubt for s in found.settled)}
    by_field: defaultdict[tuple[str, str, str], list[Meaning]] = defaultdict(list)
    for meaning in found.meanings:
        if meaning.field is not None:
            by_field[meaning.file, meaning.sheet, meaning.field].append(meaning)
    for (file, sheet, field), same in by_field.items():
        other = columns[file, sheet].get(field)
        taken = other is not None and same[0].heading not in (other, f"#{other}") and not same[0].instead
        if len(same) == 1 and not taken:
            continue
        for meaning in same:
            place, table = meaning.answer.place, pack.tables[meaning.table]
            said: Mapping[str, Text] = {"field": table.fields[field].header}
            found.problems.append(Question(FIELD_TAKEN, place.source, place.cell, raw=meaning.raw, values=said))
            found.meanings.remove(meaning)
            found.settled = [each for each in found.settled if each.answer is not meaning.answer]


def _field(pack: Pack, doubt: Doubt, said: str) -> str | None:
    """The field that is meant; None: no data; "": there is no such field."""
    if said in wording.NO_DATA:
        return None
    table = pack.tables.get(doubt.table)
    for field in table.fields.values() if table is not None else ():
        if said in (field.id, *field.name, *field.header, *field.aliases):
            return field.id
    return ""
