"""How sheets were understood, and what stayed open → the screen of `checker intake`. Safe on a GBK console."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import polars as pl

from checker.errors import Language, Text
from checker.model import Pack
from checker.reports.figures import many
from checker.reports.text import width
from checker.understood import OPEN, Column, How, Sheet

_HOW: dict[How, Text] = {
    "confirmed": Text("按对照表", "by mapping"),
    "exact": Text("表头相同", "same heading"),
    "alias": Text("别名", "other name"),
    "loose": Text("写法相近", "same but for marks"),
    "neighbour": Text("按前一列推定", "by the column before"),
    "parent_name": Text("上级名称", "name of the parent"),
    "ambiguous": Text("可能是几列", "may be several"),
    "second": Text("另有一列相同", "another column is it"),
    "suggested": Text("未确认", "not confirmed"),
    "unknown": Text("未认出", "not known"),
    "headless": Text("没有表头", "no heading"),
    "serial": Text("序号", "row numbers"),
    "remark": Text("备注", "remarks"),
    "skipped": Text("按对照表不读", "skipped by mapping"),
}
_LEFT_OUT: dict[str, Text] = {
    "title_rows": Text("标题{n}行", "{n} title"),
    "numbering_row": Text("栏次行{n}", "{n} numbering"),
    "repeated_header": Text("重复表头{n}行", "{n} repeated heading"),
    "total_row": Text("合计行{n}", "{n} total"),
    "footnote_row": Text("表下说明{n}行", "{n} note"),
}
_NOT_READ = {
    "hidden": Text("隐藏，未读；如需读取加 --hidden", "hidden, not read; --hidden reads it"),
    "empty": Text("空表", "empty"),
    "skipped": Text("按对照表不读", "skipped by mapping"),
    "not_recognised": Text("认不出是哪张表，未读", "not recognised as any table, not read"),
}


def screen(
    pack: Pack,
    sheets: Sequence[Sheet],
    questions: pl.DataFrame,
    weights: pl.DataFrame,
    lang: Language,
    written: Sequence[str] = (),
    *,
    verbose: bool = False,
) -> str:
    """`weights`: per question whether a verdict rests on it. `written`: the files that were written."""
    lines: list[str] = []
    for file, of_file in groupby(sheets, key=lambda sheet: sheet.file):
        lines += _file(pack, file, list(of_file), lang, verbose)
    lines += _doubts(questions, weights, lang)
    vain = questions.filter(pl.col("code") == "mapping_unused").select("file", f"message_{lang}")
    lines += [f"  {file}{'：' if lang == 'zh' else ': '}{message}" for file, message in vain.iter_rows()]
    if written:
        lines.append(f"{'已写：' if lang == 'zh' else 'Written: '}{('、' if lang == 'zh' else ', ').join(written)}")
    lines.append(
        "没有任何一格被改动。“待核”不会算作达标，也不会算作不达标。"
        if lang == "zh"
        else "No cell was changed. Unknown counts neither as compliant nor as non-compliant."
    )
    return "\n".join(lines) + "\n"


# --- sheets --------------------------------------------------------------------------------------


def _file(pack: Pack, file: str, sheets: list[Sheet], lang: Language, verbose: bool) -> Iterator[str]:
    n = len(sheets)
    yield f"收到：{file}　{n}张表" if lang == "zh" else f"Received: {file}  {many(n, 'sheets')}"
    for sheet in sheets:
        yield from _sheet(pack, sheet, lang, verbose)


def _sheet(pack: Pack, sheet: Sheet, lang: Language, verbose: bool) -> Iterator[str]:
    name = f"《{sheet.sheet}》" if sheet.sheet else ""
    if sheet.state in _NOT_READ:
        why = _NOT_READ[sheet.state].of(lang)
        yield f"  {name}{why}" if name else f"  {why}"
        return
    table = pack.tables.get(sheet.table)
    label = table.label.of(lang) if table is not None else Text("收表记录", "returns").of(lang)
    yield f"  {name}→ {label}" if name else f"  → {label}"
    yield from (f"    {line}" for line in _facts(pack, sheet, lang))
    if verbose:
        yield from (f"    {line}" for line in _columns(pack, sheet, lang))


def _facts(pack: Pack, sheet: Sheet, lang: Language) -> Iterator[str]:
    zh = lang == "zh"
    read = [column for column in sheet.columns if column.is_read]
    unread = [column for column in sheet.columns if column.how in OPEN and column.filled]
    where = _rows_of(sheet.heading, lang)
    counted = f"{len(sheet.columns)}列：认出{len(read)}列" if zh else f"{len(sheet.columns)} columns: {len(read)} known"
    if unread:
        names = [f"“{_heading(column, lang)}”" for column in unread]
        counted += f"；未认出{len(unread)}列：{'、'.join(names)}" if zh else f"; not known: {', '.join(names)}"
    aside = [_HOW[how].of(lang) for how in ("serial", "remark", "skipped") if any(c.how == how for c in sheet.columns)]
    if aside:
        counted += f"；{'、'.join(aside)}不作数据" if zh else f"; no data: {', '.join(aside)}"
    yield f"{'表头识别' if zh else 'heading '}  {where}{'，' if zh else ', '}{counted}"
    for column in sheet.columns:
        if column.how == "neighbour":
            name = _field(pack, sheet, column.field, lang)
            heading = _heading(column, lang)
            yield (
                f"          “{heading}”暂按“{name}”；不对请更正"
                if zh
                else f'          "{heading}" is taken as "{name}"; correct it if that is wrong'
            )
    skipped = [_LEFT_OUT[code].of(lang).format(n=n) for code, n in sheet.left_out]
    rows = f"{_rows_of(sheet.data, lang)}，{sheet.rows}行" if zh else f"{_rows_of(sheet.data, lang)}, {sheet.rows} rows"
    if skipped:
        rows += f"；跳过：{'、'.join(skipped)}" if zh else f"; left out: {', '.join(skipped)}"
    yield f"{'数据行' if zh else 'data'}{'  ' if zh else '    '}  {rows}"


def _rows_of(span: tuple[int, int] | None, lang: Language) -> str:
    if span is None:
        return "—"
    first, last = span
    if first == last:
        return f"第{first}行" if lang == "zh" else f"row {first}"
    return f"第{first}—{last}行" if lang == "zh" else f"rows {first}-{last}"


def _heading(column: Column, lang: Language) -> str:
    return column.heading[-1] if column.heading else Text(f"{column.place}列", f"column {column.place}").of(lang)


def _field(pack: Pack, sheet: Sheet, field: str, lang: Language) -> str:
    table = pack.tables.get(sheet.table)
    return table.fields[field].name.of(lang) if table is not None and field in table.fields else field


def _columns(pack: Pack, sheet: Sheet, lang: Language) -> Iterator[str]:
    """The columns as a table: place, heading, field, how surely, samples."""
    rows = [
        (
            column.place,
            " / ".join(column.heading) or "—",
            _field(pack, sheet, column.field, lang) or "—",
            f"{column.confidence:.0%} {_HOW[column.how].of(lang)}" if column.is_read else _HOW[column.how].of(lang),
            " | ".join(column.samples),
        )
        for column in sheet.columns
    ]
    wide = [max(width(row[at]) for row in rows) for at in range(4)] if rows else []
    for row in rows:
        padded = [text + " " * (wide[at] - width(text)) for at, text in enumerate(row[:4])]
        yield "  ".join([*padded, row[4]]).rstrip()


# --- doubts --------------------------------------------------------------------------------------


def _doubts(questions: pl.DataFrame, weights: pl.DataFrame, lang: Language) -> Iterator[str]:
    asked = questions.with_columns(weights["weight"]).filter(pl.col("severity") != "info")
    totals = asked.filter(pl.col("code") == "total_mismatch")
    rest = asked.filter(pl.col("code") != "total_mismatch")
    weighty = rest.filter(pl.col("weight") != "none").height
    light = rest.filter(pl.col("weight") == "none")
    used, unused, look = (light.filter(pl.col("severity") == kind).height for kind in ("doubt", "lost", "review"))
    if lang == "zh":
        line = f"  影响判定的疑问 {weighty}条　已按规则暂用 {used}条　未采用 {unused}条　合计不一致 {totals.height}条"
        line += f"　提请核实 {look}条" if look else ""
    else:
        line = (
            f"  doubts that decide a verdict: {weighty}, used with a reading: {used}, "
            f"not used: {unused}, totals that disagree: {totals.height}"
        ) + (f", to look into: {look}" if look else "")
    yield line
    yield from (f"    {message}" for message in totals[f"message_{lang}"])
