"""Findings → the lines of 问题, 待核 and their like, and the same put together by requirement or by area."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from checker.model import Pack
from checker.papers import NUMBER, ORDINAL
from checker.reports.figures import period
from checker.reports.papers import plain
from checker.reports.papers.material import Material
from checker.reports.papers.slots import Line, Value
from checker.reports.sentences import listed
from checker.words import SEVERITY

_CHANGES = {"new": "新增", "persisting": "仍未解决", "reopened": "反弹", "fixed": "已解决"}
_NAMED, _NAMED_UNITS, _NAMED_RULES = 10, 3, 5
_DIGITS = "零一二三四五六七八九"


def lines(material: Material, found: pl.DataFrame) -> list[Line]:
    counted: dict[str, int] = {}
    told: list[Line] = []
    for row in found.iter_rows(named=True):
        counted[row["unit"]] = counted.get(row["unit"], 0) + 1
        told.append(_line(material, row, counted[row["unit"]]))
    return told


def _line(material: Material, row: Mapping[str, Any], number: int) -> dict[str, Value]:
    school = material.schools.get(row["school"], "")
    told = plain.about(material.run.plan, row)
    return {
        NUMBER: number,
        "编号": row["number"],
        "单位": row["unit_name"],
        "领域": row["area"],
        "学校": school or row["unit_name"],
        "学校标识码": row["school"],
        "对象": row["name"],
        "要求": row["title"],
        "存在问题": f"{row['title']}：{told}。",
        "情况": told,
        "应达到": row["required"],
        "条款": row["section"],
        "引文": row["quote"],
        "依据": _basis(material, row),
        "数据来源": row["source"],
        "重要程度": SEVERITY[row["severity"]],
        "牵头单位": row["lead"],
        "会同单位": row["support"],
        "整改建议": row["remedy"],
        "规定期限": row["due"],
        "逾期天数": row["days_overdue"],
        "变化": _CHANGES.get(row["change"] or ""),
    }


def basis(pack: Pack, clauses: Iterable[str]) -> str:
    """方案五（四）、三（二）3; a regulation that is a basis too stands with its own title."""
    sections = list(dict.fromkeys(pack.clauses[clause].section for clause in clauses if clause in pack.clauses))
    own = [section for section in sections if not section.startswith("《")]
    others = [section for section in sections if section.startswith("《")]
    return listed([*([f"方案{listed(own, 'zh')}"] if own else []), *others], "zh")


def _basis(material: Material, row: Mapping[str, Any]) -> str:
    plan = material.run.plan
    return basis(plan.pack, plan.obligations[row["obligation"]].rule.clauses)


def fixed(material: Material) -> list[Line]:
    """What was a problem in the run that this one was compared with, and is none now."""
    changes = material.run.changes
    if changes is None:
        return []
    gone = changes.filter((pl.col("change") == "fixed") & (pl.col("verdict_before") == "fail"))
    rows = gone.select("number", "unit", "name", "rule").iter_rows()
    names = material.names
    return [
        {NUMBER: at, "编号": number, "单位": names.unit(unit), "对象": name, "要求": names.rule(rule), "变化": "已解决"}
        for at, (number, unit, name, rule) in enumerate(rows, 1)
    ]


# --- put together --------------------------------------------------------------------------------


def by_rule(material: Material, found: pl.DataFrame) -> list[Line]:
    """One line a requirement: what is the matter if it is one, else with whom."""
    parts = found.partition_by("rule", maintain_order=True)
    return [_grouped(material, part, at, _of_rule(material, part)) for at, part in enumerate(parts, 1)]


def by_school(material: Material, found: pl.DataFrame) -> list[Line]:
    """The same school by school."""
    told: list[Line] = []
    for part in found.partition_by("unit", "school", "rule", maintain_order=True):
        line = _grouped(material, part, len(told) + 1, _of_rule(material, part))
        row = part.row(0, named=True)
        told.append(
            {**line, "单位": row["unit_name"], "学校": material.schools.get(row["school"], "") or row["unit_name"]}
        )
    return told


def by_area(material: Material, found: pl.DataFrame) -> list[Line]:
    """In the order of the plan; what belongs to no area comes last."""
    known = [area.zh for area in material.run.plan.pack.areas.values()]
    parts = {part["area"][0]: part for part in found.partition_by("area", maintain_order=True)}
    ordered = [parts[area] for area in [*dict.fromkeys(known), ""] if area in parts]
    return [_grouped(material, part, at, _of_area(material, part)) for at, part in enumerate(ordered, 1)]


def _grouped(material: Material, part: pl.DataFrame, at: int, told: str) -> Line:
    first = part.row(0, named=True)
    return {
        NUMBER: at,
        ORDINAL: ordinal(at),
        "领域": first["area"] or "其他",
        "要求": first["title"],
        "情况": told,
        "条款": first["section"],
        "引文": first["quote"],
        "依据": _basis(material, first),
        "整改建议": first["remedy"].rstrip("。"),
        "规定期限": first["due"],
        "牵头单位": first["lead"],
        "编号": _some(part["number"].to_list()),
        "问题数": part.height,
        "学校数": part["school"].drop_nulls().n_unique(),
        "单位数": part["unit"].n_unique(),
    }


def _of_rule(material: Material, part: pl.DataFrame) -> str:
    row = part.row(0, named=True)
    if part.height == 1:
        return plain.about(material.run.plan, row)
    whole = material.names.pooled(part.height, row["rule"])
    if row["period"] is not None and part["key"].n_unique() == 1:
        return f"涉及{whole}：{_some([period(name, 'zh') for name in part['period']])}"
    return f"涉及{whole}：{_some(list(dict.fromkeys(part['name'])))}"


def _of_area(material: Material, part: pl.DataFrame) -> str:
    """一是……；二是……: the requirements that most fail, and where."""
    rules = sorted(part.partition_by("rule", maintain_order=True), key=lambda rows: -rows.height)
    told = []
    for at, rows in enumerate(rules[:_NAMED_RULES], 1):
        rule, title = rows["rule"][0], rows["title"][0]
        units = rows["unit_name"].to_list()
        counts = sorted(((units.count(name), name) for name in dict.fromkeys(units)), key=lambda entry: -entry[0])
        where = [f"{name}{material.names.pooled(n, rule)}" for n, name in counts[:_NAMED_UNITS]]
        whole = material.names.pooled(rows.height, rule)
        more = f"等{len(counts)}个单位" if len(counts) > _NAMED_UNITS else ""
        head = f"{ordinal(at)}是" if len(rules) > 1 else ""
        told.append(f"{head}“{title}”不达标{whole}（{listed(where, 'zh')}{more}）")
    rest = len(rules) - _NAMED_RULES
    return "；".join(told) + (f"；另有{rest}项要求存在问题，见附件" if rest > 0 else "")


def _some(names: Sequence[object]) -> str:
    shown = listed([str(name) for name in names[:_NAMED]], "zh")
    return shown if len(names) <= _NAMED else f"{shown}等{len(names)}项"


def ordinal(number: int) -> str:
    """一 … 九十九."""
    tens, ones = divmod(number, 10)
    if number > 99:
        return str(number)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (
        _DIGITS[ones] if ones or not tens else ""
    )
