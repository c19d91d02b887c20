"""A small sound pack, spoiled in one place at a time: each fault has its code, its place and its advice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from checker import resources, words
from checker.errors import Diagnostic, Text, UsageError
from checker.load import load_folder, load_text
from checker.model import Expression, Pack, Range, RawGroup, Usual
from checker.validate import shape, validate

SOURCE = "标题\n2019年底前，一键报警、视频监控联网率达到100%。\n每月开展一次演练。\n"
QUOTE = "2019年底前，一键报警、视频监控联网率达到100%。"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


FILES = {
    "source.txt": SOURCE,
    "pack.yaml": """\
schema: pack/1
id: little
version: 0.1.0
title: {zh: 小方案, en: Little plan}
language: zh
source: {file: source.txt, title: 方案}
text_status: [{since: 2019-12-10, status: draft}]
begins: 2019-12-10
ends: 2020-12-31
phases:
  mobilise: {name: {zh: 学习动员}, from: 2019-12-10, until: 2019-12-31}
""",
    "clauses.yaml": f"""\
schema: clauses/1
clauses:
  - id: 5.4-q
    section: 五（四）
    quote: {QUOTE}
    start: 3
    end: {3 + len(QUOTE)}
    hash: {_hash(QUOTE)}
    standing: automated
""",
    "vocabulary/unit.yaml": """\
schema: vocabulary/1
table: unit
label: {zh: 单位, en: Unit}
key: code
title: name
fields:
  code: {name: 代码, type: text}
  name: {name: 单位名称, type: text}
  kind: {name: 单位类别, type: choice, choices: {county: 县市区, university: 高校}}
  valid_from: {name: 启用日期, type: date}
  valid_to: {name: 停用日期, type: date}
  successor: {name: 承接单位, type: text}
""",
    "vocabulary/institution.yaml": """\
schema: vocabulary/1
table: institution
label: {zh: 学校, en: Institution}
key: code
title: school_name
parents: {unit: county}
fields:
  code: {name: 学校标识码, type: text, pattern: moe_code}
  school_name: {name: 学校名称, type: text}
  county: {name: 县市区, type: text}
  video_linked:
    name: {zh: 视频监控已联网}
    type: yes_no
    aliases: [视频监控是否联网]
    shown_by: [linked_on]
  linked_on: {name: 联网日期, type: date}
  students: {name: 在校生数, type: count}
  bus_count: {name: 校车数, type: count}
  road: {name: 道路类别, type: choice, choices: {expressway: 高速公路, other: {zh: 其他道路, aliases: [其它]}}}
define:
  large: {name: 规模较大, is: students >= 1000}
""",
    "vocabulary/bus.yaml": """\
schema: vocabulary/1
table: bus
label: {zh: 校车, en: School bus}
key: plate
parents: {学校: 学校代码}
declared_in: bus_count
shown_by: [plate]
dated: found_on
fields:
  plate: {name: 号牌号码, type: text, pattern: plate}
  school: {name: 学校代码, type: text}
  monitored: {name: 已接入监管系统, type: yes_no}
  found_on: {name: 发现日期, type: date}
""",
    "parameters/guards.yaml": """\
schema: scale/1
id: guards
name: {zh: 专职保安配备}
argument: students
type: count
values:
  - since: 2015-03-16
    until: 2022-05-31
    source: 规范
    confirmation: unconfirmed
    brackets:
      - {below: 100, value: 1}
      - {up_to: 1000, value: 2}
      - {above: 1000, value: 2, per: 500, add: 1, part: ignore}
  - since: 2022-06-01
    source: 要求
    confirmation: unconfirmed
    brackets:
      - {below: 100, value: 1}
      - {below: 1000, value: 2}
      - {at_least: 1000, value: 3, per: 500, add: 1, part: count}
""",
    "parameters/speed.yaml": """\
schema: scale/1
id: speed
name: 最高时速
argument: road
type: number
values:
  - since: 2012-04-05
    source: 条例
    confirmation: confirmed
    by_choice: {expressway: 80, 其他道路: 60}
""",
    "parameters/grace.yaml": """\
schema: parameter/1
id: grace
name: 宽限期
type: duration
values:
  - {since: 2019-01-01, value: 2 weeks, source: 方案, confirmation: default}
  - {since: 2020-01-01, value: 15天, source: 方案, confirmation: default}
""",
    "units.yaml": """\
schema: units/1
units:
  - {code: 320681, name: {zh: 启东市, en: Qidong}, short: QD, kind: county}
  - {code: 320684, name: 海门市, short: HM, kind: 县市区, valid_to: 2020-07-02, successor: 320614}
  - {code: 320614, name: 海门区, short: HM, kind: county, valid_from: 2020-07-03}
