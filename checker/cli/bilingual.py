"""click, in two languages: commands in groups, options whose help is a Text, usage errors in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from checker.cli.console import DEFAULT_LANGUAGE, asked_language
from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError

# fromisoformat alone would also take 20191231.
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
HELP = Text("显示这段说明", "show this text")
_HEADINGS = {"usage": Text("用法：", "Usage: "), "options": Text("选项", "Options"), "common": Text("通用", "Common")}


@dataclass
class Speech:
    """The language of one command: asked for, or that of the pack once it is known."""

    lang: Language | None


def speech(ctx: click.Context) -> Speech:
    found = ctx.find_object(Speech)
    return Speech(None) if found is None else found


def language(ctx: click.Context) -> Language:
    return speech(ctx).lang or DEFAULT_LANGUAGE


class Option(click.Option):
    """`text` is the help in both languages."""

    def __init__(self, *args: Any, text: Text, **more: Any) -> None:
        super().__init__(*args, **more)
        self.text = text

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = self.text.of(language(ctx))
        record = super().get_help_record(ctx)
        if record is None or language(ctx) == "en":
            return record
        return record[0], record[1].replace("[required]", "（必填）")


def option(*names: str, zh: str, en: str, **more: Any) -> Callable[[Any], Any]:
    return click.option(*names, cls=Option, text=Text(zh, en), **more)


answers_option = option(
    "--answers", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    zh="填好的数据疑问清单，或保存的答复；可重复", en="a form of data questions that came back, or kept answers; repeatable",
)  # fmt: skip


class _Speaking(click.Command):
    """What commands and the group share: help in the language that was asked for."""

    text: Text
    examples: tuple[str, ...] = ()

    def get_short_help_str(self, limit: int = 45) -> str:
        ctx = click.get_current_context()
        return self.text.of(language(ctx)).split("\n")[0]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = HELP.of(language(ctx))
        return found

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, _HEADINGS["usage"].of(language(ctx)))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            for line in self.text.of(language(ctx)).split("\n"):
                formatter.write(f"{' ' * formatter.current_indent}{line}\n")
            for example in self.examples:
                formatter.write(f"{' ' * formatter.current_indent}  {example}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [
            record
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx)) is not None
        ]
        with formatter.section(_HEADINGS["options"].of(language(ctx))):
            formatter.write_dl(records)


class Command(_Speaking):
    """One verb. `text`: what it does, the first line for the list of commands; `examples`: lines to copy."""

    def __init__(self, *args: Any, text: Text, examples: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.text = text
        self.examples = examples


class Group(_Speaking, click.Group):
    """The verbs by use (`sections`), not by alphabet; without a verb: where to begin (`beginning`)."""

    def __init__(self, *args: Any, text: Text, beginning: Text, sections: dict[Text, list[str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.text = text
        self.beginning = beginning
        self.sections = sections

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if ctx.obj is None:
            ctx.obj = Speech(asked_language(args))
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in self.commands or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        near = get_close_matches(name, self.commands, n=1)
        hint = Text(f"是否应为 {near[0]}？", f"did you mean {near[0]}?") if near else None
        message = Text(f"没有“{name}”这个命令", f'no command "{name}"')
        raise UsageError([Diagnostic("U11", NOWHERE, message, hint or Text("见 checker --help", "see checker --help"))])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for names in self.sections.values() for name in names]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, names in self.sections.items():
            with formatter.section(title.of(language(ctx))):
                formatter.write_dl([(name, self.commands[name].get_short_help_str()) for name in names])
        super().format_options(ctx, formatter)


def day(name: str, what: str) -> dict[str, Any]:
    """The type of an option that takes a day, written 2019-12-31. `what`: how the message calls it."""

    def read(value: str) -> date:
        try:
            if not DAY.fullmatch(value.strip()):
                raise ValueError(value)
            return date.fromisoformat(value.strip())
        except ValueError:
            message = Text(f"{what}要写成某一天，如 2019-12-31", f"{name} needs a day")
            hint = Text(f"现在写的是“{value}”", f'as 2019-12-31, not "{value}"')
            raise UsageError([Diagnostic("U29", NOWHERE, message, hint)]) from None

    return {"type": read, "metavar": "YYYY-MM-DD"}


def usage_message(error: click.ClickException, lang: Language) -> str:
    """What click refused, in one sentence, and where the help is."""
    zh, en = _refusal(error)
    path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx is not None else "checker"
    return Text(f"错误 U10　{zh}\n  建议：用法见 {path} --help", f"error U10  {en}\n  hint: see {path} --help").of(lang)


def _refusal(error: click.ClickException) -> tuple[str, str]:
    """click's own words are English and kept for that language."""
    match error:
        case click.NoSuchOption():
            return f"没有“{error.option_name}”这个选项{_guess(error.possibilities)}", error.format_message()
        case click.MissingParameter(param=param) if param is not None:
            name = param.opts[0] if isinstance(param, click.Option) else str(param.metavar or param.name).upper()
            return f"缺少 {name}", error.format_message()
        case click.BadParameter(param=param) if param is not None and isinstance(param.type, click.Choice):
            return f"{'、'.join(param.opts)} 只能是：{'、'.join(map(str, param.type.choices))}", error.format_message()
        case click.BadParameter(param=param) if param is not None:
            return f"{'、'.join(param.opts)} 的值不对：{error.message}", error.format_message()
    return error.format_message(), error.format_message()


def _guess(possibilities: Sequence[str] | None) -> str:
    return f"，是否应为 {'、'.join(possibilities)}？" if possibilities else ""
