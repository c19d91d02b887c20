"""Clauses and the book: every clause with its rules, what lacks a rule is told, and the page needs nothing from outside."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from checker import pipeline

ROOT = Path(__file__).parents[1]
PACK = ROOT / "rules" / "nantong-2019"


def command(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "checker", *args], capture_output=True, text=True, encoding="utf-8")


def test_every_clause_of_the_plan_is_accounted_for() -> None:
    done = command("clauses", str(PACK), "--format", "json")
    rows = {row["id"]: row for row in json.loads(done.stdout)["clauses"] if row["quote"]}
    assert done.returncode == 0
    assert len(rows) == 258
    source = (PACK / "source.txt").read_text(encoding="utf-8")
    for row in rows.values():
        assert source[row["start"] : row["end"]] == row["quote"]
        assert row["rules"] or (row["standing"] == "narrative" and row["reason"])


def test_a_clause_that_loses_its_rule_is_told(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    next(tmp_path.rglob("walls.yaml")).unlink()
    for lang, words in (("zh", "应当判定而没有规则的条款"), ("en", "should be judged and have no rule")):
        done = command("clauses", str(tmp_path / "rules" / "nantong-2019"), "--lang", lang)
        assert done.returncode == 2
        assert words in done.stdout and "3.2.7-h" in done.stdout


def test_one_clause_with_its_rules() -> None:
    done = command("clauses", str(PACK), "3.2.4-e", "--lang", "zh")
    assert done.returncode == 0
    assert "加强校车安全管理" in done.stdout and "bus-permit" in done.stdout


def test_an_unknown_clause_is_refused() -> None:
    done = command("clauses", str(PACK), "9.9-z")
    assert done.returncode == 2 and "9.9-z" in done.stderr and "Traceback" not in done.stderr


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outside += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_book_has_every_clause_rule_and_value(tmp_path: Path, lang: str) -> None:
    path = tmp_path / "book.html"
    assert command("docs", str(PACK), "--out", str(path), "--lang", lang).returncode == 0
    page = path.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == [] and tags.outside == []
    pack = pipeline.sound_pack(PACK)
    for clause in pack.clauses.values():
        assert clause.id in page
    in_force = {rule.id for rule in pack.rules if rule.revisions[0].since <= (pack.ends or rule.revisions[0].since)}
    in_force |= {rule.id for rule in pack.escalations.rules}
    assert set(re.findall(r"<code>([a-z0-9-]+)</code>", page)) == in_force
    for parameter in pack.parameters.values():
        assert (parameter.name.zh if lang == "zh" else parameter.name.en) in page.replace("\\", "")
