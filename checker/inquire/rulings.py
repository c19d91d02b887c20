"""An answer about rows, a total or an owner → what it does to the rows of its sheets; or why it cannot hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from glob import escape

from checker.errors import Text
from checker.inquire import wording
from checker.inquire.answers import Answer
from checker.inquire.doubts import COLOURED, REPEATED, Doubt, Spot, line_of
from checker.mapping import SheetMap
from checker.model import Pack
from checker.plan import Correction
from checker.tables.questions import Kind, Question, Said

Unit = Callable[[str, str], str]  # what is said, and the day of receipt → code; "" if that is no unit of the day
Holding = Callable[[Doubt, str], Sequence[Spot]]  # the cells of the doubted column that say this

NOT_AMONG = Kind(
    "answer_no_choice",
    "lost",
    Text(
        "“{raw}”不是这一条可选的答复，未采用；可选：{choices}",
        '"{raw}" is none of the choices, not used; choose among: {choices}',
    ),
)
NO_UNIT = Kind(
    "answer_no_unit",
    "lost",
    Text(
        "“{raw}”不是收到之日规则包所列的单位，未采用；请填单位名称或代码，如“{example}”",
        '"{raw}" is no unit of the pack on the day of receipt: not used; give the name or code of a unit, as {example}',
    ),
)
NO_ROW = Kind(
    "answer_no_row",
    "lost",
    Text(
        "“{raw}”不在这一条所列的行中（{choices}），未采用；请从所列的行中选一行",
        '"{raw}" is none of the rows in question ({choices}): not used; choose one of them',
    ),
)
NO_OTHER_KEY = Kind(
    "answer_no_key",
    "lost",
    Text(
        "“{raw}”：几行仍是同一个“{key}”，分不开，未采用；是不同的{table}的，请写明其中一行的“{key}”，如“{example}”",
        '"{raw}": the rows still bear one "{key}", not used; if they are different records of {table}, give one row its own key, '
        "as “{example}”",
    ),
)
NOT_MISSING = Kind(
    "answer_none_missing",
    "lost",
    Text(
        "答作“{raw}”，但合计“{said}”不多于明细{reading}，不是缺行，未采用；请核对合计或明细",
        'said to be "{raw}", but the total "{said}" is not above the rows\' {reading}: not used; check the total or the rows',
    ),
)
NO_NAME = Kind(
    "answer_no_name",
    "lost",
    Text(
        "“{raw}”：“{name}”不是这一列填的名称，未采用；请填“名称：标识”，如“{example}”，几个的用分号隔开",
        '"{raw}": "{name}" is no name of this column, not used; give "name: key", as "{example}", several parted by ;',
    ),
)
NOT_FOR_ALL = Kind(
    "answer_for_many",
    "lost",
    Text(
        "更正“{raw}”不能用于内容不同的几格，未采用；请在《逐格》表中逐格更正",
        'the correction "{raw}" cannot hold for cells that say different things: not used; correct them one by one',
    ),
)
PROBLEMS = (NOT_AMONG, NO_UNIT, NO_ROW, NO_OTHER_KEY, NOT_MISSING, NO_NAME, NOT_FOR_ALL)

_ROW = re.compile(r"(?:《(?P<sheet>.+)》)?(?:第?(?P<zh>\d+)行(?:为准)?|row (?P<en>\d+))")
_KEYED = re.compile(
    r"(?P<row>(?:《.+》)?(?:第?\d+行|row \d+))的?(?:标识码?|代码|编号|号牌)?[为是]?[:：\s]*"
    r"(?P<key>[0-9A-Za-z\u4e00-\u9fff]\S*)"
)
_NAMED = re.compile(r"(?P<name>[^:：→]+)(?:[:：→]|应?[为是])\s*(?P<key>[^:：→]+)")
_NUMBER = re.compile(r"(-?[0-9][0-9,]*(?:\.[0-9]+)?)\s*(\D*)")


@dataclass(frozen=True, slots=True)
class Ruling:
    """`spots`: the cells in which the answer stands now, if not `blank`: nothing is known in them. `awaited`: what is right is
    still to come. `row`: the one that holds.
    """

    sheets: tuple[SheetMap, ...] = ()
    corrections: tuple[Correction, ...] = ()
    spots: tuple[Spot, ...] = ()
    awaited: bool = False
    blank: bool = False
    row: Spot | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What answers are understood by. `files`: digest → name of what was read."""

    files: Mapping[str, str]
    unit: Unit
    holding: Holding


