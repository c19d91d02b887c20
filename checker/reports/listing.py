"""plan + findings → the table of findings as people read it: what is required, what was found, on which words it rests."""

from __future__ import annotations

import json
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import polars as pl

from checker.errors import Language
from checker.expr import Agg, Expr, Field, Kind, kind_of
from checker.model import FieldDef, Pack
from checker.plan import Condition, Group, Item, Obligation, Plan
from checker.render import render, shown_value
from checker.reports.figures import amount, day, period, share
from checker.reports.sentences import Names, finding_phrase, listed

# The order of DESIGN's table of findings, then what is joined to it. `advisory` last: it came later.
COLUMNS = (
    "number",
    "rule",
    "revision",
    "clause",
    "subject",
    "key",
    "unit",
    "period",
    "verdict",
    "status",
    "severity",
    "due",
    "days_overdue",
    "observed",
    "required",
    "message",
    "source",
    "fingerprint",
    "deferred",
    "change",
    "name",
    "title",
    "quote",
    "lead",
    "support",
    "remedy",
    "section",
    "unit_name",
    "advisory",
)
# A sentence lists no more values than a reader takes in; the evidence itself holds all of them.
SHOWN_VALUES = 6


def findings_table(plan: Plan, findings: pl.DataFrame, lang: Language) -> pl.DataFrame:
    """All findings with COLUMNS, in the order they have."""
    names = Names(plan, lang)
    joined = findings.join(_facts(plan, lang), on="obligation", how="left", maintain_order="left")
    return joined.with_columns(
        pl.col("unit")
        .replace_strict({code: names.unit(code) for code in joined["unit"].unique()}, default=None)
        .cast(pl.String)
        .alias("unit_name"),
        _required(plan, findings, lang),
        _messages(plan, findings, names),
    ).select(COLUMNS)


def _facts(plan: Plan, lang: Language) -> pl.DataFrame:
    """What all findings of one obligation share."""
    pack = plan.pack
    rows = []
    for index, obligation in enumerate(plan.obligations):
        rule = obligation.rule
        clauses = [pack.clauses[clause] for clause in rule.clauses if clause in pack.clauses]
        sections = dict.fromkeys(clause.section for clause in clauses)
        rows.append(
            (
                index,
                rule.title.of(lang),
                "……".join(clause.quote for clause in clauses if clause.quote),
                listed(list(sections), lang),
                rule.lead,
                listed(rule.support, lang),
                rule.remedy.of(lang),
            )
        )
    columns = ["title", "quote", "section", "lead", "support", "remedy"]
    return pl.DataFrame(rows, schema={"obligation": pl.UInt32} | dict.fromkeys(columns, pl.String), orient="row")


# --- what is required ----------------------------------------------------------------------------


def _required(plan: Plan, findings: pl.DataFrame, lang: Language) -> pl.Series:
    """The texts of the items that decide; alternatives are told together, or they would read as several demands."""
    parts = [pl.DataFrame(schema={"at": pl.UInt32, "required": pl.String})]
    for part in findings.select("obligation", "observed").with_row_index("at").partition_by("obligation"):
        obligation = plan.obligations[part["obligation"][0]]
        told = [
            pl.when(pl.any_horizontal(_decides(name) for name in items)).then(pl.lit(text))
            for items, text in demands(obligation, lang)
        ]
        separator = "；" if lang == "zh" else "; "
        parts.append(part.select("at", pl.concat_str(told, separator=separator, ignore_nulls=True).alias("required")))
    return pl.concat(parts).sort("at")["required"]


def _decides(item: str) -> pl.Expr:
    return pl.col("observed").str.json_path_match(f'$["{item}"]').is_not_null()


def demands(obligation: Obligation, lang: Language) -> list[tuple[list[str], str]]:
    """(names of items, text) for every demand of the obligation that stands on its own."""
    demands = [(_names_in(part), _told(part, lang)) for part in _conjuncts(obligation.require)]
    if obligation.applies is not None:
        text = obligation.applies.text.of(lang)
        whether = f"须先核实是否适用：{text}" if lang == "zh" else f"first to be found out, whether it applies: {text}"
        demands.insert(0, ([obligation.applies.name], whether))
    if obligation.done_on is not None:
        text = obligation.done_on.text.of(lang)
        demands.append(
            ([obligation.done_on.name], f"{text} 不晚于期限" if lang == "zh" else f"{text} no later than due")
        )
    return demands


