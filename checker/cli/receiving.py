"""intake: a county's files, who sent them and when → how they were understood, and the papers that go back."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from checker.cli.bilingual import answers_option, day, option
from checker.cli.console import progress, say
from checker.cli.diagnostics import shortened
from checker.cli.given import known_at_option
from checker.cli.group import NOTHING_DECIDED, mapping_option, needs_data, pack_language, verb
from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError

if TYPE_CHECKING:
    from checker.model import Pack
    from checker.understood import Sheet

_RECEIVED = day("--received", "收到日期")


@verb(
    "看看各地报来的表格读成了什么，有哪些疑问",
    "show how the files of a county are understood, and what is doubtful",
    "checker intake nantong-2019 启东.xls --unit 启东市 --received 2019-12-23 --out 收数/启东",
    "checker intake nantong-2019 启东.xls --unit 启东市 --received 2019-12-23 --answers 启东市-数据疑问清单(已复).xlsx",
)
@click.argument("pack")
@click.argument("data", nargs=-1)
@option("--unit", metavar="UNIT", zh="由哪个单位报送（代码或名称；表中已写明的不变）", en="the unit that sent the data")
@option(
    "--received", **_RECEIVED,
    zh="哪一天收到（表中已写明的不变）", en="the day on which the data came",
)  # fmt: skip
@known_at_option
@mapping_option
@option(
    "--write-mapping", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    zh="把读法写成对照表，供更正后再用", en="write how the data was understood, to correct and use again",
)  # fmt: skip
@option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    zh="疑问清单、批注副本、来函、收数登记写到哪里（默认 收数）", en="folder for the papers and the register (received)",
)  # fmt: skip
@option(
    "--tables", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    zh="只把读好的数据写成表，供 checker run 代替原表（特别大的数据）；不写疑问清单、不登记",
    en="only write what was read as tables, for checker run in place of the files (very large data): no form, no register",
)  # fmt: skip
@answers_option
@option("--hidden", is_flag=True, zh="隐藏的工作表也读", en="read hidden sheets too")
@option(
    "--verbose",
    "--columns",
    "verbose",
    is_flag=True,
    zh="逐列列出读法、把握和样值",
    en="list every column with samples",
)
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="form of the output")
def intake(
    ctx: click.Context,
    pack: str,
    data: tuple[str, ...],
    unit: str | None,
    received: date | None,
    known_at: date | None,
    mapping: tuple[Path, ...],
    write_mapping: Path | None,
    out: Path | None,
    tables: Path | None,
    answers: tuple[Path, ...],
    hidden: bool,
    verbose: bool,
    form: str,
) -> int:
    from checker.pipeline import answering, loading, receiving
    from checker.pipeline.mapping import load_mapping

    lang = pack_language(ctx, pack)
    rules = loading.sound_pack(pack)
    said = load_mapping(rules, mapping)
    needs_data(ctx, data, said)
    came = received or _asked(lang)
    if tables is not None:
        _only_tables({"--out": out, "--answers": answers, "--known-at": known_at, "--format json": form == "json"})
        with progress(Text("正在读取数据，写成表", "reading the data into tables"), lang):
            stored = receiving.store(rules, data, tables, unit=unit, received_on=came, mapping=said, hidden=hidden)
        names = [shortened(tables.as_posix()), *_mapping_written(write_mapping, rules, stored.sheets, lang)]
        say(receiving.stored_screen(rules, stored, lang, names, verbose=verbose))
        return _code(stored.sheets)
    folder = out or receiving.folder_of(rules, unit, came, lang)
    back = [*answering.kept_in(folder, lang), *answers]
    with progress(Text("正在读取数据", "reading the data"), lang):
        read = receiving.receive(
            rules, data, unit=unit, received_on=came, known_at=known_at, mapping=said, hidden=hidden, answers=back
        )
    with progress(Text("正在写疑问清单", "writing the form"), lang):
        papers = receiving.write(read, data, folder, lang)
        register, files = receiving.registered(read, out or receiving.folder_of(rules, None, came, lang), lang)
    names = [shortened(path.as_posix()) for path in (*papers.paths, *files)]
    names += _mapping_written(write_mapping, rules, read.sheets, lang)
    if form == "json":
        say(receiving.as_json(read, names, register))
    else:
        say(receiving.screen(read, lang, names, register, verbose=verbose))
        for line in (answering.told(read.tables, lang), _not_copied(papers.not_copied).of(lang)):
            if line:
                say(line)
    return _code(read.sheets)


def _code(sheets: Sequence[Sheet]) -> int:
    return 0 if any(sheet.state in ("read", "returns") for sheet in sheets) else NOTHING_DECIDED


def _mapping_written(path: Path | None, rules: Pack, sheets: Sequence[Sheet], lang: Language) -> list[str]:
    """The name of the file, if it was asked for."""
    from checker.pipeline import receiving

    if path is None:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(receiving.mapping_text(rules, sheets, lang), "utf-8")
    return [shortened(path.as_posix())]


def _only_tables(others: dict[str, object]) -> None:
    """Papers, answers and receipts rest on all records at once, which tables are there to avoid."""
    if named := [name for name, given in others.items() if given]:
        zh = f"--tables 只写表，不能与 {'、'.join(named)} 同用"
        en = f"--tables only writes tables; it does not go with {', '.join(named)}"
        hint = Text("分两次运行：一次写表，一次写疑问清单", "run it twice: once for the tables, once for the papers")
        raise UsageError([Diagnostic("U45", NOWHERE, Text(zh, en), hint)])


def _not_copied(files: tuple[str, ...]) -> Text:
    if not files:
        return Text("", "")
    listed = "、".join(files), ", ".join(files)
    return Text(
        f"没有批注副本：{listed[0]}（太大，或没有单元格）", f"no annotated copy of {listed[1]} (too large, or no cells)"
    )


def _asked(lang: Language) -> date:
    """The day of receipt is a fact that only people know: asked on a terminal, else it must be given."""
    if sys.stdin.isatty() and sys.stderr.isatty():
        said: Any = click.prompt(Text("收到日期（如 2019-12-23）", "received on (as 2019-12-23)").of(lang), err=True)
        found: date = _RECEIVED["type"](said)
        return found
    message = Text("缺少收到日期：--received", "the day of receipt is missing: --received")
    hint = Text(
        "如 --received 2019-12-23；程序不会拿文件的修改日期代替", "as --received 2019-12-23; never taken from the file"
    )
    raise UsageError([Diagnostic("U40", NOWHERE, message, hint)])
