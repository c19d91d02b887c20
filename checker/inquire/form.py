"""The lines of a form → 数据疑问清单.xlsx, in which a county answers by choosing; every row finds its question again by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from checker.errors import Language, Text
from checker.inquire import wording
from checker.inquire.doubts import Doubt
from checker.inquire.lines import Form, Line, Section
from checker.sheet_text import LINE_HEIGHT, column_letter, height, workbook, write_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LINES, SINGLES = Text("疑问", "questions"), Text("逐格", "cells")
_NOTES, _BASIS, _LISTS = Text("说明", "notes"), Text("口径", "basis"), Text("选项", "lists")
_WIDTHS = {
    "number": 4, "file": 13, "sheet": 8, "cell": 8, "name": 13, "field": 13, "raw": 14, "asked": 44, "taken": 9,
    "answer": 10, "text": 11, "who": 8, "day": 11, "id": 16, "digest": 12, "received": 11,
}  # fmt: skip
_NOTE_WIDTH = 90
_SECTIONS: dict[Section, Text] = {
    "critical": Text("一、影响关键要求判定的（{n}条）", "1. Those that decide a critical requirement ({n})"),
    "other": Text("二、影响其他判定的（{n}条）", "2. Those that decide another verdict ({n})"),
    "none": Text("三、其余（{n}条，同类的合为一条）", "3. The rest ({n}; those of one kind in one line)"),
}
# One text a row: a line of the sheet is no longer than the page is wide.
_HOW_TO = (
    Text(
        "请在白色各列逐条答复：属实的选“按系统”；不一致的选“更正为”，并填更正内容；确实无法提供的选“无法提供”。每条都要填确认人、确认日期。",
        'Answer in the white columns: "as taken" if it is so; "correct to", with the correction, if not; "cannot provide" if nobody knows.',
    ),
    Text(
        "一条涉及多格的，答复对各格都适用；个别不同的，请在《逐格》表中答复。可以排序、筛选、删行；灰色各列和隐藏的列请勿改动。",
        'Say who and when for each. A line about several cells holds for all; where one differs, use the sheet "cells". Rows may be sorted,'
        " filtered, deleted.",
    ),
)
_SINGLES_TO = (
    Text(
        "《疑问》表中一条涉及多格、其中个别不同的，在这里逐格答复；没有不同的，本表不必填。",
        "Where one cell of a line about several is different, answer it here; else leave this sheet empty.",
    ),
)
_NOTES_TO = (Text("供参考，不需答复。", "For information; no answer needed."),)
_DRAFT = Text("拟稿，未经审签", "draft, not signed")
_PAGE = Text("第&P页　共&N页", "page &P of &N")


@dataclass(frozen=True, slots=True)
class About:
    """Whose data, in which files (digest → name), under which rules."""

    title: Text
    unit: Text | None
    received_on: date | None
    files: Mapping[str, str]
    rules: str  # the pack, with its version
    as_of: date | None = None


def write(form: Form, about: About, lang: Language) -> bytes:
    out = BytesIO()
    with workbook(out) as book:
        _Book(book, about, lang).write(form)
    return out.getvalue()


class _Book:
    def __init__(self, book: Workbook, about: About, lang: Language) -> None:
        self.book, self.about, self.lang = book, about, lang
        base: dict[str, Any] = {
            "font_name": "宋体",
            "font_size": 10,
            "valign": "vcenter",
            "text_wrap": True,
            "border": 1,
        }
        fixed = {**base, "bg_color": "#F2F2F2"}
        self.title = book.add_format({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"})
        self.plain = book.add_format({"font_name": "宋体", "font_size": 10, "valign": "vcenter"})
        self.head = book.add_format({**base, "bold": True, "align": "center", "bg_color": "#D9D9D9"})
        self.section = book.add_format({"font_name": "黑体", "font_size": 10, "valign": "vcenter"})
        self.number = book.add_format({**fixed, "align": "center"})
        self.fixed = book.add_format({**fixed, "num_format": "@"})
        self.free = book.add_format({**base, "num_format": "@", "locked": False})
        self.day = book.add_format({**base, "num_format": "yyyy-mm-dd", "locked": False})

    def write(self, form: Form) -> None:
        lists = _Lists(self.lang)
        self._sheet(LINES, list(form.numbered()), _HOW_TO, lists, sections=form.weighed)
        if form.singles:
            self._sheet(SINGLES, list(enumerate(form.singles, 1)), _SINGLES_TO, lists)
        self._notes(form.notes)
        self._basis([*form.lines, *form.singles])
        lists.write(self.book, self.fixed)

    # --- what is asked

    def _sheet(
        self,
        name: Text,
        lines: Sequence[tuple[int, Line]],
        how_to: Sequence[Text],
        lists: _Lists,
        sections: bool = False,
    ) -> None:
        sheet = self.book.add_worksheet(name.of(self.lang))
        top = self._heading(sheet, how_to, tuple(wording.COLUMNS))
        row, before = top + 1, ""
        answers: dict[tuple[bool, tuple[str, ...]], list[int]] = {}
        for number, line in lines:
            if sections and line.section != before:
                n = sum(other.section == line.section for _, other in lines)
                write_text(sheet, row, 0, _SECTIONS[line.section].of(self.lang).format(n=n), self.section)
                row, before = row + 1, line.section
            self._line(sheet, row, number, line)
            answers.setdefault((line.correctable, line.choices), []).append(row)
            row += 1
        self._choose(sheet, answers, lists)
        self._print(sheet, top, row - 1)

    def _line(self, sheet: Worksheet, row: int, number: int, line: Line) -> None:
        digest = line.about[0].source.digest
        received = self.about.received_on
        hidden = {
            "id": " ".join(line.ids),
            "digest": f"sha256:{digest}" if digest else "",
            "received": received.isoformat() if received is not None else "",
        }
        for column, name in enumerate(wording.COLUMNS):
            if name == "number":
                sheet.write_number(row, column, number, self.number)
            elif name == "day":
                sheet.write_blank(row, column, None, self.day)
            else:
                look = self.free if name in wording.ANSWERED else self.fixed
                write_text(sheet, row, column, {**line.values, **hidden}.get(name, ""), look)
        sheet.set_row(row, height([(_WIDTHS[name], text) for name, text in line.values.items()]))

    def _choose(
        self, sheet: Worksheet, answers: Mapping[tuple[bool, tuple[str, ...]], Sequence[int]], lists: _Lists
    ) -> None:
        columns = list(wording.COLUMNS)
        all_rows = sorted(row for rows in answers.values() for row in rows)
        for (correctable, choices), rows in answers.items():
            hows = [how for how in wording.ANSWERS if correctable or how != "correct"]
            words = tuple(wording.ANSWERS[how].of(self.lang) for how in hows)
            _validate(sheet, columns.index("answer"), rows, lists.of(words), "stop")
            if choices:
                # Something that is not listed may be right all the same: it is asked about, not refused.
                _validate(sheet, columns.index("text"), rows, lists.of(choices), "warning")
        for first, last in _runs(all_rows):
            day = columns.index("day")
            limits = {"minimum": date(2000, 1, 1), "maximum": date(2099, 12, 31)}
            title, message = Text("确认日期", "date"), Text("请填日期，如 2019-12-25", "a date, as 2019-12-25")
            said = {"error_title": title.of(self.lang), "error_message": message.of(self.lang), "error_type": "warning"}
            sheet.data_validation(first, day, last, day, {"validate": "date", "criteria": "between", **limits, **said})

    # --- what is only told, and what it all rests on

    def _notes(self, notes: Sequence[Doubt]) -> None:
        sheet = self.book.add_worksheet(_NOTES.of(self.lang))
        columns = ("number", "file", "sheet", "cell", "asked")
        top = self._heading(sheet, _NOTES_TO, columns, {"asked": _NOTES})
        for row, doubt in enumerate(notes, top + 1):
            sheet.write_number(row, 0, row - top, self.number)
            said = (doubt.source.file, doubt.source.sheet, doubt.cell, doubt.message.of(self.lang))
            for column, text in enumerate(said, 1):
                write_text(sheet, row, column, text, self.fixed)
            sheet.set_row(row, height([(_WIDTHS["file"], said[0]), (_NOTE_WIDTH, said[3])]))
        sheet.set_column(4, 4, _NOTE_WIDTH)
        self._print(sheet, top, top + len(notes), len(columns))

    def _basis(self, lines: Sequence[Line]) -> None:
        """For whoever wants to check an answered copy: rules, files, and what each line is about."""
        sheet = self.book.add_worksheet(_BASIS.of(self.lang))
        sheet.hide()
        about = self.about
        facts = [
            (Text("规则", "rules"), about.rules),
            (Text("填报单位", "unit"), about.unit.of(self.lang) if about.unit is not None else ""),
            (Text("收到日期", "received on"), about.received_on.isoformat() if about.received_on is not None else ""),
            (Text("判定时点", "judged as of"), about.as_of.isoformat() if about.as_of is not None else ""),
            *((Text("文件", "file"), f"{name}　sha256:{digest}") for digest, name in about.files.items()),
        ]
        for row, (name, value) in enumerate(facts):
            write_text(sheet, row, 0, name.of(self.lang))
            write_text(sheet, row, 1, value)
        heads = ("id", "digest", "sheet", "cell", "table", "key", "field", "code", "raw", "reading")
        row = len(facts) + 1
        for column, head in enumerate(heads):
            write_text(sheet, row, column, head)
        for line in lines:
            for doubt in line.about:
                row += 1
                spots = [spot for spot in doubt.spots if spot.id in line.ids] or list(doubt.spots)
                cells = " ".join(spot.cell for spot in spots) or doubt.cell
                ids = " ".join(line.ids) if len(line.about) == 1 else doubt.id
                said = (
                    ids, doubt.source.digest, doubt.source.sheet, cells, doubt.table, doubt.key or "", doubt.field,
                    doubt.code, doubt.raw or "", doubt.reading or "",
                )  # fmt: skip
                for column, text in enumerate(said):
                    write_text(sheet, row, column, text)

    # --- how it looks

    def _heading(
        self, sheet: Worksheet, how_to: Sequence[Text], columns: Sequence[str], named: Mapping[str, Text] | None = None
    ) -> int:
        """Title, whose data, how to fill it in, the names of the columns: the row of the last."""
        shown = [name for name in columns if name not in wording.HIDDEN]
        last = len(shown) - 1
        sheet.merge_range(0, 0, 0, last, "", self.title)
        write_text(sheet, 0, 0, self.about.title.of(self.lang), self.title)
        sheet.set_row(0, 30)
        for row, text in enumerate((self._whose(), *(each.of(self.lang) for each in how_to)), 1):
            write_text(sheet, row, 0, text, self.plain)
        top = len(how_to) + 2
        for column, name in enumerate(columns):
            write_text(sheet, top, column, (named or {}).get(name, wording.COLUMNS[name]).of(self.lang), self.head)
            hidden = {"hidden": True} if name in wording.HIDDEN else {}
            sheet.set_column(column, column, _WIDTHS[name], None, hidden)
        sheet.set_row(top, 2 * LINE_HEIGHT)
        return top

    def _whose(self) -> str:
        unit, received = self.about.unit, self.about.received_on
        parts = [
            Text(f"填报单位：{unit.zh}", f"unit: {unit.en}").of(self.lang) if unit is not None else "",
            Text(f"收到日期：{received}", f"received on {received}").of(self.lang) if received is not None else "",
        ]
        return "　".join(part for part in parts if part)

    def _print(self, sheet: Worksheet, top: int, last: int, columns: int = len(wording.COLUMNS)) -> None:
        shown = min(columns, len(wording.COLUMNS) - len(wording.HIDDEN)) - 1
        sheet.freeze_panes(top + 1, min(4, shown))
        if last > top:
            sheet.autofilter(top, 0, last, shown)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.print_area(0, 0, max(last, top), shown)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_header(f"&R{_DRAFT.of(self.lang)}")
        sheet.set_footer(f"&C{_PAGE.of(self.lang)}")


class _Lists:
    """What may be chosen, each list once, in a hidden sheet: a list within a cell's rule may not be longer than 255 characters."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang
        self.known: dict[tuple[str, ...], int] = {}

    def of(self, choices: tuple[str, ...]) -> str:
        column = column_letter(self.known.setdefault(choices, len(self.known)))
        return f"='{_LISTS.of(self.lang)}'!${column}$1:${column}${len(choices)}"

    def write(self, book: Workbook, look: Format) -> None:
        sheet = book.add_worksheet(_LISTS.of(self.lang))
        sheet.hide()
        for choices, column in self.known.items():
            for row, choice in enumerate(choices):
                write_text(sheet, row, column, choice, look)


def _validate(sheet: Worksheet, column: int, rows: Sequence[int], source: str, strict: str) -> None:
    (first, last), *others = _runs(rows)
    more = [[start, column, end, column] for start, end in others]
    rule = {"validate": "list", "source": source, "error_type": strict, "other_cells": more}
    sheet.data_validation(first, column, last, column, rule)


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Rows that follow each other, as first and last."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return found
