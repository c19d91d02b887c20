"""The option --since of a run, and what it tells: how much of an earlier run still stood."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.bilingual import option
from checker.errors import NOWHERE, Diagnostic, Text, UsageError

if TYPE_CHECKING:
    from checker.pipeline import Since

_ENGINES = ("columnar", "reference")


since_option = option(
    "--since", metavar="RUN", type=click.Path(path_type=Path),
    zh="在以前的一次运行上接着做，没有改动的不重新判定；结果与全部重做相同",
    en="build on an earlier run: what has not changed is not judged again; the result is that of a full run",
)  # fmt: skip


def refuse_engine(engine: str) -> None:
    """How much of all verdicts durable-rules decided is told of a run; a cluster is asked for what is large."""
    if engine not in _ENGINES:
        zh, en = f"--since 不与 --engine {engine} 同用", f"--since does not go with --engine {engine}"
        raise UsageError([Diagnostic("U65", NOWHERE, Text(zh, en))])


def told(since: Since) -> Text:
    zh, en = f"接着 {since.name} 做：", f"Building on {since.name}: "
    if since.memory.asked:
        opened, asked = since.memory.opened, since.memory.asked
        zh, en = f"{zh}{asked}个文件中重新读取{opened}个；", f"{en}of {asked} files {opened} were read again; "
    if since.why:
        reasons = Text("；".join(why.zh for why in since.why), "; ".join(why.en for why in since.why))
        return Text(f"{zh}全部重新判定，因为{reasons.zh}。", f"{en}everything was judged again, because {reasons.en}.")
    n, all_ = f"{since.again:,}", f"{since.verdicts:,}"
    return Text(f"{zh}{all_}项判定中重新判定{n}项。", f"{en}of {all_} verdicts {n} were judged again.")
