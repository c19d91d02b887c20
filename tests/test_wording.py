"""Figures, dates, verdicts and evidence as they are printed, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import hand_built as make
import pytest

from checker.errors import CheckerError
from checker.expr import Agg, Field
from checker.plan import TargetResult
from checker.reports import figures
from checker.reports.listing import observed_words, value_words
from checker.reports.sentences import Names, finding_phrase, target_sentence

DUE = date(2019, 12, 31)


# --- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "target", "printed"),
    [
        ("1", None, "100%"),
        ("0", None, "0%"),
        ("9996/10000", None, "99.9%"),
        ("999999/1000000", None, "99.9%"),
        ("4/10000", None, "0.1%以下"),
        ("109/118", "1", "92.4%"),
        ("1163/1165", "1", "99.8%"),
        ("21/22", "95/100", "95.5%"),
        ("94999/100000", "95/100", "94.9%"),
        ("95001/100000", "95/100", "95.1%"),
        ("95/100", "95/100", "95%"),
        ("2/3", "2/3", "66.7%"),
        ("6666/10000", "2/3", "66.6%"),
    ],
)
def test_nothing_is_rounded_onto_a_border(value: str, target: str | None, printed: str) -> None:
    assert figures.share(Fraction(value), "zh", None if target is None else Fraction(target)) == printed


def a_target(passed: int, failed: int, unknown: int, state: Any = "missed", **more: Any) -> TargetResult:
    owed = passed + failed + unknown + more.get("missing", 0) + more.get("deferred", 0)
    values: dict[str, Any] = {
        "rule": "video-linked", "revision": make.SINCE, "unit": "320681", "period": "", "rate": Fraction(1), "due": DUE,
        "passed": passed, "failed": failed, "unknown": unknown, "missing": 0, "deferred": 0, "not_applicable": 0,
        "lower": Fraction(passed, owed) if owed else None,
        "upper": Fraction(passed + unknown + more.get("missing", 0), owed) if owed else None, "state": state,
    }  # fmt: skip
    return TargetResult(**(values | more))


def test_the_reconciliation_adds_up() -> None:
    target = a_target(98, 9, 6, deferred=7, not_applicable=3)
    assert figures.reconciliation(target, "institution", "zh") == (
        "应达标120所＝达标98所＋不达标9所＋待核6所＋经批准延期7所；不适用3所另列。"
    )
    assert figures.reconciliation(target, "institution", "en") == (
        "120 due = 98 pass + 9 fail + 6 unknown + 7 deferred; 3 not applicable apart."
    )
    assert "未报2辆" in figures.reconciliation(a_target(1, 0, 0, missing=2), "bus", "zh")


def test_figures_that_do_not_add_up_are_not_printed() -> None:
    with pytest.raises(CheckerError, match="do not add up"):
        figures.reconciliation(replace(a_target(3, 0, 0), unknown=-1), "bus", "zh")


@pytest.mark.parametrize(
    ("name", "zh"),
    [
        ("2020-W03", "2020年第3周"),
        ("2020-01", "2020年1月"),
        ("2020-01-05", "2020年1月5日"),
        ("2020-Q1", "2020年第1季度"),
        ("2020", "2020年"),
        ("2019-2020-1", "2019-2020-1"),
    ],
)  # fmt: skip
def test_periods(name: str, zh: str) -> None:
    assert figures.period(name, "zh") == zh


# --- sentences -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "zh", "en"),
    [
        (
            a_target(109, 5, 4),
            "“视频监控联网”达标率92.4%—95.8%，目标100%：至少差5所，另有4所待核。",
            "“Video linked” 92.4%–95.8%, target 100%: 5 short, 4 unknown.",
        ),
        (a_target(109, 9, 0), "“视频监控联网”达标率92.4%，目标100%：差9所。", "“Video linked” 92.4%, target 100%: 9 short."),
        (
            a_target(97, 0, 3, "undecided"),
            "“视频监控联网”达标率97%—100%，目标100%：3所待核，补齐后即可定论。",
            "“Video linked” 97%–100%, target 100%: 3 unknown; they decide.",
        ),
        (
            a_target(9, 0, 3, "undecided", rate=Fraction(9, 10)),
            "“视频监控联网”达标率75%—100%，目标90%：3所待核，其中2所达标即可完成。",
            "“Video linked” 75%–100%, target 90%: 3 unknown; 2 of them passing would do.",
        ),
        (
            a_target(5, 1, 2),
            "“视频监控联网”应达标8所，达标5所，目标100%：至少差1所，另有2所待核。",
            "“Video linked” 5 of 8 schools, target 100%: 1 short, 2 unknown.",
        ),
        (
            a_target(0, 0, 0, "undecided"),
            "“视频监控联网”：未收到数据，不能定论。",
            "“Video linked”: nothing was reported, undecided.",
        ),
        (
            a_target(30, 10, 0, "not_due"),
            "“视频监控联网”达标率75%，目标100%（期限2019年12月31日，未到期）。",
            "“Video linked” 75%, target 100% (due 31 December 2019, not yet due).",
        ),
        (a_target(30, 0, 0, "met"), "“视频监控联网”达标率100%，目标100%，已完成。", "“Video linked” 100%, target 100%, met."),
    ],
)  # fmt: skip
def test_target_sentences(target: TargetResult, zh: str, en: str) -> None:
    plan = make.plan(make.video())
    assert target_sentence(target, Names(plan, "zh")) == zh
    assert target_sentence(target, Names(plan, "en")) == en


@pytest.mark.parametrize(
    ("verdict", "status", "days", "zh"),
    [
        ("fail", "overdue", 15, "不达标（期限2019年12月31日，已逾期15天）"),
        ("fail", "overdue", 517, "不达标（期限2019年12月31日，已逾期180天以上）"),
        ("fail", "not_due", None, "尚未达标（期限2019年12月31日，未到期）"),
        ("fail", "in_force", None, "不达标"),
        ("fail", "late", 3, "超过期限才完成（期限2019年12月31日，晚3天）"),
        ("unknown", "overdue", 15, "期限2019年12月31日已过，仍待核"),
        ("unknown", "in_force", None, "待核"),
    ],
)
def test_finding_phrases(verdict: str, status: str, days: int | None, zh: str) -> None:
    assert finding_phrase(make.video(), verdict, status, DUE, days, "zh") == zh


def test_reports_are_on_time_late_or_not_sent() -> None:
    assert finding_phrase(make.weekly(), "fail", "overdue", DUE, 1, "zh") == "缺报（期限2019年12月31日，已逾期1天）"
    assert finding_phrase(make.weekly(), "fail", "late", DUE, 2, "zh") == "迟报（期限2019年12月31日，晚2天）"
    assert (
        finding_phrase(make.weekly(), "fail", "overdue", DUE, 1, "en")
        == "not sent (due 31 December 2019, 1 day overdue)"
    )


@pytest.mark.parametrize(
    ("value", "zh"),
    [
        ({"rows": 3, "true": 2, "false": 1, "unknown": 0, "missing": 0}, "共报3辆、符合2辆、不符合1辆"),
        ({"rows": 3, "true": 2, "false": 0, "unknown": 1, "missing": 2}, "共报3辆、符合2辆、待核1辆、未报2辆"),
        ({"rows": 0, "true": 0, "false": 0, "unknown": 0, "missing": None}, "共报0辆、是否报全不明"),
    ],
)
def test_child_rows_in_words(value: dict[str, Any], zh: str) -> None:
    every = Agg("every", "bus", None, Field("permit_until", "yes_no", "bus"), "yes_no")
    assert value_words(make.pack(), every, value, "zh") == zh


@pytest.mark.parametrize(
    ("kind", "value", "zh"),
    [
        ("number", {"low": 2, "high": 2}, "2"),
        ("number", {"low": 2, "high": None}, "不少于2"),
        ("number", {"low": 2, "high": 5}, "2至5"),
        ("percent", {"low": 0.25, "high": 1}, "25%至100%"),
        ("date", {"low": "2020-01-05", "high": None}, "不早于2020年1月5日"),
        ("number", {"low": None, "high": None}, "不明"),
    ],
)
def test_bounds_in_words(kind: Any, value: dict[str, Any], zh: str) -> None:
    assert value_words(make.pack(), Agg("count", "bus", None, None, kind), value, "zh") == zh


@pytest.mark.parametrize(
    ("field", "kind", "value", "zh", "en"),
    [
        ("video_linked", "yes_no", True, "是", "yes"),
        ("video_linked", "yes_no", None, "未报", "not reported"),
        ("kind", "choice", "primary", "小学", "primary school"),
        ("guards", "number", 1234567, "1234567", "1234567"),
        ("guards", "number", 2.5, "2.5", "2.5"),
        ("guards", "duration", 2880, "2天", "2 days"),
        ("guards", "percent", 0.955, "95.5%", "95.5%"),
        ("guards", "date", "2020-01-05", "2020年1月5日", "5 January 2020"),
        ("guards", "datetime", "2020-01-05T08:30:00", "2020年1月5日08:30", "5 January 2020 08:30"),
    ],
)
def test_values_in_words(field: str, kind: Any, value: Any, zh: str, en: str) -> None:
    expr = Field(field, kind, "institution")
    assert value_words(make.pack(), expr, value, "zh") == zh
    assert value_words(make.pack(), expr, value, "en") == en


def test_evidence_in_words() -> None:
    told = observed_words(make.pack(), make.video(), '{"applies":{"kind":null},"1":{"video_linked":false}}', "zh")
    assert told == "学校类别＝未报，视频监控已联网＝否"


def test_reports_have_their_own_words() -> None:
    plan = make.plan(make.weekly())
    target = a_target(9, 2, 0, rule="weekly-report", period="2020-W03")
    assert target_sentence(target, Names(plan, "zh")) == (
        "“每周进展报送”（2020年第3周）按时率81.8%，目标100%：差2个单位。"
    )
    assert figures.reconciliation(target, "unit", "zh", is_report=True) == (
        "应报11个单位＝按时9个单位＋迟报或缺报2个单位＋待核0个单位。"
    )
