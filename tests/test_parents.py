"""Packs that build on each other: tables grow, rules add up, a county's own rules are for that county only."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from test_validate import FILES, write

from checker import check, pipeline
from checker.errors import Diagnostic

ROOT = Path(__file__).parents[1]
OVERLAY = ROOT / "examples" / "overlay" / "qidong-2019"

CHILD = {
    "pack.yaml": "schema: pack/1\nid: below\nversion: 0.1.0\ntitle: Below\nextends: little\n",
    "vocabulary/institution.yaml": "schema: vocabulary/1\ntable: institution\nfields:\n  extra: {name: {zh: 另有}, type: yes_no}\n",
}


def load(tmp_path: Path, **changed: str) -> tuple[object, list[Diagnostic]]:
    write(tmp_path / "little", FILES)
    return pipeline.load_pack(write(tmp_path / "below", CHILD | changed))


def test_what_stands_above_holds_below(tmp_path: Path) -> None:
    write(tmp_path / "little", FILES)
    above = pipeline.sound_pack(tmp_path / "little")
    below = pipeline.sound_pack(write(tmp_path / "below", CHILD))
    assert below.id == "below" and below.extends == "little"
    assert [rule.id for rule in below.rules] == [rule.id for rule in above.rules]
    assert (below.phases, below.begins, below.ends) == (above.phases, above.begins, above.ends)
    assert set(below.tables["institution"].fields) == {*above.tables["institution"].fields, "extra"}
    assert pipeline.check_pack(below) == pipeline.check_pack(above)
    assert below.digest != above.digest


def test_digest_does_not_depend_on_the_place(tmp_path: Path) -> None:
    write(tmp_path / "one" / "little", FILES)
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    packs = [pipeline.sound_pack(write(tmp_path / at / "below", CHILD)) for at in ("one", "other")]
    assert packs[0].digest == packs[1].digest


@pytest.mark.parametrize(
    ("file", "text", "code", "says"),
    [
        ("pack.yaml", CHILD["pack.yaml"].replace("little", "nowhere"), "E58", "nowhere"),
        ("pack.yaml", CHILD["pack.yaml"].replace("little", "below"), "E61", "绕回"),
        (
            "vocabulary/institution.yaml",
            CHILD["vocabulary/institution.yaml"].replace("extra", "students"),
            "E59",
            "students",
        ),
        (
            "vocabulary/institution.yaml",
            CHILD["vocabulary/institution.yaml"].replace("fields:", "when_empty: open\nfields:"),
            "E61",
            "when_empty",
        ),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, file: str, text: str, code: str, says: str) -> None:
    _, faults = load(tmp_path, **{file: text})
    assert [fault.code for fault in faults if says in fault.message.zh] == [code], faults


def test_a_county_can_only_add() -> None:
    """Its rules judge its own schools, and every rule of the city still holds there."""
    county = ROOT / "examples" / "county"
    city, own = (check(pack, county, as_of=date(2020, 7, 1), unit="启东市") for pack in ("nantong-2019", OVERLAY))
    columns = ["rule", "key", "period", "verdict", "status"]
    before, after = (set(run.findings.select(columns).iter_rows()) for run in (city, own))
    added = {row[0] for row in after - before}
    assert before <= after
    assert added == {"qidong-private-guards", "qidong-public-guards"}
    private = {row[1:] for row in after if row[0] == "qidong-private-guards"}
    assert private == {
        ("1132006009", None, "fail", "overdue"),
        ("1132006011", None, "unknown", "overdue"),
    }
    assert {rule.tightens for rule in own.plan.pack.rules if rule.tightens} == {
        "guards-private-kindergarten",
        "guards-public-kindergarten",
    }
    counts = own.scorecard.counts
    covered = counts.filter((counts["unit"] == "320681") & (counts["rule"] == "qidong-key-areas"))
    assert dict(covered.select("verdict", "n").iter_rows()) == {"pass": 11, "not_applicable": 1}
    others = counts.filter((counts["unit"] != "320681") & counts["rule"].str.starts_with("qidong-"))
    assert set(others["verdict"]) <= {"not_applicable"}


def test_every_case_of_the_overlay_holds() -> None:
    pack = pipeline.sound_pack(OVERLAY)
    assert not [d for d in pipeline.check_pack(pack) if d.is_error]
