"""What came of the answers of a county → the lines of the screen: how many count, and which do not, with their place."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from checker.errors import Language, Text
from checker.reports.figures import many

_DID = {
    "confirmed": Text("按系统{n}条", "{n} as taken"),
    "answered": Text("更正{n}条", "{n} corrected"),
    "column_answered": Text("说明列{n}条", "{n} columns explained"),
    "sheet_answered": Text("说明表{n}条", "{n} sheets explained"),
    "rows_answered": Text("说明行、合计、编号等{n}条", "{n} of rows, totals and keys"),
    "not_provided": Text("无法提供{n}条", "{n} cannot be provided"),
}
_MOST = 20


def lines(settled: Mapping[str, int], unsettled: pl.DataFrame, lang: Language) -> list[str]:
    """Nothing if nobody answered anything."""
    if not settled and unsettled.is_empty():
        return []
    total = sum(settled.values())
    did = [_DID[code].of(lang).format(n=n) for code, n in settled.items()]
    listed = Text(f"（{'、'.join(did)}）", f" ({', '.join(did)})").of(lang) if did else ""
    open_ = unsettled.height
    found = [
        Text(
            f"答复：采用{total}条{listed}" + (f"；需再核对{open_}条" if open_ else ""),
            f"Answers: {total} used{listed}" + (f"; {many(open_, 'points')} to be looked at again" if open_ else ""),
        ).of(lang)
    ]
    for row in unsettled.head(_MOST).iter_rows(named=True):
        sheet = f"《{row['sheet']}》" if row["sheet"] else "　"
        found.append(f"  {row['file']}{sheet}{row['cell']}　{row[f'message_{lang}']}")
    if open_ > _MOST:
        found.append(Text(f"  另有{open_ - _MOST}条", f"  {open_ - _MOST} more").of(lang))
    return found
