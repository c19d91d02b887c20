"""A folder of YAML files → documents: English keys, every scalar as text, every place known, every fault told."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from checker import words
from checker.errors import Diagnostic, Span, Text, in_order
from checker.load import scan
from checker.load.events import Builder, Places
from checker.model import Document

_SCHEMA = re.compile(r"""(?m)^[ \t\u3000\u00a0{]*(?:schema|格式)[ \u3000]*[:：][ \u3000]*['"]?([^\s'",}#]+)""")
_KIND_BY_PLACE = {
    "pack": "pack",
    "clauses": "clauses",
    "gates": "gates",
    "escalations": "escalations",
    "figures": "figures",
    "lifecycle": "lifecycle",
    "units": "units",
    "calendar": "calendar",
    "readings": "readings",
    "vocabulary": "vocabulary",
    "requirements": "rule",
}


def load_folder(root: Path) -> tuple[list[Document], list[Diagnostic]]:
    """All YAML files below `root`, by path, and everything that is wrong with them as files."""
    documents: list[Document] = []
    faults: list[Diagnostic] = []
    for path in _yaml_files(root):
        document, found = load_file(path, path.as_posix())
        documents.append(document)
        faults += found
    if not documents:
        message = Text("这个文件夹里没有规则文件（.yaml）", "no rule files (.yaml) in this folder")
        faults.append(Diagnostic("E60", Span(root.as_posix()), message))
    return documents, in_order(faults)


def _yaml_files(root: Path) -> list[Path]:
    found: list[Path] = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(folder, name) for name in files if name.endswith((".yaml", ".yml")) and name[0] not in ".~"]
    return sorted(found)


def load_file(path: Path, display_path: str) -> tuple[Document, list[Diagnostic]]:
    """One file; `display_path` is how messages call it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        message = Text(f"打不开这个文件：{error.strerror}", f"cannot open this file: {error.strerror}")
        return _nothing(display_path, _kind("", display_path), b""), [Diagnostic("E51", Span(display_path), message)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _nothing(display_path, _kind("", display_path), content), [_not_utf8(content, error.start, display_path)]
    return _read(text, display_path, content)


def load_text(text: str, path: str) -> tuple[Document, list[Diagnostic]]:
    """The same for a text that is no file yet."""
    return _read(text.removeprefix("\ufeff"), path, text.encode())


def _read(text: str, path: str, content: bytes) -> tuple[Document, list[Diagnostic]]:
    lines = tuple(scan.LINE_BREAK.split(text))
    kind = _kind(text, path)
    shape = words.shape_of(kind)
    built = Builder(text, path, lines, shape)
    free = built.long_text if built.data is not None else scan.long_text_lines(lines)
    told = [fault for fault in scan.mistyped(text, path) if fault.span.line not in free]
    # With the mistyped lines put right, the rest of the file can be judged as well: all its faults, not the first.
    mended = list(lines)
    wrong = told or built.wrong
    while sum(scan.mend(mended, fault) for fault in wrong):  # a sum: all of them are tried
        told += [fault for fault in wrong if fault not in told]
        again = Builder("\n".join(mended), path, mended, shape)
        if built.data is None or again.data is not None:
            built = again
        wrong = again.wrong
    guessed = {fault.span.line + below for fault in told if fault.code == "E02" for below in (0, 1)}
    found = [fault for fault in built.faults if not (fault.code == "E50" and fault.span.line in guessed)]
    faults = in_order([*told, *found])
    if built.data is None:
        return _nothing(path, kind, content, lines), faults
    document = Document(
        path=path,
        kind=kind,
        data=built.data,
        spans=built.spans,
        key_spans=built.key_spans,
        lines=lines,
        digest=hashlib.sha256(content).hexdigest(),
        lang="zh" if built.chinese_keys > built.english_keys else "en",
    )
    return document, faults


def _kind(text: str, path: str) -> str:
    """The kind of document by its first line, else by its place: the keys cannot be read in Chinese without it."""
    written = _SCHEMA.search(text)
    if written and written[1] in words.DOCUMENT_OF:
        return words.DOCUMENT_OF[written[1]]
    parts = Path(path)
    for place in (parts.stem, *reversed(parts.parent.parts)):
        if place in _KIND_BY_PLACE:
            return _KIND_BY_PLACE[place]
    if "parameters" in parts.parts:
        return "scale" if re.search(r"(?m)^ *(?:- )?(?:brackets|档次|by_choice|按选项)\s*[:：]", text) else "parameter"
    return ""


def _nothing(path: str, kind: str, content: bytes, lines: tuple[str, ...] = ()) -> Document:
    """A document that could not be read: no data and no place, so later stages say nothing about what it may hold."""
    nowhere = Places(path)
    return Document(path, kind, {}, nowhere, nowhere, lines, hashlib.sha256(content).hexdigest())


def _not_utf8(content: bytes, at: int, path: str) -> Diagnostic:
    before = content[:at].decode("utf-8", "replace").split("\n")
    try:
        content.decode("gb18030")
        looks_like = Text("（像是 GBK 编码）", " (it looks like GBK)")
    except UnicodeDecodeError:
        looks_like = Text("", "")
    return Diagnostic(
        "E51",
        Span(path, len(before), len(before[-1]) + 1, len(before[-1]) + 2),
        Text(f"文件不是 UTF-8 编码{looks_like.zh}", f"the file is not UTF-8{looks_like.en}"),
        Text("在编辑器中“另存为”，编码选 UTF-8", "save it as UTF-8 in your editor"),
    )
