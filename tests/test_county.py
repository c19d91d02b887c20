"""The county worked out by hand: findings and targets are exactly those written in 预期结果.md, on both engines, in both languages."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from checker import check, pipeline
from checker.plan import Run

COUNTY = Path(__file__).parents[1] / "examples" / "county"
TEXT = (COUNTY / "预期结果.md").read_text(encoding="utf-8")
COLUMNS = ["rule", "key", "period", "verdict", "status", "days_overdue"]


def part(title: str) -> str:
    return TEXT.split(f"## {title}")[1].split("\n## ")[0]


def table(title: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    rows = [line for line in part(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"\|", row)[1:-1]] for row in rows[2:]]


RULES = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", part("核对的规则")))
EXPECTED = sorted(row[:6] for row in table("问题"))


@pytest.fixture(params=["reference", "columnar"])
def run(request: pytest.FixtureRequest) -> Run:
    engine: pipeline.Engine = request.param
    return check("nantong-2019", COUNTY, as_of=date(2020, 1, 15), unit="启东市", engine=engine)


def test_the_rules_worked_out_are_there(run: Run) -> None:
    assert len(RULES) == 50
    assert {rule.id for rule in run.plan.pack.rules} >= RULES


def test_findings_and_targets_are_those_worked_out_by_hand(run: Run) -> None:
    own = run.findings.filter(unit="320681")
    found = (["" if cell is None else str(cell) for cell in row] for row in own.select(COLUMNS).iter_rows())
    assert sorted(row for row in found if row[0] in RULES) == EXPECTED
    targets = sorted(
        [t.rule, t.period, str(t.passed), str(t.failed), str(t.unknown), str(t.not_applicable), str(t.lower), str(t.upper), t.state]
        for t in run.scorecard.targets
        if t.unit == "320681" and t.rule in RULES
    )  # fmt: skip
    assert targets == sorted(table("目标"))
    gate = next(gate for gate in run.scorecard.gates if gate.unit == "320681")
    assert gate.state == "closed"
    # A bus whose permit has run out holds the gate, although nothing says by when it should have been renewed.
    blocking = [reason.gate for reason in gate.reasons if reason.effect == "blocks"]
    assert blocking[:2] == ["critical-overdue", "critical-now"]


def command(*args: str) -> str:
    done = subprocess.run([sys.executable, "-m", "checker", *args], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_reports_in_both_languages_tell_the_same(tmp_path: Path) -> None:
    folder = str(tmp_path / "run")
    command("run", "nantong-2019", str(COUNTY), "--as-of", "2020-01-15", "--unit", "启东市", "--out", folder)
    told = {}
    for lang in ("zh", "en"):
        listed = command("report", folder, "--format", "csv", "--unit", "320681", "--lang", lang)
        rows = [row for row in csv.DictReader(io.StringIO(listed.removeprefix("\ufeff"))) if row["rule"] in RULES]
        assert sorted([row[name] for name in COLUMNS] for row in rows) == EXPECTED
        told[lang] = {row["finding"] if "finding" in row else row["fingerprint"]: row["message"] for row in rows}
        report = json.loads(command("report", folder, "--format", "json", "--lang", lang))
        assert next(g["state"] for g in report["gates"] if g["unit"] == "320681") == "closed"
    assert told["zh"].keys() == told["en"].keys()
    for place, zh in told["zh"].items():
        assert re.search("[\u4e00-\u9fff]", zh)
        assert told["en"][place] != zh
