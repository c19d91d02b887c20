"""Findings: units, order, numbers, sources, fingerprints; and the counts that go with them."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

import hand_built as make
import polars as pl
import pytest

from checker.find import find
from checker.plan import Plan, Source, Tables
from checker.units import in_charge

SCHOOLS = [
    {"code": "3201", "name": "城关小学", "unit_code": "320681"},
    {"code": "3202", "name": None, "unit_code": "320681"},
    {"code": "3203", "name": "海门幼儿园", "unit_code": "320684"},
]


def run(findings: list[dict[str, Any]], plan: Plan | None = None, tables: Tables | None = None) -> pl.DataFrame:
    plan = plan or make.plan(make.video(), make.permit())
    return find(plan, tables or make.data(SCHOOLS), make.evaluation(findings, []))[0]


@pytest.mark.parametrize(
    ("code", "day", "expect"),
    [
        ("320684", date(2020, 7, 2), "320684"),
        ("320684", date(2020, 7, 3), "320614"),
        ("320614", date(2020, 7, 2), "-"),  # not yet founded
        ("999999", date(2020, 7, 2), "-"),
    ],
)
def test_the_unit_in_charge(code: str, day: date, expect: str) -> None:
    assert in_charge(make.pack().units, code, day) == expect


def test_a_chain_of_units_that_ends_nowhere_or_in_itself() -> None:
    units = make.pack().units
    ended = {"a": make.Unit("a", units["320684"].name, "A", "county", valid_to=date(2020, 1, 1), successor="a")}
    assert in_charge(ended, "a", date(2020, 6, 1)) == "-"


def test_sorted_and_numbered_by_unit() -> None:
    frame = run(
        [
            make.found(1, 0, "苏F1", "320681"),
            make.found(0, 1, "3202", "320681"),
            make.found(0, 0, "3201", "320681"),
            make.found(0, 2, "3203", "320684"),
            make.found(0, 2, "3299", "-"),
            make.found(0, 2, "3298", "000000"),
        ]
    )
    assert frame["number"].to_list() == ["XX-0001", "XX-0002", "QD-0001", "QD-0002", "QD-0003", "HM-0001"]
    assert frame["key"].to_list() == ["3298", "3299", "3201", "3202", "苏F1", "3203"]
    assert frame["rule"].to_list()[2:5] == ["video-linked", "video-linked", "bus-permit"]
    assert frame["unit"].to_list()[:2] == ["-", "-"]


def test_joined_facts() -> None:
    first = make.found(0, 0, "3201", "320681", due=date(2019, 12, 31), days=15)
    row = run([first, make.found(0, 1, "3202", "320681")]).row(0, named=True)
    assert (row["name"], row["clause"], row["severity"], row["subject"]) == (
        "城关小学", "5.4-q", "critical", "institution",
    )  # fmt: skip
    assert (row["due"], row["days_overdue"], row["deferred"], row["change"]) == (date(2019, 12, 31), 15, False, None)


def test_without_a_title_the_key_is_the_name() -> None:
    assert run([make.found(0, 1, "3202", "320681")])["name"].to_list() == ["3202"]


def test_findings_move_to_the_successor_and_keep_their_identity() -> None:
    before = run([make.found(0, 2, "3203", "320684")])
    after = run([make.found(0, 2, "3203", "320684")], make.plan(make.video(), as_of=date(2020, 8, 1)))
    assert (before["unit"][0], after["unit"][0], after["number"][0]) == ("320684", "320614", "HQ-0001")
    assert before["fingerprint"][0] == after["fingerprint"][0]


def test_fingerprints_rest_on_pack_rule_subject_and_period_alone() -> None:
    plan = make.plan(make.weekly())
    row = make.found(0, 0, "320681", "320681", period="2020-W02")
    expected = sha256(b"nantong-2019|weekly-report|unit|320681|2020-W02").hexdigest()[:16]
    assert run([row], plan)["fingerprint"].to_list() == [expected]
    other_week = run([make.found(0, 0, "320681", "320681", period="2020-W03")], plan)
    assert other_week["fingerprint"][0] != expected


def test_a_cut_period_is_advice() -> None:
    rows = [make.found(0, 0, "320681", "320681", period=name) for name in ("2020-W03", "2020-W04")]
    assert run(rows, make.plan(make.weekly()))["advisory"].to_list() == [False, True]


# --- where it stands in the data -----------------------------------------------------------------

QIDONG = Source("上报/启东.xlsx", "Sheet1", "institution", {"code": "A", "kind": "C", "video_linked": "M"})
TECHNICAL = Source("技防.csv", "", "institution", {"code": "code", "video_linked": "video"})


def source(observed: dict[str, Any], origins: list[tuple[str, int, int, int]], *sources: Source) -> str | None:
    tables = make.data(SCHOOLS, sources=sources, origins=origins)
    return run([make.found(0, 0, "3201", "320681", observed=observed)], tables=tables)["source"][0]


def test_the_cell_of_the_deciding_field() -> None:
    observed = {"applies": None, "1": {"video_linked": False}}
    assert source(observed, [("institution", 0, 0, 9)], QIDONG) == "启东.xlsx《Sheet1》!M9"


def test_the_item_that_decides_is_the_one_that_counts() -> None:
    observed = {"applies": {"kind": None}, "1": None}
    assert source(observed, [("institution", 0, 0, 9)], QIDONG) == "启东.xlsx《Sheet1》!C9"


def test_a_record_of_several_sheets_is_looked_up_where_the_field_is() -> None:
    origins = [("institution", 0, 0, 9), ("institution", 0, 1, 4)]
    without = Source("启东.xlsx", "Sheet1", "institution", {"code": "A", "kind": "C"})
    assert source({"applies": None, "1": {"video_linked": False}}, origins, without, TECHNICAL) == "技防.csv!video:4"


def test_without_a_column_the_line() -> None:
    observed = {"applies": None, "1": {"video_linked": None}}
    without = Source("启东.xlsx", "Sheet1", "institution", {"code": "A"})
    assert source(observed, [("institution", 0, 0, 9)], without) == "启东.xlsx《Sheet1》!9"


def test_a_record_that_no_file_holds() -> None:
    assert source({"applies": None, "1": {}}, []) is None


# --- counts --------------------------------------------------------------------------------------


def test_counts_are_regrouped_to_the_units_in_force() -> None:
    cells = [
        make.counted(0, "320684", "pass", 3),
        make.counted(0, "320614", "pass", 4),
        make.counted(0, "320614", "not_applicable", 2),
        make.counted(0, "xyz", "fail", 1),
    ]
    plan = make.plan(make.video(), as_of=date(2020, 8, 1))
    counts = find(plan, make.data(), make.evaluation([], cells))[1]
    assert counts.select("unit", "verdict", "status", "n").rows() == [
        ("-", "fail", "overdue", 1),
        ("320614", "not_applicable", None, 2),
        ("320614", "pass", "overdue", 7),
    ]
    assert counts["due"].to_list() == [date(2019, 12, 31)] * 3
    assert counts["deferred"].to_list() == [False] * 3


def test_nothing_found() -> None:
    findings, counts = find(make.plan(make.video()), make.data(), make.evaluation([], []))
    assert (findings.height, counts.height) == (0, 0)
    assert findings.columns[0] == "number"
