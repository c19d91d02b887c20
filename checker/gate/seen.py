"""units + counts + targets + questions → the frames that conditions of gates go over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from checker.dtypes import DTYPES
from checker.gate.reading import TABLES, child_functions, own_fields
from checker.model import Table
from checker.plan import Condition, Plan, TargetResult
from checker.units import CASE, TIMES

NO_QUESTIONS = pl.DataFrame(schema={"unit": pl.String, "code": pl.String, "severity": pl.String, TIMES: pl.Int64})
_UNIT = {
    "code": pl.String,
    "name": pl.String,
    "kind": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "successor": pl.String,
}
_RESULT = ["rule", "verdict", "severity", "status", "deferred", "change"]
_NUMBERS = ("owed", "passed", "failed", "unknown", "missing", "deferred")


def frames(
    plan: Plan,
    units: Sequence[str],
    results: pl.DataFrame,
    targets: Iterable[TargetResult],
    questions: pl.DataFrame | None,
) -> dict[str, pl.DataFrame]:
    """What the conditions see: these units, in this order, and what is theirs."""
    facts = []
    for code in units:
        known = plan.pack.units.get(code)
        more = () if known is None else (known.name.zh, known.kind, known.valid_from, known.valid_to, known.successor)
        facts.append((code, *(more or (None,) * 5)))
    seen = {
        "unit": pl.DataFrame(facts, schema=_UNIT, orient="row").with_columns(pl.col("successor").replace("", None)),
        "result": results,
        "target": target_rows(targets).with_columns(pl.lit(1, pl.Int64).alias(TIMES)),
        "question": NO_QUESTIONS if questions is None else questions,
    }
    asked = {name: "code" if name == "unit" else "unit" for name in seen}
    return {
        name: _fitted(
            frame.filter(pl.col(asked[name]).is_in(list(units))).with_columns(pl.col(asked[name]).alias(CASE)),
            plan.gate_tables.get(name),
        )
        for name, frame in seen.items()
    }


def alike(condition: Condition, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The frames with rows that are alike in all that the condition reads of them put together: for whoever asks of each."""
    read: dict[str, set[str]] = {}
    for agg in child_functions(condition):
        read.setdefault(agg.table, set()).update(own_fields(agg))
    few = {
        name: frames[name]
        .group_by(sorted({CASE, *read[name]} - {TIMES}), maintain_order=True)
        .agg(pl.col(TIMES).sum(), pl.exclude(TIMES).first())
        if name in read
        else frames[name].clear()
        for name in TABLES
    }
    return {**frames, **few}


def results_of(counts: pl.DataFrame) -> pl.DataFrame:
    """Distinct results with their number. What did not apply or is only advice never counts at a gate."""
    return (
        counts.filter(~pl.col("advisory") & (pl.col("verdict") != "not_applicable"))
        .group_by("unit", *_RESULT)
        .agg(pl.col("n").sum().alias(TIMES))
        .with_columns(
            pl.lit(False).alias("advisory"),
            pl.col("verdict")
            .replace_strict({"fail": True, "pass": False}, default=None, return_dtype=pl.Boolean)
            .alias("failed"),
        )
        .sort("unit", *_RESULT, nulls_last=False)
    )


def target_rows(targets: Iterable[TargetResult]) -> pl.DataFrame:
    """Targets without a population are left out; one that is not due yet is neither met nor missed."""
    return pl.DataFrame(
        [
            (
                t.unit,
                t.rule,
                t.period,
                t.state,
                {"met": True, "missed": False}.get(t.state),
                float(t.rate),
                *(getattr(t, name) for name in _NUMBERS),
            )
            for t in targets
            if t.state != "not_applicable"
        ],
        schema={
            "unit": pl.String,
            "rule": pl.String,
            "period": pl.String,
            "state": pl.String,
            "met": pl.Boolean,
            "rate": pl.Float64,
            **dict.fromkeys(_NUMBERS, pl.Int64),
        },
        orient="row",
    )


def _fitted(frame: pl.DataFrame, table: Table | None) -> pl.DataFrame:
    """The frame with every field that the gate's own vocabulary names; what we do not know is missing."""
    if table is None:
        return frame
    absent = [
        pl.lit(None, DTYPES[known.type]).alias(name)
        for name, known in table.fields.items()
        if name not in frame.columns
    ]
    received = [] if "received_on" in frame.columns else [pl.lit(None, pl.Date).alias("received_on")]
    return frame.with_columns(*absent, *received)
