"""A value of texts, lists and mappings → YAML on one line, to be pasted."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SPECIAL = re.compile(r"[,\[\]{}:#'\"&*!|>%@`]|^[-? ]")


def on_one_line(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{on_one_line(key)}: {on_one_line(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(on_one_line(item) for item in value) + "]"
    text = str(value)
    return "'" + text.replace("'", "''") + "'" if not text or _SPECIAL.search(text) else text
