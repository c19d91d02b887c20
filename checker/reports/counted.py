"""A run's figures and those of the runs before it → per figure a table of units, its columns side by side, against its milestones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from checker.errors import Language, Text
from checker.model import Figure, Milestone
from checker.plan import FigureResult, Run
from checker.reports.figures import FEWEST_FOR_A_RATE, amount, day, share
from checker.reports.sentences import Names, listed
from checker.units import successors
from checker.words import CONFIRMATION

ARROW = " → "
_NOTHING = "—"


@dataclass(frozen=True, slots=True)
class CountedCell:
    """`series`: how it went from run to run, this one last. `numbers`: what the last of them is made of."""

    series: tuple[str, ...]
    numbers: str


@dataclass(frozen=True, slots=True)
class CountedRow:
    unit: str
    name: str
    cells: tuple[CountedCell, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure. `rows`: the units that have such records; `milestones`: a sentence for each."""

    id: str
    title: str
    section: str
    columns: tuple[str, ...]
    total: CountedRow
    rows: tuple[CountedRow, ...]
    milestones: tuple[str, ...]


def counted(run: Run, names: Names) -> Iterator[Counted]:
    """In the order of the pack; a figure about which no unit has a record is left out."""
    runs = [_by_place(run, results) for results in (*(each.figures for each in run.earlier), run.figures)]
    order = [gate.unit for gate in run.scorecard.gates]
    for figure in run.plan.pack.figures:
        here = {unit for figure_id, _, unit in runs[-1] if figure_id == figure.id and unit != _ALL}
        if not here:
            continue
        units = sorted(here, key=lambda unit: (order.index(unit) if unit in order else len(order), unit))
        sections = dict.fromkeys(
            run.plan.pack.clauses[clause].section for clause in figure.clauses if clause in run.plan.pack.clauses
        )
        yield Counted(
            id=figure.id,
            title=figure.name.of(names.lang),
            section=listed(list(sections), names.lang),
            columns=tuple(column.name.of(names.lang) for column in figure.columns),
            total=_row(figure, _ALL, runs, names),
            rows=tuple(_row(figure, unit, runs, names) for unit in units),
            milestones=tuple(_milestone(figure, each, run, runs, names) for each in figure.milestones),
        )


_Place = tuple[str, str, str]  # figure, column, unit
_ALL = ""  # all units together


def _by_place(run: Run, results: Iterable[FigureResult]) -> Mapping[_Place, FigureResult]:
    """Units of that time count for those of today; and all together."""
    told = list(results)
    now = successors(run.plan.pack.units, {result.unit for result in told}, run.plan.as_of)
    found: dict[_Place, FigureResult] = {}
    for each in told:
        for unit in (now[each.unit], _ALL):
            place = (each.figure, each.column, unit)
            before = found.get(place, FigureResult(*place, 0, 0, 0))
            sums = (before.counted + each.counted, before.rest + each.rest, before.unknown + each.unknown)
            found[place] = FigureResult(*place, *sums)
    return found


def _row(figure: Figure, unit: str, runs: list[Mapping[_Place, FigureResult]], names: Names) -> CountedRow:
    cells = []
    for column in figure.columns:
        results = [each.get((figure.id, column.id, unit)) for each in runs]
        cells.append(
            CountedCell(tuple(_shown(figure, each, names) for each in results), _numbers(figure, results[-1], names))
        )
    name = names.unit(unit) if unit != _ALL else Text("合计", "Total").of(names.lang)
    return CountedRow(unit, name, tuple(cells))


def _shown(figure: Figure, result: FigureResult | None, names: Names) -> str:
    """92.4%—95.8%; of few records, and where a number is asked for, the number."""
    if result is None:
        return _NOTHING
    if figure.show == "number" or result.meant < FEWEST_FOR_A_RATE:
        number = _range(str(result.counted), str(result.counted + result.unknown), names)
        return number if figure.show == "number" else f"{number}/{result.meant}"
    goal = figure.milestones[-1].rate if figure.milestones else None
    low, high = (share(bound, names.lang, goal) for bound in bounds(result))
    return _range(low, high, names)


