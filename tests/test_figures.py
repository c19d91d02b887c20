"""Figures of a pack: both engines count alike, unknown stays an interval, claims count without evidence, every fault is told."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import pipeline
from checker.model import Pack
from checker.pipeline.judging import BUILT_IN, Engine, figures
from checker.plan import Run

ROOT = Path(__file__).parent
PACK = pipeline.sound_pack("nantong-2019")
AS_OF = date(2020, 1, 15)
SCHOOLS = [
    {"institution_code": "2132000011", "institution_name": "甲校", "unit_code": "320681"},
    {"institution_code": "2132000012", "institution_name": "乙校", "unit_code": "320602"},
]
EXPECTED_KEYS = ["figure", "column", "unit", "meant", "counted", "not_counted", "unknown", "lower", "upper"]


def hazards(*rows: dict[str, object], as_of: date = AS_OF, engine: Engine = "columnar") -> Run:
    school = PACK.tables["institution"]
    frame = pl.DataFrame(
        [
            {
                school.key: each["institution_code"],
                school.title: each["institution_name"],
                school.parents["unit"]: each["unit_code"],
            }
            for each in SCHOOLS
        ]
    )
    told = [
        {"id": f"H{at}", "institution_code": "2132000011", "found_on": date(2019, 11, 1), **row}
        for at, row in enumerate(rows)
    ]
    tables = pipeline.from_frames(PACK, {"institution": frame, "hazard": pl.DataFrame(told, infer_schema_length=None)})
    return pipeline.run(PACK, tables, as_of, engine=engine)


def result(run: Run, figure: str, column: str, unit: str = "320681") -> tuple[int, int, int]:
    (found,) = (r for r in run.figures if (r.figure, r.column, r.unit) == (figure, column, unit))
    return found.counted, found.rest, found.unknown


ACCEPTED = {"status": "accepted", "accepted_on": date(2019, 12, 20), "acceptor": "王某"}
CLAIMED = {"status": "rectified"}
BARE = {"status": "accepted"}  # says that it was accepted, and shows neither day nor name
OPEN = {"status": "open"}


def test_what_is_reported_and_what_is_accepted_stand_side_by_side() -> None:
    run = hazards(ACCEPTED, CLAIMED, BARE, OPEN, {**ACCEPTED, "institution_code": "2132000012"})
    assert result(run, "hazards-put-right", "claimed") == (3, 1, 0)
    assert result(run, "hazards-put-right", "accepted") == (1, 1, 2)
    assert result(run, "hazards-put-right", "accepted", "320602") == (1, 0, 0)


def test_only_what_is_meant_is_counted() -> None:
    run = hazards({**OPEN, "source": "provincial"}, {**OPEN, "source": "self"}, {**ACCEPTED, "source": "provincial"})
    assert result(run, "campaign-hazards-put-right", "accepted") == (1, 1, 0)
    assert result(run, "hazards-put-right", "accepted") == (1, 2, 0)


def test_past_their_day() -> None:
    late, early = date(2020, 1, 14), date(2020, 1, 15)
    run = hazards(*({**OPEN, "deadline": day} for day in (late, late, early)), {**CLAIMED, "deadline": late})
    assert result(run, "hazards-past-their-day", "claimed") == (2, 1, 0)
    assert result(run, "hazards-past-their-day", "unresolved") == (2, 0, 1)


CELLS = st.fixed_dictionaries(
    {"status": st.sampled_from(["open", "in_progress", "rectified", "accepted", None])},
    optional={
        "accepted_on": st.sampled_from([date(2019, 12, 20), date(2020, 2, 1), None]),
        "acceptor": st.sampled_from(["王某", None]),
        "deadline": st.sampled_from([date(2019, 12, 1), date(2020, 3, 1), None]),
        "source": st.sampled_from(["provincial", "self", None]),
        "institution_code": st.sampled_from(["2132000011", "2132000012"]),
    },
)


@settings(max_examples=25, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=6))
def test_the_engines_count_alike_and_acceptance_never_exceeds_the_claim(rows: list[dict[str, object]]) -> None:
    tables = hazards(*rows).tables
    one, other = (figures(PACK, tables, AS_OF, None, engine) for engine in BUILT_IN)
    assert one == other
    told = {(r.figure, r.column, r.unit): r for r in one}
    for (figure, column, unit), accepted in told.items():
        if column == "accepted":
            claimed = told[figure, "claimed", unit]
            assert accepted.meant == claimed.meant
            assert accepted.counted <= claimed.counted + claimed.unknown


def test_run_by_run_against_a_milestone(tmp_path: Path) -> None:
    mine = {"source": "provincial"}
    early = hazards(*[{**CLAIMED, **mine}] * 12, as_of=date(2019, 12, 31))
    pipeline.save(early, tmp_path / "early")
    before = pipeline.earlier_runs(PACK, AS_OF, [tmp_path / "early"])
    assert before[0].figures == early.figures
    now = hazards(*[{**ACCEPTED, **mine}] * 12)
    run = pipeline.run(PACK, now.tables, AS_OF, earlier=before)
    pipeline.save(run, tmp_path / "now")
    again = pipeline.open_run(tmp_path / "now")
    assert (again.figures, again.earlier[0].figures) == (run.figures, early.figures)
    text = pipeline.report(again, "text", "zh").decode()
    assert "自报整改率100% → 100%（12/12处）；验收整改率0%—100% → 100%（12/12处）" in text
    assert "节点：2019年12月31日应达到95%（暂定），自报整改率已按期达到，验收整改率到2020年1月15日才达到。" in text
    page = pipeline.report(again, "html", "zh").decode()
    assert "历次：0%—100% → 100%" in page
    entries = json.loads(pipeline.report(again, "json", "zh"))["figures"]
    assert [list(entry) for entry in entries] == [EXPECTED_KEYS] * len(run.figures)
    assert pipeline.verify(tmp_path / "now").faults == {}


def test_a_unit_sees_its_own_only() -> None:
    run = hazards(ACCEPTED, {**OPEN, "institution_code": "2132000012"})
    own = pipeline.only_unit(run, "320681")
    assert {each.unit for each in own.figures} == {"320681"}
    assert "合计" not in pipeline.report(own, "text", "zh").decode().split("统计指标")[1].split("\n\n")[0]


# --- faults --------------------------------------------------------------------------------------

SOUND = """\
schema: figures/1
figures:
  - id: linked
    name: {zh: 联网率, en: Linked}
    clause: 1-a
    subject: institution
    show: share
    columns:
      - {id: all, name: {zh: 联网, en: linked}, counted: video_linked}
    milestones:
      - {on: 2019-12-31, rate: 95%}
