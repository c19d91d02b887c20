"""Deferrals: which findings they cover, when they count, what they change; the same from YAML, CSV, a workbook and Python."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from deferred import SOUND

import checker
from checker import pipeline
from checker.errors import UsageError
from checker.model import Deferral, DeferralLimits
from checker.plan import Run
from checker.reports import deferring

ROOT = Path(__file__).parent
PACK = pipeline.sound_pack(ROOT / "little")
AS_OF = date(2020, 2, 1)


def run(*deferrals: Deferral, as_of: date = AS_OF, **limits: Any) -> Run:
    tables = pipeline.read_data(PACK, [ROOT / "little_data"])
    pack = replace(PACK, deferral_limits=DeferralLimits(**limits))
    return pipeline.run(pack, tables, as_of, deferrals=deferrals)


def state(deferral: Deferral, as_of: date = AS_OF, **limits: Any) -> str:
    (outcome,) = run(deferral, as_of=as_of, **limits).deferrals
    return outcome.state


def deferred(done: Run) -> list[tuple[str, str]]:
    return done.findings.filter("deferred").select("rule", "key").rows()


def test_one_that_counts() -> None:
    done = run(SOUND)
    assert deferred(done) == [("video-linked", "2132000011")]
    target = next(t for t in done.scorecard.targets if t.rule == "video-linked" and t.unit == "320681")
    assert (target.passed, target.failed, target.unknown, target.deferred, target.owed) == (1, 0, 0, 1, 2)
    assert target.state == "missed"  # a deferral is no pass


def test_counts_still_add_up() -> None:
    plain, done = run(), run(SOUND)
    assert plain.scorecard.counts["n"].sum() == done.scorecard.counts["n"].sum()
    assert done.scorecard.counts.filter("deferred")["n"].sum() == 1


@pytest.mark.parametrize(
    ("change", "expect"),
    [
        ({}, "counts"),
        ({"rule": "视频监控系统与公安机关联网"}, "counts"),
        ({"rule": "1-a"}, "counts"),
        ({"subjects": ("阳光幼儿园",)}, "counts"),
        ({"subjects": (), "unit": "启东市"}, "counts"),
        ({"subjects": (), "unit": "QD"}, "counts"),
        ({"expires": date(2020, 1, 31)}, "expired"),
        ({"expires": AS_OF}, "counts"),
        ({"approved_on": date(2020, 2, 2)}, "not_yet"),
        ({"approver": " 启东市教育局"}, "self_approved"),
        ({"interim": ""}, "incomplete"),
        ({"watched_by": ""}, "incomplete"),
        ({"document": ""}, "incomplete"),
        ({"approved_on": None}, "incomplete"),
        ({"subjects": ()}, "incomplete"),  # a whole rule is never deferred
        ({"expires": date(2021, 1, 1)}, "too_long"),  # past the plan's own end
        ({"subjects": ("2132000012",)}, "unmatched"),  # it passes
        ({"rule": "no-such"}, "unknown_rule"),
        ({"unit": "海门市"}, "unknown_unit"),
    ],
    ids=str,
)
def test_when_it_counts(change: dict[str, Any], expect: str) -> None:
    assert state(replace(SOUND, **change)) == expect


def test_a_rule_that_may_not_be_deferred() -> None:
    rules = tuple(replace(rule, may_defer=rule.id != "video-linked") for rule in PACK.rules)
    tables = pipeline.read_data(PACK, [ROOT / "little_data"])
    done = pipeline.run(replace(PACK, rules=rules), tables, AS_OF, deferrals=[SOUND])
    assert [outcome.state for outcome in done.deferrals] == ["forbidden"]
    assert deferred(done) == []


def test_limits_of_a_pack() -> None:
    assert state(SOUND, longest=(Fraction(6), "month")) == "too_long"
    assert state(SOUND, longest=(Fraction(7), "month")) == "counts"
    assert state(SOUND, share=Fraction(1, 2)) == "counts"  # one of the two schools of the county
    assert state(SOUND, share=Fraction(49, 100)) == "over_limit"


def test_what_does_not_count_defers_nothing_and_is_told() -> None:
    expired = replace(SOUND, expires=date(2020, 1, 31))
    done = run(expired)
    assert deferred(done) == []
    (told,) = deferring.reminders(done)
    assert (told.code, told.severity) == ("W28", "warning")
    assert told.message.zh.endswith("延期已于2020年1月31日到期，不再生效；1项问题恢复计算")


# --- where they come from ------------------------------------------------------------------------

KEYS = ("规则", "对象", "理由", "申请单位", "批准单位", "批准日期", "批准文号", "延期至", "防控措施", "盯防责任人")
ROW = (
    "video-linked", "2132000011", "整体搬迁", "启东市教育局", "市教育局", "2019-12-20", "通教安〔2019〕31号", "2020-06-30",
    "增派保安巡查", "张某",
)  # fmt: skip


def as_yaml(folder: Path) -> Path:
    lines = [
        f"{'  - ' if at == 0 else '    '}{key}: {value}" for at, (key, value) in enumerate(zip(KEYS, ROW, strict=True))
    ]
    path = folder / "延期.yaml"
    path.write_text("\n".join(["格式: 延期批准/1", "延期批准:", *lines]) + "\n", "utf-8")
    return path


def as_csv(folder: Path) -> Path:
    path = folder / "延期.csv"
    path.write_text(
        f"延期批准登记表\n{','.join(KEYS)}\n{','.join(ROW).replace('2019-12-20', '2019.12.20')}\n", "gb18030"
    )
    return path


def as_xlsx(folder: Path) -> Path:
    path = folder / "延期.xlsx"
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("延期")
    for column, (key, value) in enumerate(zip(KEYS, ROW, strict=True)):
        sheet.write(0, column, key)
        sheet.write(1, column, date.fromisoformat(value) if key in ("批准日期", "延期至") else value)
    book.close()
    return path


@pytest.mark.parametrize("write", [as_yaml, as_csv, as_xlsx])
def test_the_same_from_every_file(tmp_path: Path, write: Any) -> None:
    (read,) = pipeline.deferrals([write(tmp_path)])
    assert replace(read, span=SOUND.span) == SOUND
    assert read.span.path.endswith(write(tmp_path).name) or "《延期》" in read.span.path


def test_faults_of_a_file_are_all_told(tmp_path: Path) -> None:
    path = tmp_path / "延期.yaml"
    path.write_text("格式: 延期批准/1\n延期批准:\n  - {规则: a, 延期至: 2020-02-30}\n  - {规测: b}\n", "utf-8")
    with pytest.raises(UsageError) as refused:
        pipeline.deferrals([path, tmp_path / "没有.yaml"])
    assert sorted(d.code for d in refused.value.diagnostics) == ["E06", "E07", "E09", "E51"]


def test_a_table_without_the_headings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "别的.csv"
    path.write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(UsageError, match="E22"):
        pipeline.deferrals([path])


def test_the_api_takes_files_and_deferrals(tmp_path: Path) -> None:
    data = str(ROOT / "little_data")
    by_file = checker.check(PACK, data, as_of=AS_OF, deferrals=as_yaml(tmp_path))
    by_hand = checker.check(PACK, data, as_of=AS_OF, deferrals=[SOUND])
    assert deferred(by_file) == deferred(by_hand) == [("video-linked", "2132000011")]


def test_a_run_read_back_knows_its_deferrals(tmp_path: Path) -> None:
    done = run(SOUND, replace(SOUND, rule="no-such"))
    again = pipeline.open_run(pipeline.save(done, tmp_path / "run"))
    assert [(o.state, o.rules, o.fingerprints, o.deferral.expires) for o in again.deferrals] == [
        (o.state, o.rules, o.fingerprints, o.deferral.expires) for o in done.deferrals
    ]
    assert again.findings.equals(done.findings)
    pipeline.save(run(), tmp_path / "run")
    assert pipeline.open_run(tmp_path / "run").deferrals == ()


def test_units_that_took_over_keep_the_deferral() -> None:
    pack = pipeline.sound_pack("nantong-2019")
    codes = {"code": ["2132000001", "2132000002"], "unit_code": ["320684", "320681"], "video_linked": [False, False]}
    schools = {**codes, "school_type": ["primary"] * 2, "operating_status": ["operating"] * 2}
    own = replace(SOUND, subjects=(), unit="海门市", expires=date(2020, 12, 31))
    done = checker.check(pack, {"institution": pl.DataFrame(schools)}, as_of=date(2020, 8, 1), deferrals=[own])
    assert done.findings.filter("deferred").select("key", "unit").rows() == [("2132000001", "320614")]
