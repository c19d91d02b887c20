"""Doubts, what they weigh, earlier answers → the lines of the form in their order: what decides a verdict first, the rest by kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from itertools import groupby
from typing import TYPE_CHECKING, Literal, get_args

from checker.errors import Language, Text
from checker.inquire import wording
from checker.inquire.answers import Answer
from checker.inquire.closing import PROBLEMS
from checker.inquire.doubts import OF_THE_READING, Doubt, Spot
from checker.model import Pack

if TYPE_CHECKING:
    import polars as pl

Section = Literal["critical", "other", "none"]
SECTIONS: tuple[Section, ...] = get_args(Section)

_MOST_CELLS, _MOST_NAMES, _MOST_RAWS, _MOST_RULES = 6, 3, 4, 3
# What is asked is not about the records in the cells it names.
_OF_A_SHEET = ("word", "total", "owner", "names", "serial")
_EACH = 20  # cells that are asked about line by line
# How a column is written: what is meant by one cell is meant by all that say the same.
_OF_NOTATION = frozenset(["numeric_bool_ambiguous", "percent_scale_ambiguous", "unknown_choice", "unknown_unit"])
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Weight:
    """What rests on a doubt: `rules` are titles."""

    section: Section = "none"
    rules: tuple[Text, ...] = ()
    verdicts: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the form. `values`: column → text; `ids`: the doubts or cells that an answer here answers."""

    ids: tuple[str, ...]
    section: Section
    values: Mapping[str, str]
    choices: tuple[str, ...]
    correctable: bool
    cells: int
    about: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """`lines`: what is asked; `singles`: each cell of the lines that hold several; `notes`: told for completeness."""

    lines: list[Line] = made(default_factory=list)
    singles: list[Line] = made(default_factory=list)
    notes: list[Doubt] = made(default_factory=list)
    weighed: bool = False

    def numbered(self) -> Iterator[tuple[int, Line]]:
        """The lines as they stand in the form, by their numbers."""
        yield from enumerate((line for section in SECTIONS for line in self.lines if line.section == section), 1)


def weights(pack: Pack, frame: pl.DataFrame | None) -> list[Weight] | None:
    """Per question what it weighs (see weigh)."""
    if frame is None:
        return None
    titles = {rule.id: rule.title for rule in pack.rules}
    return [
        Weight(section, tuple(titles.get(rule, Text(rule, rule)) for rule in rules), verdicts)
        for section, rules, verdicts in frame.select("weight", "rules", "verdicts").iter_rows()
    ]


def asking(doubts: Iterable[Doubt]) -> list[Doubt]:
    """Those that a county is asked about. An answer that did not fit is told; what it was to answer is asked again. What lies with
    those who read the data, and what no answer finds again, is told only.
    """
    told = {kind.code for kind in PROBLEMS} | OF_THE_READING
    return [doubt for doubt in doubts if doubt.severity != "info" and doubt.source.digest and doubt.code not in told]


def form(
    pack: Pack,
    doubts: Sequence[Doubt],
    weighed: Sequence[Weight] | None,
    lang: Language,
    earlier: Mapping[str, Answer] | None = None,
) -> Form:
    """`earlier`: id → what was answered about the same text in another version of the file: offered, not taken."""
    build = _Build(pack, lang, earlier or {})
    open_ = asking(doubts)
    answered = {doubt.at for doubt in open_}
    found = Form(notes=[doubt for doubt in doubts if doubt.at not in answered], weighed=weighed is not None)
    if weighed is None:
        for doubt in open_:
            build.one(found, doubt, Weight())
        return found

    def rank(doubt: Doubt) -> tuple[int, int, int]:
        return SECTIONS.index(weighed[doubt.at].section), -weighed[doubt.at].verdicts, doubt.at

    open_.sort(key=rank)
    for doubt in open_:
        if weighed[doubt.at].section != "none":
            build.one(found, doubt, weighed[doubt.at])
    light = [doubt for doubt in open_ if weighed[doubt.at].section == "none"]
    kinds = sorted(light, key=lambda doubt: min(other.at for other in light if _kind(other) == _kind(doubt)))
    for _, same in groupby(kinds, _kind):
        build.folded(found, list(same))
    return found