def ruling(pack: Pack, doubt: Doubt, answer: Answer, spots: Sequence[Spot], around: Around) -> Ruling | Question:
    """`spots`: the cells that are answered."""
    match doubt.way:
        case "rows":
            return _of_rows(pack, doubt, answer)
        case "total":
            return _of_a_total(pack, doubt, answer)
        case "owner":
            return _of_an_owner(pack, doubt, answer, around.unit)
        case "marked":
            return _of_marks(doubt, answer, spots)
        case "names":
            return _of_names(doubt, answer, around.holding)
        case "serial":
            return _of_serials(pack, doubt, answer)
        case "word":
            return Ruling(awaited=True)
    return _of_a_record(pack, doubt, answer, around.files)


def is_one(doubt: Doubt, answer: Answer) -> bool:
    """Whether the answer tells what counts, or is still to come, and not what stands in a cell."""
    if doubt.way == "record":
        said = _plain(answer.text)
        return said in wording.APART or any(form.fullmatch(said) is not None for form in (_ROW, _KEYED))
    if doubt.way == "word":
        return _plain(answer.text) in wording.SENT_AGAIN
    return doubt.way in ("rows", "total", "owner", "marked", "names", "serial")


def _plain(text: str) -> str:
    return text.strip(" 。.")


def _refused(kind: Kind, answer: Answer, **values: Said) -> Question:
    return Question(kind, answer.place.source, answer.place.cell, raw=answer.text, values=values)


def _about(doubt: Doubt) -> SheetMap:
    return SheetMap(escape(doubt.source.file), escape(doubt.source.sheet))


def _among(pack: Pack, doubt: Doubt, answer: Answer) -> Question:
    offered = wording.choices(pack, doubt)
    listed = Text("、".join(f"“{each.zh}”" for each in offered), ", ".join(f'"{each.en}"' for each in offered))
    return _refused(NOT_AMONG, answer, choices=listed)


# --- rows ----------------------------------------------------------------------------------------


def _of_rows(pack: Pack, doubt: Doubt, answer: Answer) -> Ruling | Question:
    said = _plain(answer.text)
    if doubt.code == REPEATED:
        return Ruling((replace(_about(doubt), apart=True),)) if said in wording.APART else _among(pack, doubt, answer)
    if said not in wording.NO_DATA:
        return _among(pack, doubt, answer)
    return Ruling((replace(_about(doubt), void=_lines(doubt.spots)),))


def _lines(spots: Sequence[Spot]) -> tuple[int, ...]:
    return tuple(sorted({line for spot in spots if (line := line_of(spot.cell)) is not None}))


def _of_an_owner(pack: Pack, doubt: Doubt, answer: Answer, unit: Unit) -> Ruling | Question:
    code = unit(_plain(answer.text), answer.about.get("received", ""))
    if not code:
        first = next(iter(pack.units.values()))
        either = Text(f"{first.name.zh}”“{first.code}", f'"{first.name.en}" or {first.code}')
        return _refused(NO_UNIT, answer, example=either)
    return Ruling((replace(_about(doubt), unit=code),))


# --- cells that look otherwise, names, numbers ----------------------------------------------------


def _of_marks(doubt: Doubt, answer: Answer, spots: Sequence[Spot]) -> Ruling | Question:
    """Void cells say nothing any more. What stands in one instead stands in no other; but colours may mean one thing."""
    if _plain(answer.text) in wording.NO_DATA:
        return Ruling(corrections=_put(spots, wording.ANSWERS["missing"].zh), spots=tuple(spots), blank=True)
    if len(spots) > 1 and doubt.code != COLOURED:
        return _refused(NOT_FOR_ALL, answer)
    return Ruling(corrections=_put(spots, answer.text), spots=tuple(spots))


def _put(spots: Iterable[Spot], text: str) -> tuple[Correction, ...]:
    return tuple(Correction(spot.digest, spot.sheet, spot.cell, text) for spot in spots)


def _of_names(doubt: Doubt, answer: Answer, holding: Holding) -> Ruling | Question:
    """实验小学：2132001209；城南小学：2132001210"""
    found = Ruling()
    for said in filter(None, map(_plain, re.split(r"[;；\n]", answer.text))):
        named = _NAMED.fullmatch(said)
        spots = holding(doubt, named["name"].strip()) if named is not None else ()
        if named is None or not spots:
            name = said if named is None else named["name"].strip()
            example = f"{doubt.raw}：{doubt.reading}"
            return _refused(NO_NAME, answer, name=name, example=example)
        put = _put(spots, named["key"].strip())
        found = Ruling(corrections=(*found.corrections, *put), spots=(*found.spots, *spots))
    return found


