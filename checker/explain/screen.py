"""One verdict → the screen that explains it: what is asked, what was reported and where, and what would make it pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checker.errors import Language, Text
from checker.explain.judged import Judged, Place, Tools, called
from checker.explain.origin import Origins
from checker.explain.way_out import way_out
from checker.expr import Agg, And, Expr, Field, children, walk
from checker.model import Revision
from checker.plan import Condition, Item, Run
from checker.render import render

if TYPE_CHECKING:
    from checker.engines.world import Record, World

# Marks that a GBK console has as well.
MARKS = {True: "√", False: "×", None: "△"}
SAID = {True: Text("是", "yes"), False: Text("否", "no"), None: Text("不明", "unknown")}
SHOWN_ROWS = 8
_HEADINGS = {
    "require": Text("要求", "required"),
    "applies": Text("适用", "applies"),
    "done_on": Text("完成于", "done on"),
    "clause": Text("条款", "clause"),
    "due": Text("期限", "due"),
    "revision": Text("版次", "revision"),
    "assumed": Text("采用", "rests on"),
    "pass": Text("怎样才会达标", "to pass"),
    "decide": Text("怎样才能定论", "to decide"),
}
_GROUPS = {
    "all_of": Text("同时满足", "all of"),
    "any_of": Text("满足其一", "one of"),
    "none_of": Text("均不得有", "none of"),
    "at_least": Text("至少满足{n}项", "at least {n} of"),
    "when": Text("如……则……", "when …, then …"),
}


def screen(run: Run, tools: Tools, world: World, place: Place, lang: Language) -> str:
    return "\n".join(_Screen(run, tools, world, tools.judge(place), lang, Origins(run.tables)).lines(place)) + "\n"


@dataclass
class _Screen:
    run: Run
    tools: Tools
    world: World
    judged: Judged
    lang: Language
    origins: Origins

    @property
    def gap(self) -> str:
        return "　" if self.lang == "zh" else "  "

    def lines(self, place: Place) -> Iterator[str]:
        judged, rule = self.judged, self.judged.obligation.rule
        name = called(self.world, judged.record, self.lang)
        when = "" if judged.period is None else self.tools.period(judged.period.name, self.lang)
        head = [place.number, name, rule.title.of(self.lang), when, self.tools.phrase(judged, self.lang)]
        yield self.gap.join(part for part in head if part)
        yield from self._section("require", self._condition(judged.obligation.require))
        if judged.obligation.applies is not None:
            yield from self._section("applies", self._item(judged.obligation.applies))
        if judged.obligation.done_on is not None:
            yield from self._section("done_on", self._item(judged.obligation.done_on, marked=False))
        yield from self._section("clause", self._clauses())
        yield from self._section("due", [self._due()])
        yield from self._section("revision", [self._revision()])
        yield from self._section("assumed", self._assumed())
        if judged.verdict in ("fail", "unknown"):
            lines = way_out(self.run, self.tools, self.world, judged, self.lang)
            yield from self._section("pass" if judged.verdict == "fail" else "decide", lines)

    def _section(self, name: str, body: Iterator[str] | list[str]) -> Iterator[str]:
        """The heading stands before the first line; the others begin where that one does after a heading of usual width."""
        heading = _HEADINGS[name].of(self.lang)
        indent = " " * 8 if self.lang == "zh" else " " * 12
        for at, line in enumerate(body):
            yield f"{indent}{line}" if at else f"  {heading if self.lang == 'zh' else heading.ljust(8)}  {line}"

    # --- conditions

    def _condition(self, condition: Condition, positive: bool = True) -> Iterator[str]:
        """Every item with its truth; inside `none_of` and the condition of `when` a truth is neither good nor bad."""
        if isinstance(condition, Item):
            yield from self._item(condition, positive)
            return
        truth = self.world.condition(condition, self.judged.record, self.judged.period)
        inside = ""
        # That all must hold goes without saying at the top.
        if condition.op != "all_of" or condition is not self.judged.obligation.require:
            yield f"{_mark(truth, positive, self.lang)} {_GROUPS[condition.op].of(self.lang).format(n=condition.count)}"
            inside = "  "
        for place, child in enumerate(condition.children):
            turned = condition.op == "none_of" or (condition.op == "when" and place == 0)
            yield from (f"{inside}{line}" for line in self._condition(child, positive and not turned))

    def _item(self, item: Item, positive: bool = True, marked: bool = True) -> Iterator[str]:
        """Part by part, each with what was reported; a part that rests on one value takes one line."""
        parts = item.expr.items if isinstance(item.expr, And) else (item.expr,)
        for part in parts:
            text = item.text.of(self.lang) if len(parts) == 1 else render(part, self.run.plan.pack, self.lang)
            if marked:
                truth = self.world.value(part, self.judged.record, self.judged.period)
                assert truth is None or isinstance(truth, bool)
                text = f"{_mark(truth, positive, self.lang)} {text}"
            within = set(walk(part))
            leaves = [leaf.expr for leaf in item.leaves if leaf.expr in within]
            if len(leaves) == 1:
                yield f"{text} → {self._seen(leaves[0], self.judged.record)}"
            else:
                yield text
                yield from (f"    {self._leaf(leaf, self.judged.record)}" for leaf in leaves)
            for leaf in leaves:
                if isinstance(leaf, Agg):
                    yield from (f"    {line}" for line in self._rows(leaf, self.judged.record))

    def _leaf(self, expr: Expr, record: Record) -> str:
        return f"{render(expr, self.run.plan.pack, self.lang)} → {self._seen(expr, record)}"

    def _seen(self, expr: Expr, record: Record) -> str:
        """否　启东.xlsx《Sheet1》!M9　原文“拟2020年3月联网”."""
        value = self.tools.leaf(expr, record, self.judged.period)
        text = self.tools.value(expr, value, self.lang)
        if not isinstance(expr, Field):
            return text
        holder = self._holder(expr, record)
        if holder is None:
            return text
        raw = self.run.tables.frames[holder.table][holder.position, expr.name]
        if value is None and raw is not None:
            text += "（已申报，未见佐证）" if self.lang == "zh" else " (claimed, not shown)"
        return self.gap.join([text, *self.origins.of_field(holder.table, holder.position, expr.name, self.lang)])

    def _holder(self, field: Field, record: Record) -> Record | None:
        here: Record | None = record
        for hop in field.hops:
            if here is None:
                return None
            above = here.parents.get(hop)
            here = above[0] if above else here.links.get(hop)
        return here

    def _rows(self, agg: Agg, record: Record) -> Iterator[str]:
        """The child rows that speak against the requirement, with the line each stands in."""
        found = list(self._speaking(agg, record))
        for child, mark in found[:SHOWN_ROWS]:
            name = called(self.world, child, self.lang)
            where = self.origins.of_row(child.table, child.position, self.lang)
            seen = [self._leaf(part, child) for part in _fields(self._asked(agg, child))]
            yield self.gap.join([f"{mark} {name}", *([where] if where and not seen else []), *seen])
            for inner in _inner(agg):
                yield from (f"    {line}" for line in self._rows(inner, child))
        if len(found) > SHOWN_ROWS:
            more = len(found) - SHOWN_ROWS
            yield f"另有{more}条" if self.lang == "zh" else f"{more} more"

    def _asked(self, agg: Agg, child: Record) -> list[Expr]:
        """What the body asks of a row: of several demands of an `every` those that the row does not meet."""
        if agg.body is None:
            return [] if agg.where is None else [agg.where]
        demands = agg.body.items if isinstance(agg.body, And) and agg.name == "every" else (agg.body,)
        unmet = [part for part in demands if self.world.value(part, child, self.judged.period) is not True]
        return unmet if agg.name == "every" else [*demands, *([agg.by] if agg.by is not None else [])]

    def _speaking(self, agg: Agg, record: Record) -> Iterator[tuple[Record, str]]:
        members = self.world.members(agg, record, self.judged.period)
        for child, inside in members:
            if agg.body is None or agg.name not in ("every", "any", "none", "count", "share"):
                yield child, MARKS[None] if inside is None else "·"
                continue
            holds = self.world.value(agg.body, child, self.judged.period)
            assert holds is None or isinstance(holds, bool)
            if agg.name == "every" and holds is not True:
                yield child, MARKS[holds if inside else None]
            elif agg.name != "every" and holds is not False:
                sure = MARKS[False] if agg.name == "none" else "·"
                yield child, sure if holds and inside else MARKS[None]

    # --- the rule

    def _clauses(self) -> Iterator[str]:
        for name in self.judged.obligation.rule.clauses:
            clause = self.run.plan.pack.clauses.get(name)
            if clause is not None:
                words = f"“{clause.quote}”" if clause.gist is None else clause.gist.of(self.lang)
                named = f"（{name}）" if self.lang == "zh" else f"({name})"
                yield (
                    self.gap.join((clause.section, words, named))
                    if self.lang == "zh"
                    else ("  ".join((clause.section, words, named)))
                )

    def _due(self) -> str:
        judged = self.judged
        if judged.due is not None:
            day = self.tools.day(judged.due, self.lang)
            return f"{day}（含当日）" if self.lang == "zh" else f"{day} (inclusive)"
        if judged.obligation.due is None:
            return "未规定期限，随时都应达标" if self.lang == "zh" else "none set: it holds at any time"
        return "期限不明：所依据的日期未报" if self.lang == "zh" else "unknown: the date it rests on was not reported"

    def _revision(self) -> str:
        revisions = self.judged.obligation.rule.revisions
        mine = self.judged.obligation.revision
        later = next((r for r in revisions if r.since > mine.since), None)
        since = self.tools.day(mine.since, self.lang)
        if self.lang == "zh":
            return f"自{since}起，{self._later(later)}"
        return f"since {since}, {self._later(later)}"

    def _later(self, later: Revision | None) -> str:
        if later is None:
            return "无后续修订" if self.lang == "zh" else "not revised since"
        day = self.tools.day(later.since, self.lang)
        if later.repealed:
            return f"{day}起废止" if self.lang == "zh" else f"repealed from {day}"
        return f"{day}起另有修订" if self.lang == "zh" else f"revised from {day}"

    def _assumed(self) -> Iterator[str]:
        for assumption in self.judged.obligation.assumptions:
            if assumption.confirmation == "confirmed":
                continue
            label, source = assumption.label.of(self.lang), assumption.source.of(self.lang)
            text = f"{label} = {assumption.value.of(self.lang)}" if assumption.value.zh else label
            if self.lang == "zh":
                kind = "暂定值" if assumption.confirmation == "default" else "未核实的取值"
                yield f"{text}（{kind}{'，' + source if source else ''}）"
            else:
                yield f"{text} ({assumption.confirmation}{', ' + source if source else ''})"


def _mark(truth: bool | None, positive: bool, lang: Language) -> str:
    return MARKS[truth] if positive else SAID[truth].of(lang)


def _fields(asked: list[Expr]) -> list[Expr]:
    """The fields of the child row itself, each once; what nested child functions ask is told with their rows."""
    found: dict[Expr, None] = {}

    def go(expr: Expr) -> None:
        if isinstance(expr, Field):
            found.setdefault(expr)
        elif not isinstance(expr, Agg):
            for part in children(expr):
                go(part)

    for part in asked:
        go(part)
    return list(found)


def _inner(agg: Agg) -> Iterator[Agg]:
    """Child functions of the child row itself."""

    def go(expr: Expr) -> Iterator[Agg]:
        if isinstance(expr, Agg):
            yield expr
            return
        for part in children(expr):
            yield from go(part)

    if agg.body is not None:
        yield from go(agg.body)
