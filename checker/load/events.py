"""The text of a YAML file → nested mappings, lists and texts with English keys, and where each thing stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, cast

import yaml

from checker.errors import Diagnostic, Span, Text
from checker.load import scan
from checker.words import PLAIN, Shape

Path = tuple[str | int, ...]

# Only the parser is used: scalars stay what was typed (no, 012345, 5.4, 12:30, 2019-11-31).
_Parser = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader

_DEEPEST = 40


class _Mark(Protocol):
    line: int
    column: int


class _Event(Protocol):
    """What the parser tells, all kinds of event in one: the library's own types call every mark optional."""

    start_mark: _Mark
    end_mark: _Mark
    value: str
    style: str | None
    anchor: str | None
    tag: str | None
    flow_style: bool


# Compared by identity: isinstance is the slower way, and there are a hundred events in a rule.
_SCALAR: type = yaml.ScalarEvent
_MAPPING: type = yaml.MappingStartEvent
_MAPPING_END: type = yaml.MappingEndEvent
_LIST_END: type = yaml.SequenceEndEvent
_ALIAS: type = yaml.AliasEvent
_DOCUMENT: type = yaml.DocumentStartEvent
_DOCUMENT_END: type = yaml.DocumentEndEvent
_END: type = yaml.StreamEndEvent