def _of_serials(pack: Pack, doubt: Doubt, answer: Answer) -> Ruling | Question:
    if _plain(answer.text) not in wording.OWN_KEYS:
        return _among(pack, doubt, answer)
    return Ruling((replace(_about(doubt), own_keys=True),))


# --- totals --------------------------------------------------------------------------------------


def _of_a_total(pack: Pack, doubt: Doubt, answer: Answer) -> Ruling | Question:
    """The right total stands in the cell of the wrong one: if the rows do not come to it either, that is asked again."""
    said = _plain(answer.text)
    if said in wording.ROWS_HOLD:
        return Ruling()
    stood = _number(doubt.raw or "")
    if said in wording.ROWS_MISSING:
        rows = _number(doubt.reading or "")
        if stood is not None and rows is not None and stood[0] <= rows[0]:
            return _refused(NOT_MISSING, answer, said=doubt.raw or "", reading=doubt.reading or "")
        return Ruling(awaited=True)
    right = _number(said)
    if right is None:
        return _among(pack, doubt, answer)
    source = doubt.source
    measure = right[1] or (stood[1] if stood is not None else "")
    put = Correction(source.digest, source.sheet, doubt.cell, f"{right[0]:f}{measure}")
    return Ruling(corrections=(put,), spots=(Spot("", source.digest, source.sheet, doubt.cell),))


def _number(text: str) -> tuple[Decimal, str] | None:
    """The number and what it counts: 8所."""
    found = _NUMBER.fullmatch(text.strip())
    try:
        return None if found is None else (Decimal(found[1].replace(",", "")), found[2])
    except InvalidOperation:
        return None


# --- rows that bear one key ----------------------------------------------------------------------


def _of_a_record(pack: Pack, doubt: Doubt, answer: Answer, files: Mapping[str, str]) -> Ruling | Question:
    said = _plain(answer.text)
    table = pack.tables[doubt.table]
    named, keyed = _ROW.fullmatch(said), None
    if named is None and (keyed := _KEYED.fullmatch(said)) is not None:
        named = _ROW.fullmatch(keyed["row"])
    if named is None:
        example = f"{wording.row_of(doubt, doubt.spots[-1]).zh}：…"
        key = table.fields[table.key].name
        return _refused(NO_OTHER_KEY, answer, key=key, table=table.label, example=example)
    line = int(named["zh"] or named["en"])
    meant = [spot for spot in doubt.spots if line_of(spot.cell) == line]
    if named["sheet"] is not None:
        meant = [spot for spot in meant if spot.sheet == named["sheet"]]
    if len({(spot.digest, spot.sheet) for spot in meant}) != 1:
        rows = [wording.row_of(doubt, spot) for spot in doubt.spots]
        listed = Text("、".join(row.zh for row in rows), ", ".join(row.en for row in rows))
        return _refused(NO_ROW, answer, choices=listed)
    if keyed is not None:
        return _under_another_key(pack, doubt, answer, meant[0], keyed["key"])
    others = [spot for spot in doubt.spots if line_of(spot.cell) != line or spot.sheet != meant[0].sheet]
    void: dict[tuple[str, str], list[Spot]] = {}
    for spot in others:
        void.setdefault((files[spot.digest], spot.sheet), []).append(spot)
    sheets = (SheetMap(escape(file), escape(sheet), void=_lines(spots)) for (file, sheet), spots in void.items())
    return Ruling(tuple(sheets), row=meant[0])


def _under_another_key(pack: Pack, doubt: Doubt, answer: Answer, spot: Spot, key: str) -> Ruling | Question:
    table = pack.tables[doubt.table]
    if not spot.key_cell or key == doubt.key:
        example = f"{wording.row_of(doubt, spot).zh}：…"
        return _refused(NO_OTHER_KEY, answer, key=table.fields[table.key].name, table=table.label, example=example)
    put = Correction(spot.digest, spot.sheet, spot.key_cell, key)
    return Ruling(corrections=(put,), spots=(replace(spot, cell=spot.key_cell),))


def one_row_each(found: Sequence[tuple[Doubt, Answer, Ruling]]) -> list[Answer]:
    """Answers that let different rows of one record hold: together they would leave none."""
    rows: dict[tuple[str, str | None], list[tuple[Answer, Spot]]] = {}
    for doubt, answer, each in found:
        if each.row is not None:
            rows.setdefault((doubt.table, doubt.key), []).append((answer, each.row))
    return [
        answer
        for same in rows.values()
        if len({(row.digest, row.sheet, line_of(row.cell)) for _, row in same}) > 1
        for answer, _ in same
    ]
