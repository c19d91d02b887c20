"""Mapping documents → what they say about sheets and databases, or everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from checker.errors import Diagnostic, UsageError
from checker.mapping import NO_MAP, DataMap
from checker.model import Pack


def load_mapping(pack: Pack, paths: Sequence[str | Path]) -> DataMap:
    """The mappings of all files, those named first coming first. UsageError with all faults of all of them."""
    from checker.load import load_file
    from checker.validate.mapping import read_mapping

    found, faults = NO_MAP, list[Diagnostic]()
    for path in map(Path, paths):
        document, unreadable = load_file(path, path.as_posix())
        mapping, wrong = read_mapping(document, pack)
        faults += [*unreadable, *wrong]
        found |= mapping
    if any(fault.is_error for fault in faults):
        raise UsageError(faults)
    return found
