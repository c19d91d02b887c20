"""Receipts → their rows as they are written, and a workbook for people: units down, tables across."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl

from checker.errors import Language, Text
from checker.model import Pack
from checker.register.standing import sentence, standing
from checker.sheet_text import workbook, write_text
from checker.understood import RECEIPT_HEADINGS, Receipt
from checker.units import in_charge

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_STATES = {"sent": Text("已报", "sent"), "late": Text("迟报", "late"), "none": Text("未报", "nothing sent")}
DIGITS = 12


def frame(pack: Pack, receipts: Sequence[Receipt], lang: Language) -> pl.DataFrame:
    rows = [_row(pack, each, lang) for each in receipts]
    types = [pl.Int64 if at == 6 else pl.Date if at in (7, 8, 9) else pl.String for at in range(len(RECEIPT_HEADINGS))]
    names = [heading.of(lang) for heading in RECEIPT_HEADINGS]
    return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")


def _row(pack: Pack, each: Receipt, lang: Language) -> tuple[object, ...]:
    unit, table = _unit_name(pack, each.unit, lang), _table_name(pack, each.table, lang)
    days = (each.first, each.last, each.until)
    return (unit, each.unit, table, each.table, each.file, each.digest[:DIGITS], each.rows, *days)


def _table_name(pack: Pack, table: str, lang: Language) -> str:
    """A register may be older than the pack."""
    return pack.tables[table].label.of(lang) if table in pack.tables else table


def _unit_name(pack: Pack, code: str, lang: Language) -> str:
    return pack.units[code].name.of(lang) if code in pack.units else Text("（未写明）", "(not told)").of(lang)


def workbook_of(pack: Pack, receipts: Sequence[Receipt], day: date, known_at: date | None, lang: Language) -> bytes:
    """Units down, tables across; those that sent nothing come first. Then every receipt."""
    out = BytesIO()
    with workbook(out) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(Text("收数情况", "received").of(lang))
        write_text(sheet, 0, 0, sentence(pack, receipts, day, known_at, lang))
        _write(sheet, 2, _by_unit(pack, receipts, day, known_at, lang), bold)
        sheet.set_column(0, 0, 26)
        listed = book.add_worksheet(Text("明细", "details").of(lang))
        rows = frame(pack, receipts, lang)
        every: list[Sequence[object]] = [rows.columns, *rows.iter_rows()]
        _write(listed, 0, every, bold)
        listed.set_column(0, len(rows.columns) - 1, 16)
    return out.getvalue()


def _write(sheet: Worksheet, top: int, lines: Sequence[Sequence[object]], bold: Format) -> None:
    for at, line in enumerate(lines, top):
        for column, value in enumerate(line):
            if isinstance(value, int):
                sheet.write_number(at, column, value)
            elif value is not None:
                write_text(sheet, at, column, str(value), bold if at == top else None)
    sheet.freeze_panes(top + 1, 1)


def _by_unit(
    pack: Pack, receipts: Sequence[Receipt], day: date, known_at: date | None, lang: Language
) -> list[list[object]]:
    found = standing(pack, receipts, day, known_at)
    tables = [name for name in pack.tables if any(each.table == name for each in receipts)]
    of_unit: dict[str, list[Receipt]] = {
        code: [] for code in sorted(found.due, key=lambda code: code not in found.none)
    }
    for each in receipts:
        of_unit.setdefault(in_charge(pack.units, each.unit, day), []).append(each)
    heads = [Text("单位", "unit"), Text("报送情况", "state"), Text("最近收到", "last received")]
    lines: list[list[object]] = [
        [*(head.of(lang) for head in heads), *(_table_name(pack, name, lang) for name in tables)]
    ]
    for code, mine in of_unit.items():
        last = max((each.last for each in mine if each.last is not None), default=None)
        state = _STATES[found.state(code)].of(lang) if code in found.due else None
        lines.append([_unit_name(pack, code, lang), state, last, *(_latest(mine, name) for name in tables)])
    return lines


def _latest(receipts: Sequence[Receipt], table: str) -> int | None:
    """The rows that came last: a table that is sent again takes the place of what came before."""
    mine = [each for each in receipts if each.table == table]
    day = max((each.last for each in mine if each.last is not None), default=None)
    return sum(each.rows for each in mine if each.last == day) if mine else None
