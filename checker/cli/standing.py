"""states: a run and a day → where its hazards (and whatever else has a life cycle) stand, by unit or one by one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from checker.cli.bilingual import day, option
from checker.cli.console import say
from checker.cli.group import language_of, verb


@verb(
    "隐患走到了哪一步：按登记和凭据判断，不按自报",
    "where hazards stand, by dated entries and evidence",
    "checker states 运行/2020-12-31",
    "checker states 运行/2020-12-31 --on 2020-06-30 --unit 启东市",
    "checker states 运行/2020-12-31 YH-0001",
)
@click.argument("run", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("key", metavar="[RECORD]", required=False)
@option("--on", **day("--on", "哪一天"), zh="哪一天的状态（默认统计时点）", en="on which day (that of the run)")
@option("--unit", metavar="UNIT", zh="只看一个单位（代码或名称）", en="one unit only (code or name)")
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="form of the output")
def states(ctx: click.Context, run: Path, key: str | None, on: date | None, unit: str | None, form: str) -> int:
    from checker import pipeline
    from checker.pipeline import standing

    lang = language_of(ctx, run / "pack")
    done = pipeline.open_run(run)
    code = None if unit is None else pipeline.unit_code(done.plan.pack, unit, on or done.plan.as_of)
    told = standing.courses(done, on, code)
    if key is not None:
        say(standing.course_text(told, key, lang))
    else:
        say(standing.courses_json(told, lang) if form == "json" else standing.courses_text(told, lang))
    return 0