def _range(low: str, high: str, names: Names) -> str:
    return low if low == high else f"{low}{'—' if names.lang == 'zh' else '–'}{high}"


def _numbers(figure: Figure, result: FigureResult | None, names: Names) -> str:
    """What a share is made of: 155—159/167处."""
    if result is None or figure.show == "number" or result.meant < FEWEST_FOR_A_RATE:
        return ""
    number = _range(str(result.counted), str(result.counted + result.unknown), names)
    meant = amount(result.meant, figure.subject, names.lang)
    return f"{number}/{meant}" if names.lang == "zh" else f"{number} of {meant}"


def bounds(result: FigureResult) -> tuple[Fraction, Fraction]:
    """The share at least and at most."""
    return Fraction(result.counted, result.meant), Fraction(result.counted + result.unknown, result.meant)


def _milestone(
    figure: Figure, milestone: Milestone, run: Run, runs: Sequence[Mapping[_Place, FigureResult]], names: Names
) -> str:
    """节点：2019年12月31日应达到95%，自报整改率到2020年6月30日才达到，验收整改率未达到。"""
    days = [*(each.as_of for each in run.earlier), run.plan.as_of]
    told = []
    for column in figure.columns:
        results = [each.get((figure.id, column.id, _ALL)) for each in runs]
        said = _reached(milestone, list(zip(days, results, strict=True)))
        told.append(f"{column.name.zh}{said.zh}" if names.lang == "zh" else f"{column.name.en}: {said.en}")
    rate, assumed = share(milestone.rate, names.lang), milestone.confirmation
    if names.lang == "zh":
        rate += "" if assumed == "confirmed" else f"（{CONFIRMATION[assumed]}）"
        return f"节点：{day(milestone.on, 'zh')}应达到{rate}，{'，'.join(told)}。"
    rate += "" if assumed == "confirmed" else f" ({assumed})"
    return f"Milestone: {rate} by {day(milestone.on, 'en')}; {', '.join(told)}."


def _reached(milestone: Milestone, runs: Sequence[tuple[date, FigureResult | None]]) -> Text:
    """A share that is reached was reached by the day, or only later, as far as earlier runs tell."""
    there = [result is not None and bounds(result)[0] >= milestone.rate for _, result in runs]
    if not there[-1]:
        as_of, result = runs[-1]
        if as_of <= milestone.on:
            return Text("尚未达到（未到期）", "not yet reached (not due)")
        surely = result is not None and bounds(result)[1] < milestone.rate
        return Text("未达到", "not reached") if surely else Text("能否达到待核", "unknown whether reached")
    first = len(there) - (there[::-1].index(False) if False in there else len(there))
    since = runs[first][0]
    if since <= milestone.on:
        return Text("已按期达到", "reached in time")
    if first == 0:
        return Text("已达到", "reached")
    return Text(f"到{day(since, 'zh')}才达到", f"reached only by {day(since, 'en')}")


def counted_lines(told: Iterable[Counted], lang: Language) -> Iterator[str]:
    """The tables as lines of text: all units together, the milestones, then unit by unit."""
    zh = lang == "zh"
    for figure in told:
        total = _told(figure, figure.total, zh)
        yield f"{figure.title}（{figure.section}）：{total}" if zh else f"{figure.title} ({figure.section}): {total}"
        yield from (f"  {sentence}" for sentence in figure.milestones)
        for row in figure.rows if len(figure.rows) > 1 else ():
            yield f"  {row.name}{'　' if zh else '  '}{_told(figure, row, zh)}"


def _told(figure: Counted, row: CountedRow, zh: bool) -> str:
    parts = []
    for column, cell in zip(figure.columns, row.cells, strict=True):
        series = ARROW.join(cell.series)
        numbers = "" if not cell.numbers else f"（{cell.numbers}）" if zh else f" ({cell.numbers})"
        parts.append(f"{column}{series}{numbers}" if zh else f"{column} {series}{numbers}")
    return ("；" if zh else "; ").join(parts)
