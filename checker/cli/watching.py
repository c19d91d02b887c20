"""watch: rules and files that change → a run kept current, and what each change led to, on the screen, in a file, to a web address."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli import diagnostics as shown
from checker.cli.bilingual import answers_option, option
from checker.cli.console import complain, say
from checker.cli.given import as_of_option, deferrals_option, known_at_option, received_option, sender_option
from checker.cli.group import mapping_option, pack_language, verb
from checker.errors import NOWHERE, DiagnosedError, Diagnostic, Language, Text, UsageError

if TYPE_CHECKING:
    from checker.pipeline.watching import Watch

_PATIENCE = 10  # seconds in which a web address must answer


@verb(
    "数据或规则一有改动就重新核对，只重读、重判改动的部分",
    "keep a run current while files change; only what changed is read and judged again",
    "checker watch nantong-2019 收数/2019-12-31 --as-of 2019-12-31",
    "checker watch nantong-2019 收数/2019-12-31 --as-of 2019-12-31 --log 变化.jsonl --webhook https://主机/接口",
)
@click.argument("pack")
@click.argument("data", nargs=-1, required=True)
@as_of_option
@known_at_option
@option(
    "--out", type=click.Path(path_type=Path), metavar="RUN",
    zh="运行写到哪个文件夹（默认 运行/统计时点）", en="folder of the run (runs/<as-of>)",
)  # fmt: skip
@sender_option
@received_option
@answers_option
@mapping_option
@deferrals_option
@option(
    "--every", type=click.FloatRange(min=0.05), default=1.0, metavar="SECONDS", show_default=True,
    zh="每隔多少秒看一次", en="look every so many seconds",
)  # fmt: skip
@option(
    "--log", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    zh="每次变化写一行JSON，续在文件末尾", en="append one JSON line for each change",
)  # fmt: skip
@option(
    "--webhook", metavar="URL",
    zh="每次变化把这一行JSON发到网址（http、https）；发不出只提示", en="send that line to an address; failures are only told",
)  # fmt: skip
def watch(
    ctx: click.Context,
    pack: str,
    data: tuple[str, ...],
    as_of: date,
    known_at: date | None,
    out: Path | None,
    unit: str | None,
    received: date | None,
    answers: tuple[Path, ...],
    mapping: tuple[Path, ...],
    deferrals: tuple[Path, ...],
    every: float,
    log: Path | None,
    webhook: str | None,
) -> int:
    from checker import pipeline
    from checker.pipeline import watching

    if webhook is not None and not webhook.startswith(("http://", "https://")):
        message = Text(
            "--webhook 要写 http:// 或 https:// 开头的网址", "--webhook is an address with http:// or https://"
        )
        raise UsageError([Diagnostic("U14", NOWHERE, message)])
    lang = pack_language(ctx, pack)
    folder = out or Path(Text("运行", "runs").of(lang), as_of.isoformat())
    of = watching.Watched(pack, data, as_of, known_at, unit, received, answers, mapping, deferrals, apart=folder)
    watched = watching.Watch(of)
    began = time.perf_counter()
    watched.refresh()
    assert watched.run is not None
    watched.save(folder)
    say(pipeline.summary(watched.run, lang, shown.shortened(folder.as_posix()), time.perf_counter() - began))
    say(Text("正在跟踪改动，按 Ctrl+C 结束。", "Watching for changes; Ctrl+C ends it.").of(lang))

    def tell(text: str, line: str) -> None:
        if log is not None:
            with log.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        if webhook is not None:
            _send(webhook, line, lang)
        say(f"{datetime.now():%H:%M:%S} {text}")

    try:
        for _ in watching.follow(watched, lambda: time.sleep(every)):
            _refresh(watched, folder, lang, tell)
    except KeyboardInterrupt:
        say(Text("已结束，运行是最后一次改动后的结果。", "Ended; the run is as of the last change.").of(lang))
    return 0


def _refresh(watched: Watch, folder: Path, lang: Language, tell: Callable[[str, str], None]) -> None:
    from checker.pipeline import watching

    before, began, at = watched.run, time.perf_counter(), datetime.now().astimezone().isoformat(timespec="seconds")
    assert before is not None
    try:
        files = watched.refresh()
    except DiagnosedError as error:
        problems = list(error.diagnostics)
        text = Text(
            "改动后不能核对，仍以前一次的结果为准：", "nothing could be judged; what was found before stands:"
        ).of(lang)
        seconds = time.perf_counter() - began
        tell(f"{text}\n{shown.shown(problems, lang)}", watching.trouble(problems, at, seconds, lang))
        return
    assert watched.run is not None
    watched.save(folder)
    found = watching.update(before, watched.run, files, lang)
    seconds = time.perf_counter() - began
    tell(watching.told(found, seconds, lang), watching.line(found, at, seconds))


def _send(address: str, line: str, lang: Language) -> None:
    from http.client import HTTPException
    from urllib.request import Request, urlopen

    request = Request(address, line.encode(), {"Content-Type": "application/json; charset=utf-8"}, method="POST")
    try:
        with urlopen(request, timeout=_PATIENCE):
            pass
    except (OSError, ValueError, HTTPException) as error:
        reason = str(getattr(error, "reason", "") or error)
        complain(Text(f"没有发到 {address}：{reason}", f"not sent to {address}: {reason}").of(lang))