""",
    "calendar.yaml": """\
schema: calendar/1
working_days: {from: 2019-12-30, until: 2020-01-19, holidays: [2020-01-01], worked: [2020-01-19]}
calendars:
  terms: {name: 学期, entries: [{name: 2019-2020-1, from: 2019-09-01, until: 2020-01-17}]}
""",
    "gates.yaml": """\
schema: gates/1
gates:
  - id: critical
    name: 关键要求无逾期
    effect: blocks
    require: count(result, failed) = 0
""",
    "requirements/security/video-linked.yaml": """\
schema: rule/1
id: video-linked
title: {zh: 视频联网, en: Video linked}
clause: 5.4-q
subject: institution
severity: critical
responsible: {lead: 市教育局, with: [市公安局]}
remedy: 接入平台。
revisions:
  - since: 2019-12-10
    applies: students > 0
    require: video_linked
    due: 2019-12-31
    target: {rate: 100%, per: unit}
  - since: 2021-01-01
    repealed: yes
background: {video_linked: no, bus: {a: 1, b: 2}, 校车数: 3}
cases:
  - {name: linked, as_of: 2020-01-15, given: {视频监控已联网: yes, bus: {b: 3}}, expect: pass}
  - {name: not linked, as_of: 2020-01-15, given: {}, expect: fail, status: overdue, days: 15}
""",
    "requirements/bus/drill-monthly.yaml": """\
格式: 规则/1
编号: drill-monthly
名称: 每月演练
条款: [5.4-q]
对象: 学校
重要程度: 重要
责任单位: {牵头: 市教育局}
整改建议: 补开演练。
版次:
  - 施行日期: 2020-01-01
    周期: {每: 月, 起: 2020-01-01, 止: 2020-12-31}
    要求:
      至少满足: {项数: 1, 之中: [视频监控已联网, "全部(校车, 已接入监管系统)"]}
    期限: 本期.截止日
  - 施行日期: 2020-06-01
    周期: {校历: 学期}
    要求: [a, {如: a, 则: b}]
    目标: {比例: 90%, 按: 单位}
样例:
  - {说明: 已开, 统计时点: 2020-02-10, 期次: 2020-01, 给定: {}, 应判: 达标}
  - {说明: 未开, 统计时点: 2020-02-10, 期次: 2020-01, 给定: {}, 应判: 不达标}
