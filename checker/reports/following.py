"""Two runs, one after the other → what appeared, changed and went: lines for people, one object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from checker.errors import Diagnostic, Language
from checker.plan import GateState, Run
from checker.reports.figures import many
from checker.reports.listing import findings_table
from checker.reports.measuring import as_json as measures_told
from checker.reports.sentences import GATE_STATES

# A record without a key shares its fingerprint with its like.
_SAME = ["fingerprint", "nth"]
_SHOWN = 20  # lines of one kind on the screen; programs get all
_TOLD = [
    "number",
    "rule",
    "unit",
    "unit_name",
    "subject",
    "key",
    "name",
    "period",
    "severity",
    "verdict",
    "status",
    "message",
    "fingerprint",
]


_LISTS = (
    "files", "appeared", "changed", "disappeared", "measures_proposed", "measures_withdrawn", "gates", "problems",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Update:
    """What a change of the files led to. Findings have the columns of _TOLD, measures are as in the JSON report."""

    files: tuple[str, ...]
    appeared: pl.DataFrame
    changed: pl.DataFrame
    gone: pl.DataFrame
    gates: tuple[tuple[str, str, GateState | None, GateState | None], ...]  # code, name, before, now
    proposed: tuple[dict[str, Any], ...]
    withdrawn: tuple[dict[str, Any], ...]

    @property
    def is_empty(self) -> bool:
        frames = (self.appeared, self.changed, self.gone)
        return all(frame.is_empty() for frame in frames) and not (self.gates or self.proposed or self.withdrawn)


def update(before: Run, now: Run, files: tuple[str, ...], lang: Language) -> Update:
    """`files`: those that changed. A finding is the same as long as its rule, record and period are."""
    old, new = _findings(before, lang), _findings(now, lang)
    both = new.join(
        old.select(*_SAME, *(pl.col(n).alias(f"{n}:was") for n in ("verdict", "status", "message"))), on=_SAME
    )
    other = pl.any_horizontal(pl.col(n).ne_missing(pl.col(f"{n}:was")) for n in ("verdict", "status", "message"))
    were, are = ({each["id"]: each for each in measures_told(run, lang)} for run in (before, now))
    return Update(
        files,
        new.join(old, on=_SAME, how="anti", maintain_order="left").select(_TOLD),
        both.filter(other).select(_TOLD),
        old.join(new, on=_SAME, how="anti", maintain_order="left").select(_TOLD),
        tuple(_gates(before, now, lang)),
        tuple(are[id] for id in are if id not in were),
        tuple(were[id] for id in were if id not in are),
    )


def _findings(run: Run, lang: Language) -> pl.DataFrame:
    nth = pl.int_range(pl.len()).over("fingerprint").alias("nth")
    return findings_table(run.plan, run.findings, lang).with_columns(nth)


def _gates(before: Run, now: Run, lang: Language) -> Iterator[tuple[str, str, GateState | None, GateState | None]]:
    were, are = ({gate.unit: gate for gate in run.scorecard.gates} for run in (before, now))
    for code in sorted({*were, *are}):
        was, state = (gates[code].state if code in gates else None for gates in (were, are))
        if was != state:
            yield code, (are.get(code) or were[code]).name.of(lang), was, state


def lines(told: Update, seconds: float, lang: Language) -> str:
    """For the screen."""
    zh = lang == "zh"
    files = "、".join(told.files) if zh else ", ".join(told.files)
    head = f"{files} 有改动" if zh else f"{files} changed"
    if told.is_empty:
        return (
            f"{head}：结论不变（{seconds:.1f}秒）" if zh else f"{head}: nothing comes out otherwise ({seconds:.1f} s)"
        )
    counts = [
        (told.appeared.height, "新出现{}条问题", "{} appeared", "finding"),
        (told.changed.height, "{}条问题情况有变", "{} changed", "finding"),
        (told.gone.height, "{}条问题消除", "{} gone", "finding"),
        (len(told.proposed), "新建议措施{}项", "{} proposed", "measure"),
        (len(told.withdrawn), "{}项措施不再建议", "{} no longer proposed", "measure"),
    ]
    said = [zh_text.format(n) if zh else en.format(many(n, f"{what}s")) for n, zh_text, en, what in counts if n]
    found = ["，".join(said) if zh else ", ".join(said)] if said else []
    time = f"（{seconds:.1f}秒）" if zh else f" ({seconds:.1f} s)"
    first = head + ("：" if zh else ": ") + "".join(found) + time if found else head + time
    marks = (("＋", told.appeared), ("～", told.changed), ("－", told.gone))
    body = [line for mark, frame in marks for line in _shown(mark, [_finding(row, zh) for row in frame.to_dicts()], zh)]
    for mark, measures in (("＋", told.proposed), ("－", told.withdrawn)):
        body += _shown(mark, [_measure(each, zh) for each in measures], zh)
    for _, name, was, now in told.gates:
        words = ["—" if state is None else GATE_STATES[state].of(lang) for state in (was, now)]
        body.append(f"  关口 {name}：{words[0]} → {words[1]}" if zh else f"  gate of {name}: {words[0]} → {words[1]}")
    return "\n".join([first, *body])


def _shown(mark: str, said: list[str], zh: bool) -> Iterator[str]:
    yield from (f"  {mark} {line}" for line in said[:_SHOWN])
    if more := len(said) - _SHOWN:
        if more > 0:
            yield f"    …另有{more}条" if zh else f"    … and {more} more"


def _finding(row: Mapping[str, Any], zh: bool) -> str:
    whose = row["name"] or row["key"] or ""
    unit = row["unit_name"] if row["unit_name"] != whose else ""
    where = (f"{unit} {whose}" if zh else f"{unit}, {whose}").strip(" ,")
    return f"{where}　{row['message']}" if zh else f"{where}: {row['message']}"


def _measure(measure: Mapping[str, Any], zh: bool) -> str:
    name = measure["name"]
    return (
        f"建议{measure['kind_name']}：{name}，{measure['why']}"
        if zh
        else f"proposed: {measure['kind_name']}: {name}, {measure['why']}"
    )


def line(told: Update, at: str, seconds: float) -> str:
    """For programs (schemas/update.schema.json). `at`: when it was noticed."""
    return _line(
        at,
        seconds,
        files=list(told.files),
        appeared=told.appeared.to_dicts(),
        changed=told.changed.to_dicts(),
        disappeared=told.gone.to_dicts(),
        measures_proposed=[_plain(each) for each in told.proposed],
        measures_withdrawn=[_plain(each) for each in told.withdrawn],
        gates=[{"unit": code, "name": name, "before": was, "now": now} for code, name, was, now in told.gates],
    )


def trouble(problems: Iterable[Diagnostic], at: str, seconds: float, lang: Language) -> str:
    """The line of a change after which nothing could be judged: what was found before still stands."""
    told = [(each.code, each.span.path, each.span.line, each.message.of(lang)) for each in problems]
    return _line(
        at, seconds, problems=[dict(zip(("code", "file", "line", "message"), each, strict=True)) for each in told]
    )


def _line(at: str, seconds: float, **content: list[Any]) -> str:
    lists: dict[str, list[Any]] = {name: content.get(name, []) for name in _LISTS}
    return json.dumps({"schema": "update/1", "at": at, "seconds": round(seconds, 3), **lists}, ensure_ascii=False)


def _plain(measure: Mapping[str, Any]) -> dict[str, Any]:
    deadline = measure["deadline"]
    return {**measure, "deadline": None if deadline is None else deadline.isoformat()}
