"""A folder of runs → its table of contents: one line per run, rebuilt from the runs themselves."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import polars as pl

from checker.errors import Language, Text
from checker.runs.parts import MANIFEST, folders
from checker.sheet_text import csv_bytes

NAME = Text("目录.csv", "index.csv")
_HEAD = (
    Text("运行", "run"),
    Text("规则包", "pack"),
    Text("版本", "version"),
    Text("统计时点", "as_of"),
    Text("收数截止", "known_at"),
    Text("通过", "open"),
    Text("未通过", "closed"),
    Text("待定", "undecided"),
    Text("问题", "findings"),
    Text("数据疑问", "questions"),
    Text("清单摘要", "manifest"),
)


def write(root: Path, lang: Language) -> Path:
    """The newest as_of first; a run that cannot be read is left out."""
    lines = [line for folder in folders(root) if (line := _line(folder)) is not None]
    lines.sort(key=lambda line: (line[3], line[0]), reverse=True)
    frame = pl.DataFrame(lines, schema=dict.fromkeys((head.of(lang) for head in _HEAD), pl.String), orient="row")
    path = root / NAME.of(lang)
    path.write_bytes(csv_bytes(frame))
    return path


def _line(folder: Path) -> list[str] | None:
    content = (folder / MANIFEST).read_bytes()
    try:
        told = json.loads(content)
        counts, gates = told["counts"], told["counts"]["gates"]
        return [
            folder.name,
            told["pack"]["id"],
            told["pack"]["version"],
            told["as_of"],
            told["known_at"] or "",
            *(str(gates[state]) for state in ("open", "closed", "undecided")),
            str(counts["findings"]),
            str(counts["questions"]),
            sha256(content).hexdigest()[:16],
        ]
    except (ValueError, KeyError, TypeError):
        return None
