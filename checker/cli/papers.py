"""--document NAME → the papers of a run, written as files; where they go, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from checker.cli.bilingual import option
from checker.cli.console import say
from checker.cli.diagnostics import shortened
from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError

if TYPE_CHECKING:
    from checker.papers import Paper
    from checker.plan import Run

PAPERS_FOLDER = "文书"

document_option = option(
    "--document", "documents", multiple=True, metavar="NAME",
    zh="起草文书，如 台账、整改通知；可重复", en="draft a paper (in Chinese), as hazard-ledger; repeatable",
)  # fmt: skip
out_option = option(
    "--out", "out", type=click.Path(path_type=Path), metavar="PATH",
    zh="文书写到哪个文件或文件夹（默认 运行/文书）", en="file or folder for the papers (by default within RUN)",
)  # fmt: skip
templates_option = option(
    "--templates", "templates", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR",
    zh="用这个文件夹里改过的模板", en="a folder of templates that were changed",
)  # fmt: skip


def write_papers(run: Run, wanted: Sequence[Paper], manifest: Mapping[str, Any], out: Path, lang: Language) -> None:
    """One paper may go to a file of a given name; many go to a folder."""
    from checker import pipeline

    one = out.suffix in (".docx", ".xlsx")
    if one and (len(wanted) != 1 or wanted[0].each or not wanted[0].template.endswith(out.suffix)):
        message = Text(f"这些文书不能写成一个文件 {out}", f"these papers do not fit one file {out}")
        hint = Text("--out 写一个文件夹", "--out: give a folder")
        raise UsageError([Diagnostic("U51", NOWHERE, message, hint)])
    if lang == "en":
        say("Papers are written in Chinese only. They are drafts: numbers, seals, signatures and dates are for people.")
    counts: dict[str, int] = {}
    folders: dict[str, Path] = {}
    for written in pipeline.papers(run, wanted, manifest):
        path = out if one else out / written.folder / written.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written.content)
        counts[written.paper.id] = counts.get(written.paper.id, 0) + 1
        folders[written.paper.id] = path.parent
        if not written.folder:
            say(Text(f"已起草：{shortened(path.as_posix())}", f"drafted: {shortened(path.as_posix())}").of(lang))
    for paper in wanted:
        number = counts.get(paper.id, 0)
        if paper.each:
            where = shortened(folders[paper.id].as_posix()) if number else ""
            zh = f"已起草：{paper.name.zh}{number}份 → {where}" if number else f"{paper.name.zh}：没有需要起草的"
            en = f"drafted: {paper.name.en}, {number} files → {where}" if number else f"{paper.name.en}: none is needed"
            say(Text(zh, en).of(lang))
