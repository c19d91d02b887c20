"""Reports: sentences in both languages, figures that add up, the terminal, JSON against its schema, CSV for Excel."""

from __future__ import annotations

import codecs
import csv as csv_reader
import json
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import hand_built as make
import jsonschema
import polars as pl
import pytest
import referencing
from reported import a_run, reason

from checker import runs
from checker.errors import CheckerError, Text
from checker.find import find
from checker.model import TextStatus
from checker.plan import GateResult, Group, Leaf, Run, Scorecard
from checker.reports import csv, text
from checker.reports import json as as_json
from checker.reports.content import Content, content

SCHEMAS = Path(__file__).parents[1] / "schemas"
DUE = date(2019, 12, 31)


@pytest.fixture(scope="module")
def zh() -> Content:
    return content(a_run(), "zh")


@pytest.fixture(scope="module")
def en() -> Content:
    return content(a_run(), "en")


# --- content -------------------------------------------------------------------------------------


def test_figures_that_do_not_add_up_are_not_reported() -> None:
    run = a_run()
    with pytest.raises(CheckerError, match="do not add up"):
        content(replace(run, scorecard=replace(run.scorecard, counts=run.scorecard.counts.head(2))), "zh")


def test_headlines(zh: Content, en: Content) -> None:
    assert zh.headline == (
        "截至2020年1月15日，按所报数据，4个报送单位：通过1个，未通过1个，待定2个。"
        "“视频监控联网”达标率81.5%—88.1%，目标100%：至少差16所（含经批准延期7所），另有9所待核。"
    )
    assert en.headline.startswith(
        "As of 15 January 2020, by the figures reported, 4 units: 1 open, 1 closed, 2 undecided."
    )
    assert zh.basis == "统计时点：2020年1月15日　收数截止：不限"


def test_the_total_stands_over_the_units(zh: Content) -> None:
    total = next(line for line in zh.totals if line.result.rule == "video-linked")
    assert total.reconciliation == "应达标135所＝达标110所＋不达标9所＋待核9所＋经批准延期7所；不适用3所另列。"
    assert (total.unit_name, total.word) == ("合计", "未完成")


def test_gate_lines(zh: Content) -> None:
    lines = {line.name: line for line in zh.gates}
    assert (
        lines["启东市"].summary
        == "“视频监控联网”达标率81.7%—86.7%，目标100%：至少差16所（含经批准延期7所），另有6所待核"
    )
    assert lines["启东市"].reasons[0].text == lines["启东市"].summary + "。"
    assert lines["如东县"].summary == "“视频监控联网”应达标3所，达标0所，目标100%：3所待核，补齐后即可定论"
    assert lines["海门市"].summary == "到期要求均已达标；未到期1项"
    assert lines["通州区"].reasons[0].text == "未收到该单位报送数据，全部待核。"
    assert lines["通州区"].silent


def test_reasons_name_the_rules() -> None:
    run = a_run()
    rules = [
        {"rule": "video-linked", "severity": "critical", "failing": 4, "unknown": 1},
        {"rule": "bus-permit", "severity": "high", "failing": 3, "unknown": 0},
    ]
    gates = (
        GateResult("320681", Text("启东市", "Qidong"), "closed", (reason("false", rules=rules, failing=7, unknown=1),)),
        GateResult("320623", Text("如东县", "Rudong"), "undecided", (replace(reason("unknown", rules=rules[:1]), effect="warns"),)),
    )  # fmt: skip
    run = replace(run, scorecard=replace(run.scorecard, gates=gates))
    first, second = content(run, "zh").gates
    assert first.reasons[0].text == (
        "“到期目标均已完成”未满足：“视频监控联网”4所不达标、1所待核，“校车标牌有效”3辆不达标。"
    )
    assert second.reasons[0].text == "提示：“到期目标均已完成”尚不能定论：“视频监控联网”4所不达标、1所待核。"
    assert content(run, "en").gates[0].reasons[0].text == (
        "“All due targets met” does not hold: “Video linked” 4 fail, 1 unknown, “Bus permit valid” 3 fail."
    )


def test_an_open_gate_does_not_hide_the_rest() -> None:
    run = a_run()
    gates = (GateResult("320681", Text("启东市", "Qidong"), "open", ()),)
    (line,) = content(replace(run, scorecard=replace(run.scorecard, gates=gates)), "zh").gates
    assert line.summary == "关口条件均已满足；另有9项不达标、6项待核；未到期1项（最近期限2020年3月1日）"


def test_findings_table(zh: Content, en: Content) -> None:
    rows = {row["key"]: row for row in zh.findings.iter_rows(named=True)}
    assert rows["1"]["message"] == (
        "视频监控联网：不达标（期限2019年12月31日，已逾期15天）。所报情况：视频监控已联网＝否。"
    )
    assert rows["1"]["required"] == "视频监控已联网"
    assert (rows["1"]["unit_name"], rows["1"]["section"], rows["1"]["lead"]) == ("启东市", "五（四）", "市教育局")
    assert rows["1"]["support"] == "市公安局、市交通运输局"
    assert rows["1"]["quote"] == "2019年底前联网率达到100%"
    assert rows["2"]["required"] == "须先核实是否适用：学校类别 已知"
    assert rows["苏F1"]["message"].endswith("采用未经核实的取值：宽限期。")
    assert rows["320684"]["message"].startswith("每周进展报送（2020年第4周）：缺报")
    assert en.findings["message"][en.findings["key"].to_list().index("1")] == (
        "Video linked: not met (due 31 December 2019, 15 days overdue). Reported: video_linked = no."
    )


