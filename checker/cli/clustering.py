"""cluster: tables on a path that Spark reads → findings as part files on another, beside them counts, targets and gates."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from checker.cli.bilingual import option
from checker.cli.console import progress, say
from checker.cli.given import as_of_option, known_at_option
from checker.cli.group import pack_language, verb
from checker.errors import Language, Text
from checker.plan import Verdict
from checker.words import VERDICT

if TYPE_CHECKING:
    from checker.pipeline.clustering import Clustered

master_option = option(
    "--master", metavar="URL",
    zh="Spark 集群的地址，如 spark://主机:7077、yarn、local[4]（默认 local[*]，即本机）",
    en="where Spark's master is: spark://host:7077, yarn, local[4] (local[*], this machine)",
)  # fmt: skip


@verb(
    "在 Spark 集群上判定，表和问题都在集群的存储里",
    "judge on a Spark cluster, tables and findings being in its storage",
    "checker cluster nantong-2019 hdfs:///校园安全/表 --as-of 2020-12-31 --findings hdfs:///校园安全/问题 --master yarn",
)
@click.argument("pack")
@click.argument("tables", metavar="TABLES")
@as_of_option
@known_at_option
@option(
    "--findings", required=True, metavar="PATH",
    zh="问题写到哪个文件夹（Parquet，若干文件）", en="folder for the findings (Parquet, several files)",
)  # fmt: skip
@option(
    "--counts", metavar="FILE", type=click.Path(path_type=Path),
    zh="判定计数写成本机的一个文件（Parquet）", en="a local file for the counts (Parquet)",
)  # fmt: skip
@master_option
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="form of the output")
def cluster(
    ctx: click.Context,
    pack: str,
    tables: str,
    as_of: date,
    known_at: date | None,
    findings: str,
    counts: Path | None,
    master: str | None,
    form: str,
) -> int:
    from checker import pipeline

    lang = pack_language(ctx, pack)
    rules = pipeline.sound_pack(pack)
    with progress(Text("正在判定", "judging"), lang):
        done = pipeline.judge_folder(rules, tables, findings, as_of, known_at, master=master)
    if counts is not None:
        done.run.scorecard.counts.write_parquet(counts)
    if form == "json":
        say(_as_json(done, findings, pipeline.gate_entries(done.run, lang)))
    else:
        say(_as_text(done, findings).of(lang) + "\n\n" + pipeline.gates(done.run, lang))
    return 0


_VERDICTS = {verdict: Text(VERDICT[verdict], verdict.replace("_", " ")) for verdict in get_args(Verdict)}


def _sums(done: Clustered) -> dict[str, int]:
    import polars as pl

    counts = done.run.scorecard.counts
    return {verdict: int(counts.filter(pl.col("verdict") == verdict)["n"].sum()) for verdict in _VERDICTS}


def _as_text(done: Clustered, findings: str) -> Text:
    sums, rows = _sums(done), sum(done.rows.values())
    found = sums["fail"] + sums["unknown"]

    def verdicts(lang: Language, between: str) -> str:
        return between.join(f"{_VERDICTS[verdict].of(lang)}{_space(lang)}{n:,}" for verdict, n in sums.items())

    zh = (
        f"{len(done.rows)}张表、{rows:,}条记录，判定{sum(sums.values()):,}次：{verdicts('zh', '，')}。\n"
        f"问题{found:,}个 → {findings}\n计数、目标完成率、关口结论 → {done.scorecard}"
    )
    en = (
        f"{len(done.rows)} tables, {rows:,} records, {sum(sums.values()):,} verdicts: {verdicts('en', ', ')}.\n"
        f"{found:,} findings → {findings}\ncounts, targets, gates → {done.scorecard}"
    )
    return Text(zh, en)


def _space(lang: Language) -> str:
    return "" if lang == "zh" else " "


def _as_json(done: Clustered, findings: str, gates: list[dict[str, object]]) -> str:
    content = {
        "rows": dict(sorted(done.rows.items())),
        "verdicts": _sums(done),
        "findings": findings,
        "scorecard": done.scorecard,
        "gates": gates,
    }
    return json.dumps(content, ensure_ascii=False, indent=1)
