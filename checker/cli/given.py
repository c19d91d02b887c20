"""The options by which several commands are told what a run is made from: days, the sender, deferrals."""

from __future__ import annotations

from pathlib import Path

import click

from checker.cli.bilingual import day, option

as_of_option = option(
    "--as-of", required=True, **day("--as-of", "统计时点"),
    zh="统计时点：按这一天的情况判定", en="the day for which the question is asked",
)  # fmt: skip
known_at_option = option(
    "--known-at", **day("--known-at", "收数截止"),
    zh="收数截止：只算这一天及以前收到的记录", en="only records received by this day count",
)  # fmt: skip
sender_option = option(
    "--unit", metavar="UNIT", zh="数据由哪个单位报送（代码或名称；表中已写明的不变）", en="the unit that sent the data"
)
received_option = option(
    "--received", **day("--received", "收到日期"),
    zh="数据哪一天收到（表中已写明的不变）", en="the day on which the data came",
)  # fmt: skip
deferrals_option = option(
    "--deferrals", "deferrals", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
    zh="延期批准（YAML、CSV 或工作簿）；可重复", en="deferrals (YAML, CSV or a workbook); repeatable",
)  # fmt: skip
