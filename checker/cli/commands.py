"""The verbs: arguments → calls of the pipeline → what is printed and which exit code. click lives here and beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from checker.cli import diagnostics as told
from checker.cli.bilingual import Command, Group, day, language, option, speech
from checker.cli.console import complain, progress, say, say_bytes
from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError

if TYPE_CHECKING:
    from checker.model import Pack
    from checker.plan import GateState, Run

NOTHING_DECIDED = 2
# The answer of `checker gate`, and of nothing else.
ANSWERS: dict[GateState, int] = {"open": 0, "closed": 1, "undecided": 3}

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
    Text("日常", "Every day"): ["run", "gate", "report", "explain"],
    Text("规则", "Rules"): ["validate", "test"],
    Text("其他", "Other"): ["demo"],
}


# Looked up before parsing (console.asked_language); here it is declared and its value checked.
_lang_option = option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    expose_value=False,
    zh="输出语言；不写则依 CHECKER_LANG，再依规则包",
    en="language; else CHECKER_LANG, else the pack's",
)


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


def _language(ctx: click.Context, folder: Path) -> Language:
    """What was asked for, else what the pack in `folder` wants."""
    from checker import pipeline

    speaking = speech(ctx)
    if speaking.lang is None:
        speaking.lang = pipeline.language_of(folder)
    return speaking.lang


def _pack_language(ctx: click.Context, pack: str) -> Language:
    from checker import resources

    return _language(ctx, resources.pack_root(pack))


_unit_option = option("--unit", metavar="UNIT", zh="只看一个单位（代码或名称）", en="one unit only (code or name)")


# --- every day -----------------------------------------------------------------------------------


@verb(
    "按规则核对数据，写出一次运行",
    "check records against the rules and write a run",
    "checker run nantong-2019 演示 --as-of 2019-12-31",
)
@click.argument("pack")
@click.argument("data", nargs=-1, required=True)
@option(
    "--as-of", required=True, **day("--as-of", "统计时点"),
    zh="统计时点：按这一天的情况判定", en="the day for which the question is asked",
)  # fmt: skip
@option(
    "--known-at", **day("--known-at", "收数截止"),
    zh="收数截止：只算这一天及以前收到的记录", en="only records received by this day count",
)  # fmt: skip
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="RUN",
    zh="写到哪个文件夹（默认 运行/统计时点）",
    en="folder to write (runs/<as-of>)",
)
@option(
    "--unit", metavar="UNIT", zh="数据由哪个单位报送（代码或名称；表中已写明的不变）", en="the unit that sent the data"
)
@option(
    "--received", **day("--received", "收到日期"),
    zh="数据哪一天收到（表中已写明的不变）", en="the day on which the data came",
)  # fmt: skip
@option(
    "--engine",
    type=click.Choice(["columnar", "reference"]),
    default="columnar",
    zh="判定引擎，结果相同",
    en="the results are the same",
)
@option(
    "--strict",
    is_flag=True,
    zh="有什么都没判到的规则、关口或表，就不写",
    en="refuse a run in which something judged nothing",
)
def run(
    ctx: click.Context,
    pack: str,
    data: tuple[str, ...],
    as_of: date,
    known_at: date | None,
    out: Path | None,
    unit: str | None,
    received: date | None,
    engine: Any,
    strict: bool,
) -> int:
    from checker import pipeline

    began = time.perf_counter()
    lang = _pack_language(ctx, pack)
    rules = pipeline.sound_pack(pack)
    with progress(Text("正在读取数据", "reading the data"), lang):
        tables = pipeline.read_data(rules, data, unit=unit, received_on=received, known_at=known_at)
    with progress(Text("正在判定", "judging"), lang):
        done = pipeline.run(rules, tables, as_of, known_at, engine)
        empty = pipeline.vacuous(done)
    if strict and empty:
        complain(told.shown([told.as_error(d) for d in empty], lang))
        return NOTHING_DECIDED
    folder = pipeline.save(done, out or Path(Text("运行", "runs").of(lang), as_of.isoformat()))
    say(pipeline.summary(done, lang, told.shortened(folder.as_posix()), time.perf_counter() - began))
    return 0


@verb(
    "每个单位的关口：通过、未通过、待定，及原因",
    "per unit open, closed or undecided, and why",
    "checker gate 运行/2019-12-31",
)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@_unit_option
def gate(ctx: click.Context, run: Path, unit: str | None) -> int:
    from checker import pipeline

    done, lang = _opened(ctx, run, unit)
    say(pipeline.gates(done, lang))
    return ANSWERS[pipeline.overall(done)]


@verb(
    "一次运行的报告：文字、JSON、CSV",
    "the report of a run: text, JSON, CSV",
    "checker report 运行/2019-12-31",
    "checker report 运行/2019-12-31 --output json=报告.json --output csv=问题.csv",
)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    zh="打印哪一种（默认文字）",
    en="which form to print (text)",
)
@option(
    "--output", "outputs", multiple=True, metavar="FORMAT=FILE", zh="写到文件；可重复", en="write to a file; repeatable"
)
@_unit_option
def report(ctx: click.Context, run: Path, form: Any, outputs: tuple[str, ...], unit: str | None) -> int:
    from checker import pipeline

    files = [_output(written) for written in outputs]
    done, lang = _opened(ctx, run, unit)
    manifest = pipeline.manifest(run)
    for kind, path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pipeline.report(done, kind, lang, manifest))
        say(Text(f"已写：{path}", f"written: {path}").of(lang))
    if form is not None or not files:
        say_bytes(pipeline.report(done, form or "text", lang, manifest))
    return 0


def _output(written: str) -> tuple[Any, Path]:
    from checker.pipeline import FORMATS

    kind, _, file = written.partition("=")
    if kind in FORMATS and file:
        return kind, Path(file)
    message = Text(f"--output 要写成 格式=文件，不是“{written}”", f'--output is FORMAT=FILE, not "{written}"')
    hint = Text(
        f"如 json=报告.json；格式有 {'、'.join(FORMATS)}", f"as json=report.json; formats: {', '.join(FORMATS)}"
    )
    raise UsageError([Diagnostic("U12", NOWHERE, message, hint)])


@verb(
    "为什么这样判定",
    "why a verdict is what it is",
    "checker explain 运行/2019-12-31 QD-0001",
    "checker explain 运行/2019-12-31 视频监控系统与公安机关联网 阳光幼儿园",
)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("what", metavar="FINDING|RULE")
@click.argument("subject", required=False)
@option("--period", metavar="PERIOD", zh="哪一期（每周、每月的要求）", en="which period of a recurring duty")
def explain(ctx: click.Context, run: Path, what: str, subject: str | None, period: str | None) -> int:
    from checker import pipeline

    done, lang = _opened(ctx, run, None)
    called = told.shortened(run.as_posix())
    say(pipeline.explain(done, what, subject, period=period, folder=called, lang=lang))
    return 0


def _opened(ctx: click.Context, folder: Path, unit: str | None) -> tuple[Run, Language]:
    from checker import pipeline

    lang = _language(ctx, folder / "pack")
    done = pipeline.open_run(folder)
    if unit is not None:
        done = pipeline.only_unit(done, pipeline.unit_code(done.plan.pack, unit, done.plan.as_of))
    return done, lang


# --- rules ---------------------------------------------------------------------------------------


@verb(
    "检查一个规则包的全部文件",
    "check all files of a pack",
    "checker validate nantong-2019",
    "checker validate 我的规则包",
)
@click.argument("pack")
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="form of the output")
@option("--strict", is_flag=True, zh="提醒也算错误", en="warnings count as errors")
def validate(ctx: click.Context, pack: str, form: str, strict: bool) -> int:
    from checker import pipeline

    lang = _pack_language(ctx, pack)
    rules, found = pipeline.load_pack(pack)
    if rules is not None:
        found = [*found, *pipeline.check_pack(rules)]
    if strict:
        found = [told.as_error(d) for d in found]
    failed = rules is None or any(d.is_error for d in found)
    if form == "json":
        say(told.as_json(found, lang, ok=not failed))
    else:
        say("\n".join(filter(None, [told.shown(found, lang), _checked(pack, rules, found).of(lang)])))
    return NOTHING_DECIDED if failed else 0


def _checked(name: str, pack: Pack | None, found: Sequence[Diagnostic]) -> Text:
    errors = sum(d.is_error for d in set(found))
    reminders = len(set(found)) - errors
    more = Text(f"，{reminders}处提醒" if reminders else "", f", {reminders} warnings" if reminders else "")
    if errors:
        return Text(f"{name}：{errors}处错误{more.zh}。", f"{name}: {errors} errors{more.en}.")
    size = Text("", "")
    if pack is not None:
        cases = sum(len(rule.cases) for rule in pack.rules)
        size = Text(
            f"{len(pack.rules)}条规则、{cases}个样例、{len(pack.clauses)}个条款，",
            f"{len(pack.rules)} rules, {cases} cases, {len(pack.clauses)} clauses, ",
        )
    return Text(f"{name}：{size.zh}没有错误{more.zh}。", f"{name}: {size.en}no errors{more.en}.")


@verb(
    "用样例检验规则，两个引擎都跑",
    "try the cases of the rules on both engines",
    "checker test nantong-2019",
    "checker test nantong-2019 video-linked",
)
@click.argument("pack")
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@option(
    "--engine", "engines", multiple=True, type=click.Choice(["columnar", "reference"]),
    zh="只用这个引擎；可重复", en="this engine only; repeatable",
)  # fmt: skip
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="form of the output")
def test(ctx: click.Context, pack: str, rules: tuple[str, ...], engines: tuple[Any, ...], form: str) -> int:
    from checker import pipeline

    lang = _pack_language(ctx, pack)
    loaded = pipeline.sound_pack(pack)
    wanted = pipeline.rules_named(loaded, rules) if rules else None
    with progress(Text("正在判定样例", "judging the cases"), lang):
        results = pipeline.run_cases(loaded, wanted, engines or pipeline.ENGINES)
    failures = [result for result in results if not result.passed]
    if form == "json":
        rows = [
            {
                "rule": r.rule,
                "case": r.case,
                "engine": r.engine or None,
                "passed": r.passed,
                "expected": r.expected,
                "verdict": r.verdict or None,
                "status": r.status or None,
                "days": r.days,
            }
            for r in results
        ]
        say(told.as_json([r.diagnostic for r in failures if r.diagnostic], lang, ok=not failures, cases=rows))
    else:
        say(
            "\n".join(
                filter(
                    None, [told.shown([r.diagnostic for r in failures if r.diagnostic], lang), _tried(results).of(lang)]
                )
            )
        )
    return NOTHING_DECIDED if failures else 0


def _tried(results: Sequence[Any]) -> Text:
    cases = {(r.rule, r.case) for r in results}
    failed = {(r.rule, r.case) for r in results if not r.passed}
    engines = sorted({r.engine for r in results if r.engine})
    zh = f"{len({rule for rule, _ in cases})}条规则、{len(cases)}个样例（{'、'.join(engines)}）："
    en = f"{len({rule for rule, _ in cases})} rules, {len(cases)} cases ({', '.join(engines)}): "
    if failed:
        return Text(f"{zh}{len(failed)}个不符。", f"{en}{len(failed)} fail.")
    return Text(f"{zh}全部相符。", f"{en}all pass.")


# --- other ---------------------------------------------------------------------------------------


@verb("写出一套示例数据，并给出下一条命令", "write example data and print the next command", "checker demo 演示")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def demo(ctx: click.Context, folder: Path) -> int:
    from checker import pipeline

    lang = language(ctx)
    written = pipeline.write_demo(folder)
    say(
        Text(
            f"已写出示例数据{len(written)}个文件 → {folder}",
            f"{len(written)} files of example data written → {folder}",
        ).of(lang)
    )
    command = f"checker run nantong-2019 {folder} --as-of 2019-12-31"
    say(Text(f"下一步：  {command}", f"Next:  {command}").of(lang))
    return 0
