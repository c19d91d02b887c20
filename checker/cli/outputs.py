"""--output FORMAT=FILE → the reports of a run, written to files; the same for `run` and `report`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.cli.bilingual import option
from checker.cli.console import say
from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError
from checker.forms import BINARY, FORMS, PROPOSAL_FORMS, Form, ProposalForm

if TYPE_CHECKING:
    from checker.plan import Run

output_option = option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=FILE",
    zh="写到文件，如 junit=junit.xml；可重复",
    en="write to a file, as junit=junit.xml; repeatable",
)


def asked_files(outputs: Sequence[str]) -> list[tuple[Form, Path]]:
    """What is asked for, or UsageError before anything is done."""
    files = [_read(written) for written in outputs]
    paths = [path for _, path in files]
    twice = next((path for at, path in enumerate(paths) if path in paths[:at]), None)
    if twice is not None:
        message = Text(f"两个 --output 写同一个文件 {twice}", f"two --output write the same file {twice}")
        raise UsageError([Diagnostic("U12", NOWHERE, message)])
    return files


def _read(written: str) -> tuple[Form, Path]:
    kind, _, file = written.partition("=")
    for form in FORMS:
        if kind == form and file:
            return form, Path(file)
    message = Text(f"--output 要写成 格式=文件，不是“{written}”", f'--output is FORMAT=FILE, not "{written}"')
    hint = Text(f"如 json=报告.json；格式有 {'、'.join(FORMS)}", f"as json=report.json; formats: {', '.join(FORMS)}")
    raise UsageError([Diagnostic("U12", NOWHERE, message, hint)])


def proposal_form(path: Path) -> ProposalForm:
    for form in PROPOSAL_FORMS:
        if path.suffix.lower().replace(".yml", ".yaml") == f".{form}":
            return form
    message = Text(f"不能写成 {path.name}", f"{path.name} cannot be written")
    hint = Text("文件名以 .xlsx、.csv 或 .yaml 结尾", "let the file's name end in .xlsx, .csv or .yaml")
    raise UsageError([Diagnostic("U12", NOWHERE, message, hint)])


def write_proposal(run: Run, path: Path, form: ProposalForm, lang: Language) -> None:
    from checker import pipeline

    content, told = pipeline.deferrals_proposed(run, form, lang)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    say(Text(f"已写：{path}", f"written: {path}").of(lang))
    say(told)


def refuse_on_a_terminal(form: Form | None) -> None:
    if form in BINARY and sys.stdout.isatty():
        message = Text(f"{form} 不能显示在屏幕上", f"{form} cannot be shown on a screen")
        hint = Text(f"写到文件：--output {form}=文件", f"write it to a file: --output {form}=FILE")
        raise UsageError([Diagnostic("U12", NOWHERE, message, hint)])


def write_reports(
    run: Run, files: Sequence[tuple[Form, Path]], lang: Language, manifest: Mapping[str, Any] | None = None
) -> None:
    from checker import pipeline

    written = pipeline.reports(run, [form for form, _ in files], lang, manifest) if files else ()
    for (_, path), (_, content) in zip(files, written, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        say(Text(f"已写：{path}", f"written: {path}").of(lang))
