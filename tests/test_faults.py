"""What policy staff get wrong: one clear, positioned message each, all at once, exit code 2, never a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACK = Path(__file__).parents[1] / "rules" / "nantong-2019"

GOOD = """\
schema: rule/1
id: {id}
title: {{zh: 测试规则, en: A rule for tests}}
clause: 5.4-q
subject: institution
severity: critical
responsible: {{lead: 市教育局}}
remedy: {{zh: 补齐, en: Mend it}}
revisions:
  - since: 2019-12-10
    applies: {applies}
    require: {require}
    due: {due}
background: {{school_type: primary, operating_status: operating}}
cases:
  - {{name: linked, as_of: 2020-01-15, given: {{video_linked: yes}}, expect: pass}}
{failing}
"""
FAILING = "  - {name: not linked, as_of: 2020-01-15, given: {video_linked: no}, expect: fail}"


def rule(
    id: str, *, applies: str = "k12", require: str = "video_linked", due: str = "2019-12-31", failing: str = FAILING
) -> str:
    return GOOD.format(id=id, applies=applies, require=require, due=due, failing=failing)


# file name → (text, code, line); the line is where the fault stands
FAULTS: dict[str, tuple[str, str, int]] = {
    "a-misspelt-key": (rule("a-misspelt-key").replace("severity:", "severty:"), "E06", 6),
    "b-wrong-type": (rule("b-wrong-type", require="students = yes"), "E13", 12),
    "c-unknown-field": (rule("c-unknown-field", require="vido_linked"), "E11", 12),
    "d-duplicate-key": (rule("d-duplicate-key").replace("    due:", "    due: 2020-01-01\n    due:"), "E05", 14),
    "e-bad-date": (rule("e-bad-date").replace("since: 2019-12-10", "since: 2019-11-31"), "E09", 10),
    "f-tab": (rule("f-tab").replace("    applies:", "\tapplies:"), "E02", 11),
    "g-wide-colon": (rule("g-wide-colon").replace("severity:", "severity："), "E01", 6),
    "h-colon-inside": (rule("h-colon-inside", require="\n      - every(bus: monitored)"), "E03", 13),
    "i-mixed": (rule("i-mixed", require="video_linked or alarm_linked and k12"), "E17", 12),
    "j-no-failing-case": (rule("j-no-failing-case", failing=""), "E18", 1),
    "k-choice": (rule("k-choice", applies="school_type = 小學"), "E12", 11),
}


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    pack = tmp_path / "nantong-2019"
    shutil.copytree(PACK, pack)
    folder = pack / "requirements" / "faults"
    folder.mkdir()
    for name, (text, _, _) in FAULTS.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return pack


def checker(*args: object, lang: str = "zh") -> tuple[int, str]:
    """Exit code and everything printed, as a user gets it."""
    command = [sys.executable, "-m", "checker", *map(str, args), "--lang", lang]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    return done.returncode, (done.stdout + done.stderr).decode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_fault_is_reported_at_once_with_its_place(broken: Path, lang: str) -> None:
    code, output = checker("validate", broken, lang=lang)
    assert code == 2
    assert "Traceback" not in output
    for name, (_, fault, line) in FAULTS.items():
        told = [text for text in output.splitlines() if f"{name}.yaml:{line}:" in text and f" {fault}" in text]
        assert len(told) == 1, (name, fault, [text for text in output.splitlines() if name in text])


def test_a_run_with_faulty_rules_is_refused(broken: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    code, output = checker("run", broken, data, "--as-of", "2020-01-15", "--out", tmp_path / "run")
    assert code == 2
    assert "Traceback" not in output
    assert not (tmp_path / "run").exists()
