"""The raw lines of a YAML file → what a person mistyped there, told before YAML misunderstands it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checker import words
from checker.errors import Diagnostic, Span, Text

# The line breaks that libyaml counts.
LINE_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")

_ODD_INDENT = re.compile(r"(?m)^ *([\t\u3000\u00a0])[\t\u3000\u00a0 ]*[^\s#]")
# A word and a full-width colon, or a colon without the space after it. Words are letters first: 12:30 is no key.
_ODD_COLON = re.compile(r"(?m)^[ \t\u3000\u00a0]*(?:- +)*([^\W\d]\w*)[ \u3000]*(：|:(?=[^ \t\r\n/:]))")
_ANY_COLON = re.compile(r"^[ \t\u3000\u00a0]*(?:- +)*\{?([^\s:：,{}\[\]]+)[ \u3000]*：")
_BLOCK_TEXT = re.compile(r"(?:^|[:\-] )[ ]*[|>][+\-0-9]{0,2}[ ]*(?:#.*)?$")
_QUOTED_THEN_MORE = re.compile(r"""(?:^|[:\-\[{,] )\s*('[^']*'|"[^"]*")\s*[^\s,}\]#:]""")

_INDENT_NAMES = {
    "\t": Text("制表符", "a tab"),
    "\u3000": Text("全角空格", "an ideographic space"),
    "\u00a0": Text("不间断空格", "a non-breaking space"),
}


def mistyped(text: str, path: str) -> Iterator[Diagnostic]:
    """Indents that are no spaces, and colons that are no colons to YAML. Lines inside long texts are not known here."""
    # Looking at whole texts first keeps the usual file (nothing wrong) cheap.
    for found in _ODD_INDENT.finditer(text):
        line = len(LINE_BREAK.split(text[: found.start()]))
        name = _INDENT_NAMES[found[1]]
        yield Diagnostic(
            "E02",
            Span(path, line, 1, found.end(1) - found.start() + 1),
            Text(f"行首有{name.zh}", f"{name.en} in the indent"),
            Text("用两个半角空格缩进", "use two spaces"),
        )
    for found in _ODD_COLON.finditer(text):
        if found[1] in words.KEYS:
            line = len(LINE_BREAK.split(text[: found.start()]))
            column = found.start(1) - found.start() + 1
            rest = LINE_BREAK.split(text[found.end() :], maxsplit=1)[0]
            yield odd_colon(Span(path, line, column, found.end() - found.start() + 1), found[1], found[2], rest)


def odd_colon(span: Span, word: str, colon: str, rest: str) -> Diagnostic:
    """E01: a key whose colon YAML does not see."""
    fixed = f"{word}: {rest.strip()[:16]}".strip()
    if colon == "：":
        return Diagnostic(
            "E01",
            span,
            Text(f"“{word}”后面用了全角冒号“：”", f'full-width colon after the key "{word}"'),
            Text(f"改为半角冒号加一个空格：{fixed}", f'use ": ": {fixed}'),
        )
    return Diagnostic(
        "E01",
        span,
        Text(f"“{word}”的冒号后面缺少一个空格", f'no space after the colon of "{word}"'),
        Text(f"冒号后加一个半角空格：{fixed}", f"add a space: {fixed}"),
    )


MENDABLE = ("E01", "E02", "E03")


def mend(lines: list[str], fault: Diagnostic) -> bool:
    """Put the line of a fault in place as it was probably meant; False if nothing changed, so that mending ends."""
    number = fault.span.line - 1
    if fault.code not in MENDABLE or number < 0:
        return False
    line, start = lines[number], fault.span.column - 1
    if fault.code == "E02":
        fixed = " " * _likely_indent(lines[:number]) + line.lstrip()
    elif fault.code == "E01":
        fixed = line[:start] + re.sub(r"[ \u3000]*[：:]\s*", ": ", line[start:], count=1)
    else:
        opening = min((at for at in (line.find("("), line.find("（")) if at >= 0), default=start)
        fixed = line[:opening] + re.sub(r"\s*:\s+", ", ", line[opening:])
    lines[number] = fixed
    return fixed != line


def _likely_indent(before: Sequence[str]) -> int:
    """Beside the key of the line above, or below it if that line ends with its colon."""
    above = next((line for line in reversed(before) if line.strip()), "")
    key = re.match(r"[ \-]*", above)
    column = key.end() if key else 0
    return column + 2 if above.rstrip().endswith((":", "：")) else column


def long_text_lines(lines: Sequence[str]) -> set[int]:
    """The lines inside texts after | or >: what stands there is free. For files that YAML could not read."""
    inside: set[int] = set()
    depth = -1
    for number, line in enumerate(lines, 1):
        indent = len(line) - len(line.lstrip(" "))
        if depth >= 0 and (not line.strip() or indent > depth):
            inside.add(number)
            continue
        depth = indent if _BLOCK_TEXT.search(line) else -1
    return inside


def open_bracket(text: str) -> bool:
    """Whether a round bracket is opened and not closed."""
    return sum(text.count(mark) for mark in "(（") > sum(text.count(mark) for mark in ")）")


def colon_in_expression(span: Span, expression: str) -> Diagnostic:
    """E03: every(bus: monitored)."""
    better = re.sub(r"\s*:\s+", ", ", expression.strip())
    return Diagnostic(
        "E03",
        span,
        Text("表达式中的“: ”被读成了键", '": " inside an expression was read as a key'),
        Text(f"表名后用逗号：{better}", f"write {better}"),
    )


def comment_in_expression(span: Span) -> Diagnostic:
    """E08: the value ends at ` #` without a word."""
    return Diagnostic(
        "E08",
        span,
        Text("“#”之后的文字被当作注释丢弃", 'the text after " #" is dropped as a comment'),
        Text(
            "确需“#”请给整个值加引号；是注释请单独写一行",
            "quote the whole value if # is meant; put a comment on a line of its own",
        ),
    )


# What libyaml says -> what it means to the author.
_TOLD: tuple[tuple[str, Text, Text | None], ...] = (
    (
        "mapping values are not allowed",
        Text("这一行里又出现了“: ”", 'a second ": " in this line'),
        Text("文字里有冒号就给整个值加引号；否则检查缩进", "quote a text that holds a colon; else check the indent"),
    ),
    (
        "could not find expected ':'",
        Text("这一行缺少“键: 值”的冒号", "this line has no key and colon"),
        Text("写成“键: 值”；上一行的文字要接着写，就给它加引号", "write key: value; quote a text that goes on here"),
    ),
    (
        "did not find expected ',' or",
        Text("括号没有收尾，或者两项之间缺少逗号", "a bracket is not closed, or a comma is missing between two items"),
        None,
    ),
    (
        "unexpected end of stream",
        Text("引号没有收尾", "a quotation mark is not closed"),
        None,
    ),
    (
        "cannot start any token",
        Text("值不能以这个符号开头", "a value cannot begin with this character"),
        Text("给整个值加引号", "quote the whole value"),
    ),
    (
        "unknown escape character",
        Text("双引号里的“\\”有特殊含义", "\\ has a meaning inside double quotes"),
        Text("改用单引号", "use single quotes"),
    ),
    (
        "block sequence entries are not allowed",
        Text("“- ”不能写在这里", '"- " cannot stand here'),
        Text("列表的每一项另起一行", "begin each item on a line of its own"),
    ),
    (
        "control characters are not allowed",
        Text("文件里有看不见的控制字符", "a control character in the file"),
        Text("删去这个字符", "delete it"),
    ),
)


def unreadable(problem: str, span: Span, lines: Sequence[str]) -> Diagnostic:
    """The one message for a file that YAML gave up on, by the text of the line where it did."""
    line = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    for number in (span.line, span.line - 1):
        # The broken line is the one before if YAML only noticed on the next.
        before = lines[number - 1] if 0 < number <= len(lines) else ""
        odd = _ANY_COLON.match(before)
        if odd and ": " not in before:
            place = Span(span.path, number, odd.start(1) + 1, odd.end() + 1)
            return odd_colon(place, odd[1], "：", before[odd.end() :])
    head = line[: span.column - 1]
    if "mapping values" in problem and open_bracket(head):
        return colon_in_expression(span, re.sub(r"^\s*(?:- +)*(?:\w+: +)?", "", line))
    if _QUOTED_THEN_MORE.search(line):
        return Diagnostic(
            "E50",
            span,
            Text("值以引号开头，引号后面又有文字", "the value begins with a quotation mark and goes on after it"),
            Text("给整个值再加一层双引号，或把两边对调", "put the whole value in double quotes, or turn it round"),
        )
    if re.search(r"(?:[:\-] |^)\s*>=?\s*\S", line):
        return Diagnostic(
            "E50",
            span,
            Text("值不能以“>”开头", "a value cannot begin with >"),
            Text("比较的两边都要写：专职保安人数 >= 3", "write both sides: guards >= 3"),
        )
    for phrase, message, hint in _TOLD:
        if phrase in problem:
            return Diagnostic("E50", span, message, hint)
    return Diagnostic(
        "E50",
        span,
        Text(
            "从这里起读不懂：缩进与上面几行对不齐", "cannot be read from here: the indent does not fit the lines above"
        ),
        Text("同一层的键左边对齐，每层缩进两个空格", "align keys of one level; indent each level by two spaces"),
    )