def test_alternatives_are_told_together() -> None:
    linked, guards = make.own("video_linked"), make.own("guards", "number")
    items = [
        make.item("1", linked, "甲", "a", Leaf("video_linked", linked)),
        make.item("2", guards, "乙", "b", Leaf("guards", guards)),
        make.item("3", guards, "丙", "c"),
    ]
    obligation = replace(
        make.video(), require=Group("all_of", (items[0], Group("any_of", (items[1], items[2])))), applies=None
    )
    plan, tables = make.plan(obligation), make.data([{"code": "1", "unit_code": "320681"}])
    observed = [
        {"1": None, "2": {"guards": 0}, "3": {}},
        {"1": {"video_linked": None}, "2": None, "3": None},
        {"1": {"video_linked": None}, "2": {"guards": 0}, "3": {}},
    ]
    found = [make.found(0, 0, str(n), "320681", observed=o) for n, o in enumerate(observed)]
    findings, counts = find(plan, tables, make.evaluation(found, []))
    run = Run(plan, tables, findings, Scorecard(counts, (), ()), "reference")
    assert content(run, "zh").findings["required"].to_list() == [
        "满足其一（乙，丙）", "甲", "甲；满足其一（乙，丙）",
    ]  # fmt: skip


def test_not_yet_due(zh: Content) -> None:
    assert [line.sentence for line in zh.waiting] == [
        "校车标牌有效：期限2020年3月1日，已达标2辆，尚未达标1辆，待核0辆。"
    ]


def test_regular_reports_are_counted_in_periods() -> None:
    plan, tables = make.plan(make.weekly()), make.data()
    cells = [
        make.counted(0, "320681", "pass", 35, period="2020-W02"),
        make.counted(0, "320681", "fail", 2, "late", period="2020-W02"),
        make.counted(0, "320681", "fail", 1, "overdue", period="2020-W03"),
        make.counted(0, "320681", "fail", 1, "not_due", period="2020-W03"),  # there is still time
        make.counted(0, "320681", "fail", 9, "overdue", period="2020-W04"),  # a cut week is only advice
    ]
    findings, counts = find(plan, tables, make.evaluation([], cells))
    run = Run(plan, tables, findings, Scorecard(counts, (), ()), "reference")
    assert content(run, "zh").reporting == ("启东市　每周进展报送：应报38期，按时35期，迟报2期，缺报1期。",)
    assert content(run, "en").reporting == ("Qidong  Weekly report: 38 periods, 35 on time, 2 late, 1 not sent.",)


def test_overdue(zh: Content) -> None:
    assert zh.overdue["key"].to_list() == ["1"]  # neither the unknown one, nor the one not due, nor mere advice
    assert zh.overdue_sentence == "逾期未达标1项，涉及1个对象；期限已过仍待核1项。"


def test_notes(zh: Content) -> None:
    assert zh.notes == (
        "本表依据《南通市校园和校车安全专项整治实施方案（初稿）》编制，条文以印发稿为准。",
        "数据由各地上报，未经现场核查。",
        "采用未核实的取值：宽限期＝1天，出处：内部掌握（未核实）。",
        "对象不足10个的，不计算比例、不参与排序。",
        "有12项判为达标是因为名下没有相应记录，请核对登记是否齐全。",
        "有1项仅作提示，不计入目标和关口。",
    )


def test_a_scale_has_no_one_value() -> None:
    run = a_run()
    duties = [
        replace(duty, assumptions=tuple(replace(each, value=Text("", "")) for each in duty.assumptions))
        for duty in run.plan.obligations
    ]
    scaled = replace(run, plan=replace(run.plan, obligations=tuple(duties)))
    assert "采用未核实的取值：宽限期（分档），出处：内部掌握（未核实）。" in content(scaled, "zh").notes
    assert "Rests on a value that is unconfirmed: grace, a scale (internal)." in content(scaled, "en").notes


def test_notes_of_later_days() -> None:
    later = a_run(
        as_of=date(2022, 6, 30), text_status=(TextStatus(make.SINCE, "draft"), TextStatus(date(2020, 1, 20), "issued"))
    )
    told = content(later, "zh").notes
    assert told[0] == "本表依据《南通市校园和校车安全专项整治实施方案》编制。"
    assert "方案实施期已于2020年12月31日结束，以下为延续要求。" in told


# --- forms ---------------------------------------------------------------------------------------


