"""The table of findings → compact JSON that the page's script searches, and the first rows for those who have no script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from checker.errors import Language, Text
from checker.reports.content import Content
from checker.reports.figures import day
from checker.reports.html import packing
from checker.reports.machine.outcomes import URGENCY, with_outcomes
from checker.visible import visible
from checker.words import SEVERITY

PAGE = 100
# What a finding comes to, in the order of urgency. The mark tells it without colour.
STATES: dict[str, tuple[str, Text]] = {
    "overdue": ("■", Text("逾期未达标", "overdue")),
    "late": ("■", Text("超期完成", "done late")),
    "fail": ("■", Text("不达标", "fails")),
    "unknown_overdue": ("□", Text("过期待核", "unknown, past its date")),
    "unknown": ("□", Text("待核", "unknown")),
    "deferred": ("◇", Text("经批准延期", "deferred")),
    "not_due": ("", Text("未到期", "not yet due")),
    "advisory": ("", Text("仅作提示", "advice only")),
}
CHANGES = {
    "new": Text("新增", "new"),
    "reopened": Text("反弹", "reopened"),
    "persisting": Text("未变", "as before"),
}
_ORDER = {name: at for at, name in enumerate(STATES)}


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as the page shows it. `change`: only where it is news."""

    number: str
    unit: str
    name: str
    state: str
    mark: str
    word: str
    severity: str
    message: str
    source: str
    change: str


def ordered(findings: pl.DataFrame) -> pl.DataFrame:
    """The same rows with `state`, the most urgent first."""
    fail, status = pl.col("outcome") == "fail", pl.col("status")
    state = (
        pl.when(fail & status.is_in(["overdue", "late"]))
        .then(status)
        .when((pl.col("outcome") == "unknown") & (status == "overdue"))
        .then(pl.lit("unknown_overdue"))
        .otherwise("outcome")
    )
    ranked = with_outcomes(findings).with_columns(state.alias("state"))
    return (
        ranked.filter(pl.col("state").is_in(list(STATES)))
        .with_columns(
            pl.col("state").replace_strict(_ORDER, return_dtype=pl.Int8).alias("_state"),
            pl.col("severity").replace_strict(URGENCY, default=9, return_dtype=pl.Int8).alias("_severity"),
        )
        .sort("_state", "_severity", "unit", "number", maintain_order=True)
        .drop("_state", "_severity")
    )


def shown(findings: pl.DataFrame, lang: Language) -> Iterator[Row]:
    for row in findings.iter_rows(named=True):
        mark, word = STATES[row["state"]]
        yield Row(
            row["number"] or "",
            row["unit_name"] or "",
            row["name"] or row["key"] or "",
            row["state"],
            mark,
            word.of(lang),
            Text(SEVERITY[row["severity"]], row["severity"]).of(lang),
            row["message"] or "",
            row["source"] or "",
            CHANGES[row["change"]].of(lang) if row["change"] in ("new", "reopened") else "",
        )


def data(findings: pl.DataFrame, told: Content, words: Mapping[str, str], passed: Mapping[str, int]) -> str:
    """JSON for the script. What repeats is written once and named by its position; nothing in it ends the script element."""
    lang = told.lang
    rules = findings.select("rule", "title", "quote", "section", "lead", "support", "remedy", "severity").unique(
        "rule", maintain_order=True
    )
    schools = findings.select(pl.col("holder", "holder_name").fill_null("")).unique("holder", maintain_order=True)
    states = [[name, mark, word.of(lang)] for name, (mark, word) in STATES.items()]
    whole = {
        "words": words,
        "count": findings.height,
        "states": states,
        "units": [gate.name for gate in told.gates],
        "severities": [[name, Text(SEVERITY[name], name).of(lang)] for name in URGENCY],
        "rules": [list(row) for row in rules.iter_rows()],
        "schools": [[key, name, passed.get(key, 0)] for key, name in schools.iter_rows()],
        "columns": {
            "rule": packing.positions(findings["rule"], rules["rule"].to_list()),
            "number": packing.numbers(findings["number"].fill_null("")),
            "unit": packing.column(findings["unit_name"].fill_null("")),
            "name": packing.column(pl.select(pl.coalesce(findings["name"], findings["key"]).fill_null("")).to_series()),
            "key": packing.column(findings["key"].fill_null("")),
            "holder": packing.positions(findings["holder"].fill_null(""), schools["holder"].to_list()),
            "state": packing.positions(findings["state"], list(STATES)),
            "message": packing.sentences(findings["message"].fill_null(""), findings["title"].fill_null("")),
            "required": packing.column(findings["required"].fill_null("")),
            "sheet": packing.column(findings["source"].fill_null("").str.replace(r"(?s)![^!]*$", "!")),
            "cell": packing.column(findings["source"].fill_null("").str.extract(r"(?s)!([^!]*)$").fill_null("")),
            "due": packing.column(_days(findings["due"], lang)),
            "change": packing.column(
                findings["change"].replace_strict(
                    {name: word.of(lang) for name, word in CHANGES.items()}, default="", return_dtype=pl.String
                )
            ),
        },
    }
    return inline(whole)


def _days(values: pl.Series, lang: Language) -> pl.Series:
    said = {when: day(when, lang) for when in values.unique().drop_nulls()}
    return pl.Series([said.get(when, "") for when in values], dtype=pl.String)


def inline(value: Any) -> str:
    """JSON that may stand within a script element: no end tag, no comment, no line end that scripts know and JSON does not."""
    text = json.dumps(_cleaned(value), ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return visible(value)
        case dict():
            return {key: _cleaned(inner) for key, inner in value.items()}
        case list():
            return value if value and isinstance(value[0], int) else [_cleaned(inner) for inner in value]
    return value
