"""The bytes of a text in any of the encodings that counties use → UTF-8, and the lines that could not be read whole."""

from __future__ import annotations

import codecs
import tempfile
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from checker.errors import Text
from checker.intake.file_kinds import BROKEN_BYTES, NUL_BYTES, OTHER_ENCODING, Remark, at_lines
from checker.intake.grid import Unreadable

UTF8_MARK = codecs.BOM_UTF8
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16, so it is tried first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 8192
_START = 64 * _SAMPLE
_AT_A_TIME = 1 << 22
# Of the lines with Chinese in them; where more are broken, the encoding is another one altogether.
_MOST_BROKEN = 0.2

_UNKNOWN = Text(
    "认不出文字编码（不是 UTF-8，也不是 GB18030）；请另存为 UTF-8 的 .csv",
    "unknown text encoding (neither UTF-8 nor GB18030); save as CSV UTF-8",
)


class Decoded(NamedTuple):
    utf8: bytes
    remarks: list[Remark]


def to_utf8(data: bytes) -> Decoded:
    """Only a text that can hardly be read at all is refused."""
    if (encoding := _wide(data)) is not None:
        return _of_text(data.decode(encoding, "replace").removeprefix("\ufeff"))
    data = data.removeprefix(UTF8_MARK)
    remarks = []
    if zeros := data.count(b"\0"):
        data = data.replace(b"\0", b"")
        remarks.append(Remark(NUL_BYTES, n=zeros))
    utf8, more = _narrow(data)
    return Decoded(utf8, remarks + more)


def _wide(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    sample = data[:_SAMPLE]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    # Commas, digits and the ends of lines have a zero byte, always on the same side.
    for encoding, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros * 50 >= len(sample) and others * 20 <= zeros:
            text = sample[: len(sample) // 2 * 2].decode(encoding, "ignore")
            if "\0" not in text and all(letter.isprintable() or letter.isspace() for letter in text):
                return encoding
    return None


def _of_text(text: str) -> Decoded:
    remarks = []
    if zeros := text.count("\0"):
        text = text.replace("\0", "")
        remarks.append(Remark(NUL_BYTES, n=zeros))
    if broken := [at for at, line in enumerate(text.split("\n")) if "\ufffd" in line]:
        remarks.append(at_lines(BROKEN_BYTES, broken))
    return Decoded(text.encode("utf-8", "replace"), remarks)


def _narrow(data: bytes) -> tuple[bytes, list[Remark]]:
    if _is(data, "utf-8"):
        return data, []
    encoding = _meant(data[:_START])
    if encoding == "gb18030" and (text := _decoded(data, encoding)) is not None:
        return text.encode("utf-8"), []
    return _line_by_line(data, encoding)


def _meant(start: bytes) -> str:
    """Where half of the lines are UTF-8, all are meant to be: what is Chinese in GB18030 is never UTF-8 by chance."""
    chinese = [line for line in start.split(b"\n") if not line.isascii()]
    return "utf-8" if sum(_is(line, "utf-8") for line in chinese) * 2 >= len(chinese) else "gb18030"


def to_utf8_file(path: Path) -> BinaryIO | None:
    """The same for a text too large to hold, if it is of one encoding and unbroken; the caller closes the file."""
    file = path.open("rb")
    start = file.read(_START)
    if _wide(start) is None:
        if _rewritten(file, "utf-8", None):
            return file
        if _meant(start) == "gb18030":
            utf8 = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
            if _rewritten(file, "gb18030", utf8):
                file.close()
                return utf8
            utf8.close()
    file.close()
    return None


def _rewritten(file: BinaryIO, encoding: str, utf8: BinaryIO | None) -> bool:
    """Whether all of it could be read in that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while more := file.read(_AT_A_TIME):
            text = decoder.decode(more)
            if utf8 is not None:
                utf8.write(text.encode("utf-8"))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is(data: bytes, encoding: str) -> bool:
    return _decoded(data, encoding) is not None


def _line_by_line(data: bytes, encoding: str) -> tuple[bytes, list[Remark]]:
    lines = data.split(b"\n")
    other: list[int] = []
    broken: list[int] = []
    chinese = 0
    for at, line in enumerate(lines):
        if line.isascii():
            continue
        chinese += 1
        text = _decoded(line, encoding)
        # Half a character of UTF-8 passes for GB18030, but hardly ever for its common part.
        if text is None and encoding == "utf-8" and (text := _decoded(line, "gb2312")) is not None:
            other.append(at)
        elif text is None:
            text = line.decode(encoding, "replace")
            broken.append(at)
        lines[at] = text.encode("utf-8")
    if encoding == "gb18030" and len(broken) > chinese * _MOST_BROKEN:
        raise Unreadable(_UNKNOWN)
    told = ((OTHER_ENCODING, other), (BROKEN_BYTES, broken))
    return b"\n".join(lines), [at_lines(kind, found) for kind, found in told if found]