def _kind(doubt: Doubt) -> tuple[str, ...]:
    """What is folded into one line. A question about a column, a row or a sheet stands alone."""
    alone = "" if doubt.way in ("cell", "record") else str(doubt.at)
    return doubt.source.digest, doubt.source.file, doubt.code, doubt.table, doubt.field, alone


@dataclass(frozen=True, slots=True)
class _Build:
    pack: Pack
    lang: Language
    earlier: Mapping[str, Answer]

    @property
    def _comma(self) -> str:
        return Text("、", ", ").of(self.lang)

    def one(self, found: Form, doubt: Doubt, weight: Weight) -> None:
        """What was not understood has an answer of its own in every cell, but for how a column is written; what was taken may
        have one for all.
        """
        is_own = doubt.severity == "lost" and doubt.code not in _OF_NOTATION
        own = is_own and weight.section != "none" and not doubt.more
        if doubt.way == "cell" and own and 1 < doubt.n <= _EACH:
            found.lines.extend(self._cell(doubt, spot, weight) for spot in doubt.spots)
            return
        found.lines.append(self._line([doubt], weight))
        found.singles.extend(self._apart([doubt], weight))

    def folded(self, found: Form, same: list[Doubt]) -> None:
        found.lines.append(self._line(same, Weight()))
        found.singles.extend(self._apart(same, Weight()))

    def _apart(self, same: Sequence[Doubt], weight: Weight) -> Iterator[Line]:
        """Every cell of a line that has several: where one of them is different, it is answered there."""
        for doubt in same:
            if doubt.way in ("cell", "marked") and (len(same) > 1 or doubt.n > 1):
                yield from (self._cell(doubt, spot, weight) for spot in doubt.spots)
            elif doubt.way == "record" and len(same) > 1:
                yield self._line([doubt], weight)

    def _cell(self, doubt: Doubt, spot: Spot, weight: Weight) -> Line:
        line = self._line([doubt], weight, cells=spot.cell, n=1, of_one=True)
        values = {**line.values, "name": spot.name, "sheet": spot.sheet}
        if not doubt.alike or doubt.way == "marked":
            # The question speaks of its first cell only.
            said = wording.asked_of_one(self.pack, doubt, spot.raw or "")
            shown = wording.shown(wording.field_of(self.pack, doubt), spot.raw or "").of(self.lang)
            values |= {"raw": shown, "taken": shown, "asked": said.of(self.lang) + self._rests(weight)}
        return self._offered(Line((spot.id,), line.section, values, line.choices, line.correctable, 1, (doubt,)))

    def _line(
        self, same: Sequence[Doubt], weight: Weight, cells: str = "", n: int = 0, *, of_one: bool = False
    ) -> Line:
        first = same[0]
        several = len({doubt.raw for doubt in same}) > 1 or not (of_one or all(doubt.alike for doubt in same))
        spots = [spot for doubt in same for spot in doubt.spots] if first.way not in _OF_A_SHEET else []
        names = [spot.name for spot in spots]
        number = n or sum(max(doubt.n, 1) for doubt in same)
        says = wording.asked(self.pack, first).of(self.lang)
        if several:
            says = self._kinds(same, number)
        elif number > 1 and first.way == "cell":
            says += Text(f"共{number}格。", f" {number} cells in all.").of(self.lang)
        values = {
            "file": first.source.file,
            "sheet": self._comma.join(dict.fromkeys(doubt.source.sheet for doubt in same if doubt.source.sheet)),
            "cell": cells or self._cells(spots, first, number),
            "name": self._listed(names, _MOST_NAMES) if first.way != "column" else "",
            "field": wording.label(self.pack, first).of(self.lang) if first.field and first.way != "column" else "",
            "raw": self._raws(same) if several else self._raw(first),
            "asked": says + self._rests(weight),
            "taken": self._taken(same),
        }
        choices = wording.by_language(wording.choices(self.pack, first), self.lang) if not several else ()
        correctable = not several and len(same) == 1
        line = Line(
            tuple(dict.fromkeys(doubt.id for doubt in same)),
            weight.section,
            values,
            choices,
            correctable,
            number,
            tuple(same),
        )
        return self._offered(line)

    def _offered(self, line: Line) -> Line:
        """With what was answered the last time, if it was one thing."""
        before = {(a.how, a.text): a for name in line.ids if (a := self.earlier.get(name)) is not None}
        if len(before) != 1 or any(name not in self.earlier for name in line.ids):
            return line
        ((_, last),) = before.items()
        if last.how == "correct" and not line.correctable:
            return line
        said = wording.ANSWERS[last.how].of(self.lang)
        text, day = f"“{last.text}”" if last.text else "", last.day.isoformat()
        told = Text(
            f"\n上次答复：{said}{text}（{last.who}，{day}）；仍属实的，请填确认人、确认日期。",
            f"\nAnswered before: {said} {last.text} ({last.who}, {day}); if it still holds, sign it.",
        ).of(self.lang)
        values = {**line.values, "asked": line.values["asked"] + told, "answer": said, "text": last.text}
        return Line(line.ids, line.section, values, line.choices, line.correctable, line.cells, line.about)

    def _rests(self, weight: Weight) -> str:
        if not weight.rules:
            return ""
        titles = [title.of(self.lang) for title in weight.rules]
        more = len(titles) - _MOST_RULES
        if self.lang == "zh":
            return f"（影响判定：{'、'.join(titles[:_MOST_RULES])}{f'等{len(titles)}项' if more > 0 else ''}）"
        return f" (decides: {'; '.join(titles[:_MOST_RULES])}{f' and {more} more' if more > 0 else ''})"

    def _kinds(self, same: Sequence[Doubt], number: int) -> str:
        first = wording.closed(same[0].message)
        return wording.both(
            first,
            f"{{}}同类填法{len(same)}种，共{number}格，请一并核对；个别不同的，请在《逐格》表中逐格答复。",
            f'{{}} {len(same)} spellings of this kind in {number} cells; where one differs, answer it in the sheet "cells".',
        ).of(self.lang)

    def _taken(self, same: Sequence[Doubt]) -> str:
        takings = dict.fromkeys(wording.taken(self.pack, doubt).of(self.lang) for doubt in same)
        if len(takings) == 1:
            return next(iter(takings))
        pairs = [f"{_short(self._raw(doubt), 40)}→{wording.taken(self.pack, doubt).of(self.lang)}" for doubt in same]
        return self._listed(pairs, _MOST_RAWS)

    def _raw(self, doubt: Doubt) -> str:
        """What rows say differently is told in words, as their cells do."""
        if doubt.way == "marked":
            field = wording.field_of(self.pack, doubt)
            return self._listed(
                [wording.shown(field, spot.raw or "").of(self.lang) for spot in doubt.spots], _MOST_RAWS
            )
        if doubt.typed:
            return wording.shown(wording.field_of(self.pack, doubt), doubt.raw or "").of(self.lang)
        if doubt.way == "record":
            return " / ".join(text.of(self.lang) for text in wording.values(self.pack, doubt))
        return _short(doubt.raw or "")

    def _raws(self, same: Sequence[Doubt]) -> str:
        raws = [self._raw(doubt) for doubt in same if doubt.alike]
        for doubt in same:
            field = wording.field_of(self.pack, doubt)
            spots = () if doubt.alike else doubt.spots
            raws += [wording.shown(field, spot.raw or "").of(self.lang) for spot in spots]
        return self._listed([f"“{_short(raw, 40)}”" for raw in raws], _MOST_RAWS)

    def _cells(self, spots: Sequence[Spot], doubt: Doubt, number: int) -> str:
        sheets = {spot.sheet for spot in spots} | {doubt.source.sheet}
        names = [f"{spot.sheet}!{spot.cell}" if len(sheets) > 1 else spot.cell for spot in spots] or [doubt.cell]
        listed = self._comma.join(dict.fromkeys(names[:_MOST_CELLS]))
        if number <= _MOST_CELLS or doubt.way != "cell":
            return listed + (Text("等", " …").of(self.lang) if len(names) > _MOST_CELLS else "")
        return listed + Text(f"等{number}格", f" … {number} cells").of(self.lang)

    def _listed(self, texts: Iterable[str], most: int) -> str:
        each = list(dict.fromkeys(text for text in texts if text))
        return self._comma.join(each[:most]) + (Text("等", " …").of(self.lang) if len(each) > most else "")


def _short(text: str, most: int = _LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
