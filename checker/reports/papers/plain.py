"""A finding → what is the matter as a clerk would write it in a notice: no expression, no sign of equality."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from checker.expr import Agg, Expr
from checker.model import Pack
from checker.plan import Obligation, Plan
from checker.render import render
from checker.reports.figures import period
from checker.reports.listing import SHOWN_VALUES, value_words
from checker.reports.sentences import finding_phrase, listed

_YES_NO = ("是", "否")


def about(plan: Plan, row: Mapping[str, Any]) -> str:
    """不达标（期限2019年12月31日，已逾期15天）。视频监控已与公安联网填报为“否”. Without the title, which stands beside it."""
    obligation = plan.obligations[row["obligation"]]
    facts = (row["verdict"], row["status"], row["due"], row["days_overdue"])
    phrase = finding_phrase(obligation, *facts, "zh")
    when = f"（{period(row['period'], 'zh')}）" if row["period"] else ""
    assumed = [each.label.zh for each in obligation.assumptions if each.confirmation != "confirmed"]
    parts = [f"{when}{phrase}", reported(plan.pack, obligation, row["observed"])]
    if assumed:
        parts.append(f"按暂定的{listed(assumed, 'zh')}计算")
    return "。".join(part for part in parts if part)


def reported(pack: Pack, obligation: Obligation, observed: str | None) -> str:
    """What was reported, leaf by leaf."""
    leaves = {leaf.label: leaf.expr for item in obligation.items() for leaf in item.leaves}
    told = list(dict.fromkeys(_told(pack, leaves, observed)))
    more = f"，另有{len(told) - SHOWN_VALUES}个数据" if len(told) > SHOWN_VALUES else ""
    return "，".join(told[:SHOWN_VALUES]) + more


def _told(pack: Pack, leaves: Mapping[str, Expr], observed: str | None) -> Iterator[str]:
    for values in json.loads(observed or "{}").values():
        for label, value in (values or {}).items():
            expr = leaves.get(label)
            words = value_words(pack, expr, value, "zh")
            if isinstance(expr, Agg) and isinstance(value, dict) and "rows" in value:
                yield f"{pack.tables[expr.table].label.zh}{words}"
                continue
            name = label if expr is None else render(expr, pack, "zh").replace(".", "的")
            if value is None:
                yield f"{name}未报"
            else:
                yield f"{name}填报为“{words}”" if words in _YES_NO else f"{name}为{words}"
