"""Sound bytes → bytes that something has been done to: on the way, by a bad disk, or by somebody who means harm."""

from __future__ import annotations

import io
import zipfile

from hypothesis import strategies as st

# What readers stumble over: ends of texts and lines, marks of formats, the largest and the smallest numbers.
_TOKENS = [
    *(b"\0", b"\xff", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\xff\xff\xff\x7f", b"\r", b"\n", b"\r\n", b"\t", b"\x1a"),
    *(b",", b";", b'"', b'""', b"'", b"|", b"=", b"sep=;\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\xa4\x37"),
    *(b"<", b">", b"</", b"/>", b"&", b"&amp;", b"&#0;", b"]]>", b"<!--", b"<![CDATA[", b"{", b"}", b"[", b"]", b":", b"null"),
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PAR1", b"-1", b"99999999999", b"1e400", b"NaN", b"- ", b"? ", b"&a ", b"*a"),
    *("合计".encode(), "合计".encode("gb18030"), "　".encode(), "\u202e".encode(), "\ufffe".encode(), b"\xed\xa0\x80"),
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, data: bytes, most: int = 4) -> bytes:
    """Flipped, cut, spliced, repeated, inserted, one to `most` times."""
    for _ in range(draw(st.integers(1, most))):
        if not data:
            break
        at, to = sorted((draw(st.integers(0, len(data) - 1)), draw(st.integers(0, len(data)))))
        match draw(st.sampled_from(["flip", "set", "cut", "end", "splice", "repeat", "insert"])):
            case "flip":
                data = data[:at] + bytes([data[at] ^ 1 << draw(st.integers(0, 7))]) + data[at + 1 :]
            case "set":
                token = draw(st.sampled_from(_TOKENS))
                data = data[:at] + token + data[at + len(token) :]
            case "cut":
                data = data[:at] + data[to:]
            case "end":
                data = data[:to]
            case "splice":
                length = draw(st.integers(1, 64))
                data = data[:at] + data[to : to + length] + data[at:]
            case "repeat":
                data = data[:to] + data[at:to] * draw(st.integers(1, 3)) + data[to:]
            case "insert":
                data = data[:at] + draw(st.one_of(st.sampled_from(_TOKENS), st.binary(max_size=8))) + data[at:]
    return data


@st.composite
def damaged_inside(draw: st.DrawFn, data: bytes) -> bytes:
    """One part of a zip file damaged and packed again, so that the directory fits."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw(st.sampled_from([name for name, content in parts.items() if content]))
    parts[name] = draw(damaged(parts[name]))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return out.getvalue()
