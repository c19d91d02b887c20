"""States of hazards: from dated entries and evidence, as of any day, the same on both engines; every fault of the document is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import pipeline
from checker.courses import Standing
from checker.errors import UsageError
from checker.pipeline.judging import BUILT_IN, Engine
from checker.pipeline.standing import course_text, courses, courses_json, courses_text
from checker.plan import Run
from checker.reports.standing import Courses

ROOT = Path(__file__).parent
PACK = pipeline.sound_pack("nantong-2019")
AS_OF = date(2020, 12, 31)
SCHOOL = "2132000011"


def on(month: int, day: int = 1) -> date:
    return date(2020, month, day)


def run_of(*rows: dict[str, object]) -> Run:
    school = PACK.tables["institution"]
    frame = pl.DataFrame([{school.key: SCHOOL, school.title: "甲校", school.parents["unit"]: "320681"}])
    told = [{"id": f"H{at}", "institution_code": SCHOOL, "found_on": on(3), **row} for at, row in enumerate(rows)]
    hazards = pl.DataFrame(told, infer_schema_length=None)
    return pipeline.run(PACK, pipeline.from_frames(PACK, {"institution": frame, "hazard": hazards}), AS_OF)


def asked(run: Run, day: date = AS_OF, engine: Engine = "columnar") -> Courses:
    (told,) = courses(run, day, engine=engine)
    return told


def states(standing: Standing) -> list[str]:
    return [step.state for step in standing.steps]


RECTIFIED = {"owner": "李某", "rectified_on": on(4)}
ACCEPTED = {**RECTIFIED, "accepted_on": on(5), "acceptor": "王某"}


@pytest.mark.parametrize(
    ("row", "way", "doubts"),
    [
        ({}, ["found"], []),
        ({"uploaded_on": on(3, 3), "followed_up_on": on(3, 9)}, ["found", "uploaded", "followed"], []),
        ({**RECTIFIED, "uploaded_on": on(4, 20)}, ["found", "rectified"], []),  # uploaded late: no way back
        (ACCEPTED, ["found", "rectified", "accepted"], []),
        ({**ACCEPTED, "acceptor": "李某"}, ["found", "rectified"], [("refused", "accepted")]),  # by whom it was put right
        ({**ACCEPTED, "acceptor": None}, ["found", "rectified"], [("unshown", "accepted")]),
        ({**ACCEPTED, "rectified_on": None}, ["found"], [("jumped", "accepted")]),
        ({**ACCEPTED, "accepted_on": on(3, 20)}, ["found", "rectified"], [("jumped", "accepted")]),
        ({**ACCEPTED, "looked_back_on": on(6), "recurred": False}, ["found", "rectified", "accepted", "closed"], []),
        ({**ACCEPTED, "looked_back_on": on(6), "recurred": True}, ["found", "rectified", "accepted", "reopened"], []),
        ({**ACCEPTED, "looked_back_on": on(6), "recurred": None}, ["found", "rectified", "accepted"],
         [("unshown", "closed"), ("unshown", "reopened")]),
        ({"status": "accepted"}, ["found"], [("claimed", "found")]),
        ({**ACCEPTED, "status": "accepted"}, ["found", "rectified", "accepted"], []),
        ({"found_on": None, "rectified_on": on(4)}, [], [("jumped", "rectified")]),
    ],
)  # fmt: skip
def test_which_way_it_went(row: dict[str, object], way: list[str], doubts: list[tuple[str, str]]) -> None:
    for engine in BUILT_IN:
        (found,) = asked(run_of(row), engine=engine).found
        assert (states(found), list(found.doubts)) == (way, doubts)


def test_it_came_back_and_was_put_right_again() -> None:
    again = {"rectified_on": on(8), "accepted_on": None, "looked_back_on": on(6), "recurred": True}
    (found,) = asked(run_of({**ACCEPTED, **again})).found
    assert states(found) == ["found", "rectified"]  # a row holds one day of each kind: what went before is not shown
    assert ("jumped", "reopened") in found.doubts


def test_late_is_what_is_not_settled_in_time() -> None:
    rows = [{"deadline": on(4), **more} for more in ({}, RECTIFIED, ACCEPTED)] + [{"deadline": None, "found_on": None}]
    told = asked(run_of(*rows))
    assert [each.late for each in told.found] == [True, True, False, None]
    assert [each.late for each in asked(run_of(*rows), on(3, 15)).found][:3] == [False, False, False]


def test_what_was_found_later_was_not_there() -> None:
    told = asked(run_of({}, {"found_on": on(7)}), on(6))
    assert [told.key(each) for each in told.found] == ["H0"]


DAYS = st.none() | st.integers(0, 12).map(lambda days: on(3) + timedelta(days))
ROWS = st.fixed_dictionaries(
    {
        "found_on": st.integers(0, 5).map(lambda days: on(3) + timedelta(days)),
        **dict.fromkeys(
            ("uploaded_on", "followed_up_on", "rectified_on", "accepted_on", "looked_back_on", "deadline"), DAYS
        ),
        "acceptor": st.sampled_from([None, "王某", "李某"]),
        "owner": st.sampled_from([None, "李某"]),
        "recurred": st.sampled_from([None, True, False]),
        "status": st.sampled_from([None, "open", "in_progress", "rectified", "accepted"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=6), st.integers(0, 14).map(lambda days: on(3) + timedelta(days)))
def test_the_states_of_a_day_are_what_had_come_until_then(rows: list[dict[str, object]], day: date) -> None:
    run = run_of(*rows)
    late, early = asked(run), asked(run, day)
    assert [each.steps for each in asked(run, day, "reference").found] == [each.steps for each in early.found]
    assert [each.late for each in asked(run, day, "reference").found] == [each.late for each in early.found]
    whole = {each.row: each for each in late.found}
    order = {state.id: state for state in late.cycle.states}
    for each in early.found:
        assert each.steps == tuple(step for step in whole[each.row].steps if step.day <= day)
        for before, after in zip(each.steps, each.steps[1:], strict=False):
            assert before.state in order[after.state].after and before.day <= after.day
    for told in (early, late):
        total = told.tallies[-1]
        assert total.n == len(told.found) == sum(total.states.values()) + sum(not each.steps for each in told.found)
        assert total.settled == sum(each.state in ("accepted", "closed") for each in told.found)


def test_what_is_told() -> None:
    run = run_of({}, {**ACCEPTED, "status": "accepted"}, {"status": "accepted"}, {"found_on": on(11)})
    told = courses(run)
    text = courses_text(told, "zh")
    assert text.splitlines()[0] == "隐患流转状态（截至2020年12月31日，依据五（三））"
    whole = next(line.split() for line in text.splitlines() if line.strip().startswith("合计"))
    assert whole[1:] == ["4", "3", "0", "0", "0", "1", "0", "0", "2", "25%", "50%"]
    assert "待核对1条：自报已了结，登记不能说明，按登记是“已发现”（H2）" in text
    assert "整改率（自报）" not in courses_text(courses(run, on(6)), "zh")  # what is claimed now was not claimed then
    assert "accepted" in courses_text(told, "en")
    assert course_text(told, "H1", "zh").splitlines() == [
        "隐患 H1（启东市）",
        "  2020年3月1日  已发现",
        "  2020年4月1日  已整改待验收",
        "  2020年5月1日  已验收销号",
        "  2020年12月31日的状态：已验收销号",
    ]
    (entry,) = json.loads(courses_json(told, "zh"))
    assert [record["state"] for record in entry["records"]] == ["found", "accepted", "found", "found"]
    assert entry["units"][-1] | {"states": {}} == {
        "unit": None, "n": 4, "states": {}, "settled": 1, "reported": 2, "late": 2, "perhaps_late": 0, "doubts": {"claimed": 1},
    }  # fmt: skip
    with pytest.raises(UsageError):
        course_text(told, "H9", "zh")
    assert [tally.unit for tally in courses(run, unit="320681")[0].tallies] == ["320681"]


def test_the_command(tmp_path: Path) -> None:
    pipeline.save(run_of({}, ACCEPTED), tmp_path / "run")

    def said(*more: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "checker", "states", str(tmp_path / "run"), *more]
        done = subprocess.run(command, capture_output=True, cwd=ROOT.parent, check=False)
        return done.returncode, (done.stdout or done.stderr).decode()

    assert said("--on", "2020-04-15", "--unit", "启东")[1].splitlines()[-1].split()[:3] == ["启东市", "2", "1"]
    assert said("H1", "--on", "2020-04-15")[1].splitlines()[-1] == "  2020年4月15日的状态：已整改待验收"
    assert json.loads(said("--format", "json")[1])[0]["table"] == "hazard"
    code, told = said("H9")
    assert code == 2 and "U43" in told


def test_a_pack_without_it() -> None:
    little = pipeline.sound_pack(ROOT / "little")
    with pytest.raises(UsageError):
        courses(pipeline.run(little, pipeline.read_data(little, [ROOT / "little_data"]), date(2020, 1, 15)))


# --- faults --------------------------------------------------------------------------------------

SOUND = """\
schema: lifecycle/1
lifecycles:
  - subject: bus
    clause: 1-a
    late: permit_until < as_of
    states:
      - {id: known, name: {zh: 在册, en: known}, on: permit_until}
      - {id: gone, name: {zh: 停用, en: gone}, on: permit_until, needs: monitored, after: known, settled: yes}