def _conjuncts(condition: Condition) -> list[Condition]:
    if isinstance(condition, Group) and condition.op == "all_of":
        return [part for child in condition.children for part in _conjuncts(child)]
    return [condition]


def _names_in(condition: Condition) -> list[str]:
    if isinstance(condition, Item):
        return [condition.name]
    return [name for child in condition.children for name in _names_in(child)]


def _told(condition: Condition, lang: Language) -> str:
    if isinstance(condition, Item):
        return condition.text.of(lang)
    parts = [_told(child, lang) for child in condition.children]
    if condition.op == "when":
        return f"如{parts[0]}，则{parts[1]}" if lang == "zh" else f"when {parts[0]}, then {parts[1]}"
    together = ("，" if lang == "zh" else ", ").join(parts)
    n = condition.count
    zh = {"all_of": "同时满足", "any_of": "满足其一", "none_of": "均不得有", "at_least": f"至少满足{n}项"}
    en = {"all_of": "all of", "any_of": "one of", "none_of": "none of", "at_least": f"at least {n} of"}
    return f"{zh[condition.op]}（{together}）" if lang == "zh" else f"{en[condition.op]} ({together})"


# --- what was found ------------------------------------------------------------------------------

_SAID_BY = ["obligation", "period", "verdict", "status", "due", "days_overdue", "observed"]


def _messages(plan: Plan, findings: pl.DataFrame, names: Names) -> pl.Series:
    """One sentence per finding. Most records say the same, so each distinct sentence is written once."""
    distinct = findings.select(_SAID_BY).unique(maintain_order=True)
    said = [_message(plan, row, names) for row in distinct.iter_rows(named=True)]
    return findings.select(_SAID_BY).join(
        distinct.with_columns(pl.Series("message", said, pl.String)),
        on=_SAID_BY,
        how="left",
        maintain_order="left",
        nulls_equal=True,
    )["message"]


def _message(plan: Plan, row: dict[str, Any], names: Names) -> str:
    lang, obligation = names.lang, plan.obligations[row["obligation"]]
    zh = lang == "zh"
    when = "" if row["period"] is None else period(row["period"], lang)
    title = obligation.rule.title.of(lang) + (f"（{when}）" if when and zh else f" ({when})" if when else "")
    phrase = finding_phrase(obligation, row["verdict"], row["status"], row["due"], row["days_overdue"], lang)
    told = observed_words(plan.pack, obligation, row["observed"], lang)
    assumed = listed([a.label.of(lang) for a in obligation.assumptions if a.confirmation != "confirmed"], lang)
    if zh:
        text = f"{title}：{phrase}。" + (f"所报情况：{told}。" if told else "")
        return text + (f"采用未经核实的取值：{assumed}。" if assumed else "")
    text = f"{title}: {phrase}." + (f" Reported: {told}." if told else "")
    return text + (f" Rests on unconfirmed values: {assumed}." if assumed else "")


def observed_words(pack: Pack, obligation: Obligation, observed: str | None, lang: Language) -> str:
    """The evidence in words: 视频监控已联网＝否，专职保安人数＝未报."""
    leaves = {leaf.label: leaf.expr for item in _items(obligation) for leaf in item.leaves}
    told: dict[str, str] = {}
    for values in json.loads(observed or "{}").values():
        for label, value in (values or {}).items():
            expr = leaves.get(label)
            name = label if expr is None else render(expr, pack, lang)
            told[name] = value_words(pack, expr, value, lang)
    shown = [f"{name}{'＝' if lang == 'zh' else ' = '}{value}" for name, value in told.items()]
    more = len(shown) - SHOWN_VALUES
    text = ("，" if lang == "zh" else ", ").join(shown[:SHOWN_VALUES])
    if more > 0:
        text += f"，另有{more}个数据" if lang == "zh" else f", {more} more values"
    return text


