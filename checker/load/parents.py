"""A pack's documents → those of the packs it extends as well; tables of one name become one document."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from checker.errors import Diagnostic, Span, Text
from checker.load import load_file, load_folder
from checker.model import Document

Find = Callable[[str], Path | None]
_V = TypeVar("_V")
# Of a table these grow; everything else is said once, by the pack that brought the table in.
_GROWING = ("fields", "define", "checks", "links", "parents", "declared_in")


def family(root: Path, find: Find) -> list[Path]:
    """The folder of the pack and those of the packs that it extends, the nearest first; as far as they are there."""
    folders: list[Path] = []
    folder: Path | None = root
    while folder is not None and folder.resolve() not in {known.resolve() for known in folders}:
        folders.append(folder)
        head = folder / "pack.yaml"
        name = load_file(head, head.as_posix())[0].data.get("extends") if head.is_file() else None
        folder = _parent(folder, name, find) if isinstance(name, str) else None
    return folders


def _parent(root: Path, name: str, find: Find) -> Path | None:
    beside = root.parent / name
    return beside if (beside / "pack.yaml").is_file() else find(name)


def load_with_parents(root: Path, find: Find) -> tuple[list[Document], list[Diagnostic]]:
    """`find`: a pack's name → its folder, if it is installed. Beside `root` is looked first."""
    return _load(root, find, (root.resolve(),))


def _load(root: Path, find: Find, seen: tuple[Path, ...]) -> tuple[list[Document], list[Diagnostic]]:
    own, faults = load_folder(root)
    head = next((document for document in own if document.kind == "pack"), None)
    name = head.data.get("extends") if head else None
    if head is None or not isinstance(name, str):
        return own, faults
    folder = _parent(root, name, find)
    span = head.spans.get(("extends",), Span(head.path))
    if folder is None:
        message = Text(f"找不到上级规则包“{name}”", f'no pack "{name}" to extend')
        hint = Text(
            "写已安装的规则包的编号，或同一文件夹下规则包的名称", "give an installed pack, or one in the folder beside"
        )
        return own, [*faults, Diagnostic("E58", span, message, hint)]
    if folder.resolve() in seen:
        message = Text("规则包绕回到自己", "the packs extend each other in a circle")
        return own, [*faults, Diagnostic("E61", span, message)]
    inherited, more = _load(folder, find, (*seen, folder.resolve()))
    above = next((document for document in inherited if document.kind == "pack"), None)
    inherited = [document for document in inherited if document.kind != "pack"]
    if above is not None:
        own = [_of_the_plan(above, document) if document is head else document for document in own]
    documents, doubled = _merged(inherited, own)
    return documents, [*faults, *more, *doubled]


def _of_the_plan(above: Document, head: Document) -> Document:
    """pack.yaml with the times of the plan above; what else a pack says of itself is its own."""
    keys = [key for key in ("phases", "begins", "ends") if key in above.data and key not in head.data]
    spans, key_spans = dict(head.spans), dict(head.key_spans)
    for key in keys:
        for into, found in ((spans, above.spans), (key_spans, above.key_spans)):
            into |= {path: span for path, span in found.items() if path[:1] == (key,)}
    return replace(head, data={**head.data, **{key: above.data[key] for key in keys}}, spans=spans, key_spans=key_spans)


def _merged(inherited: list[Document], own: list[Document]) -> tuple[list[Document], list[Diagnostic]]:
    tables = {str(d.data.get("table")): number for number, d in enumerate(inherited) if d.kind == "vocabulary"}
    documents, rest, faults = list(inherited), [], []
    for document in own:
        at = tables.get(str(document.data.get("table"))) if document.kind == "vocabulary" else None
        if at is None:
            rest.append(document)
        else:
            documents[at], doubled = _grown(documents[at], document)
            faults += doubled
    return [*documents, *rest], faults


def _grown(above: Document, below: Document) -> tuple[Document, list[Diagnostic]]:
    """The table of `above` with what `below` adds to it."""
    data, faults = dict(above.data), []
    spans, keys = dict(above.spans), dict(above.key_spans)
    for key, value in below.data.items():
        before = data.get(key)
        if key in _GROWING and isinstance(value, Mapping) and isinstance(before, Mapping):
            for name in value.keys() & before.keys():
                zh, en = f"“{name}”在上级规则包里已有", f'"{name}" is there already, in the pack that this one extends'
                hint = Text("删去，或换一个名称", "delete it, or choose another name")
                faults.append(Diagnostic("E59", below.key_spans[(key, name)], Text(zh, en), hint))
            data[key] = {**value, **before}
            _take(spans, below.spans, (key,), before)
            _take(keys, below.key_spans, (key,), before)
        elif key == "aliases" and before is not None:
            data[key] = [*_listed(before), *_listed(value)]
        elif before is None and key in (*_GROWING, "aliases"):
            data[key] = value
            _take(spans, below.spans, (key,), ())
            _take(keys, below.key_spans, (key,), ())
            spans[(key,)], keys[(key,)] = below.spans[(key,)], below.key_spans[(key,)]
        elif before != value and key != "notes":
            # Else a pack below could change what the rules above mean.
            zh = f"“{key}”由上级规则包规定，这里不能改" if before is None else f"“{key}”由上级规则包规定为“{before}”"
            en = f'"{key}" is for the pack that this one extends to say' + (f": {before}" if before is not None else "")
            faults.append(Diagnostic("E61", below.key_spans[(key,)], Text(zh, en)))
    digest = hashlib.sha256(f"{above.digest} {below.digest}".encode()).hexdigest()
    return replace(above, data=data, spans=spans, key_spans=keys, digest=digest), faults


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def _take(into: dict, found: Mapping, start: tuple[str, ...], taken: object) -> None:  # type: ignore[type-arg]
    """The places below `start`, except of names that are taken."""
    depth = len(start)
    for path, span in found.items():
        if path[:depth] == start and len(path) > depth and path[depth] not in taken:  # type: ignore[operator]
            into[path] = span
