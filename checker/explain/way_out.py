"""A fail or an unknown → what would make it pass, or decide it: the remedy, what to do, what to report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checker.errors import Language
from checker.explain.judged import Judged, Tools
from checker.expr import Agg, Field
from checker.plan import Condition, Item, Obligation, Run
from checker.render import render

if TYPE_CHECKING:
    from checker.engines.world import World


def way_out(run: Run, tools: Tools, world: World, judged: Judged, lang: Language) -> Iterator[str]:
    return _WayOut(run, tools, world, judged, lang).lines()


@dataclass
class _WayOut:
    run: Run
    tools: Tools
    world: World
    judged: Judged
    lang: Language

    def lines(self) -> Iterator[str]:
        """The remedy, then each item that decides, with the cells that nobody has filled in."""
        obligation = self.judged.obligation
        if self.judged.verdict == "fail":
            yield obligation.rule.remedy.of(self.lang)
        deciding = {name for name, seen in json.loads(self.judged.observed or "{}").items() if seen is not None}
        for item, wanted in _items(obligation):
            if item.name not in deciding:
                continue
            if self._is_unclear(item):
                yield from self._unclear(item)
            elif wanted:
                yield f"做到：{item.text.zh}" if self.lang == "zh" else f"reach: {item.text.en}"
            elif wanted is False:
                yield f"不再是：{item.text.zh}" if self.lang == "zh" else f"no longer: {item.text.en}"

    def _is_unclear(self, item: Item) -> bool:
        if item is self.judged.obligation.done_on:
            return self.judged.verdict == "unknown"
        return self.world.condition(item, self.judged.record, self.judged.period) is None

    def _unclear(self, item: Item) -> Iterator[str]:
        """What nobody has told: rows of child tables, else cells, else the item has to be looked into."""
        found = [text for leaf in item.leaves if isinstance(leaf.expr, Agg) for text in self._doubts(leaf.expr)]
        missing = [
            self._to_report(leaf.expr)
            for leaf in item.leaves
            if isinstance(leaf.expr, Field)
            and self.tools.leaf(leaf.expr, self.judged.record, self.judged.period) is None
        ]
        if missing:
            found.insert(0, f"补报：{'、'.join(missing)}" if self.lang == "zh" else f"report: {', '.join(missing)}")
        yield from found or [f"核实：{item.text.zh}" if self.lang == "zh" else f"find out: {item.text.en}"]

    def _doubts(self, agg: Agg) -> Iterator[str]:
        """What is missing from a child table: rows that were declared and did not come, cells of those that came."""
        seen = self.tools.leaf(agg, self.judged.record, self.judged.period)
        if not isinstance(seen, dict) or "rows" not in seen:
            return
        label, missing, unclear = self.world.tables[agg.table].label.of(self.lang), seen["missing"], seen["unknown"]
        if missing is None:
            yield (
                f"报全{label}记录，没有的也请说明"
                if self.lang == "zh"
                else f"report every {label}, or that there is none"
            )
        elif missing:
            yield f"补报{label}记录{missing}条" if self.lang == "zh" else f"report {missing} more {label}"
        if unclear:
            yield (
                f"补全{label}中标△的记录{unclear}条"
                if self.lang == "zh"
                else f"complete the {unclear} {label} marked △"
            )

    def _to_report(self, field: Field) -> str:
        """The name of a field, and the evidence without which a yes does not count."""
        pack = self.run.plan.pack
        declared = pack.tables[field.table].fields.get(field.name) if field.table in pack.tables else None
        text = render(field, pack, self.lang)
        needed = dict.fromkeys(name for names in (declared.shown_by if declared else {}).values() for name in names)
        if declared is None or not needed:
            return text
        names = [pack.tables[field.table].fields[name].name for name in needed]
        if self.lang == "zh":
            return f"{text}（并填{'、'.join(name.zh for name in names)}）"
        return f"{text} (with {', '.join(name.en for name in names)})"


def _items(obligation: Obligation) -> Iterator[tuple[Item, bool | None]]:
    """Every item, and whether it is to become true or false; None: a fact that nobody is asked to change."""

    def within(condition: Condition, wanted: bool | None) -> Iterator[tuple[Item, bool | None]]:
        if isinstance(condition, Item):
            yield condition, wanted
            return
        for place, child in enumerate(condition.children):
            if condition.op == "when" and place == 0:
                yield from within(child, None)
            elif condition.op == "none_of":
                yield from within(child, None if wanted is None else not wanted)
            else:
                yield from within(child, wanted)

    if obligation.applies is not None:
        yield obligation.applies, None
    yield from within(obligation.require, True)
    if obligation.done_on is not None:
        yield obligation.done_on, None
