"""A workbook that was looked through → the same one in the form that its reader takes least time for.

Its parts are not packed: the reader need not unpack them a second time, and sees the very bytes that were looked through. And as
it goes through every sheet once more until it comes upon the merged cells, these stand before the rows.
"""

from __future__ import annotations

import struct
import zlib

from checker.intake.formats.archive import STORED, Archive

_LOCAL, _ENTRY, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
_VERSION, _UTF8, _MIDNIGHT, _FIRST_OF_1980 = 20, 0x800, 0, 0x21
_HEAD = 1 << 16  # bytes within which the rows of a sheet begin
_ROWS, _END_OF_ROWS = b"<sheetData>", b"</sheetData>"
_MERGES, _END_OF_MERGES = b"<mergeCells", b"</mergeCells>"
_NO_MERGES = b"<mergeCells></mergeCells>"


def repacked(archive: Archive) -> bytes:
    """Of an archive that keeps what was looked through; pictures and what else was not are left out."""
    found: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for part, kept in archive.kept():
        name, body = part.filename.encode(), _merges_first(kept)
        crc = part.CRC if body is kept else zlib.crc32(body)
        same = (_VERSION, _UTF8, STORED, _MIDNIGHT, _FIRST_OF_1980, crc, len(body), len(body), len(name), 0)
        found += [_LOCAL.pack(b"PK\3\4", *same), name, body]
        directory += [_ENTRY.pack(b"PK\1\2", _VERSION, *same, 0, 0, 0, 0, at), name]
        at += _LOCAL.size + len(name) + len(body)
    listed = b"".join(directory)
    count = len(directory) // 2
    return b"".join([*found, listed, _END.pack(b"PK\5\6", 0, 0, count, count, len(listed), at, 0)])


def _merges_first(part: bytes) -> bytes:
    """As it is where it is not plainly a sheet with one list of merged cells at most, after its rows."""
    rows, end = part.find(_ROWS, 0, _HEAD), part.rfind(_END_OF_ROWS)
    if rows < 0 or end < 0 or part.find(_MERGES, 0, end) >= 0 or (b"!" in part and b"<!" in part):
        return part  # the mark is seen at once, and hardly ever there
    start = part.find(_MERGES, end)
    if start < 0:
        return b"".join((part[:rows], _NO_MERGES, part[rows:]))
    after = part.find(_END_OF_MERGES, start) + len(_END_OF_MERGES)
    if after <= start or part.find(_MERGES, after) >= 0:
        return part
    return b"".join((part[:rows], part[start:after], part[rows:start], part[after:]))
