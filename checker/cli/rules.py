"""validate and test: a pack → what is wrong with it, for people or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from checker.cli import diagnostics as told
from checker.cli.bilingual import day, option
from checker.cli.console import complain, progress, say, say_bytes
from checker.cli.group import NOTHING_DECIDED, pack_language, verb
from checker.errors import NOWHERE, Diagnostic, Language, PackError, Text, UsageError
from checker.forms import FAULT_FORMS

if TYPE_CHECKING:
    from checker.cases import CaseResult
    from checker.model import Pack


# github: annotations in the log; gitlab: code quality; sarif: code scanning.
_format_option = option(
    "--format",
    "form",
    type=click.Choice(["text", "json", *FAULT_FORMS]),
    default="text",
    zh="输出格式",
    en="form of the output",
)


@verb(
    "检查一个规则包的全部文件",
    "check all files of a pack",
    "checker validate nantong-2019",
    "checker validate 我的规则包",
)
@click.argument("pack")
@_format_option
@option("--strict", is_flag=True, zh="提醒也算错误", en="warnings count as errors")
def validate(ctx: click.Context, pack: str, form: str, strict: bool) -> int:
    from checker import pipeline

    lang = pack_language(ctx, pack)
    rules, found = pipeline.load_pack(pack)
    if rules is not None:
        found = pipeline.check_pack(rules, found)
    if strict:
        found = [told.as_error(d) for d in found]
    failed = rules is None or any(d.is_error for d in found)
    if form == "json":
        say(told.as_json(found, lang, ok=not failed))
    elif form == "text":
        say("\n".join(filter(None, [told.shown(found, lang), _checked(pack, rules, found).of(lang)])))
    else:
        _for_ci(found, form, lang, _checked(pack, rules, found))
    return NOTHING_DECIDED if failed else 0


def _for_ci(found: Sequence[Diagnostic], form: Any, lang: Language, sums: Text, *more: str) -> None:
    """Annotations stand in a log beside the words for people; what a program reads stands alone, the words go beside it."""
    from checker import pipeline

    say_bytes(pipeline.faults([told.from_here(d) for d in found], form, lang))
    words = "\n".join(filter(None, [sums.of(lang), *more]))
    if form == "github":
        say(words)
    else:
        complain(words)


def _checked(name: str, pack: Pack | None, found: Sequence[Diagnostic]) -> Text:
    errors = sum(d.is_error for d in set(found))
    reminders = len(set(found)) - errors
    more = Text(f"，{reminders}处提醒" if reminders else "", f", {reminders} warnings" if reminders else "")
    if errors:
        return Text(f"{name}：{errors}处错误{more.zh}。", f"{name}: {errors} errors{more.en}.")
    size = Text("", "")
    if pack is not None:
        cases = sum(len(rule.cases) for rule in pack.rules) + sum(len(rule.cases) for rule in pack.escalations.rules)
        steps = len(pack.escalations.rules)
        size = Text(
            f"{len(pack.rules)}条规则、{f'{steps}条督办规则、' if steps else ''}{cases}个样例、{len(pack.clauses)}个条款，",
            f"{len(pack.rules)} rules, {f'{steps} rules of measures, ' if steps else ''}{cases} cases, "
            f"{len(pack.clauses)} clauses, ",
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
    "--engine", "engines", multiple=True, type=click.Choice(["columnar", "reference", "rete"]),
    zh="只用这个引擎；可重复", en="this engine only; repeatable",
)  # fmt: skip
@option("--coverage", is_flag=True, zh="再查样例是否充分", en="also show what the cases leave untried")
@option("--propose", is_flag=True, zh="再给出可补的样例", en="also propose the cases that are lacking")
@_format_option
def test(
    ctx: click.Context,
    pack: str,
    rules: tuple[str, ...],
    engines: tuple[Any, ...],
    coverage: bool,
    propose: bool,
    form: str,
) -> int:
    from checker import pipeline

    lang = pack_language(ctx, pack)
    try:
        loaded = pipeline.sound_pack(pack)
        wanted = pipeline.rules_named(loaded, rules) if rules else None
        with progress(Text("正在判定样例", "judging the cases"), lang):
            results = pipeline.run_cases(loaded, wanted, engines or pipeline.BUILT_IN)
    except PackError as refusal:
        if form not in FAULT_FORMS:
            raise
        _for_ci(refusal.diagnostics, form, lang, _checked(pack, None, refusal.diagnostics))
        return NOTHING_DECIDED
    failures = [result for result in results if not result.passed]
    measured, proposed = None, None
    if coverage or propose:
        with progress(Text("正在逐处改动规则", "altering the rules one place at a time"), lang):
            measured = pipeline.coverage(loaded, wanted)
            proposed = pipeline.proposals(loaded, measured) if propose else None
    untried = measured is not None and any(each.missing or each.survivors for each in measured)
    faults = [r.diagnostic for r in failures if r.diagnostic]
    covered = "" if measured is None else pipeline.coverage_text(loaded, measured, lang, proposed)
    if form == "json":
        more = {} if measured is None else {"coverage": pipeline.coverage_rows(loaded, measured, lang)}
        say(told.as_json(faults, lang, ok=not failures and not untried, cases=_case_rows(results), **more))
    elif form == "text":
        say("\n".join(filter(None, [told.shown(faults, lang), _tried(results).of(lang), covered])))
    else:
        _for_ci(faults, form, lang, _tried(results), covered)
    return NOTHING_DECIDED if failures or untried else 0


def _case_rows(results: Sequence[CaseResult]) -> list[dict[str, Any]]:
    return [
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


def _tried(results: Sequence[CaseResult]) -> Text:
    cases = {(r.rule, r.case) for r in results}
    failed = {(r.rule, r.case) for r in results if not r.passed}
    engines = sorted({r.engine for r in results if r.engine})
    zh = f"{len({rule for rule, _ in cases})}条规则、{len(cases)}个样例（{'、'.join(engines)}）："
    en = f"{len({rule for rule, _ in cases})} rules, {len(cases)} cases ({', '.join(engines)}): "
    if failed:
        return Text(f"{zh}{len(failed)}个不符。", f"{en}{len(failed)} fail.")
    return Text(f"{zh}全部相符。", f"{en}all pass.")


@verb(
    "逐条列出条款及其规则",
    "list the clauses and the rules that judge them",
    "checker clauses nantong-2019",
    "checker clauses nantong-2019 5.4-q 五（三）",
)
@click.argument("pack")
@click.argument("clauses", nargs=-1, metavar="[CLAUSE]...")
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="form of the output")
def clauses(ctx: click.Context, pack: str, clauses: tuple[str, ...], form: str) -> int:
    from checker import pipeline

    lang = pack_language(ctx, pack)
    loaded = pipeline.sound_pack(pack)
    pipeline.clauses_named(loaded, clauses)
    lacking = 0 if clauses else pipeline.clauses_lacking(loaded)
    if form == "json":
        say(told.as_json([], lang, ok=not lacking, clauses=pipeline.clauses_rows(loaded, clauses, lang)))
    else:
        say(pipeline.clauses_text(loaded, clauses, lang))
    return NOTHING_DECIDED if lacking else 0


@verb(
    "把规则写成一本书，或列出某一天有效的规则",
    "write the rules as a book, or list what is in force on a day",
    "checker docs nantong-2019 --out 规则.html",
    "checker docs nantong-2019 --as-of 2020-06-30 --unit 启东市",
    "checker docs nantong-2019 --as-of 2020-06-30 --engine rete",
)
@click.argument("pack")
@option(
    "--as-of", **day("--as-of", "统计时点"),
    zh="哪一天有效的规则；不写为方案的最后一天", en="rules of this day; else the plan's last",
)  # fmt: skip
@option("--unit", metavar="UNIT", zh="只列对这个单位有效的规则", en="list only what binds this unit")
@option(
    "--engine", type=click.Choice(["rete"]),
    zh="列出哪些条件由 durable-rules 判定，其余为什么不", en="list what durable-rules judges, and why not the rest",
)  # fmt: skip
@option(
    "--out",
    type=click.Path(dir_okay=False),
    default=None,
    zh="写入文件：.html 或 .md",
    en="file to write: .html or .md",
)
def docs(
    ctx: click.Context, pack: str, as_of: date | None, unit: str | None, engine: str | None, out: str | None
) -> int:
    from checker import pipeline

    lang = pack_language(ctx, pack)
    if engine is not None and unit is not None:
        message = Text(
            "--engine 列出全部要求，不能与 --unit 同用", "--engine lists all requirements, not those of a --unit"
        )
        raise UsageError([Diagnostic("U45", NOWHERE, message)])
    loaded = pipeline.sound_pack(pack)
    when = as_of or loaded.ends or loaded.begins or date.today()
    if engine is not None:
        text = pipeline.by_durable_rules(loaded, when, lang)
    elif unit is not None:
        text = pipeline.rules_in_force(loaded, when, lang, pipeline.unit_code(loaded, unit, when))
    else:
        text = pipeline.book(loaded, when, lang, "html" if out and out.lower().endswith((".html", ".htm")) else "md")
    if out is None:
        say(text.rstrip("\n"))
    else:
        Path(out).write_text(text, encoding="utf-8")
        say(Text(f"已写入 {out}", f"wrote {out}").of(lang))
    return 0
