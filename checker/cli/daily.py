"""run, gate, report, explain, demo: arguments → calls of the pipeline → what is printed and which exit code."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from checker.cli import diagnostics as told
from checker.cli.bilingual import DAY, answers_option, language, option
from checker.cli.clustering import master_option
from checker.cli.console import complain, progress, say, say_bytes
from checker.cli.given import as_of_option, deferrals_option, known_at_option, received_option, sender_option
from checker.cli.group import NOTHING_DECIDED, language_of, mapping_option, needs_data, pack_language, verb
from checker.cli.outputs import (
    asked_files,
    output_option,
    proposal_form,
    refuse_on_a_terminal,
    write_proposal,
    write_reports,
)
from checker.cli.papers import PAPERS_FOLDER, document_option, out_option, templates_option, write_papers
from checker.cli.since import refuse_engine, since_option
from checker.cli.since import told as told_since
from checker.errors import NOWHERE, Diagnostic, Language, Text, UsageError
from checker.forms import FORMS, Form

if TYPE_CHECKING:
    from checker.pipeline import Fault
    from checker.plan import GateState, Run

# The answer of `checker gate`, and of nothing else.
ANSWERS: dict[GateState, int] = {"open": 0, "closed": 1, "undecided": 3}

DIFFERS = 1  # the answer of `checker verify`
FAULTS: dict[Fault, Text] = {
    "altered": Text("已改动", "altered"),
    "lost": Text("缺少", "lost"),
    "added": Text("多出", "added"),
    "differs": Text("重新判定不同", "comes out otherwise"),
}

_unit_option = option("--unit", metavar="UNIT", zh="只看一个单位（代码或名称）", en="one unit only (code or name)")


@verb(
    "按规则核对数据，写出一次运行",
    "check records against the rules and write a run",
    "checker run nantong-2019 演示/2019-12-31 --as-of 2019-12-31",
    "checker run nantong-2019 postgresql://主机/数据库 --as-of 2019-12-31",
)
@click.argument("pack")
@click.argument("data", nargs=-1)
@as_of_option
@known_at_option
@option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="RUN",
    zh="写到哪个文件夹（默认 运行/统计时点）",
    en="folder to write (runs/<as-of>)",
)
@sender_option
@received_option
@answers_option
@option(
    "--engine",
    type=click.Choice(["columnar", "reference", "rete", "spark"]),
    default="columnar",
    zh="判定引擎，结果相同；rete 由 durable-rules 判定它算得准的部分，spark 在集群上判定",
    en="the results are the same; rete has durable-rules judge what it does right, spark judges on a cluster",
)
@master_option
@option(
    "--measures-engine",
    type=click.Choice(["reference", "rete"]),
    default="reference",
    zh="督办措施由谁推算：rete 为 durable-rules 复核，结果相同",
    en="who works out the measures: rete has durable-rules check them; the results are the same",
)
@since_option
@option(
    "--against", "against", multiple=True, metavar="RUN", type=click.Path(path_type=Path),
    zh="与以前的一次运行比较；可重复", en="compare with an earlier run; repeatable",
)  # fmt: skip
@option(
    "--history", metavar="DIR", type=click.Path(path_type=Path),
    zh="与这个文件夹里以前各次运行比较（能看出反弹）", en="compare with all earlier runs in a folder (tells what came back)",
)  # fmt: skip
@deferrals_option
@mapping_option
@option(
    "--as-is", is_flag=True,
    zh="数据是一个文件夹，每张表一个“表名.parquet”，列名和类型与规则包一致：不识别、不合并，直接判定，多少条都可以",
    en="the data is a folder with a <table>.parquet each, typed as the pack says: judged as it is, however much",
)  # fmt: skip
@option(
    "--strict",
    is_flag=True,
    zh="有什么都没判到的规则、关口或表，就不写",
    en="refuse a run in which something judged nothing",
)
@output_option
def run(
    ctx: click.Context,
    pack: str,
    data: tuple[str, ...],
    as_of: date,
    known_at: date | None,
    out: Path | None,
    unit: str | None,
    received: date | None,
    answers: tuple[Path, ...],
    engine: Any,
    master: str | None,
    measures_engine: Any,
    since: Path | None,
    against: tuple[Path, ...],
    history: Path | None,
    deferrals: tuple[Path, ...],
    mapping: tuple[Path, ...],
    as_is: bool,
    strict: bool,
    outputs: tuple[str, ...],
) -> int:
    from checker import pipeline

    files = asked_files(outputs)
    if master is not None and engine != "spark":
        message = Text("--master 只与 --engine spark 同用", "--master goes with --engine spark only")
        raise UsageError([Diagnostic("U45", NOWHERE, message)])
    if since is not None:
        refuse_engine(engine)
    began = time.perf_counter()
    lang = pack_language(ctx, pack)
    rules = pipeline.sound_pack(pack)
    before = None if since is None else pipeline.since(since, rules)
    memory = pipeline.reading() if before is None else before.memory
    allowed = pipeline.deferrals(deferrals)
    earlier = pipeline.earlier_runs(rules, as_of, against, history)
    said = pipeline.load_mapping(rules, mapping)
    needs_data(ctx, data, said)
    with progress(Text("正在读取数据", "reading the data"), lang):
        if as_is:
            tables = pipeline.ready_data(rules, _only_folder(data, [unit, received, *mapping, *answers]))
        else:
            tables = pipeline.read_data(
                rules,
                data,
                unit=unit,
                received_on=received,
                known_at=known_at,
                mapping=said,
                answers=answers,
                memory=memory,
            )
    folder = out or Path(Text("运行", "runs").of(lang), as_of.isoformat())
    place = pipeline.cluster(master) if engine == "spark" else nullcontext()
    with pipeline.room_beside(folder) as spool:
        with place, progress(Text("正在判定", "judging"), lang) as tell:
            done = pipeline.run(
                rules,
                tables,
                as_of,
                known_at,
                engine,
                deferrals=allowed,
                earlier=earlier,
                measures_engine=measures_engine,
                spool=spool,
                progress=tell,
                since=before,
            )
            empty = pipeline.vacuous(done)
        if unsound := pipeline.deferrals_unsound(done):
            complain(told.shown(unsound, lang))
        if done.measures.instead is not None:
            complain(done.measures.instead.of(lang))
        if done.share is not None and done.share.instead is not None:
            complain(done.share.instead.of(lang))
        if strict and empty:
            complain(told.shown([told.as_error(d) for d in empty], lang))
            return NOTHING_DECIDED
        # Told before it is written: figures that do not add up stop here.
        text = pipeline.summary(done, lang, told.shortened(folder.as_posix()), time.perf_counter() - began)
        pipeline.save(done, folder, memory)
    if out is None:
        pipeline.write_index(folder.parent, lang)
    say(text)
    if before is not None:
        say(told_since(before).of(lang))
    if done.share is not None and done.share.instead is None:
        say(pipeline.share_line(done.share, lang))
    if vain := pipeline.unused_lines(tables, lang):
        say(vain)
    if files:
        whole = pipeline.open_run(folder) if done.parts else done
        write_reports(whole, files, lang, pipeline.manifest(folder))
    if back := pipeline.answers_told(done.tables, lang):
        say(back)
    if empty:
        say(_about_nothing(empty).of(lang))
    return 0


def _only_folder(data: Sequence[str], more: Sequence[object]) -> str:
    """Tables that are judged as they are say themselves who sent them and when."""
    if len(data) == 1 and Path(data[0]).is_dir() and not any(more):
        return data[0]
    message = Text(
        "--as-is 只给一个文件夹，不和 --unit、--received、--mapping、--answers 一起用",
        "--as-is takes one folder, and none of --unit, --received, --mapping, --answers",
    )
    raise UsageError([Diagnostic("U64", NOWHERE, message)])


def _about_nothing(empty: Sequence[Diagnostic]) -> Text:
    first, n = empty[0].message, len(empty)
    zh = f"提醒：{first.zh}{f'；这样的情况共{n}处' if n > 1 else ''}。加 --strict 则不写运行，并逐处列出。"
    en = f"Note: {first.en}{f'; {n} such in all' if n > 1 else ''}. --strict refuses the run and lists them."
    return Text(zh, en)


@verb(
    "每个单位的关口：通过、未通过、待定，及原因",
    "per unit open, closed or undecided, and why",
    "checker gate 运行/2019-12-31",
)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@_unit_option
@option("--way", is_flag=True, zh="并列出最少要整改、补齐哪些才能通过", en="and the least to do so that a gate opens")
def gate(ctx: click.Context, run: Path, unit: str | None, way: bool) -> int:
    from checker import pipeline

    # Gates are told from the scorecard; the way to open one, and a unit's part, are looked for among its records.
    done, lang = _opened(ctx, run, unit, rows=None if way or unit else 0)
    say(pipeline.gates(done, lang))
    if way:
        say(pipeline.ways_text(done, lang))
    return ANSWERS[pipeline.overall(done)]


@verb(
    "一次运行的报告，多种格式",
    "the report of a run, in many forms",
    "checker report 运行/2019-12-31",
    "checker report 运行/2019-12-31 --output json=报告.json --output junit=junit.xml",
    "checker report 运行/2019-12-31 --unit 启东市 --propose 延期申请.xlsx",
    "checker report 运行/2019-12-31 --document 台账 --document 整改通知 --unit 启东市",
)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    zh="打印哪一种（默认文字）",
    en="which form to print (text)",
)
@output_option
@document_option
@out_option
@templates_option
@_unit_option
@option(
    "--propose", metavar="FILE", type=click.Path(path_type=Path),
    zh="写出可申请延期的问题（.xlsx、.csv、.yaml），补填后用 --deferrals 交回",
    en="write what a deferral might be asked for (.xlsx .csv .yaml), to be completed and given back with --deferrals",
)  # fmt: skip
def report(
    ctx: click.Context,
    run: Path,
    form: Form | None,
    outputs: tuple[str, ...],
    documents: tuple[str, ...],
    out: Path | None,
    templates: Path | None,
    unit: str | None,
    propose: Path | None,
) -> int:
    from checker import pipeline

    files = asked_files(outputs)
    list_form = None if propose is None else proposal_form(propose)
    refuse_on_a_terminal(form)
    done, lang = _opened(ctx, run, unit)
    wanted = pipeline.papers_named(done.plan.pack, documents, templates)
    manifest = pipeline.manifest(run)
    if unit is not None:
        code = pipeline.unit_code(done.plan.pack, unit, done.plan.as_of)
        manifest = pipeline.manifest_of_unit(done, code, manifest)
    write_reports(done, files, lang, manifest)
    if propose is not None and list_form is not None:
        write_proposal(done, propose, list_form, lang)
    if wanted:
        write_papers(done, wanted, manifest, out or run / PAPERS_FOLDER, lang)
    if form is not None or not (files or propose or wanted):
        say_bytes(pipeline.report(done, form or "text", lang, manifest))
    return 0


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


def _opened(ctx: click.Context, folder: Path, unit: str | None, rows: int | None = None) -> tuple[Run, Language]:
    from checker import pipeline

    lang = language_of(ctx, folder / "pack")
    return pipeline.open_run(folder, unit, rows=rows), lang


@verb(
    "核对一次运行：文件有没有改动，重新判定是否一样",
    "check a run: are its files as written, does judging again give the same",
    "checker verify 运行/2019-12-31",
)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
def verify(ctx: click.Context, run: Path) -> int:
    from checker import pipeline

    lang = language_of(ctx, run / "pack")
    found = pipeline.verify(run)
    for name, fault in found.faults.items():
        say(f"{FAULTS[fault].of(lang)}{'　' if lang == 'zh' else '  '}{name}")
    for name, (then, now) in found.other_versions.items() if found.faults else ():
        say(Text(f"当时用 {name} {then}，现在是 {now}", f"made with {name} {then}, now {now}").of(lang))
    if found.faults:
        return DIFFERS
    n = found.checked
    say(
        Text(
            f"{n}个文件与写出时一致，重新判定结果逐字节相同。", f"{n} files as written; judged again, the same bytes."
        ).of(lang)
    )
    return 0


@verb("写出一套示例数据，并给出下一条命令", "write example data and print the next command", "checker demo 演示")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def demo(ctx: click.Context, folder: Path) -> int:
    from checker import pipeline

    lang = language(ctx)
    written = pipeline.write_demo(folder)
    say(
        Text(
            f"示例数据：新写出{len(written)}个文件 → {folder}", f"Example data: {len(written)} new files → {folder}"
        ).of(lang)
    )
    # One folder for each day on which the counties reported.
    days = sorted(path.name for path in folder.iterdir() if path.is_dir() and DAY.fullmatch(path.name))
    for at, name in enumerate(days or ["2019-12-31"]):
        head = Text("下一步：", "Next: ").of(lang)
        data = (folder / name if days else folder).as_posix()
        data = f'"{data}"' if " " in data else data
        say(f"{head if at == 0 else ' ' * told.width(head)}  checker run nantong-2019 {data} --as-of {name}")
    return 0
