"""A text from anywhere (a file's name, a sheet's, a cell) → the same to be read: nothing in it steers the screen or misleads the eye."""

from __future__ import annotations

import re

# Control characters (an escape sequence may clear the screen or forge a line), marks that turn the direction of writing
# (after U+202E a name that ends in xslx.exe looks like a workbook), ends of lines that only some programs know, unseen
# marks, halves of characters.
STEERING = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
_STEERING = re.compile(f"[{STEERING}\ud800-\udfff]")


def visible_lines(text: str) -> str:
    """Ends of lines and tabs stay."""
    return _STEERING.sub(_named, text.replace("\r\n", "\n"))


def visible(text: str) -> str:
    """As a part of a line."""
    if text.isprintable():
        return text
    return visible_lines(text).replace("\n", " ").replace("\t", " ")


def _named(found: re.Match[str]) -> str:
    code = ord(found[0])
    # A byte of a name that is not UTF-8.
    return f"<{code - 0xDC00:02X}>" if 0xDC80 <= code <= 0xDCFF else f"<U+{code:04X}>"