""",
}
RULE = "requirements/security/video-linked.yaml"
CHINESE_RULE = "requirements/bus/drill-monthly.yaml"
INSTITUTION = "vocabulary/institution.yaml"
SCALE = "parameters/guards.yaml"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def judge(root: Path, files: dict[str, str]) -> tuple[Pack | None, list[Diagnostic]]:
    documents, faults = load_folder(write(root, files))
    pack, more = validate(documents, root)
    return pack, faults + more


Check = Callable[..., list[Diagnostic]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """The faults of the pack after one replacement in one file (or with a file put in or, None, taken away)."""

    def run(name: str, old: str | None, new: str = "") -> list[Diagnostic]:
        files = dict(FILES)
        if old is None:
            files.pop(name, None)
            if new:
                files[name] = new
        else:
            assert old in files[name], f"{old!r} is not in {name}"
            files[name] = files[name].replace(old, new, 1)
        pack, faults = judge(tmp_path, files)
        # Faults of single rules leave a pack that can be judged further; without faults there always is one.
        assert pack is not None or any(fault.is_error for fault in faults)
        return faults

    return run


def one(faults: list[Diagnostic], code: str) -> Diagnostic:
    assert [fault.code for fault in faults] == [code], [(f.code, str(f.span), f.message.en) for f in faults]
    return faults[0]


def at(fault: Diagnostic) -> tuple[int, int]:
    return fault.span.line, fault.span.column


# --- a sound pack -------------------------------------------------------------------------------------


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    pack, faults = judge(tmp_path, FILES)
    assert [(f.code, str(f.span), f.message.en) for f in faults] == []
    assert pack is not None
    return pack


def test_pack_head(pack: Pack) -> None:
    assert (pack.id, pack.version, pack.title, pack.language) == ("little", "0.1.0", ("小方案", "Little plan"), "zh")
    assert pack.source_title == ("方案", "方案")
    assert pack.source_text == SOURCE
    assert (pack.begins, pack.ends) == (date(2019, 12, 10), date(2020, 12, 31))
    assert pack.phases["mobilise"].end == date(2019, 12, 31)
    assert pack.phase_names["mobilise"].zh == "学习动员"
    assert [(status.since, status.status) for status in pack.text_status] == [(date(2019, 12, 10), "draft")]
    assert re.fullmatch("[0-9a-f]{64}", pack.digest)


def test_tables(pack: Pack) -> None:
    bus = pack.tables["bus"]
    assert bus.parents == {"institution": "school"}
    assert bus.declared_in == {"institution": "bus_count"}
    assert (bus.title, bus.dated, bus.shown_by, bus.when_empty) == ("plate", "found_on", ("plate",), "unknown")
    linked = pack.tables["institution"].fields["video_linked"]
    assert linked.name == Text("视频监控已联网", "video_linked")
    assert linked.header == linked.name
    assert linked.shown_by == {"yes": ("linked_on",)}
    road = pack.tables["institution"].fields["road"]
    assert [(choice.code, choice.label, choice.aliases) for choice in road.choices] == [
        ("expressway", ("高速公路", "expressway"), ()),
        ("other", ("其他道路", "other"), ("其它",)),
    ]
    large = pack.tables["institution"].define["large"]
    assert (large.name, large.expression.text) == (("规模较大", "large"), "students >= 1000")
    assert str(large.expression.span).endswith("institution.yaml:21:27")


def test_scales_and_parameters(pack: Pack) -> None:
    first, second = pack.scales["guards"].values
    assert [(b.low, b.low_inclusive, b.high, b.high_inclusive) for b in first.brackets] == [
        (None, False, 100, False),
        (100, True, 1000, True),
        (1000, False, None, False),
    ]
    assert [(b.low, b.low_inclusive, b.high, b.high_inclusive) for b in second.brackets] == [
        (None, False, 100, False),
        (100, True, 1000, False),
        (1000, True, None, False),
    ]
    last = second.brackets[2]
    assert (last.value, last.per, last.add, last.count_part) == (3, 500, 1, True)
    assert pack.scales["speed"].values[0].by_choice == (("expressway", Fraction(80)), ("other", Fraction(60)))
    grace = pack.parameters["grace"]
    assert (grace.kind, grace.unit, [value.value for value in grace.values]) == ("duration", "day", [14, 15])
    assert grace.name == ("宽限期", "grace")


def test_rules(pack: Pack) -> None:
    drill, video = pack.rules
    assert (video.clauses, video.subject, video.lead, video.support) == (
        ("5.4-q",),
        "institution",
        "市教育局",
        ("市公安局",),
    )
    assert video.remedy == ("接入平台。", "接入平台。")
    first, second = video.revisions
    assert second.repealed
    assert first.target is not None
    assert (first.target.rate, first.target.per) == (1, "unit")
    assert isinstance(first.require, Expression)
    assert str(first.require.span).endswith("video-linked.yaml:12:14")
    assert drill.subject == "institution"
    monthly, termly = drill.revisions
    assert monthly.repeats is not None
    assert (monthly.repeats.each, monthly.repeats.first) == ("month", date(2020, 1, 1))
    assert termly.repeats is not None
    assert (termly.repeats.each, termly.repeats.calendar) == (None, "terms")
    assert isinstance(monthly.require, RawGroup)
    assert (monthly.require.op, monthly.require.count, len(monthly.require.children)) == ("at_least", 1, 2)
    assert isinstance(termly.require, RawGroup)
    assert termly.require.op == "all_of"
    inner = termly.require.children[1]
    assert isinstance(inner, RawGroup)
    assert (inner.op, [child.text for child in inner.children if isinstance(child, Expression)]) == ("when", ["a", "b"])
    assert termly.target is not None
    assert termly.target.rate == Fraction(9, 10)


def test_background_is_merged_deeply_and_across_languages(pack: Pack) -> None:
    linked, not_linked = pack.rules[1].cases
    assert linked.given == {"视频监控已联网": "yes", "bus": {"a": "1", "b": "3"}, "校车数": "3"}
    assert not_linked.given == {"video_linked": "no", "bus": {"a": "1", "b": "2"}, "校车数": "3"}
    assert (not_linked.status, not_linked.days) == ("overdue", 15)


def test_units_and_calendar(pack: Pack) -> None:
    assert pack.units["320684"].kind == "county"
    assert pack.units["320684"].successor == "320614"
    assert pack.calendars["terms"].entries[0].name == "2019-2020-1"
    assert pack.working_days is not None
    days = pack.working_days.days
    assert date(2020, 1, 1) not in days
    assert date(2020, 1, 19) in days
    assert len(days) == 2 + 2 + 5 + 5 + 1


def test_digest_depends_on_content_not_on_place(tmp_path: Path) -> None:
    one_place, _ = judge(tmp_path / "a", FILES)
    other_place, _ = judge(tmp_path / "b", FILES)
    changed, _ = judge(tmp_path / "c", {**FILES, "gates.yaml": FILES["gates.yaml"] + "# x\n"})
    assert one_place is not None
    assert other_place is not None
    assert changed is not None
    assert one_place.digest == other_place.digest != changed.digest


# --- the model messages -------------------------------------------------------------------------------


def test_e06_unknown_key(check: Check) -> None:
    fault = one([f for f in check(RULE, "    require: v", "    requires: v") if f.code != "E07"], "E06")
    assert at(fault) == (12, 5)
    assert fault.message == Text("没有“requires”这个键", 'no key "requires"')
    assert fault.hint == Text("是否应为 require？", "did you mean require?")


def test_e06_in_chinese(check: Check) -> None:
    fault = one(check(CHINESE_RULE, "整改建议:", "整改意见: x\n整改建议:"), "E06")
    assert fault.hint is not None
    assert "整改建议" in fault.hint.zh


def test_e07_missing_key(check: Check) -> None:
    fault = one(check(RULE, "clause: 5.4-q\n", ""), "E07")
    assert at(fault) == (1, 1)
    assert fault.message == Text("缺少“条款”", '"clause" is missing')
    assert fault.hint is not None
    assert "5.4-q" in fault.hint.zh
    assert "5.4-q" in fault.hint.en


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("2019-11-31", "没有这一天：2019年11月只有30天", "no such day: November 2019 has 30"),
        ("2019-02-29", "没有这一天：2019年2月只有28天", "no such day: February 2019 has 28"),
    ],
)
@pytest.mark.parametrize("key", ["due", "since"])
def test_e09_no_such_day(check: Check, key: str, written: str, zh: str, en: str) -> None:
    old = {"due": "2019-12-31", "since": "2019-12-10"}[key]
    fault = one(check(RULE, f"{key}: {old}", f"{key}: {written}"), "E09")
    assert fault.message == Text(zh, en)
    assert fault.span.line == {"due": 13, "since": 10}[key]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2019/12/31", "2019-12-31"),
        ("2019-1-1", "2019-01-01"),
        ("2019.12.31", "2019-12-31"),
        ("2019年12月1日", "2019-12-01"),
    ],
)
def test_e10_spelling_of_a_date(check: Check, written: str, meant: str) -> None:
    fault = one(check(RULE, "due: 2019-12-31", f"due: {written}"), "E10")
    assert at(fault) == (13, 10)
    assert fault.hint == Text(f"可直接替换为 {meant}", f"replace by {meant}")
    fault = one(check(RULE, "as_of: 2020-01-15", f"as_of: {written}"), "E10")
    assert fault.span.line == 19


def test_e10_no_date_at_all(check: Check) -> None:
    assert "2019年底" in one(check(RULE, "since: 2019-12-10", "since: 2019年底"), "E10").message.zh


@pytest.mark.parametrize(
    ("old", "new", "zh", "en", "line"),
    [
        (
            "{above: 1000,",
            "{at_least: 1000,",
            "在校生数=1000 同时落入第2、3档",
            "students = 1000 falls into brackets 2 and 3",
            14,
        ),
        (
            "{above: 1000,",
            "{above: 900,",
            "在校生数=901 同时落入第2、3档",
            "students = 901 falls into brackets 2 and 3",
            14,
        ),
        ("{above: 1000,", "{above: 1200,", "在校生数=1001 不落入任何一档", "students = 1001 falls into no bracket", 14),
        ("{up_to: 1000,", "{below: 1000,", "在校生数=1000 不落入任何一档", "students = 1000 falls into no bracket", 14),
        ("{below: 100,", "{at_least: 0,", "第2档应写在第1档之前", "bracket 2 belongs before bracket 1", 13),
        ("{up_to: 1000,", "{up_to: 99,", "第2档应写在第1档之前", "bracket 2 belongs before bracket 1", 13),
        (
            "      - {above: 1000, value: 2, per: 500, add: 1, part: ignore}\n",
            "",
            "在校生数=1001 不落入任何一档",
            "students = 1001 falls into no bracket",
            13,
        ),
    ],
)
def test_e14_brackets(check: Check, old: str, new: str, zh: str, en: str, line: int) -> None:
    fault = one(check(SCALE, old, new), "E14")
    assert at(fault) == (line, 9)
    assert fault.message.zh.startswith(zh)
    assert fault.message.en.startswith(en)


def test_e14_hint_repairs(check: Check) -> None:
    fault = one(check(SCALE, "{above: 1000,", "{at_least: 1000,"), "E14")
    assert fault.hint == Text("把第2档改为“不足 1000”", 'make bracket 2 "below 1000"')


@pytest.mark.parametrize(
    "brackets",
    [
        "[{at_least: 0, value: 1}]",
        "[{at_least: 0, value: 1}, {at_least: 100, value: 2}, {above: 200, value: 3}]",
        "[{below: 100, value: 1}, {up_to: 100, value: 2}, {above: 100, value: 3}]",
        "[{up_to: 99.5, value: 1}, {above: 99.5, value: 2}]",
    ],
)
def test_e14_other_ways_to_cover_all(check: Check, brackets: str) -> None:
    scale = FILES[SCALE].partition("    brackets:")[0].replace("    until: 2022-05-31\n", "")
    assert check(SCALE, None, f"{scale}    brackets: {brackets}\n") == []


def test_e14_choice_not_covered(check: Check) -> None:
    fault = one(check("parameters/speed.yaml", ", 其他道路: 60", ""), "E14")
    assert "other" in fault.message.en


def test_e15_revisions(check: Check) -> None:
    fault = one(check(RULE, "since: 2021-01-01", "since: 2019-12-10"), "E15")
    assert at(fault) == (15, 5)
    assert fault.message == Text("两个版次的施行日期相同（2019-12-10）", "two revisions start on 2019-12-10")
    assert "out of order" in one(check(RULE, "since: 2021-01-01", "since: 2018-01-01"), "E15").message.en


def test_e15_values_overlap(check: Check) -> None:
    fault = one(check(SCALE, "until: 2022-05-31", "until: 2022-06-30"), "E15")
    assert fault.span.line == 15


def test_e18_no_failing_case(check: Check) -> None:
    fault = one(check(RULE, "expect: fail", "expect: unknown"), "E18")
    assert at(fault) == (1, 1)
    assert fault.message.zh.startswith("规则没有“不达标”的样例")
    assert fault.hint is not None
    assert "- {name: it fails, as_of: 2020-01-15, given: {video_linked: no}, expect: fail}" in fault.hint.en


def test_e18_proposal_can_be_pasted(check: Check, tmp_path: Path) -> None:
    fault = one(check(CHINESE_RULE, "应判: 不达标", "应判: 待核"), "E18")
    assert fault.hint is not None
    proposal = fault.hint.zh.partition("- ")[2]
    assert "应判: 不达标" in proposal
    spoiled = FILES[CHINESE_RULE].replace("应判: 不达标", "应判: 待核")
    _, faults = judge(tmp_path, {**FILES, CHINESE_RULE: f"{spoiled}  - {proposal}\n"})
    assert faults == []


def test_e19_quote_differs(check: Check) -> None:
    fault = one(check("clauses.yaml", "quote: 2019", "quote: 2020"), "E19")
    assert at(fault) == (5, 5)
    assert (
        fault.message.zh == "条款5.4-q的引文与原文不符（原文第5字起）：“2020年底前，”≠“2019年底前，”；依据它的规则2条"
    )
    assert "at char 5" in fault.message.en


def test_e19_quote_has_moved(check: Check) -> None:
    fault = one(check("clauses.yaml", "start: 3", "start: 2"), "E19")
    assert fault.hint is not None
    assert f"start 3, end {3 + len(QUOTE)}" in fault.hint.en


def test_e19_hash(check: Check) -> None:
    fault = one(check("clauses.yaml", _hash(QUOTE), "0" * 12), "E19")
    assert fault.hint is not None
    assert _hash(QUOTE) in fault.hint.en


def test_what_a_vocabulary_expects(tmp_path: Path) -> None:
    text = FILES[INSTITUTION].replace(
        "学校标识码, type: text, pattern: moe_code",
        "学校标识码, type: text, agrees_with: {道路类别: {'11': [高速公路, other], '2': 其他道路}}, varies: yes",
    )
    text = text.replace(
        "在校生数, type: count", "在校生数, type: count, possible: ..9000, usual: {road: {其他道路: 1..800}}"
    )
    text = text.replace("校车数, type: count", "校车数, type: count, usual: 0..20")
    text = text.replace("联网日期, type: date", "联网日期, type: date, ahead: yes")
    text += (
        "checks:\n  few_buses: {is: bus_count <= students, name: {zh: 校车不多于学生, en: fewer buses than pupils}}\n"
    )
    pack, faults = judge(tmp_path, FILES | {INSTITUTION: text})
    assert faults == [] and pack is not None
    fields, checks = pack.tables["institution"].fields, pack.tables["institution"].checks
    assert fields["code"].agrees_with == {"road": {"11": ("expressway", "other"), "2": ("other",)}}
    assert fields["students"].possible == Range(None, Fraction(9000))
    assert fields["students"].usual == Usual({"other": Range(Fraction(1), Fraction(800))}, "road")
    assert fields["bus_count"].usual == Usual({"": Range(Fraction(0), Fraction(20))})
    assert (fields["code"].varies, fields["linked_on"].ahead, fields["students"].ahead) == (True, True, False)
    assert checks["few_buses"].expression.text == "bus_count <= students"
    assert checks["few_buses"].name == Text("校车不多于学生", "fewer buses than pupils")


def test_v07_question_as_name(check: Check) -> None:
    fault = one(check(INSTITUTION, "视频监控已联网}", "视频监控是否联网}"), "V07")
    assert not fault.is_error
    assert fault.span.line == 12
    assert fault.hint is not None
    assert "视频监控已联网" in fault.hint.zh


# --- keys and values ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "line"),
    [
        (RULE, "severity: critical", "severity: urgent", "E56", 6),
        (RULE, "severity: critical", "severity:", "E55", 6),
        (RULE, "responsible: {lead: 市教育局, with: [市公安局]}", "responsible: 市教育局", "E55", 7),
        (RULE, "clause: 5.4-q", "clause: 5.4-z", "E58", 4),
        (RULE, "subject: institution", "subject: instution", "E58", 5),
        (RULE, "days: 15", "days: some", "E57", 20),
        (RULE, "rate: 100%", "rate: 1", "E57", 14),
        (RULE, "rate: 100%", "rate: 120%", "E57", 14),
        (RULE, "per: unit", "per: county", "E58", 14),
        (RULE, "    require: video_linked\n", "", "E07", 10),
        (RULE, "repealed: yes", "repealed: yes\n    due: 2021-01-01", "E61", 17),
        (RULE, "    due: 2019-12-31", "    done_on: linked_on", "E07", 13),
        (RULE, "require: video_linked", "require: {all_of: [a], any_of: [b]}", "E61", 12),
        (RULE, "require: video_linked", "require: {at_least: {count: 3, of: [a, b]}}", "E61", 12),
        (RULE, "require: video_linked", "require: {when: a}", "E07", 12),
        (RULE, "require: video_linked", "require: []", "E55", 12),
        (RULE, "id: video-linked", "id: video-link", "E60", 2),
        (CHINESE_RULE, "每: 月", "每: 旬", "E56", 11),
        (CHINESE_RULE, "{每: 月, ", "{每: 月, 校历: 学期, ", "E61", 11),
        (CHINESE_RULE, "校历: 学期", "校历: 学年", "E58", 16),
        (CHINESE_RULE, "止: 2020-12-31", "止: 2019-12-31", "E61", 11),
        (INSTITUTION, "key: code", "key: codes", "E11", 4),
        (INSTITUTION, "parents: {unit: county}", "parents: {units: county}", "E58", 6),
        (INSTITUTION, "parents: {unit: county}", "parents: {unit: country}", "E11", 6),
        (INSTITUTION, "shown_by: [linked_on]", "shown_by: [linkd_on]", "E11", 15),
        (INSTITUTION, "shown_by: [linked_on]", "shown_by: {maybe: linked_on}", "E12", 15),
        (INSTITUTION, "type: yes_no", "type: bool", "E56", 13),
        (INSTITUTION, ", choices: {expressway: 高速公路, other: {zh: 其他道路, aliases: [其它]}}", "", "E07", 19),
        (INSTITUTION, "expressway: 高速公路", "expressway: 不详", "V06", 19),
        (INSTITUTION, "在校生数, type: count", "在校生数, type: count, ordered: yes", "E61", 17),
        (INSTITUTION, "在校生数, type: count", "在校生数, type: count, ambiguous: {多: [a, b]}", "E61", 17),
        (INSTITUTION, "aliases: [其它]", "by_rule: [高速公路]", "V03", 19),
        (INSTITUTION, "aliases: [其它]}}}", "aliases: [其它]}}, ambiguous: {其它: [expressway, other]}}", "V03", 19),
        (INSTITUTION, "aliases: [其它]}}}", "aliases: [其它]}}, ambiguous: {国道: [expressway, othr]}}", "E12", 19),
        (INSTITUTION, "aliases: [其它]}}}", "aliases: [其它]}}, ambiguous: {国道: [expressway]}}", "E61", 19),
        (INSTITUTION, "在校生数, type: count", "在校生数, type: count, usual: 500", "E57", 17),
        (INSTITUTION, "在校生数, type: count", "在校生数, type: count, usual: 500..1", "E57", 17),
        (INSTITUTION, "在校生数, type: count", "在校生数, type: count, possible: a..9", "E57", 17),
        (INSTITUTION, "在校生数, type: count", "在校生数, type: count, usual: {road: {motorway: 1..5}}", "E12", 17),
        (INSTITUTION, "在校生数, type: count", "在校生数, type: count, usual: {rode: {other: 1..5}}", "E11", 17),
        (INSTITUTION, "在校生数, type: count", "在校生数, type: count, usual: {bus_count: {other: 1..5}}", "E61", 17),
        (INSTITUTION, "在校生数, type: count", "在校生数, type: count, ahead: yes", "E61", 17),
        (INSTITUTION, "学校名称, type: text", "学校名称, type: text, usual: 1..2", "E61", 9),
        (INSTITUTION, "pattern: moe_code", "pattern: moe_code, agrees_with: {road: {'11': motorway}}", "E12", 8),
        (INSTITUTION, "pattern: moe_code", "pattern: moe_code, agrees_with: {students: {'11': other}}", "E61", 8),
        (INSTITUTION, "define:", "checks:\n  few: {name: 不多}\ndefine:", "E07", 21),
        (INSTITUTION, "name: 在校生数", "name: 视频监控已联网", "V03", 17),
        (INSTITUTION, "name: 在校生数", "name: 在校生数(人)", "V01", 17),
        (INSTITUTION, "name: 在校生数", "name: 期限", "V01", 17),
        (INSTITUTION, "  students: {name", "  where: {name", "V01", 17),
        (INSTITUTION, "  large:", "  students:", "V03", 21),
        ("vocabulary/bus.yaml", "declared_in: bus_count", "declared_in: buses", "E11", 6),
        ("vocabulary/bus.yaml", "declared_in: bus_count", "declared_in: road", "E61", 6),
        ("vocabulary/bus.yaml", "dated: found_on", "dated: plate", "E61", 8),
        ("vocabulary/bus.yaml", "table: bus", "table: buss", "E60", 2),
        ("vocabulary/unit.yaml", "zh: 单位,", "zh: 学校,", "V03", 3),
        ("vocabulary/unit.yaml", "  kind: {name: 单位类别, type: choice, choices: {county: 县市区, university: 高校}}\n", "", "E07", 6),
        ("units.yaml", "successor: 320614", "successor: 320615", "E58", 4),
        ("units.yaml", "kind: 县市区", "kind: 镇", "E12", 4),
        ("units.yaml", "code: 320614", "code: 320681", "E59", 5),
        ("units.yaml", "short: HM, kind: county", "short: QD, kind: county", "V03", 5),
        ("units.yaml", "short: HM, kind: county", "short: HM, former: [启东市], kind: county", "V03", 5),
        ("parameters/grace.yaml", "2 weeks", "2 moons", "E57", 6),
        ("parameters/grace.yaml", "15天", "1个月", "E61", 7),
        ("parameters/speed.yaml", "expressway: 80", "expressway: fast", "E57", 10),
        ("parameters/speed.yaml", "argument: road", "argument: rode", "E11", 4),
        (SCALE, ", part: ignore", "", "E07", 14),
        (SCALE, "{below: 100,", "{below: 100, up_to: 99,", "E61", 12),
        ("pack.yaml", "status: draft", "status: drafted", "E56", 7),
        ("pack.yaml", "ends: 2020-12-31", "ends: 2019-12-01", "E61", 9),
        ("pack.yaml", "schema: pack/1\n", "", "E07", 1),
        ("pack.yaml", "file: source.txt", "file: sources.txt", "E51", 6),
        ("calendar.yaml", "holidays: [2020-01-01]", "holidays: [2021-01-01]", "E61", 2),
        ("clauses.yaml", "standing: automated", "standing: auto", "E56", 9),
        ("gates.yaml", "effect: blocks", "effect: stops", "E56", 5),
    ],
)  # fmt: skip
def test_one_fault(check: Check, name: str, old: str, new: str, code: str, line: int) -> None:
    faults = [fault for fault in check(name, old, new) if fault.is_error]
    if (name, code) == ("units.yaml", "E59"):
        faults = [fault for fault in faults if fault.code != "E58"]  # the successor went with it
    fault = one(faults, code)
    assert fault.span.path.endswith(name)
    assert fault.span.line == line
    for text in (*fault.message, *(fault.hint or ())):
        assert not re.search("invalid|None|null|jsonschema|schema error", text)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("requirements/copy/video-linked.yaml", FILES[RULE], "E59"),
        ("vocabulary/copy/bus.yaml", FILES["vocabulary/bus.yaml"], "E59"),
        ("other/pack.yaml", FILES["pack.yaml"], "E59"),
        ("odd.yaml", "id: a\n", "E07"),
        ("odd.yaml", "schema: rules/1\nid: a\n", "E56"),
    ],
)
def test_one_file_too_many(check: Check, name: str, text: str, code: str) -> None:
    one(check(name, None, text), code)


def test_one_file_missing(check: Check) -> None:
    one(check("pack.yaml", None), "E60")


def test_unit_table_missing(check: Check) -> None:
    faults = check("vocabulary/unit.yaml", None)
    assert "E60" in [fault.code for fault in faults]


def test_unreadable_vocabulary_blames_no_rule(check: Check) -> None:
    faults = check("vocabulary/bus.yaml", "table: bus", "table: [bus")
    assert {fault.code for fault in faults} == {"E50"}


def test_look_alikes_are_a_warning(check: Check) -> None:
    fault = one(check(INSTITUTION, "name: 在校生数", "name: 视频监控己联网"), "V04")
    assert not fault.is_error


def test_several_faults_of_one_file_at_once(check: Check) -> None:
    spoiled = (
        FILES[RULE]
        .replace("severity: critical", "severity: urgent")
        .replace("clause: 5.4-q\n", "")
        .replace("due: 2019-12-31", "due: 2019-11-31")
        .replace("since: 2021-01-01", "since: 2019-12-10")
        .replace("expect: pass", "expect: passes")
        .replace("remedy:", "remedies: x\nremedy:")
    )
    faults = check(RULE, None, spoiled)
    assert sorted(fault.code for fault in faults) == ["E06", "E07", "E09", "E15", "E18", "E56", "E56"]


def test_nothing_raises_whatever_stands_where(tmp_path: Path) -> None:
    """Every value of every document replaced by something of another type, one at a time."""
    documents, _ = load_folder(write(tmp_path, FILES))
    for number, document in enumerate(documents):
        for path in list(document.spans)[1:]:
            for odd in ("", "？", [], {}, ["x"], {"x": "y"}, [{"x": []}]):
                spoiled = replace(document, data=_with(document.data, path, odd))
                validate([*documents[:number], spoiled, *documents[number + 1 :]], tmp_path)


def _with(data: object, path: tuple[str | int, ...], value: object) -> object:
    if not path:
        return value
    if isinstance(data, list):
        return [_with(item, path[1:], value) if at == path[0] else item for at, item in enumerate(data)]
    assert isinstance(data, dict)
    return {key: _with(item, path[1:], value) if key == path[0] else item for key, item in data.items()}


# --- schemas ------------------------------------------------------------------------------------------


def test_quick_answer_is_that_of_jsonschema(tmp_path: Path) -> None:
    from jsonschema import Draft202012Validator

    documents, _ = load_folder(write(tmp_path, FILES))
    seen = {True: 0, False: 0}
    for document in documents:
        slow = Draft202012Validator(resources.schema(document.kind))
        for path in list(document.spans)[1:]:
            for odd in ("", "x", "7", [], {}, ["x"], {"zh": "x"}, {"when": "a"}):
                data = _with(document.data, path, odd)
                quick = shape._fits(document.kind)(data)
                assert quick == slow.is_valid(data), (document.kind, path, odd)
                seen[quick] += 1
    assert min(seen.values()) > 100


@pytest.mark.parametrize("kind", words.KINDS)
def test_schemas_are_closed_and_described(kind: str) -> None:
    from jsonschema import Draft202012Validator

    schema = resources.schema(kind)
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == set(words.shape_of(kind).chinese)

    def walk(part: dict[str, object]) -> None:
        properties = part.get("properties")
        if isinstance(properties, dict):
            assert "additionalProperties" in part
            for name, inner in properties.items():
                assert inner["description"].endswith(("…", ".")), name
                assert inner["x-zh"], name
        for inner in part.values():
            for item in inner if isinstance(inner, list) else [inner]:
                if isinstance(item, dict):
                    walk(item)
        assert "oneOf" not in part

    walk(schema)


def test_enumerations_have_chinese_words() -> None:
    """Every word of a schema's enumeration is in the table of words at the same place, and the other way round."""

    def walk(kind: str, part: dict[str, object], under: words.Shape, root: dict[str, object]) -> None:
        if "$ref" in part:
            part = root["$defs"][str(part["$ref"]).rpartition("/")[2]]  # type: ignore[index]
        if "enum" in part and under is not words.PLAIN:
            assert set(part["enum"]) <= set(under.chinese), (kind, part["enum"])  # type: ignore[call-overload]
        for name, inner in part.get("properties", {}).items():  # type: ignore[attr-defined]
            assert name in under.english, (kind, name)
            if inner.get("$ref") != "#/$defs/condition":
                walk(kind, inner, under.within(name), root)
        if isinstance(part.get("items"), dict) and under.item is not None:
            walk(kind, part["items"], under.item, root)  # type: ignore[arg-type]

    for kind in words.KINDS:
        schema = resources.schema(kind)
        walk(kind, schema, words.shape_of(kind), schema)


# --- resources ----------------------------------------------------------------------------------------


def test_pack_root(tmp_path: Path) -> None:
    assert resources.pack_root(tmp_path) == tmp_path
    with pytest.raises(UsageError) as refused:
        resources.pack_root("no-such-pack")
    assert refused.value.diagnostics[0].hint is not None


def test_validating_a_sound_text_needs_no_jsonschema() -> None:
    document, _ = load_text(FILES[RULE], RULE)
    assert shape.faults(document) == []