def _items(obligation: Obligation) -> list[Item]:
    def within(condition: Condition) -> list[Item]:
        if isinstance(condition, Item):
            return [condition]
        return [item for child in condition.children for item in within(child)]

    around = [item for item in (obligation.applies, obligation.done_on) if item is not None]
    return [*around, *within(obligation.require)]


def value_words(pack: Pack, expr: Expr | None, value: Any, lang: Language) -> str:
    """One value of the evidence as people write it."""
    if isinstance(value, dict) and isinstance(expr, Agg):
        return _rows_words(expr, value, lang) if "rows" in value else _bounds_words(pack, expr, value, lang)
    kind = None if expr is None else kind_of(expr)
    return _point_words(_declared(pack, expr), kind, value, lang)


def _declared(pack: Pack, expr: Expr | None) -> FieldDef | None:
    if isinstance(expr, Agg):
        expr = expr.body
    if not isinstance(expr, Field) or expr.table not in pack.tables:
        return None
    return pack.tables[expr.table].fields.get(expr.name)


def _point_words(declared: FieldDef | None, kind: Kind | None, value: Any, lang: Language) -> str:
    match value:
        case str() if kind == "date":
            return day(date.fromisoformat(value), lang)
        case str() if kind == "datetime":
            moment = datetime.fromisoformat(value)
            return f"{day(moment, lang)}{'' if lang == 'zh' else ' '}{moment:%H:%M}"
        case int() | float() if not isinstance(value, bool):
            number = Fraction(str(value))
            if kind == "percent":
                return share(number, lang) if number <= 1 else f"{float(number * 100):g}%"
            return _minutes_words(number, lang) if kind == "duration" else _number(number)
    return shown_value(value, declared, lang)


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else str(float(value))


def _minutes_words(minutes: Fraction, lang: Language) -> str:
    for size, zh, en in ((1440, "天", "days"), (60, "小时", "hours")):
        if minutes % size == 0:
            return f"{minutes // size}{zh}" if lang == "zh" else f"{minutes // size} {en}"
    return f"{_number(minutes)}分钟" if lang == "zh" else f"{_number(minutes)} minutes"


def _rows_words(agg: Agg, value: dict[str, Any], lang: Language) -> str:
    """共3辆，符合2辆，不符合1辆: the rows of a child table and how many of them hold."""
    zh = lang == "zh"
    held = ("符合", "不符合") if agg.name == "every" else ("属此情形", "不属此情形")
    held_en = ("hold", "do not") if agg.name == "every" else ("so", "not so")
    parts = [(held[0], held_en[0], value["true"]), (held[1], held_en[1], value["false"])]
    parts += [("待核", "unknown", value["unknown"]), ("未报", "not reported", value["missing"])]
    told = [f"{zh_word}{amount(n, agg.table, 'zh')}" if zh else f"{n} {en_word}" for zh_word, en_word, n in parts if n]
    if value["missing"] is None:
        told.append("是否报全不明" if zh else "perhaps more")
    text = f"共报{amount(value['rows'], agg.table, 'zh')}" if zh else f"{amount(value['rows'], agg.table, 'en')}"
    return "、".join([text, *told]) if zh else f"{text} ({', '.join(told)})" if told else text


def _bounds_words(pack: Pack, agg: Agg, value: dict[str, Any], lang: Language) -> str:
    zh = lang == "zh"
    low, high = (
        None if value[end] is None else _point_words(_declared(pack, agg), agg.kind, value[end], lang)
        for end in ("low", "high")
    )
    if low is None and high is None:
        return "不明" if zh else "unknown"
    if low == high:
        return str(low)
    in_time = agg.kind in ("date", "datetime")
    if high is None:
        return f"{'不早于' if in_time else '不少于'}{low}" if zh else f"{low} or {'later' if in_time else 'more'}"
    if low is None:
        return f"{'不晚于' if in_time else '不超过'}{high}" if zh else f"{high} or {'earlier' if in_time else 'less'}"
    return f"{low}至{high}" if zh else f"{low} to {high}"
