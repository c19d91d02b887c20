"""A name → what ships with the package: rule packs, JSON schemas, demonstration data; from a wheel or a checkout."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from checker.errors import NOWHERE, Diagnostic, Text, UsageError

_HERE = Path(__file__).resolve().parent
_BUNDLED = _HERE / "_bundled"


def _folder(bundled: str, in_checkout: str) -> Path:
    # The wheel carries copies under checker/_bundled; a checkout has the folders themselves beside checker/.
    return _BUNDLED / bundled if _BUNDLED.is_dir() else _HERE.parent / in_checkout


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a kind of document: `rule`, `vocabulary` …"""
    path = _folder("schemas", "schemas") / f"{name}.schema.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def demo_folder() -> Path:
    """The workbooks that `checker demo` writes."""
    return _folder("demo", "examples/nantong")


def packs() -> dict[str, Path]:
    """The packs that came with the package, by id."""
    rules = _folder("rules", "rules")
    return {path.parent.name: path.parent for path in sorted(rules.glob("*/pack.yaml"))}


def pack_root(name_or_path: str | Path) -> Path:
    """The folder of a pack: a path if there is a folder of that name, else a pack that came with the package."""
    folder = Path(name_or_path)
    if folder.is_dir():
        return folder
    known = packs()
    name = str(name_or_path)
    if name in known:
        return known[name]
    names_zh, names_en = "、".join(known) or "（无）", ", ".join(known) or "(none)"
    raise UsageError(
        [
            Diagnostic(
                "U32",
                NOWHERE,
                Text(f"没有名为“{name}”的规则包或文件夹", f'no pack or folder "{name}"'),
                Text(
                    f"已安装的规则包：{names_zh}；也可写文件夹的路径", f"installed packs: {names_en}; or give a folder"
                ),
            )
        ]
    )
