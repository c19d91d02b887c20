"""Material of a run, a paper and whom it is about → the slots of its template. What is not in the data stays empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cached_property, partial
from hashlib import sha256

import polars as pl

from checker.papers import DRAFT, DRAFT_TEXT, LISTS, TOTAL, UNITS, Paper
from checker.reports.figures import day
from checker.reports.papers import problems, records, tables
from checker.reports.papers.material import KINDS, Material
from checker.reports.papers.proposals import measures, proposals
from checker.reports.papers.slots import Line, Slots, Value
from checker.units import WITHOUT_DUTIES
from checker.words import TEXT_STATUS

_DIGITS = 12  # of a digest: enough to tell two apart, few enough to be read out


class Facts:
    """What one kind of paper may say. What is the same in all of them is put together once."""

    def __init__(self, material: Material, paper: Paper) -> None:
        self.material, self.paper = material, paper

    def about_whom(self) -> list[str]:
        """Keys of the records for which a measure is proposed, if the paper announces one; else with something to put right."""
        material = self.material
        if self.paper.measure:
            units = {measure.unit for measure in measures(material, self.paper)}
            return [unit for unit in material.units() if unit in units]
        return material.of_kind("问题")["of"].drop_nulls().unique(maintain_order=True).to_list()

    def slots(self, about: str | None = None) -> Slots:
        """`about`: the key of the record that the paper is about."""
        material, paper = self.material, self.paper
        here = material.findings if about is None else material.findings.filter(pl.col("of") == about)
        single: dict[str, Line] = {TOTAL: self._total}
        if about is not None:
            table = material.run.plan.pack.tables[paper.each]
            single[table.label.zh] = records.one(material, table, about)
        due = here.filter(KINDS["问题"])
        lists: dict[str, Callable[[], Sequence[Line]]] = {
            **self._common,
            **{name: partial(_problems, material, here, name) for name in KINDS},
            "事项": lambda: problems.by_rule(material, due),
            "关键事项": lambda: problems.by_school(material, here.filter(KINDS["关键问题"])),
            "领域": lambda: problems.by_area(material, due),
            "督办建议": lambda: proposals(material, paper, about),
        }
        assert lists.keys() >= LISTS.keys()
        counted = {
            "问题数": due.height,
            "关键问题数": here.filter(KINDS["关键问题"]).height,
            "问题学校数": due["school"].drop_nulls().n_unique(),
            "待核数": here.filter(KINDS["待核"]).height,
            "延期数": here.filter(KINDS["延期"]).height,
            "新增数": None if material.run.changes is None else due.filter(pl.col("change") == "new").height,
        }
        return Slots({**self._values, **counted}, single, lists)

    @cached_property
    def _common(self) -> dict[str, Callable[[], Sequence[Line]]]:
        """The lists that do not depend on whom a paper is about. Lists of papers go before tables of the same name."""
        material = self.material
        tables_of_pack = material.run.plan.pack.tables.values()
        return {
            **{
                table.label.zh: partial(records.lines, material, table)
                for table in tables_of_pack
                if table.id in material.run.tables.frames
            },
            "已解决": partial(problems.fixed, material),
            "目标": partial(tables.targets, material, together=False),
            "目标合计": partial(tables.targets, material, together=True),
            "指标": partial(tables.figures, material),
            "报送统计": partial(tables.reported, material),
            UNITS: partial(tables.units, material, self.paper),
        }

    @cached_property
    def _total(self) -> Line:
        return tables.total(self.material, self.paper)

    @cached_property
    def _values(self) -> dict[str, Value]:
        material = self.material
        run, plan, pack = material.run, material.run.plan, material.run.plan.pack
        status = [each.status for each in pack.text_status if each.since <= plan.as_of]
        digests = "\n".join(str(entry["digest"]) for entry in material.manifest["data"])
        return {
            DRAFT: DRAFT_TEXT,
            "方案名称": pack.title.zh,
            "方案全称": pack.source_title.zh or f"《{pack.title.zh}》",
            "文本状态": TEXT_STATUS[status[-1]] if status else None,
            "统计时点": day(plan.as_of, "zh"),
            "收数截止": "不限" if plan.known_at is None else day(plan.known_at, "zh"),
            "年份": plan.as_of.year,
            "本周": _week(plan.as_of),
            "范围": _scope(material),
            "规则版本": f"{pack.id} {pack.version}",
            "规则摘要": str(material.manifest["pack"]["digest"])[:_DIGITS],
            "数据摘要": sha256(digests.encode()).hexdigest()[:_DIGITS],
            "总体情况": material.told.headline,
            "报送汇总": tables.latest_reports(material),
            "已解决数": None if run.changes is None else len(problems.fixed(material)),
            "上次统计时点": day(run.earlier[-1].as_of, "zh") if run.earlier else None,
            "数据疑问数": material.told.questions.total,
        }


def _problems(material: Material, here: pl.DataFrame, kind: str) -> list[Line]:
    return problems.lines(material, here.filter(KINDS[kind]))


def _week(as_of: date) -> str:
    first = as_of - timedelta(days=6)
    return f"{first.month}月{first.day}日—{as_of.month}月{as_of.day}日"


def _scope(material: Material) -> str:
    """The one unit that is told of, else the name of what is above all of them."""
    units, here = material.run.plan.pack.units, material.units()
    if len(here) == 1:
        return units[here[0]].name.zh
    above = next((unit.name.zh for unit in units.values() if unit.kind == WITHOUT_DUTIES), "")
    return above or "各报送单位"
