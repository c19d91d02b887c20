"""A zip container from anywhere → its parts, unpacked within limits. What is not as the container says is refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from checker.errors import Text
from checker.intake.formats import limits
from checker.intake.grid import Unreadable
from checker.visible import visible

STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1
_LOCAL = struct.Struct("<4s22xHH")  # signature … length of the name, length of what follows it
_PIECE = 1 << 20
XML = (".xml", ".rels", ".vml")
_DTD = b"<!DOCTYPE"
_SHOWN = 80

PASSWORD = Text(
    "有打开密码，不能读取；请取消密码后另存，或向报送单位索取",
    "protected by a password; save it without one, or ask the sender",
)
_DAMAGED = Text(
    "文件不完整或已损坏，可能没有传完；请向报送单位重新索取",
    "incomplete or damaged, perhaps not sent to its end; ask the sender for it again",
)
_NOT_TRUE = Text(
    "压缩包的目录与内容不符，不可信，没有打开；请用表格软件另存为 .xlsx",
    "its directory does not fit its contents: not to be trusted, not opened; save it as .xlsx in a spreadsheet program",
)
_HAS_DTD = Text(
    "内含文档类型声明（DTD），可能引入外部内容，没有打开；请用表格软件另存为 .xlsx",
    "holds a document type declaration (DTD), which could bring in anything; not opened; save it as .xlsx",
)
_OTHER_ENCODING = Text(
    "内部文字不是 UTF-8 编码，没有打开；请用表格软件另存为 .xlsx",
    "its inner texts are not UTF-8; not opened; save it as .xlsx in a spreadsheet program",
)


def damaged() -> Unreadable:
    return Unreadable(_DAMAGED)


class Archive:
    """Nothing is ever written to a disk; names of parts are only compared. `keeps`: what was unpacked, unless it is much."""

    def __init__(self, data: bytes, keeps: bool = False) -> None:
        self._data = memoryview(data)
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as directory:
                parts = directory.infolist()
        except (
            zipfile.BadZipFile,
            OSError,
            ValueError,
            struct.error,
            EOFError,
            NotImplementedError,
            OverflowError,
        ) as error:
            raise Unreadable(_DAMAGED) from error
        _check(parts, len(data))
        self._parts = {part.filename: part for part in parts}
        self.keeps = keeps and sum(part.file_size for part in parts) <= limits.MAX_KEPT
        self._kept: dict[str, bytes] = {}

    @property
    def names(self) -> list[str]:
        return list(self._parts)

    def kept(self) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
        """The parts that were unpacked to their end, in their order."""
        return ((part, self._kept[name]) for name, part in self._parts.items() if name in self._kept)

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def read(self, name: str) -> bytes:
        return b"".join(self.pieces(name))

    def size(self, name: str) -> int:
        return self._parts[name].file_size

    def look_through(self) -> None:
        """Every part that a parser may come to see, unpacked as if it were read."""
        for name in self._parts:
            if name.lower().endswith((*XML, ".bin")):
                for _ in self.pieces(name):
                    pass

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part, piece by piece. The last piece comes only if the part is what the directory says."""
        is_xml = name.lower().endswith(XML)
        end = b""
        passed: list[bytes] = []
        for at, piece in enumerate(self._inflated(self._parts[name])):
            if is_xml and (not at and b"\0" in piece[:4]):
                raise Unreadable(_OTHER_ENCODING)
            # A single letter is found far sooner than a word, and this one hardly ever stands there.
            if is_xml and (b"!" in piece or b"!" in end) and (_DTD in piece or _DTD in end + piece[: len(_DTD)]):
                raise Unreadable(_HAS_DTD)
            end = piece[-len(_DTD) :]
            if self.keeps:
                passed.append(piece)
            yield piece
        if self.keeps:
            self._kept[name] = b"".join(passed)

    def _inflated(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        packed = self._packed(part)
        if part.compress_type == STORED:
            if len(packed) != part.file_size or zlib.crc32(packed) != part.CRC:
                raise Unreadable(_NOT_TRUE)
            yield from (bytes(packed[at : at + _PIECE]) for at in range(0, len(packed), _PIECE))
            return
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        size = crc = 0
        left: bytes | memoryview = packed
        held = b""
        while not inflate.eof:
            try:
                piece = inflate.decompress(left, _PIECE)
            except zlib.error as error:
                raise Unreadable(_DAMAGED) from error
            left = inflate.unconsumed_tail
            size += len(piece)
            crc = zlib.crc32(piece, crc)
            if size > part.file_size or (not piece and not left and not inflate.eof):
                raise Unreadable(_NOT_TRUE)
            if held:
                yield held
            held = piece
        if size != part.file_size or crc != part.CRC:
            raise Unreadable(_NOT_TRUE)
        yield held

    def _packed(self, part: zipfile.ZipInfo) -> memoryview:
        at = part.header_offset
        head = self._data[at : at + _LOCAL.size]
        if len(head) < _LOCAL.size:
            raise Unreadable(_DAMAGED)
        signature, name, extra = _LOCAL.unpack(head)
        start = at + _LOCAL.size + name + extra
        packed = self._data[start : start + part.compress_size]
        if signature != b"PK\x03\x04" or len(packed) < part.compress_size:
            raise Unreadable(_DAMAGED)
        return packed


def _check(parts: list[zipfile.ZipInfo], size: int) -> None:
    """The directory by itself, before anything is unpacked."""
    if len(parts) > limits.MAX_PARTS:
        raise Unreadable(_too_much(f"{len(parts):,} 个部分", f"{len(parts):,} parts", f"{limits.MAX_PARTS:,}"))
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise Unreadable(PASSWORD)
    seen: set[str] = set()
    for part in parts:
        if (name := part.filename.lower()) in seen:
            raise Unreadable(_twice(part.filename))
        seen.add(name)
        if part.compress_type not in (STORED, _DEFLATED):
            raise Unreadable(_NOT_TRUE)
        if part.file_size > max(limits.RATIO_COUNTS_FROM, limits.MAX_RATIO * part.compress_size):
            ratio = f"{part.file_size // max(part.compress_size, 1):,}"
            raise Unreadable(_too_much(f"压缩了{ratio}倍的部分", f"a part packed {ratio} : 1", f"{limits.MAX_RATIO}"))
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.MAX_UNPACKED:
        told = limits.in_mb(unpacked)
        raise Unreadable(_too_much(f"解压后的 {told}", f"{told} when unpacked", limits.in_mb(limits.MAX_UNPACKED)))
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        # Parts that lie in each other: the same bytes counted many times.
        if part.header_offset < end:
            raise Unreadable(_NOT_TRUE)
        end = part.header_offset + _LOCAL.size + part.compress_size
    if end > size:
        raise Unreadable(_DAMAGED)


def _too_much(zh: str, en: str, limit: str) -> Text:
    return Text(
        f"内有{zh}，超过限度（{limit}），不像正常的表格，没有打开",
        f"holds {en}, beyond the limit ({limit}); not opened",
    )


def _twice(name: str) -> Text:
    shown = visible(name)[:_SHOWN]
    return Text(
        f"压缩包内有两个同名的部分（{shown}），不可信，没有打开；请用表格软件另存为 .xlsx",
        f"two of its parts have one name ({shown}): not to be trusted, not opened; save it as .xlsx",
    )
