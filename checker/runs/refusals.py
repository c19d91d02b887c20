"""A folder that is no run, or a damaged one → how it is told."""

from __future__ import annotations

from pathlib import Path

from checker.errors import Diagnostic, Span, Text
from checker.runs.parts import folders

SHOWN_RUNS = 5


def no_run(folder: Path) -> Diagnostic:
    beside = folder.parent if folder.parent.is_dir() else Path()
    latest = [path.as_posix() for path in folders(beside)[::-1][:SHOWN_RUNS]]
    if latest:
        message = Text(f"没有这次运行。最近的有：{'、'.join(latest)}", f"no such run; latest: {', '.join(latest)}")
        return Diagnostic("U30", Span(folder.as_posix()), message)
    return Diagnostic(
        "U30",
        Span(folder.as_posix()),
        Text("没有这次运行", "no such run"),
        Text("先用 checker run 生成一次运行", "make one with checker run"),
    )


def damaged(folder: Path, error: Exception) -> Diagnostic:
    return Diagnostic(
        "U30",
        Span(folder.as_posix()),
        Text("这次运行的文件不完整或已损坏，不能读取", "the files of this run are incomplete or damaged"),
        Text("请重新运行 checker run", f"run checker run again ({type(error).__name__})"),
    )


def occupied(folder: Path) -> Diagnostic:
    return Diagnostic(
        "U31",
        Span(folder.as_posix()),
        Text(
            "这个文件夹里有别的文件，不是一次运行，没有写入",
            "the folder holds other files and is no run; nothing was written",
        ),
        Text("换一个文件夹，或先清空它", "choose another folder, or empty this one"),
    )
