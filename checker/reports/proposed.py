"""What a deferral might be asked for → a list that people complete, as a workbook, CSV or YAML; as written, none of it counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

from checker.errors import Language, Text
from checker.plan import Proposal, Proposed, Run
from checker.reports.figures import day, many
from checker.reports.sentences import Names, listed
from checker.sheet_text import csv_bytes, height, workbook, write_text
from checker.visible import visible_lines
from checker.words import DOCUMENT, DOCUMENTS
from checker.yaml_text import on_one_line

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# What is known stands in the first columns; the last ones are for people. Those that are no key of a deferral only help to read.
_TOLD = {
    "number": Text("问题编号", "finding"),
    "holder": Text("学校（单位）", "school"),
    "due": Text("原定期限", "was due"),
    "most": Text("限额", "limit"),
}
_FIXED = ("unit", "holder", "rule", "number", "due", "most", "period", "subject")
_BLANK = ("reason", "requested_by", "approver", "approved_on", "document", "expires", "interim", "watched_by")
_COLUMNS = (*_FIXED, *_BLANK)
_DAYS = ("approved_on", "expires")
_TOP = 3  # the row of the headings
_WIDTHS = {
    "unit": 10, "holder": 18, "rule": 34, "number": 11, "due": 11, "most": 12, "period": 9, "subject": 14, "reason": 20,
    "requested_by": 12, "approver": 12, "approved_on": 11, "document": 14, "expires": 11, "interim": 20, "watched_by": 12,
}  # fmt: skip
# A cell holds no more numbers than a reader takes in; the subjects stand there completely.
_SHOWN_NUMBERS = 6
_TITLE = Text("可申请延期的问题（拟稿）", "What a deferral might be asked for (draft)")
_SEPARATOR = "\n"


def told(proposed: Proposed, run: Run, lang: Language) -> str:
    """What the list holds, and what was left out of it and why."""
    return ("" if lang == "zh" else " ").join(text.of(lang) for text in _sentences(proposed, run))


def _sentences(proposed: Proposed, run: Run) -> Iterator[Text]:
    if proposed.over and run.plan.pack.ends is not None:
        ends = run.plan.pack.ends
        yield Text(
            f"方案实施期已于{day(ends, 'zh')}结束，不能再批准延期。",
            f"The plan ended on {day(ends, 'en')}: nothing can be deferred any more.",
        )
        return
    rows, items = len(proposed.proposals), sum(len(each.numbers) for each in proposed.proposals)
    yield Text(f"共{rows}条，涉及问题{items}项。", f"{many(rows, 'rows')}, {many(items, 'findings')}.")
    if locked := sum(proposed.forbidden.values()):
        zh, en = Names(run.plan, "zh"), Names(run.plan, "en")
        rules = "、".join(f"“{zh.rule(rule)}”{n}项" for rule, n in proposed.forbidden.items())
        english = ", ".join(f'"{en.rule(rule)}" {n}' for rule, n in proposed.forbidden.items())
        yield Text(
            f"另有{locked}项属于不得延期的要求，未列入：{rules}。",
            f"{locked} more fail requirements that cannot be deferred and are left out: {english}.",
        )
    if proposed.full:
        yield Text(
            f"另有{proposed.full}项，延期已达到规定比例，未列入。",
            f"{proposed.full} more are left out: so many are deferred already as may be.",
        )
    if proposed.nameless:
        yield Text(
            f"另有{proposed.nameless}项的对象没有标识，无法单独申请，未列入。",
            f"{proposed.nameless} more are of records without a key and are left out: no deferral can name them.",
        )


_HOW_TO = Text(
    "确需延期的，逐条补填右边白色各列，报批后用 --deferrals 交回；不申请的，删去整行。未补填完整的不生效。",
    "Complete the white columns of what is to be deferred, have it approved, and give the list back with --deferrals; "
    "delete the other rows. Nothing counts until its row is complete.",
)


# --- the values ----------------------------------------------------------------------------------


def _values(proposal: Proposal, names: Names) -> dict[str, str]:
    titles = [rule.title.of(names.lang) for rule in names.pack.rules]
    title = names.rule(proposal.rule)
    shown = listed(proposal.numbers[:_SHOWN_NUMBERS], names.lang)
    more = len(proposal.numbers) - _SHOWN_NUMBERS
    most = proposal.most
    return {
        "unit": names.unit(proposal.unit) if proposal.unit in names.pack.units else "",
        "holder": proposal.holder[1],
        "rule": title if titles.count(title) == 1 else proposal.rule,
        "number": shown if more <= 0 else f"{shown}，另{more}项" if names.lang == "zh" else f"{shown}, {more} more",
        "due": "" if proposal.due is None else proposal.due.isoformat(),
        "most": "" if most is None else f"本单位最多{most}项" if names.lang == "zh" else f"at most {most} of the unit",
        "period": proposal.period,
        "subject": _SEPARATOR.join(proposal.subjects),
    }


def _heading(name: str, lang: Language) -> str:
    if name in _TOLD:
        return _TOLD[name].of(lang)
    shape = DOCUMENTS["deferrals"].under["deferrals"].item
    assert shape is not None
    return shape.chinese[name] if lang == "zh" else name


# --- the forms -----------------------------------------------------------------------------------


def as_csv(proposed: Proposed, run: Run, lang: Language) -> bytes:
    import polars as pl

    names = Names(run.plan, lang)
    rows = [_values(each, names) for each in proposed.proposals]
    heads = {name: _heading(name, lang) for name in _COLUMNS}
    columns = {head: [row.get(name, "") for row in rows] for name, head in heads.items()}
    return csv_bytes(pl.DataFrame(columns, schema=dict.fromkeys(heads.values(), pl.String)))


def as_yaml(proposed: Proposed, run: Run, lang: Language) -> bytes:
    """As rules are written; what only helps to read stands in comments."""
    names = Names(run.plan, lang)
    document = DOCUMENTS["deferrals"]
    key = document.chinese if lang == "zh" else {name: name for name in document.chinese}
    kind = DOCUMENT["deferrals/1"] if lang == "zh" else "deferrals/1"
    lines = [
        f"# {_TITLE.of(lang)}",
        f"# {told(proposed, run, lang)}",
        f"# {_HOW_TO_YAML.of(lang)}",
        f"{key['schema']}: {kind}",
    ]
    lines.append(f"{key['deferrals']}:" if proposed.proposals else f"{key['deferrals']}: []")
    for each in proposed.proposals:
        values = _values(each, names)
        about = "　".join(values[name] for name in ("number", "holder", "due", "most") if values[name])
        lines.append(f"  # {visible_lines(about)}")
        known: dict[str, object] = {name: values[name] for name in ("rule", "unit", "period") if values[name]}
        known["subject"] = list(each.subjects)
        known |= dict.fromkeys(_BLANK, "")
        for at, (name, value) in enumerate(known.items()):
            lines.append(f"{'  - ' if at == 0 else '    '}{_heading(name, lang)}: {on_one_line(value)}")
    return ("\n".join(lines) + "\n").encode()


_HOW_TO_YAML = Text(
    "确需延期的，逐条补填空白各项，报批后用 --deferrals 交回；不申请的，删去该条。未补填完整的不生效。",
    "Complete what is empty, have it approved, and give the file back with --deferrals; delete the rest. "
    "Nothing counts until it is complete.",
)


def as_workbook(proposed: Proposed, run: Run, lang: Language) -> bytes:
    out, names = BytesIO(), Names(run.plan, lang)
    with workbook(out) as book:
        sheet = book.add_worksheet(Text("延期申请", "deferrals").of(lang))
        looks = _looks(book)
        _heads(sheet, looks, (_TITLE.of(lang), told(proposed, run, lang), _HOW_TO.of(lang)), lang)
        for row, each in enumerate(proposed.proposals, _TOP + 1):
            values = _values(each, names)
            for column, name in enumerate(_COLUMNS):
                if name in _BLANK:
                    sheet.write_blank(row, column, None, looks["day" if name in _DAYS else "free"])
                else:
                    write_text(sheet, row, column, values[name], looks["fixed"])
            sheet.set_row(row, height([(_WIDTHS[name], text) for name, text in values.items()]))
        last = _TOP + max(len(proposed.proposals), 1)
        _limit_days(sheet, run, last, lang)
        sheet.autofilter(_TOP, 0, last, len(_COLUMNS) - 1)
    return out.getvalue()


def _looks(book: Workbook) -> dict[str, Format]:
    base: dict[str, Any] = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True, "border": 1}
    return {
        "title": book.add_format({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"}),
        "plain": book.add_format({"font_name": "宋体", "font_size": 10, "valign": "vcenter"}),
        "head": book.add_format({**base, "bold": True, "align": "center", "bg_color": "#D9D9D9"}),
        "fixed": book.add_format({**base, "num_format": "@", "bg_color": "#F2F2F2"}),
        "free": book.add_format({**base, "num_format": "@"}),
        "day": book.add_format({**base, "num_format": "yyyy-mm-dd"}),
    }


def _heads(sheet: Worksheet, looks: dict[str, Format], lines: Sequence[str], lang: Language) -> None:
    """Title, what is in the list, how to complete it, the names of the columns; a wide sheet of A3, its head on every page."""
    sheet.merge_range(0, 0, 0, len(_COLUMNS) - 1, "", looks["title"])
    for row, text in enumerate(lines):
        write_text(sheet, row, 0, text, looks["title" if row == 0 else "plain"])
    sheet.set_row(0, 30)
    for column, name in enumerate(_COLUMNS):
        write_text(sheet, _TOP, column, _heading(name, lang), looks["head"])
        sheet.set_column(column, column, _WIDTHS[name])
    sheet.freeze_panes(_TOP + 1, 3)
    sheet.set_paper(8)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_TOP)


def _limit_days(sheet: Worksheet, run: Run, last: int, lang: Language) -> None:
    """What is no day, or lies past the end of the plan, is noticed while it is typed."""
    ends = run.plan.pack.ends or date.max.replace(year=2099)
    said = Text(f"请填日期，不晚于{ends}", f"a day, not after {ends}").of(lang)
    for name in _DAYS:
        column = _COLUMNS.index(name)
        limits = {"minimum": date(2000, 1, 1), "maximum": ends, "error_message": said, "error_type": "warning"}
        sheet.data_validation(
            _TOP + 1, column, last, column, {"validate": "date", "criteria": "between", "ignore_blank": True, **limits}
        )