def test_the_screen_after_a_run(zh: Content) -> None:
    assert text.summary(zh, "运行/2020-01-15", 0.93) == (
        "完成：3个单位、138所学校、3条规则，用时0.9秒　→ 运行/2020-01-15\n"
        "  如东县  △ 待定    “视频监控联网”应达标3所，达标0所，目标100%：3所待核，补齐后即可定论\n"
        "  启东市  ■ 未通过  “视频监控联网”达标率81.7%—86.7%，目标100%：至少差16所（含经批准延期7所），另有6所待核\n"
        "  海门市  ○ 通过    到期要求均已达标；未到期1项\n"
        "  △ 另有1个单位未收到报送数据，待定：通州区\n"
        "数据疑问1条（其中1条所填内容未能采用）。\n"
        "下一步：  checker report 运行/2020-01-15             看一页总览\n"
        "          checker explain 运行/2020-01-15 QD-0001    为什么不达标\n"
    )


@pytest.mark.parametrize("form", [text.summary, text.gates, text.page])
def test_safe_on_a_gbk_console(zh: Content, en: Content, form: Any) -> None:
    form(zh).encode("gbk")
    form(en).encode("gbk")


def test_the_page(zh: Content, en: Content) -> None:
    page = text.page(zh)
    for heading in (
        "一、总体结论",
        "二、目标完成情况",
        "三、关口结论",
        "四、逾期问题",
        "五、未到期事项",
        "六、数据疑问",
        "七、口径与说明",
    ):
        assert heading in page
    assert "■ 启东市　81.7%—86.7%　应达标120所＝达标98所＋不达标9所＋待核6所＋经批准延期7所；不适用3所另列。" in page
    assert "QD-0001　启东市　阳光幼儿园　视频监控联网：不达标" in page
    assert "7. Definitions and notes" in text.page(en)


def schema(name: str) -> jsonschema.Draft202012Validator:
    documents = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.schema.json")}
    resources = [
        (key, referencing.Resource.from_contents(documents[key]))
        for key in ("finding.schema.json", "report.schema.json")
    ]
    registry: Any = referencing.Registry().with_resources(resources)
    jsonschema.Draft202012Validator.check_schema(documents[name])
    return jsonschema.Draft202012Validator(
        documents[name], registry=registry, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_json_keeps_to_its_schema(lang: Any) -> None:
    run = a_run()
    report = json.loads(as_json.render(content(run, lang), run, runs.manifest(run)))
    parts = ["manifest", "gates", "targets", "deferrals", "figures", "counts", "findings", "questions", "measures"]
    assert list(report) == parts
    assert [error.message for error in schema("report.schema.json").iter_errors(report)] == []
    qidong = next(t for t in report["targets"] if t["unit"] == "320681" and t["rule"] == "video-linked")
    assert qidong["lower"] == pytest.approx(98 / 120)
    assert qidong["counts"]["owed"] == 120
    assert next(g for g in report["gates"] if g["state"] == "open")["reasons"] == []


@pytest.mark.parametrize("change", [{"extra": 1}, {"verdict": "pass"}, {"due": "2019-11-31"}, {"number": None}])
def test_the_schema_of_a_finding_is_closed(change: dict[str, Any]) -> None:
    run = a_run()
    finding = json.loads(as_json.render(content(run, "zh"), run, runs.manifest(run)))["findings"][0]
    assert list(schema("finding.schema.json").iter_errors(finding)) == []
    assert list(schema("finding.schema.json").iter_errors(finding | change)) != []


def test_every_property_is_described() -> None:
    def undescribed(node: Any, path: str) -> list[str]:
        found = []
        for name, part in (node.get("properties") or {}).items():
            if "description" not in part:
                found.append(f"{path}.{name}")
            found += undescribed(part, f"{path}.{name}") + undescribed(part.get("items") or {}, f"{path}.{name}")
        return found

    for name in ("finding.schema.json", "report.schema.json"):
        assert undescribed(json.loads((SCHEMAS / name).read_text("utf-8")), name) == []


def test_csv_for_excel(zh: Content) -> None:
    written = csv.render(zh)
    assert written.startswith(codecs.BOM_UTF8)
    assert written.count(b"\r\n") == zh.findings.height + 1
    header, *rows = list(csv_reader.reader(StringIO(written.decode("utf-8-sig"), newline="")))
    assert " ".join(header) == (
        "number rule revision clause subject key unit period verdict status severity due days_overdue observed required "
        "message source fingerprint deferred change name title quote lead support remedy section unit_name advisory"
    )
    named = [dict(zip(header, row, strict=True)) for row in rows]
    assert next(row for row in named if row["key"] == "2")["name"] == "'=1+1"  # Excel must not compute it
    assert next(row for row in named if row["key"] == "1")["due"] == "2019-12-31"


def test_csv_leaves_the_mark_for_no_unit(zh: Content) -> None:
    marked = replace(zh, findings=zh.findings.with_columns(pl.lit("-").alias("unit"), pl.lit("@x").alias("name")))
    (row, *_) = list(csv_reader.DictReader(StringIO(csv.render(marked).decode("utf-8-sig"), newline="")))
    assert (row["unit"], row["name"]) == ("-", "'@x")
