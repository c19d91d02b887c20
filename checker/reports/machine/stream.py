"""A JSON document whose long lists are written item by item → its bytes; in memory is what is written, not the objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from io import BytesIO
from typing import Any

_HERE = re.compile(r'"\\u0000([^"\\]*)\\u0000"')


def long(name: str) -> str:
    """Stands in a document where the list of that name comes. No text of people begins with a null character."""
    return f"\0{name}\0"


def document(told: Any, lists: Mapping[str, Iterable[object]]) -> bytes:
    out = BytesIO()
    pieces = _HERE.split(json.dumps(told, ensure_ascii=False, indent=1, default=plain))
    for at, piece in enumerate(pieces):
        if at % 2:
            _list(out, lists[piece])
        else:
            out.write(piece.encode("utf-8", "replace"))
    out.write(b"\n")
    return out.getvalue()


def item(value: object) -> bytes:
    """One value on one line."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=plain)
    return text.encode("utf-8", "replace")


def _list(out: BytesIO, items: Iterable[object]) -> None:
    out.write(b"[")
    for at, value in enumerate(items):
        out.write(b",\n" if at else b"\n")
        out.write(item(value))
    out.write(b"\n]")


def plain(value: object) -> object:
    match value:
        case date():
            return value.isoformat()
        case Fraction():
            return float(value)
    return str(value)
