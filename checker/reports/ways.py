"""The ways to an open gate → sentences: how many findings to put right, to complete, records to report; and which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checker.plan import Run, Way
from checker.reports.figures import many
from checker.reports.sentences import Names, listed

_NAMED = 10


@dataclass(frozen=True, slots=True)
class WayTold:
    """`sentence`: the least to do; `details`: which findings and records."""

    way: Way
    sentence: str
    details: tuple[str, ...]


def way_lines(run: Run, ways: Iterable[Way], names: Names) -> Iterator[str]:
    """One line per unit, then its findings by number: the same numbers as in every other paper."""
    for told in ways_told(run, ways, names):
        yield f"{names.unit(told.way.unit)}{'：' if names.lang == 'zh' else ': '}{told.sentence}"
        yield from (f"  {line}" for line in told.details)


def ways_told(run: Run, ways: Iterable[Way], names: Names) -> Iterator[WayTold]:
    for way in ways:
        yield WayTold(way, _least(way, names), tuple(_details(run, way, names)))


def _least(way: Way, names: Names) -> str:
    zh = names.lang == "zh"
    told = [
        (len(way.fix), "整改{}项", "put {} right"),
        (len(way.complete), "补齐{}项数据", "complete {}"),
        (sum(way.report.values()), "补报{}个对象", "report {} more records"),
    ]
    parts = [(chinese if zh else english).format(n) for n, chinese, english in told if n]
    least = (f"最少{listed(parts, 'zh')}" if zh else f"at least {listed(parts, 'en')}") if parts else ""
    if not way.opens:
        least = "未收到数据，先补报" if zh else "nothing received: report first"
    elif way.silent:
        n = len(way.silent)
        more = (
            f"{n}项要求未收到数据，报来且达标方可通过"
            if zh
            else f"{many(n, 'requirements')} heard nothing of: what comes must pass"
        )
        least = (f"{least}；另有{more}" if zh else f"{least}; {more}") if least else more
    else:
        least += "，即可通过" if zh else " opens the gate"
    return f"{least}。" if zh else f"{least}."


def _details(run: Run, way: Way, names: Names) -> Iterator[str]:
    zh = names.lang == "zh"
    for word, rows in ((("整改", "put right"), way.fix), (("补齐", "complete"), way.complete)):
        if rows:
            numbers = [run.findings["number"][at] for at in rows[:_NAMED]]
            beyond = len(rows) - len(numbers)
            rest = (f"，另{beyond}项" if zh else f" and {beyond} more") if beyond else ""
            yield f"{word[0]}：{listed(numbers, 'zh')}{rest}" if zh else f"{word[1]}: {listed(numbers, 'en')}{rest}"
    for (rule, period), n in way.report.items():
        records = names.amount(n, rule) if zh else many(n, "records")
        yield (
            f"补报：{_titled(rule, period, names)}{records}"
            if zh
            else f"report: {_titled(rule, period, names)}, {records}"
        )
    if way.silent:
        rules = listed([_titled(*each, names) for each in way.silent[:_NAMED]], names.lang)
        others = len(way.silent) - _NAMED
        rest = (f"等{len(way.silent)}项" if zh else f" and {others} more") if others > 0 else ""
        yield f"未收到数据：{rules}{rest}" if zh else f"nothing received: {rules}{rest}"


def _titled(rule: str, period: str, names: Names) -> str:
    when = "" if not period else f"（{period}）" if names.lang == "zh" else f" ({period})"
    return f"{names.quoted(rule)}{when}"
