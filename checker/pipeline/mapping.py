"""Mapping documents → what they say about sheets and databases, or everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import Diagnostic, Language, UsageError
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack
from checker.visible import visible

if TYPE_CHECKING:
    from checker.plan import Tables


def load_mapping(pack: Pack, paths: Sequence[str | Path]) -> DataMap:
    """The mappings of all files, those named first coming first. UsageError with all faults of all of them."""
    from checker.load import load_file
    from checker.validate.mapping import read_mapping

    found, faults = NO_MAP, list[Diagnostic]()
    for path in map(Path, paths):
        document, unreadable = load_file(path, path.as_posix())
        mapping, wrong = read_mapping(document, pack)
        faults += [*unreadable, *wrong]
        found |= replace(mapping, documents=((visible(path.name), document.digest),))
    if found.sheets or found.databases:
        from checker import intake

        faults += intake.unreadable(pack, found)
    if any(fault.is_error for fault in faults):
        raise UsageError(faults)
    return found


def unused_lines(tables: Tables, lang: Language) -> str:
    """The lines of the mappings that found no sheet or column, one a line; "" if all were used."""
    asked = tables.questions
    return "\n".join(
        f"{file}：{message}" if lang == "zh" else f"{file}: {message}"
        for code, file, message in asked.select("code", "file", f"message_{lang}").iter_rows()
        if code == "mapping_unused"
    )
