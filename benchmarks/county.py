"""A number of schools → a workbook as a county sends it, one sheet with a title and a heading of two rows; the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from checker.sheet_text import workbook

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_TITLE = "如皋市中小学幼儿园安全防范建设情况统计表"
_SENDER, _DAY = "填报单位（盖章）：如皋市教育局", "填报日期：2019.12.20"
_FIRST_ROW = 4
_TOWNS = ["丁堰镇", "白蒲镇", "下原镇", "九华镇", "石庄镇", "长江镇", "吴窑镇", "江安镇", "搬经镇", "磨头镇"]
_KINDS = {"幼儿园": "1132", "小学": "2132", "初级中学": "3132"}
_YES = ["是", "√", "有", "是", "Y", "否"]

Value = str | int | date


@dataclass(frozen=True, slots=True)
class _Column:
    """`values`: what stands in it, over and over."""

    head: str
    values: Sequence[Value]
    group: str = ""


def _days(first: date, step: int) -> list[Value]:
    return [first + timedelta(days=step * at) for at in range(11)]


_COLUMNS = [
    _Column("办学性质", ["公办", "公办", "民办", "民办（普惠）"]),
    _Column("在校生数", [*range(126, 1400, 31), "约800", "1，240", "９６０"]),
    _Column("寄宿生数", [0, 0, 0, 210, "/", 0, 96]),
    _Column("专职保安人数", [2, "4人", 3, "两名", 4, "３"], "人防"),
    _Column("持证保安人数", [2, 2, 1], "人防"),
    _Column("安全管理人员", [1, 2, "1人", 1, 1], "人防"),
    _Column("一键报警", _YES, "技防"),
    _Column("一键报警联网", ["已联网", "是", "√", "已联网", "未联网", "已装未联", "是"], "技防"),
    _Column("视频监控联网", ["是", "已联网", "是", "√", "拟2020年3月联网", "是", "是", "部分联网"], "技防"),
    _Column("视频联网日期", [*_days(date(2018, 9, 3), 17), "2019.6.5", "2019年5月8日"], "技防"),
    _Column("重要部位数", [6, 8, "9处", 12, 7], "技防"),
    _Column("已覆盖重要部位数", [6, 6, 5, 6, 7], "技防"),
    _Column("录像保存天数", [30, "30天", 90, 60], "技防"),
    _Column("防卫器械", ["是", "已配齐", "√", "是"], "物防"),
    _Column("校门数", [1, 2, 1, 1], "物防"),
    _Column("防冲撞设施校门数", [1, 1, 1], "物防"),
    _Column("护学岗", ["是", "有", "是", "是（2019年11月设立）", "√"], "物防"),
    _Column("封闭化管理", ["是", "√", "是"]),
    _Column("消防检测日期", [*_days(date(2019, 3, 11), 23), "2019.8.6", 20190715]),
    _Column("备注", ["", "", "", "", "", "", "与本部同一门卫", "", "", "", ""]),
]
_NAMING = ["序号", "乡镇", "学校名称", "学校标识码", "学校类别"]


def write(path: Path, schools: int) -> Path:
    with path.open("wb") as out:
        book = workbook(out)
        framed = {"border": 1, "font_size": 10}
        plain = book.add_format(framed)
        day = book.add_format({**framed, "num_format": "yyyy-mm-dd"})
        bold = book.add_format({**framed, "bold": True, "align": "center", "text_wrap": True})
        sheet = book.add_worksheet("学校安防")
        _heading(sheet, bold)
        for at in range(schools):
            values = (*_naming(at), *(each.values[at % len(each.values)] for each in _COLUMNS))
            for column, value in enumerate(values):
                if isinstance(value, date):
                    sheet.write_datetime(_FIRST_ROW + at, column, value, day)
                else:
                    sheet.write(_FIRST_ROW + at, column, value, plain)
        book.close()
    return path


def _heading(sheet: Worksheet, look: Format) -> None:
    last = len(_NAMING) + len(_COLUMNS) - 1
    sheet.merge_range(0, 0, 0, last, _TITLE, look)
    sheet.write(1, 0, _SENDER)
    sheet.write(1, last - 1, _DAY)
    heads = [*((name, "") for name in _NAMING), *((each.head, each.group) for each in _COLUMNS)]
    for group, columns in groupby(enumerate(heads), key=lambda each: each[1][1]):
        under = [(column, head) for column, (head, _) in columns]
        if group:
            sheet.merge_range(2, under[0][0], 2, under[-1][0], group, look)
        for column, head in under:
            if group:
                sheet.write(3, column, head, look)
            else:
                sheet.merge_range(2, column, 3, column, head, look)


def _naming(at: int) -> tuple[Value, ...]:
    """No two schools alike."""
    town = _TOWNS[at % len(_TOWNS)]
    kind = list(_KINDS)[at % len(_KINDS)]
    return at + 1, town, f"{town[:2]}第{at + 1}{kind}", f"{_KINDS[kind]}{at + 1:06}", kind
