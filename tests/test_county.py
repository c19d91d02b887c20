"""The county worked out by hand: findings and targets are exactly those written in 预期结果.md, on both engines."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from checker import pipeline
from checker.intake import read
from checker.pipeline import sound_pack

COUNTY = Path(__file__).parents[1] / "examples" / "county"
PACK = Path(__file__).parents[1] / "rules" / "nantong-2019"


def table(title: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    text = (COUNTY / "预期结果.md").read_text(encoding="utf-8").split(f"## {title}")[1].split("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"\|", row)[1:-1]] for row in rows[2:]]


@pytest.mark.parametrize("engine", ["reference", "columnar"])
def test_findings_and_targets_are_those_worked_out_by_hand(engine: pipeline.Engine) -> None:
    pack = sound_pack(PACK)
    tables = read(pack, [COUNTY], unit="启东市", received_on=None)
    run = pipeline.run(pack, tables, date(2020, 1, 15), None, engine)
    own = run.findings.filter(unit="320681")
    columns = ["rule", "key", "period", "verdict", "status", "days_overdue"]
    found = sorted(["" if cell is None else str(cell) for cell in row] for row in own.select(columns).iter_rows())
    assert found == sorted(row[:6] for row in table("问题"))
    targets = sorted(
        [t.rule, t.period, str(t.passed), str(t.failed), str(t.unknown), str(t.not_applicable), str(t.lower), str(t.upper), t.state]
        for t in run.scorecard.targets
        if t.unit == "320681"
    )
    assert targets == sorted(table("目标"))
    assert next(gate for gate in run.scorecard.gates if gate.unit == "320681").state == "closed"
