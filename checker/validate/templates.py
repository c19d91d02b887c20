"""The template of a paper → every placeholder in it that means nothing, with its place; and what a template may not hold."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from xml.etree import ElementTree

from checker.errors import Diagnostic, Span, Text
from checker.model import Pack
from checker.papers import DRAFT, DRAFT_TEXT, Mark, Paper, conditions, known, marks, singles, understood
from checker.validate.reading import did_you_mean

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LARGEST_PART = 20_000_000  # characters of XML: a template is a page or two
_QUOTED = 24
_FIRST, _BRACES = re.compile(r"\{\{|\}\}"), re.compile(r"\{\{[^{}]*\}\}")


class _Unreadable(Exception):
    pass


def faults(pack: Pack, paper: Paper) -> list[Diagnostic]:
    """`paper.template` may lie anywhere: also one that is still being tried is judged here before it is filled."""
    path = Path(paper.template)
    span = Span(path.as_posix())
    try:
        pieces = list(_pieces(path))
    except (OSError, zipfile.BadZipFile, ElementTree.ParseError, LookupError, ValueError, _Unreadable) as error:
        kind = "Word" if path.suffix == ".docx" else "Excel"
        told = error.strerror if isinstance(error, OSError) and error.strerror else ""
        message = Text(
            f"打不开文书模板{f'：{told}' if told else f'，不是 {kind} 文件'}",
            f"cannot open the template of a paper{f': {told}' if told else f': no {kind} file'}",
        )
        hint = Text(f"在 {kind} 或 WPS 中另存为 {path.suffix}", f"save it as {path.suffix}")
        return [Diagnostic("E51", span, message, hint)]
    groups, alone = known(pack, paper), singles(pack, paper)
    found = [fault for place, text in pieces for fault in _in_text(groups, alone, span, place, text)]
    if path.suffix == ".xlsx":
        found += _formulas(path, span)
    if not any(mark.name == DRAFT for _, text in pieces for mark in marks(text)):
        message = Text(f"模板没有注明“{DRAFT_TEXT}”", "the template does not say that it is a draft")
        hint = Text(f"在页眉或首行写上 {{{{{DRAFT}}}}}", f"write {{{{{DRAFT}}}}} in the header or the first line")
        found.append(Diagnostic("E67", span, message, hint))
    return found


def _in_text(
    groups: Mapping[str, frozenset[str]], alone: frozenset[str], span: Span, place: Text, text: str
) -> Iterator[Diagnostic]:
    lists: dict[str, None] = {}
    for mark in marks(text):
        if not understood(mark, groups):
            message = Text(
                f"{place.zh}：{mark.text} 不是可用的占位符", f"{place.en}: {mark.text} is no placeholder that we know"
            )
            yield Diagnostic("E66", span, message, _meant(mark, groups))
        elif mark.group not in alone and not mark.when:
            lists[mark.group] = None
    if len(lists) > 1:
        named = "、".join(lists)
        message = Text(
            f"{place.zh}：同一行用了几个清单：{named}", f"{place.en}: one line draws on several lists: {named}"
        )
        hint = Text("分成几行，一行只用一个清单", "one list a line")
        yield Diagnostic("E66", span, message, hint)
    if _FIRST.search(_BRACES.sub("", text)):
        message = Text(f"{place.zh}：“{{{{”和“}}}}”不成对", f"{place.en}: {{{{ and }}}} do not match")
        yield Diagnostic("E66", span, message, Text("占位符写作 {{名称}}", "a placeholder is {{name}}"))


def _meant(mark: Mark, groups: Mapping[str, frozenset[str]]) -> Text | None:
    wanted = Text("可用的占位符见《文书》一文", "the placeholders are listed in docs/文书.md")
    if mark.when:
        return did_you_mean(mark.group, conditions(groups), wanted)
    if mark.group in groups:
        return did_you_mean(mark.name, groups[mark.group], wanted)
    return did_you_mean(mark.group, groups, wanted)


# --- what stands where ---------------------------------------------------------------------------


def _pieces(path: Path) -> Iterator[tuple[Text, str]]:
    """(place, text) of every line that may hold a placeholder: a paragraph or row of a table, a row of cells."""
    with zipfile.ZipFile(path) as archive:
        yield from _word(archive) if path.suffix == ".docx" else _sheets(archive)


def _xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if archive.getinfo(name).file_size > _LARGEST_PART:
        raise _Unreadable(name)
    content = archive.read(name)
    if b"<!DOCTYPE" in content:
        raise _Unreadable(name)
    return ElementTree.fromstring(content)


_PARTS = {"document": Text("正文", "text"), "header": Text("页眉", "header"), "footer": Text("页脚", "footer")}


def _word(archive: zipfile.ZipFile) -> Iterator[tuple[Text, str]]:
    for name in sorted(archive.namelist()):
        found = re.fullmatch(r"word/(document|header|footer)\d*\.xml", name)
        if found is None:
            continue
        part = _PARTS[found[1]]
        root = _xml(archive, name)
        rows = list(root.iter(f"{_WORD}tr"))
        in_rows = {id(paragraph) for row in rows for paragraph in row.iter(f"{_WORD}p")}
        for row in rows:
            text = "".join(_said(paragraph) for paragraph in row.iter(f"{_WORD}p"))
            yield _quoted(Text(f"{part.zh}表格", f"table in the {part.en}"), text), text
        for paragraph in root.iter(f"{_WORD}p"):
            if id(paragraph) not in in_rows and (text := _said(paragraph)):
                yield _quoted(part, text), text


def _said(paragraph: ElementTree.Element) -> str:
    return "".join(piece.text or "" for piece in paragraph.iter(f"{_WORD}t"))


def _quoted(part: Text, text: str) -> Text:
    """A page of Word has no addresses: the beginning of the line says where."""
    start = text[:_QUOTED] + ("…" if len(text) > _QUOTED else "")
    return Text(f"{part.zh}“{start}”一行", f'{part.en}, "{start}"')


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[Text, str]]:
    shared = _shared(archive)
    for title, part in _sheet_parts(archive):
        root = _xml(archive, part)
        for row in root.iter(f"{_SHEET}row"):
            cells = [(cell.get("r") or "", _cell_text(cell, shared)) for cell in row.iter(f"{_SHEET}c")]
            marked = [(place, text) for place, text in cells if "{{" in text or "}}" in text]
            # All of a row at once tells of two lists in it; each cell alone tells the place of what is unknown.
            for place, text in marked:
                yield Text(f"工作表“{title}”单元格 {place}", f'sheet "{title}" cell {place}'), text
            if len(marked) > 1:
                known_only = "".join(text for _, text in marked)
                if _lists_of(known_only) > 1:
                    number = row.get("r") or ""
                    yield Text(f"工作表“{title}”第{number}行", f'sheet "{title}" row {number}'), known_only
        for part_of_page in root.iter(f"{_SHEET}headerFooter"):
            for line in part_of_page:
                if line.text and "{{" in line.text:
                    yield Text(f"工作表“{title}”页眉页脚", f'header of sheet "{title}"'), "{{" + line.text


def _lists_of(text: str) -> int:
    return len({mark.group for mark in marks(text) if mark.group})


def _shared(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    root = _xml(archive, "xl/sharedStrings.xml")
    return ["".join(piece.text or "" for piece in item.iter(f"{_SHEET}t")) for item in root.iter(f"{_SHEET}si")]


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = _xml(archive, "xl/_rels/workbook.xml.rels")
    target = {relation.get("Id"): relation.get("Target") or "" for relation in relations}
    for sheet in _xml(archive, "xl/workbook.xml").iter(f"{_SHEET}sheet"):
        part = target[sheet.get(_RELATION)]
        yield sheet.get("name") or "", part.lstrip("/") if part.startswith("/") else str(PurePath("xl") / part)


def _cell_text(cell: ElementTree.Element, shared: list[str]) -> str:
    if cell.get("t") == "s":
        value = cell.find(f"{_SHEET}v")
        return shared[int(value.text)] if value is not None and value.text else ""
    return "".join(piece.text or "" for piece in cell.iter(f"{_SHEET}t"))


def _formulas(path: Path, span: Span) -> Iterator[Diagnostic]:
    with zipfile.ZipFile(path) as archive:
        for title, part in _sheet_parts(archive):
            for cell in _xml(archive, part).iter(f"{_SHEET}c"):
                if cell.find(f"{_SHEET}f") is not None:
                    place = cell.get("r")
                    message = Text(
                        f"工作表“{title}”单元格 {place} 是公式，模板里不能有公式",
                        f'sheet "{title}" cell {place} is a formula; a template has none',
                    )
                    hint = Text(
                        "行数每次不同，公式会算错；合计用占位符",
                        "rows vary, so it would go wrong; totals are placeholders",
                    )
                    yield Diagnostic("E67", span, message, hint)
