"""A date or a number changed in YAML, in either spelling → only the verdicts that it is about change. No Python touched."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from checker import check

ROOT = Path(__file__).parents[1]
COUNTY = ROOT / "examples" / "county"
Row = tuple[object, ...]
Edit = Callable[[str, str, str], None]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture
def edit(rules: Path) -> Edit:
    def change(file: str, before: str, after: str) -> None:
        path = next(rules.rglob(file))
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1, text
        path.write_text(text.replace(before, after), encoding="utf-8")

    return change


def said(rules: Path) -> tuple[set[Row], set[Row]]:
    """Findings, and how many subjects have which verdict under which rule."""
    run = check(rules / "nantong-2019", COUNTY, as_of=date(2020, 1, 15), unit="启东市")
    columns = ["rule", "key", "period", "verdict", "status", "days_overdue"]
    counted = ["rule", "unit", "period", "verdict", "status", "n"]
    return set(run.findings.select(columns).iter_rows()), set(run.scorecard.counts.select(counted).iter_rows())


def test_an_earlier_due_date_in_english(rules: Path, edit: Edit) -> None:
    before, counts = said(rules)
    edit("guards-private-kindergarten.yaml", "due: 2020-12-31", "due: 2020-01-10")
    after, recounted = said(rules)
    rule = "guards-private-kindergarten"
    assert before - after == {
        (rule, "1132006009", None, "fail", "not_due", None),
        (rule, "1132006011", None, "unknown", "not_due", None),
    }
    assert after - before == {
        (rule, "1132006009", None, "fail", "overdue", 5),
        (rule, "1132006011", None, "unknown", "overdue", 5),
    }
    assert {row[0] for row in counts ^ recounted} == {rule}


def test_another_number_in_chinese(rules: Path, edit: Edit) -> None:
    before, counts = said(rules)
    below, rest = "      - {不足: 100, 取值: ", "}\n      - {不超过: 1000"
    edit("guards.yaml", f"{below}1{rest}", f"{below}2{rest}")
    after, recounted = said(rules)
    assert before <= after
    assert after - before == {("guards-standard", "1132006010", None, "fail", "not_due", None)}
    assert {row[0] for row in counts ^ recounted} == {"guards-standard"}


def test_another_due_date_in_chinese(rules: Path, edit: Edit) -> None:
    before, counts = said(rules)
    edit("guards-standard.yaml", "    期限: 2020-12-31", "    期限: 2020-01-14")
    after, recounted = said(rules)
    assert {row[0] for row in (before ^ after) | (counts ^ recounted)} == {"guards-standard"}
    assert {row[4:] for row in after if row[0] == "guards-standard"} == {("overdue", 1)}


def test_a_rule_that_is_no_longer_there(rules: Path) -> None:
    before, counts = said(rules)
    next(rules.rglob("protection-post.yaml")).unlink()
    after, recounted = said(rules)
    assert after <= before and recounted <= counts
    assert {row[0] for row in counts - recounted} == {"protection-post"}
