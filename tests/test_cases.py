"""Cases of rules: facts in both languages become records, engines judge them, differences are told with their reasons."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checker import pipeline
from checker.cases import CaseResult
from checker.cases.given import Facts, read_facts
from checker.errors import Diagnostic
from checker.model import Case, Pack, Rule

LITTLE = Path(__file__).parent / "little"
Edit = Callable[..., Path]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return pipeline.sound_pack(LITTLE)


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A copy of the little pack with replacements in one rule's file."""

    def edit(rule: str, changes: Mapping[str, str]) -> Path:
        root = tmp_path / "pack"
        if not root.exists():
            shutil.copytree(LITTLE, root)
        path = root / "requirements" / f"{rule}.yaml"
        text = path.read_text("utf-8")
        for before, after in changes.items():
            assert before in text
            text = text.replace(before, after)
        path.write_text(text, "utf-8")
        return root

    return edit


def rule_of(pack: Pack, name: str) -> Rule:
    return next(rule for rule in pack.rules if rule.id == name)


def facts(pack: Pack, rule: str, given: Mapping[str, object]) -> tuple[Facts, list[Diagnostic]]:
    case = replace(rule_of(pack, rule).cases[0], given=given)
    return read_facts(pack, rule_of(pack, rule).subject, case, "c")


def only(results: list[CaseResult]) -> list[Diagnostic]:
    return sorted({r.diagnostic for r in results if r.diagnostic is not None}, key=lambda d: d.span)


def test_all_cases_of_the_little_pack_hold_on_both_engines(pack: Pack) -> None:
    results = pipeline.run_cases(pack)
    assert {result.engine for result in results} == {"reference", "columnar"}
    assert len(results) == 2 * sum(len(rule.cases) for rule in pack.rules)
    assert [result for result in results if not result.passed] == []


def test_one_rule_one_engine(pack: Pack) -> None:
    results = pipeline.run_cases(pack, ["video-linked"], ["reference"])
    assert [(r.case, r.verdict, r.status, r.days) for r in results] == [
        ("linked", "pass", "in_force", None),
        ("past the deadline", "fail", "overdue", 15),
        ("claimed and not shown", "unknown", "overdue", 15),
        ("nothing reported", "unknown", "not_due", None),
        ("a university", "not_applicable", "", None),
        ("before the plan", "no_subject", "", None),
    ]


# --- facts → records ----------------------------------------------------------------------------------


def test_both_languages_make_the_same_records(pack: Pack) -> None:
    chinese, none = facts(
        pack, "bus-monitored", {"校车数": "2", "学校类别": "小学", "校车": [{"已接入监管系统": "是"}]}
    )
    english, nor = facts(
        pack, "bus-monitored", {"bus_count": "2", "school_type": "primary", "bus": [{"monitored": "yes"}]}
    )
    assert none == nor == []
    assert [r.values for r in chinese.records] == [r.values for r in english.records]
    school, bus = english.records
    assert school.values["bus_count"] == 2
    assert bus.values["institution_code"] == school.key


def test_ancestors_are_made_and_linked_on_the_way(pack: Pack) -> None:
    found, faults = facts(pack, "bus-permit", {"unit": {"kind": "county"}, "institution": {"operating": "no"}})
    assert faults == []
    bus, school, unit = found.records
    assert bus.table.id == "bus"
    assert (school.table.id, school.values["operating"]) == ("institution", False)
    assert bus.values["institution_code"] == school.key
    assert school.values["unit_code"] == unit.key


def test_a_unit_named_by_its_code_is_the_pack_s_unit(pack: Pack) -> None:
    found, _ = facts(pack, "video-linked", {"unit_code": "320681"})
    unit = found.records[-1]
    assert (unit.table.id, unit.values["name"], unit.values["kind"]) == ("unit", "启东市", "county")
    assert ("unit", "320681") in found.own_keys


def test_rows_nest_and_returns_and_days_are_read(pack: Pack) -> None:
    found, faults = facts(
        pack,
        "weekly-report",
        {"institution": [{"bus": [{}, {}]}], "returned": {"报送": "2020-03-31"}, "received_on": "2020-01-02"},
    )
    assert faults == []
    unit, school, first, second = found.records
    assert unit.returned == {"report": date(2020, 3, 31)}
    assert unit.values["received_on"] == date(2020, 1, 2)
    assert school.values["unit_code"] == unit.key
    assert {first.values["institution_code"], second.values["institution_code"]} == {school.key}
    assert len({record.key for record in found.records}) == 4


def test_an_empty_text_is_a_missing_value(pack: Pack) -> None:
    found, faults = facts(pack, "video-linked", {"video_linked": ""})
    assert faults == []
    assert found.records[0].values["video_linked"] is None


