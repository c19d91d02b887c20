"""A number of schools → a CSV as counties send them, the same bytes every time; as long as one likes."""

from __future__ import annotations

from pathlib import Path

import polars as pl

BLOCK = 250_000
TITLE = "南通市学校安全情况统计表" + "," * 10
HEADING = "序号,县市区,学校名称,学校标识码,学校类别,办学性质,在校生数,专职保安人数,一键报警已联网,视频监控已联网,备注"
_COUNTIES = ["启东市", "海门市", "如皋市", "如东县", "海安市", "通州区"]
_KINDS = {"幼儿园": "1132", "小学": "2132", "初级中学": "3132"}


def write(path: Path, schools: int) -> Path:
    with path.open("wb") as out:
        out.write(f"{TITLE}\n{HEADING}\n".encode())
        for first in range(0, schools, BLOCK):
            _rows(first, min(first + BLOCK, schools)).write_csv(out, include_header=False)
    return path


def _rows(first: int, after: int) -> pl.DataFrame:
    rows = pl.select(at=pl.int_range(first, after))
    at = pl.col("at")
    students = at * 31 % 1400 + 60
    hundreds = students // 100 + 1
    grouped = pl.format("{}，{}", students // 1000, (students % 1000).cast(pl.String).str.zfill(3))
    typed = pl.when(at % 9 == 0).then(pl.format("约{}00", hundreds)).when((at % 7 == 0) & (students >= 1000))
    kind = _any_of(list(_KINDS), 1)
    return rows.select(
        serial=at + 1,
        county=_any_of(_COUNTIES, 2),
        name=pl.format("第{}{}", at, kind),
        code=pl.concat_str(_any_of(list(_KINDS.values()), 1), at.cast(pl.String).str.zfill(6)),
        kind=kind,
        ownership=_any_of(["公办", "民办", "民办（普惠）"], 3),
        students=typed.then(grouped).otherwise(students.cast(pl.String)),
        guards=_any_of(["4人", "3", "两名", "３"], 4),
        alarm=_any_of(["√", "是", "已联网", "×", "已装未联"], 5),
        video=_any_of(["是", "已联网", "拟2020年3月联网", "否", "/"], 6),
        remark=pl.lit(None, pl.String),
    )


def _any_of(words: list[str], salt: int) -> pl.Expr:
    """One of the words for every row, in no order that one would notice."""
    place = (pl.col("at") * 7919 + salt * 104_729) // 13 % 1009 % len(words)
    return pl.lit(pl.Series(words)).gather(place)
