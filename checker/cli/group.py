"""The command itself: its verbs by use, the options that all of them know, the language they speak."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from checker.cli.bilingual import Command, Group, language, option, speech
from checker.cli.console import say
from checker.errors import Language, Text
from checker.mapping import DataMap

NOTHING_DECIDED = 2

TEXT = Text(
    "按规则包核对各地上报的数据：谁不达标、为什么、依据哪一条、该怎么办。",
    "Holds reported records against the rules of a plan: who does not comply, why, by which clause, what to do.",
)
BEGINNING = Text(
    "checker：按规则包核对各地上报的数据，得出每个单位的关口结论。\n"
    "  checker demo 演示               写出一套示例数据，并给出下一条命令\n"
    "  checker validate nantong-2019   检查一个规则包\n"
    "  checker --help                  全部命令\n",
    "checker: holds reported records against the rules of a plan and decides the gate of every unit.\n"
    "  checker demo demo               write example data and print the next command\n"
    "  checker validate nantong-2019   check a pack of rules\n"
    "  checker --help                  all commands\n",
)
SECTIONS = {
    Text("收数", "Receiving data"): ["intake"],
    Text("日常", "Every day"): ["run", "watch", "gate", "report", "states", "explain", "verify"],
    Text("规则", "Rules"): ["validate", "test", "clauses", "docs"],
    Text("其他", "Other"): ["demo", "cluster"],
}


# Looked up before parsing (console.asked_language); here it is declared and its value checked.
_lang_option = option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    expose_value=False,
    zh="输出语言；不写则依 CHECKER_LANG，再依规则包",
    en="language; else CHECKER_LANG, else the pack's",
)

mapping_option = option(
    "--mapping", "mapping", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
    zh="对照表：哪张表、哪一列是什么（可重复，先写的为准）", en="which sheet and column is what (repeatable, the first holds)",
)  # fmt: skip


def needs_data(ctx: click.Context, data: tuple[str, ...], mapping: DataMap) -> None:
    """What to read may also be the databases that a mapping names."""
    if not data and not mapping.databases:
        raise click.MissingParameter(ctx=ctx, param=next(each for each in ctx.command.params if each.name == "data"))


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from checker import pipeline

    say(pipeline.versions())
    ctx.exit(0)


@click.command(
    cls=Group, text=TEXT, beginning=BEGINNING, sections=SECTIONS, invoke_without_command=True, name="checker"
)
@option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_show_version,
    zh="程序和规则包的版本", en="versions of the program and of the rules",
)  # fmt: skip
@_lang_option
@click.pass_context
def cli(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        say(BEGINNING.of(language(ctx)))


def verb(zh: str, en: str, *examples: str, name: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """A command of the group; its context comes first, --lang is understood by all."""

    def declare(function: Callable[..., Any]) -> click.Command:
        command = cli.command(name, cls=Command, text=Text(zh, en), examples=examples)(click.pass_context(function))
        _lang_option(command)
        return command

    return declare


def language_of(ctx: click.Context, folder: Path) -> Language:
    """What was asked for, else what the pack in `folder` wants."""
    from checker import pipeline

    speaking = speech(ctx)
    if speaking.lang is None:
        speaking.lang = pipeline.language_of(folder)
    return speaking.lang


def pack_language(ctx: click.Context, pack: str) -> Language:
    from checker import resources

    return language_of(ctx, resources.pack_root(pack))
