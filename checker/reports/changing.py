"""A run's changes against earlier ones → sentences: how many came, stayed, came back, went; and why."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from checker.errors import Text
from checker.plan import Run
from checker.reports.figures import day
from checker.reports.sentences import Names, listed

# What fails and what is unknown are never added up.
WORDS = {
    ("new", "fail"): Text("新增不达标", "new failures"),
    ("new", "unknown"): Text("新增待核", "newly unknown"),
    ("reopened", "fail"): Text("反弹", "reopened"),
    ("reopened", "unknown"): Text("再次待核", "unknown again"),
    ("persisting", "fail"): Text("仍不达标", "still failing"),
    ("persisting", "unknown"): Text("仍待核", "still unknown"),
    ("fixed", "fail"): Text("已解决", "fixed"),
    ("fixed", "unknown"): Text("已核清", "no longer unknown"),
}
CAUSES = {
    "facts": Text("情况变化", "facts changed"),
    "time": Text("期限到了", "a date passed"),
    "late_entry": Text("迟报补录", "late entries"),
    "correction": Text("更正", "corrections"),
    "rules": Text("规则调整", "rules changed"),
}
_NAMED = 12


def change_lines(run: Run, names: Names) -> Iterator[str]:
    """The whole first, then unit by unit, then those that came back, one by one."""
    if run.changes is None:
        return
    then, zh = run.earlier[-1], names.lang == "zh"
    head = f"与{day(then.as_of, 'zh')}相比：" if zh else f"Against {day(then.as_of, 'en')}: "
    yield head + _counted(run.changes, names)
    for (unit,), rows in run.changes.group_by("unit", maintain_order=True):
        if rows.filter(pl.col("change") != "persisting").height:
            yield f"{names.unit(str(unit))}{'：' if zh else ': '}{_counted(rows, names)}"
    again = run.changes.filter((pl.col("change") == "reopened") & (pl.col("verdict") == "fail"))
    for number, unit, name, rule in again.head(_NAMED).select("number", "unit", "name", "rule").iter_rows():
        told = [number, names.unit(unit), name or "", names.rule(rule)]
        yield ("反弹：" if zh else "Reopened: ") + ("　" if zh else "  ").join(part for part in told if part)
    if again.height > _NAMED:
        yield f"另有{again.height - _NAMED}项反弹。" if zh else f"{again.height - _NAMED} more reopened."


def _counted(rows: pl.DataFrame, names: Names) -> str:
    zh = names.lang == "zh"
    parts = []
    verdict = pl.coalesce("verdict", "verdict_before")
    for (change, judged), word in WORDS.items():
        here = rows.filter((pl.col("change") == change) & (verdict == judged))
        if not here.height:
            continue
        text = f"{word.zh}{here.height}项" if zh else f"{here.height} {word.en}"
        causes = dict(here["cause"].value_counts().iter_rows())
        why = [
            f"{said.zh}{causes[cause]}" if zh else f"{causes[cause]} {said.en}"
            for cause, said in CAUSES.items()
            if causes.get(cause)
        ]
        if why and (len(why) > 1 or not causes.get("facts")):
            text += f"（{listed(why, 'zh')}）" if zh else f" ({listed(why, 'en')})"
        parts.append(text)
    if not parts:
        return "没有变化。" if zh else "nothing changed."
    return ("，".join(parts) + "。") if zh else (", ".join(parts) + ".")
