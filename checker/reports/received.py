"""How sheets were understood, and what stayed open → the screen of `checker intake`. Safe on a GBK console."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import polars as pl

from checker.errors import Language, Text
from checker.model import Pack
from checker.reports.figures import many
from checker.reports.text import width
from checker.reports.understood import columns, field_name, heading, maybe_fields, maybe_tables, table_name
from checker.understood import OPEN, Sheet

_NO_LIST = "sheet_not_a_list"
# Told where the sheet is.
_TOLD_ELSEWHERE = ["hidden_sheet", "sheet_not_recognised", _NO_LIST]
_OF_ANSWERS = "answer_"  # told with what came of the answers
_MOST_REMARKS = 10
_FEW_SHEETS = 3  # a file with more is told sheet by sheet only where there is something to tell

_LEFT_OUT: dict[str, Text] = {
    "title_rows": Text("标题{n}行", "{n} title"),
    "numbering_row": Text("栏次行{n}", "{n} numbering"),
    "repeated_header": Text("重复表头{n}行", "{n} repeated heading"),
    "total_row": Text("合计行{n}", "{n} total"),
    "footnote_row": Text("表下说明{n}行", "{n} note"),
    "long_rows": Text("格子多于表头的{n}行", "{n} longer than the heading"),
}
_NOT_READ = {
    "empty": Text("空表", "empty"),
    "skipped": Text("按对照表或答复不读", "skipped by a mapping or an answer"),
    "not_recognised": Text("认不出是哪张表，未读", "not recognised as any table, not read"),
}


def screen(
    pack: Pack,
    sheets: Sequence[Sheet],
    questions: pl.DataFrame,
    weights: pl.DataFrame | None,
    lang: Language,
    sent: str,
    written: Sequence[str] = (),
    *,
    verbose: bool = False,
) -> str:
    """`weights`: per question whether a verdict rests on it, if that is known. `sent`: who has sent something and who has not,
    "" if that is not told; `written`: the files that were written.
    """
    lines: list[str] = []
    told = _about_files(questions, lang)
    forms = questions.filter(code=_NO_LIST).select("file", "sheet", f"message_{lang}").rows()
    for file, of_file in groupby(sheets, key=lambda sheet: sheet.file):
        why = {sheet: message for of, sheet, message in forms if of == file}
        lines += _file(pack, file, list(of_file), told.pop(file, []), why, lang, verbose)
    for file, remarks in told.items():
        lines += [f"{'未读：' if lang == 'zh' else 'Not read: '}{file}", *_remarks(remarks, lang)]
    lines += _doubts(questions, weights, lang)
    vain = questions.filter(pl.col("code") == "mapping_unused").select("file", f"message_{lang}")
    lines += [f"  {file}{'：' if lang == 'zh' else ': '}{message}" for file, message in vain.iter_rows()]
    lines += [sent] if sent else []
    if written:
        lines.append(f"{'已写：' if lang == 'zh' else 'Written: '}{('、' if lang == 'zh' else ', ').join(written)}")
    lines.append(
        "没有任何一格被改动。“待核”不会算作达标，也不会算作不达标。"
        if lang == "zh"
        else "No cell was changed. Unknown counts neither as compliant nor as non-compliant."
    )
    return "\n".join(lines) + "\n"


# --- sheets --------------------------------------------------------------------------------------


def _about_files(questions: pl.DataFrame, lang: Language) -> dict[str, list[tuple[str, str]]]:
    """File → sheet and message of what concerns a sheet or the whole file, and may lose something."""
    asked = questions.filter(
        (pl.col("table") == "")
        & pl.col("severity").is_in(["doubt", "lost"])
        & ~pl.col("code").is_in(_TOLD_ELSEWHERE)
        & ~pl.col("code").str.starts_with(_OF_ANSWERS)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for file, sheet, message in asked.select("file", "sheet", f"message_{lang}").iter_rows():
        found.setdefault(file, []).append((sheet, message))
    return found


def _remarks(remarks: Sequence[tuple[str, str]], lang: Language) -> Iterator[str]:
    for sheet, message in remarks[:_MOST_REMARKS]:
        yield f"  {f'《{sheet}》' if sheet else ''}{message}"
    if (more := len(remarks) - _MOST_REMARKS) > 0:
        yield f"  另有{more}处" if lang == "zh" else f"  {more} more"


def _file(
    pack: Pack,
    file: str,
    sheets: list[Sheet],
    remarks: Sequence[tuple[str, str]],
    why: Mapping[str, str],
    lang: Language,
    verbose: bool,
) -> Iterator[str]:
    """`why`: sheet → why it is no list of records."""
    zh, n = lang == "zh", len(sheets)
    hidden = sum(sheet.state == "hidden" for sheet in sheets)
    line = f"收到：{file}　{n}张表" if zh else f"Received: {file}  {many(n, 'sheets')}"
    if hidden:
        line += (
            f"（{hidden}张隐藏，未读；如需读取加 --hidden）"
            if zh
            else f" ({hidden} hidden, not read; --hidden reads them)"
        )
    yield line
    yield from _remarks(remarks, lang)
    folded = [] if verbose or n <= _FEW_SHEETS else [sheet for sheet in sheets if _is_plain(sheet)]
    for sheet in sheets:
        if sheet.state == "not_recognised" and sheet.sheet in why:
            yield from _remarks([(sheet.sheet, why[sheet.sheet])], lang)
        elif sheet.state != "hidden" and sheet not in folded:
            yield from _sheet(pack, sheet, lang, verbose)
    if folded:
        rows = sum(sheet.rows for sheet in folded)
        yield (
            f"  {len(folded)}张表各列全部认出，共{rows}行（--verbose 逐列列出）"
            if zh
            else f"  {many(len(folded), 'sheets')} with all columns known, {many(rows, 'rows')} (--verbose lists them)"
        )


def _is_plain(sheet: Sheet) -> bool:
    """Nothing about the sheet needs a word: every column is certain, and no row was left out but titles."""
    certain = all(not (column.how in OPEN and column.filled) and column.how != "neighbour" for column in sheet.columns)
    return sheet.state in ("read", "returns") and certain and not {code for code, _ in sheet.left_out} - {"title_rows"}


def _sheet(pack: Pack, sheet: Sheet, lang: Language, verbose: bool) -> Iterator[str]:
    name = f"《{sheet.sheet}》" if sheet.sheet else ""
    if sheet.state in _NOT_READ:
        why = _NOT_READ[sheet.state].of(lang)
        near = maybe_tables(pack, sheet, lang)
        yield f"  {name}{why}{('；' if lang == 'zh' else '; ') + near if near else ''}"
        return
    yield f"  {name}→ {table_name(pack, sheet.table, lang)}"
    yield from (f"    {line}" for line in _facts(pack, sheet, lang))
    if verbose:
        yield from (f"    {line}" for line in columns(pack, sheet, lang))


def _facts(pack: Pack, sheet: Sheet, lang: Language) -> Iterator[str]:
    zh = lang == "zh"
    heads, data = ("表头识别  ", "数据行    ") if zh else ("heading  ", "data     ")
    yield f"{heads}{_heading(sheet, lang)}"
    for column in sheet.columns:
        called, near = heading(column, lang), maybe_fields(pack, sheet.table, column, lang)
        if column.how == "neighbour":
            field = field_name(pack, sheet.table, column.field, lang)
            said = (
                f"“{called}”暂按“{field}”；不对请更正"
                if zh
                else f'"{called}" is taken as "{field}"; correct it if wrong'
            )
        elif column.how in OPEN and column.filled:
            place = "" if column.place == called else f"（{column.place}列）" if zh else f" (column {column.place})"
            said = f"“{called}”{place}未读" if zh else f'"{called}"{place} is not read'
            said += ("；" if zh else "; ") + near if near else ""
        else:
            continue
        yield " " * width(heads) + said
    skipped = [_LEFT_OUT[code].of(lang).format(n=n) for code, n in sheet.left_out]
    rows = f"{_rows_of(sheet.data, lang)}，{sheet.rows}行" if zh else f"{_rows_of(sheet.data, lang)}, {sheet.rows} rows"
    if skipped:
        rows += f"；跳过：{'、'.join(skipped)}" if zh else f"; left out: {', '.join(skipped)}"
    yield f"{data}{rows}"


def _heading(sheet: Sheet, lang: Language) -> str:
    """Where it stands, and how many of its columns are known."""
    zh = lang == "zh"
    n, read = len(sheet.columns), sum(column.is_read for column in sheet.columns)
    unread = sum(column.how in OPEN and column.filled > 0 for column in sheet.columns)
    where = "" if sheet.heading is None else _rows_of(sheet.heading, lang)
    merged = sheet.heading is not None and sheet.heading[0] < sheet.heading[1]
    if zh:
        said = f"{where}{'（合并表头）' if merged else ''}{'，' if where else ''}{n}列：认出{read}列"
    else:
        said = f"{where}{', ' if where else ''}{n} columns: {read} known"
    if unread:
        said += f"，未认出{unread}列" if zh else f", {unread} not known"
    aside = [heading(column, lang) for column in sheet.columns if column.how in ("serial", "remark", "skipped")]
    if aside:
        named = [f"“{each}”" if zh else f'"{each}"' for each in aside]
        said += f"；{''.join(named)}不作数据" if zh else f"; no data: {', '.join(named)}"
    return said


def _rows_of(span: tuple[int, int] | None, lang: Language) -> str:
    if span is None:
        return "—"
    first, last = span
    if first == last:
        return f"第{first}行" if lang == "zh" else f"row {first}"
    return f"第{first}—{last}行" if lang == "zh" else f"rows {first}-{last}"


# --- doubts --------------------------------------------------------------------------------------


def _doubts(questions: pl.DataFrame, weights: pl.DataFrame | None, lang: Language) -> Iterator[str]:
    weight = pl.lit("none").alias("weight") if weights is None else weights["weight"]
    asked = questions.with_columns(weight).filter(pl.col("severity") != "info")
    totals = asked.filter(pl.col("code") == "total_mismatch")
    rest = asked.filter(pl.col("code") != "total_mismatch")
    weighty = rest.filter(pl.col("weight") != "none").height
    light = rest.filter(pl.col("weight") == "none")
    used, unused, look = (light.filter(pl.col("severity") == kind).height for kind in ("doubt", "lost", "review"))
    if lang == "zh":
        line = f"  影响判定的疑问 {weighty}条　" if weights is not None else "  "
        line += f"已按规则暂用 {used}条　未采用 {unused}条　合计不一致 {totals.height}条"
        line += f"　提请核实 {look}条" if look else ""
    else:
        line = f"  doubts that decide a verdict: {weighty}, " if weights is not None else "  "
        line += f"used with a reading: {used}, not used: {unused}, totals that disagree: {totals.height}"
        line += f", to look into: {look}" if look else ""
    yield line
    yield from (f"    {message}" for message in totals[f"message_{lang}"])