"""


def little_with(folder: Path, text: str) -> Path:
    shutil.copytree(ROOT / "little", folder / "little")
    (folder / "little" / "lifecycle.yaml").write_text(text, "utf-8")
    return folder / "little"


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        ("", "", []),
        ("subject: bus", "subject: busses", [("E58", 3)]),
        ("clause: 1-a", "clause: 9-z", [("E58", 4)]),
        ("late: permit_until", "late: permit_til", [("E11", 5)]),
        ("on: permit_until, needs", "on: monitored, needs", [("E61", 8)]),
        ("on: permit_until, needs", "on: nothing, needs", [("E11", 8)]),
        ("needs: monitored", "needs: monitord", [("E11", 8)]),
        ("after: known", "after: unknown", [("E58", 8)]),
        (", after: known", "", [("E60", 8)]),
        ("after: known", "after: gone", [("E61", 8)]),
        ("id: gone", "id: known", [("E59", 8)]),
        ("    late:", "    reported_in: monitored\n    late:", [("E61", 5)]),
        ("    states", "    status", [("E07", 3), ("E06", 6)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_fault_has_its_place(old: str, new: str, expect: list[tuple[str, int]], tmp_path: Path) -> None:
    pack, found = pipeline.load_pack(little_with(tmp_path, SOUND.replace(old, new, 1)))
    whole = found if pack is None else pipeline.check_pack(pack, found)
    assert [(d.code, d.span.line) for d in whole if d.span.path.endswith("lifecycle.yaml")] == expect


def test_it_may_be_written_in_chinese(tmp_path: Path) -> None:
    chinese = """\
格式: 流转/1
流程:
  - 对象: 校车
    条款: 1-a
    逾期: 标牌有效期至 < 统计时点
    状态:
      - {编号: known, 名称: 在册, 日期: 标牌有效期至}
      - {编号: gone, 名称: 停用, 日期: 标牌有效期至, 凭据: 已接入监管系统, 接在: known, 了结: 是}
"""
    one, other = (
        pipeline.sound_pack(little_with(tmp_path / str(at), text)).lifecycles["bus"]
        for at, text in enumerate((chinese, SOUND))
    )
    assert [(s.id, s.on, s.after, s.settled) for s in one.states] == [
        (s.id, s.on, s.after, s.settled) for s in other.states
    ]