@pytest.mark.parametrize(
    ("given", "code", "zh"),
    [
        ({"在勤": "是"}, "E11", "“学校”没有名为“在勤”的列"),
        ({"owing": "yes"}, "E11", "推出来的"),
        ({"school_type": "小学校"}, "E12", "“学校类别”没有选项“小学校”"),
        ({"students": "三百"}, "E13", "应是整数"),
        ({"students": "1.5"}, "E13", "应是整数"),
        ({"operating": "true"}, "E13", "“是”或“否”"),
        ({"operating": ["yes"]}, "E13", "只能有一个值"),
        ({"report": [{}]}, "E11", "“报送”不是“学校”的下级表"),
        ({"bus": {"monitored": "yes"}}, "E13", "是一张表"),
        ({"bus": ["yes"]}, "E13", "每一行"),
        ({"bus": [{"permit_until": "2020-1-1"}]}, "E10", "2019-12-31"),
        ({"bus": [{"permit_until": "20200101"}]}, "E10", "2019-12-31"),
        ({"bus": [{"permit_until": "2019-11-31"}]}, "E10", "2019-11-31"),
        ({"returned": "2020-01-01"}, "E13", "收表"),
        ({"returned": {"report": "2020-01-01"}}, "E11", "下级表"),
    ],
)
def test_what_cannot_be_read_is_told(pack: Pack, given: Mapping[str, object], code: str, zh: str) -> None:
    _, faults = facts(pack, "video-linked", given)
    assert [fault.code for fault in faults] == [code]
    assert zh in faults[0].message.zh
    assert faults[0].span.line > 0


def test_a_near_name_is_proposed(pack: Pack) -> None:
    _, faults = facts(pack, "video-linked", {"在勤": "是"})
    assert faults[0].hint is not None
    assert "在办" in faults[0].hint.zh


# --- differences --------------------------------------------------------------------------------------


def test_a_wrong_expectation_names_the_deciding_values(edited: Edit) -> None:
    changes = {"expect: fail, status: overdue, days: 15": "expect: pass, status: in_force, days: 3"}
    root = edited("video-linked", {**changes, "expect: not_applicable": "expect: fail"})
    found, other = only(pipeline.run_cases(pipeline.sound_pack(root)))
    assert found.code == "E16"
    assert found.span.path.endswith("requirements/video-linked.yaml")
    assert found.span.line == 18
    assert found.message.zh == (
        "样例“past the deadline”：应判达标，实判不达标；时限应为应达标，实为逾期；天数应为3天，实为15天。"
        "起作用的条件：视频监控已联网＝否"
    )
    assert found.message.en.startswith('case "past the deadline": expected pass, got fail')
    assert other.message.zh.endswith("应判不达标，实判不适用。起作用的条件：学校类别＝高校，在办＝是")


def test_why_something_passes_is_told_too(edited: Edit) -> None:
    root = edited("guards-standard", {"students: 1500": "students: 1400"})
    (found,) = only(pipeline.run_cases(pipeline.sound_pack(root)))
    assert "实判达标" in found.message.zh
    assert "专职保安人数＝2" in found.message.zh


def test_a_recurring_case_must_say_which_period(edited: Edit) -> None:
    root = edited("weekly-report", {"as_of: 2020-02-01, period: 2020-W03, given: {}": "as_of: 2020-02-01, given: {}"})
    (found,) = only(pipeline.run_cases(pipeline.sound_pack(root)))
    assert "没有写明期次" in found.message.zh


def test_engines_that_differ_are_named(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = pipeline.evaluate

    def wrong_columnar(*args: object, **options: object) -> object:
        import polars as pl

        found = honest(*args, **options)  # type: ignore[arg-type]
        if options.get("engine") != "columnar" or found.verdicts is None:
            return found
        return replace(found, verdicts=found.verdicts.with_columns(pl.lit("unknown").alias("verdict")))

    monkeypatch.setattr(pipeline.trying, "evaluate", wrong_columnar)
    found = only(pipeline.run_cases(pack, ["guards-standard"]))
    assert len(found) == 2
    assert all(each.message.zh.endswith("（columnar）") for each in found)


def test_the_same_key_in_two_cases_does_not_mix_them(pack: Pack) -> None:
    rule = rule_of(pack, "bus-permit")
    day = date(2020, 1, 15)

    def case(name: str, operating: str, expect: str) -> Case:
        given = {
            "plate": "苏F00001",
            "permit_until": "2020-01-01",
            "institution": {"code": "1", "operating": operating, "unit_code": "320681"},
        }
        return replace(rule.cases[0], name=name, as_of=day, given=given, expect=expect, status="", days=None)

    both = replace(rule, cases=(case("open", "yes", "fail"), case("closed", "no", "not_applicable")))
    results = pipeline.run_cases(replace(pack, rules=(both,)))
    assert [r.diagnostic for r in results] == [None] * 4


def test_ten_times_the_rules_ask_the_engines_at_most_ten_times_as_often(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many cases are judged in one go; a go with all rules for each case would make it a hundred times."""
    asked = 0
    honest = pipeline.trying.evaluate

    def counted(*args: object, **options: object) -> object:
        nonlocal asked
        asked += 1
        return honest(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline.trying, "evaluate", counted)

    def calls(n: int) -> int:
        nonlocal asked
        asked = 0
        many = replace(pack, rules=tuple(replace(r, id=f"{r.id}-{i}") for i in range(n) for r in pack.rules))
        assert all(result.passed for result in pipeline.run_cases(many))
        return asked

    assert 0 < calls(10) <= 10 * calls(1)
