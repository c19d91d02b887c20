"""Measures that are proposed → lines for the papers that would announce them. Whether anything is done, people decide."""

from __future__ import annotations

from collections.abc import Sequence

from checker.measures import Measure
from checker.papers import NUMBER, Paper
from checker.reports.measuring import bound_of
from checker.reports.papers.material import Material
from checker.reports.papers.problems import basis
from checker.reports.papers.slots import Line
from checker.reports.sentences import listed


def measures(material: Material, paper: Paper) -> list[Measure]:
    """Of the kind that the paper announces, else all."""
    return [each for each in material.run.measures.proposed if paper.measure in ("", each.kind)]


def proposals(material: Material, paper: Paper, unit: str | None) -> Sequence[Line]:
    mine = [each for each in measures(material, paper) if unit in (None, each.unit)]
    return [_line(material, each, at) for at, each in enumerate(mine, 1)]


def _line(material: Material, measure: Measure, at: int) -> Line:
    pack = material.run.plan.pack
    rule = bound_of(material.run, measure.rule).rule
    clauses = [pack.clauses[clause] for clause in rule.clauses if clause in pack.clauses]
    sections = listed(list(dict.fromkeys(clause.section for clause in clauses)), "zh")
    return {
        NUMBER: at,
        "编号": measure.id,
        "单位": material.names.unit(measure.unit),
        "措施": pack.escalations.kinds[measure.kind].name.zh,
        "情形": rule.title.zh,
        "事由": rule.grounds.zh,
        "事实": listed(list(dict.fromkeys(ground.text.zh for ground in measure.grounds)), "zh"),
        "条款": sections,
        "引文": "……".join(clause.quote for clause in clauses if clause.quote),
        "依据": basis(pack, rule.clauses),
        "责任对象": rule.addressee.zh,
        "决定单位": rule.decides.zh,
        "限期": measure.deadline,
    }
