"""Changed records and changed rules: judging again what they concern, beside judging everything; the result is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from benchmarks import city
from benchmarks.pairs import Line, in_turn
from checker import pipeline
from checker.pipeline.judging import evaluate
from checker.plan import Plan, Tables
from checker.rejudge import Judged, rejudge


def lines(folder: Path) -> Iterator[Line]:
    as_of = date.fromisoformat(city.AS_OF)
    pack = pipeline.sound_pack("nantong-2019")
    tables = pipeline.read_data(pack, [city.data(folder)], received_on=as_of)
    plan = pipeline.compile_rules(pack, as_of)
    before = Judged.of(plan, tables, evaluate(plan, tables))
    first = plan.obligations[0]
    stricter = replace(plan, obligations=(replace(first, due=None, done_on=None), *plan.obligations[1:]))
    changes: dict[str, tuple[Plan, Tables]] = {
        "one school changed": (plan, _changed(tables, lambda row: row == 17)),
        "1 % of the schools changed": (plan, _changed(tables, lambda row: row % 100 == 0)),
        "one rule changed": (stricter, tables),
    }
    for what, (now, records) in changes.items():
        whole, part = evaluate(now, records), rejudge(before, now, records, evaluate).evaluation
        assert whole.findings.equals(part.findings) and whole.counts.equals(part.counts)

        def everything(now: Plan = now, records: Tables = records) -> None:
            evaluate(now, records)

        def changed(now: Plan = now, records: Tables = records) -> None:
            rejudge(before, now, records, evaluate)

        yield Line(f"{what}: judge again / judge everything", in_turn(everything, changed))


def _changed(tables: Tables, which: Callable[[pl.Expr], pl.Expr]) -> Tables:
    schools = tables.frames["institution"]
    linked, row = pl.col("video_linked"), pl.int_range(pl.len())
    other = schools.with_columns(pl.when(which(row)).then(~linked).otherwise(linked).alias("video_linked"))
    return replace(tables, frames={**tables.frames, "institution": other})
