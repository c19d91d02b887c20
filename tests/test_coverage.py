"""What cases leave untried is found by altering the rule; the cases proposed for it notice what none noticed before."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checker import pipeline
from checker.cases.coverage import Coverage, mark

LITTLE = Path(__file__).parent / "little"


@pytest.fixture
def little(tmp_path: Path) -> Path:
    return Path(shutil.copytree(LITTLE, tmp_path / "little"))


def of(measured: list[Coverage], name: str) -> Coverage:
    return next(each for each in measured if each.name == name)


def test_each_kind_of_slip_that_no_case_notices_is_told(little: Path) -> None:
    pack = pipeline.sound_pack(little)
    permit = of(pipeline.coverage(pack), "bus-permit")
    # valid on the last day, lapsed the day before: the border itself is tried from both sides.
    assert {change.place for change in permit.survivors} == {"applies~2"}
    assert permit.missing == ("unknown",)
    guards = of(pipeline.coverage(pack), "guards-standard")
    assert guards.missing == ("unknown", "not_applicable")


def test_a_border_that_is_tried_from_one_side_only(little: Path) -> None:
    path = little / "requirements" / "bus-permit.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("given: {permit_until: 2020-01-15}", "given: {permit_until: 2020-01-20}"), "utf-8")
    survivors = of(pipeline.coverage(pipeline.sound_pack(little)), "bus-permit").survivors
    assert any(change.place.startswith("require") for change in survivors)


def test_the_cases_proposed_notice_it(little: Path) -> None:
    pack = pipeline.sound_pack(little)
    before = pipeline.coverage(pack)
    lines = pipeline.proposals(pack, before)
    for rule, proposed in lines.items():
        path = next(little.rglob(f"{rule}.yaml"))
        text = path.read_text(encoding="utf-8").rstrip("\n")
        path.write_text("\n".join([text, *(f"  {line}" for line in proposed), ""]), encoding="utf-8")
    pack = pipeline.sound_pack(little)
    assert all(result.passed for result in pipeline.run_cases(pack))
    after = pipeline.coverage(pack)
    assert set(lines) == {"bus-monitored", "bus-permit", "guards-standard", "weekly-report"}
    for rule in lines:
        assert not of(after, rule).missing
        assert len(of(after, rule).survivors) < max(len(of(before, rule).survivors), 1)


def test_a_written_reason_settles_it(little: Path) -> None:
    pack = pipeline.sound_pack(little)
    (change,) = of(pipeline.coverage(pack), "bus-permit").survivors
    path = little / "requirements" / "bus-permit.yaml"
    reason = f"tolerates: {{{mark('bus-permit', change)}: every unit is a county}}\n"
    path.write_text(path.read_text(encoding="utf-8") + reason, encoding="utf-8")
    again = of(pipeline.coverage(pipeline.sound_pack(little)), "bus-permit")
    assert again.survivors == () and again.tolerated == (change,)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_the_command_line(little: Path, lang: str) -> None:
    told = [
        subprocess.run(
            [sys.executable, "-m", "checker", "test", str(little), "bus-permit", "--propose", "--lang", lang, *more],
            capture_output=True, text=True, encoding="utf-8",
        )
        for more in ((), ("--format", "json"))
    ]  # fmt: skip
    assert [each.returncode for each in told] == [2, 2]
    words = {
        "zh": ["没有样例：待核", "样例分辨不出", "可补的样例"],
        "en": ["no case: unknown", "no case notices", "cases that would"],
    }
    assert all(word in told[0].stdout for word in words[lang])
    (row,) = (each for each in json.loads(told[1].stdout)["coverage"] if each["name"] == "bus-permit")
    assert row["missing"] == ["unknown"] and len(row["survivors"]) == 1
