"""How sheets were understood → a mapping that says the same, for people to correct and to read in again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from glob import escape

from checker.errors import Language, Text
from checker.model import Pack
from checker.reports.text import width
from checker.reports.understood import field_name, how_read, maybe_fields, maybe_tables, table_name
from checker.understood import Column, Sheet
from checker.words import chinese_key
from checker.yaml_text import on_one_line

_SURE = 0.8  # what was read with less confidence is written, but somebody has to take away the mark before it
_WIDEST = 60  # remarks stand below each other up to here
_HEAD = Text(
    """\
# 对照表：每张工作表是哪张表，每一列对应什么。用法：checker intake 或 checker run 加 --mapping 这个文件。
# 每行“#”后面的文字供参考，程序不读。行首有“# ”的行还没有起作用：改好后去掉行首的“# ”。
# 一列不要：写“不读”。格里的写法要说明：写 {对应: 列名, 取值: {有: 是, 无: 否}}。
""",
    """\
# A mapping: which table each sheet is, which field each column. Use: checker intake or checker run with --mapping this file.
# What follows a "#" is for people. A line that begins with "# " is not in force: correct it and take the "# " away.
# A column that is not wanted: skip. What cells mean: {field: name, values: {1: yes, 2: no}}.
""",
)


def text(pack: Pack, sheets: Sequence[Sheet], lang: Language) -> str:
    """Depends on the sheets and the language only. Read in again it changes nothing."""
    writer = _Writer(pack, lang)
    blocks = [block for sheet, alone in _entries(sheets) if (block := list(writer.entry(sheet, alone)))]
    lines = [line for block in blocks for line in block]
    begun = any(not line.lstrip().startswith("#") for line in lines)
    head = [
        f"{writer.key('schema')}: {'对照表/1' if lang == 'zh' else 'mapping/1'}",
        f"{'' if begun else '# '}{writer.key('sheets')}:",
    ]
    return "\n".join([_HEAD.of(lang).rstrip(), *head, *lines]) + "\n"


def _entries(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, bool]]:
    """Each sheet that has something to say, and whether it is written with its file: sheets that bear one name in several
    files and were understood alike are written once, for all files.
    """
    named: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        named[sheet.sheet].append(sheet)
    for name, alike in named.items():
        together = _together(alike) if name and len(alike) > 1 else None
        yield from ((sheet, True) for sheet in alike) if together is None else [(together, False)]


def _together(alike: Sequence[Sheet]) -> Sheet | None:
    """One sheet with the columns of all, if what is said of one is true of the others too."""
    first = alike[0]
    columns: dict[str, Column] = {}
    for sheet in alike:
        if (sheet.state, sheet.table, sheet.heading, sheet.hidden) != (
            "read",
            first.table,
            first.heading,
            first.hidden,
        ):
            return None
        for column in sheet.columns:
            other = columns.setdefault(column.called, column)
            if _said(other) != _said(column):
                return None
    fields = [column.field for column in columns.values() if column.is_read]
    by_place = any(column.called.startswith("#") for column in columns.values())
    alone = len(columns) == max(len(sheet.columns) for sheet in alike)
    return (
        replace(first, columns=tuple(columns.values()))
        if alone or (len(set(fields)) == len(fields) and not by_place)
        else None
    )


def _said(column: Column) -> tuple[object, ...]:
    return column.how, column.field, column.confidence, column.codings


class _Writer:
    def __init__(self, pack: Pack, lang: Language) -> None:
        self.pack, self.lang, self.zh = pack, lang, lang == "zh"

    def key(self, name: str, *path: str | int) -> str:
        return chinese_key("mapping", path, name) if self.zh else name

    def entry(self, sheet: Sheet, with_file: bool) -> Iterator[str]:
        match sheet.state:
            case "read":
                yield from self._read(sheet, with_file)
            case "skipped":
                yield from self._item([*self._place(sheet, with_file), self._line("skip", "是" if self.zh else "yes")])
            case "hidden":
                yield self._remark("隐藏的工作表，未读；要读就去掉下面各行行首的“# ”", "hidden, not read; to read it:")
                yield from self._asleep(
                    [*self._place(sheet, True), self._line("hidden", "读取" if self.zh else "read")]
                )
            case "not_recognised":
                near = maybe_tables(self.pack, sheet, self.lang)
                zh, en = (
                    "认不出是哪张表，未读；写明是哪张表，或写“不读: 是”",
                    "not recognised; name its table or write skip: yes",
                )
                yield self._remark(f"{zh}{'；' if near else ''}{near}", f"{en}{'; ' if near else ''}{near}")
                first = sheet.suggestions[0].name if sheet.suggestions else ""
                said = (
                    self._line("table", self._table(first)) if first else self._line("skip", "是" if self.zh else "yes")
                )
                yield from self._asleep([*self._place(sheet, True), said])

    # --- a sheet that was read

    def _read(self, sheet: Sheet, with_file: bool) -> Iterator[str]:
        lines = [*self._place(sheet, with_file), self._line("table", self._table(sheet.table))]
        if sheet.heading is not None:
            first, last = sheet.heading
            lines.append(self._line("header", str(first) if first == last else f"{first}-{last}"))
        if sheet.hidden:
            lines.append(self._line("hidden", "读取" if self.zh else "read"))
        columns = [
            (self._column(sheet, column), self._about(sheet, column), self._holds(column)) for column in sheet.columns
        ]
        lines.append(f"{'' if any(holds for *_, holds in columns) else '# '}{self.key('columns', 'sheets', 0)}:")
        written = [(f"  {'' if holds else '# '}{said}", about) for said, about, holds in columns]
        wide = min(max((width(line) for line, _ in written), default=0), _WIDEST)
        lines += [f"{line}{' ' * max(wide - width(line), 0)}  # {about}" for line, about in written]
        yield from self._item(lines)

    def _holds(self, column: Column) -> bool:
        if column.how == "skipped":
            return True
        return column.is_read and column.how != "parent_name" and column.confidence >= _SURE

    def _column(self, sheet: Sheet, column: Column) -> str:
        key = on_one_line(column.called)
        field = column.field or (column.suggestions[0].name if column.suggestions else "")
        if not field:
            return f"{key}: {'不读' if self.zh else 'skip'}"
        name = field_name(self.pack, sheet.table, field, self.lang)
        if not column.codings:
            return f"{key}: {name}"
        here = ("sheets", 0, "columns", "")
        said = {self.key("field", *here): name, self.key("values", *here): dict(column.codings)}
        return f"{key}: {on_one_line(said)}"

    def _about(self, sheet: Sheet, column: Column) -> str:
        """How sure, why, and what stands in it."""
        parts = [f"{column.place}{'列' if self.zh else ''} {how_read(column, self.lang)}"]
        parts += filter(None, [maybe_fields(self.pack, sheet.table, column, self.lang)])
        if column.samples:
            shown = ("、" if self.zh else ", ").join(_plain(sample) for sample in column.samples)
            parts.append(f"如 {shown}" if self.zh else f"such as {shown}")
        return ("；" if self.zh else "; ").join(parts)

    # --- words

    def _table(self, table: str) -> str:
        return table_name(self.pack, table, "zh") if self.zh else table

    def _place(self, sheet: Sheet, with_file: bool) -> list[str]:
        lines = [self._line("file", _glob(sheet.file))] if with_file else []
        return [*lines, self._line("sheet", _glob(sheet.sheet))] if sheet.sheet else lines

    def _line(self, key: str, value: str) -> str:
        return f"{self.key(key, 'sheets', 0)}: {value}"

    def _remark(self, zh: str, en: str) -> str:
        return f"  # {zh if self.zh else en}"

    def _item(self, lines: Sequence[str]) -> Iterator[str]:
        yield from (f"  {'-' if at == 0 else ' '} {line}" for at, line in enumerate(lines))

    def _asleep(self, lines: Sequence[str]) -> Iterator[str]:
        yield from (f"  # {'-' if at == 0 else ' '} {line}" for at, line in enumerate(lines))


def _glob(name: str) -> str:
    """The name as a glob that fits only it; what no file of text can hold fits anything."""
    shown = "".join(each if each.isprintable() else "?" for each in escape(name))
    return "'" + shown.replace("'", "''") + "'"


def _plain(sample: str) -> str:
    return re.sub(r"\s+", " ", "".join(each if each.isprintable() else " " for each in sample)).strip()
