"""The agreed cases of gates: conditions and results in, open, closed or undecided out, through compiler and engine."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from checker import pipeline
from checker.errors import Text
from checker.gate import decide
from checker.model import Expression, GateRule
from checker.plan import TargetResult

HERE = Path(__file__).parent
UNIT = "320681"
with (HERE / "conformance" / "cases.csv").open(encoding="utf-8") as file:
    CASES = [row for row in csv.DictReader(file) if row["kind"] == "gate"]


@pytest.mark.parametrize("engine", pipeline.BUILT_IN)
@pytest.mark.parametrize("row", CASES, ids=[row["id"] for row in CASES])
def test_gate(row: dict[str, str], engine: pipeline.Engine) -> None:
    given: dict[str, Any] = json.loads(row["input"])
    gates = tuple(
        GateRule(f"g{n}", Text("", ""), {"fail": "blocks", "warn": "warns"}[effect], Expression(condition))  # type: ignore[arg-type]
        for n, (effect, condition) in enumerate(given["conds"])
    )
    pack = pipeline.sound_pack(HERE.parent / "rules" / "nantong-2019")
    mine = replace(pack, rules=(), gates=gates, units={UNIT: pack.units[UNIT]})
    plan = pipeline.compile_rules(mine, date.fromisoformat(row["as_of"]))
    counts = pl.DataFrame(
        [
            (f"r{n}", UNIT, each["verdict"], each["severity"], each["status"], each["deferred"] == "yes", None, False, 1)
            for n, each in enumerate(given.get("results", []))
        ],
        schema={
            "rule": pl.String, "unit": pl.String, "verdict": pl.String, "severity": pl.String, "status": pl.String,
            "deferred": pl.Boolean, "change": pl.String, "advisory": pl.Boolean, "n": pl.UInt32,
        },
        orient="row",
    )  # fmt: skip
    targets = tuple(
        TargetResult(
            f"r{n}", plan.as_of, UNIT, "", Fraction(1), plan.as_of, 0, 1, 0, 0, 0, 0, Fraction(0), Fraction(0),
            {"yes": "met", "no": "missed", None: "undecided"}[each["met"]],  # type: ignore[arg-type]
        )
        for n, each in enumerate(given.get("targets", []))
    )  # fmt: skip
    (gate,) = decide(plan, counts, targets, pipeline.judge_of_gates(plan, engine))
    assert gate.state == row["expect"]