class Places(Mapping[Path, Span]):
    """Path -> Span. Kept as numbers until asked: most places are never looked at."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.found: dict[Path, tuple[int, int, int]] = {}

    def __getitem__(self, key: Path) -> Span:
        return Span(self.path, *self.found[key])

    def __iter__(self) -> Iterator[Path]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)


class _Stop(Exception):
    """The rest of the file cannot be followed; the reason has been noted."""


class Builder:
    """One file being read. `data` is None when YAML could not read it to the end or it holds no keys."""

    def __init__(self, text: str, path: str, lines: Sequence[str], shape: Shape) -> None:
        self.path = path
        self.lines = lines
        self.spans = Places(path)
        self.key_spans = Places(path)
        self.faults: list[Diagnostic] = []
        self.wrong: list[Diagnostic] = []  # where YAML gave up: at most one
        self.long_text: set[int] = set()
        self.chinese_keys = 0
        self.english_keys = 0
        self.data: dict[str, object] | None = None
        try:
            self._next = cast(Callable[[], _Event], _Parser(text).get_event)
            self._document(shape)
        except _Stop:
            self.data = None
        except yaml.YAMLError as error:
            self.data = None
            self.wrong = [self._unreadable(error, text)]
            self.faults += self.wrong

    # --- the document ---------------------------------------------------------------------------------

    def _document(self, shape: Shape) -> None:
        event = self._next()
        while type(event) not in (_DOCUMENT, _END):
            event = self._next()
        if type(event) is _END:
            self._fault("E52", Span(self.path), "文件是空的", "the file is empty")
            return
        start = self._next()
        root = self._value(start, (), shape)
        if type(self._next()) is not _DOCUMENT_END:
            return
        after = self._next()
        if type(after) is _DOCUMENT:
            self._fault(
                "E54",
                self._span(after.start_mark, after.end_mark),
                "一个文件里写了两份（用“---”隔开），第二份不会被读",
                'two documents in one file (after "---"); the second would not be read',
                Text("拆成两个文件", "make two files of them"),
            )
        if isinstance(root, dict):
            self.data = root
        elif type(start) is _SCALAR and not start.value:
            self._fault("E52", Span(self.path), "文件里没有内容", "the file holds nothing")
        elif type(start) is _SCALAR:
            self._fault(
                "E52",
                self._span(start.start_mark, start.end_mark),
                "整个文件被读成了一段文字",
                "the whole file was read as one text",
                Text("每行写成“键: 值”，冒号用半角，后面空一格", "write key: value in each line"),
            )
        else:
            self._fault(
                "E52",
                self._span(start.start_mark, start.end_mark),
                "文件最外层应是“键: 值”，不是列表",
                "the file must hold keys and values, not a list",
            )

    def _value(self, event: _Event, path: Path, shape: Shape) -> object:
        if type(event) is _ALIAS:
            self._refuse(event, f"*{event.anchor}")
            return ""
        if event.anchor or event.tag:
            self._refuse(event, f"&{event.anchor}" if event.anchor else "!")
        if type(event) is _SCALAR:
            return self._scalar(event, path, shape)
        if len(path) > _DEEPEST:
            self._fault("E50", self._span(event.start_mark, event.end_mark), "嵌套太深", "nested too deep")
            raise _Stop
        line, column = event.start_mark.line, event.start_mark.column
        self.spans.found[path] = (line + 1, column + 1, len(self.lines[line].rstrip()) + 1)
        if type(event) is _MAPPING:
            return self._mapping(event, path, shape)
        items: list[object] = []
        while type(event := self._next()) is not _LIST_END:
            items.append(self._value(event, (*path, len(items)), shape.within(len(items))))
            if shape.is_expression and type(event) is _SCALAR and event.style in ("", None):
                self._check_comma(event)
        return items

    def _scalar(self, event: _Event, path: Path, shape: Shape) -> str:
        start, end, text = event.start_mark, event.end_mark, event.value
        plain = event.style in ("", None)
        # A quoted value begins after its quotation mark, so that columns inside an expression are right.
        quote = 1 if event.style in ("'", '"') else 0
        if start.line == end.line:
            self.spans.found[path] = (start.line + 1, start.column + 1 + quote, end.column + 1 - quote)
        else:
            width = len(self.lines[start.line].rstrip())
            self.spans.found[path] = (start.line + 1, start.column + 1 + quote, width + 1)
            if path and not (plain and shape.is_expression):
                self.long_text.update(range(start.line + 2, end.line + (2 if plain or quote else 1)))
        if plain:
            if shape.is_expression and text:
                rest = self.lines[end.line][end.column :]
                if rest.lstrip().startswith("#"):
                    column = end.column + rest.index("#") + 1
                    span = Span(self.path, end.line + 1, column, len(self.lines[end.line]) + 1)
                    self.faults.append(scan.comment_in_expression(span))
            text = text.strip()
        if shape.values:
            return shape.values.get(text.strip(), text)
        return text

    # --- mappings -------------------------------------------------------------------------------------

    def _mapping(self, opening: _Event, path: Path, shape: Shape) -> object:
        found: dict[str, object] = {}
        lines_of: dict[str, int] = {}
        split_expression = ""
        while type(event := self._next()) is not _MAPPING_END:
            if type(event) is not _SCALAR:
                self._fault(
                    "E50",
                    self._span(event.start_mark, event.end_mark),
                    "键应是一个词",
                    "a key must be a word",
                    Text("值以“[”“{”开头时加引号", "quote a value that begins with [ or {"),
                )
                raise _Stop
            if event.anchor or event.tag:
                self._refuse(event, f"&{event.anchor}" if event.anchor else "!")
            start, end, written = event.start_mark, event.end_mark, event.value
            if ("(" in written or "（" in written) and not opening.flow_style and scan.open_bracket(written):
                value = self._value(self._next(), (*path, written), PLAIN)
                split_expression = f"{written}: {value}"
                colon = Span(self.path, end.line + 1, end.column + 1, end.column + 2)
                self.faults.append(scan.colon_in_expression(colon, split_expression))
                continue
            key = shape.english.get(written, written)
            if key in shape.english:
                self.chinese_keys += written != key
                self.english_keys += written == key
            here = (*path, key)
            after = self._next()
            lost = self._lost_colon(opening, event, after)
            if lost is not None:
                if lost[0]:
                    found[shape.english.get(lost[0], lost[0])] = lost[1]
                continue
            if key in found:
                self._twice(written, key, event, lines_of[key])
                self._value(after, (*path, key, "again"), PLAIN)
                continue
            lines_of[key] = start.line + 1
            self.key_spans.found[here] = (start.line + 1, start.column + 1, end.column + 1)
            found[key] = self._value(after, here, shape.within(key))
        return split_expression if split_expression and not found else found

    def _lost_colon(self, opening: _Event, key: _Event, value: _Event) -> tuple[str, str] | None:
        """`{name: not linked, late}`: YAML makes a key without a value of what follows a comma.

        None if it did not; else the key and value that were meant, empty if nobody can know.
        """
        if not opening.flow_style or type(value) is not _SCALAR or value.value or value.style not in ("", None):
            return None
        end = key.end_mark
        if (value.start_mark.line, value.start_mark.column) != (end.line, end.column) or key.style in ("'", '"'):
            return None
        span = self._span(key.start_mark, end)
        word, colon, rest = key.value.partition("：")
        if not colon:
            word, colon, rest = key.value.partition(":")
        if colon:
            self.faults.append(scan.odd_colon(span, word.strip(), colon, rest))
            return word.strip(), rest.strip()
        self._fault(
            "E04",
            span,
            f"花括号里多出没有值的“{key.value}”，文字中有半角逗号？",
            f'"{key.value}" has no value; a comma in the text?',
            Text("给文字加引号，或分行写", "quote it or use separate lines"),
        )
        return "", ""

    def _check_comma(self, event: _Event) -> None:
        """`[every(bus, x), b]`: YAML splits at the comma inside the round brackets."""
        if scan.open_bracket(event.value):
            self._fault(
                "E04",
                self._span(event.start_mark, event.end_mark),
                f"表达式在半角逗号处被拆开：“{event.value}”",
                f'the expression was split at a comma: "{event.value}"',
                Text("给表达式加引号，或每项写一行", "quote it or write one item a line"),
            )

    def _twice(self, written: str, key: str, event: _Event, other: int) -> None:
        same = f"（即“{key}”）" if written != key else ""
        self._fault(
            "E05",
            self._span(event.start_mark, event.end_mark),
            f"“{written}”{same}写了两次（另一处在第{other}行），不知以哪个为准",
            f'"{key}" twice (also line {other})',
            Text("删去一处", "delete one"),
        )

    # --- faults ---------------------------------------------------------------------------------------

    def _refuse(self, event: _Event, mark: str) -> None:
        self._fault(
            "E53",
            self._span(event.start_mark, event.end_mark),
            f"值不能以“{mark[0]}”开头：不支持引用和标签",
            f'a value cannot begin with "{mark[0]}": anchors, aliases and tags are not read',
            Text("是文字就加引号；是引用就把内容再写一遍", "quote a text; write a repeated content out"),
        )

    def _unreadable(self, error: yaml.YAMLError, text: str) -> Diagnostic:
        if isinstance(error, yaml.MarkedYAMLError):
            # An unclosed quote or a key without its colon is noticed far below where it begins.
            late = error.context in ("while scanning a quoted scalar", "while scanning a simple key")
            mark = error.context_mark if late and error.context_mark is not None else error.problem_mark
            problem = error.problem or ""
            line, column = (mark.line, mark.column) if mark is not None else (0, 0)
            line = min(line, len(self.lines) - 1)
            return scan.unreadable(problem, Span(self.path, line + 1, column + 1, column + 2), self.lines)
        position = getattr(error, "position", 0)
        odd = next((at for at, mark in enumerate(text) if ord(mark) < 32 and mark not in "\t\r\n"), position)
        before = scan.LINE_BREAK.split(text[:odd])
        span = Span(self.path, len(before), len(before[-1]) + 1, len(before[-1]) + 2)
        return scan.unreadable("control characters are not allowed", span, self.lines)

    def _span(self, start: _Mark, end: _Mark) -> Span:
        width = end.column if end.line == start.line else len(self.lines[start.line])
        return Span(self.path, start.line + 1, start.column + 1, max(width, start.column + 1) + 1)

    def _fault(self, code: str, span: Span, zh: str, en: str, hint: Text | None = None) -> None:
        self.faults.append(Diagnostic(code, span, Text(zh, en), hint))