"""


def told(folder: Path, text: str) -> list[tuple[str, int]]:
    shutil.copytree(ROOT / "little", folder / "little")
    (folder / "little" / "figures.yaml").write_text(text, "utf-8")
    pack, found = pipeline.load_pack(folder / "little")
    whole = found if pack is None else pipeline.check_pack(pack, found)
    return [(d.code, d.span.line) for d in whole if d.span.path.endswith("figures.yaml")]


@pytest.mark.parametrize(
    ("old", "new", "expect"),
    [
        ("", "", []),
        ("video_linked}", "video_linkd}", [("E11", 9)]),
        ("counted: video_linked", "counted: code = 3", [("E13", 9)]),
        ("clause: 1-a", "clause: 9-z", [("E58", 5)]),
        ("subject: institution", "subject: schools", [("E58", 6)]),
        ("show: share", "show: pie", [("E56", 7)]),
        ("show: share", "show: number", [("E61", 11)]),
        ("rate: 95%", "rate: much", [("E57", 11)]),
        ("on: 2019-12-31", "on: 2019-11-31", [("E09", 11)]),
        ("rate: 95%}", "rate: 95%}\n      - {on: 2019-12-01, rate: 99%}", [("E15", 11)]),
        ("    milestones", "      - {id: all, name: x, counted: operating}\n    milestones", [("E59", 10)]),
        ("    columns:", "    colums:", [("E07", 3), ("E06", 8)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_fault_has_its_place(old: str, new: str, expect: list[tuple[str, int]], tmp_path: Path) -> None:
    assert told(tmp_path, SOUND.replace(old, new, 1)) == expect


def test_it_may_be_written_in_chinese(tmp_path: Path) -> None:
    chinese = """\
格式: 统计指标/1
统计指标:
  - 编号: linked
    名称: 联网率
    条款: 1-a
    对象: 学校
    表示: 比例
    口径:
      - {编号: all, 名称: 联网, 计入: 视频监控已联网, 按自报: 是}
    节点:
      - {日期: 2019-12-31, 比例: 95%}
"""
    shutil.copytree(ROOT / "little", tmp_path / "little")
    packs: list[Pack] = []
    for text in (chinese, SOUND):
        (tmp_path / "little" / "figures.yaml").write_text(text, "utf-8")
        packs.append(pipeline.sound_pack(tmp_path / "little"))
    one, other = (pack.figures[0] for pack in packs)
    assert (one.subject, one.show, one.milestones) == (other.subject, other.show, other.milestones)
    assert one.columns[0].as_claimed and not other.columns[0].as_claimed
    tables = pipeline.read_data(packs[0], [ROOT / "little_data"])
    claimed, shown = (
        {each.unit: (each.counted, each.rest, each.unknown) for each in pipeline.run(pack, tables, AS_OF).figures}
        for pack in packs
    )
    assert claimed == {"320681": (1, 1, 0), "320623": (1, 1, 0)}
    assert shown == {"320681": (1, 1, 0), "320623": (0, 1, 1)}  # one school shows no receipt
